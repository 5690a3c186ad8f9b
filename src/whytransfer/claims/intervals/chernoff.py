"""Chernoff: the inversion of the binary relative entropy."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from whytransfer.claims.intervals.base import Interval
from whytransfer.claims.intervals.checks import FloatArray
from whytransfer.claims.intervals.root import rising_root


def kl_upper(means: FloatArray, radius: float) -> FloatArray:
    """The largest q in [p, 1] with kl(p ‖ q) ≤ radius, for every mean p.

    kl(p ‖ q) = p ln(p/q) + (1 − p) ln((1 − p)/(1 − q)), in nats.

    Parameters
    ----------
    means : ndarray, shape (k,)
        Means p in [0, 1].
    radius : float
        Positive, in nats; PAC-Bayes bounds use their own (THEORY B1).

    Returns
    -------
    ndarray, shape (k,)
        1 where p = 1.

    Examples
    --------
    >>> kl_upper(np.array([0.0]), math.log(2)).round(12)    # kl(0 ‖ q) = −ln(1 − q)
    array([0.5])
    """
    from scipy.special import rel_entr

    def divergence(q: FloatArray) -> tuple[FloatArray, FloatArray]:
        return rel_entr(means, q) + rel_entr(1 - means, 1 - q), (q - means) / (q * (1 - q))

    return np.where(means < 1, rising_root(divergence, means, radius), 1.0)


@dataclass(frozen=True, slots=True)
class Chernoff(Interval):
    """The limit of Chernoff's bound on the binomial tail, in its relative-entropy form.

    Proof of validity: for p̂ < p, P(Bin(n, p) ≤ n p̂) ≤ exp(−n kl(p̂ ‖ p)) (Markov's inequality for
    exp(−s·errors) at the best s), and kl(p̂ ‖ q) rises in q ≥ p̂. So the limit is Clopper–Pearson's
    with a bound in place of the exact tail: never shorter, in closed form in information terms.

    Source: Chernoff, Ann. Math. Stat. 23 (1952); Hoeffding 1963, theorem 1; THEORY B1.

    Examples
    --------
    >>> round(Chernoff().upper(5, 100, 0.05), 6)
    0.121527
    """

    name: ClassVar[str] = "chernoff"
    statement: ClassVar[str] = "err ≤ max{q : kl(p̂ ‖ q) ≤ ln(1/δ) / n}"
    reference: ClassVar[str] = "chernoff:52"

    def _above(self, errors: FloatArray, n: int, failure: float) -> FloatArray:
        return kl_upper(errors / n, -math.log(failure) / n)
