"""Bounds by functions that were fixed on other rows: critics, cells, a region of overlap, a density ratio."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from whytransfer.claims import figures
from whytransfer.steps.bounds.chosen import Cells as Partition
from whytransfer.steps.bounds.chosen import Chooser, Critic, Ratio
from whytransfer.steps.bounds.desk import Bounds, Desk, counted_share
from whytransfer.steps.bounds.drawn_file import law_limit, of_file, share
from whytransfer.steps.break_even import BreakEven
from whytransfer.steps.case import Case
from whytransfer.steps.label_noise import widened
from whytransfer.theorems import ODD, Cells, Dis2, ImportanceWeighting, Support

LINEAR_CRITIC = "linear"
REGION = "estimated density ratio at most 1"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Scored:
    """The evaluation rows: columns, the model's codes, and whether it errs on the source."""

    source: np.ndarray
    target: np.ndarray
    said: tuple[np.ndarray, np.ndarray]
    wrong: np.ndarray
    n: int
    m: float

    @classmethod
    def of(cls, case: Case) -> _Scored:
        if case.columns is None:
            raise ValueError("these bounds need encoded columns")
        s, t = case.splits.source_evaluate, case.target_rows
        return cls(
            source=case.columns.source[s],
            target=case.columns.target[t],
            said=(case.subject.source.codes[s], case.subject.target.codes[t]),
            wrong=case.source_wrong,
            # A mean over groups is worth n²/Σ n_g² independent rows; rounded down.
            n=max(1, int(case.units("source").effective)),
            m=np.inf if case.whole else max(1.0, float(int(case.units("target").effective))),
        )


def dis2(desk: Desk) -> Bounds:
    """Dis² with a linear critic."""
    rows, critic = _Scored.of(desk.case), Critic.of(Chooser.of(desk.case))
    gap = _gap(rows, critic, np.ones(len(rows.source), bool), np.ones(len(rows.target), bool))
    claim = Dis2()(
        source_error=float(rows.wrong.mean()),
        disagreement_gap=gap,
        n=rows.n,
        m=rows.m,
        delta=desk.delta("target_error.dis2"),
        critic=LINEAR_CRITIC,
        n_classes=desk.case.classes,
    )
    return Bounds(claims=(desk.finished(claim, sourced=True, errors=1, grouped=True),))


def odd(desk: Desk) -> Bounds:
    """The overlap-aware form: the critic is asked only where the estimated density ratio exceeds 1."""
    rows, chooser = _Scored.of(desk.case), Chooser.of(desk.case)
    ratio = Ratio.of(chooser)
    chosen = tuple(
        ratio.at(x * chooser.scale + chooser.centre) > 1.0 for x in (chooser.source, chooser.target)
    )
    critic = Critic.of(chooser, (chosen[0], chosen[1]))
    claim = ODD()(
        source_error=float(rows.wrong.mean()),
        outside_gap=_gap(rows, critic, ratio.at(rows.source) > 1.0, ratio.at(rows.target) > 1.0),
        n=rows.n,
        m=rows.m,
        delta=desk.delta("target_error.odd"),
        critic=LINEAR_CRITIC,
        region=REGION,
        n_classes=desk.case.classes,
    )
    return Bounds(claims=(desk.finished(claim, sourced=True, errors=1, grouped=True),))


def _gap(rows: _Scored, critic: Critic, source: np.ndarray, target: np.ndarray) -> float:
    """T(h ≠ h', x in target) − S(h ≠ h', x in source)."""
    there = critic.differs(rows.target, rows.said[1]) & target
    here = critic.differs(rows.source, rows.said[0]) & source
    return float(there.mean() - here.mean())


