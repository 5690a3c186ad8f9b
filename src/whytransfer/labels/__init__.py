"""Which target rows to label, and when to stop."""

from whytransfer.labels.candidates import choose, comparisons
from whytransfer.labels.direct import class_errors, target_error, uniform_part
from whytransfer.labels.draws import Draws
from whytransfer.labels.horizon import Horizon
from whytransfer.labels.plan import LabelPlan
from whytransfer.labels.sheet import Filled
from whytransfer.labels.strata import Division
from whytransfer.labels.watch import Watch

__all__ = [
    "Division",
    "Draws",
    "Filled",
    "Horizon",
    "LabelPlan",
    "Watch",
    "choose",
    "class_errors",
    "comparisons",
    "target_error",
    "uniform_part",
]
