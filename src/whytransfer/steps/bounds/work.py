"""One class of hypotheses at work on one case: the rows as it reads them, λ, and bounds that stay open."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from whytransfer.claims import Assumption, Claim, Level, Status, Unit
from whytransfer.claims.intervals import Units
from whytransfer.hypotheses import HypothesisClass
from whytransfer.steps.case import Case
from whytransfer.steps.errors import labelled_units
from whytransfer.steps.label_noise import widened
from whytransfer.theorems.assumptions import SIZES

LAMBDA_UNKNOWN = Assumption(
    id="adaptability",
    text="λ, the least sum of source and target error over the class: not estimable without target labels, and not asserted",
)

SIGMA_TAU_UNKNOWN = Assumption(
    id="class_good_on_both",
    text="some member of the class errs at most σ on the source and at most τ on the target: not asserted (σ, τ)",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The evaluation rows as a class of hypotheses reads them, with the model's answers; labels as the user writes them."""

    Xs: np.ndarray
    ys: np.ndarray
    Xt: np.ndarray
    h: tuple[np.ndarray, np.ndarray]
    classes: tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One class on one case."""

    case: Case
    oracle: HypothesisClass
    rows: Rows
    limit: float
    refuted: Assumption | None = None
    """The assumption that λ is as small as asserted, where its proved lower limit says otherwise."""
    least: float | None = None
    """That limit."""

    @property
    def name(self) -> str:
        """The class's name, as it stands in ids."""
        return self.oracle.name

    @property
    def m(self) -> float:
        """Target rows behind a supremum; infinite where the file is the whole target, so that the 1/m terms vanish."""
        return math.inf if self.case.whole else float(len(self.rows.Xt))

    @property
    def groups(self) -> tuple[np.ndarray | None, np.ndarray | None] | None:
        """The independent unit of every row of both domains; None where every row is one, or the rows are all there are."""
        target = None if self.case.whole else self.case.units("target").groups
        found = self.case.units("source").groups, target
        return None if all(units is None for units in found) else found

    @property
    def noise(self) -> float:
        """Share of the labels that may be wrong."""
        return self.case.label_noise

    def sizes(self, delta: float) -> dict[str, float]:
        """Rows of both domains and the δ of one deviation for all terms; nothing where the terms' own limits, by groups, are read."""
        return {} if self.groups is not None else {"n": len(self.rows.Xs), "m": self.m, "delta": delta}

    def adaptability(self, oracle: HypothesisClass, delta: float) -> Claim:
        """λ of a class: with target labels its interval, without them what remains (THEORY C2, C3)."""
        case, rows = self.case, self.rows
        labelled = case.labelled_target
        known: dict[str, Any] = {}
        target = rows.Xt
        if len(labelled) and case.columns is not None and case.problem.target.labels is not None:
            yt = case.problem.classes[case.problem.target.labels[labelled]]
            target, known = case.columns.target[labelled], {"yt": yt}
        source, there = case.units("source"), drawn_units(case) if known else case.units("target")
        claim = oracle.adaptability(
            rows.Xs,
            rows.ys,
            target,
            **known,
            delta=delta,
            seed=case.seed,
            classes=rows.classes,
            groups=None if source.groups is None and there.groups is None else (source.groups, there.groups),
        )
        claim = flagged(
            widened(claim, case.label_noise, errors=2, largest=2.0),
            case,
            labels=bool(len(labelled)),
            grouped=True,
        )
        return of_drawn_groups(claim, there)

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


def rows_of(case: Case) -> Rows:
    """The evaluation rows of both domains; all target rows where the file is the whole target."""
    s, t = case.splits.source_evaluate, case.target_rows
    columns = case.columns
    if columns is None or case.problem.source.labels is None:
        raise ValueError("bounds need encoded columns and source labels")
    names = case.problem.classes
    return Rows(
        Xs=columns.source[s],
        ys=names[case.problem.source.labels[s]],
        Xt=columns.target[t],
        h=(names[case.subject.source.codes[s]], names[case.subject.target.codes[t]]),
        classes=tuple(names.tolist()),
    )


def drawn_units(case: Case) -> Units:
    """What is independent of what among the labelled target rows, of a whole file as they were chosen."""
    return labelled_units(case) if case.whole else case.units("target", case.labelled_target)


def of_drawn_groups(claim: Claim, units: Units) -> Claim:
    """The claim, conditional where its limits know the sizes of the groups that were drawn from a whole file, and others are left in it."""
    if units.groups is None or units.file is None or len(np.unique(units.file)) == 1:
        return claim
    if claim.level not in (Level.PROVED, Level.CONDITIONAL) or SIZES in claim.assumptions:
        return claim
    return claim.standing_on(Level.CONDITIONAL, (*claim.assumptions, SIZES))


def flagged(claim: Claim, case: Case, *, labels: bool, grouped: bool = False) -> Claim:
    """The flag `uninformative`, and caution where rows may depend on each other.

    Parameters
    ----------
    claim : Claim
        About the target error or λ.
    case : Case
        What is known of the rows.
    labels : bool
        Whether target labels entered it, so that it needs them to be a random draw.
    grouped : bool
        Whether its limits are by the independent units of the rows.
    """
    if claim.quantity == "target_error":
        uninformative = claim.upper is not None and claim.upper >= case.majority_error
        claim = claim.with_detail(uninformative=uninformative)
    return case.cautious(claim, labels=labels, grouped=grouped)


ASSERTED_BY = {
    "covariate_shift": "covariate_shift",
    "label_shift": "label_shift",
    "class_good_on_source": "sigma",
}
"""Which key of `assume` asserts an assumption that a theorem leaves open."""


def asserted(claim: Claim, assume: Mapping[str, object]) -> Claim:
    """What the user asserted is `declared`; that a test did not reject it stays written beside it."""
    known = [
        a.with_status(Status.DECLARED, test=a.test, power=a.power)
        if a.status in (Status.UNTESTED, Status.NOT_REJECTED) and ASSERTED_BY.get(a.id) in assume
        else a
        for a in claim.assumptions
    ]
    return claim.standing_on(claim.level, tuple(known))
