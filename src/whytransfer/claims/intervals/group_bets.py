"""Limits for a mean from rows that come in groups, independent between groups, anything at all within them: bets on groups."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from whytransfer.claims.intervals.betting import SHARES, STAKES
from whytransfer.claims.intervals.checks import FloatArray, check_failure, check_losses
from whytransfer.claims.intervals.clopper_pearson import lower_limit, upper_limit
from whytransfer.claims.intervals.root import rising_root
from whytransfer.errors import InputError

IntArray = NDArray[np.int64]


def grouped_upper(losses: FloatArray, groups: IntArray, failure: float, largest: int | None = None) -> float:
    """An upper limit of the mean loss of a row, by betting on the groups' means.

    A bettor against "the mean loss is at least m" sees one group at a time. With c a stake in (0, 1), Z the mean loss of
    the group and a = n_g / largest, the wealth is multiplied by

        1 − a c (Z − m) / (1 − m).

    The first unit of wealth is divided among the stakes of `betting`. The limit is the least m at which the wealth reaches 1/δ.

    **Proof of validity.** Let μ_g be the expectation of Z given the group's size, which may go with the size in any way, and μ = Σ n_g μ_g / n.
    Since Z ≤ 1 and a c ≤ 1, no factor is negative. Groups are independent, so that at m = μ the product has expectation
    Π (1 − c a_g (μ_g − μ) / (1 − μ)), and since Σ a_g (μ_g − μ) = 0 that is at most 1 (means: geometric ≤ arithmetic). So it is for a mixture of
    products with fixed shares; Markov's inequality: it reaches 1/δ with probability ≤ δ. Factors rise in m, so that the limit
    lies below μ in that case only. Any other weights would limit another mean where errors go with sizes: patients who are seen often are
    the ill ones.

    **Groups drawn from a file**, without replacement and whatever their sizes: a must then be fixed by the file (`largest`), because Σ a_g (Z_g − μ) = 0
    over all its groups at its own μ, and the expectation of the product over a draw is at most the power of the mean
    factor, 1 (Maclaurin's inequality).

    Where all groups have one size they weigh alike; where that size is 1, it is `betting`.

    Parameters
    ----------
    losses : ndarray, shape (n,)
        Losses of the rows, in [0, 1].
    groups : ndarray of int, shape (n,)
        The group of each row, 0 … G − 1, each at least once.
    failure : float
        Probability that the limit misses, in (0, 1).
    largest : int, optional
        Rows of the largest group of the file that the groups were drawn from, where the limit is about that file; that of these
        groups when left out.

    Raises
    ------
    InputError
        When a loss or `failure` is outside its range, the lengths differ, or a group has more than `largest` rows.

    Notes
    -----
    Waudby-Smith & Ramdas, JRSS B 86 (2024), for independent values; docs/theory/dependent_rows.md.

    Examples
    --------
    >>> wrong, owner = np.tile([1.0, 0.0, 0.0, 0.0], 50), np.repeat(np.arange(50), 4)
    >>> grouped_upper(wrong, owner, 0.05) < 0.32 < grouped_upper(np.sort(wrong), owner, 0.05)
    True
    """
    failure, losses = check_failure(failure), check_losses(losses)
    if losses.shape != np.shape(groups):
        raise InputError(f"groups: expected one a row ({losses.size}), got {np.size(groups)}")
    if not losses.size:
        return 1.0
    sizes = np.bincount(groups)
    # The sum of a group's losses may round above its size.
    means = np.minimum(np.bincount(groups, weights=losses) / sizes, 1.0)
    limit = _least_rich(means, np.ones_like(means), _relative(sizes, largest), failure)
    return float(min(1.0, max(limit, losses.mean())))


def grouped_lower(losses: FloatArray, groups: IntArray, failure: float, largest: int | None = None) -> float:
    """A lower limit of the mean loss of a row: the statement of `grouped_upper` about 1 − loss."""
    losses = check_losses(losses)
    return max(0.0, 1.0 - grouped_upper(1.0 - losses, groups, failure, largest)) if losses.size else 0.0


def part_limits(
    hits: IntArray | int,
    part: IntArray | int,
    sizes: IntArray | int,
    failure: float,
    largest: int | None = None,
) -> tuple[float, float]:
    """Lower and upper limit of P(hit | part): of the error in a cell, of an answer in a class; each misses with `failure`.

    Independent rows: Clopper–Pearson on the rows of the part. Groups: with V_g the share of a group's rows that lie in the
    part, and W_g the share that lie in it and hit, the wealth of a bettor against "the rate is at least m" is multiplied by

        1 − a c (W_g − m V_g) / (1 − m).

    **Proof of validity.** The true rate r has Σ n_g E(W_g − r V_g) = 0, however the rows of a group hang together, wherever they lie, and
    whatever goes with their number. W_g − m V_g ≤ (1 − m) V_g ≤ 1 − m, so that no factor is negative: the rest is the proof of
    `grouped_upper`, which is the case V_g = 1. Factors rise in m since W_g ≤ V_g.

    Parameters
    ----------
    hits, part, sizes : int, or ndarray of int of shape (G,)
        Rows that hit, rows of the part, rows: in all, where they are independent, or of each group. hits ≤ part ≤ sizes.
    failure : float
        Probability that each limit misses, in (0, 1).
    largest : int, optional
        As in `grouped_upper`: where the limits are about a file from which the groups were drawn.

    Returns
    -------
    tuple of float
        (0, 1) where no row lies in the part; they hold the rate of the rows.

    Examples
    --------
    >>> lower, upper = part_limits(np.array([1, 0, 2] * 20), np.array([2, 1, 2] * 20), np.array([4, 4, 4] * 20), 0.05)
    >>> lower < 0.6 < upper
    True
    """
    failure = check_failure(failure)
    wrong, inside, rows = (np.atleast_1d(np.asarray(x, dtype=np.int64)) for x in (hits, part, sizes))
    if (
        not wrong.shape == inside.shape == rows.shape
        or not ((wrong >= 0) & (wrong <= inside) & (inside <= rows)).all()
    ):
        raise InputError(
            "expected whole numbers, one a group: hits, at most the rows of the part, at most the rows"
        )
    total, found = int(inside.sum()), int(wrong.sum())
    if total == 0:
        return 0.0, 1.0
    if np.ndim(sizes) == 0 or (largest is None and rows.max() <= 1):
        return float(lower_limit(found, total, failure)), float(upper_limit(found, total, failure))
    kept = rows > 0
    V, W, weights = inside[kept] / rows[kept], wrong[kept] / rows[kept], _relative(rows[kept], largest)
    rate = found / total
    upper = max(rate, _least_rich(W, V, weights, failure))
    lower = min(rate, 1.0 - _least_rich(V - W, V, weights, failure))
    return max(0.0, lower), min(1.0, upper)


def _least_rich(hits: FloatArray, part: FloatArray, weights: FloatArray, failure: float) -> float:
    """The least m at which the wealth against "the rate is at least m" reaches 1/δ; shares and weight of each group, (G,)."""
    # At the rate of the rows the bets sum to 0, so that the wealth is at most 1: the root lies to the right of it.
    start = float(weights @ hits / max(float(weights @ part), 1e-300))
    payoffs = np.maximum(part - hits, 0.0)
    shares = np.log(SHARES)
    stakes = STAKES[:, None] * weights[None, :]

    def log_wealth(m: FloatArray) -> tuple[FloatArray, FloatArray]:
        gains = stakes * (payoffs / (1.0 - m[0]))
        factors = (1.0 - stakes * part) + gains
        logs = shares + np.log(factors).sum(axis=1)
        top = logs.max()
        parts = np.exp(logs - top)
        slope = (parts * (gains / factors).sum(axis=1)).sum() / parts.sum() / (1.0 - m[0])
        return np.array([top + math.log(parts.sum())]), np.array([slope])

    return float(rising_root(log_wealth, np.array([min(max(start, 0.0), 1.0)]), -math.log(failure))[0])


def _relative(sizes: IntArray, largest: int | None) -> FloatArray:
    """The weights of the groups, (G,): their rows over those of the largest one there is, or could have been drawn."""
    most = int(sizes.max())
    if largest is not None and largest < most:
        raise InputError(f"largest: expected at least the {most} rows of the largest group, got {largest}")
    return np.asarray(sizes / (most if largest is None else largest), dtype=np.float64)
