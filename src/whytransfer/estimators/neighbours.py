"""How much each source row speaks for the target as a neighbour of its rows."""

from __future__ import annotations

import numpy as np

from whytransfer.estimators.base import Floats

ROWS_AT_ONCE = 256
"""Target rows whose distances are held in memory together: with 5,000 source rows 10 MB, which a processor keeps near."""

SAME = 1e-9
"""Squared distances closer than this, in units of the rows' mean squared length, are ties: they differ by rounding."""


def neighbour_shares(source: Floats, target: Floats, k: int) -> Floats:
    """Share of the target rows' neighbourhoods that each source row makes up, shape (n,); Σ = 1, or 0 without target rows.

    The neighbourhood of a target row is its k nearest source rows by Euclidean distance, each of which has 1/k of
    it; rows as near as the k-th share what is left of the k places equally.

    >>> neighbour_shares(np.array([[0.0], [1.0], [3.0]]), np.array([[0.2], [2.0]]), 1).tolist()
    [0.5, 0.25, 0.25]
    """
    weights = np.zeros(len(source))
    tie = SAME * max(float((source**2).sum(axis=1).mean()), 1.0)
    for start in range(0, len(target), ROWS_AT_ONCE):
        distance = squared_distances(target[start : start + ROWS_AT_ONCE], source)
        if k == 1:
            last = distance.min(axis=1, keepdims=True)
        else:
            last = np.partition(distance, k - 1, axis=1)[:, k - 1 : k]
        below = distance < last - tie
        at = distance <= last + tie
        at &= ~below
        places = (k - below.sum(axis=1)) / at.sum(axis=1)
        weights += below.sum(axis=0) + places @ at
    return weights / max(k * len(target), 1)


def squared_distances(rows: Floats, others: Floats) -> Floats:
    """Squared Euclidean distances, shape (len(rows), len(others))."""
    found: Floats = (2.0 * rows) @ others.T
    np.subtract((rows**2).sum(axis=1)[:, None] + (others**2).sum(axis=1), found, out=found)
    return np.maximum(found, 0.0, out=found)
