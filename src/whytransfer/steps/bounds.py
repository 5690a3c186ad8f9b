"""The inequality itself: λ, the bounds of one class of hypotheses, and how large λ may be before they break."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from whytransfer.claims import Assumption, Claim, Level, Status, Unit, figures
from whytransfer.claims.intervals import lower_limit
from whytransfer.errors import InputError
from whytransfer.hypotheses import HypothesisClass, hypotheses
from whytransfer.problem import Problem
from whytransfer.steps.break_even import BreakEven, in_words, pairs_in_words
from whytransfer.steps.case import Case
from whytransfer.steps.errors import source_error
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


LAMBDA_UNKNOWN = Assumption(
    id="adaptability",
    text="λ, the least sum of source and target error over the class: not estimable without target labels, and not asserted",
)

SIGMA_TAU_UNKNOWN = Assumption(
    id="class_good_on_both",
    text="some member of the class errs at most σ on the source and at most τ on the target: not asserted (σ, τ)",
)


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
    work = _Work(case=case, oracle=oracle, rows=_rows(case), limit=_limit(requirement, counted))
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


def _rows(case: Case) -> _Rows:
    # Where the file is the whole target, all its rows are looked at: none of them trained anything.
    s = case.splits.source_evaluate
    t = np.arange(case.problem.target.n) if case.whole else case.splits.target_evaluate
    columns = case.columns
    if columns is None or case.problem.source.labels is None:
        raise ValueError("bounds need encoded columns and source labels")
    names = case.problem.classes
    return _Rows(
        Xs=columns.source[s],
        ys=names[case.problem.source.labels[s]],
        Xt=columns.target[t],
        h=(names[case.subject.source.codes[s]], names[case.subject.target.codes[t]]),
        classes=tuple(names.tolist()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """The evaluation rows as a class of hypotheses reads them, with the model's answers; labels as the user writes them."""

    Xs: np.ndarray
    ys: np.ndarray
    Xt: np.ndarray
    h: tuple[np.ndarray, np.ndarray]
    classes: tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """One class on one case."""

    case: Case
    oracle: HypothesisClass
    rows: _Rows
    limit: float
    refuted: Assumption | None = None
    """The assumption that λ is as small as asserted, where its proved lower limit says otherwise."""
    least: float | None = None
    """That limit."""

    @property
    def name(self) -> str:
        return self.oracle.name

    @property
    def m(self) -> float:
        """Target rows behind a supremum; infinite where the file is the whole target, so that the 1/m terms vanish."""
        return math.inf if self.case.whole else float(len(self.rows.Xt))

    def adaptability(self, oracle: HypothesisClass, delta: float) -> Claim:
        """λ of a class: with target labels its interval, without them what remains (THEORY C2, C3)."""
        case, rows = self.case, self.rows
        labelled = case.labelled_target
        known: dict[str, Any] = {}
        target = rows.Xt
        if len(labelled) and case.columns is not None and case.problem.target.labels is not None:
            yt = case.problem.classes[case.problem.target.labels[labelled]]
            target, known = case.columns.target[labelled], {"yt": yt}
        claim = oracle.adaptability(
            rows.Xs, rows.ys, target, **known, delta=delta, seed=case.seed, classes=rows.classes
        )
        return _flagged(claim, case)

    def unknown_term(self, delta: float) -> tuple[float | Claim | None, float]:
        """λ as a term of a bound, and the δ left for the rest: asserted, from labels, or unknown."""
        asserted = self.case.assume.get("lambda")
        if asserted is not None:
            return float(asserted), delta
        if len(self.case.labelled_target):
            measured = self.adaptability(self.oracle, delta / 2)
            if measured.upper is not None:
                return measured, delta / 2
        return None, delta

    def source_error(self) -> Claim:
        """The error of the model on the source; its point value enters bounds that add one joint deviation."""
        return source_error(self.case)

    def standing(self, claim: Claim) -> Claim:
        """A bound that uses the model's source error stands on what that stands on."""
        return _flagged(claim, self.case)

    def open(self, theorem: str, rest: float | None, assumption: Assumption, reason: str) -> Claim:
        """The claim of a bound whose unseen part is not known: no number, and what is known of it."""
        return Claim(
            id=f"target_error.{theorem}.{self.name}",
            quantity="target_error",
            unit=Unit.ERROR,
            level=Level.CONDITIONAL,
            theorem=theorem,
            hypothesis_class=self.oracle.label,
            loss="zero_one",
            assumptions=(assumption,),
            guessing_error=self.case.guessing_error,
            detail={"reason": reason, "without_the_unseen_part": rest},
        )


def _flagged(claim: Claim, case: Case) -> Claim:
    """The flag `uninformative`, and caution where rows may depend on each other."""
    detail = dict(claim.detail)
    if claim.quantity == "target_error" and claim.upper is not None:
        detail["uninformative"] = claim.upper >= case.majority_error
    return case.cautious(claim.with_detail(**detail), labels=len(case.labelled_target) > 0)


def _three_terms(
    work: _Work, delta: float, theorem: Any, terms: Callable[[float], Mapping[str, Any]], title: str
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
        claim = work.standing(theorem(adaptability=unknown, **known))
    return Bounds(claims=(claim,), break_even=(breaks,), warnings=())


def _rejected(work: _Work, theorem: str) -> Bounds:
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


def _withheld(work: _Work, theorem: str) -> Bounds:
    reason = "withheld: the model was trained on the source rows that would have to judge it"
    return Bounds(
        claims=(work.open(theorem, None, work.case.not_trained, reason),), break_even=(), warnings=()
    )


def _hdh(work: _Work, delta: float) -> Bounds:
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


def _disparity(work: _Work, delta: float) -> Bounds:
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


def _lagrangian(work: _Work, delta: float) -> Bounds:
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


def _version_space(work: _Work, delta: float) -> Bounds:
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
    claim = _asserted(work.standing(made))
    notes = (
        ()
        if claim.upper is not None
        else (f"version-space bound: that some member of {work.name} has σ = {sigma:g} is rejected",)
    )
    return Bounds(claims=(claim,), break_even=(breaks,), warnings=notes)


def _asserted(claim: Claim) -> Claim:
    """What the user asserted is `declared`; that a test did not reject it stays written beside it."""
    known = [
        a.with_status(Status.DECLARED, test=a.test, power=a.power) if a.status is Status.NOT_REJECTED else a
        for a in claim.assumptions
    ]
    return claim.standing_on(claim.level, tuple(known))


def _sigmas(work: _Work, delta: float) -> list[float]:
    """Where the frontier is drawn: from what the data don't reject up to what they certify as far too much."""
    wrong = (work.rows.ys[:, None] != work.case.problem.classes[None, :]) / len(work.rows.ys)
    least = float(work.oracle.erm(work.rows.Xs, wrong).cost or 0.0)
    errors = round(least * len(work.rows.ys))
    start = float(lower_limit(errors, len(work.rows.ys), delta / 2))
    stop = max(start, least) + 0.05
    return [round(float(s), 4) for s in np.linspace(start, stop, SIGMAS)]


_BOUNDS: dict[str, Callable[[_Work, float], Bounds]] = {
    "hdh": _hdh,
    "disparity": _disparity,
    "lagrangian": _lagrangian,
    "version_space": _version_space,
}
