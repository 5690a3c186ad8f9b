"""How a certificate's promise is checked: misses counted in worlds whose truth is known, against the binomial law."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

DOUBT = 0.001
"""Probability that a section of honest certificates is blamed: 99.9 % quantiles, Bonferroni over its cells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One one-sided limit in one world.

    Parameters
    ----------
    certificate, world : str
        What was promised, and where it was tried.
    misses, repeats : int
        How often the limit missed the truth, of how many draws.
    delta : float
        The failure probability that was promised.
    """

    certificate: str
    world: str
    misses: int
    repeats: int
    delta: float

    @property
    def rate(self) -> float:
        """Share of draws in which the limit missed."""
        return self.misses / self.repeats


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A caption, a header and rows of text."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The check of one certificate (or a family of them): its cells, its controls, and what is shown of them.

    Parameters
    ----------
    title, text : str
        Heading and explanation on the page.
    cells : tuple of Cell
        Each must hold.
    controls : tuple of Cell
        Each named control must break in at least one of its cells; otherwise the check could not have failed.
    tables : tuple of Table
        Shown below the summary.
    """

    title: str
    text: str
    cells: tuple[Cell, ...]
    controls: tuple[Cell, ...] = ()
    tables: tuple[Table, ...] = ()

    def allowed(self, cell: Cell) -> int:
        """The most misses that an honest limit may show in `cell`."""
        return allowed_misses(cell.repeats, cell.delta, len(self.cells) + len(self.controls))

    @property
    def complaints(self) -> tuple[str, ...]:
        """What broke its promise, and which control kept a promise that it never gave; empty when all is well."""
        broken = [
            f"{cell.certificate}, {cell.world}: {cell.misses} misses of {cell.repeats}, "
            f"at most {self.allowed(cell)} are allowed at δ = {cell.delta}"
            for cell in self.cells
            if cell.misses > self.allowed(cell)
        ]
        idle = [
            f"{name}: the control never failed, so nothing was tested"
            for name in _names(self.controls)
            if not any(c.misses > self.allowed(c) for c in self.controls if c.certificate == name)
        ]
        return (*broken, *idle)

    @property
    def summary(self) -> Table:
        """One row a certificate: its worst cell."""
        rows = []
        for cells, kind in ((self.cells, ""), (self.controls, " (control, must fail)")):
            for name in _names(cells):
                own = [cell for cell in cells if cell.certificate == name]
                worst = max(own, key=lambda cell: (cell.misses / self.allowed(cell), cell.rate))
                held = sum(cell.misses <= self.allowed(cell) for cell in own)
                rows.append(
                    (
                        name + kind,
                        f"{held} of {len(own)}",
                        percent(worst.rate),
                        percent(self.allowed(worst) / worst.repeats),
                        worst.world,
                    )
                )
        return Table(
            caption="Worst cell of each",
            header=("certificate", "cells that hold", "misses, %", "allowed, %", "where"),
            rows=tuple(rows),
        )


def allowed_misses(repeats: int, delta: float, cells: int) -> int:
    """The 99.9 % quantile of Bin(repeats, delta), Bonferroni over `cells`."""
    from scipy.stats import binom

    return int(binom.isf(DOUBT / cells, repeats, delta))


def percent(rate: float) -> str:
    """A rate in per cent, to the digits that a table carries."""
    return f"{100 * rate:.1f}"


def markdown(section: Section) -> str:
    """The section as it stands on the page."""
    parts = [f"## {section.title}", section.text]
    for table in (section.summary, *section.tables):
        lines = [table.header, ("---",) + ("--:",) * (len(table.header) - 1), *table.rows]
        parts += [f"**{table.caption}**", "\n".join("| " + " | ".join(line) + " |" for line in lines)]
    return "\n\n".join(parts)


def _names(cells: Sequence[Cell]) -> list[str]:
    return list(dict.fromkeys(cell.certificate for cell in cells))
