"""How many rows there are and how many of them are missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from whytransfer.summaries.base import Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts(Summary):
    """Rows and missing values of a column.

    Parameters
    ----------
    rows, missing : int

    Examples
    --------
    >>> Counts().of([1.0, float("nan")]) + Counts().of([2.0])
    Counts(rows=3, missing=1)
    """

    name: ClassVar[str] = "counts"
    exact: ClassVar[bool] = True
    bound: ClassVar[str] = "exact"

    rows: int = 0
    missing: int = 0

    def of(self, values: Any, first_row: int = 0) -> Self:
        """Of numbers (n,), NaN where missing."""
        numbers = np.asarray(values, dtype=np.float64)
        return type(self)(rows=len(numbers), missing=int(np.isnan(numbers).sum()))

    def __add__(self, other: Self) -> Self:
        return type(self)(rows=self.rows + other.rows, missing=self.missing + other.missing)
