"""Clopper–Pearson: the exact binomial limits, and the default for errors that are 0 or 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, overload

import numpy as np
from numpy.typing import ArrayLike

from whytransfer.claims.intervals.base import Interval
from whytransfer.claims.intervals.checks import FloatArray, check_counts, check_failure, check_size


@overload
def upper_limit(errors: float, n: float, failure: float) -> float: ...
@overload
def upper_limit(errors: FloatArray, n: ArrayLike, failure: float) -> FloatArray: ...
def upper_limit(errors: ArrayLike, n: ArrayLike, failure: float) -> float | FloatArray:
    """The exact upper limit of an error probability: the largest q with P(Bin(n, q) ≤ errors) ≥ failure.

    Parameters
    ----------
    errors, n : float or array-like
        Whole numbers, 0 ≤ errors ≤ n; arrays are broadcast against each other.
    failure : float
        Probability that the limit misses, in (0, 1).

    Returns
    -------
    float or ndarray
        In [0, 1]; 1 where n = 0 or errors = n. Never below errors / n (for failure > 1/2 the exact limit can be).

    Raises
    ------
    InputError
        When an argument is outside its range.

    Notes
    -----
    BetaInv(1 − δ; E + 1, n − E), Clopper & Pearson 1934; THEORY B1.

    Examples
    --------
    >>> round(upper_limit(5, 100, 0.05), 6)
    0.102253
    """
    from scipy.special import betainccinv

    failure, counts, sizes = check_failure(failure), check_counts(errors, n), check_size(n)
    right = sizes - counts
    # The complementary inverse keeps its digits where δ is far below the rounding of 1 − δ.
    inner = betainccinv(counts + 1.0, np.where(right > 0, right, 1.0), failure)
    rate = counts / np.where(sizes > 0, sizes, 1.0)
    # SciPy answers NaN for δ near 1e-300 where the limit is next to 1.
    limits = np.where((right > 0) & ~np.isnan(inner), np.fmax(inner, rate), 1.0)
    return float(limits) if limits.ndim == 0 else limits


@overload
def lower_limit(errors: float, n: float, failure: float) -> float: ...
@overload
def lower_limit(errors: FloatArray, n: ArrayLike, failure: float) -> FloatArray: ...
def lower_limit(errors: ArrayLike, n: ArrayLike, failure: float) -> float | FloatArray:
    """The exact lower limit of an error probability: the least q with P(Bin(n, q) ≥ errors) ≥ failure.

    The mirror image of `upper_limit`, with its arguments and errors: BetaInv(δ; E, n − E + 1), and 0
    where errors = 0.

    Examples
    --------
    >>> round(lower_limit(5, 100, 0.05), 6)
    0.019906
    """
    from scipy.special import betaincinv

    failure, counts, sizes = check_failure(failure), check_counts(errors, n), check_size(n)
    inner = betaincinv(np.where(counts > 0, counts, 1.0), sizes - counts + 1.0, failure)
    rate = counts / np.where(sizes > 0, sizes, 1.0)
    limits = np.where((counts > 0) & ~np.isnan(inner), np.fmin(inner, rate), 0.0)
    return float(limits) if limits.ndim == 0 else limits


@dataclass(frozen=True, slots=True)
class ClopperPearson(Interval):
    """The exact limits for errors that are 0 or 1: the inversion of the one-sided binomial tests.

    Proof of validity: F(E; q) = P(Bin(n, q) ≤ E) falls in q, so the limit lies below the true error p
    exactly when F(E; p) < δ, and P(F(E; p) < δ) ≤ δ for the distribution function of any integer variable.
    Valid at one sample size fixed in advance, not under optional stopping.

    Source: Clopper & Pearson, Biometrika 26 (1934); THEORY B1.

    Examples
    --------
    >>> round(ClopperPearson().upper(0, 59, 0.05), 6)   # the rule of three: 1 − 0.05 ** (1 / 59)
    0.049508
    """

    name: ClassVar[str] = "clopper_pearson"
    statement: ClassVar[str] = "err ≤ BetaInv(1 − δ; E + 1, n − E)"
    reference: ClassVar[str] = "clopper-pearson:34"

    def _above(self, errors: FloatArray, n: int, failure: float) -> FloatArray:
        return upper_limit(errors, n, failure)
