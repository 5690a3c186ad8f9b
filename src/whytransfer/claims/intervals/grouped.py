"""Limits for an error from the number of wrong rows and the sizes of the groups they come in, which are independent."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whytransfer.claims.intervals.checks import check_failure
from whytransfer.claims.intervals.chernoff import kl_upper
from whytransfer.claims.intervals.hoeffding import hoeffding_term
from whytransfer.errors import InputError

IntArray = NDArray[np.int64]


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


def counted_upper(errors: float, sizes: IntArray, failure: float, file: IntArray | None = None) -> float:
    """An upper limit of the error from the number of wrong rows and the sizes of the groups alone.

    Wider than `grouped_upper`, which sees how the errors fall on the groups. It rises with the number of errors, so that
    the limit of the largest number is the largest limit: what a maximum over hypotheses needs, of which only one fixed
    member must be covered.

    **Proof of validity.** Y_g, the wrong rows of a group over the rows of the largest one, are independent and lie in [0, 1]; the mean of
    their expectations is p' = p / r, with r = G · largest / n. Hoeffding 1963, theorem 1, asks for no common law: P(mean of Y ≤ x) ≤ exp(−G kl(x ‖ p')) for
    x ≤ p'. And by theorem 2, for the row mean itself, P(p̂ ≤ x) ≤ exp(−2 n_eff (p − x)²) with n_eff = n² / Σ n_g². Both bound the tail of one statistic,
    the number of wrong rows, so that the smaller bound holds: the limit is the smaller of r times the largest p' with kl(x ‖ p') ≤
    ln(1/δ) / G and p̂ + sqrt(ln(1/δ) / (2 n_eff)). Nothing is assumed of how errors go with sizes. Groups of one size: Chernoff's limit of G rows.

    Groups drawn from a file: largest and average are those of the file, and the first bound alone holds (Hoeffding's theorem 4: a draw without
    replacement deviates no more than one with it).

    Parameters
    ----------
    errors : float
        Number of wrong rows, 0 … n.
    sizes : ndarray of int, shape (G,)
        Rows of each group.
    failure : float
        Probability that the limit misses, in (0, 1).
    file : ndarray of int, shape (H,), optional
        Rows of all groups of the file that these were drawn from, where the limit is about that file.
    """
    failure, rate, found = check_failure(failure), _rate(errors, sizes), _Means.of(sizes, file)
    if found is None:
        return 1.0
    x = errors / (found.groups * found.largest)
    limit = found.ratio * float(kl_upper(np.array([x]), -math.log(failure) / found.groups)[0])
    by_rows = math.inf if file is not None else rate + hoeffding_term(failure, found.effective)
    return min(1.0, max(rate, min(limit, by_rows)))


def counted_lower(errors: float, sizes: IntArray, failure: float, file: IntArray | None = None) -> float:
    """A lower limit of the error from the number of wrong rows: the same inequality for its other tail."""
    failure, rate, found = check_failure(failure), _rate(errors, sizes), _Means.of(sizes, file)
    if found is None:
        return 0.0
    x = errors / (found.groups * found.largest)
    limit = found.ratio * (1.0 - float(kl_upper(np.array([1.0 - x]), -math.log(failure) / found.groups)[0]))
    by_rows = -math.inf if file is not None else rate - hoeffding_term(failure, found.effective)
    return max(0.0, min(rate, max(limit, by_rows)))


def counted_most(rate: float, sizes: IntArray, failure: float) -> int:
    """The largest number of wrong rows that the grouped test of "error ≤ rate" does not reject at level `failure`.

    The bound of `counted_p_value`, inverted. Never below rate · n; `rate` = 1 rejects nothing.
    """
    failure, total = check_failure(failure), int(sizes.sum())
    low, high = min(total, math.floor(rate * total + 1e-9)), total
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if counted_p_value(middle, rate, sizes) > failure else (low, middle - 1)
    return low


def counted_p_value(errors: float, rate: float, sizes: IntArray) -> float:
    """A bound on the probability of so many wrong rows or more where the error is `rate`: the smaller one of `counted_upper`."""
    from scipy.special import rel_entr

    found = _Means.of(sizes)
    if found is None:
        return 1.0
    x, p = _rate(errors, sizes) / found.ratio, rate / found.ratio
    if x <= p:
        return 1.0
    by_means = found.groups * float(rel_entr(x, p) + rel_entr(1.0 - x, 1.0 - p))
    by_rows = 2.0 * found.effective * (found.ratio * (x - p)) ** 2
    return math.exp(-max(by_means, by_rows))


@dataclass(frozen=True, slots=True)
class _Means:
    """How a mean over rows becomes one over groups, of wrong rows in units of the largest group.

    Parameters
    ----------
    groups : int
        G, those that were scored.
    largest : int
        Rows of the largest group there is.
    ratio : float
        Rows of the largest group over those of an average one, at least 1.
    effective : float
        n² / Σ n_g².
    """

    groups: int
    largest: int
    ratio: float
    effective: float

    @classmethod
    def of(cls, sizes: IntArray, file: IntArray | None = None) -> _Means | None:
        """None without rows."""
        if not sizes.sum():
            return None
        every = sizes if file is None else file
        largest = int(every.max())
        return cls(len(sizes), largest, ratio=largest / float(every.mean()), effective=effective_rows(sizes))


def _rate(errors: float, sizes: IntArray) -> float:
    total = float(sizes.sum())
    rate = errors / total if total else 0.0
    if not 0.0 <= rate <= 1.0:
        raise InputError(f"the number of errors must lie between 0 and n = {int(total)}, got {errors!r}")
    return rate
