"""What real transfers with known labels said of the panel's error; the figures are written by `python -m benchmarks.quantities OUT --write`."""

from __future__ import annotations

from collections.abc import Mapping

SHARES: Mapping[str, float] = {"disagreement": 0.75, "dle": 0.25}
"""Weights of the logarithms of the estimated ratios in the panel's centre: the best quarters for all three losses on the same transfers (equal
weights are off by .01 more), so that the limits below know them."""

DATA_SETS = 100
TRANSFERS = 200

ABSOLUTE = (0.760, 4.200)
RMSE = (0.745, 4.134)
HUBER = (0.786, 2.221)
"""By loss, the 5 % and 95 % quantile of true loss over the panel's estimate, each data set weighing one."""
FACTORS: Mapping[str, tuple[float, float]] = {"absolute": ABSOLUTE, "rmse": RMSE, "huber": HUBER}

MOST_RISE = 2.58
"""The 95 % quantile of the panel's estimated rise."""


def factors(loss: str) -> tuple[float, float]:
    """What the panel's estimate is multiplied by for its lower and its upper limit."""
    return FACTORS[loss]
