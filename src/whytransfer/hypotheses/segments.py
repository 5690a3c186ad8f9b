"""Sets of at most j segments: the frontier, the pairs and the listing that intervals and unions share."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from math import comb

import numpy as np

from whytransfer.hypotheses.cuts import Cuts
from whytransfer.hypotheses.extrema import Frontier, Maximum
from whytransfer.hypotheses.hypothesis import check_listing
from whytransfer.hypotheses.line import BoolArray, GroupCounts
from whytransfer.hypotheses.rows import FloatArray, Ties

LARGEST_TABLE = 100_000_000
"""Cells (bytes) of the dynamic programme of the frontier; beyond it the bound uses weak duality."""


def segments_frontier(ties: Ties, counts: GroupCounts, segments: int, most: int) -> Frontier | None:
    """The frontier of the rules that answer 1 on at most `segments` segments; None where its table would be too large.

    O(G · segments · most) time and bytes. The rules are not counted.
    """
    if len(ties.values) * (2 * segments + 1) * (most + 1) > LARGEST_TABLE:
        return None
    from whytransfer.hypotheses._segments import frontier_table, path_back

    errors = np.stack([counts.errors0, counts.errors1])
    best, moved = frontier_table(errors, np.stack([counts.gains0, counts.gains1]), segments, most)
    state = best.argmax(axis=0)

    def pick(count: int) -> Cuts:
        return Cuts.around(ties, path_back(errors, moved, int(state[count]), count))

    return Frontier(best=best.max(axis=0), pick=pick, kept=None)


def better_of(one: Frontier, other: Frontier, complement: Ties) -> Frontier:
    """The frontier of both; the rules of the other are turned round, 1 outside on the groups of `complement`."""

    def pick(count: int) -> Cuts:
        if one.best[count] >= other.best[count]:
            found: Cuts = one.pick(count)  # type: ignore[assignment]
            return found
        inside = other.pick(count).codes(complement.values[:, None]) == 1
        return Cuts.around(complement, ~inside)

    return Frontier(best=np.maximum(one.best, other.best), pick=pick, kept=None)


def segments_pairs(rows: FloatArray, weights: FloatArray, segments: int) -> Maximum:
    """The largest |weight| of a set of at most 2 · `segments` segments.

    Two sets of at most j segments differ on at most 2j segments (4j ends, two a segment), and every set of 2j segments is the
    union of two disjoint sets of j, which differ on just it.
    """
    from whytransfer.hypotheses._segments import least_segments

    ties = Ties.of(rows[:, 0])
    amounts = ties.totals(weights)
    found = [least_segments(sign * amounts, 2 * segments) for sign in (1.0, -1.0)]
    values = [abs(float(amounts[mask].sum())) for mask in found]
    mask = found[int(np.argmax(values))]
    # Number the segments by their starts; the first j make one set, the rest the other.
    starts = np.diff(mask.astype(np.int64), prepend=0) == 1
    first = np.cumsum(starts) <= segments
    rules = (Cuts.around(ties, mask & first), Cuts.around(ties, mask & ~first))
    return Maximum(value=max(values), witnesses=rules, exact=True)


def segment_sets(ties: Ties, segments: int) -> Iterator[BoolArray]:
    """Every set of at most `segments` segments of the groups of `ties`, once, as a mask (G,).

    Raises
    ------
    InputError
        When they are too many to be listed.
    """
    groups = len(ties.values)
    check_listing(sum(comb(groups + 1, 2 * i) for i in range(segments + 1)), len(ties.group))
    for used in range(segments + 1):
        for ends in combinations(range(groups + 1), 2 * used):
            mask = np.zeros(groups, dtype=bool)
            for first, last in zip(ends[::2], ends[1::2], strict=True):
                mask[first:last] = True
            yield mask
