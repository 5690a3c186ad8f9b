"""The inequality itself: λ, the bounds of one class of hypotheses, and how large λ may be before they break."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from whytransfer.claims import Assumption, Claim, Status, figures
from whytransfer.claims.intervals import lower_limit
from whytransfer.errors import InputError
from whytransfer.hypotheses import HypothesisClass, hypotheses
from whytransfer.problem import Problem
from whytransfer.steps.break_even import BreakEven, in_words, pairs_in_words
from whytransfer.steps.case import Case
from whytransfer.steps.errors import source_error
from whytransfer.steps.work import LAMBDA_UNKNOWN, SIGMA_TAU_UNKNOWN, Work, asserted, flagged, rows_of
from whytransfer.theorems import HDH, Disparity, Lagrangian, VersionSpace, frontier
from whytransfer.verdict import Requirement

CLASS = "stumps"
"""The class of the bounds: exact, quick, and the smallest that reads every column."""

SURROGATES = ("linear",)
"""Classes whose λ has an upper limit only, shown when target labels are there."""

BOUNDS = ("hdh", "disparity", "lagrangian", "version_space")
PAIRS_BUDGET = 4e8
"""Elementary steps that the exact supremum over pairs of stumps may take, a few seconds; beyond, it is left out and said."""

SIGMAS = 9
"""Points on the (σ, τ) frontier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What the bounds say."""

    claims: tuple[Claim, ...]
    break_even: tuple[BreakEven, ...]
    warnings: tuple[str, ...]


def spenders(
    problem: Problem, theorems: Sequence[str] | None, assume: Mapping[str, float | str]
) -> list[str]:
    """Ids of the claims of this step that spend δ."""
    if len(problem.classes) < 2:
        return []
    name = _class_name(assume)
    declared = [f"adaptability.{name}"]
    if problem.target.labels is not None and (problem.target.labels >= 0).any():
        declared += [f"adaptability.{surrogate}" for surrogate in SURROGATES]
    return declared + [f"target_error.{bound}.{name}" for bound in _chosen(theorems)]


def evaluate(
    case: Case, counted: Sequence[Claim], requirement: Requirement, theorems: Sequence[str] | None
) -> Bounds:
    """Every bound of the class, with λ from target labels, from what was assumed, or left open."""
    scored = len(case.splits.source_evaluate) and len(case.splits.target_evaluate)
    if case.columns is None or case.classes < 2 or not scored:
        return Bounds(claims=(), break_even=(), warnings=())
    name = _class_name(case.assume)
    oracle = _named_class(name, case)
    if oracle.binary and case.classes > 2:
        note = f"bounds were left out: {name} is a class of binary rules and the source has {case.classes} classes"
        return Bounds(claims=(), break_even=(), warnings=(note,))
    if oracle.columns is not None and case.columns.source.shape[1] != oracle.columns:
        raise InputError(
            f"assume class={name}: it reads {oracle.columns} column, the data have {case.columns.source.shape[1]}; use stumps"
        )
    work = Work(case=case, oracle=oracle, rows=rows_of(case), limit=_limit(requirement, counted))
    measured = work.adaptability(oracle, case.budget.of(f"adaptability.{name}"))
    work = replace(work, refuted=_refuted(measured, case.assume), least=measured.lower)
    claims = [measured]
    even: list[BreakEven] = []
    warnings: list[str] = (
        [] if work.refuted is None else [f"what was assumed is rejected: {work.refuted.test}"]
    )
    if len(case.labelled_target):
        claims += [
            work.adaptability(_named_class(s, case), case.budget.of(f"adaptability.{s}")) for s in SURROGATES
        ]
    for bound in _chosen(theorems):
        found = _BOUNDS[bound](work, case.budget.of(f"target_error.{bound}.{name}"))
        claims += found.claims
        even += found.break_even
        warnings += found.warnings
    return Bounds(claims=tuple(claims), break_even=tuple(even), warnings=tuple(warnings))


def _class_name(assume: Mapping[str, float | str]) -> str:
    return str(assume.get("class", CLASS))


def _named_class(name: str, case: Case) -> HypothesisClass:
    """The class, with the columns' names for its rules where it takes them."""
    oracle = hypotheses(name)
    if not hasattr(oracle, "features") or case.columns is None:
        return oracle
    return replace(oracle, features=case.columns.names)  # type: ignore[type-var]


