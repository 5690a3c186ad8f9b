"""The audit of what can be counted when no feature value of the source is at hand: errors here and there, and the answer."""

from __future__ import annotations

from whytransfer.claims import Budget, Claim
from whytransfer.errors import InputError
from whytransfer.metrics import Loss
from whytransfer.problem import Problem, Splits
from whytransfer.steps import document, errors, panel, ties
from whytransfer.steps.case import Case
from whytransfer.steps.independence import label_note, labelled_at_random
from whytransfer.steps.options import Options
from whytransfer.steps.regression import counted as of_numbers
from whytransfer.steps.regression import estimates
from whytransfer.steps.regression.run import constant_loss
from whytransfer.steps.run import Findings, in_order, rule
from whytransfer.steps.subject import Taught
from whytransfer.verdict import Verdict

LEFT_OUT = (
    "no feature value of the source is kept: divergences, estimates without labels, bounds, the kind of shift and columns by harm are left out, "
    "and nothing could tell whether rows stand in both domains"
)


def counted(problem: Problem, taught: Taught, options: Options, splits: Splits) -> Findings:
    """The claims of `whytransfer.steps.run.compared` that are counted: the error on the source, on labelled target rows, and its rise.

    Parameters
    ----------
    problem : Problem
        Its source rows have their labels and groups; their features stand for nothing but their kinds.
    taught : Taught
        The model, with what it says on the source rows.
    options : Options
    splits : Splits

    Raises
    ------
    InputError
        For what needs feature values: assertions, theorems by name, another metric.
    """
    needs = {"assume": options.assume, "theorems": options.theorems, "metric": options.metric}
    asked = next((name for name, value in needs.items() if value), None)
    if asked is not None:
        raise InputError(f"{asked}: it needs source rows, and this baseline keeps none; fit one with rows=")
    found = taught.asked(problem)
    case = Case(
        problem=problem,
        splits=splits,
        subject=found.subject,
        columns=None,
        apart=None,
        budget=Budget.declare(options.delta, ("source_error",)),
        assume=options.assume,
        seed=options.seed,
        whole=options.population == "file",
        not_trained=found.not_trained,
        label_noise=options.label_noise,
        ties=ties.find(problem, splits, found.subject, None, options.seed),
        chosen=labelled_at_random(problem, None, found.subject, whole=options.population == "file"),
    )
    least = case.majority_error if options.loss is None else constant_loss(problem, options.loss)
    about = [claim for claim in _about(case, options.loss) if claim is not None]
    claims = in_order([*about, _silent(case, options.loss), *errors.drops(about, options.max_drop)])
    requirement = options.requirement(least)
    ruling = rule(case, claims, requirement, options, None)
    verdict = Verdict(
        answer=ruling.answer,
        basis=ruling.basis,
        requirement=requirement,
        reason=ruling.reason,
        subject=found.subject.title,
    )
    said = (
        *problem.warnings,
        *splits.warnings,
        *found.warnings,
        *label_note(problem),
        *ruling.warnings,
        LEFT_OUT,
    )
    warnings = tuple(dict.fromkeys(said))
    written = document.write(problem, options, verdict, claims, warnings=warnings, case=case)
    return Findings.of(case, verdict, claims, warnings, written)


def _about(case: Case, loss: Loss | None) -> tuple[Claim | None, ...]:
    if loss is None:
        return errors.source_error(case), errors.direct(case)
    return of_numbers.source_error(case, loss), of_numbers.direct(case, loss)


def _silent(case: Case, loss: Loss | None) -> Claim:
    """The panel's claim, which says nothing."""
    why = "no feature value of the source is kept"
    return panel.silent(why, max(2, case.classes)) if loss is None else estimates.claims(loss, why)[0]
