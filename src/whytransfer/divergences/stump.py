"""The H-divergence of decision stumps."""

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
class Stump(ColumnSetDivergence):
    """sup over columns j and thresholds t of |S(x_j ≤ t) − T(x_j ≤ t)|, in [0, 1].

    The sets on which a stump says 1 are the half-lines of every column and their complements, and a complement
    has the same difference in mass: over several columns this is the largest `half_line` (THEORY D3). It is not the
    HΔH-divergence of stumps, which is `stump_pairs`.

    Examples
    --------
    >>> Stump().between([[0, 5], [1, 5]], [[0, 6], [1, 6]])
    1.0
    """

    name: ClassVar[str] = "stump"
    convention: ClassVar[str] = "sup over {stump = 1} of |S(A) - T(A)|, 0..1; half of d_H of stumps"
    reference: ClassVar[str] = "ben-david:10"
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
