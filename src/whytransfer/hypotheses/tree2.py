"""Trees of depth two: a stump at the root and a stump in each child, found exactly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from whytransfer.errors import InputError
from whytransfer.hypotheses.base import HypothesisClass
from whytransfer.hypotheses.extrema import Minimum
from whytransfer.hypotheses.hypothesis import Behaviours, Hypothesis
from whytransfer.hypotheses.rows import FloatArray, IntArray, as_rows
from whytransfer.hypotheses.sorted_columns import SortedColumns, SortedMemo
from whytransfer.hypotheses.stump import Stump
from whytransfer.hypotheses.stumps import attained, best_stump, every_stump

MOST_TREES = 500_000
"""Trees that `enumerate` may go through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthTwoTree(Hypothesis):
    """One tree: ``left`` where the root's column is at or below its threshold, else ``right``.

    Parameters
    ----------
    column : int
        The root's column.
    threshold : float
        The root's threshold; infinite when the tree is a single stump.
    left, right : Stump
        The children.
    feature : str or None
        The name of the root's column.
    """

    column: int
    threshold: float
    left: Stump
    right: Stump
    feature: str | None = None

    def codes(self, rows: FloatArray) -> IntArray:
        """The codes it predicts on `rows` (n, p)."""
        return np.where(rows[:, self.column] <= self.threshold, self.left.codes(rows), self.right.codes(rows))

    def describe(self, classes: Sequence[object]) -> str:
        """Its rule in words: ``"x0 <= 1 → (x1 <= 2 → a, else b), else (always b)"``."""
        if np.isinf(self.threshold):
            return (self.left if self.threshold > 0 else self.right).describe(classes)
        name = self.feature or f"x{self.column}"
        left, right = self.left.describe(classes), self.right.describe(classes)
        return f"{name} <= {self.threshold:.6g} → ({left}), else ({right})"


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthTwoTrees(HypothesisClass):
    """All trees of depth two with any labels in the four leaves; stumps and constants are among them.

    Auer, Holte and Maass, Theory and applications of agnostic PAC-learning with small decision trees, ICML 1995.
    Exact. For every root column a sweep moves the root's threshold while, for every child column, two
    prefix trees keep the best stump of the rows on either side: O(p² N log N) for two labels. A stump has
    two labels at most, so that K labels are the K(K−1)/2 pairs of them, each a sweep of its own; with 0/1
    costs a row moves the trees of the K−1 pairs of its label only: O(p² N (K log N + K²)).

    Parameters
    ----------
    features : tuple of str
        Names of the columns, for the rules; ``x0``, ``x1``... when empty.

    Examples
    --------
    >>> xor = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    >>> found = DepthTwoTrees().erm(xor, [[0, 1], [1, 0], [1, 0], [0, 1]])
    >>> found.cost, found.rule
    (0.0, 'x0 <= 0.5 → (x1 <= 0.5 → 0, else 1), else (x1 <= 0.5 → 1, else 0)')
    """

    name: ClassVar[str] = "tree2"
    exact: ClassVar[bool] = True
    reference: ClassVar[str] = "auer-holte-maass:95"

    features: tuple[str, ...] = ()
    _sorted: SortedMemo = field(default_factory=SortedMemo, repr=False, compare=False)

    def minimise(self, rows: FloatArray, cost: FloatArray) -> Minimum:
        """The tree with the least Σ cost[i, h(x_i)]."""
        columns = self._sorted.of(rows, self.features)
        root, cut = _best_root(columns, cost)
        threshold = columns.threshold(root, cut)
        inside = columns.rank[root] < cut
        found = DepthTwoTree(
            column=root,
            threshold=threshold,
            left=_child(rows[inside], cost[inside], self.features),
            right=_child(rows[~inside], cost[~inside], self.features),
            feature=self.features[root] if self.features else None,
        )
        return Minimum(value=attained(found, rows, cost), hypothesis=found, exact=True)

    def behaviours(self, rows: FloatArray, n_labels: int) -> Behaviours:
        """All distinct behaviours on `rows`, by going through every tree: small problems only."""
        columns = self._sorted.of(rows, self.features)
        cuts = sum(len(v) - 1 for v in columns.values)
        stumps = n_labels * (1 + (n_labels - 1) * cuts)
        if (1 + cuts) * stumps**2 > MOST_TREES:
            raise InputError(
                f"tree2: {(1 + cuts) * stumps**2:,} trees on {rows.shape} rows with {n_labels} labels, expected at most "
                f"{MOST_TREES:,}; enumerate on fewer rows"
            )
        return Behaviours.among(_every_tree(columns, n_labels, self.features), rows)

    def work(self, X: object, n_labels: int = 2) -> int:
        """How many node updates the oracle makes on `X` at most, about 3 ns each: 2 p² N (1 + log2 u) K(K−1)/2."""
        columns = self._sorted.of(as_rows(X))
        steps = sum(columns.size(j).bit_length() for j in range(columns.p))
        return columns.p * columns.n * steps * n_labels * (n_labels - 1)


def _best_root(columns: SortedColumns, cost: FloatArray) -> tuple[int, int]:
    """The root's column and cut of the best tree; (0, all rows to the left) is a stump."""
    if cost.shape[1] == 1:
        return 0, columns.distinct(0)
    from whytransfer.hypotheses._kernels import children_minima

    table = np.ascontiguousarray(cost, dtype=np.float64)
    best, root, place = np.inf, 0, columns.n - 1
    for i in range(columns.p):
        order, last = columns.order[i], columns.last(i)
        left, right = np.full(columns.n, np.inf), np.full(columns.n, np.inf)
        for j in range(columns.p):
            children_minima(order, last, columns.rank[j], columns.size(j), table, left, right)
        total = np.where(last, left + right, np.inf)
        if total.min() < best:
            best, root, place = float(total.min()), i, int(total.argmin())
    return root, int(columns.rank[root][columns.order[root][place]]) + 1


def _child(rows: FloatArray, cost: FloatArray, features: Sequence[str]) -> Stump:
    """The best stump of one side of the root; nobody falls into an empty one."""
    if len(rows) == 0:
        return Stump(column=0, threshold=float("inf"), below=0, above=0)
    return best_stump(SortedColumns.of(rows), cost, features)


def _every_tree(columns: SortedColumns, n_labels: int, features: Sequence[str]) -> Iterator[DepthTwoTree]:
    """Every root cut with every pair of stumps; single stumps come first, under a root that sends all rows left."""
    stumps = tuple(every_stump(columns, n_labels, features))
    for stump in stumps:
        yield DepthTwoTree(column=0, threshold=float("inf"), left=stump, right=stump)
    for j in range(columns.p):
        name = features[j] if features else None
        for cut in range(1, columns.distinct(j)):
            t = columns.threshold(j, cut)
            for left in stumps:
                for right in stumps:
                    yield DepthTwoTree(column=j, threshold=t, left=left, right=right, feature=name)
