"""Where rising curves reach a level: how the limits without a closed form are found."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from whytransfer.claims.intervals.checks import FloatArray

Curve = Callable[[FloatArray], tuple[FloatArray, FloatArray]]
"""Points in [0, 1), shape (k,) → the values of k curves at their points, and their slopes."""

LAST = float(np.nextafter(1.0, 0.0))
"""The last number before 1, where every curve still has a value."""


def rising_root(curve: Curve, low: FloatArray, level: float) -> FloatArray:
    """The least points of [low, 1] at which increasing curves reach `level`; 1 where they never do.

    Newton's method inside a shrinking bracket. All our curves are convex, so that Newton's steps come
    from the right, and the points returned are on the side where the level **is** reached: a limit
    is never too short by the tolerance of the solver.

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
        middle = low + (high - low) / 2
        step = np.minimum(np.where((newton > low) & (newton < high), newton, middle), LAST)
        if np.all((np.abs(step - at) <= 2e-16) | (high - low <= 2e-16)):
            break
        at = step
    return high
