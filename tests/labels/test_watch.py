"""Anytime limits: the wealth is a martingale, counted over every sequence; ever reaching 1/δ is rare, exactly."""

import itertools

import numpy as np
import pytest

from whytransfer.claims.intervals.betting import SHARES, STAKES
from whytransfer.errors import InputError
from whytransfer.labels import Watch

DELTA = 0.2


def literal_wealth(wrong, m, stake):
    """One stake against the law's error m, row by row."""
    wealth = 1.0
    for error in wrong:
        wealth *= (1 - stake) if error else (1 - (1 - stake) * m) / (1 - m)
    return wealth


def test_wealth_of_the_law_is_the_mixture_of_its_bets():
    wrong = [0, 1, 0, 0, 1, 0]
    literal = sum(w * literal_wealth(wrong, 0.3, c) for c, w in zip(STAKES, SHARES, strict=True))
    assert Watch().wealth(wrong, 0.3)[-1] == pytest.approx(literal)
    assert SHARES.sum() == pytest.approx(1)


def test_under_the_hypothesis_the_law_wealth_keeps_its_mean_and_seldom_grows():
    watch, p, t = Watch(), 0.3, 9
    mean, ever = 0.0, 0.0
    for wrong in itertools.product([0, 1], repeat=t):
        chance = p ** sum(wrong) * (1 - p) ** (t - sum(wrong))
        wealth = watch.wealth(wrong, p)
        mean += chance * wealth[-1]
        ever += chance * (wealth.max() >= 1 / DELTA)
    assert mean == pytest.approx(1)
    assert ever <= DELTA


@pytest.mark.parametrize("errors", [1, 3, 5])
def test_under_the_hypothesis_the_file_wealth_keeps_its_mean_and_the_limit_seldom_misses(errors):
    rows = 8
    watch = Watch(rows=rows)
    sequences = set(itertools.permutations([1] * errors + [0] * (rows - errors)))
    wealth = np.array([watch.wealth(s[:6], errors) for s in sequences])
    assert wealth.mean(axis=0) == pytest.approx(np.ones(6))
    # The limit after six rows is the least of all six: whoever stops at the worst moment gets no shorter one.
    missed = [watch.upper(s[:6], DELTA) < errors / rows - 1e-9 for s in sequences]
    assert np.mean(missed) <= DELTA


@pytest.mark.parametrize("rows", [None, 40])
def test_a_limit_never_grows_with_more_labels_and_falls_with_fewer_errors(rows):
    rng = np.random.default_rng(3)
    wrong = rng.random(30) < 0.2
    watch = Watch(rows=rows)
    limits = [watch.upper(wrong[:t], 0.05) for t in range(1, 31)]
    assert np.all(np.diff(limits) <= 1e-12)
    more = wrong.copy()
    more[np.flatnonzero(~wrong)[0]] = True
    assert watch.upper(more, 0.05) >= watch.upper(wrong, 0.05)
    assert watch.lower(wrong, 0.05) <= wrong.mean() <= watch.upper(wrong, 0.05) + 1e-9


def test_a_file_that_is_labelled_whole_is_known():
    wrong = np.array([1, 0, 0, 1, 0, 0, 0, 0], dtype=bool)
    watch = Watch(rows=8)
    assert watch.upper(wrong, 0.05) == watch.lower(wrong, 0.05) == 0.25


def test_no_labels_say_nothing():
    assert (Watch().lower([], 0.05), Watch().upper([], 0.05)) == (0.0, 1.0)


def test_the_limit_solves_wealth_equals_one_over_delta():
    wrong = np.zeros(40, dtype=bool)
    limit = Watch().upper(wrong, 0.05)
    assert Watch().wealth(wrong, limit).max() == pytest.approx(20, rel=1e-6)


def test_watches_that_make_no_sense_are_refused():
    with pytest.raises(InputError):
        Watch(rows=0)
