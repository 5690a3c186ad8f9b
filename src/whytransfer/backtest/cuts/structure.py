"""Pseudo-targets that real structure makes: later periods, held-out groups, other sites."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from whytransfer.backtest.cut import Cut, Wanted, Way
from whytransfer.backtest.rows import LEAST_ROWS, LabelledRows, Structure
from whytransfer.backtest.tilt import Direction, tilted
from whytransfer.overlap.two_samples import Integers

TRIES = 10
"""Draws of groups before a cut is given up: sizes may be so uneven that a draw overshoots."""


class RealStructure(Way):
    """Later rows, whole groups, or a category such as a site in the role of the target.

    Times and groups are cut as they are: how far apart the parts lie is not chosen, it is measured and written
    down. A category stands among the features, where a domain classifier sees it; its rows join by a tilt of
    the wanted strength, as every other visible direction.
    """

    name: ClassVar[str] = "structure"
    title: ClassVar[str] = "later rows, other groups, other sites"

    def applies(self, rows: LabelledRows) -> str | None:
        """None where there is a structure with at least two values."""
        if not rows.structures:
            return "no time, group or site column is known"
        if any(_values(s) > 1 for s in rows.structures):
            return None
        return "the time, group or site columns have one value only"

    def cuts(
        self, rows: LabelledRows, wanted: Wanted, count: int, rng: np.random.Generator
    ) -> tuple[Cut, ...]:
        """The structures in turn."""
        usable = [s for s in rows.structures if _values(s) > 1]
        made = []
        for turn in range(count):
            structure = usable[turn % len(usable)]
            if structure.kind == "time":
                cut = later(structure, wanted, rng)
            elif structure.kind == "groups":
                cut = held_out(structure, wanted, rng)
            else:
                cut = other_sites(structure, wanted, rng)
            made += [] if cut is None else [cut]
        return tuple(made)


def later(structure: Structure, wanted: Wanted, rng: np.random.Generator) -> Cut | None:
    """A period and all rows before it; rows of the same moment are on the same side."""
    known = _known(structure)
    order = known[np.argsort(structure.values[known], kind="stable")]
    # No more than a third: something has to lie before, and the periods of several cuts should differ.
    size = min(wanted.size, len(order) // 3)
    if size < LEAST_ROWS:
        return None
    begin = int(rng.integers(LEAST_ROWS, len(order) - size + 1))
    moments = structure.values[order]
    begin = int(np.searchsorted(moments, moments[begin], side="left"))
    cut = _cut(f"a later period of {structure.name}", order[:begin], order[begin : begin + size])
    return cut if cut.feasible else None


def held_out(structure: Structure, wanted: Wanted, rng: np.random.Generator) -> Cut | None:
    """Whole groups in random order until the size is reached; all others are the pseudo-source."""
    units = np.unique(structure.values, return_inverse=True)[1]
    sizes = np.bincount(units)
    for _ in range(TRIES):
        order = rng.permutation(len(sizes))
        taken = order[: 1 + int(np.searchsorted(np.cumsum(sizes[order]), wanted.size))]
        inside = np.isin(units, taken)
        cut = _cut(f"held-out {structure.name}", np.flatnonzero(~inside), np.flatnonzero(inside))
        if cut.feasible:
            return cut
    return None


def other_sites(structure: Structure, wanted: Wanted, rng: np.random.Generator) -> Cut:
    """Rows of randomly drawn categories join more often."""
    units = np.unique(structure.values, return_inverse=True)[1]
    found = int(units.max()) + 1
    favoured = rng.permutation(found)[: int(rng.integers(1, found))]
    along = Direction(
        kind=RealStructure.name,
        name=f"other values of {structure.name}",
        score=np.isin(units, favoured).astype(np.float64),
    )
    return tilted(along, wanted, rng)


def _cut(name: str, source: Integers, target: Integers) -> Cut:
    return Cut(kind=RealStructure.name, name=name, source=np.sort(source), target=np.sort(target))


def _known(structure: Structure) -> Integers:
    """Rows whose value is known: NaT and NaN differ from themselves."""
    return np.flatnonzero(structure.values == structure.values).astype(np.int64)


def _values(structure: Structure) -> int:
    """Number of distinct known values."""
    return len(np.unique(structure.values[_known(structure)]))
