"""Bounds by distances between rows: transport of labels, W1 and MMD, for what has a Lipschitz constant or a norm."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from whytransfer.claims import Assumption, Claim, figures
from whytransfer.claims.intervals import INTERVALS
from whytransfer.claims.intervals.as_claim import claim_of
from whytransfer.divergences import mmd as kernel_distance
from whytransfer.divergences.request import Request
from whytransfer.divergences.wasserstein import Wasserstein as W1Distance
from whytransfer.overlap import TwoSamples
from whytransfer.steps.bounds.chosen import Chooser
from whytransfer.steps.bounds.desk import Bounds, Desk, renamed
from whytransfer.steps.bounds.drawn_file import law_limit, of_file, share
from whytransfer.steps.break_even import BreakEven
from whytransfer.steps.case import Case
from whytransfer.steps.label_noise import widened
from whytransfer.steps.linear_score import LinearScore, linear_score
from whytransfer.steps.told_apart import at_most
from whytransfer.theorems import MMD, TransportLabels, Wasserstein

RADII = tuple(2.0**k for k in range(-6, 4))
"""Distances to the boundary that are looked at, in root mean squared distances of the training rows; fixed in advance."""

MARGINS = tuple(2.0**k for k in range(-4, 4))
"""Widths of the ramp that the choosing rows choose among, in the same units."""

MOST_ROWS = 1000
"""Rows a domain in an exact transport problem; a larger sample is drawn by the seed."""

ABSOLUTE = (
    "mean absolute loss of the predicted probability; the share of wrong answers is at most twice as large"
)

COST_UNKNOWN = Assumption(
    id="labels_move_along",
    text="how far target rows moved with their labels: it is not estimable without target labels, and there is no key to assert it",
)

LIPSCHITZ_LAMBDA = Assumption(
    id="adaptability",
    text="λ in absolute loss over the functions compared: not estimable without target labels",
)


def transport_labels(desk: Desk) -> Bounds:
    """How far target rows may have moved with their labels before the requirement can break."""
    case, score = desk.case, _score(desk.case)
    if case.columns is None:
        return Bounds()
    rows, part = (
        case.columns.source[case.splits.source_evaluate],
        share(desk, "target_error.transport_labels"),
    )
    norm = score.lipschitz
    distances = np.abs(score.at(rows)) / norm if norm > 0 else np.full(len(rows), math.inf)
    terms = {
        "radii": [r * _spread(case) for r in RADII],
        "wrong": case.source_wrong,
        "distances": distances,
        "groups": case.units("source").groups,
        "delta": part,
        "n_classes": case.classes,
    }
    # Rows that are wrong against true labels are so against these, but for the share of wrong ones.
    value = TransportLabels().break_even(law_limit(desk, part) - case.label_noise, **terms)  # type: ignore[arg-type]
    text = (
        f"transport of labels: the requirement holds ({desk.sure(desk.delta('target_error.transport_labels'))} sure) if target rows are source rows that moved by "
        f"{figures.at_least(value, 'columns')} on average, in units of the encoded columns, and kept their labels"
        if value is not None and value >= 0
        else "transport of labels: not even rows that stay where they are would be enough"
    )
    breaks = BreakEven(
        theorem="transport_labels", hypothesis_class="any", unknown="cost", value=value, text=text
    )
    claim = desk.open(
        "target_error.transport_labels",
        "transport_labels",
        COST_UNKNOWN,
        "how far rows moved with their labels is unknown, and nothing asserts it",
    )
    return Bounds(claims=(claim,), break_even=(breaks,))


def wasserstein(desk: Desk) -> Bounds:
    """The ramp form for 0/1 loss where covariate shift was asserted; else WDGRL's form in absolute loss, open in λ."""
    return _ramp(desk) if "covariate_shift" in desk.case.assume else _wdgrl(desk)


