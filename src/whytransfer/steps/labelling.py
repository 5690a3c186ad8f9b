"""From a problem and a model to a plan of which target rows to label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from whytransfer.backtest import Wanted, make_cuts
from whytransfer.claims import Assumption
from whytransfer.diagnosis import ErrorModel, signals
from whytransfer.errors import InputError, UnknownNameError
from whytransfer.labels import Division, LabelPlan
from whytransfer.labels import forecast as forecasts
from whytransfer.labels.plan import Design
from whytransfer.labels.strata import (
    LEAST_DRAWN,
    UNIFORM_SHARE,
    WORTH,
    Way,
    allocate,
    draw,
    of_the_law,
    ranked_strata,
)
from whytransfer.models import Said
from whytransfer.models.subject import ask
from whytransfer.problem import Problem
from whytransfer.steps import backtest, panel, subject, why
from whytransfer.steps.case import Case
from whytransfer.steps.met import meeting
from whytransfer.steps.options import Options
from whytransfer.steps.planned_draw import draw_of
from whytransfer.steps.planned_split import shared_law
from whytransfer.steps.run import prepare

DESIGNS = ("auto", "fixed", "sequential")
WAYS = ("auto", "uniform", "stratified", "disagreement")
FIRST = "model"
"""Name of the model that the verdict is about, among the candidates."""

LEAST_STRATIFIED = 20
"""Labels below which strata are not worth their own errors."""
MOST_STRATIFIED = 8000
"""Labels above which the exact limit of two strata takes too long; a uniform draw of so many is precise anyway."""
PSEUDO_TARGETS = 12
"""Pseudo-targets cut from the source, at most, on which savings are foretold."""
BATCHES = 10
"""Batches of a plan: a tenth of the labels each."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chosen:
    """How the rows of the target are divided, and how many labels go where.

    `strata` has the stratum of every target row; `division` how errors are expected to divide; `scores` is predicted error.
    """

    way: Way
    strata: np.ndarray
    shares: tuple[float, ...]
    division: Division | None = None
    scores: np.ndarray | None = None
    savings: Mapping[str, Any] | None = None
    warnings: tuple[str, ...] = ()


def make_plan(
    problem: Problem,
    model: Any,
    predictions: Any,
    options: Options,
    *,
    budget: int,
    design: str,
    way: str,
    candidates: Mapping[str, Any],
    per_class: bool,
) -> LabelPlan:
    """The plan; see `whytransfer.plan_labels`."""
    _check(problem, budget, design, way)
    # Labels of the target that are there already must not choose rows.
    problem = problem.with_target_labels(None)
    case, notes = prepare(problem, model, predictions, options)
    said = {FIRST: case.subject.certified.codes, **_candidates(problem, candidates)}
    asked: Design = "sequential" if design == "sequential" else "fixed"
    requirement = options.requirement(case.majority_error)
    rng = draw_of(case, list(said.values()), 30)
    chosen = _choose(case, said, asked, way, budget, requirement.value, rng)
    sizes = tuple(int(c) for c in np.bincount(chosen.strata, minlength=len(chosen.shares)))
    # Contested rows are known from the target's features, so that the strata's sizes are not fixed beforehand: what is drawn
    # from them is random for this file only (docs/theory/labels.md).
    whole = options.population == "file" or chosen.way == "disagreement"
    drawn = allocate(budget, sizes, chosen.shares, least=1 if chosen.way == "disagreement" else LEAST_DRAWN)
    met = meeting(problem, [subject.as_given(model, case.subject), *candidates.values()], whole=whole)
    rows, standing = draw(chosen.strata, drawn, rng), _standing(case, met.rows, whole)
    plan = LabelPlan(
        digest=replace(problem.target, labels=None).digest,
        source=about_source(problem),
        label=problem.label_name or "label",
        classes=problem.classes,
        requirement=requirement.value,
        requirement_kind=requirement.kind,
        delta=options.delta,
        spends=_spends(options.delta, problem, said, per_class),
        seed=options.seed,
        design=asked,
        way=chosen.way,
        population="file" if whole else "law",
        sizes=sizes,
        drawn=drawn,
        rows=rows,
        strata=chosen.strata[rows],
        batches=_batches(len(rows)),
        predictions={name: codes[rows] for name, codes in said.items()},
        predicted_error=None if chosen.scores is None else chosen.scores[rows],
        contested=_contested(said, chosen.strata, len(sizes)),
        subject=case.subject.title.split(", refitted")[0],
        names=tuple(problem.target.names),
        label_noise=options.label_noise,
        majority_error=case.majority_error,
        standing=standing,
        warnings=tuple(dict.fromkeys((*notes, *met.notes, *chosen.warnings, *_foretold(standing)))),
        shared=shared_law(case, rows),
        frame=_frame(problem, rows),
    )
    curve = forecasts.curve(
        plan.draws,
        plan.requirement,
        plan.headline,
        chosen.division,
        horizon=plan.horizon if asked == "sequential" else None,
        noise=plan.label_noise,
    )
    return replace(plan, forecast={"power": curve, "savings": dict(chosen.savings or {})})


