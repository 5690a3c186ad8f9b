"""How many labels more: what is expected from here on, after some labels are there."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from whytransfer.claims.power import labels_needed
from whytransfer.labels.forecast import hypothesis, moved
from whytransfer.labels.plan import ENDLESS_SHARE, LabelPlan
from whytransfer.labels.sheet import Filled


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is to come.

    Parameters
    ----------
    more : int or None
        Labels that are expected until it is settled or the plan ends; None where nothing is known yet.
    chance : float or None
        Probability that the plan's labels settle it; None where that is not foretold (a fixed design has said it
        beforehand).
    """

    more: int | None
    chance: float | None = None


def outlook(plan: LabelPlan, filled: Filled, estimate: float | None) -> Outlook:
    """How many further labels are expected to settle it if the error is what the labels so far say.

    A fixed design: those that are missing. A sequential one: counted from here on, over all ways in which labels may fall.
    """
    if plan.design == "fixed":
        return Outlook(plan.n - filled.labelled)
    if estimate is None or filled.prefix in (0, plan.n):
        return Outlook(None)
    errs = (filled.codes != plan.predictions[plan.subject_name])[: filled.prefix]
    works = estimate <= plan.requirement
    failure = plan.headline * (1.0 - ENDLESS_SHARE)
    against = hypothesis(plan.draws, moved(plan.requirement, plan.label_noise, works=works), works=works)
    bounds = plan.horizon.boundary(against, failure)
    marks = errs if works else ~errs
    t, k = filled.prefix, int(marks.sum())
    rate = estimate if works else 1.0 - estimate
    truth = rate if plan.population == "law" else k + round(rate * (plan.m - t))
    stops = plan.horizon.stopping(bounds, truth, t, k)
    chance = min(1.0, float(stops.sum()))
    more = float(stops @ np.arange(plan.n + 1)) + (1.0 - chance) * plan.n - t
    return Outlook(max(1, math.ceil(more - 1e-9)), chance)


def labels_in_all(plan: LabelPlan, estimate: float | None, filled: Filled) -> int | None:
    """What the document calls ``labels_needed``: labels in all that settle it with probability .80, uniformly drawn."""
    if estimate is None:
        return None
    needed = labels_needed(estimate, plan.requirement, plan.headline, at_most=plan.m)
    # What is already there has not settled it.
    return needed if needed is None or plan.design == "fixed" else max(needed, filled.prefix + 1)
