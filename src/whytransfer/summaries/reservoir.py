"""A uniform sample of rows that does not depend on the order in which they were seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from whytransfer.summaries.base import Summary, same


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reservoir(Summary):
    """The `size` rows whose numbers have the least keys under a seeded mixing of 64 bits.

    The key depends on the seed and on the row's number in the table and on nothing in the row; the mixing is one to one, so that no two rows
    tie. Which rows are kept is the same however the table is cut into parts and whoever reads them.

    Parameters
    ----------
    size : int
        Rows that are kept.
    seed : int
    cutoff : int or None
        A key that no row of the final sample exceeds (`cutoff`), where the number of all rows is known in advance: a part then keeps and sends
        its own rows of the sample and no more. None: up to `size` rows of every part.
    n : int
        Rows seen.
    rows : (k,) array of int64
        Numbers of the kept rows, ascending.
    values : Any
        What was given of them, in that order: an array or an Arrow table; None of no rows.

    Examples
    --------
    >>> empty = Reservoir(size=2)
    >>> (empty.of(np.arange(5.0)) + empty.of(np.arange(5.0, 9.0), first_row=5)).rows.tolist() == empty.of(np.arange(9.0)).rows.tolist()
    True
    """

    name: ClassVar[str] = "reservoir"
    exact: ClassVar[bool] = True
    bound: ClassVar[str] = (
        "a uniform sample without replacement, the same for any parts; shares within √(ln(1/δ)/2·size) each side"
    )

    size: int = 100_000
    seed: int = 0
    cutoff: int | None = None
    n: int = 0
    rows: np.ndarray | None = None
    values: Any = None

    def of(self, values: Any, first_row: int = 0) -> Self:
        """Of an array or an Arrow table of rows that are numbered from `first_row`."""
        numbers = np.arange(first_row, first_row + len(values), dtype=np.int64)
        if not len(numbers):
            return type(self)(size=self.size, seed=self.seed, cutoff=self.cutoff)
        if self.cutoff is not None:
            chosen = np.flatnonzero(keys(numbers, self.seed) <= np.uint64(self.cutoff))
            return self._kept(len(numbers), numbers[chosen], _taken(values, chosen))
        return self._kept(len(numbers), numbers, values)

    def __add__(self, other: Self) -> Self:
        same("size and seed", (self.size, self.seed, self.cutoff), (other.size, other.seed, other.cutoff))
        if self.rows is None or other.rows is None:
            return other if self.rows is None else self
        rows = np.concatenate([self.rows, other.rows])
        return self._kept(self.n + other.n, rows, _joined(self.values, other.values))

    def _kept(self, n: int, rows: np.ndarray, values: Any) -> Self:
        """The rows with the least keys, by number."""
        if len(rows) > self.size or (rows[1:] < rows[:-1]).any():
            chosen = np.arange(len(rows))
            if len(rows) > self.size:
                chosen = np.argpartition(keys(rows, self.seed), self.size - 1)[: self.size]
            chosen = chosen[np.argsort(rows[chosen])]
            rows, values = rows[chosen], _taken(values, chosen)
        return type(self)(size=self.size, seed=self.seed, cutoff=self.cutoff, n=n, rows=rows, values=values)


def keys(rows: np.ndarray, seed: int) -> np.ndarray:
    """The keys of row numbers (k,), uint64: splitmix64 (Steele, Lea and Flood 2014) of the number, moved on by the mixed seed."""
    start = _mixed(np.array([seed], dtype=np.uint64) + np.uint64(0x9E3779B97F4A7C15))
    return _mixed(rows.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + start)


def _mixed(x: np.ndarray) -> np.ndarray:
    """One to one on 64 bits; a change of one bit moves about half of them."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(x ^ (x >> np.uint64(31)))


def cutoff(rows: int, size: int, seed: int) -> int | None:
    """The largest key among the `size` least keys of so many rows; None where all rows are kept.

    It needs the number of rows and nothing of them: about 25 ms a million.
    """
    if rows <= size:
        return None
    least = np.empty(0, dtype=np.uint64)
    for start in range(0, rows, 2**20):
        numbers = np.arange(start, min(start + 2**20, rows), dtype=np.int64)
        least = np.concatenate([least, keys(numbers, seed)])
        if len(least) > size:
            least = np.partition(least, size - 1)[:size]
    return int(least.max())


def _taken(values: Any, chosen: np.ndarray) -> Any:
    return values.take(chosen) if hasattr(values, "take") else np.asarray(values)[chosen]


def _joined(one: Any, other: Any) -> Any:
    if isinstance(one, np.ndarray):
        return np.concatenate([one, other])
    import pyarrow as pa

    # In one piece, or a take from many small ones would take longer with every part.
    return pa.concat_tables([one, other], promote_options="permissive").unify_dictionaries().combine_chunks()
