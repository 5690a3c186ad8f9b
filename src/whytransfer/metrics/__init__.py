"""What may be judged beside the error: each metric as a loss, with what labels prove of it.

>>> sorted(METRICS), metric("balanced_error").title
(['auc', 'balanced_error', 'f1'], 'the balanced error')
"""

from __future__ import annotations

from pathlib import Path

from whytransfer.errors import UnknownNameError
from whytransfer.metrics.auc import AUC
from whytransfer.metrics.balanced_error import BalancedError
from whytransfer.metrics.base import Labelled, Limits, Metric
from whytransfer.metrics.cost import Cost
from whytransfer.metrics.f1 import F1
from whytransfer.metrics.loss import Loss, is_loss, loss

METRICS: dict[str, type[Metric]] = {kind.name: kind for kind in (BalancedError, F1, AUC)}
"""Metrics that need no file."""

COST = "cost:"


def metric(name: str) -> Metric:
    """The metric of this name: ``balanced_error``, ``f1``, ``auc``, or ``cost:FILE``.

    Raises
    ------
    UnknownNameError
        With the nearest name.
    InputError
        When the file of costs can't be used.
    """
    if name.startswith(COST) and name != COST:
        return Cost.read(Path(name.removeprefix(COST)))
    if name not in METRICS:
        raise UnknownNameError("metric", name, ("error", *METRICS, "cost:FILE"))
    return METRICS[name]()


__all__ = [
    "AUC",
    "COST",
    "F1",
    "METRICS",
    "BalancedError",
    "Cost",
    "Labelled",
    "Limits",
    "Loss",
    "Metric",
    "is_loss",
    "loss",
    "metric",
]
