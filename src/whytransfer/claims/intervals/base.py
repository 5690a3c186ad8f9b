"""What every interval is: one-sided limits for an error probability, each missing with probability ≤ δ."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from whytransfer.claims.intervals.checks import (
    FloatArray,
    check_counts,
    check_failure,
    check_losses,
)


class Interval(ABC):
    """One-sided limits for the probability of an error, from the number of errors in independent rows.

    ``upper`` misses (lies below the true error) with probability at most `failure`, and so does
    ``lower`` on its side, at every sample size. Both limits stand on the two sides of the observed
    rate, within [0, 1]; no rows give 0 and 1.

    A subclass writes the upper limit only. The lower one is the same statement about right answers:
    ``lower(E, n) = 1 − upper(n − E, n)``.

    Attributes
    ----------
    name : str
        Its name in `whytransfer.interval`.
    statement : str
        The inequality, in one line.
    reference : str
        Key of the paper in the bibliography.
    anytime : bool
        Whether the limits hold at all sample sizes together, so that one may look after every row.
    bounded : bool
        Whether it takes losses anywhere in [0, 1] (`BoundedInterval`), not only 0 and 1.
    """

    __slots__ = ()

    name: ClassVar[str]
    statement: ClassVar[str]
    reference: ClassVar[str]
    anytime: ClassVar[bool] = False
    bounded: ClassVar[bool] = False

    @abstractmethod
    def _above(self, errors: FloatArray, n: int, failure: float) -> FloatArray:
        """Upper limits for whole numbers of errors, shape (k,), in n ≥ 1 rows; may exceed 1."""

    def upper(self, errors: float, n: int, failure: float) -> float:
        """The error is at most this, but for a probability of `failure`.

        Parameters
        ----------
        errors : float
            Number of wrong rows, a whole number from 0 to `n`.
        n : int
            Number of rows, at least 0.
        failure : float
            Probability that the limit misses, in (0, 1).

        Raises
        ------
        InputError
            When an argument is outside its range.
        """
        return float(self.uppers(errors, n, failure))

    def lower(self, errors: float, n: int, failure: float) -> float:
        """The error is at least this, but for a probability of `failure`; arguments as in `upper`."""
        return float(self.lowers(errors, n, failure))

    def uppers(self, errors: ArrayLike, n: int, failure: float) -> FloatArray:
        """`upper` of every number in `errors`, any shape; one `n` for all."""
        failure, counts = check_failure(failure), check_counts(errors, n)
        if n == 0:
            return np.ones_like(counts)
        limits = self._above(counts.ravel(), int(n), failure).reshape(counts.shape)
        return np.clip(limits, counts / n, 1.0)

    def lowers(self, errors: ArrayLike, n: int, failure: float) -> FloatArray:
        """`lower` of every number in `errors`, any shape; one `n` for all."""
        counts = check_counts(errors, n)
        return np.minimum(1.0 - self.uppers(n - counts, n, failure), counts / max(int(n), 1))


class BoundedInterval(Interval):
    """An interval that also takes losses anywhere in [0, 1], and limits their mean."""

    __slots__ = ()

    bounded: ClassVar[bool] = True

    @abstractmethod
    def _above_of(self, values: FloatArray, failure: float) -> float:
        """The upper limit for losses in [0, 1], shape (n,), n ≥ 1; may exceed 1."""

    def upper_of(self, values: ArrayLike, failure: float) -> float:
        """The mean loss is at most this, but for a probability of `failure`.

        Parameters
        ----------
        values : array-like, shape (n,)
            Losses in [0, 1] of independent rows. A range other than [0, 1] must have been fixed before the
            rows were seen, and divided by.
        failure : float
            Probability that the limit misses, in (0, 1).

        Raises
        ------
        InputError
            When a loss is outside [0, 1] or not a number, or `failure` outside (0, 1).
        """
        failure, losses = check_failure(failure), check_losses(values)
        if losses.size == 0:
            return 1.0
        return float(np.clip(self._above_of(losses, failure), losses.mean(), 1.0))

    def lower_of(self, values: ArrayLike, failure: float) -> float:
        """The mean loss is at least this, but for a probability of `failure`; arguments as in `upper_of`."""
        losses = check_losses(values)
        limit = 1.0 - self.upper_of(1.0 - losses, failure)
        return float(min(limit, losses.mean())) if losses.size else limit
