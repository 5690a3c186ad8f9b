"""Limits after every label of a plan: against every path, literally; and how early and how surely they end."""

import itertools
from functools import cache

import numpy as np
import pytest
from scipy.stats import binom, norm

from whytransfer.claims.power import labels_needed
from whytransfer.errors import InputError
from whytransfer.labels import Horizon
from whytransfer.labels.horizon import BEND

N, ROWS, DELTA = 8, 14, 0.1
PATHS = list(itertools.product([0, 1], repeat=N))


def chance(path, truth, rows):
    """P(path): independent coins, or rows drawn one by one from a file with `truth` wrong ones."""
    found, errors = 1.0, 0
    for i, wrong in enumerate(path):
        p = truth if rows is None else min(max((truth - errors) / (rows - i), 0.0), 1.0)
        found *= p if wrong else 1.0 - p
        errors += wrong
    return found


@cache
def limits(side, rows):
    horizon = Horizon(n=N, rows=rows)
    return {path: getattr(horizon, side)(np.array(path, dtype=bool), DELTA) for path in PATHS}


@pytest.mark.parametrize("side", ["upper", "lower"])
@pytest.mark.parametrize("rows", [None, ROWS])
def test_the_limit_misses_no_more_often_than_it_says_whatever_the_truth(side, rows):
    """Summed over all paths; the last limit is the shortest, so that whoever stops at the worst moment gets no shorter one."""
    worst = 0.0
    for truth in np.linspace(0.02, 0.98, 25) if rows is None else range(rows + 1):
        error, sign = truth if rows is None else truth / rows, 1 if side == "upper" else -1
        missed = [path for path, limit in limits(side, rows).items() if sign * (limit - error) < -1e-9]
        worst = max(worst, sum(chance(path, truth, rows) for path in missed))
    assert DELTA / 2 < worst <= DELTA


@pytest.mark.parametrize("rows", [None, ROWS])
def test_limits_shrink_with_labels_and_grow_with_errors(rows):
    horizon = Horizon(n=N, rows=rows)
    for path in PATHS[::7]:
        marks = np.array(path, dtype=bool)
        found = [horizon.upper(marks[:t], DELTA) for t in range(N + 1)]
        assert found[0] == 1.0
        assert np.all(np.diff(found) <= 1e-9)
        for i in np.flatnonzero(~marks):
            more = marks.copy()
            more[i] = True
            assert limits("upper", rows)[tuple(more.astype(int))] >= found[-1] - 1e-9


@pytest.mark.parametrize("rows", [None, ROWS])
def test_the_walk_counts_every_path(rows):
    """P(first stop after t labels) against the sum over all paths, from the start and from the middle."""
    horizon = Horizon(n=N, rows=rows)
    bounds = np.array([-1, -1, -1, 0, 0, 0, 1, 1, 2])
    for labels, errors, truth in [(0, 0, 0.3), (3, 1, 0.3), (0, 0, 0.0)]:
        literal, value = np.zeros(N + 1), truth if rows is None else round(truth * rows)
        start = (1,) * errors + (0,) * (labels - errors)
        for rest in itertools.product([0, 1], repeat=N - labels):
            counts = np.cumsum((0, *start, *rest))
            met = [t for t in range(labels + 1, N + 1) if counts[t] <= bounds[t]]
            if met:
                literal[met[0]] += chance(start + rest, value, rows) / chance(start, value, rows)
        assert horizon.stopping(bounds, value, labels, errors) == pytest.approx(literal, abs=1e-12)


@pytest.mark.parametrize("rows", [None, ROWS])
def test_a_boundary_is_where_the_limit_falls_below_the_hypothesis(rows):
    horizon = Horizon(n=N, rows=rows)
    hypothesis = 0.55 if rows is None else 8
    bounds = horizon.boundary(hypothesis, DELTA)
    assert 0.5 * DELTA < horizon.stopping(bounds, hypothesis).sum() <= DELTA
    error = hypothesis if rows is None else hypothesis / rows
    for path, limit in limits("upper", rows).items():
        met = any(k <= b for k, b in zip(np.cumsum(path), bounds[1:], strict=True))
        assert met == (limit < error + 1e-9 if rows is None else limit < error - 1e-9)


def test_the_boundary_is_that_of_wang_and_tsiatis():
    """Standard deviations below the hypothesis, by the signed root of the likelihood, fall as t^−¼ from their last value."""
    n, m = 3000, 0.3
    bounds = Horizon(n=n).boundary(m, 0.05)
    t = np.array([300, 600, 1500, 3000])
    z = -norm.ppf(binom.cdf(bounds[t], t, m))
    assert z / z[-1] == pytest.approx((n / t) ** BEND, rel=0.08)


@pytest.mark.parametrize(("error", "rows"), [(0.06, None), (0.3, None), (0.3, 3000)])
def test_it_ends_sooner_than_a_fixed_number_would(error, rows):
    """At .05 below the requirement: with a fifth more labels than a fixed draw power is .80, and four fifths are looked at."""
    fixed = labels_needed(error, error + 0.05, 0.05, at_most=10_000)
    n = round(1.2 * fixed)
    horizon = Horizon(n=n, rows=rows)
    bounds = horizon.boundary(error + 0.05 if rows is None else round((error + 0.05) * rows) + 1, 0.05)
    stops = horizon.stopping(bounds, error if rows is None else round(error * rows))
    looked = stops @ np.arange(n + 1) + (1 - stops.sum()) * n
    assert stops.sum() >= 0.79
    assert looked <= 0.85 * fixed


def test_a_file_that_is_labelled_whole_is_known():
    wrong = np.array([1, 0, 0, 1, 0, 0, 0, 0], dtype=bool)
    horizon = Horizon(n=8, rows=8)
    assert horizon.upper(wrong, 0.05) == horizon.lower(wrong, 0.05) == 0.25


@pytest.mark.parametrize("given", [{"n": 0}, {"n": 5, "rows": 4}])
def test_horizons_that_make_no_sense_are_refused(given):
    with pytest.raises(InputError):
        Horizon(**given)


def test_more_labels_than_planned_are_refused():
    with pytest.raises(InputError, match="3 rows were labelled of 2"):
        Horizon(n=2).upper([True, False, True], 0.05)
