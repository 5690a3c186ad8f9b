"""Divergences, λ, bounds and direct certificates keep their promise where it holds; broken assumptions are found out."""

from pathlib import Path

import numpy as np
import pytest

import whytransfer as wt
from tests.simulations.adaptability import adaptability_limits
from tests.simulations.assumed import assumed_limits
from tests.simulations.bounds import bound_limits
from tests.simulations.direct import direct_limits, grouped_errors
from tests.simulations.divergences import divergence_limits
from tests.simulations.further import further_limits
from tests.simulations.further_divergences import further_divergence_limits
from tests.simulations.intervals import bounded_losses, coins
from tests.simulations.ledger import Ledger
from tests.simulations.roll import ROLL, WITHOUT, roll_of

PAGE = Path(__file__).parents[2] / "docs" / "theory" / "coverage.md"


@pytest.mark.parametrize(
    ("section", "repeats"),
    [
        (divergence_limits, 80),
        (adaptability_limits, 100),
        (bound_limits, 100),
        (direct_limits, 60),
        (further_limits, 60),
        (assumed_limits, 60),
        (further_divergence_limits, 80),
        (grouped_errors, 150),
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


def test_every_theorem_is_on_the_roll_or_says_why_not():
    assert set(ROLL) | set(WITHOUT) == set(wt.theorems())
    assert not set(ROLL) & set(WITHOUT)
    assert all(wt.theorems()[name] and reason for name, reason in WITHOUT.items())


def test_what_the_roll_names_is_simulated_and_every_broken_cell_is_a_control():
    quick = [coins(np.random.SeedSequence(1), repeats=50, sizes=(10,), errors=(0.1,))]
    quick += [bounded_losses(np.random.SeedSequence(1), repeats=20, sizes=(10,))]
    few = (bound_limits, direct_limits, further_limits, assumed_limits)
    quick += [section(np.random.SeedSequence(1), repeats=3) for section in few]
    held = {cell.certificate for section in quick for cell in section.cells}
    controls = {cell.certificate for section in quick for cell in section.controls}
    for name, tried in ROLL.items():
        assert tried.holds, name
        assert tried.broken, name
        assert set(tried.holds) <= held, name
        assert set(tried.broken) <= controls, name
    table = roll_of(quick)
    assert all(f"| {name} | " in table for name in wt.theorems())


def test_every_theorem_is_on_the_page():
    page = PAGE.read_text(encoding="utf-8").split("## Every theorem")[1].split("\n## ")[0]
    assert all(f"| {name} | " in page for name in wt.theorems()), "run `python docs/coverage.py`"
