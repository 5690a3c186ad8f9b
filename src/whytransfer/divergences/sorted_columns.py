"""What every column of two samples says once both are sorted: the cost of transport and the extremes of the gaps.

Two samples that were read once (`TwoSamples`) keep it, a few numbers a column, so that all divergences of single columns share one
sort. Columns are taken in blocks, each copied and sorted in its copy: eight neighbours in a row lie in one line of the
processor's cache, so that the rows travel through it once and not eight times.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from whytransfer.divergences.steps import Steps
from whytransfer.overlap import TwoSamples
from whytransfer.overlap.two_samples import Floats, Integers
from whytransfer.threads import in_threads

COLUMNS_AT_ONCE = 8
"""Columns that are copied and sorted together by one thread: 128 bytes a row in all with two."""

FEW_ROWS = 2**14
"""Below, the definition in array operations is as quick and loads no compiled code."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gaps:
    """The extremes of D_j = nm (G − F)(z_j) in every column, exact.

    Parameters
    ----------
    highest, lowest : (p,) arrays of int64
        ≥ 0 and ≤ 0: the gap before the first value is 0.
    at_highest, at_lowest : (p,) arrays
        The first value where they stand; −∞ for the gap before the first value.
    top : (p,) array
        The largest value of either sample.
    """

    highest: Integers
    lowest: Integers
    at_highest: Floats
    at_lowest: Floats
    top: Floats


def gaps_of(samples: TwoSamples) -> Gaps:
    """The extremes of the gaps of every column; the transport costs are kept along with them, as they share the sort."""
    if "gaps" not in samples.known:
        found = np.array(_by_column(samples, gaps=True))
        whole = found[:, :2].astype(np.int64)
        samples.known["gaps"] = Gaps(
            highest=whole[:, 0],
            lowest=whole[:, 1],
            at_highest=found[:, 2],
            at_lowest=found[:, 3],
            top=found[:, 4],
        )
        samples.known["costs"] = found[:, 5]
    gaps: Gaps = samples.known["gaps"]
    return gaps


def transport_costs(samples: TwoSamples) -> Floats:
    """W1 of every column: (p,)."""
    if "costs" not in samples.known:
        samples.known["costs"] = np.array(_by_column(samples, gaps=False))[:, 0]
    costs: Floats = samples.known["costs"]
    return costs


class Segment(NamedTuple):
    """The set {low < x ≤ high} of one column; `low` is −∞ where it has no lower end, `mass` is nm (T − S) of it."""

    low: float
    high: float
    mass: int


def half_line_at(gaps: Gaps, column: int) -> Segment:
    """The half-line up to the first largest |D| of a column."""
    high, low = int(gaps.highest[column]), int(gaps.lowest[column])
    first = gaps.at_highest[column] < gaps.at_lowest[column]
    mass, end = (high, gaps.at_highest) if high > -low or (high == -low and first) else (low, gaps.at_lowest)
    # A D of 0 throughout is reached before the first value: any half-line will do.
    return Segment(-np.inf, float(end[column] if mass else gaps.top[column]), mass)


def _by_column(samples: TwoSamples, *, gaps: bool) -> list[tuple[float, ...]]:
    """One tuple a column; with `gaps` their extremes, where they stand, and the top, then the cost of transport."""
    if max(samples.n, samples.m) < FEW_ROWS:
        pairs = zip(samples.source.T, samples.target.T, strict=True)
        return [_of_steps(source, target, gaps=gaps) for source, target in pairs]

    def block(start: int) -> list[tuple[float, ...]]:
        source, target = (
            np.array(rows[:, start : start + COLUMNS_AT_ONCE].T, order="C")
            for rows in (samples.source, samples.target)
        )
        source.sort(axis=1)
        target.sort(axis=1)
        return [_of_sorted(s, t, gaps=gaps) for s, t in zip(source, target, strict=True)]

    blocks = in_threads(block, range(0, samples.p, COLUMNS_AT_ONCE))
    return [column for columns in blocks for column in columns]


def _of_sorted(source: Floats, target: Floats, *, gaps: bool) -> tuple[float, ...]:
    from whytransfer.divergences._merge import largest_gaps, transport_cost

    cost = transport_cost(source, target)
    # Whole numbers below 2^53 pass through a float unharmed: n and m of 90 million each.
    return (*largest_gaps(source, target), max(source[-1], target[-1]), cost) if gaps else (cost,)


def _of_steps(source: Floats, target: Floats, *, gaps: bool) -> tuple[float, ...]:
    """The definition, on the step functions."""
    steps = Steps.of(source, target)
    cost = float(np.abs(steps.gaps) @ steps.widths) / (len(source) * len(target))
    if not gaps:
        return (cost,)
    values, found = np.append(-np.inf, steps.values), np.append(0, steps.gaps)
    high, low = int(found.argmax()), int(found.argmin())
    return float(found[high]), float(found[low]), values[high], values[low], steps.values[-1], cost
