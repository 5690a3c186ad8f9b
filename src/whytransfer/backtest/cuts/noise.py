"""Pseudo-targets measured with more noise."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from whytransfer.backtest.cut import Cut, Wanted, Way
from whytransfer.backtest.cuts.changed import CANNOT_ASK, changed_cuts
from whytransfer.backtest.rows import LabelledRows
from whytransfer.overlap.two_samples import Floats, Integers

LOUDEST = 4.0
"""Largest standard deviation of the noise, in those of the training rows: it drowns a column."""


class Noise(Way):
    """A random half of the numeric columns get normal noise. Columns of one or two values are left as they are."""

    name: ClassVar[str] = "noise"
    title: ClassVar[str] = "features are noisier"

    def applies(self, rows: LabelledRows) -> str | None:
        """None where the model can be asked about changed columns and one of them is numeric."""
        if rows.columns is None or rows.ask is None:
            return CANNOT_ASK
        return None if len(numeric(rows.columns)) else "no column has more than two values"

    def cuts(
        self, rows: LabelledRows, wanted: Wanted, count: int, rng: np.random.Generator
    ) -> tuple[Cut, ...]:
        """Cuts with noise on a random half of the numeric columns."""
        eligible = numeric(rows.known_columns)

        def change(old: Floats, strength: float, draw: np.random.Generator) -> Floats:
            hit = draw.permutation(eligible)[: max(1, len(eligible) // 2)]
            changed = old.copy()
            # Squared: the AUC rises fast with little noise, and the bisection should resolve that end.
            changed[:, hit] += LOUDEST * strength**2 * draw.standard_normal((len(old), len(hit)))
            return changed

        return changed_cuts(self.name, rows, wanted, count, rng, change)


def numeric(columns: Floats) -> Integers:
    """Columns with more than two values, ascending."""
    ends = columns.min(axis=0), columns.max(axis=0)
    return np.flatnonzero(((columns > ends[0]) & (columns < ends[1])).any(axis=0)).astype(np.int64)
