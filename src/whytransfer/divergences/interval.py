"""The largest difference in mass over intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from whytransfer.divergences.base import Laws
from whytransfer.divergences.sets import ColumnSetDivergence
from whytransfer.divergences.sorted_columns import Gaps, Segment, gaps_of
from whytransfer.overlap import TwoSamples
from whytransfer.overlap.two_samples import Floats, Integers


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval(ColumnSetDivergence):
    """sup over intervals I of |S(I) − T(I)|, in [0, 1]; over several columns the largest.

    The mass of (a, b] is a difference of two gaps, so the supremum is the largest gap minus the smallest,
    the empty prefix (0) included: O(p N log N). In one column it is the discrepancy of thresholds, half of
    their d_HΔH (THEORY D2).

    Examples
    --------
    >>> Interval().between([0.0, 3.0], [1.0, 2.0])
    1.0
    """

    name: ClassVar[str] = "interval"
    convention: ClassVar[str] = (
        "sup over intervals of |S(A) - T(A)|, 0..1; in one column half of d_HdH of thresholds"
    )
    reference: ClassVar[str] = "kifer:04"
    laws: ClassVar[Laws] = Laws(largest=1.0, degree=0, monotone=True, supremum=True)

    def score(self, gaps: Integers, widths: Floats) -> Floats:
        """The largest D minus the smallest; the last D is 0, like the empty prefix."""
        return np.asarray(gaps.max(axis=-1) - gaps.min(axis=-1), dtype=np.float64)

    def by_column(self, samples: TwoSamples) -> Floats:
        """The largest D minus the smallest, over nm, of every column."""
        gaps = gaps_of(samples)
        return np.asarray((gaps.highest - gaps.lowest) / (samples.n * samples.m))

    def ends(self, gaps: Gaps, column: int) -> Segment:
        """From one extreme of D to the other; where the first of them is the empty prefix, a half-line."""
        low, high = float(gaps.at_lowest[column]), float(gaps.at_highest[column])
        mass = int(gaps.highest[column] - gaps.lowest[column])
        if low == high:
            # D is 0 throughout: any set will do.
            return Segment(-np.inf, float(gaps.top[column]), 0)
        return Segment(low, high, mass) if low < high else Segment(high, low, -mass)
