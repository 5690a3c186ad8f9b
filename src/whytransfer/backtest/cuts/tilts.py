"""Pseudo-targets tilted toward the real target."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from whytransfer.backtest.cut import Cut, Wanted, Way
from whytransfer.backtest.rows import LabelledRows
from whytransfer.backtest.tilt import Direction, cut_by, matched, normal_scores


class Tilts(Way):
    """Source rows that look like the real target to the domain classifier join more often.

    All cuts have the same direction and differ by the rows that were drawn.
    """

    name: ClassVar[str] = "tilts"
    title: ClassVar[str] = "source rows that look like the real target"

    def applies(self, rows: LabelledRows) -> str | None:
        """None unless there is no domain classifier, or it says the same everywhere."""
        if rows.ratio is None:
            return "there is no density ratio"
        return None if rows.ratio.std() > 0 else "the domain classifier says the same of every row"

    def cuts(
        self, rows: LabelledRows, wanted: Wanted, count: int, rng: np.random.Generator
    ) -> tuple[Cut, ...]:
        """Tilts along the log density ratio."""
        if rows.ratio is None:
            return ()
        along = Direction(
            kind=self.name, name="toward the real target", score=normal_scores(np.log(rows.ratio))
        )
        chances, strength = matched(along, wanted)
        return tuple(cut_by(along, chances, strength, wanted, rng) for _ in range(count))
