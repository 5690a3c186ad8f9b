"""Classes by name, their parameters, what every class and every claim promises."""

import json
import pickle
import subprocess
import sys

import numpy as np
import pytest

from whytransfer.errors import InputError, UnknownNameError
from whytransfer.hypotheses import HYPOTHESES, HypothesisClass, hypotheses, hypothesis_classes

PARAMS = {"unions": {"j": 2}, "lipschitz": {"L": 2.0}, "finite": {"models": [abs]}}
CONTRACT = {
    "all_functions",
    "boosted",
    "constants",
    "finite",
    "half_planes",
    "intervals",
    "linear",
    "lipschitz",
    "stumps",
    "threshold",
    "thresholds",
    "tree2",
    "unions",
}
XS, XT = np.arange(12.0), np.arange(12.0) + 3.5
YS, YT = (XS > 4).astype(int), (XT > 7).astype(int)


def h(x):
    return (np.ravel(x) > 5).astype(int)


def made(name):
    return hypotheses(
        name, **({"models": [h, lambda x: 1 - h(x)]} if name == "finite" else PARAMS.get(name, {}))
    )


def test_the_names_of_the_contract_are_there():
    assert set(hypothesis_classes()) >= CONTRACT
    assert hypothesis_classes() == sorted(hypothesis_classes())


@pytest.mark.parametrize("name", hypothesis_classes())
def test_every_class_declares_itself(name):
    kind = HYPOTHESES[name]
    assert issubclass(kind, HypothesisClass)
    assert kind.name == name
    assert isinstance(kind.exact, bool)
    assert kind.loss in ("zero_one", "absolute")
    assert kind.reference
    assert kind.__doc__
    assert made(name).label.startswith(name)


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("lipschitz", {"L": "2"}),
        ("unions", {"j": 2.0}),
        ("finite", {"models": 3}),
        ("lipschitz", {"L": -1.0}),
    ],
)
def test_wrong_values_of_parameters(name, params):
    with pytest.raises(InputError, match=f"{name}: expected"):
        hypotheses(name, **params)


def test_unknown_names_and_parameters():
    with pytest.raises(UnknownNameError, match="did you mean 'thresholds'"):
        hypotheses("threshholds")
    with pytest.raises(InputError, match="it takes j"):
        hypotheses("unions", k=3)
    with pytest.raises(InputError, match="j is missing"):
        hypotheses("unions")
    with pytest.raises(InputError, match="it takes none"):
        hypotheses("threshold", j=3)
    with pytest.raises(InputError, match="it takes complements"):
        hypotheses("intervals", complement=True)


@pytest.mark.parametrize("name", hypothesis_classes())
def test_every_term_of_every_class_is_a_claim(name):
    H = made(name)
    kept = [array.copy() for array in (XS, YS, XT, YT)]
    terms = [
        (H.adaptability(XS, YS, XT, YT), f"adaptability.{name}", "adaptability"),
        (H.discrepancy(XS, XT, h=h), f"divergence.hdh.{name}", "discrepancy"),
        (H.disparity(h, XS, XT), f"divergence.disparity.{name}", "disparity"),
        (H.lagrangian(h, XS, YS, XT), f"divergence.lagrangian.{name}", "lagrangian_disagreement"),
    ]
    if H.loss == "zero_one":
        localised = H.lagrangian(h, XS, YS, XT, level=0.2)
        space = H.version_space(h, XS, YS, XT, sigma=0.2)
        terms += [
            (localised, f"divergence.localised.{name}", "localised_disagreement"),
            (space, f"divergence.version_space.{name}", "version_space_disagreement"),
        ]
    for claim, id_, quantity in terms:
        assert (claim.id, claim.quantity, claim.hypothesis_class, claim.loss) == (
            id_,
            quantity,
            H.label,
            H.loss,
        )
        document = json.loads(json.dumps(claim.to_dict(), allow_nan=False))
        assert document["detail"]["convention"]
        assert document["detail"]["delta"] == 0.05
        assert (claim.confidence is None) == (claim.lower is None and claim.upper is None)
        if claim.lower is None or claim.upper is None:
            assert claim.detail["reason"]
        if claim.estimate is not None and claim.upper is not None:
            assert claim.estimate <= claim.upper + 1e-12
    for before, after in zip(kept, (XS, YS, XT, YT), strict=True):
        assert np.array_equal(before, after)


@pytest.mark.parametrize("name", hypothesis_classes())
def test_the_same_seed_says_the_same(name):
    H = made(name)
    rng = np.random.default_rng(0)
    xs, xt = rng.normal(size=30), rng.normal(size=30)
    one, two = (H.adaptability(xs, xs > 0, xt, xt > 0.5, seed=3) for _ in range(2))
    assert one == two


@pytest.mark.parametrize("name", sorted(set(hypothesis_classes()) - {"finite"}))
def test_classes_and_rules_can_be_stored(name):
    H = made(name)
    assert pickle.loads(pickle.dumps(H)) == H
    rule = H.erm(XS, np.stack([YS, 1 - YS], axis=1))
    again = pickle.loads(pickle.dumps(rule))
    assert np.array_equal(again.predict(XT), rule.predict(XT))
    assert isinstance(rule.rule, str)
    assert isinstance(rule.cost, float)
    assert rule.predict(XT).dtype == np.int64


@pytest.mark.parametrize(
    "name", ["constants", "threshold", "thresholds", "intervals", "unions", "stumps", "tree2"]
)
def test_constants_belong_to_every_class(name):
    H = made(name)
    for code in (0, 1):
        rule = H.erm(XS, np.tile([code, 1 - code], (len(XS), 1)))
        assert rule.cost == 0
        assert (rule.predict(XS) == code).all()


def test_neighbouring_floats_are_told_apart():
    one = 1.0
    two = np.nextafter(one, 2)
    for name in ("threshold", "thresholds", "intervals", "unions"):
        rule = made(name).erm([one, two], [[1, 0], [0, 1]])
        assert rule.cost == 0
        assert rule.predict([one, two]).tolist() == [1, 0]


def test_minus_zero_is_zero():
    claim = hypotheses("all_functions").discrepancy([0.0], [-0.0])
    assert claim.estimate == 0
    rule = hypotheses("all_functions").erm([0.0, 1.0, 2.0], [[1, 0], [0, 1], [0, 1]])
    assert rule.predict([-0.0, 0.0, 1.0, 7.0]).tolist() == [1, 1, 0, 0]


def test_import_is_light():
    heavy = ("numba", "sklearn", "pandas", "scipy.stats", "scipy.optimize")
    code = f"import sys, whytransfer.hypotheses; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
