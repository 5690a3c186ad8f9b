"""Compiled tails of stratified draws without replacement. Imported lazily: this module imports numba.

A region of outcomes is a staircase: with i errors in the first stratum it holds 0 … ``stairs[i]`` errors in the second
(−1: none). Such a region is a down-set when its stairs don't rise, so that its probability falls as errors are added to
either stratum; all bounds here stand on that.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

F = TypeVar("F", bound=Callable[..., Any])
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

NEGLIGIBLE = 1e-22
"""Probabilities below this end a recursion: what is left out sums to far less than a limit's rounding."""
MOST_CELLS = 8192
FIRST_CELLS = 32


def _compiled(function: F) -> F:
    try:
        return cast("F", njit(cache=True)(function))
    except RuntimeError:
        # Nowhere to keep the machine code (a read-only installation without a home): compile in every process.
        return cast("F", njit(function))


@_compiled
def hypergeometric(size: int, errors: int, drawn: int, out: Floats) -> None:
    """P(k errors among `drawn` of `size` rows of which `errors` are wrong) into out[k], k = 0 … drawn.

    From the mode outwards by ratios of neighbours, so that every entry has the relative accuracy of the first.
    """
    out[:] = 0.0
    least, most = max(0, drawn - (size - errors)), min(drawn, errors)
    mode = min(max((drawn + 1) * (errors + 1) // (size + 2), least), most)
    top = math.exp(
        _log_choose(errors, mode) + _log_choose(size - errors, drawn - mode) - _log_choose(size, drawn)
    )
    out[mode] = top
    p = top
    for k in range(mode + 1, most + 1):
        p *= (errors - k + 1) * (drawn - k + 1) / (k * (size - errors - drawn + k))
        if p < NEGLIGIBLE:
            break
        out[k] = p
    p = top
    for k in range(mode - 1, least - 1, -1):
        p *= (k + 1) * (size - errors - drawn + k + 1) / ((errors - k) * (drawn - k))
        if p < NEGLIGIBLE:
            break
        out[k] = p


@_compiled
def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1.0) - math.lgamma(k + 1.0) - math.lgamma(n - k + 1.0)


@_compiled
def tail(sizes: Integers, drawn: Integers, first: int, second: int, stairs: Integers, work: Floats) -> float:
    """P(region) when `first` and `second` rows of the two strata are wrong; `work` has two rows of scratch."""
    a, b = work[0, : drawn[0] + 1], work[1, : drawn[1] + 1]
    hypergeometric(sizes[0], first, drawn[0], a)
    hypergeometric(sizes[1], second, drawn[1], b)
    for k in range(1, drawn[1] + 1):
        b[k] += b[k - 1]
    total = 0.0
    for k in range(drawn[0] + 1):
        if stairs[k] >= 0:
            total += a[k] * b[stairs[k]]
    return total


@_compiled
def worst_tail(sizes: Integers, drawn: Integers, errors: int, stairs: Integers, slack: float) -> float:
    """An upper value of max P(region) over all ways to spread `errors` wrong rows over two strata.

    Branch and bound. In a cell of splits "the first stratum has from l to h of them" no split has a larger probability
    than l wrong rows in the first and errors − h in the second would have, because the region is a down-set. The cell
    with the largest bound is halved until that bound is a split's own value, or exceeds the best split found by a
    factor of at most 1 + `slack`.
    """
    work = np.zeros((2, max(drawn[0], drawn[1]) + 1))
    lows, highs = np.zeros(MOST_CELLS, np.int64), np.zeros(MOST_CELLS, np.int64)
    bounds = np.zeros(MOST_CELLS)
    least, most = max(0, errors - sizes[1]), min(sizes[0], errors)
    count, best, low = 0, 0.0, least
    step = max(1, (most - least + FIRST_CELLS) // FIRST_CELLS)
    while low <= most:
        high = min(low + step - 1, most)
        lows[count], highs[count] = low, high
        bounds[count] = tail(sizes, drawn, low, errors - high, stairs, work)
        best = max(best, tail(sizes, drawn, low, errors - low, stairs, work))
        count += 1
        low = high + 1
    while True:
        at = np.argmax(bounds[:count])
        low, high = lows[at], highs[at]
        if low == high or bounds[at] <= best * (1.0 + slack) or count == MOST_CELLS:
            return float(bounds[at])
        middle = (low + high) // 2
        highs[at], bounds[at] = middle, tail(sizes, drawn, low, errors - middle, stairs, work)
        lows[count], highs[count] = middle + 1, high
        bounds[count] = tail(sizes, drawn, middle + 1, errors - high, stairs, work)
        best = max(best, tail(sizes, drawn, middle + 1, errors - middle - 1, stairs, work))
        count += 1
