"""The ``whytransfer/audit/1`` document: what JSON, terminal and report are written from."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import version
from typing import Any

import numpy as np

from whytransfer.claims import Claim, Level, Status
from whytransfer.problem import Problem
from whytransfer.steps.break_even import BreakEven
from whytransfer.steps.case import Case
from whytransfer.steps.explained import Seen, explain
from whytransfer.steps.label_budget import Question
from whytransfer.steps.options import Options
from whytransfer.verdict import FEWEST_TARGET_ROWS, Answer, Basis, Requirement, Verdict

SCHEMA = "whytransfer/audit/1"
VERSIONED = ("numpy", "scipy", "scikit-learn", "pandas", "numba")


def write(
    problem: Problem,
    options: Options,
    verdict: Verdict,
    claims: Sequence[Claim],
    *,
    warnings: Sequence[str],
    case: Case | None = None,
    break_even: Sequence[BreakEven] = (),
    contested: Mapping[str, Any] | None = None,
    seen: Seen | None = None,
    question: Question | None = None,
) -> dict[str, Any]:
    """The document of one audit, plain JSON values in a fixed order."""
    explained = explain(case, claims, seen)
    said = [*warnings, *explained.warnings]
    return {
        "schema": SCHEMA,
        "version": version("whytransfer"),
        "seed": options.seed,
        "delta": options.delta,
        "problem": _problem(problem),
        "verdict": verdict_parts(verdict, max_drop=options.max_drop),
        "claims": [claim.to_dict() for claim in claims],
        "break_even": [b.to_dict() for b in break_even],
        "diagnosis": {**explained.diagnosis, "contested": dict(contested or {})},
        "next_steps": next_steps(verdict, claims, case),
        "warnings": said,
        "provenance": _provenance(problem, options, case, claims),
        "waterfall": explained.waterfall,
        "curves": {
            "labels": [] if question is None else question.curve(),
            "budget": [] if question is None else question.budget(),
            "reliability": explained.reliability,
        },
        "candidates": [],
        "images": [],
    }


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "task": problem.task,
        "label": problem.label_name,
        "classes": plain_classes(problem.classes),
        "source": {"rows": problem.source.n, "labelled": int(problem.source.labelled.sum())},
        "target": {"rows": problem.target.n, "labelled": int(problem.target.labelled.sum())},
        "features": list(problem.source.names),
    }


def plain_classes(classes: np.ndarray) -> list[Any]:
    """Classes, (K,), as JSON values: what JSON has no form for becomes text."""
    return [c if isinstance(c, (str, bool, int, float)) else str(c) for c in classes.tolist()]


def verdict_parts(verdict: Verdict, *, max_drop: float | None) -> dict[str, Any]:
    """The verdict as the document holds it."""
    asked = verdict.requirement
    return {
        "answer": str(verdict.answer),
        "basis": None if verdict.basis is None else str(verdict.basis),
        "tolerance": asked.value if asked is not None and asked.kind != "max_drop" else None,
        "max_drop": max_drop,
        "requirement": None
        if asked is None
        else {"value": asked.value, "quantity": asked.quantity, "kind": asked.kind, "text": asked.text},
        "reason": verdict.reason,
        "subject": verdict.subject,
        "labels_needed": verdict.labels_needed,
        "exit_code": verdict.exit_code,
    }


def _provenance(
    problem: Problem, options: Options, case: Case | None, claims: Sequence[Claim]
) -> dict[str, Any]:
    splits = None if case is None else case.splits
    rows = {
        f"{domain}_{part}": len(getattr(splits, f"{domain}_{part}"))
        for domain in ("source", "target")
        for part in ("train", "choose", "evaluate")
        if splits is not None
    }
    return {
        "digests": {"source": problem.source.digest, "target": problem.target.digest},
        "rows": rows,
        "versions": dict(versions()),
        "python": platform.python_version(),
        "options": options.to_dict(),
        "delta_spent": delta_spent(claims),
        **({} if problem.streamed is None else {"scale": dict(problem.streamed)}),
    }


@cache
def versions() -> Mapping[str, str]:
    """Of this package and of what it computes with; each is parsed from files on disk, once a process."""
    return {name: version(name) for name in ("whytransfer", *VERSIONED)}


def delta_spent(claims: Sequence[Claim]) -> list[dict[str, Any]]:
    """What each proved or conditional claim spent of δ."""
    return [
        {"id": c.id, "delta": c.detail["delta"]}
        for c in claims
        if c.delta is not None and c.level in (Level.PROVED, Level.CONDITIONAL) and c.detail.get("delta")
    ]


ONE_LOOK = (
    "counted limits hold at one look, and rows added to labels that were looked at make a second one; those of a sequential plan "
    "(whytransfer labels plan --design sequential) hold at every look"
)
"""Why labels that left a question open are not simply added to."""


def next_steps(verdict: Verdict, claims: Sequence[Claim], case: Case | None) -> list[dict[str, str]]:
    """What to do now, the cheapest first."""
    if verdict.answer is Answer.NOT_COMPARABLE:
        return [{"action": "stop", "text": f"make the two files comparable first: {verdict.reason}"}]
    labelled = case is not None and len(case.labelled_target) > 0
    if verdict.basis is Basis.CERTIFIED:
        if verdict.answer is Answer.WORKS:
            return [
                {
                    "action": "stop",
                    "text": "nothing more is needed: the requirement is certified for rows like those labelled",
                }
            ]
        return [
            {
                "action": "adapt",
                "text": "this model fails there: train with target labels, adapt it, or collect source rows like the target's",
            }
        ]
    steps = []
    if case is not None and case.classes < 2 and not case.problem.numeric:
        steps.append(
            {"action": "collect", "text": "collect source rows of a second class: one class teaches nothing"}
        )
    if verdict.labels_needed is not None:
        which, alone = ("fresh target rows", " alone") if labelled else ("target rows", "")
        text = (
            f"label {verdict.labels_needed} {which} drawn at random and pass them{alone} with --target-labels: that settles it "
            f"with probability .80 if the panel's estimate is right{_doubt(claims)}{f'; {ONE_LOOK}' if labelled else ''}"
        )
        steps.append({"action": "label", "text": text})
    elif (
        verdict.answer is Answer.UNDECIDED and case is not None and case.problem.target.n < FEWEST_TARGET_ROWS
    ):
        text = f"collect target rows: fewer than {FEWEST_TARGET_ROWS} say nothing"
        steps.append({"action": "collect", "text": text})
    elif verdict.answer is Answer.UNDECIDED and not steps and case is not None and case.target_hangs_together:
        text = (
            f"label {'more' if labelled else 'some'} target rows drawn at random and pass them with --target-labels; how many settle it can't be "
            "foretold where rows hang together in groups or in time: more groups tell more than more rows of each"
        )
        steps.append({"action": "label", "text": text})
    elif verdict.answer is Answer.UNDECIDED and not steps:
        steps.append({"action": "collect", "text": _out_of_reach(verdict)})
    if verdict.answer is Answer.FAILS:
        steps.append(
            {"action": "adapt", "text": "before you adapt or retrain, a few target labels show what is true"}
        )
    return steps


def _out_of_reach(verdict: Verdict) -> str:
    """What is left where no number of labels of this file settles it."""
    text = (
        "the estimate lies too near the requirement, or the target is too small, for labels of this file to settle it: "
        "move the requirement, or collect more target rows"
    )
    if verdict.requirement is None or verdict.requirement.quantity != "error_drop":
        return text
    return f"{text}; a rise is known no more sharply than the source error, which more labelled source rows would sharpen"


def _doubt(claims: Sequence[Claim]) -> str:
    panel = next((c for c in claims if c.id == "target_error.panel"), None)
    trusted = panel is None or all(a.status is not Status.REJECTED for a in panel.assumptions)
    return "" if trusted else ", which is in doubt here: take it as a start, and look again"


def restored(document: Mapping[str, Any]) -> tuple[Verdict, tuple[Claim, ...]]:
    """Verdict and claims of a document that `write` made and the schema accepts."""
    said = document["verdict"]
    asked = said["requirement"]
    requirement = None
    if asked is not None:
        requirement = Requirement(value=asked["value"], quantity=asked["quantity"], kind=asked["kind"])
    verdict = Verdict(
        answer=Answer(said["answer"]),
        basis=None if said["basis"] is None else Basis(said["basis"]),
        requirement=requirement,
        reason=said["reason"],
        subject=said["subject"],
        labels_needed=said["labels_needed"],
    )
    return verdict, tuple(Claim.from_dict(claim) for claim in document["claims"])
