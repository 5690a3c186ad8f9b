"""Pseudo-targets in which values are missing."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from whytransfer.backtest.cut import Cut, Wanted, Way
from whytransfer.backtest.cuts.changed import CANNOT_ASK, changed_cuts
from whytransfer.backtest.rows import LabelledRows
from whytransfer.overlap.two_samples import Floats


class Missingness(Way):
    """Some raw columns go missing in a share of the rows: they get what the encoder gives a missing value.

    That is the training median of each encoded column (all zeros for a category). A column of flags for missing
    values, where training had gaps, stays as it was: the encoder's output does not say which one it is.
    """

    name: ClassVar[str] = "missingness"
    title: ClassVar[str] = "values are missing"

    def applies(self, rows: LabelledRows) -> str | None:
        """None where the model can be asked about changed columns."""
        if rows.columns is None or rows.ask is None:
            return CANNOT_ASK
        return rows.nothing_varies

    def cuts(
        self, rows: LabelledRows, wanted: Wanted, count: int, rng: np.random.Generator
    ) -> tuple[Cut, ...]:
        """Cuts with a random half of the raw columns missing."""
        columns = rows.known_columns
        fill = np.median(columns, axis=0) if rows.fill is None else rows.fill
        blocks = np.arange(columns.shape[1]) if rows.blocks is None else rows.blocks
        raw = np.unique(blocks)

        def change(old: Floats, strength: float, draw: np.random.Generator) -> Floats:
            gone = np.isin(blocks, draw.permutation(raw)[: max(1, len(raw) // 2)])
            rows_hit = draw.random(len(old)) < strength
            return np.where(rows_hit[:, None] & gone, fill, old)

        return changed_cuts(self.name, rows, wanted, count, rng, change)
