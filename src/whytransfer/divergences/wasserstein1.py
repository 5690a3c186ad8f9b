"""The Wasserstein-1 distance in one dimension, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from whytransfer.claims import Level, Unit
from whytransfer.claims.intervals import hoeffding_term
from whytransfer.divergences.base import Findings, Laws
from whytransfer.divergences.columns import ColumnDivergence, column_values
from whytransfer.divergences.critics import METHOD, lower_of_difference
from whytransfer.divergences.request import SPLIT, Halves, Request, positive
from whytransfer.divergences.sorted_columns import transport_costs
from whytransfer.divergences.steps import Steps
from whytransfer.errors import InputError
from whytransfer.overlap import TwoSamples
from whytransfer.overlap.two_samples import Floats, Integers


@dataclass(frozen=True, slots=True, kw_only=True)
class Wasserstein1(ColumnDivergence):
    """W1 = ∫ |F − G| of one column, in its raw units; over several columns the largest, each in ``detail``.

    The cost of the cheapest transport, and the largest difference in mean of a 1-Lipschitz function of one
    column. Exact, O(p N log N) (THEORY D7). Upper limit: P1 with R the length of a range that was declared in
    advance; none without it, because no sample rules out a far-away mass. Lower limit: the 1-Lipschitz
    function that is best on one half, constant outside that half's range and so bounded, evaluated on the other.

    Parameters
    ----------
    range : (low, high), float or None
        Where every column of both laws lies, or the length of such a range, known without looking at these rows.

    Raises
    ------
    InputError
        When the range is empty, or rows lie outside it.

    Examples
    --------
    >>> Wasserstein1().between([0.0, 1.0], [1.0, 2.0])
    1.0
    """

    range: tuple[float, float] | float | None = None

    name: ClassVar[str] = "wasserstein1"
    unit: ClassVar[Unit] = Unit.FEATURE
    convention: ClassVar[str] = (
        "W1 of one column (integral of |F - G|), raw units, 0 and up; the largest column"
    )
    reference: ClassVar[str] = "redko:17"
    laws: ClassVar[Laws] = Laws(degree=1, supremum=True)
    level: ClassVar[Level] = Level.PROVED
    grouped: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if self.range is None:
            return
        if np.ndim(self.range) == 0:
            object.__setattr__(self, "range", positive("range", self.range))  # type: ignore[arg-type]
            return
        ends = tuple(float(end) for end in self.range)  # type: ignore[union-attr]
        if len(ends) != 2 or not np.isfinite(ends).all() or ends[0] >= ends[1]:
            raise InputError(f"range: expected (low, high) with low < high, or a length, got {self.range}")
        object.__setattr__(self, "range", ends)

    def score(self, gaps: Integers, widths: Floats) -> Floats:
        """Σ |D_j| (z_{j+1} − z_j)."""
        return np.asarray(np.abs(gaps) @ widths)

    def by_column(self, samples: TwoSamples) -> Floats:
        """W1 of every column."""
        return transport_costs(samples)

    def measure(self, samples: TwoSamples, request: Request) -> Findings:
        """The exact distance, P1 above it where a range was declared, a potential of one half below it."""
        length = self._length(samples)
        values = self.by_column(samples)
        estimate = float(values.max())
        upper = (
            None
            if length is None
            else estimate + length * float(hoeffding_term(request.delta, *samples.effective))
        )
        lower, lower_from = _held_out(samples, request)
        reasons = [] if upper is not None else ["an upper limit needs range=(low, high), declared in advance"]
        if lower is None:
            reasons.append("a lower limit needs two rows of each domain")
        return Findings(
            estimate=estimate,
            lower=lower,
            upper=upper,
            reason="; ".join(reasons) or None,
            detail={
                "columns": column_values(samples.names, values),
                "range_length": length,
                "lower_from": lower_from,
            },
        )

    def _length(self, samples: TwoSamples) -> float | None:
        """The length of the declared range, after checking that all rows lie in it."""
        if self.range is None:
            return None
        low, high = samples.pooled.min(axis=0), samples.pooled.max(axis=0)
        if isinstance(self.range, tuple):
            bad = (low < self.range[0]) | (high > self.range[1])
            length, declared = self.range[1] - self.range[0], f"values in [{self.range[0]}, {self.range[1]}]"
        else:
            bad, length, declared = (
                high - low > self.range,
                self.range,
                f"values no more than {self.range} apart",
            )
        if bad.any():
            j = int(np.flatnonzero(bad)[0])
            raise InputError(
                f"range: expected {declared}, got [{low[j]}, {high[j]}] in column {samples.names[j]!r}; "
                "declare the range that holds for every possible row"
            )
        return length


@dataclass(frozen=True, slots=True, kw_only=True)
class Potential:
    """A 1-Lipschitz function of one column, linear between knots and constant outside them.

    Parameters
    ----------
    column : int
        The column it reads.
    knots, values : (u,) arrays
        Where its slope changes, and its values there.
    """

    column: int
    knots: Floats
    values: Floats

    @classmethod
    def of(cls, samples: TwoSamples) -> Potential:
        """The function with the largest E_T f − E_S f on these samples: slope −sign(G − F), on the best column."""
        best = int(Wasserstein1().by_column(samples).argmax())
        steps = Steps.of(samples.source[:, best], samples.target[:, best])
        rises = -np.sign(steps.gaps[:-1]) * np.diff(steps.values)
        return cls(column=best, knots=steps.values, values=np.concatenate([[0.0], np.cumsum(rises)]))

    def at(self, rows: Floats) -> Floats:
        """Its values at rows (k, p)."""
        return np.interp(rows[:, self.column], self.knots, self.values)


def _held_out(samples: TwoSamples, request: Request) -> tuple[float | None, dict[str, Any] | None]:
    """A lower limit of E_T f − E_S f from the other half, f being the best function of one half."""
    halves = Halves.of(samples, request.rng(SPLIT))
    if halves is None:
        return None, None
    f, rows = Potential.of(halves.choose), halves.evaluate
    low, high = float(f.values.min()), float(f.values.max())
    lower = lower_of_difference(f.at(rows.source), f.at(rows.target), low, high, request.delta, rows.units)
    return lower, {
        "method": f"1-Lipschitz function {METHOD}",
        "column": samples.names[f.column],
        "oscillation": high - low,
        "source_rows": rows.n,
        "target_rows": rows.m,
    }
