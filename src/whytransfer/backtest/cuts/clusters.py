"""Pseudo-targets around one region of the input space."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from whytransfer.backtest.cut import Cut, Wanted, Way
from whytransfer.backtest.rows import LEAST_ROWS, LabelledRows
from whytransfer.backtest.separation import Sight
from whytransfer.backtest.tilt import Direction, normal_scores, tilted
from whytransfer.overlap.two_samples import Floats

MOST_CLUSTERS = 8
"""Few enough that a cluster of a thousand rows holds a hundred."""

ROUNDS = 10
"""Of Lloyd's algorithm: a rough region is all that is wanted."""


class Clusters(Way):
    """Rows near the centre of one cluster join more often."""

    name: ClassVar[str] = "clusters"
    title: ClassVar[str] = "the target lies around one region"

    def applies(self, rows: LabelledRows) -> str | None:
        """None unless no column varies."""
        return rows.nothing_varies

    def cuts(
        self, rows: LabelledRows, wanted: Wanted, count: int, rng: np.random.Generator
    ) -> tuple[Cut, ...]:
        """Tilts toward the centres, in random order, again from the first when there are fewer than `count`."""
        columns = rows.known_columns
        points = Sight.on(columns, int(rng.integers(2**31))).components(columns)
        centres = lloyd(points, max(2, min(MOST_CLUSTERS, rows.n // LEAST_ROWS)), rng)
        order = rng.permutation(len(centres))
        made = []
        for turn in range(count):
            c = order[turn % len(order)]
            distance = ((points - centres[c]) ** 2).sum(axis=1)
            along = Direction(kind=self.name, name=f"cluster {c}", score=normal_scores(-distance))
            made.append(tilted(along, wanted, rng))
        return tuple(made)


def lloyd(points: Floats, k: int, rng: np.random.Generator) -> Floats:
    """Centres of k-means after a few rounds, shape (at most k, q); a cluster that runs empty is dropped.

    Parameters
    ----------
    points : ndarray of float64, shape (n, q)
    k : int
        1 ≤ k ≤ n.
    rng : numpy.random.Generator
        Draws the first centres among the points.
    """
    centres = points[rng.choice(len(points), k, replace=False)]
    for _ in range(ROUNDS):
        near = (points**2).sum(axis=1)[:, None] - 2 * points @ centres.T + (centres**2).sum(axis=1)
        nearest = near.argmin(axis=1)
        kept = np.unique(nearest)
        centres = np.array([points[nearest == c].mean(axis=0) for c in kept])
    return centres
