"""What the labels of a plan for a quantity prove."""

from __future__ import annotations

import numpy as np

from whytransfer.claims import Claim, Level, Unit
from whytransfer.claims.intervals import Betting
from whytransfer.labels.number_plan import NumberPlan
from whytransfer.labels.sheet import Filled
from whytransfer.steps.certificate import Certified, next_batch, planned, still_missing, unlabelled
from whytransfer.verdict import Answer, Basis, Requirement, Verdict, decide, too_few
from whytransfer.wording import how_many


def certificate(plan: NumberPlan, filled: Filled) -> Certified:
    """Claims, the answer, and the ``whytransfer/audit/1`` document."""
    claim = direct(plan, filled)
    requirement = Requirement(
        value=plan.requirement,
        quantity="target_error",
        kind=plan.requirement_kind,
        title=plan.loss.title,
    )
    ruling = decide((claim,), requirement, blocked=too_few(plan.m) if filled.labelled else unlabelled(plan.n))
    verdict = Verdict(
        answer=ruling.answer,
        basis=ruling.basis,
        requirement=requirement,
        reason=ruling.reason,
        subject=plan.subject,
    )
    notes = list(filled.notes)
    if filled.skipped:
        notes.append(
            f"{how_many(filled.skipped, 'skipped rows')}; such a row counts as {plan.loss.cap:g} off in upper limits and as right in lower ones, because "
            "people skip hard rows"
        )
    warnings = tuple(dict.fromkeys((*notes, *plan.warnings, *ruling.warnings)))
    options = {
        "tolerance": plan.requirement,
        "metric": plan.loss.to_dict(),
        "design": "sequential",
        "way": "uniform",
        "population": "law",
        "delta": plan.delta,
        "seed": plan.seed,
    }
    steps = _next_steps(plan, filled, verdict)
    written = planned(plan, filled, verdict, [claim], warnings=warnings, next_steps=steps, options=options)
    return Certified(verdict=verdict, claims=(claim,), warnings=warnings, document=written)


def direct(plan: NumberPlan, filled: Filled) -> Claim:
    """The loss on the target from the labels up to the last one, in the order of the draw: betting, valid after every label."""
    end, top = filled.last, float(plan.loss.largest or 0.0) ** plan.loss.power
    values = np.full(plan.n, np.nan) if filled.numbers is None else filled.numbers
    shares = np.minimum(plan.loss.powers(plan.predictions[:end], values[:end]) / top, 1.0)
    known = np.isfinite(shares)
    worst, best = np.where(known, shares, 1.0), np.where(known, shares, 0.0)
    lower = plan.loss.measured(top * Betting().lower_of(best, plan.delta)) if end else 0.0
    upper = plan.loss.measured(top * Betting().upper_of(worst, plan.delta)) if end else plan.loss.largest
    return Claim(
        id="target_error.direct",
        quantity="target_error",
        unit=Unit.LABEL,
        level=Level.CONDITIONAL if plan.standing else Level.PROVED,
        estimate=plan.loss.measured(top * float(shares[known].mean())) if known.any() else None,
        lower=lower,
        upper=upper,
        confidence=1.0 - plan.delta,
        theorem="betting",
        citation="waudby-smith-ramdas:24",
        loss=plan.loss.name,
        assumptions=plan.standing,
        detail={
            "delta": plan.delta,
            "rows": int(known.sum()),
            "skipped": filled.skipped,
            "loss_cap": plan.loss.cap,
            "anytime": True,
            "convention": f"{plan.loss.title}, in the unit of the label",
        },
    )


def _next_steps(plan: NumberPlan, filled: Filled, verdict: Verdict) -> list[dict[str, str]]:
    if verdict.answer is Answer.WORKS and verdict.basis is Basis.CERTIFIED:
        return [{"action": "stop", "text": "stop labelling: the requirement is certified"}]
    if verdict.answer is Answer.FAILS:
        text = "stop labelling: the loss is certified to exceed the requirement; adapt the model with the labels, or train it with them"
        return [{"action": "adapt", "text": text}]
    if filled.prefix < plan.n:
        text = f"continue: label {next_batch(plan, filled)}{still_missing(plan.n, filled.labelled)}"
        return [{"action": "label", "text": text}]
    text = (
        f"all {plan.n} planned rows are labelled and the question is open: plan again with a larger budget and another seed, and a delta "
        "of its own, or move the requirement"
    )
    return [{"action": "collect", "text": text}]
