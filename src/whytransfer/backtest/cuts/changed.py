"""Pseudo-targets whose rows are changed: any random half of the rows, with something done to their columns."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from whytransfer.backtest.cut import Cut, Wanted
from whytransfer.backtest.rows import LabelledRows
from whytransfer.backtest.separation import Separation, Sight
from whytransfer.overlap.two_samples import Floats

Change = Callable[[Floats, float, np.random.Generator], Floats]
"""Columns, strength in [0, 1], rng → changed columns."""

CANNOT_ASK = "the model can't be asked about changed rows"

STEPS = 5
"""Bisections for the strength; each costs one domain classifier, and 1/32 of the range is finer than its noise."""


def changed_cuts(
    kind: str, rows: LabelledRows, wanted: Wanted, count: int, rng: np.random.Generator, change: Change
) -> tuple[Cut, ...]:
    """Cuts of random rows, changed as strongly as makes the cheap domain classifier reach the wanted AUC.

    The strength is found once, on one draw, and kept for all cuts of the kind: each cut changes other columns of
    other rows and says in the record how far away it came to lie.
    """
    columns = rows.known_columns
    sight = Sight.on(columns, int(rng.integers(2**31)))
    strength = calibrated(columns, sight, wanted, change, rng)
    made = []
    for turn in range(count):
        order = rng.permutation(rows.n)
        target, source = np.sort(order[: wanted.size]), np.sort(order[wanted.size :])
        made.append(
            Cut(
                kind=kind,
                name=f"draw {turn}, strength {strength:.2f}",
                source=source,
                target=target,
                change=partial(_changed, change, strength, int(rng.integers(2**31))),
            )
        )
    return tuple(made)


def _changed(change: Change, strength: float, seed: int, columns: Floats) -> Floats:
    return change(columns, strength, np.random.default_rng(seed))


def calibrated(
    columns: Floats, sight: Sight, wanted: Wanted, change: Change, rng: np.random.Generator
) -> float:
    """The strength in [0, 1] at which changed rows lie `wanted.auc` away from unchanged ones."""
    order = rng.permutation(len(columns))
    target, source = columns[order[: wanted.size]], sight.of(columns[order[wanted.size :]])
    seed = int(rng.integers(2**31))

    def auc(strength: float) -> float:
        # The same columns and the same noise at every strength.
        moved = change(target, strength, np.random.default_rng(seed))
        return Separation.between(source, sight.of(moved), seed).auc

    low, high = 0.0, 1.0
    if auc(high) <= wanted.auc:
        return high
    for _ in range(STEPS):
        middle = (low + high) / 2
        if auc(middle) < wanted.auc:
            low = middle
        else:
            high = middle
    return (low + high) / 2
