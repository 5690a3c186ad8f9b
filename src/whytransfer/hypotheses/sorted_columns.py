"""The columns of a sample, sorted once and shared by every term computed on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from whytransfer.errors import InputError
from whytransfer.hypotheses.rows import FloatArray, Ties
from whytransfer.threads import in_threads

Places = NDArray[np.int32]
"""Half the memory of int64; more rows than it counts fit into none."""

MANY_CELLS = 2**18
"""From so many cells on, columns are sorted by several threads: milliseconds, where starting threads takes a fraction of one."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SortedColumns:
    """Rows with the sorted order and the distinct values of every column; rows of equal value stay together.

    Parameters
    ----------
    X : (n, p) array of float64
        The rows.
    order : (p, n) array of int32
        Rows of each column from small to large (stable).
    rank : (p, n) array of int32
        By row, which distinct value of the column it has, from 0.
    values : tuple of (u_j,) arrays
        The distinct values of each column, ascending.
    """

    X: FloatArray
    order: Places
    rank: Places
    values: tuple[FloatArray, ...]

    @classmethod
    def of(cls, X: FloatArray) -> SortedColumns:
        """Sort every column of X (n, p): O(p n log n).

        >>> columns = SortedColumns.of(np.array([[3.0], [1.0], [3.0]]))
        >>> columns.values[0].tolist(), columns.rank[0].tolist()
        ([1.0, 3.0], [1, 0, 1])
        """
        n, p = X.shape
        order, rank = np.empty((p, n), dtype=np.int32), np.empty((p, n), dtype=np.int32)

        def column(j: int) -> FloatArray:
            values = np.ascontiguousarray(X[:, j])
            places = np.argsort(values, kind="stable")
            ordered = values[places]
            new = np.ones(n, dtype=bool)
            np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
            order[j] = places
            rank[j, places] = np.cumsum(new) - 1
            return np.asarray(ordered[new])

        many = X.size >= MANY_CELLS
        values = in_threads(column, range(p)) if many else [column(j) for j in range(p)]
        return cls(X=X, order=order, rank=rank, values=tuple(values))

    @property
    def n(self) -> int:
        """Number of rows."""
        return int(self.X.shape[0])

    @property
    def p(self) -> int:
        """Number of columns."""
        return int(self.X.shape[1])

    def distinct(self, column: int) -> int:
        """How many distinct values a column has."""
        return len(self.values[column])

    def size(self, column: int) -> int:
        """The least power of two that is not below the number of distinct values: leaves of its tree."""
        return 1 << max(0, self.distinct(column) - 1).bit_length()

    def last(self, column: int) -> NDArray[np.bool_]:
        """For each place of the column's order, whether the value changes after it."""
        ranks = self.rank[column][self.order[column]]
        last = np.ones(self.n, dtype=np.bool_)
        np.not_equal(ranks[1:], ranks[:-1], out=last[:-1])
        return last

    def threshold(self, column: int, taken: int) -> float:
        """A t with ``x <= t`` for exactly the `taken` smallest distinct values: midway, or infinite at the ends."""
        return float(self.ties(column).cut(taken))

    def ties(self, column: int) -> Ties:
        """One column alone."""
        return Ties(self.values[column], self.rank[column])

    def prefix_sums(self, column: int, amounts: FloatArray) -> FloatArray:
        """Sums of `amounts` (n, K) over {x <= t}, for every cut: (u + 1, K), first row 0, last row the total."""
        u = self.distinct(column)
        sums = np.zeros((u + 1, amounts.shape[1]))
        for k in range(amounts.shape[1]):
            np.cumsum(np.bincount(self.rank[column], weights=amounts[:, k], minlength=u), out=sums[1:, k])
        return sums


@dataclass(slots=True)
class SortedMemo:
    """The samples that were sorted last, so that several terms on the same rows sort them once.

    A hit needs equal content, not only the same object: comparing costs far less than sorting, and an
    array that was changed in between is noticed.
    """

    kept: tuple[SortedColumns, ...] = field(default=())
    capacity: int = 2

    def of(self, X: FloatArray, features: Sequence[str] = ()) -> SortedColumns:
        """The sorted columns of X.

        Raises
        ------
        InputError
            When `features` are given but don't name the columns one by one.
        """
        check_features(features, X)
        found = self._kept(X)
        if found is not None:
            return found
        columns = SortedColumns.of(X.copy())
        self.kept = (columns, *self.kept)[: self.capacity]
        return columns

    def has(self, X: FloatArray) -> bool:
        """Whether X is sorted already."""
        return self._kept(X) is not None

    def _kept(self, X: FloatArray) -> SortedColumns | None:
        return next((c for c in self.kept if c.X.shape == X.shape and np.array_equal(c.X, X)), None)


def check_features(features: Sequence[str], X: FloatArray) -> None:
    """Refuse names of columns that are not as many as the columns."""
    if features and len(features) != X.shape[1]:
        raise InputError(f"features: expected {X.shape[1]} names, one a column, got {len(features)}")
