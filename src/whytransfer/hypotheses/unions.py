"""Unions of at most j intervals on one column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from whytransfer.errors import InputError
from whytransfer.hypotheses.cuts import Cuts
from whytransfer.hypotheses.extrema import Frontier, Maximum, Minimum
from whytransfer.hypotheses.hypothesis import Behaviours
from whytransfer.hypotheses.line import GroupCounts, LineClass, behaviours_of, price_of_one
from whytransfer.hypotheses.rows import FloatArray, IntArray, Ties
from whytransfer.hypotheses.segments import segment_sets, segments_frontier, segments_pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class Unions(LineClass):
    """1 on a union of at most `j` intervals (a, b], else 0. O(N log N + N j), by a dynamic programme.

    Parameters
    ----------
    j : int
        The most intervals, at least 1.

    Raises
    ------
    InputError
        When `j` is not a whole number of at least 1.

    Examples
    --------
    The ξ-family at ξ = 0.1: each further interval lowers λ by 2ξ.

    >>> comb, shifted = [0, 0.2, 0.4, 0.6, 0.8], [0.1, 0.3, 0.5, 0.7, 0.9]
    >>> [round(Unions(j=j).adaptability(comb, [1] * 5, shifted, [0] * 5).estimate, 12) for j in (1, 2, 5)]
    [0.8, 0.6, 0.0]
    """

    j: int
    name: ClassVar[str] = "unions"
    reference: ClassVar[str] = "ben-david:10"

    def __post_init__(self) -> None:
        if isinstance(self.j, bool) or not isinstance(self.j, int) or self.j < 1:
            raise InputError(f"unions: expected j = a whole number of intervals, at least 1, got {self.j!r}")

    @property
    def label(self) -> str:
        """``"unions(j=3)"``."""
        return f"unions(j={self.j})"

    def minimise(self, rows: FloatArray, cost: FloatArray) -> Minimum:
        """The at most j segments with the least sum."""
        from whytransfer.hypotheses._segments import least_segments

        ties, price = price_of_one(rows, cost)
        return Minimum.at(Cuts.around(ties, least_segments(price, self.j)), rows, cost, exact=True)

    def behaviours(self, rows: FloatArray, n_labels: int) -> Behaviours:
        """As many as there are ways to choose 2i of G + 1 ends, i = 0..j."""
        ties = Ties.of(rows[:, 0])
        return behaviours_of(ties, segment_sets(ties, self.j))

    def frontier(self, rows: FloatArray, errors: IntArray, gains: IntArray, most: int) -> Frontier | None:
        """By the dynamic programme over segments and errors; O(N j `most`)."""
        ties = Ties.of(rows[:, 0])
        return segments_frontier(ties, GroupCounts.of(ties, errors, gains), self.j, most)

    def pairs(self, rows: FloatArray, weights: FloatArray, n_labels: int) -> Maximum | None:
        """Two members differ on a union of at most 2j intervals."""
        return segments_pairs(rows, weights, self.j)
