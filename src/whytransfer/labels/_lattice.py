"""Compiled walks over (labels, errors so far). Imported lazily: this module imports numba.

A boundary says after how many labels t with how many errors at most one stops: ``bounds[t]``, t = 0 … n (−1: never). The file
from which rows are drawn without replacement has `rows` rows; `rows` = 0 stands for independent draws from a law.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from whytransfer.compiled import compiled

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

FORGOTTEN = 1e-25
"""Paths less likely than this are left out at the edges of a walk; all of them together are below 1e-20."""
LOST = 1e-290
"""Wealth below this is set to 0: near the least normal number, 2e-308, arithmetic is many times slower."""


@compiled
def _kl(p: float, q: float) -> float:
    """kl(p ‖ q) of two coins, in nats."""
    found = 0.0
    if p > 0.0:
        found += p * math.log(p / q)
    if p < 1.0:
        found += (1.0 - p) * math.log((1.0 - p) / (1.0 - q))
    return found


@compiled
def reached(t: int, k: int, level: float, rows: int, need: float) -> bool:
    """Whether k errors among the first t labels lie at least √`need` standard deviations below the rate `level`.

    In the sense of the likelihood: twice its log ratio is at least `need`, with half an error added because counts are whole.
    It rises with `level` and falls as k grows.
    """
    rate = (k + 0.5) / t
    if rate >= level:
        return False
    if level >= 1.0:
        return True
    if rows == 0:
        return 2.0 * t * _kl(rate, level) >= need
    if t == rows:
        return True
    left = (rows * level - k - 0.5) / (rows - t)
    if left >= 1.0:
        return True
    return 2.0 * (t * _kl(rate, level) + (rows - t) * _kl(left, level)) >= need


@compiled
def boundary(level: float, rows: int, needs: Floats) -> Integers:
    """The most errors that `reached` allows after each number of labels, shape (n + 1,)."""
    found, k = np.full(len(needs), -1, np.int64), -1
    for t in range(1, len(needs)):
        while k + 1 <= t and reached(t, k + 1, level, rows, needs[t]):
            k += 1
        while k >= 0 and not reached(t, k, level, rows, needs[t]):
            k -= 1
        found[t] = k
    return found


@compiled
def ever_reached(errors: Integers, level: float, rows: int, needs: Floats) -> bool:
    """Whether `reached` held at some moment; `errors` counts them after 0, 1, 2 … labels."""
    for t in range(1, len(errors)):  # noqa: SIM110  (numba compiles no generator expressions)
        if reached(t, errors[t], level, rows, needs[t]):
            return True
    return False


@compiled
def stopping(bounds: Integers, rows: int, rate: float, labels: int, errors: int) -> Floats:
    """P(the boundary is first met after t labels), t = 0 … n, from `errors` among `labels` labels on.

    `rate` is the probability of an error, or for a file how many of its rows are wrong.
    """
    n = len(bounds) - 1
    mass, found = np.zeros(n + 2), np.zeros(n + 1)
    mass[errors] = 1.0
    least = most = errors
    for t in range(labels + 1, n + 1):
        most += 1
        for k in range(most, least - 1, -1):
            come = 0.0
            if k > least:
                wrong = rate if rows == 0 else (rate - k + 1.0) / (rows - t + 1.0)
                come = mass[k - 1] * min(max(wrong, 0.0), 1.0)
            wrong = rate if rows == 0 else (rate - k) / (rows - t + 1.0)
            mass[k] = mass[k] * (1.0 - min(max(wrong, 0.0), 1.0)) + come
        while least <= most and least <= bounds[t]:
            found[t] += mass[least]
            mass[least] = 0.0
            least += 1
        while least < most and mass[most] < FORGOTTEN:
            mass[most] = 0.0
            most -= 1
        while least < most and mass[least] < FORGOTTEN:
            mass[least] = 0.0
            least += 1
        if least > most:
            break
    return found


@compiled
def wealth(wrong: Booleans, hypothesis: float, rows: int, stakes: Floats, shares: Floats) -> Floats:
    """Of a bettor who divided 1 among stakes, after each row; see `Watch`. Infinite from where the hypothesis is excluded."""
    found, held = np.empty(len(wrong)), shares.copy()
    errors = 0
    for i in range(len(wrong)):
        p = hypothesis if rows == 0 else (hypothesis - errors) / (rows - i)
        # Where the hypothesis leaves no choice there is nothing to win; what it excludes refutes it at once.
        if (wrong[i] and (p <= 0.0 or p > 1.0)) or (not wrong[i] and p >= 1.0):
            found[i:] = np.inf
            break
        total = 0.0
        for j in range(len(stakes)):
            u = 1.0 - stakes[j]
            if not wrong[i]:
                held[j] *= (1.0 - u * p) / (1.0 - p)
            elif p < 1.0:
                held[j] *= u
            # So little is as good as lost; arithmetic with it would be slow.
            if held[j] < LOST:
                held[j] = 0.0
            total += held[j]
        found[i] = total
        errors += wrong[i]
    return found
