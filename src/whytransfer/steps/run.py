"""The order in which an audit works."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from whytransfer.backtest import Profile, Reference, rejected, shipped
from whytransfer.claims import Budget, Claim
from whytransfer.estimators import View
from whytransfer.models import Predictions
from whytransfer.models.committee import CRITICS
from whytransfer.problem import Problem, Splits, check
from whytransfer.steps import (
    backtest,
    bounds,
    confusions,
    contested,
    document,
    errors,
    explained,
    gaps,
    panel,
    refuted,
    region,
    rejected_shift,
)
from whytransfer.steps.case import Case
from whytransfer.steps.clock import SKIPPED_LAST_TO_FIRST, Clock
from whytransfer.steps.knew_source import outdone
from whytransfer.steps.label_budget import Question
from whytransfer.steps.opened import opened
from whytransfer.steps.options import Options
from whytransfer.steps.progress import step
from whytransfer.verdict import Answer, Basis, Requirement, Ruling, Verdict, decide, too_few

WEIGHTS_UNUSED = "row weights were read and kept, but no claim of this version weighs its rows"
"""Said where a case has weights; what weighs the rows afterwards (`steps.weighted_answer`) takes it back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Everything that an `Audit` is made of."""

    verdict: Verdict
    claims: tuple[Claim, ...]
    warnings: tuple[str, ...]
    model: Any
    splits: Splits | None
    document: dict[str, Any]
    case: Case | None = None

    @classmethod
    def of(
        cls,
        case: Case,
        verdict: Verdict,
        claims: tuple[Claim, ...],
        warnings: tuple[str, ...],
        document: dict[str, Any],
    ) -> Findings:
        """Of a case that was heard."""
        return cls(
            verdict=verdict,
            claims=claims,
            warnings=warnings,
            model=case.subject.model,
            splits=case.splits,
            document=document,
            case=case,
        )


def not_comparable(problem: Problem, options: Options) -> Findings:
    """The audit of two files that can't be compared: the sentence that says why, and nothing else."""
    verdict = Verdict(
        answer=Answer.NOT_COMPARABLE,
        basis=None,
        requirement=None,
        reason=str(problem.mismatch),
        subject="no model: the domains can't be compared",
    )
    claims = (panel.silent("the domains can't be compared", 2),)
    written = document.write(problem, options, verdict, claims, warnings=problem.warnings)
    return Findings(
        verdict=verdict, claims=claims, warnings=problem.warnings, model=None, splits=None, document=written
    )


def compared(
    problem: Problem,
    model: Any,
    predictions: Predictions | None,
    options: Options,
    reference: Reference | None = None,
    splits: Splits | None = None,
) -> Findings:
    """The audit of two files that can be compared; the shipped reference class where none is given."""
    reference, clock = shipped() if reference is None else reference, Clock(options.time_budget)
    case, notes = prepare(problem, model, predictions, options, splits)
    requirement = options.requirement(case.majority_error)
    least = requirement.value if requirement.quantity == "target_error" else None
    checked = check(problem, requirement=least, failure=case.budget.headline)
    counted, apart = evidence(case)
    step("looking for the kind of shift")
    kind, back_test, theory, columns_by_harm = SKIPPED_LAST_TO_FIRST
    reasons = explained.look(case, requirement) if clock.allows(kind) else explained.NOT_LOOKED
    step("trying the estimators on pseudo-targets")
    others = panel.committee(case)
    seen = panel.view(case, others)
    tested = None if seen is None or not clock.allows(back_test) else backtest.record(case, seen, others)
    described = panel.describe(case, seen)
    failed = {**({} if tested is None else rejected(tested)), **rejected_shift.withheld(reasons.shift)}
    estimates = confusions.told(panel.claims(case, described, reference, failed), seen)
    estimates = backtest.recorded(estimates, tested)
    step("working out the bounds")
    bounded = bounds.evaluate(
        case, counted, requirement, options.theorems, others, allows=clock.allows, what=theory
    )
    against = refuted.radii(case, apart) | refuted.prevalence(case)
    said = {**rejected_shift.rejections(reasons.shift), **against}
    sure = refuted.rejected(bounded.claims, said)
    # Where a theorem and an estimator of one name both speak, the theorem's claim says on what it stands.
    taken = {c.id for c in bounded.claims}
    single = [c for c in estimates if c.id not in taken]
    about = [*bounds.against_labels(counted, bounded.claims), *single, *sure]
    source = next(c for c in counted if c.id == "source_error")
    within = refuted.rejected(region.claims(case, reasons.region, source), said)
    further = [*within, *contested.claims(case, seen, bounded.claims)]
    claims = in_order([*about, *errors.drops(about, options.max_drop), *apart, *further])
    unlike = _unlike_all(described.profile, reference) or outdone(case, _unpushed(seen))
    ruling = rule(case, claims, requirement, options, unlike)
    question = Question.of(case, claims, requirement)
    verdict = verdict_of(case, ruling, requirement, None if question is None else question.needed)
    warnings = tuple(
        dict.fromkeys(
            (*checked.warnings, *notes, *refuted.notes(against), *bounded.warnings, *ruling.warnings)
        )
    )
    step("writing it down")
    told = reasons if clock.allows(columns_by_harm) else None
    warnings = (*warnings, *clock.notes)
    written = document.write(
        problem,
        options,
        verdict,
        claims,
        warnings=warnings,
        case=case,
        break_even=refuted.out_of_reach(bounded.break_even, apart),
        contested=contested.contested(case, seen),
        seen=told,
        question=question,
    )
    return Findings.of(case, verdict, claims, warnings, written)