def _chosen(theorems: Sequence[str] | None) -> tuple[str, ...]:
    return BOUNDS if theorems is None else tuple(b for b in BOUNDS if b in theorems)


def _limit(requirement: Requirement, counted: Sequence[Claim]) -> float:
    """The requirement as a limit on err_T: a permitted rise is added to the lower limit of err_S."""
    if requirement.quantity == "target_error":
        return requirement.value
    source = next(c for c in counted if c.id == "source_error")
    return requirement.value + (source.lower or 0.0)


def _three_terms(
    work: Work, delta: float, theorem: Any, terms: Callable[[float], Mapping[str, Any]], title: str
) -> Bounds:
    """A bound with λ: the claim, and how large λ may be."""
    unknown, left = work.unknown_term(delta)
    known = terms(left)
    if work.refuted is not None:
        return _rejected(work, theorem.name)
    even = theorem.break_even(work.limit, **known)
    breaks = BreakEven(
        theorem=theorem.name,
        hypothesis_class=work.name,
        adaptability=even,
        text=in_words(title, work.name, even, left, work.least),
    )
    if unknown is None:
        rest = None if even is None else work.limit - even
        reason = "λ is not estimable without target labels, and none was assumed"
        claim = work.open(theorem.name, rest, LAMBDA_UNKNOWN, reason)
    else:
        claim = flagged(theorem(adaptability=unknown, **known), work.case, labels=isinstance(unknown, Claim))
    return Bounds(claims=(claim,), break_even=(breaks,), warnings=())


def _rejected(work: Work, theorem: str) -> Bounds:
    reason = "withheld: what was assumed of λ is rejected"
    claim = work.open(theorem, None, work.refuted or LAMBDA_UNKNOWN, reason)
    return Bounds(claims=(claim,), break_even=(), warnings=())


def _refuted(measured: Claim, assume: Mapping[str, float | str]) -> Assumption | None:
    """The assertion that the proved lower limit of λ contradicts; σ + τ is one about λ too."""
    asserted = float(assume["lambda"]) if "lambda" in assume else None
    if "sigma" in assume:
        both = float(assume["sigma"]) + float(assume["tau"])
        asserted = both if asserted is None else min(asserted, both)
    if asserted is None or measured.lower is None or asserted >= measured.lower:
        return None
    least = figures.at_least(measured.lower)
    return Assumption(
        id="adaptability_at_most",
        text=f"some member of {measured.hypothesis_class} has a source and a target error that add up to at most {asserted:g}",
        status=Status.REJECTED,
        test=f"λ of {measured.hypothesis_class} is at least {least}, {figures.sure(measured.confidence)} sure",
    )


def _withheld(work: Work, theorem: str) -> Bounds:
    reason = "withheld: the model was trained on the source rows that would have to judge it"
    return Bounds(
        claims=(work.open(theorem, None, work.case.not_trained, reason),), break_even=(), warnings=()
    )


def _hdh(work: Work, delta: float) -> Bounds:
    from whytransfer.hypotheses.pairs import operations

    if work.case.source_withheld:
        return _withheld(work, "hdh")
    rows = work.rows
    steps = operations(np.concatenate([rows.Xs, rows.Xt]), len(rows.classes)) if work.name == CLASS else 0
    if steps > PAIRS_BUDGET:
        note = (
            f"the three-term bound (HΔH) was left out: the exact supremum over pairs of stumps would take {steps:.1e} steps, more "
            f"than {PAIRS_BUDGET:.0e}"
        )
        reason = "too many pairs of columns for the exact supremum in the time of an audit"
        return Bounds(
            claims=(work.open("hdh", None, LAMBDA_UNKNOWN, reason),), break_even=(), warnings=(note,)
        )

    # With h, the class is H ∪ {h}: the bound fails for a model outside H (THEORY B2). Its value does not depend on δ.
    disc = work.oracle.discrepancy(rows.Xs, rows.Xt, h=rows.h, delta=delta, classes=rows.classes)
    if disc.upper is None:
        reason = str(disc.detail.get("reason", "the supremum over pairs has no exact algorithm here"))
        note = f"the three-term bound (HΔH) was left out: {reason}"
        return Bounds(
            claims=(work.open("hdh", None, LAMBDA_UNKNOWN, reason),), break_even=(), warnings=(note,)
        )

    def terms(left: float) -> Mapping[str, Any]:
        return {
            "source_error": source_error(work.case, left / 2),
            "discrepancy": disc,
            "n": len(rows.Xs),
            "m": work.m,
            "delta": left / 2,
            "n_classes": len(rows.classes),
        }

    return _three_terms(work, delta, HDH(), terms, "three-term bound (HΔH)")


