"""From a problem with a numeric label to a plan of which target rows to label."""

from __future__ import annotations

from typing import Any

import numpy as np

from whytransfer.claims import Assumption
from whytransfer.errors import InputError
from whytransfer.labels.number_plan import NumberPlan
from whytransfer.models import Predictions
from whytransfer.problem import Problem
from whytransfer.steps.case import Case
from whytransfer.steps.labelling import BATCHES, about_source, check_budget
from whytransfer.steps.options import Options
from whytransfer.steps.planned_draw import draw_of
from whytransfer.steps.regression.counted import NO_CAP
from whytransfer.steps.regression.power import Question
from whytransfer.steps.regression.run import constant_loss, prepare

GRID = (0.5, 0.7, 0.8, 0.9, 1.1, 1.25, 1.5)
"""True losses for which the power is told, in requirements."""


def make_plan(
    problem: Problem, model: Any, predictions: Predictions | None, options: Options, *, budget: int
) -> NumberPlan:
    """A uniform draw of target rows in random order, valid after every label (betting), with the power it has.

    Raises
    ------
    InputError
        Without a cap, for the target as a whole, and for a budget that is none.
    """
    if options.loss is None or options.loss.cap is None:
        raise InputError(f"a label plan for a quantity: {NO_CAP}")
    if options.population == "file":
        raise InputError(
            "a label plan for a quantity certifies about the law that the target rows come from; leave population='file' (--target-is-whole) out"
        )
    check_budget(problem, budget)
    m = problem.target.n
    blind = problem.with_target_labels(None)
    heard = prepare(blind, model, predictions, options)
    case, requirement = heard.case, options.requirement(constant_loss(problem, options.loss))
    rng = draw_of(case, [case.subject.certified.codes], 20)
    rows = rng.permutation(m)[:budget].astype(np.int64)
    question = Question(
        loss=options.loss,
        requirement=requirement.value,
        failure=options.delta,
        errors=_errors(case),
        seed=options.seed,
    )
    frame = blind.target.frame()
    if not hasattr(frame, "iloc"):
        raise InputError(
            "a label plan writes a sheet with the columns, and sparse rows have none: give a table"
        )
    return NumberPlan(
        digest=blind.target.digest,
        label=problem.label_name or "y",
        requirement=requirement.value,
        requirement_kind=requirement.kind,
        delta=options.delta,
        seed=options.seed,
        loss=options.loss,
        m=m,
        rows=rows,
        batches=1 + np.arange(budget, dtype=np.int64) * min(BATCHES, budget) // budget,
        predictions=np.asarray(case.subject.certified.codes[rows], dtype=np.float64),
        source=about_source(problem),
        subject=case.subject.title.split(", refitted")[0],
        names=tuple(str(name) for name in blind.target.names),
        standing=_standing(case),
        power=tuple(_power(question, budget, m)),
        warnings=tuple(dict.fromkeys(heard.notes)),
        frame=frame.iloc[rows],
    )


def _errors(case: Case) -> np.ndarray:
    """Absolute errors on held-out source rows; on none of them where the model knew them."""
    rows = np.concatenate([case.splits.source_choose, case.splits.source_evaluate])
    if case.source_withheld or not len(rows):
        return np.zeros(0)
    return np.asarray(np.abs(case.subject.source.codes[rows] - case.problem.source.labels[rows]))  # type: ignore[index]


def _power(question: Question, budget: int, m: int) -> list[dict[str, Any]]:
    """For a grid of true losses: what would be certified, after how many labels, and how likely with this plan."""
    if not len(question.errors) or not question.errors.any() or not question.requirement > 0.0:
        return []
    largest = question.loss.largest or 0.0
    return [
        {
            "true_error": true,
            "answer": "works" if true <= question.requirement else "fails",
            "labels": question.needed(true, m),
            "probability": question.chance(budget, true),
        }
        for true in (share * question.requirement for share in GRID)
        if true < largest
    ]


def _standing(case: Case) -> tuple[Assumption, ...]:
    """Rows are drawn one by one: of groups and series that is a draw from the file, and of the law only if they are independent.

    And only of rows that are no copies, stand in one domain, and have not adapted the model.
    """
    target, found = case.problem.target, []
    if target.groups is not None and len(np.unique(target.groups.astype(str))) < target.n:
        text = "rows of one group are independent in the target: this certificate has no form by groups"
        found.append(Assumption(id="independent_within_groups_target", text=text))
    if target.time is not None:
        text = "the rows of the target are independent of each other in time"
        found.append(Assumption(id="independent_in_time_target", text=text))
    return (*found, *(a for a in (case.across, case.copies[1], case.met.rows) if a is not None))
