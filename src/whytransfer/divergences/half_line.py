"""The largest difference in mass over half-lines: the Kolmogorov-Smirnov distance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from whytransfer.divergences.base import Laws
from whytransfer.divergences.sets import ColumnSetDivergence
from whytransfer.divergences.sorted_columns import Gaps, gaps_of, half_line_at
from whytransfer.overlap import TwoSamples
from whytransfer.overlap.rows import Floats, Integers


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfLine(ColumnSetDivergence):
    """sup over t of |S(x ≤ t) − T(x ≤ t)|, in [0, 1]; over several columns the largest.

    O(p N log N). Half of the H-divergence of thresholds in Ben-David's convention (THEORY D1).

    Examples
    --------
    >>> HalfLine().between([0.0, 1.0], [1.0, 2.0])
    0.5
    """

    name: ClassVar[str] = "half_line"
    convention: ClassVar[str] = "sup over half-lines of |S(A) - T(A)|, 0..1; half of d_H of thresholds"
    reference: ClassVar[str] = "kifer:04"
    laws: ClassVar[Laws] = Laws(largest=1.0, degree=0, monotone=True, supremum=True)

    def score(self, gaps: Integers, widths: Floats) -> Floats:
        """The largest |D|."""
        return np.asarray(np.abs(gaps).max(axis=-1), dtype=np.float64)

    def by_column(self, samples: TwoSamples) -> Floats:
        """The largest |D|/(nm) of every column."""
        gaps = gaps_of(samples)
        return np.asarray(np.maximum(gaps.highest, -gaps.lowest) / (samples.n * samples.m))

    def ends(self, gaps: Gaps, column: int) -> tuple[float, float, int]:
        """The half-line up to the first largest |D|."""
        return half_line_at(gaps, column)
