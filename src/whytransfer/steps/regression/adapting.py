"""Adapting a model of a quantity: candidates, what labelled target rows say of them, and a choice that keeps the source model unless one gains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from whytransfer.choice import SOURCE, Choice, keep
from whytransfer.claims import Claim, Level, Unit, figures
from whytransfer.errors import InputError
from whytransfer.methods.numeric import ASSUMPTIONS, TITLES, NumericMethod
from whytransfer.metrics import Loss
from whytransfer.problem import Problem, Splits, splits_of
from whytransfer.steps.adapt.ground import TARGET_SHARES, met, without_spent
from whytransfer.steps.adapt.records import Candidate
from whytransfer.steps.adapt.run import NOTHING, Outcome
from whytransfer.steps.case import LABELS_AT_RANDOM
from whytransfer.steps.progress import step
from whytransfer.steps.regression.aimed import AimedNumbers
from whytransfer.steps.regression.candidates import Tried, names_of, shown, tried
from whytransfer.steps.regression.gains import FAILURE, FEWEST_LABELS, Gain, gains_of

Floats = NDArray[np.float64]

SOURCE_SHARES = (0.7, 0.0, 0.3)
"""Train, choose, evaluate: candidates are compared on target labels, so that no source row is spent on choosing."""

ABSOLUTE = Loss(name="absolute")


def adapted(problem: Problem, methods: Any, learner: Any, target_labels: Any, seed: int) -> Outcome:
    """Adapt where labelled target rows show a gain, else keep the source model."""
    labels = _labels(problem, target_labels)
    names = names_of(methods, with_labels=bool(np.isfinite(labels).any()))
    splits = _splits(problem, labels, seed)
    if not len(splits.source_train):
        raise InputError("the source has no labelled row to train on; give rows with their labels")
    step("fitting the candidates")
    fits = [tried(problem, splits, labels, name, learner, seed) for name in (SOURCE, *names)]
    source = fits[0].method
    if source is None:
        raise InputError(f"the source model could not be fitted: {fits[0].failed}")
    step("comparing them on labelled target rows")
    gains = gains_of(problem, splits, labels, fits)
    choice = _choice(gains, rivals=len(names), named=methods != "auto", k=len(splits.target_choose))
    chosen = next(fit for fit in fits if fit.name == choice.name)
    model = chosen.method
    if model is None:
        raise ValueError("a candidate that could not be fitted was chosen")
    if not choice.kept:
        model.met_ = met(problem, splits, model.columns_.encoder)
    seen, known = shown(problem, splits, labels, chosen.name)
    return Outcome(
        choice=choice,
        candidates=_records(fits, gains, choice),
        claims=(_ceiling(problem, splits, source, model), _gain(choice, gains)),
        warnings=_warnings(problem, splits, fits, chosen),
        model=model,
        splits=splits,
        audited=AimedNumbers(clone(model), seen, known),
    )


def _labels(problem: Problem, given: Any) -> Floats:
    """Target labels that may be learned from, NaN elsewhere."""
    if given is None:
        return np.full(problem.target.n, np.nan)
    labels = problem.with_target_labels(given).target.labels
    return np.full(problem.target.n, np.nan) if labels is None else np.asarray(labels, dtype=np.float64)


def _splits(problem: Problem, labels: Floats, seed: int) -> Splits:
    blind = problem.with_target_labels(None)
    drawn = splits_of(blind, seed, source_shares=SOURCE_SHARES, target_shares=TARGET_SHARES)
    said = tuple(w for w in drawn.warnings if "choosing" not in w)
    return without_spent(problem, drawn, np.flatnonzero(np.isfinite(labels)), said)


def _choice(gains: Sequence[Gain], *, rivals: int, named: bool, k: int) -> Choice:
    if not k:
        why = (
            "the label is a quantity, and no record of other transfers shows that an alignment of the columns lowers such losses: "
            "without target labels no gain can be shown; give some with --labels (target_labels=)"
        )
        return keep(why, NOTHING, refused=True)
    if not rivals:
        return keep("no other candidate was given", NOTHING, refused=named)
    if not gains:
        return keep(
            f"{k} labelled target rows are too few to compare candidates, {FEWEST_LABELS} are needed, or none could be fitted",
            "target_labels",
            refused=True,
        )
    scores: dict[str, float | None] = {g.name: g.mean for g in gains}
    best = max(gains, key=lambda g: g.lower)
    if best.lower <= 0.0:
        why = (
            f"no candidate is shown to be nearer to the labels of {k} target rows: the surest, {best.name}, gains {best.mean:.4g}, at least "
            f"{figures.at_least(best.lower, 'label')} ({100 * (1 - FAILURE):g}% sure of all {len(gains)} candidates together)"
        )
        return keep(why, "target_labels", {SOURCE: 0.0, **scores})
    return Choice(
        name=best.name,
        why=f"on {best.rows} labelled target rows its mean absolute error is {best.mean:.4g} lower, at least {figures.at_least(best.lower, 'label')}",
        rule="target_labels",
        scores={SOURCE: 0.0, **scores},
        gain=best.mean,
        lower=best.lower,
        upper=best.upper,
        # All candidates' limits hold together so surely, and so do those of whichever is chosen by them.
        confidence=1.0 - FAILURE,
    )


def _records(fits: Sequence[Tried], gains: Sequence[Gain], choice: Choice) -> tuple[Candidate, ...]:
    compared = {gain.name: gain.to_dict() for gain in gains}
    return tuple(
        Candidate(
            name=t.name,
            title=TITLES[t.name],
            family="quantity",
            assumption=ASSUMPTIONS[t.name],
            chosen=t.name == choice.name,
            score=choice.scores.get(t.name),
            evidence=None,
            compared=compared.get(t.name),
            failed=t.failed,
            notes=() if t.method is None else t.method.notes_,
        )
        for t in fits
    )


def _ceiling(problem: Problem, splits: Splits, source: NumericMethod, chosen: NumericMethod) -> Claim:
    """By the triangle inequality the mean absolute error rises by no more than both models differ.

    On the rows at hand that is certain; for the law it is an estimate, because predictions have no range that was declared.
    """
    rows = splits.target_evaluate
    blank = Claim(
        id="loss_ceiling", quantity="loss_ceiling", unit=Unit.LABEL, level=Level.ESTIMATED, loss="absolute"
    )
    if chosen is source:
        return Claim(
            id="loss_ceiling",
            quantity="loss_ceiling",
            unit=Unit.LABEL,
            level=Level.PROVED,
            estimate=0.0,
            lower=0.0,
            upper=0.0,
            loss="absolute",
            detail={"reason": "the source model is kept"},
        )
    if not len(rows):
        return blank.with_detail(reason="no target row is left that no step has seen")
    taken = problem.target.take(rows)
    differ = ABSOLUTE.powers(source.predict(taken), chosen.predict(taken))
    return Claim(
        id="loss_ceiling",
        quantity="loss_ceiling",
        unit=Unit.LABEL,
        level=Level.ESTIMATED,
        estimate=float(differ.mean()),
        loss="absolute",
        detail={
            "rows": len(rows),
            "convention": "mean absolute difference of both models' answers, in the unit of the label",
        },
    )


def _gain(choice: Choice, gains: Sequence[Gain]) -> Claim:
    found = next((g for g in gains if g.name == choice.name), None)
    return Claim(
        id="expected_gain",
        quantity="expected_gain",
        unit=Unit.LABEL,
        level=Level.ESTIMATED,
        estimate=choice.gain,
        lower=choice.lower,
        upper=choice.upper,
        confidence=choice.confidence,
        loss="absolute",
        assumptions=() if found is None else (LABELS_AT_RANDOM,),
        detail={"rule": choice.rule, **({} if found is None else {"compared": found.to_dict()})},
    )


def _warnings(problem: Problem, splits: Splits, fits: Sequence[Tried], chosen: Tried) -> tuple[str, ...]:
    failed = [f"{t.name} could not be fitted: {t.failed}" for t in fits if t.failed is not None]
    notes = [] if chosen.method is None else [f"{chosen.name}: {note}" for note in chosen.method.notes_]
    return tuple(dict.fromkeys((*problem.warnings, *splits.warnings, *failed, *notes)))
