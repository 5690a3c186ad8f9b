"""Decision stumps: a if x_j <= t, else b, for one of p columns and any two of K labels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from whytransfer.errors import InputError
from whytransfer.hypotheses.base import HypothesisClass
from whytransfer.hypotheses.extrema import Frontier, Maximum, Minimum
from whytransfer.hypotheses.hypothesis import Behaviours, Hypothesis
from whytransfer.hypotheses.least_stump import least_stump
from whytransfer.hypotheses.rows import FloatArray, IntArray
from whytransfer.hypotheses.sorted_columns import SortedColumns, SortedMemo, check_features
from whytransfer.hypotheses.stump import Stump
from whytransfer.hypotheses.walked import WalkedMemo

MANY_CELLS = 2**20
"""From so many cells on, a single search sorts values by group of cost and keeps nothing, and sorted columns are walked by compiled code."""

MOST_BEHAVIOURS = 2_000_000
"""Cells (behaviours times rows) that `enumerate` may list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stumps(HypothesisClass):
    """All decision stumps over the columns, with any labels on the two sides; the constants are among them.

    Iba and Langley, Induction of one-level decision trees, ICML 1992. Everything is exact: least cost in
    O(p N (log N + K)), the frontier of errors and disagreements (the version-space bound) in O(p N K²), pairs
    by the sweeps of `pairs.py`. Memory is one column's at a time; the sorted order of the last samples is kept
    and shared between calls, except for a least cost on many rows (`least_stump`).

    Parameters
    ----------
    features : tuple of str
        Names of the columns, for the rules; ``x0``, ``x1``... when empty.

    Examples
    --------
    >>> stumps = Stumps()
    >>> found = stumps.erm([[0.0], [1.0], [2.0], [3.0]], [[0, 1], [0, 1], [1, 0], [0, 1]])
    >>> found.rule, found.cost
    ('always 0', 1.0)
    """

    name: ClassVar[str] = "stumps"
    exact: ClassVar[bool] = True
    reference: ClassVar[str] = "iba-langley:92"

    features: tuple[str, ...] = ()
    _sorted: SortedMemo = field(default_factory=SortedMemo, repr=False, compare=False)
    _walked: WalkedMemo = field(default_factory=WalkedMemo, repr=False, compare=False)

    def minimise(self, rows: FloatArray, cost: FloatArray) -> Minimum:
        """The stump with the least Σ cost[i, h(x_i)]; of equal ones the first column and the lowest threshold."""
        check_features(self.features, rows)
        found = None
        if rows.size >= MANY_CELLS and not self._sorted.has(rows):
            found = least_stump(rows, cost, self.features)
        if found is None:
            found = best_stump(self._sorted.of(rows, self.features), cost, self.features)
        return Minimum(value=attained(found, rows, cost), hypothesis=found, exact=True)

    def behaviours(self, rows: FloatArray, n_labels: int) -> Behaviours:
        """All distinct behaviours on `rows`, constants first."""
        columns = self._sorted.of(rows, self.features)
        cells = len(rows) * n_labels * (1 + (n_labels - 1) * sum(len(v) - 1 for v in columns.values))
        if cells > MOST_BEHAVIOURS:
            raise InputError(
                f"stumps: {cells:,} cells to list on {rows.shape} rows with {n_labels} labels, expected at most "
                f"{MOST_BEHAVIOURS:,}; enumerate on fewer rows"
            )
        return Behaviours.among(every_stump(columns, n_labels, self.features), rows)

    def frontier(self, rows: FloatArray, errors: IntArray, gains: IntArray, most: int) -> Frontier:
        """For each number of errors up to `most` the largest gain, over every stump: no weak duality is needed."""
        columns = self._sorted.of(rows, self.features)
        whole = self._walked.of(columns, errors, gains)
        best = np.full(most + 1, -1, dtype=np.int64)
        head = whole.best[: most + 1]
        best[: len(head)] = head

        def pick(e: int) -> Hypothesis:
            if best[e] < 0:
                raise InputError(
                    f"stumps: no stump makes exactly {e} errors here; ask for an e with best[e] >= 0"
                )
            return _Cell(*whole.holder[e].tolist()).stump(columns, self.features)

        return Frontier(best=best, pick=pick, kept=int(whole.stumps[: most + 1].sum()))

    def pair_steps(self, X: object, n_labels: int) -> int:
        """How many node updates `pairs` makes on these rows, which stay sorted for it and for every other term; see `pairs.operations`."""
        from whytransfer.hypotheses.pairs import operations

        return operations(self._sorted.of(self.read(X), self.features), n_labels)

    def pairs(self, rows: FloatArray, weights: FloatArray, n_labels: int) -> Maximum:
        """The largest |Σ weights 1[h ≠ h']| over pairs of stumps; see `pairs.stump_pairs_supremum`."""
        from whytransfer.hypotheses.pairs import stump_pairs_supremum

        return stump_pairs_supremum(
            self._sorted.of(rows, self.features), weights, n_labels, features=self.features
        )


