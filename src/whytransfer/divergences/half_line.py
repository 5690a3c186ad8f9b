"""The largest difference in mass over half-lines: the Kolmogorov-Smirnov distance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from whytransfer.divergences.base import Laws
from whytransfer.divergences.sets import ColumnSetDivergence, HalfLines


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfLine(HalfLines, ColumnSetDivergence):
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
