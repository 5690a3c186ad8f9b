"""How many labels more: what is expected from here on, after some labels are there."""

from __future__ import annotations

import math

import numpy as np

from whytransfer.claims.power import labels_needed
from whytransfer.labels.plan import LabelPlan
from whytransfer.labels.sheet import Filled


def expected_more(plan: LabelPlan, filled: Filled, estimate: float | None) -> int | None:
    """How many further labels are expected to settle it if the error is what the labels so far say.

    A fixed design: those that are missing. A sequential one: what the better of its bets still has to win, divided by what a
    label is expected to bring; None where that is nothing (the estimate lies too near the requirement), or more than the
    target has.
    """
    if plan.design == "fixed":
        return plan.n - filled.labelled
    if estimate is None or filled.prefix == 0:
        return None
    works = estimate <= plan.requirement
    watch = plan.watches()[0 if works else 1]
    limit = plan.requirement if works else 1.0 - plan.requirement
    rate = estimate if works else 1.0 - estimate
    errs = (filled.codes != plan.predictions[plan.subject_name])[: filled.prefix]
    marks = errs if works else ~errs
    hypothesis = limit if plan.population == "law" else math.floor(limit * plan.m + 1e-9) + 1
    wealth = float(watch.log_wealth(marks, hypothesis)[-1])
    gain = max(_growth(float(stake), rate, limit) for stake in watch.stakes)
    if gain <= 0.0:
        return None
    more = max(1, math.ceil((-math.log(plan.headline) - wealth) / gain))
    return more if filled.prefix + more <= plan.m else None


def _growth(stake: float, rate: float, limit: float) -> float:
    """Nats that a label is expected to bring to a bet with this stake."""
    u = 1.0 - stake
    if not 0.0 < limit < 1.0:
        return 0.0
    return rate * math.log(u) + (1.0 - rate) * float(np.log1p(-u * limit) - np.log1p(-limit))


def next_rows(plan: LabelPlan, filled: Filled) -> tuple[int, int]:
    """Where the next batch lies in draw order, as (first, end): the batch of the first row that has no label."""
    if filled.prefix >= plan.n:
        return plan.n, plan.n
    batch = plan.batches[filled.prefix]
    inside = np.flatnonzero(plan.batches == batch)
    return int(inside[0]), int(inside[-1]) + 1


def labels_in_all(plan: LabelPlan, estimate: float | None, more: int | None, filled: Filled) -> int | None:
    """What the document calls ``labels_needed``: labels in all that settle it with probability .80, uniformly drawn."""
    if estimate is None:
        return None
    if plan.design == "sequential":
        return None if more is None else filled.prefix + more
    return labels_needed(estimate, plan.requirement, plan.headline, at_most=plan.m)
