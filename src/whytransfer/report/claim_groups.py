"""The claims of a document, sorted into the groups that are shown together. Nothing is computed, only arranged."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from whytransfer.claims import figures
from whytransfer.report import words


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One assumption of the ledger and how it is known; two that differ in anything are two entries."""

    id: str
    text: str
    status: str
    test: str | None
    power: str | None

    @classmethod
    def of(cls, assumption: Mapping[str, Any]) -> Entry:
        """The entry of one assumption of the document."""
        return cls(**{name: assumption[name] for name in ("id", "text", "status", "test", "power")})


def ledger(claims: Iterable[Mapping[str, Any]]) -> dict[Entry, tuple[str, ...]]:
    """Every assumption once, in order of first appearance, with the ids of the claims that stand on it."""
    users: dict[Entry, list[str]] = {}
    for claim in claims:
        for assumption in claim["assumptions"]:
            users.setdefault(Entry.of(assumption), []).append(claim["id"])
    return {entry: tuple(ids) for entry, ids in users.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One claim as it is shown.

    Parameters
    ----------
    id, title : str
        Its id, and what it is about in words.
    estimate, lower, upper, confidence : float or None
        As in the document.
    level, unit : str
        As in the document.
    assumptions : tuple of Entry
        What it stands on.
    flags : tuple of str
        What must be said beside the figures: keys of `words.FLAGS`.
    p_value : float or None
        Of the test that came with it.
    convention : str
        Range and unit, where the claim states them; else empty.
    rule : str
        The hypothesis that attains it, where the claim names one; else empty.
    silence : str
        Why there is no figure; empty where there is one.
    guessing : float or None
        The error of guessing.
    citation : str or None
        Key in the bibliography.
    """

    id: str
    title: str
    estimate: float | None
    lower: float | None
    upper: float | None
    confidence: float | None
    level: str
    unit: str
    assumptions: tuple[Entry, ...]
    flags: tuple[str, ...]
    p_value: float | None
    convention: str
    rule: str
    silence: str
    guessing: float | None
    citation: str | None

    @classmethod
    def of(cls, claim: Mapping[str, Any]) -> Row:
        """The row of one claim of the document."""
        p_value = claim["detail"].get("p_value")
        silent = all(claim[name] is None for name in ("estimate", "lower", "upper"))
        return cls(
            id=claim["id"],
            title=words.title(claim),
            estimate=claim["estimate"],
            lower=claim["lower"],
            upper=claim["upper"],
            confidence=claim["confidence"],
            level=claim["level"],
            unit=claim["unit"],
            assumptions=tuple(Entry.of(assumption) for assumption in claim["assumptions"]),
            flags=tuple(_flags(claim)),
            p_value=p_value if isinstance(p_value, float) else None,
            convention=str(claim["detail"].get("convention") or ""),
            rule=_rule(claim["detail"]),
            silence=words.silence(claim) if silent else "",
            guessing=claim["guessing_error"],
            citation=claim["citation"],
        )

    @property
    def spoken(self) -> str:
        """The figures in one sentence, for those who don't see the drawing."""
        if self.silence:
            return f"no figure: {self.silence}"
        limits = []
        if self.lower is not None:
            limits.append(f"at least {figures.at_least(self.lower, self.unit)}")
        if self.upper is not None:
            limits.append(f"at most {figures.at_most(self.upper, self.unit)}")
        between = " and ".join(limits)
        surely = (
            f" ({'each ' if len(limits) > 1 else ''}{figures.sure(self.confidence)} sure)" if between else ""
        )
        value = [figures.estimate(self.estimate, self.unit)] if self.estimate is not None else []
        said = ", ".join([*value, between + surely] if between else value)
        flags = (words.FLAGS[flag] for flag in self.flags)
        parts = (said, words.LEVEL_WORDS[self.level], *flags, figures.tested(self.p_value))
        return "; ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Rows that are shown together: those with figures, and those without."""

    key: str
    heading: str
    note: str
    rows: tuple[Row, ...]
    silent: tuple[Row, ...]
    axis: float = 1.0
    """Where its axis ends: 1 for errors, more or less for losses in the unit of a label."""

    @property
    def guessing(self) -> float | None:
        """The error of guessing, where all of the group share one."""
        found = {row.guessing for row in self.rows if row.guessing is not None}
        return found.pop() if len(found) == 1 else None

    @property
    def convention(self) -> str:
        """Range and unit, where all rows with figures state the same."""
        found = {row.convention for row in self.rows}
        return found.pop() if len(found) == 1 else ""


_GROUPS = (
    ("source", "Error on the source", ""),
    ("target", "Error on the target", "What the verdict is about."),
    ("drop", "Error on the target minus error on the source", ""),
    (
        "bounds",
        "Bounds from theory",
        "The error on the target is at most this, if what is marked beside it holds. The tightest first.",
    ),
    ("lambda", "Adaptability λ", "The least sum of both errors that one model of the class reaches."),
    ("sum", "Sum of both errors", "What no model of this kind gets below."),
    ("divergence", "Distance between the inputs", "Small is welcome, never enough."),
    ("other", "Other claims", "In units of error."),
    ("units", "In other units", "Not comparable with an error, and never added to one."),
)


def groups(document: Mapping[str, Any]) -> tuple[Group, ...]:
    """The groups that hold at least one claim; inside each, the order of the document, and bounds by their upper limit."""
    sorted_in: dict[str, list[Row]] = {key: [] for key, _, _ in _GROUPS}
    for claim in document["claims"]:
        sorted_in[_key(claim)].append(Row.of(claim))
    # The tightest bound first; bounds that give a lower limit only come after those that give an upper one.
    sorted_in["bounds"].sort(key=lambda row: (row.upper is None, row.upper or 0.0))
    return tuple(
        Group(
            key=key,
            heading=heading,
            note=note,
            rows=tuple(row for row in sorted_in[key] if not row.silence),
            silent=tuple(row for row in sorted_in[key] if row.silence),
            axis=axis(document) if any(row.unit == LABEL for row in sorted_in[key]) else 1.0,
        )
        for key, heading, note in _GROUPS
        if sorted_in[key]
    )


LABEL = "label"
"""The unit of losses of predicted numbers."""

WIDEST = 4.0
"""Limits beyond so many times the largest estimate or requirement leave the axis, as an arrow: one loose bound must not hide the rest."""


def axis(document: Mapping[str, Any]) -> float:
    """Where the axis of losses ends: the next of 1, 2, 2.5, 5 times a power of ten above all but very loose limits; 1 for errors."""
    told = [claim for claim in document["claims"] if claim["unit"] == LABEL]
    requirement = (document["verdict"]["requirement"] or {}).get("value")
    known = [abs(c["estimate"]) for c in told if c["estimate"] is not None]
    known += [] if requirement is None or not told else [abs(requirement)]
    if not known or not max(known) > 0.0:
        return 1.0
    limits = [abs(c[side]) for c in told for side in ("lower", "upper") if c[side] is not None]
    most = max([*known, *(limit for limit in limits if limit <= WIDEST * max(known))])
    power = 10.0 ** math.floor(math.log10(most))
    return next(power * step for step in (1.0, 2.0, 2.5, 5.0, 10.0) if power * step >= most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """The claim of the banner: its row, the name of its quantity, the key of its group."""

    row: Row
    quantity: str
    key: str
    axis: float = 1.0


def headline(document: Mapping[str, Any]) -> Headline | None:
    """What was counted on target labels where there are any, else what the panel estimates.

    About the rise of the error where that is what was asked for, else about the error on the target.
    """
    by_id = {claim["id"]: claim for claim in document["claims"]}
    requirement = document["verdict"]["requirement"]
    measured = None if requirement is None else requirement.get("quantity")
    if measured not in (None, "target_error", "error_drop"):
        return _measured(by_id, measured)
    drop = requirement is not None and requirement["kind"] == "max_drop"
    for stem, quantity in (("error_drop", "Rise of the error"), ("target_error", "Error on the target")):
        if stem == "error_drop" and not drop:
            continue
        rows = [Row.of(by_id[f"{stem}.{name}"]) for name in ("direct", "panel") if f"{stem}.{name}" in by_id]
        if rows:
            row = next((row for row in rows if not row.silence), rows[-1])
            key, end = "drop" if stem == "error_drop" else "target", axis(document)
            return Headline(row=row, quantity=quantity, key=key, axis=end)
    return None


def _measured(by_id: Mapping[str, Mapping[str, Any]], quantity: str) -> Headline | None:
    """The headline of another metric than the error."""
    rows = [
        Row.of(by_id[f"{quantity}.{name}"]) for name in ("direct", "panel") if f"{quantity}.{name}" in by_id
    ]
    if not rows:
        return None
    row = next((row for row in rows if not row.silence), rows[-1])
    return Headline(row=row, quantity=words.METRICS[quantity], key="metric")


def by_shift(features: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The columns, the most shifted first; those without a figure last."""
    return sorted(features, key=lambda feature: (feature["shift"] is None, -(feature["shift"] or 0.0)))


def _key(claim: Mapping[str, Any]) -> str:
    head, *rest = str(claim["id"]).split(".")
    if claim["unit"] not in ("error", LABEL):
        return "units"
    if claim["quantity"] == "error_drop":
        return "drop"
    if head == "target_error":
        # dis2 and odd are estimates, too; as such they stand among the estimates.
        bound = claim["level"] != "estimated" and _BOUNDS_WITHOUT_CLASS.intersection(rest)
        return "bounds" if len(rest) > 1 or bound else "target"
    return {
        "source_error": "source",
        "adaptability": "lambda",
        "error_sum_lower": "sum",
        "divergence": "divergence",
    }.get(head, "other")


_BOUNDS_WITHOUT_CLASS = {
    "dis2",
    "odd",
    "cells",
    "support",
    "importance_weighting",
    "prevalence",
    "label_shift_lp",
    "labelling_functions",
    "wasserstein",
    "mmd",
    "transport_labels",
}
"""Claims about the target error that a theorem makes without naming a class of hypotheses."""


def _flags(claim: Mapping[str, Any]) -> Iterable[str]:
    detail = claim["detail"]
    distance, typical = detail.get("distance"), detail.get("typical_distance")
    if any(assumption["status"] == "rejected" for assumption in claim["assumptions"]):
        yield "rejected"
    elif isinstance(distance, float) and isinstance(typical, float) and distance > typical:
        yield "far"
    guessing, lower = claim.get("guessing_error"), claim["lower"]
    if claim["vacuous"] and not (guessing is not None and lower is not None and lower >= guessing):
        # A lower limit above it says a lot: the model is no better than guessing, not the claim.
        yield "vacuous"
    elif detail.get("uninformative") is True:
        yield "uninformative"


def _rule(detail: Mapping[str, Any]) -> str:
    for key, word in (("rule", "reached by"), ("witness", "reached against")):
        if isinstance(detail.get(key), str):
            return f"{word}: {words.clean(detail[key], longest=200)}"
    return ""