def _check(problem: Problem, budget: int, design: str, way: str) -> None:
    if design not in DESIGNS:
        raise UnknownNameError("design", design, DESIGNS)
    if way not in WAYS:
        raise UnknownNameError("way", way, WAYS)
    check_budget(problem, budget)


def check_budget(problem: Problem, budget: int) -> None:
    """Refuse a plan of so many labels, or of any, where it can't be made.

    Raises
    ------
    InputError
        For a budget that is no whole number from 1 to the target's rows, and for files that can't be compared.
    """
    if isinstance(budget, bool) or not isinstance(budget, (int, np.integer)) or budget < 1:
        raise InputError(f"budget: expected a whole number of labels, at least 1, got {budget!r}")
    if budget > problem.target.n:
        raise InputError(
            f"budget: expected at most the {problem.target.n} rows of the target, got {budget}; lower it, or give more target rows"
        )
    if problem.mismatch:
        raise InputError(f"the two files can't be compared: {problem.mismatch}")


def about_source(problem: Problem) -> dict[str, Any]:
    """What a plan keeps of the source: how large it was, and its digest."""
    return {
        "rows": problem.source.n,
        "labelled": int(problem.source.labelled.sum()),
        "digest": problem.source.digest,
    }


def _candidates(problem: Problem, given: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Predicted classes of every further candidate on all target rows."""
    found = {}
    for name, candidate in given.items():
        if name == FIRST:
            raise InputError(f"candidates: {FIRST!r} is the name of the model itself; give another one")
        if hasattr(candidate, "predict"):
            codes = ask(candidate, problem, "target").codes
        else:
            codes = problem.codes(candidate, what=f"predictions of candidate {name}")
        if len(codes) != problem.target.n or (codes < 0).any():
            raise InputError(
                f"candidate {name}: expected a predicted label for each of the {problem.target.n} target rows, got "
                f"{len(codes)}, {int((codes < 0).sum())} of them missing"
            )
        found[str(name)] = codes
    return found


def _spends(
    delta: float, problem: Problem, said: Mapping[str, np.ndarray], per_class: bool
) -> dict[str, float]:
    """Who spends δ: the headline alone all of it; with others beside it, half, and they share the rest."""
    others = [f"error_difference.{name}" for name in list(said)[1:]]
    if per_class:
        others += [f"class_error.{value}" for value in problem.classes.tolist()]
    if not others:
        return {"target_error.direct": delta}
    return {"target_error.direct": delta / 2, **dict.fromkeys(others, delta / 2 / len(others))}


# ---------------------------------------------------------------- which rows


def _choose(
    case: Case,
    said: Mapping[str, np.ndarray],
    design: Design,
    way: str,
    budget: int,
    requirement: float,
    rng: np.random.Generator,
) -> Chosen:
    m = case.problem.target.n
    scored = predicted(case)
    uniform = Chosen(
        way="uniform",
        strata=np.zeros(m, dtype=np.int64),
        shares=(1.0,),
        scores=None if scored is None else scored[1],
    )
    if way == "uniform":
        return uniform
    if way == "disagreement" and len(said) < 2:
        raise InputError(
            "way: 'disagreement' needs candidates that can disagree; pass candidates={name: model, ...}"
        )
    if design == "sequential":
        note = "a sequential design draws its rows uniformly: its limits need that"
        return uniform if way == "auto" else replace(uniform, warnings=(note,))
    if way in ("auto", "disagreement") and len(said) > 1:
        return _by_disagreement(said, uniform)
    return _by_error(case, scored, way, budget, requirement, uniform, rng)


def _by_error(
    case: Case,
    scored: tuple[why.Errors, np.ndarray] | None,
    way: str,
    budget: int,
    requirement: float,
    uniform: Chosen,
    rng: np.random.Generator,
) -> Chosen:
    m = len(uniform.strata)
    if scored is None:
        note = "rows are drawn uniformly: no errors of the model on held-out source rows are known to stratify by"
        return replace(uniform, warnings=(note,))
    if not LEAST_STRATIFIED <= budget <= MOST_STRATIFIED or m < 2 * LEAST_STRATIFIED:
        note = f"rows are drawn uniformly: strata need from {LEAST_STRATIFIED} to {MOST_STRATIFIED} labels"
        return uniform if way == "auto" else replace(uniform, warnings=(note,))
    about, scores = scored
    division = Division.best(about.model.predict(about.source), requirement)
    fraction = 0.0 if case.whole else budget / m
    saved = _savings(case, about, requirement, fraction)
    if way == "auto" and division.ratio(fraction) > WORTH:
        return replace(
            uniform, savings=saved, warnings=("rows are drawn uniformly: strata would save nothing",)
        )
    strata = ranked_strata(scores, division.share, rng)
    return Chosen(
        way="stratified",
        strata=strata,
        shares=division.labels,
        division=division,
        scores=scores,
        savings=saved,
    )


def predicted(case: Case) -> tuple[why.Errors, np.ndarray] | None:
    """The model of where the user's model errs, and what it predicts for every target row."""
    about = why.errors(case)
    if about is None or case.apart is None or case.columns is None:
        return None
    learned = case.columns.source[case.splits.source_train]
    spread = learned.std(axis=0)
    rows = (case.columns.target - learned.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    said: Said = case.subject.target
    found = signals(said.codes, said.proba, [why.asked(w, rows, case.classes) for w in about.witnesses])
    return about, about.model.predict(found)


def _savings(case: Case, about: why.Errors, requirement: float, fraction: float) -> dict[str, Any]:
    """Variance ratios on pseudo-targets: the error model and the division of the pseudo-source, the true errors of the pseudo-target.

    `fraction` is the share of the file that is drawn, for claims about the law; 0 for claims about the file.
    """
    seen = panel.view(case)
    if seen is None or case.apart is None:
        return forecasts.savings(np.empty(0), np.empty(0))
    rows = backtest.labelled_rows(case, seen)
    auc = 0.75 if case.overlap is None or case.overlap.auc is None else case.overlap.auc
    wanted = Wanted.like(auc=auc, rows=rows.n, target_rows=case.problem.target.n)
    cuts = make_cuts(rows, wanted, count=PSEUDO_TARGETS, seed=case.seed).cuts
    rng = np.random.default_rng(np.random.SeedSequence(case.seed, spawn_key=(32,)))
    found, powered = [], []
    for cut in cuts:
        if cut.change is not None or not 0 < seen.wrong[cut.source].sum() < len(cut.source):
            continue
        model = ErrorModel.fit(about.source[cut.source], seen.wrong[cut.source])
        here, there = (model.predict(about.source[part]) for part in (cut.source, cut.target))
        made = Division.best(here, requirement)
        strata = ranked_strata(there, made.share, rng)
        found.append(forecasts.variance_ratio(seen.wrong[cut.target], strata, made.labels))
        powered.append(forecasts.powered_ratio(seen.wrong[cut.source], here, seen.wrong[cut.target], there))
    told = (
        np.array([of_the_law(r, fraction) for r in ratios if r is not None]) for ratios in (found, powered)
    )
    return forecasts.savings(*told)


def _by_disagreement(said: Mapping[str, np.ndarray], uniform: Chosen) -> Chosen:
    """Nearly all labels go to the rows that candidates contest: where all say the same, a label can't tell them apart."""
    contested = contest(list(said.values())) > 0
    if not 0 < contested.sum() < len(contested):
        how_many = "every row" if contested.any() else "no row"
        return replace(uniform, warnings=(f"rows are drawn uniformly: the candidates contest {how_many}",))
    first = UNIFORM_SHARE * float(1.0 - contested.mean())
    note = (
        f"labels go to the {int(contested.sum())} rows that the candidates contest: they choose among them, and say little about "
        "how large the error is; way='stratified' is for that. The certificates are about the rows of this file"
    )
    return Chosen(
        way="disagreement",
        strata=contested.astype(np.int64),
        shares=(first, 1.0 - first),
        scores=uniform.scores,
        warnings=(note,),
    )


def contest(said: Sequence[np.ndarray]) -> np.ndarray:
    """Of every row, the probability that two candidates drawn at random say different things, shape (m,)."""
    codes = np.array(said)
    counts = np.array([(codes == value).sum(axis=0) for value in np.unique(codes)])
    return np.asarray(1.0 - ((counts / len(codes)) ** 2).sum(axis=0))


def _contested(said: Mapping[str, np.ndarray], strata: np.ndarray, count: int) -> dict[str, tuple[int, ...]]:
    """Rows of each stratum on which each candidate contradicts the first one."""
    first, *others = said
    return {
        name: tuple(int(c) for c in np.bincount(strata, weights=said[name] != said[first], minlength=count))
        for name in others
    }


def _batches(n: int) -> np.ndarray:
    """A tenth of the rows a batch, but at least ten."""
    size = max(10, -(-n // BATCHES))
    return np.arange(n) // size + 1


def _standing(case: Case, met: Assumption | None, whole: bool) -> tuple[Any, ...]:
    """What speaks against counting target rows one by one, where claims are about the law, and that a model has `met` them.

    There are no errors yet that a test in time could look at, as an audit does: what the columns say has to do.
    """
    found = [] if case.across is None else [case.across]
    units = case.units("target", np.arange(case.problem.target.n))
    if not whole and units.groups is not None:
        found += case.dependence("target")
    elif not whole and case.copies[1] is not None:
        found.append(case.copies[1])
    return (*found, *([] if met is None or whole else [met]))


def _foretold(standing: Sequence[Assumption]) -> list[str]:
    """What its labels can't do, said before anyone labels."""
    if not standing:
        return []
    names = " and ".join(f"{a.id} ({a.status})" for a in standing)
    note = (
        f"certificates of this plan will be conditional on {names}, and decide nothing; where target rows hang together or have adapted the model, one about the rows "
        "of this file is not (--target-is-whole)"
    )
    return [note]


def _frame(problem: Problem, rows: np.ndarray) -> Any:
    """Features of the planned rows as a pandas frame, as they were given."""
    import pandas as pd

    given = problem.target.take(rows)
    if hasattr(given, "toarray"):
        given = given.toarray()
    frame = given if isinstance(given, pd.DataFrame) else pd.DataFrame(np.asarray(given))
    return frame.set_axis(list(problem.target.names), axis=1).reset_index(drop=True)
