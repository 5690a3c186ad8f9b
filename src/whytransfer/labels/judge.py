"""From labels to limits: what a filled, half-filled or skipped-through sheet proves about one candidate's error."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whytransfer.claims.intervals import upper_limit
from whytransfer.labels.draws import ordering
from whytransfer.labels.plan import EARLY_SHARE, ENDLESS_SHARE, LabelPlan
from whytransfer.labels.sheet import Filled
from whytransfer.labels.watch import Watch

Booleans = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """One-sided limits that hold together on each side with probability 1 − δ, whatever rows were skipped.

    Parameters
    ----------
    estimate : float or None
        From the rows up to the last labelled one, a skipped one being half an error; None where they say nothing about a stratum.
    lower, upper : float
        In [0, 1].
    method : str
        ``"planned"``, ``"early"``, ``"sequential"``, ``"endless"`` or ``"none"``: where the upper limit comes from.
    errors, rows : int
        Errors among the rows that are labelled without a gap, and how many these are.
    """

    estimate: float | None
    lower: float
    upper: float
    method: str
    errors: int
    rows: int


def judge(plan: LabelPlan, filled: Filled, failure: float) -> Limits:
    """Limits for the error of the first candidate, by the design of the plan.

    Skipped rows (no label, but a later row has one) count as errors in the upper limit and as right in the lower one; rows
    after the last label are treated alike in a fixed design, and have not happened yet in a sequential one.

    Parameters
    ----------
    plan, filled : LabelPlan, Filled
    failure : float
        δ of each limit.
    """
    predicted = plan.predictions[plan.subject_name]
    known = filled.codes >= 0
    wrong = known & (filled.codes != predicted)
    least, most = wrong, wrong | ~known
    t = filled.prefix
    estimate = _estimate(plan, (least[: filled.last] + 1.0 * most[: filled.last]) / 2.0)
    if plan.design == "sequential":
        lower, upper, method = _sequential(plan, least, most, filled, failure)
    else:
        lower, upper, method = _fixed(plan, least, most, t, failure)
    noise = plan.label_noise
    return Limits(
        estimate=estimate,
        lower=max(0.0, lower - noise),
        upper=min(1.0, upper + noise),
        method=method if known.any() else "none",
        errors=int(wrong[:t].sum()),
        rows=t,
    )


def counts(plan: LabelPlan, errs: Booleans) -> tuple[int, ...]:
    """How many of the planned rows of each stratum are marked."""
    found = np.bincount(plan.strata, weights=errs, minlength=len(plan.drawn))
    return tuple(round(k) for k in found)


def _fixed(
    plan: LabelPlan, least: Booleans, most: Booleans, t: int, failure: float
) -> tuple[float, float, str]:
    """The exact limits at the planned number, skipped rows at their worst; met with an early look at the first t rows.

    Both hold together: the early look has its own small share of δ. Any number of looks with skipped rows at their worst is
    covered by the one at the end, whose limit they never undercut.
    """
    planned = failure * (1.0 - EARLY_SHARE)
    upper = plan.draws.upper(_flipped(plan, counts(plan, most), 1, planned), planned)
    lower = plan.draws.lower(_flipped(plan, counts(plan, least), -1, planned), planned)
    if t in (plan.n, 0):
        return lower, upper, "planned"
    early = failure * EARLY_SHARE
    noisy = _noisy(plan, most[:t])
    sooner = early_upper(plan, noisy, early)
    later = 1.0 - early_upper(plan, _noisy(plan, ~least[:t]), early)
    return max(lower, later), min(upper, sooner), "early" if sooner < upper else "planned"


def early_upper(plan: LabelPlan, errs: Booleans, failure: float) -> float:
    """An anytime limit from the first rows of a fixed design: a watch a stratum, and for the law one step more."""
    if len(plan.sizes) == 1:
        return plan.watch.upper(errs, failure)
    strata = plan.strata[: len(errs)]
    # The law: the file's errors at half of δ, then the law's from those of m independent rows at the other half.
    share = failure / (len(plan.sizes) * (1 if plan.population == "file" else 2))
    wrong = sum(size * Watch(rows=size).upper(errs[strata == h], share) for h, size in enumerate(plan.sizes))
    if plan.population == "file":
        return float(wrong / plan.m)
    return float(upper_limit(math.ceil(wrong - 1e-6), plan.m, failure / 2))


def _sequential(
    plan: LabelPlan, least: Booleans, most: Booleans, filled: Filled, failure: float
) -> tuple[float, float, str]:
    """The limits of the plan's labels and those without end, each with its share of δ: the shorter one, as both hold together.

    Whoever looks has seen every row up to the last labelled one, the skipped ones at their worst.
    """
    errs, right = (_noisy(plan, marks[: filled.last]) for marks in (most, ~least))
    ended, endless = failure * (1.0 - ENDLESS_SHARE), failure * ENDLESS_SHARE
    upper, longer = plan.horizon.upper(errs, ended), plan.watch.upper(errs, endless)
    below = min(plan.horizon.upper(right, ended), plan.watch.upper(right, endless))
    return 1.0 - below, min(upper, longer), "endless" if longer < upper else "sequential"


def _estimate(plan: LabelPlan, errors: Floats) -> float | None:
    """Σ W_h (mean of the errors of the stratum's rows, the first ones in draw order); None where a stratum has none."""
    rates = []
    for h in range(len(plan.sizes)):
        inside = plan.strata[: len(errors)] == h
        if not inside.any():
            return None
        rates.append(float(errors[inside].mean()))
    return float(np.sum(plan.draws.weights * rates))


def _noisy(plan: LabelPlan, errs: Booleans) -> Booleans:
    """The marks with as many more of them, the first ones, as labels may be wrong."""
    extra = math.floor(plan.label_noise * len(errs) + 1e-9)
    if not extra:
        return errs
    moved = errs.copy()
    moved[np.flatnonzero(~errs)[:extra]] = True
    return moved


def _flipped(plan: LabelPlan, found: tuple[int, ...], sign: int, failure: float) -> tuple[int, ...]:
    """The counts when as many labels as may be wrong are wrong in the worst way: the outcome last (first) in the order.

    `failure` is that of the limit which is asked next: every δ has an order of its own.
    """
    extra = math.floor(plan.label_noise * plan.n + 1e-9)
    if not extra:
        return found
    room = [n - k if sign > 0 else k for n, k in zip(plan.drawn, found, strict=True)]
    if len(found) == 1:
        return (found[0] + sign * min(extra, room[0]),)
    extra = min(extra, sum(room))
    first = np.arange(max(0, extra - room[1]), min(extra, room[0]) + 1)
    places = found[0] + sign * first, found[1] + sign * (extra - first)
    # Limits are monotone in the order of the draw (mirrored for the lower one), so that its extreme is theirs.
    order = ordering(plan.draws, failure)
    if sign > 0:
        at = int(np.argmax(order[places]))
    else:
        mirrored = plan.drawn[0] - places[0], plan.drawn[1] - places[1]
        at = int(np.argmax(order[mirrored]))
    return int(places[0][at]), int(places[1][at])
