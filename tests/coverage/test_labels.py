"""Limits from planned labels keep their promise, and the ways people would use instead don't."""

import itertools

import numpy as np
import pytest

from tests.simulations.labels import paired_candidates, skipped_labels, stratified_limits, watched_limits
from tests.simulations.refuted import below, missed
from whytransfer.labels import Draws


@pytest.mark.parametrize(
    ("section", "options"),
    [
        (stratified_limits, {"repeats": 400, "sizes": ((40, 10),)}),
        (watched_limits, {"repeats": 200, "sizes": (100,)}),
        (skipped_labels, {"repeats": 30, "errors": (0.4,), "sizes": (40,)}),
        (paired_candidates, {"repeats": 200}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_quickly(section, options):
    found = section(np.random.SeedSequence(7), **options)
    assert found.complaints == ()
    assert found.controls


@pytest.mark.parametrize("population", ["law", "file"])
def test_a_limit_misses_exactly_where_the_truth_is_refuted(population):
    """What the simulations ask in the place of limits, against the limits of every outcome."""
    draws = Draws(sizes=(30, 20), drawn=(9, 7), population=population)
    outcomes = np.array(list(itertools.product(range(10), range(8))))
    upper = np.array([draws.upper(tuple(k), 0.05) for k in outcomes])
    lower = np.array([draws.lower(tuple(k), 0.05) for k in outcomes])
    for wrong in (6, 17, 33, 45):
        error = wrong / draws.m
        # A rate between two files, so that no limit of the law equals it but for rounding.
        truth = error + 0.003 if population == "law" else wrong
        value = truth if population == "law" else error
        lost = missed(draws, outcomes, truth, 0.05)
        assert np.array_equal(lost[0], upper < value - 1e-9)
        assert np.array_equal(lost[1], lower > value + 1e-9)
    assert not below(draws, np.array([[0, 0]]), 0, 0.05).any()
