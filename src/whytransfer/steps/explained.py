"""The diagnosis as the document holds it: overlap, kind of shift, columns, regions, waterfall, curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from whytransfer.claims import Claim
from whytransfer.diagnosis import MOST_GROUPS, Decomposition, Shift, feature_shifts, reliability
from whytransfer.overlap import Overlap
from whytransfer.problem import Problem
from whytransfer.steps import region, region_told, why
from whytransfer.steps.case import Case
from whytransfer.verdict import Requirement

MOST_FEATURES = 200
"""Features with their histograms in the document, the most shifted ones; the count of the rest is said."""

SIDE = 0.05
Z95 = 1.6448536269514722
UNSEEN = "can't be seen without target labels"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """What is seen before the claims are made, because some of them depend on it.

    Parameters
    ----------
    shift : Shift or None
        Its kind; None where it can't be asked.
    errors : Errors or None
        Where the model is expected to err; None where its errors on the source are unknown.
    region : Region or None
        Where on the target it is expected to work; None where that can't be told.
    """

    shift: Shift | None
    errors: why.Errors | None
    region: region.Region | None


NOT_LOOKED = Seen(shift=None, errors=None, region=None)
"""Where nobody had the time to look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """Plain JSON values, ready for the document."""

    diagnosis: dict[str, Any]
    waterfall: list[dict[str, Any]]
    reliability: list[dict[str, Any]]
    warnings: tuple[str, ...]


def look(case: Case, requirement: Requirement | None) -> Seen:
    """The kind of shift, where the model errs, and where it is expected to work."""
    about = why.errors(case)
    return Seen(shift=why.shift(case), errors=about, region=region.shape(case, about, requirement))


def explain(case: Case | None, claims: Sequence[Claim], seen: Seen | None) -> Explained:
    """Everything that says why."""
    if case is None or seen is None:
        empty: dict[str, Any] = {
            "overlap": {},
            "shift": {},
            "features": [],
            "regions": {},
            "decomposition": {},
        }
        return Explained(
            diagnosis=empty, waterfall=waterfall(claims, None, None), reliability=[], warnings=()
        )
    listed, left = features(case, seen.errors)
    split = why.split_of_gap(case)
    named = {} if seen.shift is None else seen.shift.to_dict()
    if seen.errors is not None and named:
        named["effect"] = _effect(seen.errors)
    diagnosis = {
        "overlap": overlap(case),
        "shift": named,
        "features": listed,
        "regions": region_told.told(case, seen.region, foreign=named.get("kind") in FOREIGN),
        "decomposition": {} if split is None else split.to_dict(),
    }
    return Explained(
        diagnosis=diagnosis,
        waterfall=waterfall(claims, split, named.get("effect")),
        reliability=_reliability(case),
        warnings=(f"{left} less shifted columns are not listed in the report",) if left else (),
    )


FOREIGN = ("support", "new_class")
"""Kinds of shift with target rows where the source has none."""
PROBABILITY_BINS = 20
"""Of the picture of overlap."""


def overlap(case: Case) -> dict[str, Any]:
    """What the domain classifier says, as the document holds it; empty where there is none."""
    seen = case.overlap
    if seen is None:
        return {}
    return {
        "auc": seen.auc,
        "auc_linear": seen.auc_linear,
        "auc_boosted": seen.auc_boosted,
        "auc_lower": seen.auc_lower,
        "proxy_a_distance": seen.proxy_a_distance,
        "effective_sample_size": seen.effective_sample_size,
        "effective_target_size": seen.target_effective_size,
        "shared_mass": None if seen.auc is None else seen.shared_mass,
        "supported_share": seen.supported_share,
        "mean_ratio": float(seen.density_ratio[: seen.n].mean()),
        "rows": {"source": seen.n, "target": seen.m},
        "clipped": seen.clipped,
        "no_overlap": seen.no_overlap,
        "reason": seen.reason,
        "histogram": None if seen.auc is None else _told_apart(seen),
    }


def _told_apart(seen: Overlap) -> dict[str, Any]:
    """Rows of both domains by the cross-fitted probability of being a target row, in equal bins of [0, 1]."""
    edges = np.linspace(0.0, 1.0, PROBABILITY_BINS + 1)
    parts = {"source": seen.probabilities[: seen.n], "target": seen.probabilities[seen.n :]}
    return {"edges": edges.tolist()} | {name: np.histogram(p, edges)[0].tolist() for name, p in parts.items()}


