"""The best stump on many rows that cost alike in a few groups: values are sorted by group, positions never."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from whytransfer.hypotheses.rows import FloatArray, IntArray, midway
from whytransfer.hypotheses.stump import Stump
from whytransfer.threads import in_threads

MOST_GROUPS = 8
"""Distinct lines of costs that are walked a count each; more of them (weights that vary by row) take the general walk."""
COLUMNS_AT_ONCE = 8
"""Columns that one thread copies and sorts together: neighbours in a row lie in one line of the processor's cache."""


def least_stump(rows: FloatArray, cost: FloatArray, features: Sequence[str] = ()) -> Stump | None:
    """The stump with the least Σ cost[i, h(x_i)]; None where the rows of `cost` (N, K) take more than `MOST_GROUPS` values.

    The cost 1[k ≠ y] of classification has a group a class. Sorting the values of each group and walking along the groups
    together needs no order of the rows, which takes several times longer to sort than values do. Of equal stumps the first column and the
    lowest threshold. Copies eight columns a thread.
    """
    groups = cost_groups(cost)
    if groups is None:
        return None
    costs = np.array([cost[group[0]] for group in groups])
    starts = np.cumsum([0, *(len(group) + 1 for group in groups)])

    def block(first: int) -> list[tuple[float, float, float, int, int]]:
        return _cuts(rows[:, first : first + COLUMNS_AT_ONCE], groups, starts, costs)

    blocks = in_threads(block, range(0, rows.shape[1], COLUMNS_AT_ONCE))
    cuts = [cut for block in blocks for cut in block]
    column = min(range(len(cuts)), key=lambda j: cuts[j][0])
    _, left, right, low, high = cuts[column]
    return Stump(
        column=column,
        threshold=midway(left, right),
        below=low,
        above=high,
        feature=features[column] if features else None,
    )


def cost_groups(cost: FloatArray) -> list[IntArray] | None:
    """The rows of each distinct line of `cost`, in the order of their first rows; None for more than `MOST_GROUPS`."""
    waiting = np.arange(len(cost))
    groups: list[IntArray] = []
    while len(waiting):
        if len(groups) == MOST_GROUPS:
            return None
        same = (cost[waiting] == cost[waiting[0]]).all(axis=1)
        groups.append(waiting[same])
        waiting = waiting[~same]
    return groups


def _cuts(
    columns: FloatArray, groups: list[IntArray], starts: IntArray, costs: FloatArray
) -> list[tuple[float, float, float, int, int]]:
    """The least cut of each of a few columns (N, k)."""
    from whytransfer.hypotheses._least_cut import least_cut

    values = np.full((columns.shape[1], starts[-1]), np.inf)
    for group, (start, stop) in zip(groups, pairwise(starts), strict=True):
        part = values[:, start : stop - 1]
        part[:] = columns[group].T
        part.sort(axis=1)
    return [least_cut(column, starts, costs) for column in values]
