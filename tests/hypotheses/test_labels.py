"""Labels of any kind, an h in any form, and input that can't be used."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whytransfer.errors import InputError
from whytransfer.hypotheses import (
    AllFunctions,
    Constants,
    Finite,
    Hypothesis,
    Intervals,
    Threshold,
    Thresholds,
    Unions,
)
from whytransfer.hypotheses.answers import Answers
from whytransfer.hypotheses.labels import Labels, known

XS, XT = [0.0, 1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 2.0, 5.0]
YS, YT = [0, 0, 1, 0, 1], [1, 0, 0, 1]
HS, HT = [0, 1, 1, 1, 1], [0, 0, 1, 1]

NAMES = [("no", "yes"), (-1, 1), (False, True), (3, 70), (0.0, 1.0), ("0", "1"), (-0.5, 2.25)]


def named(codes, names):
    return [names[k] for k in codes]


def numbers(H, ys, yt, h, xs=XS, xt=XT):
    claims = [
        H.adaptability(xs, ys, xt, yt),
        H.adaptability(xs, ys, xt),
        H.discrepancy(xs, xt, h=h),
        H.disparity(h, xs, xt),
        H.lagrangian(h, xs, ys, xt),
        H.lagrangian(h, xs, ys, xt, level=0.2),
        H.version_space(h, xs, ys, xt, sigma=0.2),
    ]
    return [(c.estimate, c.lower, c.upper) for c in claims]


@pytest.mark.parametrize("names", NAMES, ids=str)
@pytest.mark.parametrize(
    "H", [Threshold(), Thresholds(), Intervals(), Unions(j=2), Constants(), AllFunctions()]
)
def test_names_of_labels_do_not_matter(H, names):
    expected = numbers(H, YS, YT, (HS, HT))
    ys, yt, h = named(YS, names), named(YT, names), (named(HS, names), named(HT, names))
    assert numbers(H, ys, yt, h) == expected
    wrapped = [np.array(ys), np.array(yt), (np.array(h[0], dtype=object), np.array(h[1], dtype=object))]
    assert numbers(H, *wrapped) == expected
    series = [pd.Series(ys), pd.Series(yt), (pd.Series(h[0]), pd.Series(h[1]).to_frame())]
    assert numbers(H, *series, xs=pd.DataFrame({"a": XS}), xt=pd.Series(XT)) == expected


def test_labels_are_coded_jointly():
    # The source shows one label, the target the other: together they are two.
    claim = Threshold().adaptability([0.0, 1.0], ["b", "b"], [2.0], ["a"])
    assert claim.estimate == 0
    assert claim.detail["rule"] == "b if x <= 1.5, else a"


@pytest.mark.parametrize(
    ("seen", "classes"), [([1, 1], [0, 1]), ([0], [0, 1]), ([-1], [-1, 1]), ([True], [0, 1]), ([1.0], [0, 1])]
)
def test_a_single_plain_label_has_an_evident_counterpart(seen, classes):
    assert Labels.of(seen).classes.tolist() == classes


@pytest.mark.parametrize("seen", [["yes"], [7], [], [0.5]])
def test_another_single_label_must_be_completed(seen):
    with pytest.raises(InputError, match="classes="):
        Labels.of(seen)
    assert len(Labels.of(seen, classes=[*seen, *(["zz", "a"] if seen == ["yes"] else [8, 9])])) >= 2


@given(
    codes=st.lists(st.integers(0, 4), min_size=1, max_size=20),
    names=st.lists(st.text(min_size=1), min_size=5, max_size=5, unique=True),
)
@settings(max_examples=50)
def test_codes_come_back(codes, names):
    labels = Labels.of(names)
    values = [names[k] for k in codes]
    assert labels.classes[labels.code(values, "y")].tolist() == [str(v) for v in values]


def test_missing_target_labels_are_left_out():
    whole = Thresholds().adaptability(XS, YS, XT, YT)
    for missing in (None, float("nan"), pd.NA):
        yt = pd.Series([*YT, missing], dtype=object)
        claim = Thresholds().adaptability(XS, YS, [*XT, 99.0], yt)
        assert claim.estimate == whole.estimate
        assert claim.detail["labelled_target_rows"] == 4
        assert claim.detail["target_rows"] == 4
    none = Thresholds().adaptability(XS, YS, XT, [None] * 4)
    assert none.estimate is None
    assert none.detail["labelled_target_rows"] == 0
    assert none.detail["target_rows"] == 4
    assert known(np.array([1.0, np.nan])).tolist() == [True, False]


class Model:
    classes_ = np.array(["no", "yes"])

    def predict(self, X):
        assert isinstance(X, np.ndarray), "the model gets the rows as the caller gave them"
        return np.where(X[:, 0] > 2, "yes", "no")


def test_every_form_of_h_is_the_same_h():
    xs, xt = np.array(XS)[:, None], np.array(XT)[:, None]
    ys, yt = named(YS, ("no", "yes")), named(YT, ("no", "yes"))
    rule = Thresholds().erm(xs, np.stack([xs[:, 0] > 2, xs[:, 0] <= 2], axis=1))
    assert isinstance(rule, Hypothesis)
    forms = [Model(), Model().predict, rule, (Model().predict(xs), Model().predict(xt))]
    results = [numbers(Thresholds(), ys, yt, h, xs, xt) for h in forms]
    assert all(result == results[0] for result in results)
    # Where only the target is needed, the source may be left open.
    pair = (None, Model().predict(xt))
    assert Thresholds().version_space(pair, xs, ys, xt, sigma=0.2).estimate == results[0][-1][0]
    with pytest.raises(InputError, match="both samples"):
        Thresholds().disparity(pair, xs, xt)


def test_codes_of_a_hypothesis_are_positions():
    always = Constants().erm([0.0], [[1.0, 1.0, 0.0]])
    answers = Answers.of(always, (XS, XT))
    assert answers.labels.classes.tolist() == [0, 1, 2]
    named_answers = Answers.of(always, (XS, XT), seen=(["a", "b", "c"],))
    assert named_answers.labels.classes[named_answers.target].tolist() == ["c"] * 4
    with pytest.raises(InputError, match="code 2"):
        Answers.of(always, (XS, XT), seen=(["a", "b"],))


def test_a_finite_class_codes_what_its_models_say():
    zoo = Finite(models=[Model(), lambda X: np.full(len(X), "no"), Constants().erm([0.0], [[1.0, 0.0]])])
    xs, xt = np.array(XS)[:, None], np.array(XT)[:, None]
    ys, yt = named(YS, ("no", "yes")), named(YT, ("no", "yes"))
    claim = zoo.adaptability(xs, ys, xt, yt)
    errors = [
        np.mean(p(xs) != ys) + np.mean(p(xt) != yt)
        for p in (Model().predict, lambda x: np.full(len(x), "no"))
    ]
    assert claim.estimate == pytest.approx(min(errors), abs=1e-12)
    found = zoo.erm(xs, np.stack([xs[:, 0] > 2, xs[:, 0] <= 2], axis=1))
    assert found.rule == "model 0 (Model)"
    assert found.predict(np.array([[9.0], [0.0]])).tolist() == [1, 0]
    assert claim.hypothesis_class == "finite(models=3)"
    frames = Finite(models=[lambda X: X["a"] > 1])
    assert frames.adaptability(pd.DataFrame({"a": XS}), YS, pd.DataFrame({"a": XT}), YT).estimate is not None


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Threshold().adaptability(np.ones((3, 2)), [0, 1, 1], np.ones((3, 2)), [0, 1, 1]), "stumps"),
        (lambda: Thresholds().adaptability(XS, ["a", "b", "c", "a", "b"], XT, ["a"] * 4), "binary"),
        (lambda: Threshold().erm(XS, np.ones((5, 3))), "binary"),
        (lambda: Threshold().erm(XS, np.ones((4, 2))), "cost"),
        (lambda: Threshold().erm(XS, np.full((5, 2), np.nan)), "finite"),
        (lambda: Threshold().erm([], np.ones((0, 2))), "shape"),
        (lambda: Threshold().erm([0.0, np.nan], np.ones((2, 2))), "finite"),
        (lambda: Threshold().erm(["a", "b"], np.ones((2, 2))), "numbers"),
        (lambda: Threshold().adaptability(XS, YS[:-1], XT, YT), "one label a row"),
        (lambda: Threshold().adaptability(XS, YS, XT, YT[:-1]), "one label a row"),
        (lambda: Threshold().adaptability(XS, [0, 1, 1, 0, None], XT, YT), "missing|None"),
        (lambda: Threshold().adaptability(XS, YS, XT, named(YT, ("no", "yes"))), "one kind"),
        (lambda: Threshold().adaptability(XS, YS, XT, YT, delta=0), "delta"),
        (lambda: Threshold().version_space((HS, HT), XS, YS, XT, sigma=1.5), "sigma"),
        (lambda: Threshold().lagrangian((HS, HT), XS, YS, XT, level=-1), "level"),
        (lambda: Threshold().disparity((HS, HT[:-1]), XS, XT), "one label a row"),
        (lambda: Threshold().disparity(3, XS, XT), "predict"),
        (lambda: Threshold().adaptability(XS, YS, XT, YT, classes=[1, 2]), "classes"),
        (lambda: Constants().adaptability(np.ones((2, 2)), [0, 1], np.ones((2, 3)), [0, 1]), "columns"),
        (lambda: Finite(models=[]), "at least one model"),
        (lambda: Finite(models=[3]), "predict"),
        (lambda: Finite(models=[lambda x: np.full(len(x), "q")]).adaptability(XS, YS, XT, YT), "labels"),
        (lambda: Unions(j=0), "at least 1"),
        (lambda: Unions(j=9).enumerate(np.arange(60.0)), "behaviours"),
        (lambda: Thresholds().enumerate(np.arange(4000.0)), "behaviours"),
        (lambda: AllFunctions().enumerate(np.arange(60.0)), "behaviours"),
    ],
)
def test_bad_input_is_one_clear_line(call, message):
    with pytest.raises(InputError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)
