"""An audit that judges another metric than the error: the audit of the error with part of δ, and the metric's claims beside it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from whytransfer.backtest import Reference
from whytransfer.claims import EXCHANGEABLE_WITH_REFERENCE, Assumption, Claim, Level
from whytransfer.io.journal import about, kept_now
from whytransfer.metrics import Labelled, Limits, Metric
from whytransfer.models import Predictions
from whytransfer.models.subject import Said
from whytransfer.problem import Problem, Splits
from whytransfer.steps import document, errors, weighted
from whytransfer.steps.case import Case
from whytransfer.steps.options import Options
from whytransfer.steps.run import Findings, compared, in_order, rule
from whytransfer.theorems.assumptions import SIZES
from whytransfer.verdict import Verdict

JUDGED, SOURCE, ERRORS = 1 / 2, 1 / 8, 3 / 8
"""How δ is shared: the metric on the target, which is judged; the metric on the source; all claims of the audit of the error."""

CALIBRATED = Assumption(id="calibrated_on_target", text="the model's probabilities are right on the target")


def answered(
    problem: Problem,
    model: Any,
    predictions: Predictions | None,
    options: Options,
    reference: Reference | None = None,
    splits: Splits | None = None,
) -> Findings:
    """The audit of two files that can be compared, judged by the error or by the metric that was asked for."""
    weighted.check(problem, options)
    with about(*_asked(problem, options)):
        found = _answered(problem, model, predictions, options, reference, splits)
    return weighted.reweighed(problem, found, options)


def _asked(problem: Problem, options: Options) -> tuple[str, ...]:
    """What an audit is about, for the journal; nothing where none is kept, because the digest reads all rows."""
    return (problem.digest, json.dumps(options.to_dict(), sort_keys=True)) if kept_now() else ()


def _answered(
    problem: Problem,
    model: Any,
    predictions: Predictions | None,
    options: Options,
    reference: Reference | None,
    splits: Splits | None,
) -> Findings:
    if options.metric is None:
        return compared(problem, model, predictions, options, reference, splits)
    metric = options.metric.fitted(lambda names: problem.codes(names, what="the classes of the costs"))
    inner = replace(options, metric=None, tolerance=None, max_drop=None, delta=options.delta * ERRORS)
    found = compared(problem, model, predictions, inner, reference, splits)
    if found.case is None:
        return found
    return _judged(found, found.case, metric, options)


def _judged(found: Findings, case: Case, metric: Metric, options: Options) -> Findings:
    """The findings with the metric's claims, and the answer that they give."""
    # What is about a requirement on the error was not asked.
    kept = [c for c in found.claims if c.quantity not in ("region_error", "error_drop")]
    about = [
        _source(case, metric, options.delta * SOURCE),
        *_target(case, metric, options.delta * JUDGED),
        _panel(case, metric, kept),
        *_from_errors(metric, kept),
    ]
    claims = in_order([*kept, *(c for c in about if c is not None)])
    requirement = options.requirement(case.majority_error)
    ruling = rule(case, claims, requirement, options, _unlike(claims))
    verdict = Verdict(
        answer=ruling.answer,
        basis=ruling.basis,
        requirement=requirement,
        reason=ruling.reason,
        subject=found.verdict.subject,
    )
    note = f"{metric.title} is judged with {JUDGED:g} of δ; claims about errors and distances share {ERRORS:g} of it, so that all hold together"
    warnings = tuple(dict.fromkeys((*found.warnings, *ruling.warnings, note)))
    told = found.document
    parts = {
        "delta": options.delta,
        "verdict": document.verdict_parts(verdict, max_drop=None),
        "claims": [claim.to_dict() for claim in claims],
        "break_even": [],
        "diagnosis": {**told["diagnosis"], "regions": {}},
        "next_steps": _next_steps(verdict, case, metric, claims),
        "warnings": [*told["warnings"], *(w for w in warnings if w not in told["warnings"])],
        "provenance": {
            **told["provenance"],
            "options": options.to_dict(),
            "delta_spent": document.delta_spent(claims),
        },
        "curves": {**told["curves"], "labels": [], "budget": []},
    }
    return replace(found, verdict=verdict, claims=claims, warnings=warnings, document={**told, **parts})


def quantity(metric: Metric) -> str:
    """The quantity of claims about this metric on the target."""
    return f"target_{metric.name}"


def _labelled(case: Case, said: Said, domain: str, rows: np.ndarray) -> Labelled:
    sample = case.problem.source if domain == "source" else case.problem.target
    units = errors.labelled_units(case) if domain == "target" else case.units("source", errors=True)
    return Labelled(
        labels=sample.labels[rows],  # type: ignore[index]
        codes=said.codes[rows],
        proba=None if said.proba is None else said.proba[rows],
        classes=case.classes,
        units=units,
    )


def _source(case: Case, metric: Metric, delta: float) -> Claim | None:
    """The metric on the source's evaluation rows; None where they say nothing of the model."""
    rows = case.splits.source_evaluate
    if case.source_withheld or not len(rows):
        return None
    found = metric.of_rows(_labelled(case, case.subject.source, "source", rows), delta)
    _, standing = case.source_standing()
    return _claim(metric, f"source_{metric.name}", found, delta, len(rows), case, standing)


