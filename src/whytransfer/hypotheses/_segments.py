"""Compiled dynamic programmes over sets of at most j segments of groups. Imported lazily: this module imports numba.

A set of at most j segments of consecutive groups is a path through 2j + 1 states: before the first segment, in it, between the first and the
second, … Odd states are inside. Each group either keeps the state or moves it on by one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from whytransfer.compiled import compiled


@compiled
def least_segments(price: NDArray[np.float64], segments: int) -> NDArray[np.bool_]:
    """Which groups lie in the at most `segments` segments with the least sum of `price` (G,); O(G · segments)."""
    groups, states = len(price), 2 * segments + 1
    cost = np.full(states, np.inf)
    cost[0] = 0.0
    moved = np.zeros((groups, states), dtype=np.bool_)
    for g in range(groups):
        for s in range(states - 1, 0, -1):
            if cost[s - 1] < cost[s]:
                cost[s] = cost[s - 1]
                moved[g, s] = True
            if s % 2 == 1:
                cost[s] += price[g]
    inside = np.zeros(groups, dtype=np.bool_)
    s = int(np.argmin(cost))
    for g in range(groups - 1, -1, -1):
        inside[g] = s % 2 == 1
        if moved[g, s]:
            s -= 1
    return inside


@compiled
def frontier_table(
    errors: NDArray[np.int64], gains: NDArray[np.int64], segments: int, most: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The largest gain in each state at each number of errors, and the moves that led there.

    Parameters
    ----------
    errors, gains : int64 arrays of shape (2, G)
        Of answering 0 and 1 on each group.
    segments, most : int

    Returns
    -------
    best : int64 array of shape (2 · segments + 1, most + 1)
        After the last group; −1 where there is no such set.
    moved : bool array of shape (G, 2 · segments + 1, most + 1)
        Whether the best path came from the state before.
    """
    groups, states = errors.shape[1], 2 * segments + 1
    best = np.full((states, most + 1), -1, dtype=np.int64)
    best[0, 0] = 0
    moved = np.zeros((groups, states, most + 1), dtype=np.bool_)
    for g in range(groups):
        # States and errors from the top: what is read has not been overwritten yet.
        for s in range(states - 1, -1, -1):
            more, gain = errors[s % 2, g], gains[s % 2, g]
            for e in range(most, -1, -1):
                before = -1
                if e >= more:
                    before = best[s, e - more]
                    if s > 0 and best[s - 1, e - more] > before:
                        before = best[s - 1, e - more]
                        moved[g, s, e] = True
                best[s, e] = before + gain if before >= 0 else -1
    return best, moved


@compiled
def path_back(
    errors: NDArray[np.int64], moved: NDArray[np.bool_], state: int, count: int
) -> NDArray[np.bool_]:
    """Which groups lie inside on the best path to `state` with `count` errors."""
    groups = errors.shape[1]
    inside = np.zeros(groups, dtype=np.bool_)
    s, e = state, count
    for g in range(groups - 1, -1, -1):
        inside[g] = s % 2 == 1
        step = moved[g, s, e]
        e -= errors[s % 2, g]
        if step:
            s -= 1
    return inside
