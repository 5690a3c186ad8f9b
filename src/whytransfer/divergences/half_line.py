"""The largest difference in mass over half-lines: the Kolmogorov-Smirnov distance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from whytransfer.divergences.base import Laws
from whytransfer.divergences.columns import Steps
from whytransfer.divergences.sets import ColumnSetDivergence
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

    def ends(self, steps: Steps) -> tuple[int, int]:
        """The half-line up to the largest |D|."""
        return -1, int(np.abs(steps.gaps).argmax())
