"""Summaries that are made in one pass and add up. An export line here is the registration."""

from whytransfer.names import registered
from whytransfer.summaries.base import Summary
from whytransfer.summaries.categories import Categories
from whytransfer.summaries.counts import Counts
from whytransfer.summaries.duplicates import Duplicates
from whytransfer.summaries.kernel_mean import KernelMean
from whytransfer.summaries.moments import Moments
from whytransfer.summaries.quantiles import Quantiles
from whytransfer.summaries.reservoir import Reservoir

__all__ = [
    "SUMMARIES",
    "Categories",
    "Counts",
    "Duplicates",
    "KernelMean",
    "Moments",
    "Quantiles",
    "Reservoir",
    "Summary",
]

SUMMARIES: dict[str, type[Summary]] = registered(globals(), Summary)
"""Every summary of this version by its name."""
