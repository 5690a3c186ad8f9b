"""One threshold, both orientations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from whytransfer.hypotheses.cuts import Cuts
from whytransfer.hypotheses.extrema import Frontier, Maximum, Minimum, frontier_of
from whytransfer.hypotheses.hypothesis import Behaviours, check_listing
from whytransfer.hypotheses.line import GroupCounts, LineClass, behaviours_of, price_of_one, sums_before
from whytransfer.hypotheses.rows import FloatArray, IntArray, Ties
from whytransfer.hypotheses.threshold import largest_interval


@dataclass(frozen=True, slots=True)
class Thresholds(LineClass):
    """1 for x <= t, or 1 for x > t; t any real number or infinite. O(N log N).

    Examples
    --------
    >>> Thresholds().erm([1.0, 2.0, 3.0], [[0, 1], [0, 1], [1, 0]]).rule
    '1 if x > 2.5, else 0'
    """

    name: ClassVar[str] = "thresholds"
    reference: ClassVar[str] = "ben-david:10"

    def minimise(self, rows: FloatArray, cost: FloatArray) -> Minimum:
        """The lowest prefix sum, or the highest with 0 and 1 exchanged."""
        ties, price = price_of_one(rows, cost)
        P = sums_before(price)
        left, right = int(P.argmin()), int(P.argmax())
        if P[left] <= P[-1] - P[right]:
            found = Cuts.between(ties, 0, left)
        else:
            found = Cuts.between(ties, 0, right, inside=0)
        return Minimum.at(found, rows, cost, exact=True)

    def behaviours(self, rows: FloatArray, n_labels: int) -> Behaviours:
        """Twice the number of distinct values."""
        ties = Ties.of(rows[:, 0])
        order = np.arange(len(ties.values))
        check_listing(2 * len(order), len(rows))
        left = [order < cut for cut in range(len(order) + 1)]
        # The two constants of the other orientation stand there already.
        return behaviours_of(ties, left + [order >= cut for cut in range(1, len(order))])

    def frontier(self, rows: FloatArray, errors: IntArray, gains: IntArray, most: int) -> Frontier | None:
        """From the prefix counts of both orientations."""
        ties = Ties.of(rows[:, 0])
        counts = GroupCounts.of(ties, errors, gains)
        left, right = counts.prefixes(), counts.swapped.prefixes()
        # The constants of the other orientation are its first and last cut.
        e = np.concatenate([left[0], right[0][1:-1]])
        best, where = frontier_of(e, np.concatenate([left[1], right[1][1:-1]]), most)
        cuts = len(left[0])

        def pick(count: int) -> Cuts:
            index = int(where[count])
            if index < cuts:
                return Cuts.between(ties, 0, index)
            return Cuts.between(ties, 0, index - cuts + 1, inside=0)

        return Frontier(best=best, pick=pick, kept=int(np.count_nonzero(e <= most)))

    def pairs(self, rows: FloatArray, weights: FloatArray, n_labels: int) -> Maximum | None:
        """Two rules differ on an interval or on its complement, whose weight is the negative (THEORY D2)."""
        return largest_interval(rows, weights)
