"""From a plan and its labels to an audit: claims, the answer, and the ``whytransfer/audit/1`` document."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np

from whytransfer.claims import Claim
from whytransfer.labels import Filled, LabelPlan, choose, class_errors, comparisons, target_error
from whytransfer.labels.candidates import difference
from whytransfer.labels.number_plan import NumberPlan
from whytransfer.labels.outlook import Outlook, labels_in_all, outlook
from whytransfer.steps.document import SCHEMA, delta_spent, plain_classes, verdict_parts, versions
from whytransfer.steps.explained import waterfall
from whytransfer.steps.planned_split import split_by_labels
from whytransfer.verdict import Answer, Basis, Requirement, Verdict, decide, too_few
from whytransfer.wording import how_many

UNLIKELY = 0.2
"""Below this probability a plan is said to be unlikely to settle the question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """Everything that the `Audit` of a plan is made of."""

    verdict: Verdict
    claims: tuple[Claim, ...]
    warnings: tuple[str, ...]
    document: dict[str, Any]


def certificate(
    plan: LabelPlan, filled: Filled, further: Sequence[Claim] = (), *, shared: bool = False
) -> Certified:
    """What the labels of a plan prove.

    Parameters
    ----------
    plan, filled : LabelPlan, Filled
    further : sequence of Claim
        More claims from the same labels, made with half of the headline's δ.
    shared : bool
        Whether there are such claims: the headline keeps the other half, so that all shares still add up to δ.
    """
    failure = plan.headline / 2 if shared else plan.headline
    claims = (
        target_error(plan, filled, failure),
        *class_errors(plan, filled),
        *further,
        *comparisons(plan, filled),
    )
    requirement = Requirement(value=plan.requirement, quantity="target_error", kind=plan.requirement_kind)
    ruling = decide(claims, requirement, blocked=_blocked(plan, claims[0]))
    headline = claims[0]
    ahead = outlook(plan, filled, headline.estimate)
    verdict = Verdict(
        answer=ruling.answer,
        basis=ruling.basis,
        requirement=requirement,
        reason=ruling.reason,
        subject=plan.subject,
        labels_needed=None
        if ruling.answer in (Answer.WORKS, Answer.FAILS)
        else labels_in_all(plan, headline.estimate, filled),
    )
    warnings = tuple(dict.fromkeys((*_notes(plan, filled, headline), *plan.warnings, *ruling.warnings)))
    document = _document(plan, filled, verdict, claims, warnings, ahead)
    return Certified(verdict=verdict, claims=claims, warnings=warnings, document=document)


def _blocked(plan: LabelPlan, headline: Claim) -> str | None:
    if len(plan.classes) < 2:
        return "the source has one class only: nothing was learned that could be right or wrong elsewhere"
    return unlabelled(plan.n) if headline.detail["method"] == "none" else too_few(plan.m)


def unlabelled(planned: int) -> str:
    """Why a sheet that nobody has filled in decides nothing; `planned`: its rows."""
    return f"no row of the sheet is labelled yet, of the {how_many(planned, 'rows')} that are planned"


def _notes(plan: LabelPlan, filled: Filled, headline: Claim) -> list[str]:
    """What was odd about the labels, and how it was handled."""
    found = list(filled.notes)
    if filled.skipped:
        found.append(
            f"{how_many(filled.skipped, 'skipped rows')}; such a row counts as an error in upper limits and as right in lower ones, because "
            "people skip hard rows"
        )
    if plan.design == "fixed" and filled.labelled < plan.n:
        found.append(
            f"an early look: {filled.labelled} of the {plan.n} planned labels are there; missing ones count at their worst, unless a "
            "limit that holds whenever one looks is shorter; both are long, and the exact limits need all labels of the plan"
        )
    if headline.detail["method"] == "none":
        found.append("the limits 0 and 1 hold for every error")
    elif len(plan.predictions) > 1:
        found.append(
            f"of the candidates {', '.join(plan.predictions)} the labels speak for {choose(plan, filled)}: no other is estimated to err less"
        )
    return found


def next_steps(plan: LabelPlan, filled: Filled, verdict: Verdict, ahead: Outlook) -> list[dict[str, str]]:
    """Continue or stop, and how many labels more are expected."""
    if verdict.answer is Answer.WORKS and verdict.basis is Basis.CERTIFIED:
        return [{"action": "stop", "text": "stop labelling: the requirement is certified"}]
    if verdict.answer is Answer.FAILS:
        text = "stop labelling: the error is certified to exceed the requirement; adapt the model, or train it with target labels, and judge what comes of it by a file that taught it nothing"
        return [{"action": "adapt", "text": text}]
    if filled.prefix < plan.n:
        text = f"continue: label {next_batch(plan, filled)}{_ahead(plan, filled, ahead)}"
        return [{"action": "label", "text": text}]
    text = (
        f"all {plan.n} planned rows are labelled and the question is open: plan again with a larger budget and another seed, and "
        "a delta of its own, or move the requirement"
    )
    return [{"action": "collect", "text": text}]