def _target(case: Case, metric: Metric, delta: float) -> list[Claim]:
    """The metric on the labelled target rows, which reached no step that learns or chooses."""
    rows = case.labelled_target
    if not len(rows):
        return []
    labelled = _labelled(case, case.subject.certified, "target", rows)
    found = metric.of_rows(labelled, delta)
    if case.whole and len(rows) == case.problem.target.n and found.value is not None:
        found = replace(found, lower=found.value, upper=found.value, theorem=None, citation=None, reason=None)
    tied = () if labelled.units.groups is None else case.dependence("target", errors=True, grouped=True)
    standing = (*tied, *case.doubts(labels=True))
    return [_claim(metric, f"{quantity(metric)}.direct", found, delta, len(rows), case, standing)]


def _claim(
    metric: Metric,
    id_: str,
    found: Limits,
    delta: float,
    rows: int,
    case: Case,
    standing: Sequence[Assumption],
) -> Claim:
    limited = found.lower is not None
    domain = "source" if id_.startswith("source") else "target"
    grouped = case.ties[domain == "target"].groups is not None
    stands = tuple(dict.fromkeys((*standing, *((SIZES,) if grouped and limited else ()))))
    detail: dict[str, Any] = {
        "rows": rows,
        "metric": metric.name,
        "convention": f"{metric.title}, small is good",
    }
    return Claim(
        id=id_,
        quantity=id_.split(".", maxsplit=1)[0],
        unit=metric.unit,
        level=Level.CONDITIONAL if stands else Level.PROVED,
        estimate=found.value,
        lower=found.lower,
        upper=found.upper,
        confidence=1.0 - delta if limited else None,
        theorem=found.theorem,
        citation=found.citation,
        loss=metric.name,
        assumptions=stands,
        detail={
            **detail,
            **({"delta": delta} if limited else {}),
            **({"reason": found.reason} if found.reason else {}),
        },
    )


def _panel(case: Case, metric: Metric, claims: Sequence[Claim]) -> Claim:
    """What is estimated without target labels: the median over the estimators that tell a joint law, or what the probabilities say."""
    laws = {c.id: np.array(c.detail["confusion"]["law"]) for c in claims if "confusion" in c.detail}
    values = {id_: v for id_, law in laws.items() if (v := metric.of_law(law)) is not None}
    proba = case.subject.target.proba
    from_proba = None if values or proba is None else metric.of_proba(proba)
    estimate = from_proba if not values else float(np.median(list(values.values())))
    errors_panel = next((c for c in claims if c.id == "target_error.panel"), None)
    lower, upper = (
        (None, None) if errors_panel is None else metric.of_error(errors_panel.lower, errors_panel.upper)
    )
    says = estimate is not None or lower is not None
    limited = lower is not None and errors_panel is not None
    if limited and estimate is not None:
        estimate = float(np.clip(estimate, lower, upper))
    stands = (
        errors_panel.assumptions
        if limited and errors_panel is not None
        else (CALIBRATED,)
        if from_proba is not None
        else (EXCHANGEABLE_WITH_REFERENCE,)
    )
    said = {"values": values} if values else {}
    return Claim(
        id=f"{quantity(metric)}.panel",
        quantity=quantity(metric),
        unit=metric.unit,
        level=Level.ESTIMATED,
        estimate=estimate,
        lower=lower,
        upper=upper,
        confidence=errors_panel.confidence if limited and errors_panel is not None else None,
        loss=metric.name,
        assumptions=stands,
        detail={**said, "metric": metric.name}
        if says
        else {"reason": "no estimator tells the classes of the errors, and the model gives no probabilities"},
    )


def _from_errors(metric: Metric, claims: Sequence[Claim]) -> list[Claim]:
    """Every proved or conditional limit of the error as one of the metric, where one follows: the same event, no further δ."""
    found = []
    for claim in claims:
        if (
            claim.quantity != "target_error"
            or claim.level not in (Level.PROVED, Level.CONDITIONAL)
            or claim.id.endswith(".direct")
        ):
            continue
        lower, upper = metric.of_error(claim.lower, claim.upper)
        if lower is None or (claim.lower is None and claim.upper is None):
            continue
        found.append(
            replace(
                claim,
                id=claim.id.replace("target_error", quantity(metric), 1),
                quantity=quantity(metric),
                unit=metric.unit,
                estimate=None,
                lower=lower,
                upper=upper,
                loss=metric.name,
                guessing_error=None,
                detail={"delta": 0.0, "delta_of_parts": claim.delta, "from": [claim.id]},
            )
        )
    return found


def _unlike(claims: Sequence[Claim]) -> str | None:
    """Whether this problem lies too far from the reference transfers, as the error's panel says."""
    panel = next((c for c in claims if c.id == "target_error.panel"), None)
    distance = None if panel is None else panel.detail.get("distance")
    if panel is None or distance is None or distance <= panel.detail["typical_distance"]:
        return None
    return "this problem is unlike all reference transfers, so that no estimate is trusted"


def _next_steps(
    verdict: Verdict, case: Case, metric: Metric, claims: Sequence[Claim]
) -> list[dict[str, str]]:
    """What to do now; how many labels a metric needs is not known, more are better."""
    if verdict.basis is not None:
        return document.next_steps(verdict, claims, case)
    labelled = bool(len(case.labelled_target))
    which, alone = ("fresh target rows, more than so far,", " alone") if labelled else ("target rows", "")
    text = (
        f"label {which} drawn at random and pass them{alone} with --target-labels: they limit {metric.title}"
    )
    if labelled:
        text += (
            "; its limits hold at one look, and rows added to labels that were looked at make a second one"
        )
    return [{"action": "label", "text": text}]
