"""Compiled tails of stratified draws without replacement. Imported lazily: this module imports numba.

A region of outcomes is a staircase: with i errors in the first stratum it holds 0 … ``stairs[i]`` errors in the second
(−1: none). Such a region is a down-set when its stairs don't rise, so that its probability falls as errors are added to
either stratum; all bounds here stand on that.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from whytransfer.compiled import compiled

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

NEGLIGIBLE = 1e-22
"""Probabilities below this end a recursion: what is left out sums to far less than a limit's rounding."""
MOST_CELLS = 256
"""Room on the stack: the first cells, and two for each halving of up to 2^63 rows."""
FIRST_CELLS = 64


@compiled
def hypergeometric(size: int, errors: int, drawn: int, out: Floats) -> tuple[int, int]:
    """P(k errors among `drawn` of `size` rows of which `errors` are wrong) into out[k], k = 0 … drawn; and where it isn't 0.

    From the mode outwards by ratios of neighbours, so that every entry has the relative accuracy of the first. Entries outside the
    first and last k that are returned are left as they were.
    """
    least, most = max(0, drawn - (size - errors)), min(drawn, errors)
    mode = min(max((drawn + 1) * (errors + 1) // (size + 2), least), most)
    top = math.exp(
        _log_choose(errors, mode) + _log_choose(size - errors, drawn - mode) - _log_choose(size, drawn)
    )
    out[mode] = top
    first, last, p = mode, mode, top
    for k in range(mode + 1, most + 1):
        p *= (errors - k + 1) * (drawn - k + 1) / (k * (size - errors - drawn + k))
        if p < NEGLIGIBLE:
            break
        out[k], last = p, k
    p = top
    for k in range(mode - 1, least - 1, -1):
        p *= (k + 1) * (size - errors - drawn + k + 1) / ((errors - k) * (drawn - k))
        if p < NEGLIGIBLE:
            break
        out[k], first = p, k
    return first, last


@compiled
def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1.0) - math.lgamma(k + 1.0) - math.lgamma(n - k + 1.0)


@compiled
def probability_table(size: int, drawn: int, cumulated: bool, most: int) -> tuple[Floats, Integers, Integers]:
    """`hypergeometric` for every number of wrong rows, 0 … size, one after the other, or its partial sums.

    Returned are all values, where those of each number of wrong rows start (one place more than there are), and which k the
    first of them stands for. Empty where they would be more than `most`.
    """
    starts, firsts, line = np.zeros(size + 2, np.int64), np.zeros(size + 1, np.int64), np.zeros(drawn + 1)
    for errors in range(size + 1):
        first, last = hypergeometric(size, errors, drawn, line)
        starts[errors + 1], firsts[errors] = starts[errors] + last - first + 1, first
        if starts[errors + 1] > most:
            return np.zeros(0), np.zeros(0, np.int64), np.zeros(0, np.int64)
    values = np.zeros(starts[size + 1])
    for errors in range(size + 1):
        first, last = hypergeometric(size, errors, drawn, line)
        total = 0.0
        for k in range(first, last + 1):
            total += line[k]
            values[starts[errors] + k - first] = total if cumulated else line[k]
    return values, starts, firsts


@compiled
def tail(
    sizes: Integers,
    drawn: Integers,
    first: int,
    second: int,
    stairs: Integers,
    one: tuple[Floats, Integers, Integers],
    two: tuple[Floats, Integers, Integers],
) -> float:
    """P(region) when `first` and `second` rows of the two strata are wrong.

    `one` and `two` are the tables of the two strata (the second one cumulated); empty where tables would be too large.
    """
    if len(one[0]) and len(two[0]):
        a, b = one[0][one[1][first] : one[1][first + 1]], two[0][two[1][second] : two[1][second + 1]]
        low, base = one[2][first], two[2][second]
    else:
        line, sums = np.zeros(drawn[0] + 1), np.zeros(drawn[1] + 1)
        low, last = hypergeometric(sizes[0], first, drawn[0], line)
        a = line[low : last + 1]
        base, last = hypergeometric(sizes[1], second, drawn[1], sums)
        b = sums[base : last + 1]
        for k in range(1, len(b)):
            b[k] += b[k - 1]
    total = 0.0
    for k in range(len(a)):
        step = stairs[low + k] - base
        if step >= 0:
            total += a[k] * b[min(step, len(b) - 1)]
    return total


@compiled
def worst_tail(
    sizes: Integers,
    drawn: Integers,
    errors: int,
    stairs: Integers,
    slack: float,
    one: tuple[Floats, Integers, Integers],
    two: tuple[Floats, Integers, Integers],
) -> float:
    """An upper value of max P(region) over all ways to spread `errors` wrong rows over two strata.

    Branch and bound. In a cell of splits "the first stratum has from l to h of them" no split has a larger probability
    than l wrong rows in the first and errors − h in the second would have, because the region is a down-set. A cell is
    halved unless that bound exceeds the best split found so far by a factor of at most 1 + `slack`; in the end the best
    split times 1 + `slack` is above all.
    """
    lows, highs = np.zeros(MOST_CELLS, np.int64), np.zeros(MOST_CELLS, np.int64)
    least, most = max(0, errors - sizes[1]), min(sizes[0], errors)
    step = max(1, (most - least + FIRST_CELLS) // FIRST_CELLS)
    count, best, low = 0, 0.0, least
    while low <= most:
        lows[count], highs[count] = low, min(low + step - 1, most)
        best = max(best, tail(sizes, drawn, low, errors - low, stairs, one, two))
        low, count = low + step, count + 1
    while count > 0:
        count -= 1
        low, high = lows[count], highs[count]
        bound = tail(sizes, drawn, low, errors - high, stairs, one, two)
        if bound <= best * (1.0 + slack):
            continue
        if low == high:
            best = bound
            continue
        middle = (low + high) // 2
        best = max(best, tail(sizes, drawn, middle, errors - middle, stairs, one, two))
        # Depth first: the stack holds one cell a level beside the first ones.
        lows[count], highs[count] = low, middle
        lows[count + 1], highs[count + 1] = middle + 1, high
        count += 2
    return float(best * (1.0 + slack))
