"""Compiled walks along one sorted column that see every stump of it. Imported lazily: this module imports numba."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from whytransfer.compiled import compiled

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]


@compiled
def walk_frontier(
    order: Integers,
    last: Booleans,
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
    order, last : (N,) arrays
        Rows from small to large, and whether the value changes after each place.
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
    total = np.zeros(double, dtype=np.int64)
    cuts = 0
    for i in range(rows):
        for k in range(double):
            total[k] += counts[order[i], k]
        if last[i]:
            for k in range(double):
                sums[cuts, k] = total[k]
            cuts += 1
    for a in range(labels):
        for cut in range(cuts - 1):
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
def walk_cuts(order: Integers, last: Booleans, cost: Floats) -> tuple[float, int, int, int]:
    """The least cost of a stump of one column, its cut, and its labels below and above; of equal ones the lowest of each.

    Sums of a value's rows are made first and added then, as `SortedColumns.prefix_sums` does: the same numbers to the last bit.

    Parameters
    ----------
    order, last : (N,) arrays
        Rows from small to large, and whether the value changes after each place.
    cost : (N, K) array
    """
    rows, labels = cost.shape
    sums, value = np.zeros((rows + 1, labels)), np.zeros(labels)
    cuts = 0
    for i in range(rows):
        for k in range(labels):
            value[k] += cost[order[i], k]
        if last[i]:
            for k in range(labels):
                sums[cuts + 1, k] = sums[cuts, k] + value[k]
                value[k] = 0.0
            cuts += 1
    least, where, low, high = np.inf, 0, 0, 0
    for cut in range(cuts + 1):
        below, above, a, b = np.inf, np.inf, 0, 0
        for k in range(labels):
            if sums[cut, k] < below:
                below, a = sums[cut, k], k
            if sums[cuts, k] - sums[cut, k] < above:
                above, b = sums[cuts, k] - sums[cut, k], k
        if below + above < least:
            least, where, low, high = below + above, cut, a, b
    return least, where, low, high
