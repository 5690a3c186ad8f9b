"""A compiled walk along groups of sorted values that finds the cheapest cut. Imported lazily: this module imports numba."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from whytransfer.compiled import compiled

Sorted = NDArray[np.float64] | NDArray[np.float32]


@compiled
def _of_two(
    first: Sorted, second: Sorted, costs: NDArray[np.float64]
) -> tuple[float, float, float, int, int]:
    """`least_cut` of two groups and two labels, without a branch on which group comes next."""
    a0, a1, b0, b1 = costs[0, 0], costs[0, 1], costs[1, 0], costs[1, 1]
    n, m = float(len(first) - 1), float(len(second) - 1)
    i, j = np.uint64(0), np.uint64(0)
    least, left, right, cut_i, cut_j = np.inf, -np.inf, np.inf, 0.0, 0.0
    previous = -np.inf
    while True:
        x, y = first[i], second[j]
        z = min(y, x)
        if z != previous:
            p, q = float(i), float(j)
            cost = min(p * a0 + q * b0, p * a1 + q * b1) + min(
                (n - p) * a0 + (m - q) * b0, (n - p) * a1 + (m - q) * b1
            )
            if cost < least:
                least, left, right, cut_i, cut_j = cost, previous, z, p, q
            if z == np.inf:
                break
        previous = z
        i += np.uint64(x <= z)
        j += np.uint64(y <= z)
    low = int(cut_i * a1 + cut_j * b1 < cut_i * a0 + cut_j * b0)
    high = int((n - cut_i) * a1 + (m - cut_j) * b1 < (n - cut_i) * a0 + (m - cut_j) * b0)
    return least, left, right, low, high


@compiled
def _of_many(
    values: Sorted, starts: NDArray[np.int64], costs: NDArray[np.float64]
) -> tuple[float, float, float, int, int]:
    """`least_cut` of any number of groups and labels."""
    groups, labels = costs.shape
    place = starts[:-1].copy()
    below, above = np.zeros(labels), np.zeros(labels)
    for g in range(groups):
        size = starts[g + 1] - starts[g] - 1
        for k in range(labels):
            above[k] += size * costs[g, k]
    least, left, right, best_low, best_high = np.inf, -np.inf, np.inf, 0, 0
    previous = -np.inf
    while True:
        z = values[place[0]]
        for g in range(1, groups):
            z = min(z, values[place[g]])
        low, high = int(np.argmin(below)), int(np.argmin(above))
        if below[low] + above[high] < least:
            least, left, right, best_low, best_high = below[low] + above[high], previous, z, low, high
        if z == np.inf:
            return least, left, right, best_low, best_high
        # Counts times costs, not running sums of costs: nothing is rounded twice.
        below[:] = 0.0
        above[:] = 0.0
        for g in range(groups):
            while values[place[g]] == z:
                place[g] += 1
            inside = place[g] - starts[g]
            outside = starts[g + 1] - 1 - place[g]
            for k in range(labels):
                below[k] += inside * costs[g, k]
                above[k] += outside * costs[g, k]
        previous = z


@compiled
def least_cut(
    values: Sorted, starts: NDArray[np.int64], costs: NDArray[np.float64]
) -> tuple[float, float, float, int, int]:
    """The cut of one column with the least cost, rows of a group costing alike.

    Parameters
    ----------
    values : (N + G,) array
        The values of each group ascending, one group after the other, each closed by +∞.
    starts : (G + 1,) array
        Where each group starts; N + G last.
    costs : (G, K) array
        Cost of answering k on a row of a group.

    Returns
    -------
    cost, left, right, low, high
        Cost, the values on both sides of the cut (−∞, +∞ at the ends), and the answers below and above; the lowest cut of equals.
    """
    groups, labels = costs.shape
    if groups == 2 and labels == 2:
        return _of_two(values[: starts[1]], values[starts[1] :], costs)
    return _of_many(values, starts, costs)