def cells(desk: Desk) -> Bounds:
    """The errors of the source by cell of confidence, as often as the target visits each."""
    case, partition = desk.case, Partition.of(desk.case)
    source, target = _cells_of(case, partition, "source"), _cells_of(case, partition, "target")
    units = case.units("source")
    part = share(desk, "target_error.cells")
    # Right rows and wrong ones of each cell, (2, B) or, by groups, (G, 2, B).
    seen = units.counts(case.source_wrong * partition.count + source, 2 * partition.count)
    seen = seen.reshape(*seen.shape[:-1], 2, partition.count)
    claim = Cells()(
        source_counts=seen.sum(axis=-2),
        source_errors=seen[..., 1, :],
        **_visits(case, target, partition.count),
        delta=part,
        n_classes=case.classes,
    )
    by = "predicted class" if partition.cuts is None else "confidence"
    cuts = [] if partition.cuts is None else [float(c) for c in partition.cuts]
    said = claim.with_detail(by=by, cuts=cuts)
    return Bounds(claims=(desk.finished(of_file(desk, said, part), sourced=True, grouped=True),))


def _visits(case: Case, cells: np.ndarray, count: int) -> dict[str, np.ndarray]:
    """How often the target visits each cell: counts, or the shares where the file is the whole target."""
    if case.whole:
        return {"target_shares": np.bincount(cells, minlength=count) / len(cells)}
    return {"target_counts": case.units("target").counts(cells, count)}


def _cells_of(case: Case, partition: Partition, domain: str) -> np.ndarray:
    rows = case.splits.source_evaluate if domain == "source" else case.target_rows
    said = case.subject.source if domain == "source" else case.subject.target
    return partition.at(said.codes[rows], None if said.proba is None else said.proba[rows])


def support(desk: Desk) -> Bounds:
    """Errors inside a region where the density ratio is asserted to be small, and all of the target outside it."""
    case, rows = desk.case, _Scored.of(desk.case)
    bound, part = float(case.assume["ratio"]), share(desk, "target_error.support")
    ratio = Ratio.of(Chooser.of(case))
    # Rows that chose the ratio don't count how much of the target's law lies outside.
    judges = case.splits.target_evaluate
    inside, outside = ratio.at(rows.source) <= bound, ratio.at(case.columns.target[judges]) > bound  # type: ignore[union-attr]
    within = counted_share("region_error", rows.wrong & inside, case.units("source"), part / 2)
    terms: dict[str, Any] = {
        "region_error": widened(within, case.label_noise, errors=1),
        "outside": counted_share("outside", outside, case.units("target", judges), part / 2),
    }
    claim = Support()(ratio=bound, n_classes=case.classes, **terms)
    value = Support().break_even(law_limit(desk, part), **terms)
    breaks = BreakEven(
        theorem="support",
        hypothesis_class="any",
        unknown="ratio",
        value=value,
        text=_ratio_in_words(value, desk.sure(desk.delta("target_error.support"))),
    )
    said = claim.with_detail(region=f"estimated density ratio at most {bound:g}")
    claims = (desk.finished(of_file(desk, said, part), sourced=True, errors=0, grouped=True),)
    return Bounds(claims=claims, break_even=(breaks,))


def _ratio_in_words(value: float | None, sure: str) -> str:
    if value is None:
        return "support bound: any density ratio on its region will do"
    if value <= 0:
        return "support bound: the target's rows outside its region alone exceed the requirement"
    return (
        f"support bound: the requirement holds ({sure} sure) under covariate shift if the density ratio "
        f"on its region is at most {figures.at_least(value)}"
    )


def importance_weighting(desk: Desk) -> Bounds:
    """Weighted source errors, with weights estimated on other rows: conditional on their being the true ratio."""
    case, rows = desk.case, _Scored.of(desk.case)
    largest, part = float(case.assume["ratio"]), share(desk, "target_error.importance_weighting")
    weights = np.minimum(Ratio.of(Chooser.of(case)).at(rows.source), largest)
    claim = ImportanceWeighting()(
        weights=weights,
        losses=rows.wrong.astype(np.float64),
        groups=case.units("source").groups,
        largest_weight=largest,
        delta=part,
        n_classes=case.classes,
    )
    said = claim.with_detail(
        weights="estimated by logistic regression on other rows, cut off at the asserted ratio"
    )
    return Bounds(claims=(desk.finished(of_file(desk, said, part), sourced=True, grouped=True),))