def prepare(
    problem: Problem,
    model: Any,
    predictions: Predictions | None,
    options: Options,
    splits: Splits | None = None,
) -> tuple[Case, list[str]]:
    """Split, train or ask the model, encode, and look for overlap; with what there was to say on the way.

    `splits` are those of an adaptation, whose rows have parts already.
    """
    begun = opened(problem, model, predictions, options, splits)
    weighted = any(s.weights is not None for s in (problem.source, problem.target))
    case = replace(begun.case, budget=Budget.declare(options.delta, spenders(begun.case, options)))
    return case, [*begun.notes, *([WEIGHTS_UNUSED] if weighted else []), *begun.doubts]


def spenders(case: Case, options: Options) -> list[str]:
    """Who shares the half of δ that is not the headline's, declared before any row is scored."""
    declared = ["source_error"]
    if case.columns is not None:
        declared += [f"divergence.{name}" for name in gaps.SPENDING]
    return declared + bounds.spenders(case, options.theorems) + region.spenders(case, options.theorems)


def evidence(case: Case) -> tuple[list[Claim], list[Claim]]:
    """Errors that were counted, and the divergences."""
    step("measuring the distances")
    counted = [errors.source_error(case), errors.direct(case)]
    return [claim for claim in counted if claim is not None], gaps.divergences(case)


def rule(
    case: Case, claims: tuple[Claim, ...], requirement: Requirement, options: Options, unlike: str | None
) -> Ruling:
    """Decide, after what forbids deciding."""
    return decide(
        claims,
        requirement,
        required=options.require,
        blocked=_blocked(case),
        estimate_blocked=unlike or _all_alike(case),
        no_overlap=case.overlap is not None and case.overlap.no_overlap,
    )


def _unpushed(seen: View | None) -> np.ndarray | None:
    """What the committee says on held-out source rows, without the critics, which were pushed away from the model."""
    return None if seen is None or seen.votes is None else seen.votes.without(CRITICS).source


def _blocked(case: Case) -> str | None:
    if not case.problem.numeric and case.classes < 2:
        return "the source has one class only: nothing was learned that could be right or wrong elsewhere"
    if not len(case.splits.source_evaluate) and not len(case.labelled_target):
        return "the source has too few labelled rows to hold any back, and the target has no label: nothing was scored"
    return too_few(case.problem.target.n)


def _all_alike(case: Case) -> str | None:
    """Why no estimate may decide where the target is one row many times over: every estimate would rest on that row."""
    if (
        case.columns is None
        or case.problem.target.n < 2
        or (case.columns.target != case.columns.target[0]).any()
    ):
        return None
    return "all target rows are alike in the columns that vary here, so that no estimate is trusted"


def _unlike_all(profile: Profile | None, reference: Reference) -> str | None:
    if profile is None:
        return None
    distance, typical = reference.distance(profile), reference.typical_distance()
    if distance <= typical:
        return None
    return (
        f"this problem is unlike all reference transfers (distance {distance:.2f}, where 95 % of them lie within "
        f"{typical:.2f} of another), so that no estimate is trusted"
    )


def verdict_of(case: Case, ruling: Ruling, requirement: Requirement, labels_needed: int | None) -> Verdict:
    """The ruling, about whom it is, and how many labels would settle it."""
    return Verdict(
        answer=ruling.answer,
        basis=ruling.basis,
        requirement=requirement,
        reason=ruling.reason,
        subject=_subject_of(case, ruling.basis),
        labels_needed=labels_needed,
    )


def _subject_of(case: Case, basis: Basis | None) -> str:
    """Whom the verdict is about: a certificate is about the given model even where a refitted clone stands for it."""
    if case.subject.given_target is not None and basis is Basis.CERTIFIED:
        return case.subject.title.split(", refitted")[0]
    return case.subject.title


_ORDER = ("source_error", "target_error", "error_drop", "adaptability", "divergence")


def in_order(claims: list[Claim]) -> tuple[Claim, ...]:
    """Claims in their fixed order: by quantity, then as the steps made them."""
    rank = {name: i for i, name in enumerate(_ORDER)}
    return tuple(sorted(claims, key=lambda c: rank.get(c.quantity, len(rank))))
