"""Suprema of |S(A) − T(A)| over a class of sets, with both limits."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from whytransfer.claims import Level, Unit
from whytransfer.claims.intervals import hoeffding_term
from whytransfer.divergences.base import Divergence, Findings
from whytransfer.divergences.columns import ColumnDivergence, column_values
from whytransfer.divergences.request import SPLIT, Halves, Request
from whytransfer.divergences.sorted_columns import Gaps, Segment, gaps_of, half_line_at
from whytransfer.overlap import TwoSamples
from whytransfer.overlap.two_samples import Floats, Integers


@dataclass(frozen=True, slots=True, kw_only=True)
class Largest:
    """The set on which two samples differ most.

    Parameters
    ----------
    value : float
        |S(A) − T(A)| on the samples it was found on: the exact maximum over the class.
    rule : str
        A in words.
    contains : callable
        Rows (k, p) to a (k,) mask of those inside A.
    heavier_in_target : bool
        The sign of T(A) − S(A).
    columns : list of dict
        Name and value of every column.
    """

    value: float
    rule: str
    contains: Callable[[Floats], NDArray[np.bool_]]
    heavier_in_target: bool
    columns: list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDivergence(Divergence):
    """sup |S(A) − T(A)| over a class of sets whose in-sample maximum is exact.

    Upper limit: P1 with R = 1 (THEORY B0). Lower limit: the best set of one half, evaluated on the other half by
    Clopper-Pearson on both domains, δ/2 each.
    """

    unit: ClassVar[Unit] = Unit.ERROR
    level: ClassVar[Level] = Level.PROVED
    grouped: ClassVar[bool] = True

    @abstractmethod
    def largest(self, samples: TwoSamples) -> Largest:
        """The exact maximum over the class, and a set that attains it."""

    def measure(self, samples: TwoSamples, request: Request) -> Findings:
        """The exact maximum with both limits."""
        return self.limits(samples, request)

    def limits(self, samples: TwoSamples, request: Request) -> Findings:
        """The exact maximum, P1 above it, a set of one half below it."""
        found = self.largest(samples)
        lower, detail = self._held_out(samples, request)
        upper = found.value + float(hoeffding_term(request.delta, *samples.effective))
        return Findings(
            estimate=found.value,
            lower=lower,
            upper=upper,
            reason=None
            if lower is not None
            else "a lower limit needs two rows of each domain: one half fixes the set",
            detail={
                "set": found.rule,
                "columns": found.columns,
                "vacuous": upper >= 1.0,
                "lower_from": detail,
            },
        )

    def _held_out(self, samples: TwoSamples, request: Request) -> tuple[float | None, dict[str, Any] | None]:
        # One split for every class of sets, so that its half is sorted once.
        name = f"halves of seed {request.seed}"
        if name not in samples.known:
            samples.known[name] = Halves.of(samples, request.rng(SPLIT))
        halves: Halves | None = samples.known[name]
        if halves is None:
            return None, None
        critic, rows, failure = self.largest(halves.choose), halves.evaluate, request.delta / 2
        in_source, in_target = critic.contains(rows.source), critic.contains(rows.target)
        of_source, of_target = rows.by_units
        heavy, light = (of_source, in_source), (of_target, in_target)
        if critic.heavier_in_target:
            heavy, light = light, heavy
        # 0 is a lower value of any divergence, whatever the rows say.
        lower = max(0.0, heavy[0].lower(heavy[1], failure) - light[0].upper(light[1], failure))
        by = "Clopper-Pearson" if rows.units is None else "limits by units"
        return lower, {
            "set": critic.rule,
            "method": f"set chosen on a seeded half of each domain; {by} at delta/2 a domain on the other",
            "source_rows": rows.n,
            "source_rows_inside": int(in_source.sum()),
            "target_rows": rows.m,
            "target_rows_inside": int(in_target.sum()),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSetDivergence(SetDivergence, ColumnDivergence):
    """A supremum over sets {low < x_j ≤ high} of one column at a time, from a family that each subclass names."""

    @abstractmethod
    def ends(self, gaps: Gaps, column: int) -> Segment:
        """The set that attains the value in a column."""

    def largest(self, samples: TwoSamples) -> Largest:
        """The best set of the best column."""
        values = self.by_column(samples)
        best = int(values.argmax())
        low, high, mass = self.ends(gaps_of(samples), best)

        def contains(rows: Floats) -> NDArray[np.bool_]:
            column = rows[:, best]
            return (low < column) & (column <= high)

        name = samples.names[best]
        return Largest(
            value=float(values[best]),
            rule=f"{name} <= {high}" if low == -np.inf else f"{low} < {name} <= {high}",
            contains=contains,
            heavier_in_target=mass > 0,
            columns=column_values(samples.names, values),
        )


class HalfLines:
    """The family of half-lines {x_j ≤ t}; a complement has the same difference in mass, so that it serves both orientations."""

    __slots__ = ()

    def score(self, gaps: Integers, widths: Floats) -> Floats:
        """The largest |D|."""
        return np.asarray(np.abs(gaps).max(axis=-1), dtype=np.float64)

    def by_column(self, samples: TwoSamples) -> Floats:
        """The largest |D|/(nm) of every column."""
        gaps = gaps_of(samples)
        return np.asarray(np.maximum(gaps.highest, -gaps.lowest) / (samples.n * samples.m))

    def ends(self, gaps: Gaps, column: int) -> Segment:
        """The half-line up to the first largest |D|."""
        return half_line_at(gaps, column)
