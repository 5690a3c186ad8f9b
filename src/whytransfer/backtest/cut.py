"""A cut: which labelled rows play the source, and which the target; and a way of making cuts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from whytransfer.backtest.rows import LEAST_ROWS, LabelledRows
from whytransfer.overlap.two_samples import Floats, Integers


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a pseudo-target should be like: as large and as far away as the real one.

    Parameters
    ----------
    auc : float
        AUC of the real domain classifier, in [0.5, 1].
    size : int
        Rows of a pseudo-target.
    """

    auc: float
    size: int

    @classmethod
    def like(cls, *, auc: float, rows: int, target_rows: int) -> Wanted:
        """As the real shift, where `rows` labelled rows allow it.

        A pseudo-target has as many rows as the real one, but at most half of the labelled rows (the
        pseudo-source needs the rest) and at least `LEAST_ROWS`.
        """
        size = max(LEAST_ROWS, min(target_rows, rows // 2))
        return cls(auc=min(max(auc, 0.5), 1.0), size=size)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cut:
    """One division of labelled rows into pseudo-source and pseudo-target.

    Parameters
    ----------
    kind : str
        The way of cutting, one of `WAYS`.
    name : str
        Which cut of that kind, in plain words.
    source, target : ndarray of int64
        Row numbers, sorted and disjoint; together not always all rows.
    strength : float or None
        AUC between the two along the cut's own direction, under the probabilities that the rows were drawn
        with; None where nothing was drawn (time, groups) or the rows were changed.
    change : callable or None
        What happens to the encoded columns of the target rows (missing values, noise): (r, p) in and out, the same
        at every call; None where they stay as they are. A recipe, because fifty changed copies of a wide table
        would not fit into memory.
    """

    kind: str
    name: str
    source: Integers
    target: Integers
    strength: float | None = None
    change: Callable[[Floats], Floats] | None = None

    def target_columns(self, rows: LabelledRows) -> Floats | None:
        """Encoded columns of the pseudo-target rows, changed where the cut changes them, shape (len(target), p)."""
        if rows.columns is None:
            return None
        columns = rows.columns[self.target]
        return columns if self.change is None else self.change(columns)

    @property
    def feasible(self) -> bool:
        """Whether both sides have the rows that an error rate needs."""
        return min(len(self.source), len(self.target)) >= LEAST_ROWS


class Way(ABC):
    """A way of cutting pseudo-targets out of labelled rows."""

    name: ClassVar[str]
    title: ClassVar[str]
    """What shifts, in plain words."""

    @abstractmethod
    def applies(self, rows: LabelledRows) -> str | None:
        """Why these rows can't be cut in this way, in one sentence; None where they can."""

    @abstractmethod
    def cuts(
        self, rows: LabelledRows, wanted: Wanted, count: int, rng: np.random.Generator
    ) -> tuple[Cut, ...]:
        """At most `count` cuts; only where `applies` is None."""
