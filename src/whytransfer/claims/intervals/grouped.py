"""Limits for an error from the number of wrong rows and the sizes of the groups they come in, which are independent."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from whytransfer.claims.intervals.checks import FloatArray, check_failure
from whytransfer.claims.intervals.chernoff import kl_upper
from whytransfer.errors import InputError

IntArray = NDArray[np.int64]

HALVINGS = 54
"""Steps of a bisection of [0, 1]: its end is as narrow as the last bit of a double next to 1."""

NEWTON_STEPS = 20
"""Newton's method needs half a dozen; wherever it stops, the bound is valid."""


def effective_rows(sizes: IntArray) -> float:
    """n² / Σ n_g²: how many independent rows a row-weighted mean over the groups is worth, at least; 0 without rows.

    Between 1 (one group) and the number of groups; that number exactly where all sizes are equal.

    Examples
    --------
    >>> effective_rows(np.array([1, 1, 1])), effective_rows(np.array([4, 4]))
    (3.0, 2.0)
    """
    total = float(sizes.sum())
    return total**2 / float((sizes.astype(np.float64) ** 2).sum()) if total else 0.0


def counted_upper(errors: float, sizes: IntArray, failure: float) -> float:
    """An upper limit of the error from the number of wrong rows and the sizes of the groups alone.

    Wider than `grouped_upper`, which sees how the errors fall on the groups. It rises with the number of errors, so that
    the limit of the largest number is the largest limit: what a maximum over hypotheses needs, of which only one fixed
    member must be covered.

    **Proof of validity.** With w_g = n_g / n, E exp(−s Σ w_g Z_g) ≤ Π (1 − p + p exp(−s w_g)) for s ≥ 0, since exp is
    convex and Z_g in [0, 1] has mean p. Markov's inequality: P(Σ w_g Z_g ≤ x) ≤ inf over s of exp(s x) Π (…). The limit is
    the largest p at which this is at least δ. Groups of one size: Chernoff's limit of G rows.

    Parameters
    ----------
    errors : float
        Number of wrong rows, 0 … n.
    sizes : ndarray of int, shape (G,)
        Rows of each group.
    failure : float
        Probability that the limit misses, in (0, 1).
    """
    failure, total = check_failure(failure), float(sizes.sum())
    rate = errors / total if total else 1.0
    if not 0.0 <= rate <= 1.0:
        raise InputError(f"the number of errors must lie between 0 and n = {int(total)}, got {errors!r}")
    if not total:
        return 1.0
    if sizes.min() == sizes.max():
        return float(kl_upper(np.array([rate]), -math.log(failure) / len(sizes))[0])
    weights, low, high = _weights(sizes), rate, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if log_tail(rate, middle, *weights) >= math.log(failure):
            low = middle
        else:
            high = middle
    return high


def counted_lower(errors: float, sizes: IntArray, failure: float) -> float:
    """A lower limit of the error from the number of wrong rows: `counted_upper` of the right ones."""
    return max(0.0, 1.0 - counted_upper(float(sizes.sum()) - errors, sizes, failure))


def counted_most(rate: float, sizes: IntArray, failure: float) -> int:
    """The largest number of wrong rows that the grouped test of "error ≤ rate" does not reject at level `failure`.

    The bound of `counted_upper`, inverted: P(errors ≥ E) ≤ inf over s of … > failure. Never below rate · n; `rate` = 1
    rejects nothing.
    """
    failure, total = check_failure(failure), int(sizes.sum())
    if rate >= 1.0:
        return total
    weights = _weights(sizes)
    low, high = min(total, math.floor(rate * total + 1e-9)), total
    # Right answers have mean 1 − rate; E errors are total − E of them.
    while low < high:
        middle = (low + high + 1) // 2
        kept = log_tail((total - middle) / total, 1.0 - rate, *weights) > math.log(failure)
        low, high = (middle, high) if kept else (low, middle - 1)
    return low


def counted_p_value(errors: float, rate: float, sizes: IntArray) -> float:
    """A bound on the probability of so many wrong rows or more where the error is `rate`: what `counted_most` inverts."""
    total = float(sizes.sum())
    return math.exp(log_tail((total - errors) / total, 1.0 - rate, *_weights(sizes)))


def log_tail(x: float, p: float, weights: FloatArray, counts: FloatArray) -> float:
    """The logarithm of the bound on P(Σ w_g Z_g ≤ x) for independent Z_g in [0, 1] with mean p; 0 where x ≥ p.

    Parameters
    ----------
    x, p : float
        In [0, 1].
    weights, counts : ndarray, shape (k,)
        The distinct weights, and how many groups have each; Σ counts · weights = 1.

    Notes
    -----
    Any s ≥ 0 gives a valid bound, so that an inexact minimum over s errs to the safe side.
    """
    if x >= p:
        return 0.0
    if x <= 0.0:
        return float(counts.sum() * math.log1p(-p)) if p < 1.0 else -math.inf
    if p >= 1.0:
        return -math.inf

    def slopes(s: float) -> tuple[float, float]:
        shrunk = p * np.exp(-s * weights)
        share = shrunk / (1.0 - p + shrunk)
        pulled = counts * weights * share
        return x - float(pulled.sum()), float((pulled * weights * (1.0 - share)).sum())

    # Where all weights are 1/G this is the minimum; elsewhere Newton goes on from it, inside a bracket.
    at = (math.log(p / (1.0 - p)) - math.log(x / (1.0 - x))) / float((counts * weights**2).sum())
    low, high = 0.0, math.inf
    for _ in range(NEWTON_STEPS):
        slope, bend = slopes(at)
        low, high = (at, high) if slope < 0.0 else (low, at)
        step = at - slope / bend if bend > 0.0 else math.inf
        if abs(step - at) <= 1e-12 * at:
            break
        at = step if low < step < high else (low + high) / 2 if high < math.inf else 2.0 * at
    return min(0.0, at * x + float((counts * np.log1p(p * np.expm1(-at * weights))).sum()))


def _weights(sizes: IntArray) -> tuple[FloatArray, FloatArray]:
    distinct, counts = np.unique(sizes, return_counts=True)
    return distinct / max(float(sizes.sum()), 1.0), counts.astype(np.float64)