def _effect(about: why.Errors) -> dict[str, float]:
    """What the shift of the inputs does to the estimated error, in error units."""
    value, error = about.model.gap(about.source, about.target)
    return {
        "value": value,
        "lower": value - Z95 * error,
        "upper": value + Z95 * error,
        "confidence": 1 - SIDE,
    }


def features(case: Case, about: why.Errors | None) -> tuple[list[dict[str, Any]], int]:
    """Every column: how far it moved, and what that does to the estimated error; with the number of those left out."""
    if case.columns is None:
        return [], 0
    rows = np.sort(np.concatenate([case.splits.source_choose, case.splits.source_evaluate]))
    if not len(rows):
        return [], 0
    found = feature_shifts(
        case.columns.source[rows], case.columns.target, case.columns.origin, *_raw(case.problem)
    )
    harms = [] if about is None else why.harm_of_columns(case, about, [f.name for f in found])
    of_name = {name: harm.to_dict() for harm in harms for name in harm.names}
    unknown = {"harm": None, "harm_reason": _no_harm(case, about, bool(harms))}
    told = [{**f.to_dict(), **of_name.get(f.name, unknown)} for f in found[:MOST_FEATURES]]
    return told, max(0, len(found) - MOST_FEATURES)


def _no_harm(case: Case, about: why.Errors | None, any_told: bool) -> str:
    if any_told:
        return f"only the {MOST_GROUPS} most shifted groups of columns are moved"
    if about is None:
        return "too few rows were held back, or nothing is known of the model's errors on them"
    if case.subject.model is None:
        return "predictions can't be asked about moved rows"
    return "the model can't be asked about rows that were changed column by column"


def _raw(problem: Problem) -> tuple[Any, Any]:
    """The raw columns for the histograms; None where they are sparse."""
    tables = problem.source.frame(), problem.target.frame()
    return tables if all(hasattr(t, "columns") for t in tables) else (None, None)


def waterfall(
    claims: Sequence[Claim], split: Decomposition | None, effect: Mapping[str, float] | None
) -> list[dict[str, Any]]:
    """From the source error to the target error, a step for each part that something stands behind."""
    by_id = {c.id: c for c in claims}
    source = _end("error on the source", by_id.get("source_error")) or _start(split)
    headline = _end(
        "error on the target", by_id.get("target_error.direct") or by_id.get("target_error.panel")
    )
    if source is None or headline is None:
        return [end for end in (source, headline) if end is not None]
    if split is not None and split.reason is None:
        words = (
            ("inputs", "shift of the inputs"),
            ("meaning", "change of meaning"),
            ("unseen", "rows the source hardly has"),
        )
        parts = [_change(label, getattr(split, name).to_dict()) for name, label in words]
        return [source, *parts, headline]
    reason = UNSEEN if split is None else split.reason
    inputs = _change("shift of the inputs", None if effect is None else dict(effect))
    return [source, inputs, {**_change("change of meaning", None), "reason": reason}, headline]


def _end(label: str, claim: Claim | None) -> dict[str, Any] | None:
    if claim is None or claim.estimate is None:
        return None
    limits = {"value": claim.estimate, "lower": claim.lower, "upper": claim.upper, "level": str(claim.level)}
    return {"label": label, **limits, "kind": "error"}


def _start(split: Decomposition | None) -> dict[str, Any] | None:
    """The source error that was split, where no claim is made about it (certificates of a label plan)."""
    if split is None or split.reason is not None:
        return None
    limits = {"value": split.source_error, "lower": None, "upper": None, "level": "estimated"}
    return {"label": "error on the source", **limits, "kind": "error"}


def _change(label: str, part: dict[str, float] | None) -> dict[str, Any]:
    known = part or {}
    return {
        "label": label,
        **{key: known.get(key) for key in ("value", "lower", "upper")},
        "level": "estimated" if part else None,
        "kind": "change",
    }


def _reliability(case: Case) -> list[dict[str, Any]]:
    """How often the model is right among rows of like confidence: the source's evaluation rows, and the target's labelled ones."""
    source, target = case.subject.source, case.subject.target
    if case.source_withheld or source.proba is None or target.proba is None:
        return []
    curves = []
    for name, said, rows, labels in (
        ("source", source, case.splits.source_evaluate, case.problem.source.labels),
        ("target", target, case.labelled_target, case.problem.target.labels),
    ):
        if len(rows) and said.proba is not None and labels is not None:
            curves.append(reliability(name, said.proba[rows].max(axis=1), said.codes[rows] == labels[rows]))
    return [curve for curve in curves if curve is not None]
