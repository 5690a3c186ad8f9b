"""Bounds that stand on an assertion about the shift itself: balls around the source, shares of classes, label shift."""

from __future__ import annotations

import numpy as np

from whytransfer.claims import Claim, Status, figures
from whytransfer.steps import assumed
from whytransfer.steps.bounds.desk import Bounds, Desk
from whytransfer.steps.bounds.drawn_file import law_limit, of_file, share
from whytransfer.steps.break_even import BreakEven
from whytransfer.steps.case import Case
from whytransfer.steps.errors import source_error
from whytransfer.theorems import Ball, LabellingFunctions, LabelShiftLP, Prevalence
from whytransfer.theorems.assumptions import COVARIATE_SHIFT, within_radius
from whytransfer.theorems.ball import KINDS

BALL_WORDS = {
    "tv": "total variation",
    "chi2": "χ² divergence",
    "kl": "Kullback–Leibler divergence",
    "hellinger": "squared Hellinger distance",
}
RATIO_WORDS = "ratio of chances"
"""What the ball of the kind ``ratio`` is about."""


def ball_ids(case: Case) -> tuple[str, ...]:
    """One claim a radius that was asserted."""
    kinds = [kind for kind in (*assumed.RADII, "ratio") if assumed.key_of(kind) in case.assume]
    return tuple(f"target_error.ball.{kind}" for kind in kinds)


def ball(desk: Desk) -> Bounds:
    """The worst case in each ball that was asserted, and how far the target may be for every kind of ball."""
    claims = []
    for claim_id in ball_ids(desk.case):
        kind = claim_id.rsplit(".", 1)[1]
        part = share(desk, claim_id)
        error = source_error(desk.case, part)
        radius = float(desk.case.assume[assumed.key_of(kind)])
        made = Ball()(source_error=error, radius=radius, kind=kind, n_classes=desk.case.classes)
        claims.append(desk.finished(of_file(desk, made, part), errors=0, grouped=True))
    return Bounds(claims=tuple(claims), break_even=radii(desk))


def radii(desk: Desk) -> tuple[BreakEven, ...]:
    """The break-even radius of every kind of ball; a function of the claim about the source error, spending nothing."""
    delta = desk.source.delta
    if desk.source.upper is None or desk.limit < 0 or delta is None:
        return ()
    sure = desk.sure(2 * delta if desk.case.whole else delta)
    found = []
    for kind in KINDS:
        value = Ball().break_even(law_limit(desk, delta), source_error=desk.source, kind=kind)
        found.append(
            BreakEven(
                theorem="ball",
                hypothesis_class="any",
                unknown=assumed.key_of(kind),
                value=value,
                text=_radius_in_words(kind, value, desk.limit, sure),
            )
        )
    return tuple(found)


def _radius_in_words(kind: str, value: float | None, limit: float, sure: str) -> str:
    ball = f"ball of the {BALL_WORDS.get(kind, RATIO_WORDS)}"
    if value is None:
        return f"{ball}: the requirement holds however far the target is"
    if value < 0 or (kind == "ratio" and value < 1.0):
        return f"{ball}: even a target like the source would not be enough, the source error itself may exceed {limit:.4g}"
    if kind == "ratio":
        what = (
            f"no event is more than {figures.at_least(value)} times as likely in the target as in the source"
        )
    else:
        what = f"the target's law, features and label together, is within {BALL_WORDS[kind]} {figures.at_least(value, 'radius')} of the source's"
    return f"{ball}: the requirement holds ({sure} sure) if {what}"


def prevalence(desk: Desk) -> Bounds:
    """What the shares of the classes in the target leave open."""
    claim = Prevalence()(
        prevalence=assumed.shares(desk.case.problem.classes, desk.case.assume),
        **predicted(desk.case),
        delta=desk.delta("target_error.prevalence"),
    )
    return Bounds(claims=(desk.finished(claim, errors=0, grouped=True),))


def label_shift(desk: Desk) -> Bounds:
    """The extremes of a linear programme, if only the shares of the classes differ."""
    case, rows, K = desk.case, desk.case.splits.source_evaluate, desk.case.classes
    pairs = case.subject.source.codes[rows] * K + case.problem.source.labels[rows]  # type: ignore[index]
    counts = case.units("source").counts(pairs, K * K)
    part = share(desk, "target_error.label_shift_lp")
    claim = LabelShiftLP()(
        confusion_counts=counts.reshape(*counts.shape[:-1], K, K),
        predicted_counts=_counts(case, case.splits.target_evaluate),
        delta=part,
    )
    return Bounds(claims=(desk.finished(of_file(desk, claim, part), sourced=True, grouped=True),))


def predicted(case: Case) -> dict[str, np.ndarray]:
    """How often the model gives each class on the target, as a term: counts, (K,) or, of groups or blocks, (G, K).

    Where the file is the whole target its shares are known, (K,), and spend no δ.
    """
    rows = case.target_rows
    if case.whole:
        return {"predicted": np.bincount(case.subject.target.codes[rows], minlength=case.classes) / len(rows)}
    return {"predicted_counts": _counts(case, rows)}


def _counts(case: Case, rows: np.ndarray) -> np.ndarray:
    return case.units("target", rows).counts(case.subject.target.codes[rows], case.classes)


def labelling_functions(desk: Desk) -> Bounds:
    """The bound of the two labelling functions: their distance is 0 where covariate shift was asserted."""
    claim_id = "target_error.labelling_functions"
    part = share(desk, claim_id)
    error = source_error(desk.case, part)
    radius = float(desk.case.assume["radius.tv"])
    terms = {"source_error": error, "total_variation": radius, "n_classes": desk.case.classes}
    made: Claim = LabellingFunctions()(labelling_on_target=0.0, **terms)  # type: ignore[arg-type]
    # The labelling functions are asserted to be one and the same, which is covariate shift.
    same = COVARIATE_SHIFT.with_status(Status.DECLARED)
    kept = [same if a.id == "labelling_functions_differ_at_most" else a for a in made.assumptions]
    claim = made.standing_on(made.level, (*kept, within_radius("tv", radius)))
    even = LabellingFunctions().break_even(law_limit(desk, part), **terms)
    text = (
        "bound of the labelling functions: withheld"
        if even is None
        else f"bound of the labelling functions: with this total variation they may differ by {figures.at_least(even)} on average over the target"
    )
    breaks = BreakEven(
        theorem="labelling_functions",
        hypothesis_class="any",
        unknown="labelling_on_target",
        value=even,
        text=text,
    )
    return Bounds(
        claims=(desk.finished(of_file(desk, claim, part), errors=0, grouped=True),), break_even=(breaks,)
    )
