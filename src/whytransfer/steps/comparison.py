"""Labelled domains against each other: who learns for whom, how far they are apart, what one rule could do in both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from whytransfer.claims import Budget, Claim, Level, Unit
from whytransfer.problem import Problem
from whytransfer.steps import errors, gaps
from whytransfer.steps.bounds import SURROGATES, at_work
from whytransfer.steps.case import Case
from whytransfer.steps.options import Options
from whytransfer.steps.progress import step
from whytransfer.steps.regression import comparison as of_numbers
from whytransfer.steps.regression.comparison import DISAGREEMENT
from whytransfer.steps.regression.run import prepare as prepare_numbers
from whytransfer.steps.run import prepare
from whytransfer.steps.several import teach
from whytransfer.steps.subject import Taught

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One ordered pair of domains.

    Parameters
    ----------
    claims : tuple of Claim
        About the model trained on the first: `source_error` there, `target_error.direct` on the second, `disagreement.models`; of a quantity
        as losses. In the first of both orders also the divergences and λ, which are the same in either.
    reason : str or None
        Why they can't be compared in this order; there are no claims then.
    warnings : tuple of str
        What was said on the way.
    """

    claims: tuple[Claim, ...] = ()
    reason: str | None = None
    warnings: tuple[str, ...] = ()


def compared(problems: Mapping[Pair, Problem], model: Any, options: Options) -> dict[Pair, Compared]:
    """Every ordered pair at the options' δ; the model of each domain is trained once.

    Parameters
    ----------
    problems : mapping of (source, target) to Problem
        Every ordered pair, its target labelled.
    model : object, str or None
        An unfitted estimator or the name of a learner.
    options : Options
        Their δ is that of one pair.
    """
    taught: dict[str, Taught] = {}
    cases, notes = {}, {}
    for (source, target), problem in problems.items():
        if problem.mismatch:
            continue
        step(f"{source} to {target}")
        if source not in taught:
            taught[source] = teach(problem, model, options)
        cases[source, target], notes[source, target] = _prepared(problem, taught[source], options)
    found = {}
    for pair, problem in problems.items():
        if pair not in cases:
            found[pair] = Compared(reason=problem.mismatch, warnings=problem.warnings)
            continue
        step(f"{pair[0]} against {pair[1]}")
        first = (pair[1], pair[0]) not in found or found[pair[1], pair[0]].reason is not None
        case, back = cases[pair], cases.get((pair[1], pair[0]))
        claims = (
            _claims(case, back, options, both_ways=first)
            if options.loss is None
            else of_numbers.claims(case, back, options.loss, options.delta, pair, both_ways=first)
        )
        said = tuple(dict.fromkeys((*problem.warnings, *notes[pair])))
        found[pair] = Compared(claims=claims, warnings=said)
    return found


def _prepared(problem: Problem, taught: Taught, options: Options) -> tuple[Case, list[str]]:
    if options.loss is None:
        return prepare(problem, taught, None, options)
    heard = prepare_numbers(problem, taught, None, options)
    return heard.case, list(heard.notes)


def _claims(case: Case, back: Case | None, options: Options, *, both_ways: bool) -> tuple[Claim, ...]:
    """The claims of one ordered pair; who spends is declared before any row is scored."""
    spend = ["source_error"] + ([DISAGREEMENT] if back is not None else [])
    if both_ways and case.columns is not None:
        spend += [f"divergence.{name}" for name in gaps.SPENDING] + at_work.spenders(case, SURROGATES)
    case = replace(case, budget=Budget.declare(options.delta, spend))
    found = [errors.source_error(case), errors.direct(case)]
    if back is not None:
        found.append(_disagreement(case, back))
    if both_ways:
        found += [*at_work.at_work(case, 1.0, SURROGATES).claims, *gaps.divergences(case)]
    return tuple(claim for claim in found if claim is not None)


def _disagreement(case: Case, back: Case) -> Claim:
    """How often the models of both domains contradict each other on rows of the target that taught neither.

    Parameters
    ----------
    case, back : Case
        The pair, and the pair in the other order, whose source is this one's target.
    """
    rows = np.sort(np.concatenate([back.splits.source_choose, back.splits.source_evaluate]))
    ours = case.problem.classes[case.subject.target.codes[rows]]
    theirs = back.problem.classes[back.subject.source.codes[rows]]
    apart = np.array(
        [str(a) != str(b) for a, b in zip(ours.tolist(), theirs.tolist(), strict=True)], dtype=bool
    )
    delta = case.budget.of(DISAGREEMENT)
    blank = Claim(
        id=DISAGREEMENT,
        quantity="disagreement",
        unit=Unit.ERROR,
        level=Level.PROVED,
        detail={"reason": "no row was held back"},
    )
    if not len(rows):
        return blank
    units = back.units("source", rows)
    made = replace(
        blank,
        estimate=float(apart.mean()),
        lower=units.lower(apart, delta),
        upper=units.upper(apart, delta),
        confidence=1.0 - delta,
        theorem=units.theorem,
        citation=units.citation,
        detail={"delta": delta, "rows": len(rows), **units.said},
    )
    return back.cautious(made, grouped=True)
