"""Several audits of one source that hold together: the model trained once, δ shared, declared before any row is scored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from whytransfer.backtest import Reference
from whytransfer.errors import InputError
from whytransfer.models import Predictions
from whytransfer.problem import Problem, splits_of
from whytransfer.steps import document, panel, regression
from whytransfer.steps.measured import answered
from whytransfer.steps.options import Options
from whytransfer.steps.progress import step
from whytransfer.steps.regression import estimates
from whytransfer.steps.regression.run import constant_loss
from whytransfer.steps.run import Findings, not_comparable
from whytransfer.steps.subject import Taught, find
from whytransfer.verdict import FEWEST_TARGET_ROWS, Answer, Verdict, too_few

MOST_GROUPS = 100
"""Sub-groups that are judged; a column with more values names rows rather than groups."""

MISSING = "(missing)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """How δ is shared.

    Parameters
    ----------
    delta : float
        Failure probability per side of all audits together.
    each : float
        Of each judged one.
    text : str
        Both, in words.
    """

    delta: float
    each: float
    text: str


def by_group(problem: Problem, values: Any) -> dict[str, Problem]:
    """The problem with each sub-group of its target, in the order of their names.

    Parameters
    ----------
    problem : Problem
        One source, one target.
    values : array-like, shape (m,)
        Which group each target row belongs to; missing ones make a group of their own.

    Raises
    ------
    InputError
        When there are not as many values as rows, or more than `MOST_GROUPS` groups.
    """
    names = _names(values)
    if len(names) != problem.target.n:
        raise InputError(f"by: expected {problem.target.n} values, one a target row, got {len(names)}")
    kinds = np.unique(names)
    if len(kinds) > MOST_GROUPS:
        raise InputError(
            f"by: {len(kinds)} groups, expected at most {MOST_GROUPS}; give a column with fewer values, such as a region or a device"
        )
    return {str(kind): problem.with_rows(target=np.flatnonzero(names == kind)) for kind in kinds}


def share(problems: Mapping[str, Problem], delta: float, *, groups: bool) -> Shared:
    """δ of each audit: of sub-groups those that are large enough share it, of targets all that were given.

    The sizes of sub-groups follow from the column alone. Given the column, the rows of a group are draws from the group's law, so that
    limits hold for every column, and the union bound over the groups that are judged holds as well.
    """
    judged = [n for n, p in problems.items() if not groups or p.target.n >= FEWEST_TARGET_ROWS]
    each = delta / max(1, len(judged))
    what = f"{len(judged)} {'sub-groups' if groups else 'targets'}"
    small = len(problems) - len(judged)
    text = f"each of {what} has δ = {each:.4g} per side, so that all claims of all of them hold together (union bound)"
    if small:
        text += f"; {small} of fewer than {FEWEST_TARGET_ROWS} rows {'makes' if small == 1 else 'make'} no claim and spend none"
    return Shared(delta=delta, each=each, text=text)


def audited(
    problems: Mapping[str, Problem],
    model: Any,
    predictions: Mapping[str, Predictions | None],
    options: Options,
    reference: Reference,
    *,
    groups: bool,
) -> dict[str, Findings]:
    """The findings of each problem at the options' δ; one model for all problems whose source rows are the same."""
    taught: dict[str, Taught] = {}
    found = {}
    for name, problem in problems.items():
        step(f"{name}: {problem.target.n:,} rows")
        if problem.mismatch:
            found[name] = not_comparable(problem, options)
        elif groups and (reason := too_few(problem.target.n, "sub-group")):
            found[name] = _unjudged(problem, options, reason)
        elif predictions.get(name) is not None:
            found[name] = _answered(problem, None, predictions[name], options, reference)
        else:
            source = problem.source.digest
            if source not in taught:
                taught[source] = teach(problem, model, options)
            found[name] = _answered(problem, taught[source], None, options, reference)
    return found


def _answered(
    problem: Problem, model: Any, predictions: Predictions | None, options: Options, reference: Reference
) -> Findings:
    if problem.numeric:
        return regression.answered(problem, model, predictions, options)
    return answered(problem, model, predictions, options, reference)


def teach(problem: Problem, model: Any, options: Options) -> Taught:
    """The model, found once: the split of the source comes first from the seed, and is the same for every target."""
    found = find(problem, splits_of(problem, options.seed), model, None, options)
    return Taught.of(found, model)


def _unjudged(problem: Problem, options: Options, reason: str) -> Findings:
    """The audit of a sub-group that is too small to be judged: no claim, and why."""
    known = problem.source.labels[problem.source.labelled]  # type: ignore[index]
    if options.loss is not None:
        least = constant_loss(problem, options.loss)
    else:
        counts = np.bincount(known)
        least = float(1.0 - counts.max() / counts.sum())
    verdict = Verdict(
        answer=Answer.UNDECIDED,
        basis=None,
        requirement=options.requirement(least),
        reason=reason,
        subject="no model was asked: the sub-group is too small",
    )
    silent = (
        panel.silent(reason, max(2, len(problem.classes)))
        if options.loss is None
        else estimates.claims(options.loss, reason)[0]
    )
    claims = (silent,)
    written = document.write(problem, options, verdict, claims, warnings=problem.warnings)
    return Findings(
        verdict=verdict, claims=claims, warnings=problem.warnings, model=None, splits=None, document=written
    )


def sliced(predictions: Predictions, problems: Mapping[str, Problem], values: Any) -> dict[str, Predictions]:
    """What a model said on each sub-group; see `by_group`."""
    names = _names(values)
    said, proba = np.asarray(predictions.target), predictions.proba_target
    parts = {}
    for name in problems:
        rows = np.flatnonzero(names == name)
        part = None if proba is None else np.asarray(proba)[rows]
        parts[name] = replace(predictions, target=said[rows], proba_target=part)
    return parts


def _names(values: Any) -> np.ndarray:
    """The group of each row as text."""
    import pandas as pd

    series = pd.Series(np.asarray(values, dtype=object).reshape(-1))
    named: np.ndarray = series.where(series.notna(), MISSING).astype(str).to_numpy()
    return named
