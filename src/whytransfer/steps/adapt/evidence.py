"""The evidence on every candidate that needs no target label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from whytransfer.backtest.candidates import CandidateRecord
from whytransfer.choice import (
    Evidence,
    Setting,
    coarse_share,
    collapse_of,
    columns_kind,
    reverse_error,
    share_distance,
)
from whytransfer.choice.apart import auc_between, floor_of
from whytransfer.estimators import View
from whytransfer.estimators.calibration import at_temperature, fit_temperature
from whytransfer.estimators.disagreement import gaps, others, others_lack, shares
from whytransfer.estimators.iw import ratio_lacks
from whytransfer.estimators.transport import label_plan, transport_cost
from whytransfer.methods.rules import Mapped
from whytransfer.steps import panel, why
from whytransfer.steps.adapt.ground import Ground
from whytransfer.steps.adapt.pseudo import affordable
from whytransfer.steps.adapt.tries import EXPECTED, Tried

MOST_REVERSED = 1000
"""Rows of each domain in circular validation: an error rate from so many is known to .016 at worst."""

UNKNOWN = "unknown"
"""The kind of shift where too few rows can be compared to name one."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Looks:
    """What is looked at once for all candidates.

    Parameters
    ----------
    view : View or None
        Source rows that choose and target rows that methods saw, with the committee's votes; None where there are too few.
    setting : Setting
        The problem as a whole.
    rows : (r,) array of int64
        Places of the view's target rows among those that methods saw.
    """

    view: View | None
    setting: Setting
    rows: np.ndarray


def look(ground: Ground) -> Looks:
    """The problem as a whole: kind of shift and of columns, how far apart, how good the source model is at home."""
    case = ground.case
    view = panel.view(case, panel.committee(case))
    shift = why.shift(case)
    overlap = case.overlap
    labels = ground.problem.source.labels[ground.splits.source_train]  # type: ignore[index]
    counts = np.bincount(labels, minlength=len(ground.problem.classes))
    setting = Setting(
        columns=columns_kind(case.problem.source.frame()),
        shift=UNKNOWN if shift is None else shift.kind,
        classes=len(ground.problem.classes),
        n=len(labels),
        m=len(ground.splits.target_train),
        p=0 if case.columns is None else case.columns.source.shape[1],
        auc=None if overlap is None else overlap.auc,
        auc_lower=None if overlap is None else overlap.auc_lower,
        source_error=None if not len(case.splits.source_evaluate) else case.source_error,
        shares=tuple((counts / counts.sum()).tolist()),
        coarse=1.0 if case.columns is None else coarse_share(case.columns.source[case.splits.source_train]),
    )
    rows = np.arange(setting.m) if case.apart is None else case.apart.target_rows
    return Looks(view=view, setting=setting, rows=rows)


def evidence(
    ground: Ground, looks: Looks, tried: Sequence[Tried], record: CandidateRecord | None
) -> tuple[Evidence, ...]:
    """The evidence on all candidates that could be fitted, the source model first."""
    able = [t for t in tried if t.failed is None]
    return tuple(_of(ground, looks, t, able[0], record) for t in able)


def _of(
    ground: Ground, looks: Looks, tried: Tried, source: Tried, record: CandidateRecord | None
) -> Evidence:
    setting, codes = looks.setting, tried.codes
    predicted = np.bincount(codes, minlength=setting.classes) / len(codes)
    names = [str(c) for c in ground.problem.classes]
    learner_sees = _seen_by_learner(ground, tried)
    return Evidence(
        name=tried.name,
        family=tried.method.family,
        transforms_source=tried.method.transforms_source,
        moved=float((codes != source.codes).mean()),
        predicted=tuple(predicted.tolist()),
        share_distance=share_distance(predicted.tolist(), setting.shares),
        collapse=collapse_of(codes, setting.shares, names),
        rise=_rise(looks, tried),
        contested=_contested(looks, codes),
        backtest=None if record is None or tried.name not in record.names else record.gain(tried.name),
        reverse=_reverse(ground, tried),
        weighted=_weighted(ground, looks, tried),
        auc=None if learner_sees is None else auc_between(*learner_sees, ground.case.seed),
        floor=None
        if learner_sees is None
        else floor_of(tried.training, tried.method.learner, ground.case.seed),
    )


def _rise(looks: Looks, tried: Tried) -> float | None:
    view = looks.view
    if view is None or view.source_proba is None or tried.proba is None:
        return None
    temperature = fit_temperature(view.source_proba, view.source_labels)
    here, there = (at_temperature(p, temperature) for p in (view.source_proba, tried.proba[looks.rows]))
    prior = np.bincount(view.source_labels, minlength=view.classes) / view.n
    costs = [transport_cost(p, label_plan(p, prior)) for p in (here, there)]
    return costs[1] - costs[0]


def _contested(looks: Looks, codes: np.ndarray) -> float | None:
    view = looks.view
    if view is None or others_lack(view) is not None:
        return None
    found = others(view)
    return float(shares(found) @ gaps(replace(view, target_codes=codes[looks.rows]), found))


def _weighted(ground: Ground, looks: Looks, tried: Tried) -> float | None:
    """Importance-weighted error on the source rows that choose, for candidates that leave the source's columns as they are."""
    view, apart = looks.view, ground.case.apart
    if (
        view is None
        or apart is None
        or tried.method.transforms_source
        or ratio_lacks(view.source_ratio) is not None
    ):
        return None
    said = tried.method.predict(ground.case.problem.source.take(apart.source_rows))
    wrong = ground.problem.codes(said, what="predictions") != view.source_labels
    return float(np.average(wrong, weights=view.source_ratio))


def _reverse(ground: Ground, tried: Tried) -> float | None:
    if not affordable(tried.method):
        return None
    rng = np.random.default_rng(np.random.SeedSequence(ground.case.seed, spawn_key=(51,)))
    here, there = (
        np.sort(rng.permutation(n)[:MOST_REVERSED])
        for n in (len(ground.splits.source_train), len(tried.codes))
    )
    source = ground.problem.source.take(ground.splits.source_train[here])
    target = ground.problem.target.take(ground.splits.target_train[there])
    try:
        return reverse_error(
            tried.method,
            source,
            ground.source_labels[here],
            target,
            ground.problem.classes[tried.codes[there]],
        )
    except EXPECTED:
        # What can't be learned back has no circular error; the candidate itself was fitted all the same.
        return None


def _seen_by_learner(ground: Ground, tried: Tried) -> tuple[np.ndarray, np.ndarray, np.ndarray | None] | None:
    """Source rows, target rows and source weights as the learner sees them; None where there are several learners, or other rows taught it."""
    training, method = tried.training, tried.method
    if training is None:
        return None
    target = method.columns_.numbers(ground.problem.target.take(ground.splits.target_train), "target")
    rule = method.rule_
    target = rule.map.apply(target) if isinstance(rule, Mapped) else target
    return (training.rows, target, training.weights) if target.shape[1] == training.rows.shape[1] else None
