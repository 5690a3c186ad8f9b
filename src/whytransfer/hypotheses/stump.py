"""One decision stump."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from whytransfer.hypotheses.hypothesis import Hypothesis
from whytransfer.hypotheses.rows import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Stump(Hypothesis):
    """One stump.

    Parameters
    ----------
    column : int
        The column it reads.
    threshold : float
        t; minus infinity answers `above` everywhere, plus infinity `below`.
    below, above : int
        Codes answered where x <= t, and where x > t.
    feature : str or None
        The name of the column; ``x0``, ``x1``... when None.
    """

    column: int
    threshold: float
    below: int
    above: int
    feature: str | None = None

    def codes(self, rows: FloatArray) -> IntArray:
        """The codes it predicts on `rows` (n, p)."""
        return np.where(rows[:, self.column] <= self.threshold, self.below, self.above).astype(np.int64)

    @property
    def constant(self) -> int | None:
        """The code it answers everywhere, None when it answers two."""
        if self.below == self.above or self.threshold == np.inf:
            return self.below
        return self.above if self.threshold == -np.inf else None

    @property
    def event(self) -> str:
        """The set on which it answers `below`, in words: ``"x0 <= 0.5"``."""
        return f"{self.feature or f'x{self.column}'} <= {self.threshold:.6g}"

    def describe(self, classes: Sequence[object]) -> str:
        """Its rule in words: ``"bill_length <= 42.1 → female, else male"``."""
        if self.constant is not None:
            return f"always {classes[self.constant]}"
        return f"{self.event} → {classes[self.below]}, else {classes[self.above]}"
