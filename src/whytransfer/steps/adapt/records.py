"""What is kept of every candidate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from whytransfer.choice import Choice, Evidence, Paired
from whytransfer.steps.adapt.tries import Tried


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One candidate of an adaptation.

    Parameters
    ----------
    name, title, family : str
        Of the method.
    assumption : str
        What would have to hold for it to help, in plain words.
    chosen : bool
        Whether it is the one.
    score : float or None
        By the rule that chose, the greater the better; None where it could not be scored.
    evidence : Evidence or None
        What is known of it without target labels; None where it failed.
    compared : dict or None
        What labelled target rows say of it, beside the source model; None without labels.
    failed : str or None
        Why it could not be fitted.
    notes : tuple of str
        What came up while it was fitted: rows drawn, weights clipped, warnings of the learner.
    """

    name: str
    title: str
    family: str
    assumption: str
    chosen: bool
    score: float | None
    evidence: Evidence | None
    compared: dict[str, Any] | None
    failed: str | None
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        plain = {name: getattr(self, name) for name in self.__slots__}
        return {
            **plain,
            "evidence": None if self.evidence is None else self.evidence.to_dict(),
            "notes": list(self.notes),
        }


def records(
    tried: Sequence[Tried], found: Sequence[Evidence], compared: Sequence[Paired], choice: Choice
) -> tuple[Candidate, ...]:
    """One record a candidate, in the order in which they were tried: the source model first."""
    evidence = {e.name: e for e in found}
    pairs = {p.name: p.to_dict() for p in compared}
    return tuple(
        Candidate(
            name=t.name,
            title=t.method.title,
            family=t.method.family,
            assumption=t.method.assumption,
            chosen=t.name == choice.name,
            score=choice.scores.get(t.name),
            evidence=evidence.get(t.name),
            compared=pairs.get(t.name),
            failed=t.failed,
            notes=t.notes,
        )
        for t in tried
    )
