"""The intervals keep their promise where the truth is known; what is known to be wrong is found out."""

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from tests.simulations.harness import Cell, Section, allowed_misses, markdown
from tests.simulations.intervals import DELTA, KINDS, _still_missing, bounded_losses, coins, optional_stopping
from tests.simulations.sections import SECTIONS, run_all, seeds
from whytransfer.claims.intervals import INTERVALS, Betting, ClopperPearson, Interval

PAGE = Path(__file__).parents[2] / "docs" / "theory" / "coverage.md"


@pytest.fixture(scope="module")
def in_full():
    # Another seed than the page's: two independent chances to be found out.
    return run_all(seed=1)


@pytest.mark.coverage
@pytest.mark.parametrize("number", range(len(SECTIONS)), ids=[section.__name__ for section in SECTIONS])
def test_every_section_in_full(number, in_full):
    assert in_full[number].complaints == ()


def test_coins_quickly():
    section = coins(np.random.SeedSequence(2), repeats=4_000, sizes=(10, 200), errors=(0.0, 0.01, 0.3))
    assert section.complaints == ()
    assert {cell.certificate for cell in section.cells} == set(INTERVALS)


def test_bounded_losses_quickly():
    section = bounded_losses(np.random.SeedSequence(3), repeats=100, sizes=(10, 50))
    assert section.complaints == ()
    assert {cell.certificate for cell in section.cells} == {kind.name for kind in KINDS if kind.bounded}


def test_optional_stopping_quickly():
    section = optional_stopping(np.random.SeedSequence(4), repeats=1_000, looks=200, errors=(0.3,))
    assert section.complaints == ()
    assert {cell.certificate for cell in section.cells} == {kind.name for kind in KINDS if kind.anytime}


# ---------------------------------------------------------------- the check itself can fail


@dataclass(frozen=True, slots=True)
class TwiceTheDelta(Interval):
    """Honest but for a δ that is twice as large as it says."""

    name: ClassVar[str] = "twice_the_delta"

    def _above(self, errors, n, failure):
        return ClopperPearson().uppers(errors, n, 2 * failure)


def test_a_dishonest_certificate_is_found():
    section = coins(
        np.random.SeedSequence(5), sizes=(1000,), errors=(0.1, 0.5), kinds=(ClopperPearson(), TwiceTheDelta())
    )
    assert section.complaints
    assert all(
        complaint.startswith("twice_the_delta")
        for complaint in section.complaints
        if "control" not in complaint
    )


def test_an_idle_control_is_found():
    fine = Cell(certificate="honest", world="w", misses=0, repeats=100, delta=DELTA)
    section = Section(title="t", text="t", cells=(fine,), controls=(replace(fine, certificate="control"),))
    assert section.complaints == ("control: the control never failed, so nothing was tested",)
    broken = replace(fine, certificate="control", misses=90)
    assert replace(section, controls=(broken,)).complaints == ()


@pytest.mark.parametrize(("repeats", "delta", "cells"), [(200, 0.05, 1), (60, 0.1, 30), (500, 0.01, 8)])
def test_allowed_misses_is_the_binomial_quantile(repeats, delta, cells):
    def above(k):
        return math.fsum(
            math.comb(repeats, i) * delta**i * (1 - delta) ** (repeats - i) for i in range(k + 1, repeats + 1)
        )

    k = allowed_misses(repeats, delta, cells)
    assert above(k) <= 0.001 / cells < above(k - 1)


@pytest.mark.parametrize("kind", [ClopperPearson(), Betting()], ids=lambda kind: kind.name)
def test_the_adversary_knows_every_moment_at_which_a_limit_is_wrong(kind):
    least = _still_missing(kind.uppers, 0.3, 60)
    slow = [sum(kind.upper(e, t, DELTA) < 0.3 for e in range(t + 1)) for t in range(1, 61)]
    assert least.tolist() == slow


def test_the_same_seed_gives_the_same_page():
    one, two = (
        markdown(optional_stopping(np.random.SeedSequence(6), repeats=50, looks=40, errors=(0.1,)))
        for _ in range(2)
    )
    assert one == two
    assert len({tuple(seed.generate_state(4)) for seed in seeds()}) == len(SECTIONS)


def test_the_page_shows_every_interval():
    page = PAGE.read_text(encoding="utf-8")
    for name in INTERVALS:
        assert f"| {name} | " in page, f"run `python docs/coverage.py`: {name} is not on the page"
    assert page.count("(control, must fail)") >= len(SECTIONS)
