"""Divergences, λ, bounds and direct certificates keep their promise where it holds; broken assumptions are found out."""

import numpy as np
import pytest

from tests.simulations.adaptability import adaptability_limits
from tests.simulations.bounds import bound_limits
from tests.simulations.direct import direct_limits, grouped_errors
from tests.simulations.divergences import divergence_limits
from tests.simulations.further import further_limits
from tests.simulations.ledger import Ledger


@pytest.mark.parametrize(
    ("section", "repeats"),
    [
        (divergence_limits, 200),
        (adaptability_limits, 100),
        (bound_limits, 100),
        (direct_limits, 60),
        (further_limits, 60),
        (grouped_errors, 400),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_quickly(section, repeats):
    assert section(np.random.SeedSequence(7), repeats=repeats).complaints == ()


def test_a_limit_that_misses_is_counted_and_one_that_is_withheld_is_not():
    ledger = Ledger()
    for upper, lower in ((0.4, 0.6), (0.6, 0.4), (None, None), (0.5, 0.5)):
        ledger.see("c", "w", 0.5, upper=upper, lower=lower)
    section = ledger.section("t", "t")
    assert [(cell.world, cell.misses, cell.repeats) for cell in section.cells] == [
        ("upper, w", 1, 4),
        ("lower, w", 1, 4),
    ]
    assert [row[-3:] for row in section.tables[0].rows] == [("25.0", "25.0", "0.000")] * 2


def test_a_dishonest_limit_is_found():
    ledger, rng = Ledger(), np.random.default_rng(8)
    for _ in range(500):
        ledger.see("ten per cent", "w", 0.0, upper=float(rng.random() - 0.15))
    assert len(ledger.section("t", "t").complaints) == 1
