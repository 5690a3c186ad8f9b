"""The back-test of an audit: the estimators on pseudo-targets cut out of the source rows that trained nothing."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np

from whytransfer.backtest import (
    BacktestRecord,
    LabelledRows,
    Structure,
    View,
    Wanted,
    back_test,
    make_cuts,
)
from whytransfer.backtest.pseudo import PSEUDO_TARGETS
from whytransfer.backtest.rows import Ask, Vote
from whytransfer.backtest.score import LEAST_PSEUDO
from whytransfer.claims import Claim
from whytransfer.estimators import ESTIMATORS
from whytransfer.models import Said
from whytransfer.models.committee import Committee
from whytransfer.overlap.two_samples import Floats, Integers
from whytransfer.problem import Encoder
from whytransfer.problem.columns import Kind, kind_of
from whytransfer.steps.case import Case

ROWS_EACH = 4
"""Held-out rows for each pseudo-target: fifty cuts of fifty rows are nearly the same ones, and say no more than a dozen."""

MOST_SITES = 30
"""Values up to which a text column is taken for a site, a device or the like: the encoder's own limit for categories."""

COSTLY = ("bbse", "cot_em", "cott_em", "em", "knn", "nearest_source")
"""Estimators that take most of the time of all: by the test of label shift, and by the distances of all pairs of rows."""

MOST_COSTLY = 20
"""Pseudo-targets for those: the sign test at .05 then needs 15 losses of 20, where 50 need 32."""

CHEAP_COLUMNS = 200
"""Columns up to which distances cost no more than the rest; beyond, their share of pseudo-targets falls as 1/columns."""

WITHOUT_CLASSIFIER = 0.75
"""Strength of the cuts where no domain classifier could be fitted: halfway between no shift and no overlap."""


def record(case: Case, seen: View, others: Committee | None) -> BacktestRecord | None:
    """Run every estimator on pseudo-targets cut out of the rows that `seen` holds.

    These are at most 2,000 rows, of large tables 5,000 (`told_apart`): a truth counted on 1,000 of them is known to .016 at worst, closer than
    estimates of one another; more rows would cost quadratically in the estimators that compare rows.

    Parameters
    ----------
    case : Case
        Where time, groups, sites and the model are.
    seen : View
        What the estimators see of the real problem, with its votes.
    others : Committee or None
        Whose votes these are.

    Returns
    -------
    BacktestRecord or None
        None where the model may have been trained on the rows that would judge it; without pseudo-targets, but with
        the reason, where nothing could be cut.
    """
    if case.source_withheld or case.apart is None:
        return None
    rows = labelled_rows(case, seen, others)
    auc = WITHOUT_CLASSIFIER if case.overlap is None or case.overlap.auc is None else case.overlap.auc
    wanted = Wanted.like(auc=auc, rows=rows.n, target_rows=case.problem.target.n)
    count = min(PSEUDO_TARGETS, max(LEAST_PSEUDO, rows.n // ROWS_EACH))
    cuts = make_cuts(rows, wanted, count=count, seed=case.seed)
    return back_test(seen, rows, cuts, [kind() for kind in ESTIMATORS.values()], most=costly(rows))


def costly(rows: LabelledRows) -> dict[str, int]:
    """On how many pseudo-targets the costly estimators run."""
    wide = max(1.0, rows.known_columns.shape[1] / CHEAP_COLUMNS)
    return dict.fromkeys(COSTLY, max(MOST_COSTLY // 4, int(MOST_COSTLY / wide)))


def recorded(claims: Sequence[Claim], found: BacktestRecord | None) -> list[Claim]:
    """The claims with what the back-test says of them in `detail`: the panel's of all estimators, each other's of its own."""
    if found is None:
        return list(claims)
    scores, common = found.scores(), found.summary()
    told = []
    for claim in claims:
        name = claim.id.removeprefix("target_error.")
        if claim.id == "target_error.panel":
            told.append(claim.with_detail(backtest=found.to_dict()))
        elif name in scores and claim.quantity == "target_error":
            told.append(claim.with_detail(backtest={"kinds": common["kinds"], **scores[name].to_dict()}))
        else:
            told.append(claim)
    return told


def labelled_rows(case: Case, seen: View, others: Committee | None = None) -> LabelledRows:
    """The rows that `seen` holds of the source, with their structure and the model to ask about changes."""
    blocks = None
    if case.columns is not None:
        blocks = np.unique(np.array(case.columns.origin, dtype=str), return_inverse=True)[1]
    fill = None if seen.train_columns is None else np.median(seen.train_columns, axis=0)
    return LabelledRows(
        classes=seen.classes,
        labels=seen.source_labels,
        codes=seen.source_codes,
        proba=seen.source_proba,
        columns=seen.source_columns,
        ratio=seen.source_ratio,
        blocks=blocks,
        fill=fill,
        structures=structures(case),
        ask=asked(case),
        vote=None if others is None else voting(others),
    )


def voting(others: Committee) -> Vote:
    """What the members say on rows; threads are limited already, by the engine that asks them so often."""

    def vote(rows: Floats) -> Integers:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            # What a quick member's library warns of on rows that were changed on purpose is no news.
            warnings.simplefilter("ignore")
            whole = [member.predict(rows) for member in others.members]
            halves = [half.member.predict(rows[:, half.columns]) for half in others.halves]
            return np.array(whole + halves, dtype=np.int64)

    return vote


def structures(case: Case) -> tuple[Structure, ...]:
    """Time, groups and text columns of few values, on the source rows that the estimators see."""
    if case.apart is None:
        return ()
    rows, source = case.apart.source_rows, case.problem.source
    found = []
    if source.time is not None:
        found.append(Structure(name="time", kind="time", values=source.time[rows]))
    if source.groups is not None:
        found.append(Structure(name="groups", kind="groups", values=source.groups[rows].astype(str)))
    frame = source.frame()
    for position, name in enumerate(source.names if hasattr(frame, "iloc") else ()):
        series = frame.iloc[:, position]
        if kind_of(series) is Kind.TEXT and 2 <= series.nunique() <= MOST_SITES:
            values = series.iloc[rows].astype(object).fillna("").to_numpy().astype(str)
            found.append(Structure(name=name, kind="site", values=values))
    return tuple(found)


def asked(case: Case) -> Ask | None:
    """The model on encoded columns: its later steps, where its first one is the encoder of these columns; else None.

    A model of any other make takes raw rows only; missing values and noise are then left out of the back-test.
    """
    model, columns = case.subject.model, case.columns
    first = getattr(model, "named_steps", {}).get("encode")
    if columns is None or not case.subject.independent_of_source or not isinstance(first, Encoder):
        return None
    learned = columns.source[case.splits.source_train]
    centre, spread = learned.mean(axis=0), learned.std(axis=0)
    scale = np.where(spread > 0, spread, 1.0)
    later, places = model[1:], case.problem.codes(model.classes_, what="the model's classes")

    def ask(rows: Floats) -> Said:
        raw = rows * scale + centre
        codes = case.problem.codes(later.predict(raw), what="the model's predictions")
        if not hasattr(later, "predict_proba"):
            return Said(codes=codes, proba=None)
        proba = np.zeros((len(rows), case.classes))
        proba[:, places] = later.predict_proba(raw)
        return Said(codes=codes, proba=proba)

    return ask
