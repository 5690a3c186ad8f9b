"""What the members of the class that are good on the source say about the model: the (σ, τ) form and the localised one."""

from __future__ import annotations

import numpy as np

from whytransfer.claims import Claim
from whytransfer.claims.intervals import lower_limit
from whytransfer.steps.bounds.desk import Bounds, Desk
from whytransfer.steps.bounds.three_terms import NO_LAMBDA, rejected, share
from whytransfer.steps.bounds.work import LAMBDA_UNKNOWN, SIGMA_TAU_UNKNOWN, Work
from whytransfer.steps.break_even import BreakEven, in_words, pairs_in_words
from whytransfer.steps.label_noise import listed
from whytransfer.theorems import Lagrangian, Localised, VersionSpace, frontier

SIGMAS = 9
"""Points on the (σ, τ) frontier. They share δ, because the members of the class that stand behind them may differ and whoever reads
the frontier may take any of them."""

FIXED = (0.0, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4)
"""Where it is drawn without training rows: rows that judge may not place it."""

HALVINGS = 8
"""Steps to the largest λ of the localised bound: to 1/256, finer than any λ is known."""


def version_space(desk: Desk) -> Bounds:
    """The sharp form with σ and τ, and the frontier of those that would do."""
    work, delta, assume = desk.work, share(desk, "version_space"), desk.case.assume
    rows = work.rows

    def term(sigma: float, failure: float = delta) -> Claim:
        # A rule that errs at most σ errs at most σ + η against labels of which a share η is wrong.
        return work.oracle.version_space(
            rows.h,
            rows.Xs,
            rows.ys,
            rows.Xt,
            sigma=min(1.0, sigma + work.noise),
            delta=failure,
            classes=rows.classes,
            groups=work.groups,
            target_is_whole=work.case.whole,
        )

    if work.refuted is not None:
        return rejected(work, "version_space")
    pairs = frontier(work.limit, lambda sigma: term(sigma, delta / SIGMAS), _sigmas(work, delta / SIGMAS))
    gain = localised_term(work, None, delta)
    breaks = BreakEven(
        theorem="version_space",
        hypothesis_class=work.name,
        unknown="sigma_tau",
        value=None,
        adaptability=Lagrangian().break_even(work.limit - work.noise, lagrangian=gain),
        sigma_tau=pairs,
        text=pairs_in_words(work.name, pairs, delta + desk.spent),
    )
    if "sigma" not in assume:
        reason = "it needs σ and τ, and none were assumed"
        claim = work.open("version_space", None, SIGMA_TAU_UNKNOWN, reason)
        return Bounds(claims=(claim,), break_even=(breaks,))
    sigma, tau = float(assume["sigma"]), float(assume["tau"])
    made = VersionSpace()(version_space=term(sigma), tau=tau, sigma=sigma, n_classes=len(rows.classes))
    claim = listed(desk.finished(made, errors=0, grouped=True), work.noise)
    note = f"version-space bound: that some member of {work.name} has σ = {sigma:g} is rejected"
    return Bounds(claims=(claim,), break_even=(breaks,), warnings=() if claim.upper is not None else (note,))


def localised(desk: Desk) -> Bounds:
    """The Lagrangian form over the members that could attain λ."""
    work = desk.work
    if work.refuted is not None:
        return rejected(work, "localised")
    unknown, left = work.unknown_term(share(desk, "localised"))
    even = largest_adaptability(work, left)
    title = "version-space bound, localised form"
    breaks = BreakEven(
        theorem="localised",
        hypothesis_class=work.name,
        unknown="adaptability",
        value=even,
        adaptability=even,
        text=in_words(title, work.name, even, left + desk.spent, work.least),
    )
    if unknown is None:
        claim = work.open("localised", None, LAMBDA_UNKNOWN, NO_LAMBDA)
        return Bounds(claims=(claim,), break_even=(breaks,))
    value = unknown.upper if isinstance(unknown, Claim) else unknown
    # A level above 1 restricts nothing: the unrestricted supremum stands in.
    level = None if value is None or value > 1.0 else float(value)
    made = Localised()(
        lagrangian=localised_term(work, level, left),
        adaptability=unknown,
        level=value if level is None else None,
        n_classes=len(work.rows.classes),
    )
    return Bounds(
        claims=(desk.finished(made, labels=isinstance(unknown, Claim), errors=1, grouped=True),),
        break_even=(breaks,),
    )


def localised_term(work: Work, level: float | None, delta: float) -> Claim:
    """The supremum over the members whose source error may be `level`."""
    rows = work.rows
    allowed = None if level is None else min(1.0, level + work.noise)
    return work.oracle.lagrangian(
        rows.h,
        rows.Xs,
        rows.ys,
        rows.Xt,
        level=allowed,
        delta=delta,
        classes=rows.classes,
        groups=work.groups,
        target_is_whole=work.case.whole,
    )


def largest_adaptability(work: Work, delta: float) -> float:
    """The largest λ that the localised bound certifies the requirement for; negative when not even 0 does.

    λ is one number, if unknown, so that one event covers every level that is looked at: where the bound holds at λ
    itself and λ is below a level whose sum stays within the requirement, so does the sum at λ, for the supremum grows
    with its level.
    """

    def room(level: float) -> float:
        found = localised_term(work, level, delta).upper
        # No member survives: λ is above this level, and whatever follows from its being below holds.
        return min(level, work.limit - work.noise - found) if found is not None else level

    low, high, best = 0.0, 1.0, room(0.0)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        reached = room(middle)
        best = max(best, reached)
        low, high = (middle, high) if reached >= middle else (low, middle)
    return best


def _sigmas(work: Work, delta: float) -> list[float]:
    """Where the frontier is drawn: around the least error of the class on the training rows, which judge nothing."""
    case, train = work.case, work.case.splits.source_train
    if not len(train) or case.columns is None or case.problem.source.labels is None:
        return list(FIXED)
    wrong = (case.problem.source.labels[train][:, None] != np.arange(case.classes)) / len(train)
    least, n = float(work.oracle.erm(case.columns.source[train], wrong).cost or 0.0), len(work.rows.ys)
    # From what as many evaluation rows would just not reject up to what they would certify as far too much.
    start = float(lower_limit(round(least * n), n, delta / 2))
    stop = max(start, least) + 0.05
    return [round(float(s), 4) for s in np.linspace(start, stop, SIGMAS)]
