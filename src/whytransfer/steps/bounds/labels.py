"""Bounds that need labels of the target, or the shares of its classes: lower limits of a sum of errors, pooling, Mansour's."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from whytransfer.claims import Assumption, Claim, Level, Unit, figures
from whytransfer.claims.intervals import Units, hoeffding_term
from whytransfer.divergences.label_total_variation import LabelTotalVariation
from whytransfer.divergences.request import Request
from whytransfer.hypotheses.hypothesis import Hypothesis
from whytransfer.overlap import TwoSamples
from whytransfer.steps import assumed
from whytransfer.steps.bounds.at_work import named_class
from whytransfer.steps.bounds.desk import Bounds, Desk, counted_share
from whytransfer.steps.bounds.three_terms import PAIRS_BUDGET, joined_discrepancy, pair_steps, share
from whytransfer.steps.bounds.work import Work, drawn_units, of_drawn_groups
from whytransfer.steps.break_even import BreakEven
from whytransfer.steps.case import Case
from whytransfer.theorems import AlphaPooling, Mansour, TVLower, ZhaoLower
from whytransfer.theorems.assumptions import prevalence_known


def tv_lower(desk: Desk) -> Bounds:
    """What no model with these predictions gets below, in the sum of both errors."""
    delta = desk.delta("error_sum_lower.tv_lower")
    labels, said = label_tv(desk.case, delta / 2), prediction_tv(desk.case, delta / 2)
    made = TVLower()(label_tv=labels, prediction_tv=said)
    return Bounds(claims=(_from_labels(desk, made),))


def zhao_lower(desk: Desk) -> Bounds:
    """Zhao's form with the prediction as representation; both divergences follow from total variations."""
    delta = desk.delta("error_sum_lower.zhao_lower")
    labels, said = label_tv(desk.case, delta / 2), prediction_tv(desk.case, delta / 2)
    made = ZhaoLower()(
        # The least JS of two laws at total variation v is that of Ber((1 + v)/2) and Ber((1 − v)/2); the largest is v ln 2.
        label_js=_in_nats(labels, lower=_least_js(labels.lower or 0.0)),
        representation_js=_in_nats(said, upper=math.log(2.0) * min(1.0, said.upper or 1.0)),
    )
    return Bounds(claims=(_from_labels(desk, made),))


def _from_labels(desk: Desk, claim: Claim) -> Claim:
    """The claim with its flags; from target labels, those of groups that were drawn from a whole file among them."""
    if not _labels_used(desk.case):
        return desk.finished(claim, grouped=True)
    return of_drawn_groups(desk.finished(claim, labels=True, grouped=True), drawn_units(desk.case))


def _labels_used(case: Case) -> bool:
    """Whether the shares of the classes come from target labels."""
    return not any(key.startswith(assumed.PREVALENCE) for key in case.assume)


def label_tv(case: Case, delta: float) -> Claim:
    """The total variation of the label marginals, with a lower limit: from asserted shares, else from target labels."""
    rows = case.splits.source_evaluate
    source = case.problem.source.labels[rows]  # type: ignore[index]
    if not _labels_used(case):
        return _against_asserted(case, source, delta)
    labelled = case.labelled_target
    target = case.problem.target.labels[labelled]  # type: ignore[index]
    return _total_variation(case, source, target, drawn_units(case), delta)


def prediction_tv(case: Case, delta: float) -> Claim:
    """The total variation of the predictions' laws, with an upper limit."""
    s, t = case.splits.source_evaluate, case.target_rows
    said = case.subject.source.codes[s], case.subject.target.codes[t]
    found = _total_variation(case, *said, case.units("target", t), delta)
    if not case.whole or found.estimate is None:
        return found
    # The target's predictions are known: only those of the source deviate (P1).
    return replace(found, upper=found.estimate + hoeffding_term(delta, case.units("source").effective))


def _total_variation(case: Case, source: np.ndarray, target: np.ndarray, there: Units, delta: float) -> Claim:
    units = case.units("source"), there
    samples = TwoSamples(
        source=np.zeros((len(source), 1)),
        target=np.zeros((len(target), 1)),
        names=("x0",),
        units=None if all(u.groups is None for u in units) else units,
    )
    found = LabelTotalVariation(ys=source, yt=target).claim_of(samples, Request(delta=delta, seed=case.seed))
    # A single row can't be split; 0 is then the lower limit, and certain.
    return found if found.lower is not None else replace(found, lower=0.0)


def _against_asserted(case: Case, source: np.ndarray, delta: float) -> Claim:
    """P_T(B) − P_S(B) for the labels B that are asserted to be more frequent than among the training rows."""
    limits = np.array(assumed.shares(case.problem.classes, case.assume))
    train = case.problem.source.labels[case.splits.source_train]  # type: ignore[index]
    frequent = limits[:, 0] > np.bincount(train, minlength=case.classes) / max(len(train), 1)
    there = max(float(limits[frequent, 0].sum()), 1.0 - float(limits[~frequent, 1].sum()))
    here = case.units("source").upper(frequent[source], delta)
    return Claim(
        id="divergence.label_total_variation",
        quantity="divergence",
        unit=Unit.ERROR,
        level=Level.CONDITIONAL,
        lower=min(1.0, max(0.0, there - here)),
        confidence=1.0 - delta,
        assumptions=(prevalence_known(),),
        detail={"delta": delta},
    )


def _least_js(v: float) -> float:
    """The least Jensen–Shannon divergence, in nats, at total variation v."""
    shares = np.array([(1.0 + v) / 2, (1.0 - v) / 2])
    entropy = -float(sum(p * math.log(p) for p in shares if p > 0))
    return max(0.0, math.log(2.0) - entropy)


