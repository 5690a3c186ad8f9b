"""One hypothesis, and all behaviours of a class on given rows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from whytransfer.errors import InputError
from whytransfer.hypotheses.rows import FloatArray, IntArray, as_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis(ABC):
    """One member of a class of hypotheses; it can stand where a model is expected.

    It predicts *codes*, 0..K−1: the column of the cost table it was found with. The sorted labels of a
    problem have these codes.

    Parameters
    ----------
    cost : float or None
        What it attained when an oracle found it, Σ_i cost[i, h(x_i)]; None for one that was enumerated or written down.
    """

    cost: float | None = None

    @abstractmethod
    def codes(self, rows: FloatArray) -> IntArray:
        """The codes it predicts on `rows` (n, p), int64 (n,). The rows are what the class's `read` made."""

    @abstractmethod
    def describe(self, classes: Sequence[object]) -> str:
        """Its rule in words, with the name of each code taken from `classes`: ``"1 if x <= 0.5, else 0"``."""

    @property
    def rule(self) -> str:
        """Its rule in words, in codes."""
        return self.describe(range(1_000))

    def predict(self, X: object) -> IntArray:
        """The codes it predicts on `X`, (n,) or (n, p) numbers."""
        return self.codes(as_rows(X))


MOST_CELLS = 20_000_000
"""Behaviours times rows that are listed; beyond it a listing would fill the memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviours:
    """All distinct ways in which a class can answer on given rows.

    Parameters
    ----------
    predictions : int array of shape (H, n)
        The codes; no two rows are equal.
    hypotheses : tuple of Hypothesis
        A member of the class for each behaviour.
    """

    predictions: IntArray
    hypotheses: tuple[Hypothesis, ...]

    @classmethod
    def among(cls, members: Iterable[Hypothesis], rows: FloatArray) -> Behaviours:
        """The distinct ones among the members' answers on `rows` (n, p), each with the first member that gives it."""
        found: dict[bytes, tuple[IntArray, Hypothesis]] = {}
        for member in members:
            answer = member.codes(rows)
            found.setdefault(answer.tobytes(), (answer, member))
        return cls(
            predictions=np.array([answer for answer, _ in found.values()], dtype=np.int64),
            hypotheses=tuple(member for _, member in found.values()),
        )

    def __len__(self) -> int:
        return len(self.hypotheses)


def check_listing(behaviours: int, rows: int) -> None:
    """Refuse to list more than `MOST_CELLS` answers.

    Raises
    ------
    InputError
        With the numbers.
    """
    if behaviours * rows > MOST_CELLS:
        raise InputError(
            f"enumerate: expected at most {MOST_CELLS:,} answers, got {behaviours:,} behaviours on {rows:,} rows; "
            "enumerate on fewer rows or a smaller class"
        )
