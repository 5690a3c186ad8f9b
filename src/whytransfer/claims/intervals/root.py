"""Where rising curves reach a level: how the limits without a closed form are found."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from whytransfer.claims.intervals.checks import FloatArray

Curve = Callable[[FloatArray], tuple[FloatArray, FloatArray]]
"""Points in [0, 1), shape (k,) → the values of k curves at their points, and their slopes."""

LAST = float(np.nextafter(1.0, 0.0))
"""The last number before 1, where every curve still has a value."""

TOLERANCE = 2.0**-52
"""Two neighbours among the numbers next to 1 are half this far apart."""


def rising_root(curve: Curve, low: FloatArray, level: float) -> FloatArray:
    """The least points of [low, 1] at which increasing curves reach `level`; 1 where they never do.

    Newton's method inside a shrinking bracket; all our curves are convex, so that its steps come from the
    right and a dozen suffice. What is returned is rounded upwards: a limit is never too short by
    the tolerance of the solver.

    Parameters
    ----------
    curve : callable
        Values and slopes of k increasing curves, each at its own point.
    low : ndarray, shape (k,)
        Points in [0, 1] where the curves are below `level`.
    level : float
        The level to reach.

    Returns
    -------
    ndarray, shape (k,)
        Accurate to the rounding of `curve`.
    """
    low, high = np.array(low, dtype=np.float64), np.ones_like(low)
    at = np.minimum((low + high) / 2, LAST)
    for _ in range(200):
        value, slope = curve(at)
        reached = value >= level
        high, low = np.where(reached, at, high), np.where(reached, low, at)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            newton = at - (value - level) / slope
        settled = np.abs(newton - at) <= TOLERANCE
        inside = (newton > low) & (newton < high)
        step = np.where(settled, at, np.where(inside, newton, low + (high - low) / 2))
        if np.all(settled | (high - low <= TOLERANCE)):
            break
        at = np.minimum(step, LAST)
    return np.minimum(high, at + 2 * TOLERANCE)
