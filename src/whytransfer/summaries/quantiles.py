"""The distribution function of a column from a few thousand of its values, with a proven error of every rank.

Level h holds values that stand for 2^h rows each. A level that grows beyond `width` is **compacted**: sorted, and every second value of it goes up
one level, where it stands for twice as many rows (Munro and Paterson 1980; Manku, Rajagopalan and Lindsay 1998; KLL is the same with coins). Of
a pair of neighbours the lower or the higher one is kept, in turns. For any x, only the pair that x falls between is
counted wrongly, by 2^h rows: so a compaction at level h moves any rank by at most 2^h, and the sum of these is carried along. No coin, no
assumption: equal rows in equal parts give equal bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import numpy as np

from whytransfer.summaries.base import Summary, same

Floats = np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Quantiles(Summary):
    """Ranks of every value, each within `error` rows; at most `width` values a level, log2(n/width) levels.

    Parameters
    ----------
    width : int
        Values that a level may hold.
    n : int
        Numbers seen; missing ones don't count.
    error : int
        No rank is wrong by more rows than this. At most about n·log2(n/width)/width; 0 while n ≤ width.
    levels : tuple of arrays
        The values of each level, ascending.
    turns : tuple of int
        For each level, whether the next compaction keeps the lower (0) or the higher (1) of a pair.

    Examples
    --------
    >>> found = Quantiles(width=4).of(range(5)) + Quantiles(width=4).of(range(5, 9))
    >>> found.n, found.error, abs(found.rank(3.5) - 4) <= found.error
    (9, 2, True)
    """

    name: ClassVar[str] = "quantiles"
    exact: ClassVar[bool] = False
    bound: ClassVar[str] = "every rank within `error` rows, always"

    width: int = 2048
    n: int = 0
    error: int = 0
    levels: tuple[Floats, ...] = field(default=())
    turns: tuple[int, ...] = field(default=())

    def of(self, values: Any, first_row: int = 0) -> Self:
        """Of numbers (n,), NaN where missing."""
        numbers = np.asarray(values, dtype=np.float64)
        numbers = np.sort(numbers[~np.isnan(numbers)])
        if not len(numbers):
            return type(self)(width=self.width)
        return self._compacted(len(numbers), 0, [numbers], [0])

    def __add__(self, other: Self) -> Self:
        same("width", self.width, other.width)
        if not self.n or not other.n:
            return self if self.n else other
        height = max(len(self.levels), len(other.levels))
        levels = [_merged(_at(self, h), _at(other, h)) for h in range(height)]
        turns = [_turn(self, h) ^ _turn(other, h) for h in range(height)]
        return self._compacted(self.n + other.n, self.error + other.error, levels, turns)

    def rank(self, x: float) -> int:
        """About how many numbers are ≤ x: within `error`."""
        return int(sum(np.searchsorted(values, x, side="right") << h for h, values in enumerate(self.levels)))

    def quantile(self, share: float) -> float | None:
        """A value whose rank is within `error` (and the weight of one value) of share · n; None of no numbers."""
        if not self.n:
            return None
        values, below = self.steps
        return float(values[min(int(np.searchsorted(below, share * self.n)), len(values) - 1)])

    @property
    def steps(self) -> tuple[Floats, Floats]:
        """All values ascending, and the estimated rank of each."""
        values = np.concatenate([*self.levels])
        weights = np.concatenate([np.full(len(level), 1 << h) for h, level in enumerate(self.levels)])
        order = np.argsort(values, kind="stable")
        return values[order], np.cumsum(weights[order])

    def largest_gap(self, other: Self) -> tuple[float, float]:
        """Sup |F − G| of two columns, and how far it may be from that of the rows: error/n + other.error/other.n.

        Both distribution functions are within their error everywhere, and so is the largest distance between them.
        """
        points = np.concatenate([*self.levels, *other.levels])
        shares = [
            sum(np.searchsorted(values, points, side="right") << h for h, values in enumerate(s.levels)) / s.n
            for s in (self, other)
        ]
        return float(np.abs(shares[0] - shares[1]).max()), self.error / self.n + other.error / other.n

    def _compacted(self, n: int, error: int, levels: list[Floats], turns: list[int]) -> Self:
        """Every level that is too large made smaller, from the lowest up."""
        h = 0
        while h < len(levels):
            if len(levels[h]) > self.width:
                pairs = len(levels[h]) // 2 * 2
                kept = levels[h][turns[h] : pairs : 2]
                # An odd one out stays, unchanged, where it is.
                levels[h], turns[h] = levels[h][pairs:], 1 - turns[h]
                error += 1 << h
                if h + 1 == len(levels):
                    levels.append(np.empty(0))
                    turns.append(0)
                levels[h + 1] = _merged(levels[h + 1], kept)
            h += 1
        return type(self)(width=self.width, n=n, error=error, levels=tuple(levels), turns=tuple(turns))


def _merged(one: Floats, other: Floats) -> Floats:
    """Both, ascending; each is. NumPy's stable sort finds the two runs and merges them, twenty times as fast as its default sorts them."""
    return np.sort(np.concatenate([one, other]), kind="stable")


def _at(summary: Quantiles, level: int) -> Floats:
    return summary.levels[level] if level < len(summary.levels) else np.empty(0)


def _turn(summary: Quantiles, level: int) -> int:
    return summary.turns[level] if level < len(summary.turns) else 0
