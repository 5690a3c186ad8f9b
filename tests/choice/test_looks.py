"""What is looked at without labels, against closed forms and literal counts."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from whytransfer.choice import Paired, collapse_of, columns_kind, plausible, reverse_error, share_distance
from whytransfer.choice.apart import auc_between, floor_of
from whytransfer.choice.plausible import BY_SHIFT, FEW_LABELS
from whytransfer.claims.intervals import interval
from whytransfer.methods import METHODS, MeanScale
from whytransfer.methods.fitting import Training


@pytest.mark.parametrize(
    ("counts", "shares", "collapsed"),
    [
        ([50, 50], [0.5, 0.5], False),
        ([95, 5], [0.5, 0.5], True),  # exp(entropy) - 1 = .22 < 1/4
        ([94, 6], [0.5, 0.5], False),  # .255
        ([100, 0], [0.96, 0.04], False),  # four rows of the rare class were expected: chance
        ([100, 0], [0.94, 0.06], True),
        ([40, 40, 0], [0.4, 0.4, 0.2], True),
        # Of a rare class little variety is expected: a quarter of exp(entropy) - 1 = .384 is .096.
        ([97, 3], [0.9, 0.1], False),  # .144
        ([99, 1], [0.9, 0.1], True),  # .058
    ],
)
def test_collapse(counts, shares, collapsed):
    codes = np.repeat(np.arange(len(counts)), counts)
    assert (collapse_of(codes, shares, [str(c) for c in range(len(shares))]) is not None) is collapsed


def test_no_prediction_is_a_collapse_too():
    assert collapse_of(np.empty(0, dtype=np.int64), [0.5, 0.5], ["a", "b"]) is not None


def test_share_distance_is_half_the_sum_of_differences():
    assert share_distance([0.7, 0.2, 0.1], [0.6, 0.3, 0.1]) == pytest.approx(0.1, abs=1e-12)


def test_paired_counts_and_exact_test():
    wrong = np.array([0, 0, 0, 0, 1, 1, 0, 0], dtype=bool)
    source = np.array([1, 1, 1, 0, 0, 1, 0, 0], dtype=bool)
    pair = Paired(name="x", wrong=wrong, source_wrong=source)
    assert (pair.better, pair.worse, pair.gain) == (3, 1, 2 / 8)
    assert pair.p_value == pytest.approx((4 + 1) / 16, abs=1e-12)  # P(Bin(4, 1/2) >= 3)
    assert pair.lower(0.05) <= pair.gain <= pair.upper(0.05)
    # Betting on (difference + 1) / 2, one value a row, taken back to [-1, 1].
    halves = interval("betting", (source.astype(float) - wrong + 1) / 2, delta=0.05)
    assert (pair.lower(0.05), pair.upper(0.05)) == pytest.approx((2 * halves.lower - 1, 2 * halves.upper - 1))
    assert pair.to_dict()["cross_fitted"] is False
    assert Paired(name="x", wrong=wrong, source_wrong=source, fixed=False).to_dict()["cross_fitted"] is True
    none = Paired(name="x", wrong=np.zeros(0, dtype=bool), source_wrong=np.zeros(0, dtype=bool))
    assert (none.gain, none.lower(0.05), none.upper(0.05)) == (0.0, -1.0, 1.0)


def test_limits_of_a_paired_gain_cover():
    """Simulated: both limits of a true gain of .1 miss at most as often as they may, and each in a binomial sense."""
    rng, missed, trials = np.random.default_rng(0), np.zeros(2, dtype=int), 150
    for _ in range(trials):
        kind = rng.choice(3, size=60, p=[0.2, 0.1, 0.7])  # right alone, wrong alone, alike
        pair = Paired(name="x", wrong=kind == 1, source_wrong=kind == 0)
        missed += np.array([pair.lower(0.1) > 0.1, pair.upper(0.1) < 0.1])
    # P(Bin(150, .1) > 26) < .002
    assert (missed <= 26).all()


def test_circular_error_tells_what_is_consistent_and_not_what_is_right():
    rng = np.random.default_rng(0)
    y, yt = np.arange(200) % 2, np.arange(160) % 2
    X, T = (rng.normal(size=(len(c), 2)) + 6 * np.outer(c, [1, 0]) for c in (y, yt))
    assert reverse_error(MeanScale(), X, y, T, yt) < 0.02
    # A structure that is wrong can be consistent: all labels exchanged.
    assert reverse_error(MeanScale(), X, y, T, 1 - yt) > 0.98
    assert reverse_error(MeanScale(), X, y, T, np.zeros(160)) is None


def test_auc_between_is_that_of_the_gaussian_world():
    """N(0, 1) against N(1, 1) in one column: AUC = Phi(1/sqrt 2)."""
    rng = np.random.default_rng(0)
    here, there = rng.normal(size=(900, 1)), rng.normal(size=(900, 1)) + 1
    exact = norm.cdf(1 / np.sqrt(2))
    assert auc_between(here, there, None, 0) == pytest.approx(exact, abs=0.04)
    # Rows weighted by the true density ratio are target rows.
    ratio = np.exp(here[:, 0] - 0.5)
    assert auc_between(here, there, ratio, 0) == pytest.approx(0.5, abs=0.06)


def test_floor_is_the_error_of_the_best_rule_where_the_learner_finds_it():
    rng = np.random.default_rng(0)
    codes = np.arange(1000) % 2
    rows = rng.normal(size=(1000, 1)) + 2 * codes[:, None]
    training = Training(rows=rows, codes=codes, weights=None)
    assert floor_of(training, None, 0) == pytest.approx(norm.cdf(-1), abs=0.04)
    assert floor_of(None, None, 0) is None
    assert floor_of(Training(rows=rows, codes=np.zeros(1000, dtype=int), weights=None), None, 0) is None


def test_auc_between_is_of_rows_that_the_classifier_has_not_seen():
    """Forty columns of noise and thirty rows a side: a classifier separates the rows it was fitted on, and no others."""
    rng = np.random.default_rng(6)
    found = [
        auc_between(rng.normal(size=(30, 40)), rng.normal(size=(30, 40)), None, seed) for seed in range(20)
    ]
    assert np.mean(found) == pytest.approx(0.5, abs=0.05)


def test_auc_between_knows_no_units_and_no_constant_columns():
    rng = np.random.default_rng(7)
    here, there = rng.normal(size=(300, 3)), rng.normal(size=(200, 3)) + np.array([1.0, 0.0, 0.0])
    unit, place = np.array([1e-6, 1.0, 1e6]), np.array([3.0, -5.0, 1e7])
    plain = auc_between(here, there, None, 0)
    assert auc_between(here * unit + place, there * unit + place, None, 0) == pytest.approx(plain, abs=1e-4)
    with_constant = [np.column_stack([rows, np.full(len(rows), 7.0)]) for rows in (here, there)]
    assert auc_between(*with_constant, None, 0) == pytest.approx(plain, abs=1e-6)


def test_auc_between_cannot_tell_where_a_fold_has_one_domain():
    assert auc_between(np.zeros((1, 1)), np.ones((9, 1)), None, 0) == 0.5
    assert auc_between(np.zeros((9, 1)), np.ones((1, 1)), None, 0) == 0.5
    assert auc_between(np.zeros((2, 1)), np.ones((2, 1)), None, 0) == 1.0


def test_auc_between_draws_a_thousand_rows_of_each_domain():
    """Over seeds it scatters as that of two samples of a thousand does: by sqrt(.76 · .24 / 1000) at most."""
    rng = np.random.default_rng(8)
    here, there = rng.normal(size=(5000, 1)), rng.normal(1, 1, size=(5000, 1))
    found = np.array([auc_between(here, there, None, seed) for seed in range(12)])
    assert 0.004 < found.std() < 0.0136


def test_floor_is_of_rows_that_the_learner_has_not_seen():
    from sklearn.neighbors import KNeighborsClassifier

    rng = np.random.default_rng(9)
    training = Training(rows=rng.normal(size=(600, 2)), codes=rng.integers(0, 2, 600), weights=None)
    assert floor_of(training, KNeighborsClassifier(1), 0) == pytest.approx(0.5, abs=0.07)


def test_kinds_of_columns():
    rng = np.random.default_rng(0)
    numbers = pd.DataFrame(rng.normal(size=(80, 60)))
    assert columns_kind(numbers) == "features"
    assert columns_kind(numbers.iloc[:, :10]) == "numbers"
    assert columns_kind(numbers.round(0)) == "numbers"
    assert columns_kind(numbers.assign(site="a")) == "mixed"
    assert columns_kind(numbers.mask(numbers > 2)) == "mixed"


def test_plausible_candidates_are_methods_and_those_that_learn_from_labels_need_some():
    for shift in (*BY_SHIFT, "unknown"):
        names = plausible(shift, labels=True)
        assert set(names) <= set(METHODS) and len(set(names)) == len(names)
        assert {n for n in names if METHODS[n].needs_target_labels} == set(FEW_LABELS)
        assert plausible(shift, labels=False) == names[: len(names) - len(FEW_LABELS)]
    assert plausible("none_visible", labels=False) == ()