def _in_nats(claim: Claim, *, lower: float | None = None, upper: float | None = None) -> Claim:
    return Claim(
        id=claim.id,
        quantity="divergence",
        unit=Unit.NATS,
        level=claim.level,
        lower=lower,
        upper=upper,
        confidence=claim.confidence,
        assumptions=claim.assumptions,
        detail={"delta": claim.detail["delta"]},
    )


def alpha_pooling(desk: Desk) -> Bounds:
    """Whether pooling source rows with the labelled target rows would pay, for the class at work."""
    work = desk.work
    delta = desk.delta(f"excess_target_error.alpha_pooling.{work.name}")
    too_many = _too_many_pairs(work, "alpha_pooling")
    if too_many is not None:
        return too_many
    rows = work.rows
    size = min(len(rows.Xs), len(rows.Xt))
    disc = work.oracle.discrepancy(rows.Xs[:size], rows.Xt[:size], delta=delta, classes=rows.classes)
    lam = work.adaptability(work.oracle, delta / 2)
    made = AlphaPooling()(
        labelled_source=len(rows.Xs),
        labelled_target=len(desk.case.labelled_target),
        unlabelled=size,
        d=stump_dimension(rows.Xs.shape[1]),
        discrepancy=disc,
        adaptability=lam,
        delta=delta / 2,
        n_classes=len(rows.classes),
    )
    return Bounds(claims=(desk.finished(made, labels=True),))


def stump_dimension(p: int) -> int:
    """VC dimension of stumps over p columns is at most the largest d with 2^d ≤ 2p(d − 1) + 2, their behaviours on d rows."""
    d = 1
    while 2 ** (d + 1) <= 2 * p * d + 2:
        d += 1
    return d


def mansour(desk: Desk) -> Bounds:
    """Mansour's bound with one reference rule for both domains: the class's best on the rows that trained the model."""
    work, case, delta = desk.work, desk.case, share(desk, "mansour")
    too_many = _too_many_pairs(work, "mansour")
    if too_many is not None:
        return too_many
    reference = _best_on_training(work)
    part = delta / (3 if len(case.labelled_target) else 2)
    classes = np.asarray(work.rows.classes, dtype=object)
    differs = reference.codes(work.oracle.read(work.rows.Xs)) != _codes(classes, work.rows.h[0])
    terms: dict[str, Any] = {
        "source_disagreement": counted_share("source_disagreement", differs, case.units("source"), part),
        "discrepancy": joined_discrepancy(work, part),
        **work.sizes(part),
        "n_classes": len(work.rows.classes),
    }
    even = Mansour().break_even(work.limit, best_target_error=0.0, **terms)
    text = (
        f'Mansour\'s bound: the requirement holds ({desk.sure(delta)} sure) if the rule "{reference.describe(work.rows.classes)}" '
        f"errs on at most {figures.at_least(even)} of the target"
        if even is not None and even >= 0
        else "Mansour's bound: not even a reference rule without error on the target would be enough"
    )
    breaks = BreakEven(
        theorem="mansour", hypothesis_class=work.name, unknown="best_target_error", value=even, text=text
    )
    if not len(case.labelled_target):
        unseen = Assumption(
            id="target_terms_at_most",
            text="how often the reference rule errs on the target: not estimable without target labels",
        )
        claim = work.open(
            "mansour", None, unseen, "it needs target labels for the error of its reference rule"
        )
        return Bounds(claims=(claim,), break_even=(breaks,))
    made = Mansour()(optima_differ=0.0, best_target_error=_on_target(work, reference, part), **terms)
    # One rule stands for both optima, so that they do not differ: nothing is asserted.
    kept = tuple(a for a in made.assumptions if a.id != "target_terms_at_most")
    known = made.standing_on(Level.CONDITIONAL if kept else Level.PROVED, kept)
    finished = desk.finished(known, labels=True, sourced=True, errors=1, grouped=True)
    return Bounds(claims=(of_drawn_groups(finished, drawn_units(case)),), break_even=(breaks,))


def _best_on_training(work: Work) -> Hypothesis:
    case = work.case
    train = case.splits.source_train
    labels = case.problem.source.labels[train]  # type: ignore[index]
    wrong = (np.arange(case.classes)[None, :] != labels[:, None]) / len(train)
    if case.columns is None:
        raise ValueError("a reference rule needs encoded columns")
    return named_class(work.name, case).erm(case.columns.source[train], wrong)


def _on_target(work: Work, reference: Hypothesis, delta: float) -> Claim:
    case, rows = work.case, work.case.labelled_target
    if case.columns is None:
        raise ValueError("a reference rule needs encoded columns")
    said = reference.codes(work.oracle.read(case.columns.target[rows]))
    wrong = said != case.problem.target.labels[rows]  # type: ignore[index]
    return counted_share("best_target_error", wrong, drawn_units(case), delta)


def _codes(classes: np.ndarray, labels: np.ndarray) -> np.ndarray:
    return np.array([int(np.flatnonzero(classes == label)[0]) for label in labels], dtype=np.int64)


def _too_many_pairs(work: Work, theorem: str) -> Bounds | None:
    steps = pair_steps(work)
    if steps <= PAIRS_BUDGET:
        return None
    reason = "too many pairs of columns for the exact supremum in the time of an audit"
    unseen = Assumption(
        id="discrepancy", text="the exact supremum over pairs of members of the class: not computed"
    )
    return Bounds(
        claims=(work.open(theorem, None, unseen, reason),), warnings=(f"{theorem} was left out: {reason}",)
    )
