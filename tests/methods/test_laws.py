"""What holds for every method: order of rows, names of labels, equal domains, little and odd data; exceptions with a reason."""

import numpy as np
import pandas as pd
import pytest

from whytransfer import InputError
from whytransfer.methods import METHODS, SourceOnly
from whytransfer.methods.base import FAMILIES

SHALLOW = {name: kind for name, kind in METHODS.items() if kind.family != "deep"}


def sample(n=60, m=50, p=3, K=2, seed=0):
    rng = np.random.default_rng(seed)
    y, yt = np.arange(n) % K, np.arange(m) % K
    centres = 3 * np.eye(max(p, K))[:K, :p]
    X = centres[y] + rng.normal(size=(n, p))
    T = centres[yt] * 1.2 + rng.normal(size=(m, p)) + 0.3
    return X, y, T, yt


def fitted(kind, X, y, T, yt=None, **params):
    extra = {}
    if kind.needs_target_labels:
        known = np.full(len(T), None, dtype=object)
        known[: max(2, len(T) // 4)] = yt[: max(2, len(T) // 4)]
        extra["target_y"] = known
    return kind(**params).fit(X, y, target=T, **extra)


@pytest.mark.parametrize("name", SHALLOW)
def test_class_data(name):
    kind = SHALLOW[name]
    assert kind.name == name
    assert kind.family in FAMILIES
    assert kind.title and kind.assumption and not kind.assumption.endswith(".")
    assert kind.memory in ("n·d", "n·d + landmarks²")
    assert isinstance(kind.transforms_source, bool)


@pytest.mark.parametrize("name", SHALLOW)
def test_probabilities_are_probabilities_and_two_fits_agree_bit_for_bit(name):
    X, y, T, yt = sample(K=3)
    first, second = (fitted(SHALLOW[name], X, y, T, yt) for _ in range(2))
    proba = first.predict_proba(T)
    assert proba.shape == (50, 3)
    assert (proba >= 0).all() and proba.sum(axis=1) == pytest.approx(np.ones(50))
    assert (first.predict(T) == first.classes_[proba.argmax(axis=1)]).all()
    assert np.array_equal(proba, second.predict_proba(T))
    # One row at a time says the same: a rule is a function of the row.
    assert first.predict_proba(T[:1]) == pytest.approx(proba[:1], abs=1e-9)


FOLDED = "rows go to folds by their position"
ORDERED = {
    **dict.fromkeys(
        ("discriminative", "bbse", "rlls", "em", "kliep", "ulsif", "rulsif", "weighted_pooling"), FOLDED
    ),
}


@pytest.mark.parametrize("name", sorted(SHALLOW.keys() - ORDERED.keys()))
def test_the_order_of_rows_is_irrelevant(name):
    X, y, T, yt = sample()
    rng = np.random.default_rng(1)
    here, there = rng.permutation(len(X)), rng.permutation(len(T))
    known = np.full(len(T), np.nan)
    known[:12] = yt[:12]
    kind = SHALLOW[name]
    extra = [{"target_y": known}, {"target_y": known[there]}] if kind.needs_target_labels else [{}, {}]
    one = kind().fit(X, y, target=T, **extra[0]).predict_proba(T)
    other = kind().fit(X[here], y[here], target=T[there], **extra[1]).predict_proba(T)
    # The learner's optimiser stops at a tolerance of its own.
    assert one == pytest.approx(other, abs=5e-3)


@pytest.mark.parametrize("name", SHALLOW)
def test_labels_may_have_any_name(name):
    X, y, T, yt = sample()
    numbers = fitted(SHALLOW[name], X, y, T, yt)
    words = np.array(["left", "right"])
    text = fitted(SHALLOW[name], X, words[y], T, words[yt])
    signs = fitted(SHALLOW[name], X, 2 * y - 1, T, 2 * yt - 1)  # skada 0.6.0 takes −1 for a mask
    assert (words[numbers.predict(T)] == text.predict(T)).all()
    assert (signs.predict(T) == 2 * numbers.predict(T) - 1).all()


SAME = {
    "source",
    "mean_scale",
    "half_aligned",
    "coral",
    "central_moments",
    "linear_transport",
    "exact_transport",
    "label_transport",
    "nearest_neighbour",
    "kmm",
    "class_kernel_means",
}
OTHERWISE = {
    **dict.fromkeys(
        ("discriminative", "kliep", "ulsif", "rulsif"), "estimated ratios of equal laws are near 1, not 1"
    ),
    **dict.fromkeys(
        ("bbse", "rlls", "em"), "cross-fitted confusions err on the one domain and not on the other"
    ),
    **dict.fromkeys(
        ("tca", "jda", "tjm", "gfk", "subspace_alignment"), "the learner works in other coordinates"
    ),
    **dict.fromkeys(
        ("class_moments", "gradual", "confident", "progressive", "jdot"),
        "predicted classes are not the true ones",
    ),
    **dict.fromkeys(
        ("sinkhorn_transport", "class_transport", "unbalanced_transport"), "entropy pulls rows to their mean"
    ),
    "neighbours": "a row between the classes hears its neighbours",
    **dict.fromkeys(
        ("feature_augmentation", "pooled", "tradaboost", "weighted_pooling"),
        "target labels count beside the source's",
    ),
}


def test_every_method_keeps_the_source_model_on_equal_domains_or_says_why_not():
    assert SAME | OTHERWISE.keys() == SHALLOW.keys()
    assert not SAME & OTHERWISE.keys()


@pytest.mark.parametrize("name", sorted(SAME))
def test_equal_domains_keep_the_source_model(name):
    X, y, _, _ = sample(n=80)
    kept = SourceOnly().fit(X, y, target=X).predict_proba(X)
    assert fitted(SHALLOW[name], X, y, X).predict_proba(X) == pytest.approx(kept, abs=2e-3)


@pytest.mark.parametrize("name", SHALLOW)
def test_odd_data_are_no_reason_to_fail(name):
    """Text, gaps, a column constant in the target, a category of the target alone, few rows, more columns than rows."""
    X, y, T, yt = sample(n=40, m=30)
    here = pd.DataFrame(X, columns=["a", "b", "c"]).assign(site=np.where(y, "x", "z"), gap=X[:, 0])
    there = pd.DataFrame(T, columns=["a", "b", "c"]).assign(site="w", gap=T[:, 0], b=1.0)
    here.loc[3, "gap"] = there.loc[5, "gap"] = None
    before = here.copy(), there.copy()
    assert set(fitted(SHALLOW[name], here, y, there, yt).predict(there)) <= {0, 1}
    pd.testing.assert_frame_equal(here, before[0])
    pd.testing.assert_frame_equal(there, before[1])
    wide = np.random.default_rng(2).normal(size=(12, 30))
    assert len(fitted(SHALLOW[name], wide, y[:12], wide[:2] + 1, yt[:2]).predict(wide)) == 12


@pytest.mark.parametrize("name", SHALLOW)
def test_one_row_of_a_class_and_identical_target_rows(name):
    X, _y, T, _yt = sample(n=20, m=10)
    lonely = np.where(np.arange(20) == 7, 1, 0)
    X[7] += 4
    T = np.repeat(T[:1], 10, axis=0)
    assert fitted(SHALLOW[name], X, lonely, T, np.arange(10) % 2).predict_proba(T).shape == (10, 2)


@pytest.mark.parametrize("name", SHALLOW)
def test_what_can_not_be_adapted_is_refused_in_one_line(name):
    X, y, T, yt = sample(n=20, m=10)
    kind = SHALLOW[name]
    calls = [
        lambda: fitted(kind, X, np.zeros(20), T, np.zeros(10)),
        lambda: fitted(kind, X, np.where(y, "a", None), T, yt),
        lambda: fitted(kind, X, y[:-1], T, yt),
        lambda: fitted(kind, np.ones((20, 2)), y, np.ones((10, 2)), yt),
        lambda: fitted(kind, X, y, T[:, :2], yt),
        lambda: kind().fit(X, y),
        lambda: fitted(kind, X, y, T, yt, learner="logistic"),
    ]
    for call in calls:
        with pytest.raises(InputError) as error:
            call()
        assert "\n" not in str(error.value)
