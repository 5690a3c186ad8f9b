"""Rows as the oracles see them: float64 columns, and the groups of tied values of one column."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from whytransfer.errors import InputError

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


def as_rows(X: object, what: str = "X") -> FloatArray:
    """`X` as a C-contiguous float64 array of shape (n, p); one dimension means one column.

    Parameters
    ----------
    X : array-like
        (n,) or (n, p) finite numbers, n ≥ 1.
    what : str
        Its name, for the message.

    Raises
    ------
    InputError
        When it is empty, not numeric, not finite, sparse or of another dimension.
    """
    if hasattr(X, "toarray"):
        raise InputError(
            f"{what}: expected dense numeric columns, got a sparse matrix; pass {what}.toarray() of few columns"
        )
    try:
        rows = np.asarray(X, dtype=np.float64)
    except (TypeError, ValueError) as reason:
        raise InputError(
            f"{what}: expected numbers, got values that can't be read as numbers ({reason}); encode them first"
        ) from None
    rows = rows[:, None] if rows.ndim == 1 else rows
    if rows.ndim != 2 or 0 in rows.shape:
        raise InputError(f"{what}: expected shape (n,) or (n, p) with n, p >= 1, got {rows.shape}")
    if not np.isfinite(rows).all():
        raise InputError(
            f"{what}: expected finite numbers, got missing or infinite values; impute or drop them first"
        )
    return np.ascontiguousarray(rows)


@dataclass(frozen=True, slots=True)
class Ties:
    """One column in increasing order, equal values in one group, so that they can only move together.

    Parameters
    ----------
    values : array of shape (G,)
        The distinct values, increasing.
    group : array of shape (N,)
        The group of each row.
    """

    values: FloatArray
    group: IntArray

    @classmethod
    def of(cls, column: FloatArray) -> Ties:
        """The groups of `column`, O(N log N)."""
        values, group = np.unique(column, return_inverse=True)
        return cls(values, group.astype(np.int64, copy=False))

    def totals(self, amounts: FloatArray | IntArray) -> FloatArray:
        """The sum of `amounts` (N,) in each group, (G,)."""
        return np.bincount(self.group, weights=amounts, minlength=len(self.values)).astype(np.float64)

    def counts(self, amounts: IntArray) -> IntArray:
        """As `totals`, for whole numbers: exact as long as the sums stay below 2**53."""
        return np.rint(self.totals(amounts)).astype(np.int64)

    def cut(self, position: int) -> float:
        """A cut t such that exactly the first `position` groups have x <= t; infinite at the two ends.

        The midpoint of the neighbours; where two neighbours are so close that the midpoint rounds up to
        the right one, the left one.
        """
        if position <= 0:
            return -np.inf
        if position >= len(self.values):
            return np.inf
        return midway(float(self.values[position - 1]), float(self.values[position]))


def midway(left: float, right: float) -> float:
    """A t with left <= t < right: the midpoint, where it doesn't round up to the right end; infinite where an end is.

    >>> midway(1.0, 2.0), midway(-np.inf, 2.0), midway(1.0, np.inf)
    (1.5, -inf, inf)
    """
    middle = left / 2 + right / 2
    return middle if left <= middle < right or not np.isfinite(middle) else left
