"""Pairs of stumps against loops over all pairs of behaviours."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from whytransfer.errors import InputError
from whytransfer.hypotheses.pairs import operations, stump_pairs_supremum
from whytransfer.hypotheses.sorted_columns import SortedColumns
from whytransfer.hypotheses.stumps import Stumps


def slow_supremum(rows, weights, n_labels):
    """Over all pairs of distinct behaviours of stumps."""
    answers = Stumps().enumerate(rows, n_labels).predictions
    return max((abs(weights[a != b].sum()) for a, b in combinations(answers, 2)), default=0.0)


def slow_xor(rows, weights):
    """THEORY E32: {x0 <= a} xor {x1 <= b}, both thresholds at the data or at minus infinity."""
    best = 0.0
    for a in [-np.inf, *set(rows[:, 0])]:
        for b in [-np.inf, *set(rows[:, 1])]:
            best = max(best, abs(weights[(rows[:, 0] <= a) ^ (rows[:, 1] <= b)].sum()))
    return best


def sample(seed, n=5, m=6, p=2, decimals=0):
    rng = np.random.default_rng(seed)
    rows = np.round(rng.normal(size=(n + m, p)) * 1.5, decimals)
    return rows, np.r_[np.full(n, 1 / n), np.full(m, -1 / m)]


@pytest.mark.parametrize("n_labels", [1, 2, 3, 4])
@pytest.mark.parametrize(("seed", "p"), [(0, 1), (1, 2), (2, 2), (3, 3), (4, 3)])
def test_supremum_is_that_of_the_loops(seed, p, n_labels):
    rows, weights = sample(seed, p=p)
    found = stump_pairs_supremum(rows, weights, n_labels)
    assert found.value == pytest.approx(slow_supremum(rows, weights, n_labels), abs=1e-12)
    assert found.exact
    first, second = found.witnesses
    differ = first.predict(rows) != second.predict(rows)
    assert abs(weights[differ].sum()) == pytest.approx(found.value, abs=1e-12)
    assert max(*(s.below for s in (first, second)), *(s.above for s in (first, second))) < n_labels


@pytest.mark.parametrize("seed", range(20))
def test_xor_sweep_is_the_brute_force(seed):
    # E32: thirty points, two columns with ties, twelve of them in the source. Intervals come on top.
    rows, weights = sample(seed, n=12, m=18, decimals=1)
    intervals = max(stump_pairs_supremum(rows[:, j], weights).value for j in range(2))
    expected = max(intervals, slow_xor(rows, weights))
    assert stump_pairs_supremum(rows, weights).value == pytest.approx(expected, abs=1e-12)


@given(
    st.lists(st.tuples(*[st.integers(0, 2)] * 2, st.integers(-4, 4)), min_size=1, max_size=7),
    st.sampled_from([2, 3]),
)
def test_any_weights_of_total_zero(table, n_labels):
    table = np.array([*table, (0, 0, -sum(w for *_, w in table))], dtype=float)
    rows, weights = table[:, :2], table[:, 2]
    found = stump_pairs_supremum(rows, weights, n_labels)
    assert found.value == slow_supremum(rows, weights, n_labels)


def test_a_single_quadrant_needs_three_labels():
    # One quadrant holds the source; the target fills the other three. A xor or a half-line can't single it out.
    rows = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    weights = np.array([1.0, -1 / 3, -1 / 3, -1 / 3])
    assert stump_pairs_supremum(rows, weights, 2).value == pytest.approx(2 / 3, abs=1e-12)
    assert stump_pairs_supremum(rows, weights, 3).value == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize(
    ("corner", "event"),
    [
        ((0, 0), "(x0 <= 0.5) and (x1 <= 0.5)"),
        ((0, 1), "(x0 <= 0.5) and not (x1 <= 0.5)"),
        ((1, 0), "not (x0 <= 0.5) and (x1 <= 0.5)"),
        ((1, 1), "not (x0 <= 0.5) and not (x1 <= 0.5)"),
    ],
)
def test_each_quadrant_is_found_and_named(corner, event):
    rows = np.array([(a, b) for a in (0.0, 1.0) for b in (0.0, 1.0)])
    weights = np.where((rows == corner).all(axis=1), 1.0, -1 / 3)
    found = stump_pairs_supremum(rows, weights, 3)
    both = sorted(
        event.replace("not ", "~").replace("(", "").replace(")", "").split(" and "),
        key=lambda e: e.strip("~"),
    )
    named = sorted(
        found.event.replace("not ", "~").replace("(", "").replace(")", "").split(" and "),
        key=lambda e: e.strip("~"),
    )
    assert named == both
    agree = found.witnesses[0].predict(rows) == found.witnesses[1].predict(rows)
    assert np.array_equal(agree, (rows == corner).all(axis=1))


@pytest.mark.parametrize(
    ("weights", "event"),
    [
        ([1, 0, 0, -1], "x <= 0.5"),
        ([-0.5, 1, -0.5, 0], "0.5 < x <= 1.5"),
        ([-0.5, -0.5, 0.5, 0.5], "x <= 1.5"),
        ([0.5, -0.5, -0.5, 0.5], "0.5 < x <= 2.5"),
    ],
)
def test_one_column_gives_intervals(weights, event):
    rows, weights = np.arange(4.0), np.array(weights, dtype=float)
    found = stump_pairs_supremum(rows, weights, features=("x",))
    assert found.value == 1.0
    assert found.event == event


def test_the_xi_comb_has_a_small_discrepancy():
    # THEORY A2: disc of thresholds is 2 xi = 1/n although the supports are disjoint.
    n = 50
    rows = np.arange(2.0 * n)
    weights = np.where(rows % 2 == 0, 1 / n, -1 / n)
    assert stump_pairs_supremum(rows, weights).value == pytest.approx(1 / n, abs=1e-12)


def test_equal_domains_have_no_discrepancy():
    rows, _ = sample(0, n=6, m=6)
    doubled = np.concatenate([rows, rows])
    weights = np.repeat([1 / 12, -1 / 12], 12)
    assert stump_pairs_supremum(doubled, weights, 3).value == pytest.approx(0, abs=1e-12)


def test_constant_columns_and_one_row_are_harmless():
    assert stump_pairs_supremum(np.zeros((4, 3)), np.array([0.5, 0.5, -0.5, -0.5])).value == 0
    assert stump_pairs_supremum(np.zeros((1, 2)), np.zeros(1), 3).value == 0


@pytest.mark.parametrize(("seed", "n_labels"), [(0, 2), (1, 2), (2, 3), (3, 3)])
def test_a_model_outside_joins_the_class(seed, n_labels):
    rows, weights = sample(seed, n=6, m=7)
    h = np.random.default_rng(seed).integers(0, n_labels, len(rows))
    found = stump_pairs_supremum(rows, weights, n_labels, h=h)
    singles = max(abs(weights[h != a].sum()) for a in Stumps().enumerate(rows, n_labels).predictions)
    pairs = slow_supremum(rows, weights, n_labels)
    assert found.value == pytest.approx(max(pairs, singles), abs=1e-12)
    if singles > pairs + 1e-12:
        assert abs(weights[found.witnesses[0].predict(rows) != h].sum()) == pytest.approx(singles, abs=1e-12)
        assert found.event.startswith("h differs from: ")


def test_the_discrepancy_of_the_class_is_this_supremum():
    rows, weights = sample(7, n=8, m=9, p=3)
    claim = Stumps().discrepancy(rows[:8], rows[8:])
    assert claim.estimate == pytest.approx(slow_supremum(rows, weights, 2), abs=1e-12)
    h = (np.arange(8) % 2, np.arange(9) % 2)
    joined = Stumps().discrepancy(rows[:8], rows[8:], h=h)
    assert joined.estimate == pytest.approx(
        stump_pairs_supremum(rows, weights, h=np.concatenate(h)).value, abs=1e-12
    )


@pytest.mark.parametrize("n_labels", [2, 3])
def test_order_of_rows_and_columns_and_monotone_maps_do_not_matter(n_labels):
    rows, weights = sample(5, n=20, m=25, p=3, decimals=1)
    value = stump_pairs_supremum(rows, weights, n_labels).value
    rng = np.random.default_rng(0)
    i, j = rng.permutation(len(rows)), rng.permutation(3)
    assert stump_pairs_supremum(rows[i], weights[i], n_labels).value == pytest.approx(value, abs=1e-12)
    assert stump_pairs_supremum(rows[:, j], weights, n_labels).value == pytest.approx(value, abs=1e-12)
    assert stump_pairs_supremum(np.exp(rows), -weights, n_labels).value == pytest.approx(value, abs=1e-12)
    assert stump_pairs_supremum(SortedColumns.of(rows), weights, n_labels).value == value


def test_weights_that_do_not_cancel_are_refused():
    with pytest.raises(InputError, match="expected a total of 0, got 1"):
        stump_pairs_supremum(np.arange(4.0), np.full(4, 0.25))
    with pytest.raises(InputError, match="expected 4 finite numbers"):
        stump_pairs_supremum(np.arange(4.0), np.zeros(3))


def test_the_column_of_few_values_carries_the_tree():
    rng = np.random.default_rng(0)
    wide = rng.normal(size=(1000, 6))
    hot = (wide > 0).astype(float)
    # 15 pairs: a tree of 1000 leaves costs 11 steps a row, one of two leaves 2; 6 steps are the columns themselves.
    assert operations(wide) == 1000 * (15 * 11 + 6)
    assert operations(hot) == 1000 * (15 * 2 + 6)
    assert operations(np.c_[wide[:, :1], hot[:, :1]]) == 1000 * (2 + 2)
    assert operations(wide, 3) == 1000 * (45 * 11 + 6)


@pytest.mark.slow
def test_a_large_sample_takes_seconds():
    # 20 columns of 20,000 distinct values: 190 sweeps. A quadratic algorithm would take hours.
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(20_000, 20))
    rows[:10_000, 3] += (rows[:10_000, 5] > 0) * 2.0 - 1.0
    found = stump_pairs_supremum(rows, np.repeat([1e-4, -1e-4], 10_000))
    first, second = found.witnesses
    assert {first.column, second.column} == {3, 5}
    # Source: x3 ~ N(+-1, 1) by the sign of x5, so that P(sign differs) = Phi(-1) in it and 1/2 in the target.
    assert found.value == pytest.approx(0.5 - 0.158655, abs=0.02)
