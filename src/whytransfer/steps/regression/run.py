"""The order in which an audit of predicted numbers works."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from whytransfer.claims import Budget, Claim
from whytransfer.metrics import Loss
from whytransfer.models import Predictions
from whytransfer.models.regressor_committee import Opinions, committee
from whytransfer.problem import Problem, Splits, check
from whytransfer.steps import document, errors, explained, gaps, weighted
from whytransfer.steps.case import Case
from whytransfer.steps.knew_source import outdone
from whytransfer.steps.opened import opened
from whytransfer.steps.options import Options
from whytransfer.steps.progress import step
from whytransfer.steps.regression import bounds, counted, estimates
from whytransfer.steps.regression.next_steps import next_steps
from whytransfer.steps.regression.power import Question
from whytransfer.steps.regression.signals import look
from whytransfer.steps.run import Findings, in_order, rule, verdict_of
from whytransfer.verdict import Requirement


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The case of an audit of numbers, and what was said while it was made."""

    case: Case
    loss: Loss
    notes: tuple[str, ...]


def answered(
    problem: Problem,
    model: Any,
    predictions: Predictions | None,
    options: Options,
    splits: Splits | None = None,
) -> Findings:
    """The audit of two files that can be compared, whose label is a quantity."""
    weighted.check(problem, options)
    return weighted.reweighed(problem, _answered(problem, model, predictions, options, splits), options)


def _answered(
    problem: Problem, model: Any, predictions: Predictions | None, options: Options, splits: Splits | None
) -> Findings:
    heard = prepare(problem, model, predictions, options, splits)
    case, loss = heard.case, heard.loss
    requirement = options.requirement(constant_loss(problem, loss))
    step("measuring the distances")
    source = counted.source_error(case, loss)
    direct = counted.direct(case, loss)
    step("estimating without target labels")
    told, rows = members(case)
    seen = look(case, loss, told)
    estimated = estimates.claims(loss, seen)
    step("working out the bounds")
    asked = bounds.spenders(loss, options.theorems)
    bounded = bounds.evaluate(case, loss, rows, _allowed(requirement, source), asked)
    about = [*([] if direct is None else [direct]), *estimated, *bounded.claims]
    claims = in_order(
        [source, *about, *errors.drops([source, *about], options.max_drop), *gaps.divergences(case)]
    )
    unlike = seen if isinstance(seen, str) else estimates.unlike(seen)
    unlike = unlike or outdone(case, None if told is None else told.source)
    ruling = rule(case, claims, requirement, options, unlike)
    verdict = verdict_of(case, ruling, requirement, _labels_needed(case, loss, requirement, claims))
    warnings = tuple(dict.fromkeys((*heard.notes, *bounded.warnings, *ruling.warnings)))
    step("writing it down")
    written = document.write(
        problem, options, verdict, claims, warnings=warnings, case=case, break_even=bounded.break_even
    )
    written["diagnosis"] = {**written["diagnosis"], **_diagnosis(case, claims)}
    written["next_steps"] = next_steps(case, loss, verdict)
    return Findings.of(case, verdict, claims, warnings, written)


def prepare(
    problem: Problem,
    model: Any,
    predictions: Predictions | None,
    options: Options,
    splits: Splits | None = None,
) -> Heard:
    """Split, train or ask the model, encode, look for overlap, and declare who spends δ."""
    loss = options.loss or Loss(name="absolute")
    begun = opened(problem, model, predictions, options, splits)
    divergences = [] if begun.case.columns is None else [f"divergence.{name}" for name in gaps.SPENDING]
    declared = ["source_error", *divergences, *bounds.spenders(loss, options.theorems)]
    case = replace(begun.case, budget=Budget.declare(options.delta, declared))
    return Heard(case=case, loss=loss, notes=(*check(problem).warnings, *begun.notes, *begun.doubts))


def constant_loss(problem: Problem, loss: Loss) -> float:
    """The loss of always saying the best constant, on all labelled source rows: what no model is needed for."""
    labels = problem.source.labels[problem.source.labelled]  # type: ignore[index]
    return loss.measured(float(loss.powers(loss.best_constant(labels), labels).mean()))