def _ramp(desk: Desk) -> Bounds:
    case, score, delta = desk.case, _score(desk.case), desk.delta("target_error.wasserstein")
    part = share(desk, "target_error.wasserstein")
    distance = _w1(case, part / 2, *_evaluated(case))
    signed = _signed(case, score, case.splits.source_evaluate)
    margin = _margin(case, score)
    losses = np.clip(1.0 - signed / margin, 0.0, 1.0)
    terms: dict[str, Any] = {
        "source_error": _mean_loss(case, losses, part / 2, "ramp"),
        "wasserstein": distance,
        "lipschitz": score.lipschitz,
        "margin": margin,
        "form": "ramp",
    }
    steepness = float(case.assume["lipschitz"])
    made = Wasserstein()(labelling_lipschitz=steepness, **terms)
    value = Wasserstein().break_even(law_limit(desk, part), **terms)
    text = _lipschitz_in_words(value, desk.sure(delta))
    breaks = BreakEven(
        theorem="wasserstein", hypothesis_class="any", unknown="lipschitz", value=value, text=text
    )
    claim = desk.finished(of_file(desk, made, part), sourced=True, errors=0, grouped=True)
    return Bounds(claims=(claim,), break_even=(breaks,))


def _lipschitz_in_words(value: float | None, sure: str) -> str:
    if value is None:
        return "Wasserstein bound: any Lipschitz constant of the labels will do"
    if value < 0:
        return "Wasserstein bound: not even labels that hardly depend on the columns would be enough"
    return (
        f"Wasserstein bound: the requirement holds ({sure} sure) under covariate shift if the probability of a "
        f"label changes by at most {figures.at_least(value, 'columns')} per unit of the encoded columns"
    )


def _wdgrl(desk: Desk) -> Bounds:
    case, score, delta = desk.case, _score(desk.case), desk.delta("target_error.wasserstein")
    terms = {
        "source_error": _absolute(case, delta / 2),
        "wasserstein": _w1(case, delta / 2, *_evaluated(case)),
        "lipschitz": float(case.assume["lipschitz"]),
        # The logistic function has slope 1/4 at most.
        "model_lipschitz": score.lipschitz / 4.0,
    }
    return _open_in_lambda(desk, Wasserstein(), terms, delta, "Wasserstein bound (WDGRL)")


def mmd(desk: Desk) -> Bounds:
    """The MMD bound in absolute loss, its norm asserted, open in λ; kernel and bandwidth are fixed by other rows."""
    case, delta = desk.case, desk.delta("target_error.mmd")
    chooser = Chooser.of(case)
    rows = [chooser.standard(part) for part in _evaluated(case)]
    samples = _samples(case, *rows)
    bandwidth = math.sqrt(rows[0].shape[1])
    distance = kernel_distance.MMD(bandwidth=bandwidth).claim_of(
        samples, Request(delta=delta / 2, seed=case.seed)
    )
    terms = {
        "source_error": _absolute(case, delta / 2),
        "mmd": distance,
        "norm": float(case.assume["lipschitz"]),
        "loss": "absolute",
    }
    return _open_in_lambda(desk, MMD(), terms, delta, "MMD bound")


def _open_in_lambda(desk: Desk, theorem: Any, terms: Mapping[str, Any], delta: float, title: str) -> Bounds:
    # An answer is wrong only where the probability of the truth is at most one half, so that err ≤ 2 E|p − y|.
    value = theorem.break_even(desk.limit / 2, **terms)
    text = (
        f"{title}: the requirement holds ({desk.sure(delta)} sure) if λ in absolute loss is at most {figures.at_least(value)}"
        if value is not None and value >= 0
        else f"{title}: even λ = 0 in absolute loss would not be enough"
    )
    breaks = BreakEven(
        theorem=theorem.name, hypothesis_class="any", unknown="adaptability", value=value, text=text
    )
    claim = desk.open(
        f"target_error.{theorem.name}",
        theorem.name,
        LIPSCHITZ_LAMBDA,
        "λ in absolute loss is not estimable without target labels, and there is no key to assert it",
    )
    rest = None if value is None else desk.limit / 2 - value
    said = claim.with_detail(without_the_unseen_part=rest, convention=ABSOLUTE)
    return Bounds(claims=(replace(said, loss="absolute"),), break_even=(breaks,))