def _disparity(work: Work, delta: float) -> Bounds:
    if work.case.source_withheld:
        return _withheld(work, "disparity")
    rows = work.rows

    def terms(left: float) -> Mapping[str, Any]:
        return {
            "source_error": source_error(work.case, left),
            "disparity": work.oracle.disparity(rows.h, rows.Xs, rows.Xt, delta=left, classes=rows.classes),
            "n": len(rows.Xs),
            "m": work.m,
            "delta": left,
            "n_classes": len(rows.classes),
        }

    return _three_terms(work, delta, Disparity(), terms, "disparity bound")


def _lagrangian(work: Work, delta: float) -> Bounds:
    rows = work.rows

    def terms(left: float) -> Mapping[str, Any]:
        gain = work.oracle.lagrangian(rows.h, rows.Xs, rows.ys, rows.Xt, delta=left, classes=rows.classes)
        return {
            "lagrangian": gain,
            "n": len(rows.Xs),
            "m": work.m,
            "delta": left,
            "n_classes": len(rows.classes),
        }

    return _three_terms(work, delta, Lagrangian(), terms, "version-space bound, Lagrangian form")


def _version_space(work: Work, delta: float) -> Bounds:
    rows, assume = work.rows, work.case.assume

    def term(sigma: float) -> Claim:
        return work.oracle.version_space(
            rows.h, rows.Xs, rows.ys, rows.Xt, sigma=sigma, delta=delta, classes=rows.classes
        )

    if work.refuted is not None:
        return _rejected(work, "version_space")
    pairs = frontier(work.limit, term, _sigmas(work, delta))
    words = pairs_in_words(work.name, pairs, delta)
    gain = work.oracle.lagrangian(rows.h, rows.Xs, rows.ys, rows.Xt, delta=delta, classes=rows.classes)
    even = Lagrangian().break_even(work.limit, lagrangian=gain)
    breaks = BreakEven(
        theorem="version_space", hypothesis_class=work.name, adaptability=even, sigma_tau=pairs, text=words
    )
    if "sigma" not in assume:
        reason = "it needs σ and τ, and none were assumed"
        claim = work.open("version_space", None, SIGMA_TAU_UNKNOWN, reason)
        return Bounds(claims=(claim,), break_even=(breaks,), warnings=())
    sigma, tau = float(assume["sigma"]), float(assume["tau"])
    made = VersionSpace()(version_space=term(sigma), tau=tau, sigma=sigma, n_classes=len(rows.classes))
    claim = asserted(flagged(made, work.case, labels=False))
    notes = (
        ()
        if claim.upper is not None
        else (f"version-space bound: that some member of {work.name} has σ = {sigma:g} is rejected",)
    )
    return Bounds(claims=(claim,), break_even=(breaks,), warnings=notes)


def _sigmas(work: Work, delta: float) -> list[float]:
    """Where the frontier is drawn: from what the data don't reject up to what they certify as far too much."""
    wrong = (work.rows.ys[:, None] != work.case.problem.classes[None, :]) / len(work.rows.ys)
    least = float(work.oracle.erm(work.rows.Xs, wrong).cost or 0.0)
    errors = round(least * len(work.rows.ys))
    start = float(lower_limit(errors, len(work.rows.ys), delta / 2))
    stop = max(start, least) + 0.05
    return [round(float(s), 4) for s in np.linspace(start, stop, SIGMAS)]


_BOUNDS: dict[str, Callable[[Work, float], Bounds]] = {
    "hdh": _hdh,
    "disparity": _disparity,
    "lagrangian": _lagrangian,
    "version_space": _version_space,
}
