"""Pseudo-targets with other shares of the classes."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from whytransfer.backtest.cut import Cut, Wanted, Way
from whytransfer.backtest.rows import LabelledRows
from whytransfer.backtest.tilt import Direction, tilted
from whytransfer.overlap.two_samples import Floats

MOST_ODDS = 20.0
"""The odds of the favoured classes differ by at most this factor (.18 on one side, .82 on the other): beyond it
they all but leave the pseudo-source, which no real transfer problem would call a shift of shares."""


class LabelResampling(Way):
    """Rows of some classes join more often: label shift, p(x | y) being the same.

    Its strength is measured where a domain classifier could see it, along the model's probability of those
    classes (its predictions where it gives no probabilities).
    """

    name: ClassVar[str] = "label_resampling"
    title: ClassVar[str] = "other shares of the classes"

    def applies(self, rows: LabelledRows) -> str | None:
        """None unless only one class is there."""
        found = len(np.unique(rows.labels))
        return None if found > 1 else "the held-out rows have one class only"

    def cuts(
        self, rows: LabelledRows, wanted: Wanted, count: int, rng: np.random.Generator
    ) -> tuple[Cut, ...]:
        """Tilts toward randomly drawn sets of classes, neither empty nor all."""
        present = np.unique(rows.labels)
        made = []
        for turn in range(count):
            favoured = np.sort(rng.permutation(present)[: rng.integers(1, len(present))])
            along = Direction(
                kind=self.name,
                name=f"set of classes {turn}",
                score=np.isin(rows.labels, favoured).astype(np.float64),
                visible=_visible(rows, favoured),
                steepest=float(np.log(MOST_ODDS)),
            )
            made.append(tilted(along, wanted, rng))
        return tuple(made)


def _visible(rows: LabelledRows, favoured: np.ndarray) -> Floats:
    if rows.proba is None:
        return np.isin(rows.codes, favoured).astype(np.float64)
    return np.asarray(rows.proba[:, favoured].sum(axis=1))
