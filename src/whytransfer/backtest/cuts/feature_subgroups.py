"""Pseudo-targets in which a single feature is larger or smaller."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from whytransfer.backtest.cut import Cut, Wanted, Way
from whytransfer.backtest.rows import LabelledRows
from whytransfer.backtest.separation import Sight
from whytransfer.backtest.tilt import Direction, matched, normal_scores, tilted

NEAR_ENOUGH = 0.02
"""AUC by which a column may miss the wanted strength before a direction through all columns takes its place."""


class FeatureSubgroups(Way):
    """Rows on which one encoded column is large (or small) join more often.

    A column with too few distinct values can't reach every AUC (a rare 0/1 column hardly any): a random
    direction through the principal components then takes its place.
    """

    name: ClassVar[str] = "feature_subgroups"
    title: ClassVar[str] = "one feature is larger or smaller"

    def applies(self, rows: LabelledRows) -> str | None:
        """None unless no column varies."""
        return rows.nothing_varies

    def cuts(
        self, rows: LabelledRows, wanted: Wanted, count: int, rng: np.random.Generator
    ) -> tuple[Cut, ...]:
        """Tilts along randomly drawn columns, each with a random sign."""
        columns = rows.known_columns
        alive = np.flatnonzero(columns.std(axis=0) > 0)
        sight = Sight.on(columns, int(rng.integers(2**31))).components(columns)
        # Every column once before any comes twice.
        turns = np.concatenate([rng.permutation(alive) for _ in range(-(-count // len(alive)))])[:count]
        made = []
        for turn, j in enumerate(turns):
            sign = float(rng.choice([-1.0, 1.0]))
            along = Direction(
                kind=self.name,
                name=f"encoded column {j}, {'larger' if sign > 0 else 'smaller'}",
                score=normal_scores(sign * columns[:, j]),
            )
            if abs(matched(along, wanted)[1] - wanted.auc) > NEAR_ENOUGH and sight.shape[1]:
                slope = rng.standard_normal(sight.shape[1])
                along = Direction(
                    kind=self.name, name=f"random direction {turn}", score=normal_scores(sight @ slope)
                )
            made.append(tilted(along, wanted, rng))
        return tuple(made)
