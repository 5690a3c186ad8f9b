"""One threshold, one orientation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from whytransfer.hypotheses.cuts import Cuts
from whytransfer.hypotheses.extrema import Frontier, Maximum, Minimum, frontier_of
from whytransfer.hypotheses.hypothesis import Behaviours, check_listing
from whytransfer.hypotheses.line import GroupCounts, LineClass, behaviours_of, price_of_one, sums_before
from whytransfer.hypotheses.rows import FloatArray, IntArray, Ties


@dataclass(frozen=True, slots=True)
class Threshold(LineClass):
    """1 for x <= t, else 0, t any real number or infinite: the class of Ben-David et al. 2010 (AISTATS), Example 6. O(N log N).

    Examples
    --------
    The ξ-family at ξ = 0.1: no threshold is good on both of two combs that lie 0.1 apart.

    >>> comb, shifted = [0, 0.2, 0.4, 0.6, 0.8], [0.1, 0.3, 0.5, 0.7, 0.9]
    >>> claim = Threshold().adaptability(comb, [1] * 5, shifted, [0] * 5)
    >>> round(claim.estimate, 12), claim.detail["rule"]
    (0.8, '1 if x <= 0.05, else 0')
    """

    name: ClassVar[str] = "threshold"
    reference: ClassVar[str] = "ben-david-lu:10"

    def minimise(self, rows: FloatArray, cost: FloatArray) -> Minimum:
        """The first of the cuts with the least prefix sum."""
        ties, price = price_of_one(rows, cost)
        found = Cuts.between(ties, 0, int(sums_before(price).argmin()))
        return Minimum.at(found, rows, cost, exact=True)

    def behaviours(self, rows: FloatArray, n_labels: int) -> Behaviours:
        """One more than there are distinct values."""
        ties = Ties.of(rows[:, 0])
        order = np.arange(len(ties.values))
        check_listing(len(order) + 1, len(rows))
        return behaviours_of(ties, (order < cut for cut in range(len(order) + 1)))

    def frontier(self, rows: FloatArray, errors: IntArray, gains: IntArray, most: int) -> Frontier | None:
        """From the prefix counts."""
        ties = Ties.of(rows[:, 0])
        e, g = GroupCounts.of(ties, errors, gains).prefixes()
        best, where = frontier_of(e, g, most)
        return Frontier(
            best=best,
            pick=lambda count: Cuts.between(ties, 0, int(where[count])),
            kept=int(np.count_nonzero(e <= most)),
        )

    def pairs(self, rows: FloatArray, weights: FloatArray, n_labels: int) -> Maximum | None:
        """Two thresholds differ on an interval (a, b]: the range of the prefix sums (THEORY D2)."""
        return largest_interval(rows, weights)


def largest_interval(rows: FloatArray, weights: FloatArray) -> Maximum:
    """The largest |weight| of an interval (a, b], infinite ends included; the two thresholds that differ on it."""
    ties = Ties.of(rows[:, 0])
    P = sums_before(ties.totals(weights))
    ends = sorted((int(P.argmin()), int(P.argmax())))
    rules = (Cuts.between(ties, 0, ends[0]), Cuts.between(ties, 0, ends[1]))
    return Maximum(value=float(P.max() - P.min()), witnesses=rules, exact=True)
