"""Intervals on one column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from whytransfer.hypotheses.cuts import Cuts
from whytransfer.hypotheses.extrema import Frontier, Maximum, Minimum
from whytransfer.hypotheses.hypothesis import Behaviours
from whytransfer.hypotheses.line import GroupCounts, LineClass, behaviours_of, price_of_one, sums_before
from whytransfer.hypotheses.rows import FloatArray, IntArray, Ties
from whytransfer.hypotheses.segments import better_of, segment_sets, segments_frontier, segments_pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervals(LineClass):
    """1 for a < x <= b, else 0; a and b any real numbers or infinite. O(N log N).

    Parameters
    ----------
    complements : bool
        Whether 0 inside and 1 outside belongs to the class too.

    Examples
    --------
    >>> Intervals().erm([1.0, 2.0, 3.0], [[0, 1], [1, 0], [0, 1]]).rule
    '1 if 1.5 < x <= 2.5, else 0'
    """

    complements: bool = False
    name: ClassVar[str] = "intervals"
    reference: ClassVar[str] = "ben-david:10"

    @property
    def label(self) -> str:
        """``"intervals"`` or ``"intervals(complements=True)"``."""
        return "intervals(complements=True)" if self.complements else "intervals"

    def minimise(self, rows: FloatArray, cost: FloatArray) -> Minimum:
        """The interval with the least sum (the largest-subarray scan), or its complement."""
        ties, price = price_of_one(rows, cost)
        first, last, least = _least_interval(price)
        found = Cuts.between(ties, first, last)
        if self.complements:
            start, end, other = _least_interval(-price)
            if float(price.sum()) + other < least:
                found = Cuts.between(ties, start, end, inside=0)
        return Minimum.at(found, rows, cost, exact=True)

    def behaviours(self, rows: FloatArray, n_labels: int) -> Behaviours:
        """One more than half of G(G + 1) for G distinct values; the complements that are not intervals besides."""
        ties = Ties.of(rows[:, 0])
        masks = list(segment_sets(ties, 1))
        if self.complements:
            # The complement of an interval that touches neither end is no interval.
            masks += [~mask for mask in masks if mask.any() and not mask[0] and not mask[-1]]
        return behaviours_of(ties, masks)

    def frontier(self, rows: FloatArray, errors: IntArray, gains: IntArray, most: int) -> Frontier | None:
        """By the dynamic programme of one segment."""
        ties = Ties.of(rows[:, 0])
        counts = GroupCounts.of(ties, errors, gains)
        inside = segments_frontier(ties, counts, 1, most)
        if inside is None or not self.complements:
            return inside
        outside = segments_frontier(ties, counts.swapped, 1, most)
        return None if outside is None else better_of(inside, outside, ties)

    def pairs(self, rows: FloatArray, weights: FloatArray, n_labels: int) -> Maximum | None:
        """Two intervals differ on a set of at most two segments; a complement turns the sign."""
        return segments_pairs(rows, weights, 1)


def _least_interval(price: FloatArray) -> tuple[int, int, float]:
    """First and last + 1 of the groups with the least sum, and that sum; an empty interval sums to 0."""
    P = sums_before(price)
    falls = P - np.maximum.accumulate(P)
    last = int(falls.argmin())
    return int(P[: last + 1].argmax()), last, float(falls[last])
