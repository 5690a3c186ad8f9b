"""A document that holds one audit, and one that holds several: the pages of this folder read both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from whytransfer.claims import figures
from whytransfer.report import words
from whytransfer.report.claim_groups import headline
from whytransfer.report.validate import SEVERAL_ID


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One audit of a document.

    Parameters
    ----------
    name : str
        Of the target or the sub-group; empty where the document is that one audit.
    document : mapping
        Its ``audit/1`` document.
    """

    name: str
    document: Mapping[str, Any]

    @property
    def answer(self) -> str:
        """The answer with its basis: ``"WORKS (certified)"``."""
        verdict = self.document["verdict"]
        basis = "" if verdict["basis"] is None else f" ({verdict['basis']})"
        return f"{words.ANSWERS[verdict['answer']]}{basis}"


def parts(document: Mapping[str, Any]) -> list[Part]:
    """The audits of a document, in its order: itself, or those that it holds."""
    if document["schema"] != SEVERAL_ID:
        return [Part(name="", document=document)]
    return [Part(name=one["name"], document=one["audit"]) for one in document["audits"]]


def many(document: Mapping[str, Any]) -> bool:
    """Whether the document holds several audits."""
    return bool(document["schema"] == SEVERAL_ID)


def figures_of(part: Part) -> tuple[str, str, str, str, str]:
    """The headline of an audit for a table: estimate, at least, at most, evidence, rows of the target."""
    main = headline(part.document)
    rows = figures.count(part.document["problem"]["target"]["rows"])
    if main is None or main.row.silence:
        return ("–", "–", "–", "–", rows)
    row = main.row
    shown = (
        figures.estimate(row.estimate, row.unit),
        figures.at_least(row.lower, row.unit),
        figures.at_most(row.upper, row.unit),
    )
    return (*shown, row.level, rows)
