"""The answer of an audit whose rows have weights, and what becomes of the document of the one without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from whytransfer.claims import Claim, Status
from whytransfer.claims.intervals.weighted import effective_sample
from whytransfer.steps import document
from whytransfer.steps.case import Case
from whytransfer.steps.options import Options
from whytransfer.steps.run import WEIGHTS_UNUSED, Findings, rule
from whytransfer.verdict import Answer, Verdict


def judged(
    found: Findings, case: Case, claims: tuple[Claim, ...], options: Options, dropped: Sequence[str]
) -> Findings:
    """The findings with these claims, and the answer that they give; `dropped` are ids of what has no weighted form."""
    requirement = found.verdict.requirement
    if requirement is None:
        return found
    ruling = rule(case, claims, requirement, options, _unlike(claims))
    verdict = Verdict(
        answer=ruling.answer,
        basis=ruling.basis,
        requirement=requirement,
        reason=_reason(claims) or ruling.reason if ruling.answer is Answer.UNDECIDED else ruling.reason,
        subject=found.verdict.subject,
    )
    old = [w for w in found.warnings if w != WEIGHTS_UNUSED]
    warnings = tuple(dict.fromkeys((*old, *ruling.warnings, *_notes(case, dropped))))
    written = {
        **_without_what_is_unweighted(found.document, case, options),
        "verdict": document.verdict_parts(verdict, max_drop=options.max_drop),
        "claims": [claim.to_dict() for claim in claims],
        "next_steps": _next_steps(verdict, options),
    }
    kept = [w for w in found.document["warnings"] if w != WEIGHTS_UNUSED]
    written["warnings"] = [*kept, *(w for w in warnings if w not in kept)]
    written["provenance"] = {**written["provenance"], "delta_spent": document.delta_spent(claims)}
    return replace(found, verdict=verdict, claims=claims, warnings=warnings, document=written)


def _notes(case: Case, dropped: Sequence[str]) -> list[str]:
    """What the weights do, and what they can't."""
    sizes = [
        f"{what} {effective_sample(sample.weights):,.0f} of {sample.n:,}"
        for what, sample in (("source", case.problem.source), ("target", case.problem.target))
        if sample.weights is not None
    ]
    notes = [
        f"rows are weighed; they are worth as many of equal weight: {', '.join(sizes)}; the model itself is trained without weights"
    ]
    if dropped:
        notes.append(f"left out, because they have no weighted form: {', '.join(dropped)}")
    if case.problem.target.weights is None:
        notes.append(
            "the target has no weights: estimates and bounds about it, λ among them, see source rows as they are"
        )
    else:
        notes.append("distances, the kind of shift and the columns are those of unweighted rows")
    return notes


def _without_what_is_unweighted(told: dict[str, Any], case: Case, options: Options) -> dict[str, Any]:
    """The document of the audit without weights, less what these rows' weights would change."""
    target = case.problem.target.weights is not None
    # A permitted rise was counted from the source error of unweighted rows.
    counted = target or options.max_drop is not None
    unseen: dict[str, Any] = {"regions": {}, "decomposition": {}, "contested": {}} if target else {}
    curves: dict[str, Any] = {"labels": [], "budget": []} if target else {}
    return {
        **told,
        "break_even": [] if counted else told["break_even"],
        "diagnosis": {**told["diagnosis"], **unseen},
        "waterfall": [],
        "curves": {**told["curves"], **curves},
    }


def _unlike(claims: Sequence[Claim]) -> str | None:
    """Why the panel may not decide: the audit without weights rejected that this transfer is like others."""
    panel = next((c for c in claims if c.id == "target_error.panel"), None)
    if panel is None:
        return None
    rejected = next((a for a in panel.assumptions if a.status is Status.REJECTED), None)
    return (
        None
        if rejected is None
        else f"{rejected.id} is rejected ({rejected.test}), so that no estimate is trusted"
    )


def _reason(claims: Sequence[Claim]) -> str | None:
    """Why labels decide nothing, where they were weighed and have no limits."""
    direct = next((c for c in claims if c.id == "target_error.direct" and c.upper is None), None)
    if direct is None or not direct.detail.get("reason"):
        return None
    return f"what target labels show has no limits: {direct.detail['reason']}"


def _next_steps(verdict: Verdict, options: Options) -> list[dict[str, str]]:
    if verdict.answer is Answer.WORKS:
        return [
            {
                "action": "stop",
                "text": "nothing more is needed: the requirement is met for rows weighed like these",
            }
        ]
    if verdict.answer is Answer.FAILS:
        return [{"action": "adapt", "text": "this model fails there: train with target labels, or adapt it"}]
    if options.max_weight is None:
        return [
            {
                "action": "label",
                "text": "declare the largest weight there can be (--max-weight), so that labels certify",
            }
        ]
    return [
        {
            "action": "label",
            "text": "label more target rows drawn at random and pass them with --target-labels",
        }
    ]
