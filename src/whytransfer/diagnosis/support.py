"""Target rows where the source has none: beyond its edges, or far from every row; and whether they stand apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whytransfer.overlap import Neighbours

OUTER = 0.05
"""Share of the source rows that make up an edge of a column."""

FEWEST_AT_EDGE = 10
"""Rows that make up an edge from which its width is believed: the two or three outermost of fifty lie close together by chance."""

HARD = 0.4
"""An edge is hard when its rows fill at most this many standard deviations: .17 for a uniform column, 1.2 for a Gaussian one."""

FAR = 1.5
"""A row is far when its nearest source row is beyond this multiple of `Neighbours.reach`."""

GAP = 0.25
"""Rows stand apart when the nearest twentieth of them is at least this share of the typical one's distance away: a region
that begins at the source's edge has about a tenth."""

SMALLEST_SHARE = 0.05
"""Share of the target that has to be foreign, surely, before the shift is named after it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Foreign:
    """Target rows where the source has none.

    Parameters
    ----------
    rows : ndarray of bool, shape (m,)
        Beyond a hard edge of a column by as much as the edge is wide, or `FAR` from every source row.
    lower : float
        One-sided lower limit (Clopper–Pearson) of their share of the target, in [0, 1]. What is foreign was fixed by the
        source rows alone.
    apart : bool
        Whether a gap lies between them and the source.
    """

    rows: np.ndarray
    lower: float
    apart: bool

    @property
    def share(self) -> float:
        """Share of the target rows seen."""
        return float(self.rows.mean())

    @property
    def named(self) -> bool:
        """Whether the share is surely large enough to name the shift after it."""
        return self.lower > SMALLEST_SHARE


def foreign_rows(source: np.ndarray, target: np.ndarray, near: Neighbours, failure: float) -> Foreign:
    """Find the foreign rows.

    Parameters
    ----------
    source, target : ndarray of float64, shape (n, p) and (m, p)
    near : Neighbours
        Of the same rows.
    failure : float
        Of the lower limit.
    """
    from whytransfer.claims.intervals import ClopperPearson

    rows = _beyond_edges(source, target) | (near.target > FAR * near.reach)
    count = int(rows.sum())
    lower = ClopperPearson().lower(count, len(rows), failure) if count else 0.0
    return Foreign(rows=rows, lower=float(lower), apart=_stand_apart(near))


def _beyond_edges(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """By target row, whether some column lies beyond a hard edge of the source, by as much as the edge is wide.

    One more row lies beyond the outermost of n by chance now and then; beyond by a twentieth of all rows, hardly ever.
    """
    if OUTER * len(source) < FEWEST_AT_EDGE:
        return np.zeros(len(target), dtype=bool)
    low, inner_low, inner_high, high = np.quantile(source, [0.0, OUTER, 1.0 - OUTER, 1.0], axis=0)
    spread = source.std(axis=0)
    varies = spread > 0
    below = varies & (inner_low - low <= HARD * spread)
    above = varies & (high - inner_high <= HARD * spread)
    # A column of few values has edges of no width; half a standard deviation keeps neighbouring codes out of this.
    widths = [np.maximum(w, 0.25 * spread) for w in (inner_low - low, high - inner_high)]
    under = below & (target < low - widths[0])
    over = above & (target > high + widths[1])
    return np.asarray((under | over).any(axis=1))


def _stand_apart(near: Neighbours) -> bool:
    alone = near.target[near.alone]
    if len(alone) < 5 or not np.isfinite(near.reach):
        return False
    nearest, typical = np.quantile(alone, [0.05, 0.5])
    # Ordinary rows of a tail lie just outside the reach, about one in a hundred; a region's border holds many more.
    between = int((alone <= FAR * near.reach).sum())
    few = between <= 0.05 * len(alone) + 0.015 * len(near.target)
    return bool(few and nearest >= GAP * typical and typical >= FAR * near.reach)
