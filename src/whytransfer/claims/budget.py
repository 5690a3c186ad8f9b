"""The failure probability of an audit: declared once, then spent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from whytransfer.errors import InputError


@dataclass(frozen=True, slots=True)
class Budget:
    """δ of one audit, split before any row is scored.

    The headline gets δ/2, the other claims share δ/2 equally, so that all `proved` and `conditional`
    claims hold together with probability 1 − δ on each side (union bound).

    Parameters
    ----------
    delta : float
        Total failure probability per side, in (0, 1).
    others : sequence of str
        Ids of the claims beside the headline that will spend.
    """

    delta: float
    others: tuple[str, ...]

    @classmethod
    def declare(cls, delta: float, others: Sequence[str]) -> Budget:
        """Declare who will spend, before anything is computed."""
        if not 0.0 < delta < 1.0:
            raise InputError(f"delta: expected a number strictly between 0 and 1, got {delta}")
        if len(set(others)) != len(others):
            raise ValueError("a claim may spend its share of delta once only")
        return cls(delta, tuple(others))

    @property
    def headline(self) -> float:
        """δ per side of the headline claim."""
        return self.delta / 2

    def of(self, claim_id: str) -> float:
        """δ per side of one of the declared claims."""
        if claim_id not in self.others:
            raise ValueError(
                f"claim {claim_id!r} was not declared to spend; declared are {', '.join(self.others)}"
            )
        return self.delta / 2 / len(self.others)
