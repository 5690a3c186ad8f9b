"""The rules that always give the same answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from whytransfer.hypotheses.base import HypothesisClass
from whytransfer.hypotheses.extrema import Frontier, Maximum, Minimum, frontier_of
from whytransfer.hypotheses.hypothesis import Behaviours, Hypothesis
from whytransfer.hypotheses.rows import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant(Hypothesis):
    """Always answers `code`."""

    code: int

    def codes(self, rows: FloatArray) -> IntArray:
        """The code, once a row."""
        return np.full(len(rows), self.code, dtype=np.int64)

    def describe(self, classes: Sequence[object]) -> str:
        """``"always 1"``."""
        return f"always {classes[self.code]}"


@dataclass(frozen=True, slots=True)
class Constants(HypothesisClass):
    """One answer whatever the row, any number of labels, any columns. Every other class holds these rules. O(N K).

    Examples
    --------
    >>> Constants().erm([5.0, 7.0, 9.0], [[1, 0], [1, 0], [0, 1]]).rule
    'always 1'
    """

    name: ClassVar[str] = "constants"
    exact: ClassVar[bool] = True
    reference: ClassVar[str] = "ben-david:10"

    def minimise(self, rows: FloatArray, cost: FloatArray) -> Minimum:
        """The label whose column has the least sum."""
        return Minimum.at(Constant(code=int(cost.sum(axis=0).argmin())), rows, cost, exact=True)

    def behaviours(self, rows: FloatArray, n_labels: int) -> Behaviours:
        """One a label."""
        codes = np.arange(n_labels, dtype=np.int64)
        return Behaviours(
            predictions=np.repeat(codes[:, None], len(rows), axis=1),
            hypotheses=tuple(Constant(code=int(k)) for k in codes),
        )

    def frontier(self, rows: FloatArray, errors: IntArray, gains: IntArray, most: int) -> Frontier | None:
        """From the column sums."""
        e, g = errors.sum(axis=0), gains.sum(axis=0)
        best, where = frontier_of(e, g, most)
        return Frontier(
            best=best,
            pick=lambda count: Constant(code=int(where[count])),
            kept=int(np.count_nonzero(e <= most)),
        )

    def pairs(self, rows: FloatArray, weights: FloatArray, n_labels: int) -> Maximum | None:
        """0: two constants differ on all rows or on none, and both domains weigh 1."""
        return Maximum(value=0.0, witnesses=(Constant(code=0), Constant(code=1)), exact=True)
