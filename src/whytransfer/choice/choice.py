"""A choice among candidates, with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from whytransfer.choice.evidence import SOURCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which candidate, by which rule, and why.

    Parameters
    ----------
    name : str
        Of the candidate; ``"source"`` where the source model is kept, which is a full answer.
    why : str
        In one sentence.
    rule : str
        What decided: ``"label_free"``, ``"target_labels"`` or ``"nothing_to_choose"``.
    scores : mapping of str to float or None
        What every candidate scored by that rule, the greater the better; None where it could not be scored.
    gain : float
        Expected gain over the source model, in error units; 0 where that is kept.
    lower, upper : float or None
        One-sided limits of the gain, each at `confidence`; None where nothing supports them.
    confidence : float or None
        Of each limit.
    refused : bool
        Whether nothing was tried because nothing could help, or be shown to.
    """

    name: str
    why: str
    rule: str
    scores: Mapping[str, float | None] = field(default_factory=dict)
    gain: float = 0.0
    lower: float | None = None
    upper: float | None = None
    confidence: float | None = None
    refused: bool = False

    @property
    def kept(self) -> bool:
        """Whether the source model is kept."""
        return self.name == SOURCE

    def __str__(self) -> str:
        return f"{self.name}: {self.why}"

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {**{name: getattr(self, name) for name in self.__slots__}, "scores": dict(self.scores)}


def keep(
    why: str, rule: str, scores: Mapping[str, float | None] | None = None, *, refused: bool = False
) -> Choice:
    """The source model, kept."""
    return Choice(name=SOURCE, why=why, rule=rule, scores=scores or {}, refused=refused)
