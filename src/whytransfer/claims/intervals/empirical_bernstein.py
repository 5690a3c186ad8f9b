"""Empirical Bernstein: short where the losses hardly vary."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from whytransfer.claims.intervals.base import BoundedInterval
from whytransfer.claims.intervals.checks import FloatArray


def _deviation(variance: FloatArray, n: int, failure: float) -> FloatArray:
    """sqrt(2 V ln(2/δ) / n) + 7 ln(2/δ) / (3 (n − 1)), with the sample variance V (n − 1 in its denominator)."""
    surprise = math.log(2 / failure)
    return np.sqrt(2 * variance * surprise / n) + 7 * surprise / (3 * (n - 1))


@dataclass(frozen=True, slots=True)
class EmpiricalBernstein(BoundedInterval):
    """Bernstein's inequality with the sample variance in place of the true one.

    Proof of validity: Bernstein's inequality for the mean (δ/2) and a concentration of the sample standard
    deviation (δ/2); Maurer & Pontil, COLT 2009, theorem 4. One row has no variance: the limit is then 1.

    Source: Maurer & Pontil, COLT 2009, theorem 4; THEORY B1.

    Examples
    --------
    >>> round(EmpiricalBernstein().upper(5, 100, 0.05), 6)
    0.19644
    """

    name: ClassVar[str] = "empirical_bernstein"
    statement: ClassVar[str] = "err ≤ p̂ + sqrt(2 V ln(2/δ) / n) + 7 ln(2/δ) / (3 (n − 1))"
    reference: ClassVar[str] = "maurer-pontil:09"

    def _above(self, errors: FloatArray, n: int, failure: float) -> FloatArray:
        if n == 1:
            return np.ones_like(errors)
        mean = errors / n
        return mean + _deviation(mean * (1 - mean) * n / (n - 1), n, failure)

    def _above_of(self, values: FloatArray, failure: float) -> float:
        if values.size == 1:
            return 1.0
        return float(values.mean() + _deviation(np.asarray(values.var(ddof=1)), values.size, failure))
