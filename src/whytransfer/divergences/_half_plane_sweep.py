"""A compiled rotational sweep over half-planes. Imported lazily: this module imports numba.

A set of points that a line can cut off is {left of a line through one of its points p} ∪ {p}, for a direction in which no
other point lies: move the line towards the set until it touches a point, then turn it a little. So for every p the
line turns once around it. A point q joins or leaves the left side when the line meets it: all points of one slope at once,
those ahead of p leaving and those behind it joining. Turned by more than π, the left side is the former right side,
whose weight is minus that of left ∪ {p}, as all weights sum to 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from whytransfer.compiled import compiled


@compiled
def _turn(
    slopes: NDArray[np.float64],
    ahead: NDArray[np.bool_],
    order: NDArray[np.int64],
    weight: NDArray[np.int64],
    pivot: int,
) -> tuple[int, float, float, float]:
    """The largest |weight| while the line turns around one point: value, slopes it lies between, pivot inside or not."""
    left = 0
    for j in order:
        if ahead[j]:
            left += weight[j]
    best, found, start, low = -1, (-np.inf, np.inf, 0.0), 0, -np.inf
    while True:
        high = slopes[order[start]] if start < len(order) else np.inf
        for inside in range(2):
            value = abs(left + inside * weight[pivot])
            if value > best:
                best, found = value, (low, high, float(inside))
        if start == len(order):
            return best, found[0], found[1], found[2]
        low = high
        while start < len(order) and slopes[order[start]] == low:
            j = order[start]
            left += -weight[j] if ahead[j] else weight[j]
            start += 1


@compiled
def half_plane_suprema(
    points: NDArray[np.float64], weights: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The largest |weight| of a half-plane for every row of `weights` (B, u), and where the first row attains it.

    Parameters
    ----------
    points : (u, 2) array
        Distinct points.
    weights : (B, u) array of int64
        Each row sums to 0.

    Returns
    -------
    values : (B,) array of int64
    where : (4,) array
        Pivot, the slopes between which the line lies (−∞ and ∞ stand for upright ones), and whether the pivot is inside.
    """
    u, B = len(points), len(weights)
    values = np.zeros(B, dtype=np.int64)
    where = np.array([0.0, -np.inf, np.inf, 0.0])
    slopes, ahead = np.empty(u), np.empty(u, dtype=np.bool_)
    for i in range(u):
        for j in range(u):
            dx, dy = points[j, 0] - points[i, 0], points[j, 1] - points[i, 1]
            ahead[j] = dx > 0 or (dx == 0 and dy > 0)
            slopes[j] = np.inf if dx == 0 else dy / dx
        order = np.argsort(slopes)
        order = order[order != i]
        for b in range(B):
            value, low, high, inside = _turn(slopes, ahead, order, weights[b], i)
            if value > values[b]:
                values[b] = value
                if b == 0:
                    where[:] = (float(i), low, high, inside)
    return values, where
