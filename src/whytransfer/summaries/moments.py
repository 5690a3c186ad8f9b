"""Mean, variance, least and largest value of a column."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from whytransfer.summaries.base import Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments(Summary):
    """The first two moments, added up by differences of means, so that a large mean costs no digits (Chan, Golub and LeVeque 1983).

    Parameters
    ----------
    n : int
        Numbers seen; missing ones don't count.
    mean : float
    squares : float
        Σ (x − mean)².
    least, largest : float
        +∞ and −∞ of no rows.

    Examples
    --------
    >>> found = Moments().of([1.0, 2.0]) + Moments().of([3.0])
    >>> found.mean, found.variance, found.largest
    (2.0, 1.0, 3.0)
    """

    name: ClassVar[str] = "moments"
    exact: ClassVar[bool] = True
    bound: ClassVar[str] = "exact up to rounding"

    n: int = 0
    mean: float = 0.0
    squares: float = 0.0
    least: float = math.inf
    largest: float = -math.inf

    def of(self, values: Any, first_row: int = 0) -> Self:
        """Of numbers (n,), NaN where missing."""
        numbers = np.asarray(values, dtype=np.float64)
        numbers = numbers[~np.isnan(numbers)]
        if not len(numbers):
            return type(self)()
        mean = float(numbers.mean())
        centred = numbers - mean
        return type(self)(
            n=len(numbers),
            mean=mean,
            squares=float(centred @ centred),
            least=float(numbers.min()),
            largest=float(numbers.max()),
        )

    @property
    def variance(self) -> float | None:
        """Σ (x − mean)² / (n − 1); None of fewer than two numbers."""
        return self.squares / (self.n - 1) if self.n > 1 else None

    def __add__(self, other: Self) -> Self:
        if not self.n or not other.n:
            return self if self.n else other
        n, apart = self.n + other.n, other.mean - self.mean
        return type(self)(
            n=n,
            mean=(self.n * self.mean + other.n * other.mean) / n,
            squares=self.squares + other.squares + apart**2 * self.n * other.n / n,
            least=min(self.least, other.least),
            largest=max(self.largest, other.largest),
        )
