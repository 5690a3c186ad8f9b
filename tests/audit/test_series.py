"""Tests of independence in time: exact laws by counting all orders, levels by simulation, drift and waves seen."""

from itertools import pairwise, permutations
from math import comb

import numpy as np
import pytest
from scipy.stats import binom

from whytransfer.steps.series import Series, pairs_p_value, runs_p_value

pytestmark = pytest.mark.usefixtures("without_back_test")


def orders(ones, zeros):
    return sorted(set(permutations([1] * ones + [0] * zeros)))


def runs(row):
    return 1 + sum(a != b for a, b in pairwise(row))


def pairs(row):
    return sum(a and b for a, b in pairwise(row))


@pytest.mark.parametrize(("ones", "zeros"), [(1, 1), (1, 5), (3, 3), (2, 6), (4, 3), (5, 2)])
def test_p_values_by_counting_all_orders(ones, zeros):
    listed = orders(ones, zeros)
    assert len(listed) == comb(ones + zeros, ones)
    for row in listed:
        fewer = sum(runs(o) <= runs(row) for o in listed) / len(listed)
        more = sum(runs(o) >= runs(row) for o in listed) / len(listed)
        assert runs_p_value(runs(row), ones, zeros) == pytest.approx(min(1, 2 * min(fewer, more)))
        together = sum(pairs(o) >= pairs(row) for o in listed) / len(listed)
        assert pairs_p_value(pairs(row), ones, ones + zeros) == pytest.approx(together)


def test_nothing_can_be_said_of_one_value_only():
    assert runs_p_value(1, 0, 9) == runs_p_value(1, 9, 0) == pairs_p_value(0, 0, 9) == 1.0
    assert pairs_p_value(8, 9, 9) == 1.0


def series_of(values):
    table = np.asarray(values)
    table = table[:, None] if table.ndim == 1 else table
    return Series(table, np.arange(len(table)))


@pytest.mark.parametrize("kind", ["errors", "rare errors", "columns", "rare columns", "block means"])
def test_independent_rows_are_rarely_rejected(kind):
    rng, rejected, repeats = np.random.default_rng(1), 0, 400
    for _ in range(repeats):
        if "errors" in kind:
            values = rng.random((120, 1)) < (0.04 if "rare" in kind else 0.3)
        elif kind == "rare columns":
            values = (rng.random((120, 40)) < 0.03).astype(float)
        else:
            values = rng.normal(size=(120, 5))
        found = series_of(values).test(np.arange(120), "columns", length=4 if "block" in kind else 1)
        rejected += found is not None and found.p_value < 0.05
    assert rejected <= binom.ppf(0.999, repeats, 0.05)


@pytest.mark.parametrize("kind", ["errors", "columns"])
def test_neighbours_that_resemble_each_other_are_seen(kind):
    rng = np.random.default_rng(2)
    wave = np.zeros(400)
    for i in range(1, 400):
        wave[i] = 0.8 * wave[i - 1] + rng.normal()
    values = (wave > 1)[:, None] if kind == "errors" else np.column_stack([rng.normal(size=400), wave])
    found = series_of(values).test(np.arange(400), kind)
    assert found.p_value < 0.001 and "would be seen with probability 0.8" in found.power


def test_it_is_the_order_in_time_that_counts():
    rng = np.random.default_rng(3)
    wave = np.sort(rng.normal(size=200))[:, None]
    turn = rng.permutation(200)
    assert Series(wave, turn).test(np.arange(200), "columns").p_value > 0.01
    assert Series(wave[turn], turn).test(np.arange(200), "columns").p_value < 1e-6


def test_too_few_rows_and_constant_columns_give_no_test():
    assert series_of(np.zeros(10, dtype=bool)).test(np.arange(10), "errors") is None
    assert series_of(np.zeros((50, 2))).test(np.arange(50), "columns") is None
    assert series_of(np.zeros((50, 0))).test(np.arange(50), "columns") is None
