"""The best stump by groups of equal cost, against every stump in a loop."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whytransfer.hypotheses import Stumps, stumps
from whytransfer.hypotheses._least_cut import _of_many, least_cut
from whytransfer.hypotheses.least_stump import MOST_GROUPS, cost_groups, least_stump


def literal_least(X, cost):
    """Every threshold at a value or below all, every pair of answers."""
    n, labels = cost.shape
    return min(
        sum(cost[i, a] if X[i, j] <= t else cost[i, b] for i in range(n))
        for j in range(X.shape[1])
        for t in [-np.inf, *X[:, j]]
        for a in range(labels)
        for b in range(labels)
    )


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    n=st.integers(1, 9),
    p=st.integers(1, 3),
    labels=st.integers(1, 3),
    groups=st.integers(1, 3),
    values=st.integers(1, 5),
)
def test_no_stump_costs_less(seed, n, p, labels, groups, values):
    rng = np.random.default_rng(seed)
    X = rng.integers(values, size=(n, p)).astype(float)
    table = rng.integers(-3, 4, size=(groups, labels)).astype(float)
    cost = table[rng.integers(groups, size=n)]
    found = least_stump(X, cost)
    attained = cost[np.arange(n), found.codes(X)].sum()
    assert attained == literal_least(X, cost)
    assert attained == Stumps().erm(X, cost).cost


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_two_groups_are_a_case_of_many(dtype):
    rng = np.random.default_rng(0)
    for _ in range(30):
        parts = [np.sort(rng.integers(6, size=rng.integers(1, 9))).astype(dtype) for _ in range(2)]
        values = np.concatenate([[*part, np.inf] for part in parts]).astype(dtype)
        starts = np.array([0, len(parts[0]) + 1, len(values)])
        costs = rng.integers(-2, 3, size=(2, 2)).astype(float)
        assert least_cut(values, starts, costs) == _of_many(values, starts, costs)


def test_threshold_lies_midway_and_ends_are_infinite():
    cost = np.array([[0.0, 1.0], [0.0, 1.0], [1.0, 0.0]])
    assert least_stump(np.array([[1.0], [2.0], [4.0]]), cost).threshold == 3.0
    assert least_stump(np.array([[1.0], [2.0], [4.0]]), cost[:2].repeat([1, 2], axis=0)).constant == 0


def test_costs_of_too_many_kinds_are_left_to_the_sorted_columns():
    cost = np.arange(2.0 * (MOST_GROUPS + 1)).reshape(-1, 2)
    assert cost_groups(cost) is None
    assert least_stump(np.zeros((len(cost), 1)), cost) is None
    assert [group.tolist() for group in cost_groups(np.array([[1.0], [0.0], [1.0]]))] == [[0, 2], [1]]


def test_large_tables_take_this_way_and_find_the_same(monkeypatch):
    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(300, 11)), rng.integers(3, size=300)
    X[:, 9] += y
    cost = (np.arange(3) != y[:, None]) / 300
    by_order = Stumps().erm(X, cost)
    monkeypatch.setattr(stumps, "MANY_CELLS", 1)
    by_groups = Stumps().erm(X, cost)
    assert (by_groups.rule, by_groups.cost) == (by_order.rule, by_order.cost)
    known = Stumps()
    known._sorted.of(X)
    assert known.erm(X, cost).rule == by_order.rule
