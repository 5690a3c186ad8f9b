"""Betting: limits for losses in [0, 1] that hold at every moment, in whatever order the rows stand."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from whytransfer.claims.intervals.base import BoundedInterval
from whytransfer.claims.intervals.checks import FloatArray
from whytransfer.claims.intervals.root import rising_root

STAKES = 0.95 * 1.5 ** -np.arange(18.0)
"""Shares of the wealth that are staked, .95 to .001: one good for every variance and sample size up to 1e7."""

SHARES = np.arange(1.0, 19.0) ** -1.5 / np.sum(np.arange(1.0, 19.0) ** -1.5)
"""How the first unit of wealth is divided among the stakes: in proportion to (j + 1)^(−3/2)."""

BLOCK = 4096
"""Values times columns in one pass, so that the intermediate arrays stay in the processor's cache."""


def _log_wealth(m: FloatArray, payoffs: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Log of the wealth of a bettor against "the mean loss is at least m", and its slope in m.

    Parameters
    ----------
    m : ndarray, shape (k,)
        Hypothetical means in [0, 1), one a column of `weights`.
    payoffs : ndarray, shape (v,)
        The distinct values of 1 − loss.
    weights : ndarray, shape (v, k)
        How many rows have each value.
    """
    logs, slopes = np.zeros((STAKES.size, m.size)), np.zeros((STAKES.size, m.size))
    stakes, step = STAKES[:, None, None], max(1, BLOCK // m.size)
    for first in range(0, payoffs.size, step):
        rows = slice(first, first + step)
        gains = stakes * (payoffs[rows, None] / (1 - m))
        factors = (1 - stakes) + gains
        logs += np.einsum("vk,jvk->jk", weights[rows], np.log(factors))
        slopes += np.einsum("vk,jvk->jk", weights[rows], gains / factors)
    logs += np.log(SHARES)[:, None]
    top = logs.max(axis=0)
    parts = np.exp(logs - top)
    total = parts.sum(axis=0)
    return top + np.log(total), (parts * slopes).sum(axis=0) / total / (1 - m)


def _limits(payoffs: FloatArray, weights: FloatArray, failure: float) -> FloatArray:
    """The least m against which the wealth has reached 1/δ, for every column of `weights`."""
    start = 1 - payoffs @ weights / weights.sum(axis=0)
    return rising_root(lambda m: _log_wealth(m, payoffs, weights), np.clip(start, 0, 1), -math.log(failure))


@dataclass(frozen=True, slots=True)
class Betting(BoundedInterval):
    """A bettor who plays against "the mean loss is m" grows rich where the mean is below m.

    For a stake c in [0, 1] and a hypothetical mean m < 1, one row with loss X multiplies the wealth by

        1 − λ (X − m)  =  (1 − c) + c (1 − X) / (1 − m),        λ = c / (1 − m).

    The bettor divides a first unit of wealth among eighteen stakes c_j that were fixed before any row was seen
    (`STAKES`, `SHARES`) and lets each run: K_t(m) = Σ_j w_j Π_{i≤t} [(1 − c_j) + c_j (1 − X_i) / (1 − m)].
    That is a predictable bet: before each row, the mean of the λ_j weighted by the wealth that each has won.
    The limit is the least m with K_n(m) ≥ 1/δ.

    **Proof of validity.** Let μ be the mean of X_t given the rows before it.

    1. Every factor is ≥ 0 since X ≤ 1 and c ≤ 1, and at m = μ its expectation given the past is 1. So
       K_t(μ) is a non-negative martingale that starts at 1, and Ville's inequality gives
       P(some t has K_t(μ) ≥ 1/δ) ≤ δ.
    2. Every factor rises in m, so K_t does; and K_t(mean of the rows) ≤ 1 < 1/δ, because
       log(1 − λz) ≤ −λz and the deviations sum to 0. So {m : K_t(m) < 1/δ} is an interval [0, U_t), and it
       holds the mean of the rows.
    3. U_t ≤ μ only where K_t(μ) ≥ 1/δ: with probability ≤ δ for all t **together**.

    Three consequences. One may look after every row and stop at will. K_t does not depend on the
    order of the rows, so a file that is sorted does no harm, and a count of errors says all there is to
    know about 0/1 losses. And log K_t is convex in m, so that Newton's method finds the limit in a
    dozen passes over the rows. A bettor who knows n in advance and adapts its stake to the order of the rows
    (the plug-in bets of Waudby-Smith & Ramdas) is 10 to 30 % shorter at that n, and has none of the three.

    Source: Waudby-Smith & Ramdas, JRSS B 86 (2024), "Estimating means of bounded random variables by
    betting", of which this is the mixture over constant bets; Ville 1939; THEORY B1.

    Examples
    --------
    >>> losses = np.array([0.0, 0.2, 0.0, 0.1] * 50)
    >>> gap = Betting().upper_of(losses, 0.05) - float(losses.mean())
    >>> 0 < gap < 0.03    # Hoeffding adds 0.087
    True
    """

    name: ClassVar[str] = "betting"
    statement: ClassVar[str] = "err ≤ min{m : Σ_j w_j Π_i [1 − c_j (X_i − m) / (1 − m)] ≥ 1/δ}"
    reference: ClassVar[str] = "waudby-smith-ramdas:24"
    anytime: ClassVar[bool] = True

    @staticmethod
    def settles(payoffs: FloatArray, counts: FloatArray, mean: float, failure: float) -> FloatArray:
        """For many samples of the same values: whether each sample's upper limit is at most `mean`.

        Parameters
        ----------
        payoffs : ndarray, shape (v,)
            The distinct values of 1 − loss.
        counts : ndarray, shape (v, k)
            How many rows of each of k samples have each value.
        mean : float
            The limit in question, in [0, 1).
        failure : float
            δ.

        Returns
        -------
        ndarray of bool, shape (k,)
            The wealth against this mean has reached 1/δ, without the search for the limit itself.
        """
        wealth, _ = _log_wealth(np.full(counts.shape[1], mean), payoffs, counts)
        return np.asarray(wealth >= -math.log(failure))

    def _above(self, errors: FloatArray, n: int, failure: float) -> FloatArray:
        return _limits(np.array([0.0, 1.0]), np.stack([errors, n - errors]), failure)

    def _above_of(self, values: FloatArray, failure: float) -> float:
        payoffs, counts = np.unique(1 - values, return_counts=True)
        return float(_limits(payoffs, counts[:, None].astype(np.float64), failure)[0])