def _score(case: Case) -> LinearScore:
    found = linear_score(case)
    if found is None:
        raise ValueError("these bounds need a linear model of two classes")
    return found


def _evaluated(case: Case) -> tuple[np.ndarray, np.ndarray]:
    if case.columns is None:
        raise ValueError("distances need encoded columns")
    return case.columns.source[case.splits.source_evaluate], case.columns.target[case.target_rows]


def _w1(case: Case, delta: float, source: np.ndarray, target: np.ndarray) -> Claim:
    """W1 of the encoded columns in their own units, with an upper limit by the asserted diameter."""
    rng = np.random.default_rng(np.random.SeedSequence(case.seed, spawn_key=(12,)))
    drawn = [at_most(np.arange(len(rows)), MOST_ROWS, rng) for rows in (source, target)]
    samples = _samples(case, source, target).take(*drawn)
    return W1Distance(range=float(case.assume["range"])).claim_of(
        samples, Request(delta=delta, seed=case.seed)
    )


def _samples(case: Case, source: np.ndarray, target: np.ndarray) -> TwoSamples:
    """The evaluation rows of both domains, in whatever units, with what is independent of what among them."""
    units = case.units("source"), case.units("target")
    return TwoSamples(
        source=source,
        target=target,
        names=case.columns.names if case.columns else (),
        units=None if all(u.groups is None for u in units) else units,
    )


def _spread(case: Case) -> float:
    """Root mean squared distance of the training rows from their mean: the unit of the grids."""
    if case.columns is None:
        return 1.0
    train = case.columns.source[case.splits.source_train]
    return float(np.sqrt(train.var(axis=0).sum())) or 1.0


def _signed(case: Case, score: LinearScore, rows: np.ndarray) -> np.ndarray:
    """The score with the sign of the label, (n,)."""
    if case.columns is None:
        raise ValueError("scores need encoded columns")
    labels = case.problem.source.labels[rows]  # type: ignore[index]
    return np.asarray(np.where(labels == 1, 1.0, -1.0) * score.at(case.columns.source[rows]))


def _margin(case: Case, score: LinearScore) -> float:
    """The width of the ramp with the smallest bound on the choosing rows."""
    choose = case.splits.source_choose if len(case.splits.source_choose) else case.splits.source_train
    signed, unit = _signed(case, score, choose), max(score.lipschitz * _spread(case), 1e-12)
    columns = case.columns
    if columns is None:
        raise ValueError("a margin needs encoded columns")
    gap = float(
        np.linalg.norm(
            columns.source[choose].mean(axis=0) - columns.target[case.splits.target_choose].mean(axis=0)
        )
    )
    sums = [
        float(np.clip(1.0 - signed / (w * unit), 0.0, 1.0).mean()) + score.lipschitz / (w * unit) * gap
        for w in MARGINS
    ]
    return MARGINS[int(np.argmin(sums))] * unit


def _absolute(case: Case, delta: float) -> Claim:
    """E|p(x) − y| on the source's evaluation rows."""
    rows = case.splits.source_evaluate
    proba = case.subject.source.proba
    if proba is None:
        raise ValueError("absolute loss needs probabilities")
    return _mean_loss(case, 1.0 - proba[rows, case.problem.source.labels[rows]], delta, "absolute")  # type: ignore[index]


def _mean_loss(case: Case, losses: np.ndarray, delta: float, loss: str) -> Claim:
    """The mean of a loss in [0, 1] over the source's evaluation rows, from above: by betting on rows, groups or blocks."""
    inside, units = np.clip(losses, 0.0, 1.0), case.units("source")
    made = claim_of(INTERVALS["betting"](), inside, None, delta, "upper")
    if units.groups is not None:
        made = replace(made, upper=units.upper(inside, delta)).with_detail(**units.said)
    claim = replace(renamed(made, f"source_error.{loss}", "source_error"), loss=loss)
    # A loss in [0, 1] is within the share of wrong labels of that against true ones.
    return widened(claim, case.label_noise, errors=1)
