"""The inequality itself: HΔH, the disparity of the model, and the Lagrangian form, with λ of the class at work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from whytransfer.claims import Claim
from whytransfer.hypotheses import Stumps
from whytransfer.steps.bounds.desk import Bounds, Desk
from whytransfer.steps.bounds.work import LAMBDA_UNKNOWN, Work
from whytransfer.steps.break_even import BreakEven, in_words
from whytransfer.steps.case import Case
from whytransfer.steps.errors import source_error
from whytransfer.theorems import HDH, Disparity, Lagrangian

PAIRS_BUDGET = 4e8
"""Elementary steps that the exact supremum over pairs of stumps may take, a few seconds; beyond, it is left out and said."""

NO_LAMBDA = "λ is not estimable without target labels, and none was assumed"


def of_class(theorem: str, quantity: str = "target_error") -> Callable[[Case], tuple[str, ...]]:
    """The id of a bound of the class at work."""
    from whytransfer.steps.bounds.at_work import class_name

    return lambda case: (f"{quantity}.{theorem}.{class_name(case.assume)}",)


def share(desk: Desk, theorem: str) -> float:
    """The δ of a bound of the class at work."""
    return desk.delta(f"target_error.{theorem}.{desk.work.name}")


def hdh(desk: Desk) -> Bounds:
    """The bound of Ben-David et al. with the exact supremum over pairs, for the class joined by the model."""
    work, delta = desk.work, share(desk, "hdh")
    steps = pair_steps(work)
    if steps > PAIRS_BUDGET:
        note = (
            f"the three-term bound (HΔH) was left out: the exact supremum over pairs of stumps would take {steps:.1e} steps, more "
            f"than {PAIRS_BUDGET:.0e}"
        )
        reason = "too many pairs of columns for the exact supremum in the time of an audit"
        return Bounds(claims=(work.open("hdh", None, LAMBDA_UNKNOWN, reason),), warnings=(note,))
    # Its estimate does not depend on δ; its limit, which is read by groups, takes the smallest share it may get.
    disc = joined_discrepancy(work, _least_share(work, delta) / 2)
    if disc.upper is None:
        reason = str(disc.detail.get("reason", "the supremum over pairs has no exact algorithm here"))
        note = f"the three-term bound (HΔH) was left out: {reason}"
        return Bounds(claims=(work.open("hdh", None, LAMBDA_UNKNOWN, reason),), warnings=(note,))

    def terms(left: float) -> Mapping[str, Any]:
        return {
            "source_error": source_error(work.case, left / 2),
            "discrepancy": disc,
            **work.sizes(left / 2),
            "n_classes": len(work.rows.classes),
        }

    return with_lambda(desk, delta, HDH(), terms, "three-term bound (HΔH)")


def disparity(desk: Desk) -> Bounds:
    """The bound of the model's own disparity."""
    work, rows = desk.work, desk.work.rows

    def terms(left: float) -> Mapping[str, Any]:
        # One deviation for both terms, or, by groups, a limit of each.
        each = left if work.groups is None else left / 2
        return {
            "source_error": source_error(work.case, each),
            "disparity": work.oracle.disparity(
                rows.h,
                rows.Xs,
                rows.Xt,
                delta=each,
                classes=rows.classes,
                groups=work.groups,
                target_is_whole=work.case.whole,
            ),
            **work.sizes(left),
            "n_classes": len(rows.classes),
        }

    return with_lambda(desk, share(desk, "disparity"), Disparity(), terms, "disparity bound")


def lagrangian(desk: Desk) -> Bounds:
    """The Lagrangian form of the version-space bound, the sharpest of the three."""
    work, rows = desk.work, desk.work.rows

    def terms(left: float) -> Mapping[str, Any]:
        gain = work.oracle.lagrangian(
            rows.h,
            rows.Xs,
            rows.ys,
            rows.Xt,
            delta=left,
            classes=rows.classes,
            groups=work.groups,
            target_is_whole=work.case.whole,
        )
        return {"lagrangian": gain, **work.sizes(left), "n_classes": len(rows.classes)}

    return with_lambda(
        desk, share(desk, "lagrangian"), Lagrangian(), terms, "version-space bound, Lagrangian form"
    )


def with_lambda(
    desk: Desk, delta: float, theorem: Any, terms: Callable[[float], Mapping[str, Any]], title: str
) -> Bounds:
    """A bound with λ: the claim, and how large λ may be."""
    work = desk.work
    if work.refuted is not None:
        return rejected(work, theorem.name)
    unknown, left = work.unknown_term(delta)
    known = terms(left)
    # Wrong labels move the one source error that enters each of these bounds by no more than their share.
    even = theorem.break_even(work.limit - (0.0 if theorem.name == "hdh" else work.noise), **known)
    breaks = BreakEven(
        theorem=theorem.name,
        hypothesis_class=work.name,
        unknown="adaptability",
        value=even,
        adaptability=even,
        text=in_words(title, work.name, even, left + desk.spent, work.least),
    )
    if unknown is None:
        rest = None if even is None else work.limit - even
        claim = work.open(theorem.name, rest, LAMBDA_UNKNOWN, NO_LAMBDA)
    else:
        claim = desk.finished(
            theorem(adaptability=unknown, **known),
            labels=isinstance(unknown, Claim),
            errors=0 if theorem.name == "hdh" else 1,
            grouped=True,
        )
    return Bounds(claims=(claim,), break_even=(breaks,))


def _least_share(work: Work, delta: float) -> float:
    """δ, or the half of it that is left where λ is measured."""
    return delta / 2 if len(work.case.labelled_target) and "lambda" not in work.case.assume else delta


def rejected(work: Work, theorem: str) -> Bounds:
    """The bound withheld, because what was assumed of λ is rejected."""
    reason = "withheld: what was assumed of λ is rejected"
    return Bounds(claims=(work.open(theorem, None, work.refuted or LAMBDA_UNKNOWN, reason),))


def pair_steps(work: Work) -> float:
    """Elementary steps of the exact supremum over pairs."""
    if not isinstance(work.oracle, Stumps):
        return 0.0
    return float(work.oracle.pair_steps(np.concatenate([work.rows.Xs, work.rows.Xt]), len(work.rows.classes)))


def joined_discrepancy(work: Work, delta: float) -> Claim:
    """Disc of the class joined by the model: for a model outside H the bound fails without it (THEORY B2)."""
    rows = work.rows
    return work.oracle.discrepancy(
        rows.Xs,
        rows.Xt,
        h=rows.h,
        delta=delta,
        classes=rows.classes,
        groups=work.groups,
        target_is_whole=work.case.whole,
    )
