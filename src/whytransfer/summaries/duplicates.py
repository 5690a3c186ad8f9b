"""How many rows are the same as another one, from a sample of contents."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from whytransfer.summaries.base import Summary, same


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Duplicates(Summary):
    """The `size` least hashes of contents with the exact number of rows that have each (Gibbons 2001: distinct sampling).

    A content is kept by its hash and not by how often it occurs, so that the kept ones are a uniform sample of the distinct contents. Among up to
    `size` distinct contents everything is exact (but for two contents of one 64-bit hash). Beyond, the share of contents that occur more
    than once lies within √(ln(2/δ)/2·size) of the sample's with probability 1 − δ, hashes taken as random (Hoeffding, without replacement).

    Parameters
    ----------
    size : int
    n : int
        Rows seen.
    hashes : (k,) array of uint64, ascending
    counts : (k,) array of int64

    Examples
    --------
    >>> found = Duplicates().of(np.array([7, 7, 9], dtype=np.uint64))
    >>> found.repeated, found.complete
    (0.5, True)
    """

    name: ClassVar[str] = "duplicates"
    exact: ClassVar[bool] = True
    bound: ClassVar[str] = (
        "share of repeated contents within √(ln(2/δ)/2·size) with probability 1 − δ; exact up to `size` contents"
    )

    size: int = 4096
    n: int = 0
    hashes: np.ndarray | None = None
    counts: np.ndarray | None = None

    def of(self, values: Any, first_row: int = 0) -> Self:
        """Of hashes (n,) of whole rows, uint64."""
        hashes, counts = np.unique(np.asarray(values, dtype=np.uint64), return_counts=True)
        return self._kept(len(values), hashes, counts) if len(hashes) else type(self)(size=self.size)

    def __add__(self, other: Self) -> Self:
        same("size", self.size, other.size)
        if self.hashes is None or other.hashes is None or self.counts is None or other.counts is None:
            return other if self.hashes is None else self
        hashes, place = np.unique(np.concatenate([self.hashes, other.hashes]), return_inverse=True)
        counts = np.bincount(place, weights=np.concatenate([self.counts, other.counts])).astype(np.int64)
        return self._kept(self.n + other.n, hashes, counts)

    @property
    def complete(self) -> bool:
        """Whether every distinct content is here, so that nothing is estimated."""
        return self.hashes is None or len(self.hashes) < self.size

    @property
    def repeated(self) -> float | None:
        """The share of the kept contents that occur more than once; None of no rows."""
        return None if self.counts is None else float((self.counts > 1).mean())

    def shared(self, other: Self) -> tuple[int, int]:
        """How many of the `size` least contents of both tables together stand in both, and how many were looked at.

        The least contents of the two together are the least of what both keep: a uniform sample of the distinct contents that stand anywhere
        (Broder 1997, min-wise samples). Their share is that among all where fewer than `size` were looked at, else it lies within
        √(ln(2/δ)/2·size) of it (`off`).
        """
        same("size", self.size, other.size)
        if self.hashes is None or other.hashes is None:
            return 0, 0
        least = np.union1d(self.hashes, other.hashes)[: self.size]
        both = np.isin(least, self.hashes) & np.isin(least, other.hashes)
        return int(both.sum()), len(least)

    def within(self, failure: float) -> float:
        """How far `repeated` may be from the share among all distinct contents, but with probability `failure`."""
        return 0.0 if self.complete else self.off(self.size, failure)

    def off(self, looked_at: int, failure: float) -> float:
        """How far a share among so many least contents may be from that among all, but with probability `failure`; 0 where they are all."""
        return 0.0 if looked_at < self.size else math.sqrt(math.log(2.0 / failure) / (2.0 * self.size))

    def _kept(self, n: int, hashes: np.ndarray, counts: np.ndarray) -> Self:
        return type(self)(size=self.size, n=n, hashes=hashes[: self.size], counts=counts[: self.size])
