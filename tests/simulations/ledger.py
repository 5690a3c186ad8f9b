"""Counting: how often each limit missed the truth, and how far from it the limits lay."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.simulations.harness import Cell, Section, Table, percent

DELTA = 0.05
ROUNDING = 1e-9
"""A limit that equals the truth but for rounding has not missed it."""


@dataclass(slots=True)
class Count:
    """Misses of one limit in one world, and the sum of its distances from the truth."""

    control: bool
    delta: float
    measured: bool = True
    misses: int = 0
    seen: int = 0
    withheld: int = 0
    distance: float = 0.0


@dataclass(slots=True)
class Ledger:
    """All counts of one section, in the order in which they were first seen."""

    counts: dict[tuple[str, str, str], Count] = field(default_factory=dict)

    def see(
        self,
        certificate: str,
        world: str,
        truth: float,
        *,
        upper: float | str | None = "no promise",
        lower: float | str | None = "no promise",
        control: bool = False,
        delta: float = DELTA,
        measured: bool = True,
    ) -> None:
        """Write down one draw; a limit of None was withheld, which is no miss. Not `measured`: the distance means nothing."""
        for side, limit, sign in (("upper", upper, 1.0), ("lower", lower, -1.0)):
            if isinstance(limit, str):
                continue
            fresh = Count(control=control, delta=delta, measured=measured)
            count = self.counts.setdefault((certificate, side, world), fresh)
            count.seen += 1
            if limit is None:
                count.withheld += 1
                continue
            distance = sign * (limit - truth)
            count.misses += distance < -ROUNDING
            count.distance += distance

    def section(self, title: str, text: str) -> Section:
        """The section, with one row a certificate and world."""
        cells = [
            (
                Cell(
                    certificate=name, world=f"{side}, {world}", misses=c.misses, repeats=c.seen, delta=c.delta
                ),
                c.control,
            )
            for (name, side, world), c in self.counts.items()
        ]
        rows = [
            (
                name + (" (control)" if c.control else ""),
                world,
                side,
                percent(c.misses / c.seen),
                percent(c.withheld / c.seen),
                f"{c.distance / (c.seen - c.withheld):.3f}" if c.measured and c.seen > c.withheld else "-",
            )
            for (name, side, world), c in self.counts.items()
        ]
        return Section(
            title=title,
            text=text,
            cells=tuple(cell for cell, control in cells if not control),
            controls=tuple(cell for cell, control in cells if control),
            tables=(
                Table(
                    caption="Every cell; distance: how far the limit lay on the safe side of the truth, on average",
                    header=("certificate", "world", "side", "misses, %", "withheld, %", "distance"),
                    rows=tuple(rows),
                ),
            ),
        )
