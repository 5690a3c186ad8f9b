"""What the binary classes on one column share: the groups of tied values, in order, and what a 1 costs on each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from whytransfer.hypotheses.base import HypothesisClass
from whytransfer.hypotheses.cuts import Cuts
from whytransfer.hypotheses.hypothesis import Behaviours
from whytransfer.hypotheses.rows import FloatArray, IntArray, Ties

BoolArray = npt.NDArray[np.bool_]


class LineClass(HypothesisClass):
    """A class of binary rules on one column, with an exact oracle."""

    __slots__ = ()

    exact: ClassVar[bool] = True
    binary: ClassVar[bool] = True
    columns: ClassVar[int | None] = 1


def price_of_one(rows: FloatArray, cost: FloatArray) -> tuple[Ties, FloatArray]:
    """The groups of the column, and what answering 1 instead of 0 adds to the cost in each, (G,)."""
    ties = Ties.of(rows[:, 0])
    return ties, ties.totals(cost[:, 1] - cost[:, 0])


def sums_before(amounts: FloatArray) -> FloatArray:
    """Sums over the first 0, 1, …, G groups, (G + 1,)."""
    return np.concatenate([[0.0], np.cumsum(amounts)])


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCounts:
    """Errors and gains of answering 0 or 1 on each group, whole numbers, (G,) each."""

    errors0: IntArray
    errors1: IntArray
    gains0: IntArray
    gains1: IntArray

    @classmethod
    def of(cls, ties: Ties, errors: IntArray, gains: IntArray) -> GroupCounts:
        """From the tables of the frontier, (N, 2) each."""
        return cls(
            errors0=ties.counts(errors[:, 0]),
            errors1=ties.counts(errors[:, 1]),
            gains0=ties.counts(gains[:, 0]),
            gains1=ties.counts(gains[:, 1]),
        )

    @property
    def swapped(self) -> GroupCounts:
        """With 0 and 1 exchanged: the complements of the rules."""
        return GroupCounts(errors0=self.errors1, errors1=self.errors0, gains0=self.gains1, gains1=self.gains0)

    def prefixes(self) -> tuple[IntArray, IntArray]:
        """Errors and gains of answering 1 on the first 0, 1, …, G groups and 0 on the others, (G + 1,) each."""
        return _prefix(self.errors0, self.errors1), _prefix(self.gains0, self.gains1)


def _prefix(zero: IntArray, one: IntArray) -> IntArray:
    return np.concatenate([[0], np.cumsum(one - zero)]).astype(np.int64) + int(zero.sum())


def behaviours_of(ties: Ties, masks: Iterable[BoolArray]) -> Behaviours:
    """The behaviours that answer 1 on the groups of each mask; the masks are distinct."""
    listed = list(masks)
    return Behaviours(
        predictions=np.array(listed, dtype=np.int64)[:, ties.group],
        hypotheses=tuple(Cuts.around(ties, mask) for mask in listed),
    )
