"""All functions of the rows, on discrete rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from whytransfer.hypotheses.base import HypothesisClass
from whytransfer.hypotheses.constants import Constant
from whytransfer.hypotheses.extrema import Frontier, Maximum, Minimum
from whytransfer.hypotheses.hypothesis import Behaviours, Hypothesis, check_listing
from whytransfer.hypotheses.rows import FloatArray, IntArray

LARGEST_TABLE = 30_000_000
"""Cells of the dynamic programme of the frontier; beyond it the bound uses weak duality."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup(Hypothesis):
    """An answer for each row value that was seen, and one for all others.

    Parameters
    ----------
    table : mapping of bytes to int
        The code of each row, keyed by its float64 bytes.
    otherwise : int
        The code of rows that are not in the table.
    """

    table: Mapping[bytes, int]
    otherwise: int

    @classmethod
    def of(cls, values: FloatArray, codes: IntArray, otherwise: int) -> Lookup:
        """From the distinct rows (G, p) and their codes (G,)."""
        table = {_key(row): int(code) for row, code in zip(values, codes, strict=True)}
        return cls(table=table, otherwise=otherwise)

    def codes(self, rows: FloatArray) -> IntArray:
        """The codes on `rows`, looked up."""
        return np.array([self.table.get(_key(row), self.otherwise) for row in rows], dtype=np.int64)

    def describe(self, classes: Sequence[object]) -> str:
        """How many values it lists."""
        return f"its own answer on each of {len(self.table)} values, {classes[self.otherwise]} elsewhere"


def _key(row: FloatArray) -> bytes:
    # Adding 0 turns −0.0 into 0.0, which equals it but has other bytes.
    return (row + 0.0).tobytes()


@dataclass(frozen=True, slots=True)
class AllFunctions(HypothesisClass):
    """Every function of the row, any columns, any number of labels. Rows of equal value get one answer. O(N log N).

    On continuous columns it separates everything: λ is 0 and the discrepancy, the total variation, is 1.

    Examples
    --------
    >>> AllFunctions().discrepancy([0, 0, 1], [0, 1, 1, 1, 2, 2]).estimate  # total variation
    0.5
    """

    name: ClassVar[str] = "all_functions"
    exact: ClassVar[bool] = True
    reference: ClassVar[str] = "ben-david:10"

    def minimise(self, rows: FloatArray, cost: FloatArray) -> Minimum:
        """The cheapest label of each distinct row; the cheapest constant elsewhere."""
        values, group = _groups(rows)
        totals = _totals(group, cost, len(values))
        found = Lookup.of(values, totals.argmin(axis=1).astype(np.int64), int(cost.sum(axis=0).argmin()))
        return Minimum.at(found, rows, cost, exact=True)

    def behaviours(self, rows: FloatArray, n_labels: int) -> Behaviours:
        """K to the power of the number of distinct rows."""
        values, group = _groups(rows)
        check_listing(n_labels ** len(values), len(rows))
        codes = np.indices((n_labels,) * len(values)).reshape(len(values), -1).T.astype(np.int64)
        return Behaviours(
            predictions=np.ascontiguousarray(codes[:, group]),
            hypotheses=tuple(Lookup.of(values, row, 0) for row in codes),
        )

    def frontier(self, rows: FloatArray, errors: IntArray, gains: IntArray, most: int) -> Frontier | None:
        """By a dynamic programme over the distinct rows and the errors spent so far, O(G K `most`)."""
        values, group = _groups(rows)
        if len(values) * (most + 1) > LARGEST_TABLE:
            return None
        e = np.rint(_totals(group, errors, len(values))).astype(np.int64)
        g = np.rint(_totals(group, gains, len(values))).astype(np.int64)
        best, choice = _spend(e, g, most)

        def pick(count: int) -> Lookup:
            codes = np.zeros(len(values), dtype=np.int64)
            left = count
            for row in range(len(values) - 1, -1, -1):
                codes[row] = choice[row, left]
                left -= int(e[row, codes[row]])
            return Lookup.of(values, codes, 0)

        return Frontier(best=best, pick=pick, kept=None)

    def pairs(self, rows: FloatArray, weights: FloatArray, n_labels: int) -> Maximum | None:
        """Every set of values is one on which two functions differ: the total variation."""
        values, group = _groups(rows)
        masses = _totals(group, weights[:, None], len(values))[:, 0]
        inside = masses > 0
        rule = Lookup.of(values, inside.astype(np.int64), 0)
        return Maximum(value=float(masses[inside].sum()), witnesses=(Constant(code=0), rule), exact=True)


def _groups(rows: FloatArray) -> tuple[FloatArray, IntArray]:
    """The distinct rows and the group of each row."""
    values, group = np.unique(rows, axis=0, return_inverse=True)
    return values, group.reshape(-1).astype(np.int64)


def _totals(group: IntArray, amounts: FloatArray | IntArray, groups: int) -> FloatArray:
    """Sums of each column of `amounts` (N, K) in each group, (G, K)."""
    columns = [np.bincount(group, weights=column, minlength=groups) for column in amounts.T]
    return np.stack(columns, axis=1).astype(np.float64)


def _spend(errors: IntArray, gains: IntArray, most: int) -> tuple[IntArray, IntArray]:
    """The largest gain at each number of errors, and the label of each group on the way there, (G, most + 1)."""
    best = np.full(most + 1, -1, dtype=np.int64)
    best[0] = 0
    choice = np.zeros((len(errors), most + 1), dtype=np.int64)
    for row, (prices, wins) in enumerate(zip(errors.tolist(), gains.tolist(), strict=True)):
        new = np.full(most + 1, -1, dtype=np.int64)
        for k, (price, win) in enumerate(zip(prices, wins, strict=True)):
            if price > most:
                continue
            reached = best[: most + 1 - price]
            value = np.where(reached >= 0, reached + win, -1)
            better = value > new[price:]
            new[price:][better] = value[better]
            choice[row, price:][better] = k
        best = new
    return best, choice