def best_stump(columns: SortedColumns, cost: FloatArray, features: Sequence[str] = ()) -> Stump:
    """The stump with the least cost (N, K) on sorted columns, column by column; of equal ones the first column."""
    if columns.X.size >= MANY_CELLS:
        from whytransfer.hypotheses._stump_walks import walk_cuts

        table = np.ascontiguousarray(cost, dtype=np.float64)
        cuts = [walk_cuts(columns.rank[j], columns.distinct(j), table) for j in range(columns.p)]
    else:
        cuts = [_cheapest_cut(columns.prefix_sums(j, cost)) for j in range(columns.p)]
    column = min(range(columns.p), key=lambda j: cuts[j][0])
    return _Cell(column, *cuts[column][1:]).stump(columns, features)


def _cheapest_cut(below: FloatArray) -> tuple[float, int, int, int]:
    """`walk_cuts` from the sums of a column (u + 1, K); on few rows it is as quick and loads no compiled code."""
    above = below[-1] - below
    sums = below.min(axis=1) + above.min(axis=1)
    cut = int(sums.argmin())
    return float(sums[cut]), cut, int(below[cut].argmin()), int(above[cut].argmin())


def attained(hypothesis: Hypothesis, rows: FloatArray, cost: FloatArray) -> float:
    """Σ_i cost[i, h(x_i)], summed anew: what it costs, free of the sweep's rounding."""
    return float(cost[np.arange(len(rows)), hypothesis.codes(rows)].sum())


def disagreement(codes: IntArray, n_labels: int, weights: FloatArray) -> FloatArray:
    """The table weights[i] · 1[k ≠ codes[i]], (N, K)."""
    return np.where(codes[:, None] != np.arange(n_labels), weights[:, None], 0.0)


def every_stump(columns: SortedColumns, n_labels: int, features: Sequence[str] = ()) -> Iterator[Stump]:
    """The constants, then every stump of two labels with a threshold between two distinct values."""
    for a in range(n_labels):
        yield _Cell(0, 0, a, a).stump(columns, features)
    for j in range(columns.p):
        for cut in range(1, columns.distinct(j)):
            for a in range(n_labels):
                for b in range(n_labels):
                    if a != b:
                        yield _Cell(j, cut, a, b).stump(columns, features)


@dataclass(frozen=True, slots=True)
class _Cell:
    """A stump by position: the `cut` smallest distinct values of `column` get `below`."""

    column: int
    cut: int
    below: int
    above: int

    def stump(self, columns: SortedColumns, features: Sequence[str]) -> Stump:
        return Stump(
            column=self.column,
            threshold=columns.threshold(self.column, self.cut),
            below=self.below,
            above=self.above,
            feature=features[self.column] if features else None,
        )
