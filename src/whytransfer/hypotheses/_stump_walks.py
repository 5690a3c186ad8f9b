"""Compiled walks along one sorted column that see every stump of it. Imported lazily: this module imports numba."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from whytransfer.compiled import compiled

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@compiled
def walk_frontier(
    rank: Integers,
    distinct: int,
    counts: NDArray[np.int8] | Integers,
    best: Integers,
    stumps: Integers,
    holder: Integers,
    sums: Integers,
) -> None:
    """Raise best[e] to the largest gain of the stumps of one column with e errors, and stumps[e] by how many there are.

    Only stumps of two labels with a threshold between two distinct values. Of equal gains the one that was there before stays; then the
    lowest label below, the lowest threshold and the lowest label above.

    Parameters
    ----------
    rank : (N,) array of int64
        By row, which of the `distinct` values of the column it has.
    distinct : int
    counts : (N, 2K) array of integers
        Errors of each answer, then gains.
    best, stumps : (E + 1,) arrays of int64
        For every number of errors that there can be; changed in place.
    holder : (E + 1, 3) array of int64
        Cut, label below and label above of the stump that raised best[e]; changed in place.
    sums : (N, 2K) array of int64
        Working memory.
    """
    rows, double = counts.shape
    labels = double // 2
    # By rows in their order, not the column's: what a row counts is read in line, and a column of few values adds in few places.
    sums[:distinct] = 0
    for i in range(rows):
        for k in range(double):
            sums[rank[i], k] += counts[i, k]
    for cut in range(1, distinct):
        for k in range(double):
            sums[cut, k] += sums[cut - 1, k]
    total = sums[distinct - 1]
    for a in range(labels):
        for cut in range(distinct - 1):
            for b in range(labels):
                if a == b:
                    continue
                wrong = sums[cut, a] + total[b] - sums[cut, b]
                gain = sums[cut, labels + a] + total[labels + b] - sums[cut, labels + b]
                stumps[wrong] += 1
                if gain > best[wrong]:
                    best[wrong] = gain
                    holder[wrong, 0], holder[wrong, 1], holder[wrong, 2] = cut + 1, a, b


@compiled
def walk_cuts(rank: Integers, distinct: int, cost: Floats) -> tuple[float, int, int, int]:
    """The least cost of a stump of one column, its cut, and its labels below and above; of equal ones the lowest of each.

    Sums of a value's rows are made first and added then, as `SortedColumns.prefix_sums` does: the same numbers to the last bit.

    Parameters
    ----------
    rank : (N,) array of int64
        By row, which of the `distinct` values of the column it has.
    distinct : int
    cost : (N, K) array
    """
    rows, labels = cost.shape
    sums = np.zeros((distinct + 1, labels))
    for i in range(rows):
        for k in range(labels):
            sums[rank[i] + 1, k] += cost[i, k]
    for cut in range(1, distinct + 1):
        for k in range(labels):
            sums[cut, k] += sums[cut - 1, k]
    least, where, low, high = np.inf, 0, 0, 0
    for cut in range(distinct + 1):
        below, above, a, b = np.inf, np.inf, 0, 0
        for k in range(labels):
            if sums[cut, k] < below:
                below, a = sums[cut, k], k
            if sums[distinct, k] - sums[cut, k] < above:
                above, b = sums[distinct, k] - sums[cut, k], k
        if below + above < least:
            least, where, low, high = below + above, cut, a, b
    return least, where, low, high
