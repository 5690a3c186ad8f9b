"""How many labels it takes: the exact power of the binomial certificate."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from whytransfer.claims.intervals.checks import FloatArray, check_failure, check_size
from whytransfer.errors import InputError

CLOSEST = 0.005
"""Nearer to the requirement than this, no label count is worth naming."""

IntArray = NDArray[np.int64]


def power_curve(n_values: ArrayLike, true_error: float, requirement: float, failure: float) -> FloatArray:
    """The probability that n labels settle the question, for every n.

    Certify, when ``true_error <= requirement``: P(upper ≤ requirement); refute, when greater:
    P(lower > requirement). Limits by Clopper–Pearson at `failure`, errors drawn from Bin(n, true_error).
    The curve is a saw: one label more can lower it, because errors are whole.

    Parameters
    ----------
    n_values : array-like of int, shape (k,)
        Numbers of labels, at least 0.
    true_error, requirement : float
        In [0, 1].
    failure : float
        δ of the certificate, in (0, 1).

    Returns
    -------
    ndarray, shape (k,)
        Probabilities.

    Raises
    ------
    InputError
        When an argument is outside its range.

    Examples
    --------
    >>> power_curve([58, 59], 0.0, 0.05, 0.05)    # the rule of three
    array([0., 1.])
    """
    n, failure = check_size(n_values).astype(np.int64), check_failure(failure)
    _check_rates(true_error, requirement)
    if true_error > requirement:
        # "The error is more than r" is "the accuracy is less than 1 − r".
        return _power(n, 1 - true_error, 1 - requirement, failure, strictly=True)
    return _power(n, true_error, requirement, failure, strictly=False)


def labels_needed(
    true_error: float, requirement: float, failure: float, *, power: float = 0.80, at_most: int
) -> int | None:
    """The least number of labels that settles the question with probability `power`.

    Parameters
    ----------
    true_error, requirement, failure : float
        As in `power_curve`.
    power : float
        The probability to reach, in (0, 1).
    at_most : int
        The number of rows that could be labelled.

    Returns
    -------
    int or None
        None when the two rates are nearer than .005, or more than `at_most` labels would be needed.

    Raises
    ------
    InputError
        When an argument is outside its range.

    Notes
    -----
    The search starts where the data-processing inequality allows the first n, n kl(true ‖ requirement) ≥
    kl(power ‖ failure), so that nothing below is missed, and looks at every n from there.

    Examples
    --------
    >>> labels_needed(0.05, 0.10, 0.05, at_most=10_000)
    179
    >>> labels_needed(0.098, 0.10, 0.05, at_most=10_000) is None
    True
    """
    failure, power = check_failure(failure), check_failure(power)
    _check_rates(true_error, requirement)
    if abs(true_error - requirement) < CLOSEST - 1e-12:
        return None
    first, size = _least_conceivable(true_error, requirement, failure, power), 256
    while first <= at_most:
        n = np.arange(first, min(first + size, at_most + 1))
        # A power that equals the wanted one but for rounding is enough.
        enough = np.flatnonzero(power_curve(n, true_error, requirement, failure) >= power - 1e-12)
        if enough.size:
            return int(n[enough[0]])
        first, size = first + size, 2 * size
    return None


def labels_for_certainty(requirement: float, failure: float) -> int:
    """The least number of labels that certify the requirement when not one of them shows an error.

    ⌈ln δ / ln(1 − requirement)⌉: with fewer labels nothing can be certified at all.

    Raises
    ------
    InputError
        When an argument is outside (0, 1): an error of 0 can't be certified by any number of labels.

    Examples
    --------
    >>> labels_for_certainty(0.05, 0.05), labels_for_certainty(0.01, 0.05)
    (59, 299)
    """
    failure = check_failure(failure)
    if not 0.0 < requirement < 1.0:
        raise InputError(f"the requirement must lie strictly between 0 and 1, got {requirement!r}")
    ratio = math.log(failure) / math.log1p(-requirement)
    # A ratio that is whole but for rounding must not cost another label.
    return max(1, round(ratio) if abs(ratio - round(ratio)) < 1e-9 else math.ceil(ratio))


def _power(n: IntArray, true: float, limit: float, failure: float, *, strictly: bool) -> FloatArray:
    """P(E ≤ c), E ~ Bin(n, true), for the largest c whose binomial tail at `limit` is ≤ (or <) `failure`."""
    from scipy.stats import binom

    if limit >= 1 and not strictly:
        return np.ones(n.shape)
    critical = binom.ppf(failure, n, limit)  # the least c with a tail of at least δ
    tail = binom.cdf(critical, n, limit)
    allowed = tail < failure if strictly else tail <= failure
    return np.where(n > 0, binom.cdf(np.where(allowed, critical, critical - 1), n, true), 0.0)


def _least_conceivable(true: float, limit: float, failure: float, power: float) -> int:
    """No test at level `failure` reaches `power` with fewer rows, whatever it does (data processing)."""
    if power <= failure:
        return 1
    forward = _kl(power, failure) / _kl(true, limit)
    backward = _kl(failure, power) / _kl(limit, true)
    return max(1, math.floor(max(forward, backward) * (1 - 1e-9)))


def _kl(p: float, q: float) -> float:
    """kl(p ‖ q) of two coins, in nats; infinite where q excludes what p allows."""
    from scipy.special import rel_entr

    return float(rel_entr(p, q) + rel_entr(1 - p, 1 - q))


def _check_rates(true_error: float, requirement: float) -> None:
    for name, value in (("true_error", true_error), ("requirement", requirement)):
        if not 0.0 <= value <= 1.0:
            raise InputError(f"{name} must lie between 0 and 1, got {value!r}")
