"""Estimates of the loss on the target without target labels: each estimator, and the panel that may decide."""

from __future__ import annotations

import math
from typing import Any

from whytransfer.claims import EXCHANGEABLE_WITH_REFERENCE, Assumption, Claim, Level, Status, Unit
from whytransfer.metrics import Loss
from whytransfer.steps.regression import reference
from whytransfer.steps.regression.signals import DISAGREEMENT, LEARNED, Signals

CONFIDENCE = 0.95
"""Of each limit of an estimate: no part of δ."""

ASSUMPTIONS = {kind.name: kind.assumption for kind in LEARNED} | {
    DISAGREEMENT: "models of several families that contradict each other more are farther from the truth in proportion"
}
CITATIONS = {kind.name: kind.reference for kind in LEARNED}


def claims(loss: Loss, seen: Signals | str) -> list[Claim]:
    """The claim of each estimator, and the panel's; silent ones say why."""
    if isinstance(seen, str):
        return [_claim("panel", loss, detail={"reason": seen})]
    made = []
    for name in (*CITATIONS, DISAGREEMENT):
        if name in seen.values:
            stands = Assumption(id=f"holds_{name}", text=ASSUMPTIONS[name])
            made.append(
                _claim(
                    name,
                    loss,
                    estimate=seen.values[name],
                    assumptions=(stands,),
                    detail=dict(seen.told.get(name, {})),
                )
            )
        else:
            made.append(_claim(name, loss, detail={"reason": seen.left_out[name]}))
    return [panel(loss, seen), *made]


def panel(loss: Loss, seen: Signals) -> Claim:
    """The geometric mean of the estimates of disagreement and learned losses, with limits from other people's transfers."""
    ratio = centre(seen)
    if ratio is None:
        reason = "the model is never off on the held-out source rows, or no other model contradicts it there"
        return _claim("panel", loss, detail={"reason": reason})
    estimate = seen.source * ratio
    low, high = reference.factors(loss.name)
    far = unlike(seen)
    stands = EXCHANGEABLE_WITH_REFERENCE if far is None else _rejected(far)
    ratios = {name: value for name in seen.values if (value := seen.ratio(name)) is not None}
    return _claim(
        "panel",
        loss,
        estimate=estimate,
        lower=estimate * low,
        upper=estimate * high if loss.largest is None else min(estimate * high, loss.largest),
        confidence=CONFIDENCE,
        assumptions=(stands,),
        detail={
            "ratios": ratios,
            "factors": [low, high],
            "reference_transfers": reference.TRANSFERS,
            "reference_data_sets": reference.DATA_SETS,
        },
    )


def centre(seen: Signals) -> float | None:
    """The estimated loss there over the loss here; None without the committee's estimate, on which the panel stands."""
    shares = reference.SHARES
    known = {name: ratio for name in shares if (ratio := seen.ratio(name)) is not None and ratio > 0.0}
    if DISAGREEMENT not in known:
        return None
    total = sum(shares[name] for name in known)
    return math.exp(sum(shares[name] * math.log(ratio) for name, ratio in known.items()) / total)


def unlike(seen: Signals) -> str | None:
    """Why no estimate may decide: the problem lies beyond what 95 % of the reference transfers are like."""
    ratio = centre(seen)
    if ratio is not None and ratio > reference.MOST_RISE:
        return (
            f"the expected rise, {ratio:.2f}-fold, exceeds that of 95 % of the reference transfers ({reference.MOST_RISE:.2f}-fold), so that "
            "no estimate is trusted"
        )
    return None


def _rejected(test: str) -> Assumption:
    return EXCHANGEABLE_WITH_REFERENCE.with_status(Status.REJECTED, test=test)


def _claim(name: str, loss: Loss, **parts: Any) -> Claim:
    detail = {"convention": f"{loss.title}, in the unit of the label", **parts.pop("detail", {})}
    return Claim(
        id=f"target_error.{name}",
        quantity="target_error",
        unit=Unit.LABEL,
        level=Level.ESTIMATED,
        citation=CITATIONS.get(name),
        loss=loss.name,
        detail=detail,
        **parts,
    )