def _allowed(requirement: Requirement, source: Claim) -> float:
    """The largest loss on the target that meets the requirement; of a rise, above the least that the loss on the source can be."""
    rise = requirement.quantity == "error_drop"
    return requirement.value + ((source.lower or 0.0) if rise else 0.0)


def _labels_needed(case: Case, loss: Loss, requirement: Requirement, claims: tuple[Claim, ...]) -> int | None:
    """Labels that settle it with probability .80 if the panel is right, to a tenth; None without a cap or an estimate, and beyond the file.

    And where rows hang together, whose limits are not those of single rows.
    """
    if case.target_hangs_together:
        return None
    panel = next(c for c in claims if c.id == "target_error.panel")
    if loss.cap is None or panel.estimate is None or requirement.quantity != "target_error":
        return None
    # Nearer than a hundredth to the requirement no number of labels is worth naming, as with classes within .005.
    if abs(panel.estimate - requirement.value) < 0.01 * requirement.value:
        return None
    rows = np.concatenate([case.splits.source_choose, case.splits.source_evaluate])
    errors_here = np.abs(case.subject.source.codes[rows] - case.problem.source.labels[rows])  # type: ignore[index]
    asked = Question(
        loss=loss,
        requirement=requirement.value,
        failure=case.budget.headline,
        errors=errors_here,
        seed=case.seed,
    )
    return asked.needed(panel.estimate, case.problem.target.n)


def members(case: Case) -> tuple[Opinions | None, bounds.Rows | None]:
    """The committee, fitted once: on the rows that the domain classifier saw, and on the evaluation rows for the bounds."""
    if case.columns is None or case.apart is None or not len(case.apart.train_rows):
        return None, None
    source, target = case.splits.source_evaluate, case.target_rows
    learned = case.columns.source[case.splits.source_train]
    centre, spread = learned.mean(axis=0), learned.std(axis=0)
    scale = np.where(spread > 0, spread, 1.0)
    said = committee(
        case.apart.train,
        case.problem.source.labels[case.apart.train_rows],  # type: ignore[index]
        np.concatenate([case.apart.source, (case.columns.source[source] - centre) / scale]),
        np.concatenate([case.apart.target, (case.columns.target[target] - centre) / scale]),
        seed=case.seed,
    )
    n, m = len(case.apart.source), len(case.apart.target)
    told = Opinions(names=said.names, source=said.source[:, :n], target=said.target[:, :m])
    if not len(source) or not len(target):
        return told, None
    rows = bounds.Rows(
        here=case.subject.source.codes[source],
        there=case.subject.target.codes[target],
        labels=case.problem.source.labels[source],  # type: ignore[index]
        members=Opinions(names=said.names, source=said.source[:, n:], target=said.target[:, m:]),
        units=(case.units("source"), case.units("target")),
        whole=case.whole,
    )
    return told, rows


SHIFT_LEVEL = 0.01
"""Level of the one test of a shift of the inputs, as for classes."""


def _diagnosis(case: Case, claims: tuple[Claim, ...]) -> dict[str, Any]:
    """Overlap, whether the inputs moved, and the columns; what a shift does to single columns' harm is told for classes only."""
    listed, _ = explained.features(case, None)
    told = [{**f, "harm_reason": "harm of single columns is told for classes only"} for f in listed]
    classifier = next((c for c in claims if c.id == "divergence.domain_classifier"), None)
    p = None if classifier is None else classifier.p_value
    shift: dict[str, Any] = {}
    if p is not None:
        moved = p < SHIFT_LEVEL
        foreign = case.overlap is not None and case.overlap.no_overlap
        kind = "support" if foreign else "covariate" if moved else "none_visible"
        text = (
            "the domains do not overlap: the target has rows unlike any source row"
            if foreign
            else "the inputs shifted; whether the label depends on them as before can't be seen without target labels"
            if moved
            else "no shift of the inputs is visible; whether the label depends on them as before can't be seen without target labels"
        )
        shift = {"kind": kind, "text": text, "p_value": p, "level": SHIFT_LEVEL, "family_level": SHIFT_LEVEL}
    return {"overlap": explained.overlap(case), "shift": shift, "features": told}
