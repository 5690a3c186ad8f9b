"""The H-divergence of decision stumps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from whytransfer.divergences.base import Laws
from whytransfer.divergences.sets import ColumnSetDivergence, HalfLines


@dataclass(frozen=True, slots=True, kw_only=True)
class Stump(HalfLines, ColumnSetDivergence):
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