def next_batch(plan: LabelPlan | NumberPlan, filled: Filled) -> str:
    """The batch of the first row that has no label, and how many rows of it have none."""
    batch = plan.batches[filled.prefix]
    inside = np.flatnonzero(plan.batches == batch)
    open_ = int((filled.codes[inside] < 0).sum())
    return f"{'' if open_ == len(inside) else 'the rest of '}batch {batch} ({how_many(open_, 'rows')})"


def still_missing(planned: int, labelled: int) -> str:
    """How many labels of a fixed plan are missing."""
    missing = planned - labelled
    return f"; {missing} of the {planned} planned labels {'is' if missing == 1 else 'are'} missing"


def _ahead(plan: LabelPlan, filled: Filled, ahead: Outlook) -> str:
    if plan.design == "fixed":
        return still_missing(plan.n, filled.labelled)
    if ahead.more is None or ahead.chance is None:
        return ""
    if ahead.chance < UNLIKELY:
        return f"; the estimate lies so near the requirement that the plan is unlikely to settle it (probability {ahead.chance:.2f})"
    return f"; about {ahead.more} more labels are expected, and the plan settles it with probability {ahead.chance:.2f}"


def _document(
    plan: LabelPlan,
    filled: Filled,
    verdict: Verdict,
    claims: Sequence[Claim],
    warnings: Sequence[str],
    ahead: Outlook,
) -> dict[str, Any]:
    split = split_by_labels(plan, filled)
    options = {
        "tolerance": plan.requirement,
        "design": plan.design,
        "way": plan.way,
        "population": plan.population,
        "delta": plan.delta,
        "label_noise": plan.label_noise,
        "seed": plan.seed,
    }
    steps = next_steps(plan, filled, verdict, ahead)
    written = planned(plan, filled, verdict, claims, warnings=warnings, next_steps=steps, options=options)
    parts = {"decomposition": {} if split is None else split.to_dict(), "contested": {}}
    return {
        **written,
        "problem": {**written["problem"], "task": "classification", "classes": plain_classes(plan.classes)},
        "diagnosis": {**written["diagnosis"], **parts},
        "waterfall": waterfall(claims, split, None),
        "labels": {**written["labels"], **_labels(plan, filled, verdict, ahead)},
    }


def _labels(plan: LabelPlan, filled: Filled, verdict: Verdict, ahead: Outlook) -> dict[str, Any]:
    """What more is expected, and who of the candidates errs least."""
    decided = verdict.answer in (Answer.WORKS, Answer.FAILS)
    return {
        "expected_more": 0 if decided else ahead.more,
        "chance": None if decided else ahead.chance,
        "choice": choose(plan, filled) if len(plan.predictions) > 1 else None,
        "differences": {name: difference(plan, filled, name) for name in list(plan.predictions)[1:]},
    }


def planned(
    plan: LabelPlan | NumberPlan,
    filled: Filled,
    verdict: Verdict,
    claims: Sequence[Claim],
    *,
    warnings: Sequence[str],
    next_steps: list[dict[str, str]],
    options: Mapping[str, Any],
) -> dict[str, Any]:
    """The ``whytransfer/audit/1`` document of a plan and its labels, as of a quantity; a plan of classes puts more in its places.

    Parameters
    ----------
    options : mapping
        What was asked, for the provenance.
    """
    return {
        "schema": SCHEMA,
        "version": version("whytransfer"),
        "seed": plan.seed,
        "delta": plan.delta,
        "problem": {
            "task": "regression",
            "label": plan.label,
            "classes": [],
            "source": {"rows": plan.source["rows"], "labelled": plan.source["labelled"]},
            "target": {"rows": plan.m, "labelled": filled.labelled},
            "features": list(plan.names),
        },
        "verdict": verdict_parts(verdict, max_drop=None),
        "claims": [claim.to_dict() for claim in claims],
        "break_even": [],
        "diagnosis": {"overlap": {}, "shift": {}, "features": [], "regions": {}, "decomposition": {}},
        "next_steps": next_steps,
        "warnings": list(warnings),
        "provenance": {
            "digests": {"source": plan.source["digest"], "target": plan.digest},
            "rows": {"target_labels_planned": plan.n},
            "versions": dict(versions()),
            "python": platform.python_version(),
            "options": dict(options),
            "delta_spent": delta_spent(claims),
        },
        "waterfall": [],
        "curves": {"labels": [dict(entry) for entry in plan.power], "budget": [], "reliability": []},
        "candidates": [],
        "images": [],
        "labels": {
            "planned": plan.n,
            "labelled": filled.labelled,
            "prefix": filled.prefix,
            "skipped": filled.skipped,
            "stop": verdict.answer in (Answer.WORKS, Answer.FAILS) or filled.prefix >= plan.n,
        },
    }
