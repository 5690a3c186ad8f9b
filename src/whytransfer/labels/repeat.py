"""Ever more certificates of one model: a δ for each, so that all of them hold together."""

from __future__ import annotations

import math

from whytransfer.errors import InputError


def share_of_repeat(delta: float, t: int) -> float:
    """δ of the t-th certificate, t = 1, 2, …: δ · 6 / (π² t²). Over all t they add up to δ.

    >>> round(sum(share_of_repeat(0.05, t) for t in range(1, 100_000)), 5)
    0.05
    """
    if isinstance(t, bool) or not isinstance(t, int) or t < 1:
        raise InputError(f"repeat: expected 1, 2, 3 … for the first, second, third certificate, got {t!r}")
    return delta * 6.0 / (math.pi * t) ** 2
