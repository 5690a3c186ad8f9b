"""Which target rows have no neighbour in the source."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whytransfer.overlap.two_samples import Floats

TYPICAL = 0.99
"""A row has a neighbour when it lies no farther from the source than 99 % of the source's own rows lie from the others."""

BLOCK = 500
"""Rows whose distances are held at a time."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Neighbours:
    """Distances to the nearest source row.

    Parameters
    ----------
    source : (n,) array
        From each source row to the nearest *other* one (leave one out); empty with fewer than two rows.
    target : (m,) array
        From each target row to the nearest source row.
    """

    source: Floats
    target: Floats

    @property
    def reach(self) -> float:
        """The distance within which 99 % of the source rows have a neighbour; infinite with fewer than two rows."""
        return float(np.quantile(self.source, TYPICAL)) if len(self.source) else np.inf

    @property
    def alone(self) -> NDArray[np.bool_]:
        """By target row, whether no source row lies within `reach`. Under equal laws about 1 % of the rows are."""
        return self.target > self.reach


def neighbours(source: Floats, target: Floats) -> Neighbours:
    """Nearest source rows in Euclidean distance, columns as they come; all pairs, a block at a time."""
    return Neighbours(
        source=_nearest(source, source, itself=True) if len(source) > 1 else np.empty(0),
        target=_nearest(target, source, itself=False),
    )


def _nearest(rows: Floats, others: Floats, *, itself: bool) -> Floats:
    squares = (others**2).sum(axis=1)
    found = np.empty(len(rows))
    for start in range(0, len(rows), BLOCK):
        part = rows[start : start + BLOCK]
        distances = (2.0 * part) @ others.T
        np.subtract(squares, distances, out=distances)
        if itself:
            own = np.arange(len(part))
            distances[own, start + own] = np.inf
        nearest = distances.argmin(axis=1)
        # The expansion above loses digits between near rows: the winner's distance is taken again.
        found[start : start + BLOCK] = np.sqrt(((part - others[nearest]) ** 2).sum(axis=1))
    return found
