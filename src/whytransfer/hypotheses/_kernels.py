"""Compiled sweeps for stumps in pairs and trees of depth two. Imported lazily: this module imports numba.

Both sweeps move a threshold along one column and keep, over the distinct values of another column, a
tree of **prefix sums**: every node holds the sum of its leaves and the largest and the smallest sum of
a prefix of them (the empty prefix, 0, included). Changing one leaf costs its path to the root, and the
root then knows the best threshold of the second column, without lazy range updates. Rows that are
equal in the moved column enter together: answers are read only where its value changes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from whytransfer.compiled import compiled

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

SUM, HIGH, LOW = 0, 1, 2
"""Columns of a prefix tree: the sum, the largest and the smallest prefix sum."""


@compiled
def _join(tree: Floats, node: int) -> None:
    """Set a node of a prefix tree from its two children."""
    left, right = 2 * node, 2 * node + 1
    mass = tree[left, SUM]
    tree[node, SUM] = mass + tree[right, SUM]
    tree[node, HIGH] = max(tree[left, HIGH], mass + tree[right, HIGH])
    tree[node, LOW] = min(tree[left, LOW], mass + tree[right, LOW])


@compiled
def _add(tree: Floats, leaf: int, value: float) -> None:
    """Add a value to a leaf (an index into `tree`) and repair the path to the root."""
    mass = tree[leaf, SUM] + value
    tree[leaf, SUM] = mass
    tree[leaf, HIGH] = max(mass, 0.0)
    tree[leaf, LOW] = min(mass, 0.0)
    node = leaf >> 1
    while node > 0:
        _join(tree, node)
        node >>= 1


@compiled
def _build(tree: Floats, rank: Integers, value: Floats, factor: float) -> None:
    """Fill a prefix tree with `factor` times the mass of each distinct value."""
    size = len(tree) // 2
    tree[:] = 0.0
    for row in range(len(rank)):
        tree[size + rank[row], SUM] += factor * value[row]
    for leaf in range(size, 2 * size):
        tree[leaf, HIGH] = max(tree[leaf, SUM], 0.0)
        tree[leaf, LOW] = min(tree[leaf, SUM], 0.0)
    for node in range(size - 1, 0, -1):
        _join(tree, node)


@compiled
def sweep_pair(
    order: Integers,
    last: Booleans,
    rank: Integers,
    size: int,
    weight: Floats,
    start: float,
    step: float,
    first_shift: float,
    second_shift: float,
) -> Floats:
    """Largest ``|start * G(b) + step * Q(a, b) + shift * W(a)|`` over both thresholds and both shifts.

    W(a) is the weight of {x_i <= a}, G(b) of {x_j <= b}, Q(a, b) of both; a and b may be minus infinity.
    With (start, step, shift) = (1, -2, 1) this is the weight of {x_i <= a} xor {x_j <= b}; with
    (0, 1, 0 or -1) and (1, -1, 0 or 1) it is, up to the sign, that of the four single quadrants.

    Parameters
    ----------
    order, last : (n,) arrays
        Rows in the order of column i, and whether the value of column i changes after that place.
    rank : (n,) array
        Number of the distinct value of column j, by row.
    size : int
        A power of two, at least the number of distinct values of column j.
    weight : (n,) array
        Signed weights by row.
    start, step, first_shift, second_shift : float
        The form above.

    Returns
    -------
    (3,) array
        The largest value, how many rows of `order` are in {x_i <= a} there, and the shift there.
    """
    tree = np.zeros((2 * size, 3))
    _build(tree, rank, weight, start)
    best = max(tree[1, HIGH], -tree[1, LOW])
    taken, best_shift = 0, first_shift
    inside = 0.0
    for place in range(len(order)):
        row = order[place]
        inside += weight[row]
        _add(tree, size + rank[row], step * weight[row])
        if not last[place]:
            continue
        for shift in (first_shift, second_shift):
            level = shift * inside
            value = max(tree[1, HIGH] + level, -tree[1, LOW] - level)
            if value > best:
                best, taken, best_shift = value, place + 1, shift
    return np.array([best, float(taken), best_shift])


@compiled
def children_minima(
    order: Integers,
    last: Booleans,
    rank: Integers,
    size: int,
    cost: Floats,
    left: Floats,
    right: Floats,
) -> None:
    """Lower `left` and `right` to the least cost of a stump on column j, on each side of every root cut.

    For two labels a < b and d = cost_a - cost_b, the best stump with these labels costs
    ``sum(cost_b) + least prefix sum of d`` (a at or below the threshold) or
    ``sum(cost_a) - largest prefix sum of d`` (b there). Constants are the empty and the full prefix.
    K labels are their K(K-1)/2 pairs, as a stump has two labels at most; rows whose two costs agree
    don't move the tree.

    Parameters
    ----------
    order, last : (n,) arrays
        Rows in the order of the root's column, and whether its value changes after that place.
    rank, size
        As in `sweep_pair`, of column j.
    cost : (n, K) array
        Cost of each label by row, K >= 2.
    left, right : (n,) arrays
        Changed in place, at the places where `last` holds: the rows up to there, and those after.
    """
    n, k = cost.shape
    entered = np.zeros((2 * size, 3))
    waiting = np.zeros((2 * size, 3))
    for a in range(k):
        for b in range(a + 1, k):
            entered[:] = 0.0
            _build(waiting, rank, cost[:, a] - cost[:, b], 1.0)
            total_a, total_b = cost[:, a].sum(), cost[:, b].sum()
            cost_a, cost_b = 0.0, 0.0
            for place in range(n):
                row = order[place]
                cost_a += cost[row, a]
                cost_b += cost[row, b]
                gain = cost[row, a] - cost[row, b]
                if gain != 0.0:
                    _add(entered, size + rank[row], gain)
                    _add(waiting, size + rank[row], -gain)
                if last[place]:
                    below = min(cost_b + entered[1, LOW], cost_a - entered[1, HIGH])
                    above = min(total_b - cost_b + waiting[1, LOW], total_a - cost_a - waiting[1, HIGH])
                    left[place] = min(left[place], below)
                    right[place] = min(right[place], above)
