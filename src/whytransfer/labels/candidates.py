"""The claims that labels of a plan make about several candidates: by how much each errs more than the first one, and whom to choose."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from whytransfer.claims import Claim, Level, Unit
from whytransfer.claims.intervals import Betting
from whytransfer.labels.direct import assumptions, standing
from whytransfer.labels.plan import LabelPlan
from whytransfer.labels.sheet import Filled

Integers = NDArray[np.int64]


def comparisons(plan: LabelPlan, filled: Filled) -> list[Claim]:
    """By how much each further candidate errs more than the first one.

    On the rows of the target file in a fixed design; in the law the rows come from in a sequential one, whose labels are
    independent draws from it, so that betting holds after every label.

    Where both say the same nobody gains, whatever the label: only contested rows can tell. Each labelled row stands
    for 1 / (its inclusion probability) rows; the weighted differences are limited by betting, which holds for
    stratified draws without replacement (docs/theory/labels.md).
    """
    first = plan.predictions[plan.subject_name]
    others = [name for name in plan.predictions if f"error_difference.{name}" in plan.spends]
    return [_difference(plan, filled, first, name) for name in others]


def _difference(plan: LabelPlan, filled: Filled, first: Integers, name: str) -> Claim:
    id_ = f"error_difference.{name}"
    if plan.design == "sequential" and plan.population == "file":
        return _unlimited(plan, filled, name)
    failure, differs = plan.spends[id_], first != plan.predictions[name]
    used = np.arange(plan.n if plan.design == "fixed" else filled.last)
    estimate, limits = difference(plan, filled, name), _limits(plan, filled, name, used, failure)
    noise = 2.0 * plan.label_noise
    lower, upper = max(-1.0, limits[0] - noise), min(1.0, limits[1] + noise)
    claim = Claim(
        id=id_,
        quantity="error_difference",
        unit=Unit.ERROR,
        level=Level.PROVED,
        estimate=estimate,
        lower=lower if estimate is None else min(lower, estimate),
        upper=upper if estimate is None else max(upper, estimate),
        confidence=1.0 - failure,
        theorem="betting",
        citation="waudby-smith-ramdas:24",
        loss="zero_one",
        detail={
            "delta": failure,
            "contested_rows": int(sum(plan.contested.get(name, ()))),
            "labelled_contested": int(((filled.codes >= 0) & differs)[used].sum()),
            "population": "law" if plan.design == "sequential" else "file",
            "convention": f"error of {name} less that of {plan.subject_name}, −1..1",
        },
    )
    return standing(claim, assumptions(plan))


def _limits(
    plan: LabelPlan, filled: Filled, name: str, used: Integers, failure: float
) -> tuple[float, float]:
    """Lower and upper limit at δ each, in [−1, 1], from the first rows in draw order, as if no label were wrong."""
    span = _span(plan, name)
    if not span:
        return 0.0, 0.0
    if not len(used):
        return -1.0, 1.0
    codes = filled.codes[used]
    first, other = plan.predictions[plan.subject_name][used], plan.predictions[name][used]
    gain = (other != codes).astype(float) - (first != codes)
    worth = plan.n / plan.m / plan.inclusion[used] / span
    # A contested row without a label may speak for either side.
    low, high = (np.where(codes >= 0, gain, side * (first != other)) for side in (-1.0, 1.0))
    # The largest weight over itself is one but for rounding.
    lower = Betting().lower_of(np.clip((1.0 + low * worth) / 2.0, 0.0, 1.0), failure)
    upper = Betting().upper_of(np.clip((1.0 + high * worth) / 2.0, 0.0, 1.0), failure)
    return span * (2.0 * lower - 1.0), span * (2.0 * upper - 1.0)


def _unlimited(plan: LabelPlan, filled: Filled, name: str) -> Claim:
    return Claim(
        id=f"error_difference.{name}",
        quantity="error_difference",
        unit=Unit.ERROR,
        level=Level.PROVED,
        estimate=difference(plan, filled, name),
        loss="zero_one",
        detail={
            "reason": "no limit: differences on a whole file have none that holds after every label; plan a fixed design"
        },
    )


def difference(plan: LabelPlan, filled: Filled, name: str) -> float | None:
    """The estimated error of a candidate less that of the first one, from all labelled rows, by stratum."""
    first, other = plan.predictions[plan.subject_name], plan.predictions[name]
    known = filled.codes >= 0
    gain = (other != filled.codes).astype(float) - (first != filled.codes)
    parts = []
    for h in range(len(plan.sizes)):
        inside = known & (plan.strata == h)
        contested = plan.contested.get(name)
        if contested is not None and contested[h] == 0:
            parts.append(0.0)
        elif not inside.any():
            return None
        else:
            parts.append(float(gain[inside].mean()))
    return float(np.sum(plan.draws.weights * parts))


def choose(plan: LabelPlan, filled: Filled) -> str:
    """The candidate with the least estimated error; the first one where none is estimated to err less."""
    found = {name: difference(plan, filled, name) for name in list(plan.predictions)[1:]}
    better = {name: value for name, value in found.items() if value is not None and value < 0.0}
    return min(better, key=lambda name: better[name]) if better else plan.subject_name


def _span(plan: LabelPlan, name: str) -> float:
    """The largest weight a contested row may have, in units of a uniform draw's.

    In the law the candidates may contest rows of which this file has none.
    """
    if plan.design == "sequential":
        return 1.0
    weights = [(size / plan.m) / (drawn / plan.n) for size, drawn in zip(plan.sizes, plan.drawn, strict=True)]
    contested = plan.contested.get(name, (1,) * len(weights))
    return max((w for w, c in zip(weights, contested, strict=True) if c), default=0.0)
