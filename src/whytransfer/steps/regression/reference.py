"""What real transfers with known labels said of the panel's error; the figures are written by `python -m benchmarks regression`."""

from __future__ import annotations

from collections.abc import Mapping

SHARES: Mapping[str, float] = {"disagreement": 0.5, "dle": 0.5}
"""Weights of the logarithms of the estimated ratios in the panel's centre: equal ones, fitted ones did no better on data sets left out."""

DATA_SETS = 0
TRANSFERS = 0

FACTORS: Mapping[str, tuple[float, float]] = {"absolute": (0.5, 2.0), "rmse": (0.5, 2.0), "huber": (0.5, 2.0)}
"""By loss, the 5 % and 95 % quantile of true loss over the panel's estimate, each data set weighing one."""

MOST_RISE = 3.0
"""The 95 % quantile of the panel's estimated rise."""


def factors(loss: str) -> tuple[float, float]:
    """What the panel's estimate is multiplied by for its lower and its upper limit."""
    return FACTORS[loss]
