"""Limits of a weighted mean loss, E[w X] / E[w], from independent rows with weights of a declared range."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from whytransfer.claims.intervals.betting import SHARES, STAKES
from whytransfer.claims.intervals.checks import FloatArray, check_failure, check_losses
from whytransfer.errors import InputError

HALVINGS = 60
"""Of the search for the limit: beyond double precision."""


def effective_sample(weights: ArrayLike) -> float:
    """(Σw)² / Σw²: as many rows of equal weight would give a mean of the same variance.

    >>> effective_sample([1.0, 1.0, 2.0])
    2.6666666666666665
    """
    values = np.asarray(weights, dtype=np.float64)
    squares = float((values**2).sum())
    return float(values.sum()) ** 2 / squares if squares > 0.0 else 0.0


def weighted_upper(losses: ArrayLike, weights: ArrayLike, largest: float, failure: float) -> float:
    """E[w X] / E[w] is at most this, but for a probability of `failure`; at any time, and exact at finite numbers.

    With u = w / largest in [0, 1] and a hypothetical mean q, a bettor multiplies the wealth by 1 − c u (X − q) / (1 − q) for each row. The factor
    is ≥ 0 because u (X − q) ≤ 1 − q and c ≤ 1, and at q = E[w X] / E[w] its expectation is 1, because E[u (X − q)] = 0 there. So the
    wealth is a non-negative martingale, and Ville's inequality holds for it as for `Betting`, whose stakes and shares these are;
    weights that are all `largest` give its very limit. The factor never falls in q, as (X − q) / (1 − q) never rises, so that the
    means that are not refuted are an interval from 0 up, and halving finds its end.

    Parameters
    ----------
    losses : array-like, shape (n,)
        X in [0, 1].
    weights : array-like, shape (n,)
        w from 0 to `largest`.
    largest : float
        What no weight exceeds, fixed before the rows were seen: the largest of those that were drawn would not do.
    failure : float
        δ, in (0, 1).

    Raises
    ------
    InputError
        For a weight beyond `largest`, and values out of range.

    Examples
    --------
    >>> round(weighted_upper([0.0, 1.0, 0.0, 0.0] * 30, [1.0, 0.5, 1.0, 1.0] * 30, 1.0, 0.05), 3)
    0.227
    """
    values, shares, failure = *_checked(losses, weights, largest), check_failure(failure)
    if not len(values) or not shares.any():
        return 1.0
    mean = float(shares @ values / shares.sum())
    low, high, wanted = mean, 1.0, -math.log(failure)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if not low < middle < high:
            break
        low, high = (low, middle) if _log_wealth(values, shares, middle) >= wanted else (middle, high)
    return high


def weighted_lower(losses: ArrayLike, weights: ArrayLike, largest: float, failure: float) -> float:
    """E[w X] / E[w] is at least this, but for a probability of `failure`; as `weighted_upper`."""
    return 1.0 - weighted_upper(1.0 - check_losses(losses), weights, largest, failure)


def _log_wealth(losses: FloatArray, shares: FloatArray, mean: float) -> float:
    """Log of the wealth against "the weighted mean is at least `mean`"."""
    gains = shares * (losses - mean) / (1.0 - mean)
    with np.errstate(divide="ignore"):
        logs = np.log1p(-STAKES[:, None] * gains[None, :]).sum(axis=1) + np.log(SHARES)
    top = float(logs.max())
    return top + math.log(float(np.exp(logs - top).sum()))


def _checked(losses: ArrayLike, weights: ArrayLike, largest: float) -> tuple[FloatArray, FloatArray]:
    values, given = check_losses(losses), np.asarray(weights, dtype=np.float64)
    if given.shape != values.shape:
        raise InputError(f"weights: expected {values.shape}, one a row, got {given.shape}")
    if not (math.isfinite(largest) and largest > 0.0):
        raise InputError(f"largest weight: expected a positive number, got {largest!r}")
    wrong = given[~((given >= 0.0) & (given <= largest))]
    if len(wrong):
        raise InputError(f"weights: expected numbers from 0 to {largest:g}, as declared, got {wrong[0]:g}")
    return values, given / largest
