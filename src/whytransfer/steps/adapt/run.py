"""The order in which an adaptation works: try, look, choose, claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import clone

from whytransfer.choice import Choice, Evidence, Paired, Setting, choose, choose_by_labels, keep
from whytransfer.claims import Claim
from whytransfer.methods import Method
from whytransfer.problem import Problem, Splits
from whytransfer.steps.adapt import claims
from whytransfer.steps.adapt.aimed import Aimed
from whytransfer.steps.adapt.compared import compare
from whytransfer.steps.adapt.evidence import UNKNOWN, Looks, evidence, look
from whytransfer.steps.adapt.ground import Ground, constant, lay_out, met
from whytransfer.steps.adapt.pseudo import back_test
from whytransfer.steps.adapt.records import Candidate, records
from whytransfer.steps.adapt.request import Request
from whytransfer.steps.adapt.tries import Tried, aligned, attempt
from whytransfer.steps.progress import step

NOTHING = "nothing_to_choose"
FEWEST_ROWS = 20
"""Target rows below which nothing is chosen without labels, as nothing is estimated on fewer."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """What an adaptation came to.

    Parameters
    ----------
    choice : Choice
        Which candidate, and why.
    candidates : tuple of Candidate
        What each scored, the source model first.
    claims : tuple of Claim
        About the adapted model, beside those of its audit.
    warnings : tuple of str
        Everything drawn, failed, left out.
    model : object or None
        Fitted, takes raw target rows; None where the columns of the domains differ.
    splits : Splits or None
        What every row was used for.
    audited : object or None
        The unfitted estimator that becomes this very model on the same rows; None for the audit's own default.
    setting : Setting or None
        What was known of the problem as a whole when the choice was made; None where nothing was looked at.
    """

    choice: Choice
    candidates: tuple[Candidate, ...]
    claims: tuple[Claim, ...]
    warnings: tuple[str, ...]
    model: Any
    splits: Splits | None
    audited: Any
    setting: Setting | None = None


def not_comparable(problem: Problem) -> Outcome:
    """Nothing is adapted between domains that can't be compared."""
    return Outcome(
        choice=keep(f"the domains can't be compared: {problem.mismatch}", NOTHING, refused=True),
        candidates=(),
        claims=(),
        warnings=problem.warnings,
        model=None,
        splits=None,
        audited=None,
    )


def adapted(problem: Problem, request: Request) -> Outcome:
    """Adapt where that is shown to help, or keep the source model."""
    ground = lay_out(problem, request)
    if constant(ground.case.subject):
        return _kept_constant(problem, ground)
    step("looking at the shift")
    looks = look(ground)
    tried = attempt(ground, (request.source, *request.candidates(looks.setting.shift)))
    record, said = back_test(ground, tried)
    step("gathering the evidence")
    found = evidence(ground, looks, tried, record)
    compared, unsaid = compare(ground, tried) if request.with_labels else ((), ())
    choice = _choice(looks, found, compared, request)
    chosen = next(t for t in tried if t.name == choice.name)
    if not choice.kept:
        chosen.method.met_ = met(problem, ground.splits, chosen.method.columns_.encoder)
    step("measuring what the choice may cost")
    return Outcome(
        choice=choice,
        candidates=records(tried, found, compared, choice),
        claims=_claims(ground, tried, chosen, choice, compared),
        warnings=tuple(
            dict.fromkeys((*problem.warnings, *ground.notes, *said, *unsaid, *_told(tried, chosen)))
        ),
        model=chosen.method,
        splits=ground.splits,
        audited=_again(ground, chosen.method),
        setting=looks.setting,
    )


def _choice(looks: Looks, found: Sequence[Evidence], compared: Sequence[Paired], request: Request) -> Choice:
    if len(found) < 2:
        return keep(_no_rival(looks, request), NOTHING, refused=looks.setting.shift == UNKNOWN)
    if request.with_labels:
        return choose_by_labels(compared, found, looks.setting)
    if looks.setting.m < FEWEST_ROWS or looks.view is None:
        return keep("too few rows can be compared to choose without target labels", NOTHING, refused=True)
    return choose(found, looks.setting)


def _no_rival(looks: Looks, request: Request) -> str:
    if request.named is not None:
        return "no other candidate was given, or none could be fitted"
    if looks.setting.shift == "none_visible":
        return (
            "no difference of the inputs is visible: there is nothing to align, and a change of what the labels mean is seen by no method "
            "without target labels"
        )
    return "too few rows can be compared to name a kind of shift, and so a method"


def _claims(
    ground: Ground, tried: Sequence[Tried], chosen: Tried, choice: Choice, compared: Sequence[Paired]
) -> tuple[Claim, ...]:
    both = tried[0].method, chosen.method

    def differ(rows: np.ndarray) -> np.ndarray:
        here, there = (aligned(ground, method, rows).argmax(axis=1) for method in both)
        return np.asarray(here != there)

    return (
        claims.loss_ceiling(ground.problem, ground.splits, None if both[0] is both[1] else differ),
        claims.gain(choice, compared, ground.problem),
        *claims.distances(ground, chosen),
    )


def _told(tried: Sequence[Tried], chosen: Tried) -> list[str]:
    """Who failed, and what there is to know of the one that was chosen."""
    failed = [f"{t.name} could not be fitted: {t.failed}" for t in tried if t.failed is not None]
    return [*failed, *(f"{chosen.name}: {note}" for note in chosen.notes)]


def _kept_constant(problem: Problem, ground: Ground) -> Outcome:
    """Nothing to learn: one class, or no column that varies. The ξ-family is the first of these."""
    one = len(problem.classes) < 2
    why = (
        f"the source has one class only, {problem.classes.tolist()[0]!r}: every rule that always says so is perfect there, whatever the target is, so that "
        "no method can be told from another (the ξ-family: λ may be anything, and no distance sees it)"
        if one
        else "nothing can be learned from the training rows: they hold one class, or no column that varies"
    )
    return Outcome(
        choice=keep(why, NOTHING, refused=True),
        candidates=(),
        claims=(),
        warnings=tuple(dict.fromkeys((*problem.warnings, *ground.notes))),
        model=ground.case.subject.model,
        splits=ground.splits,
        audited=None,
    )


def _again(ground: Ground, method: Method) -> Aimed:
    """The unfitted estimator that becomes this model on the same rows."""
    return Aimed(clone(method), *ground.shown(method))
