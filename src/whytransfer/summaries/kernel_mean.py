"""The mean of a sample in the space of a Gaussian kernel, by random features."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from whytransfer.errors import InputError
from whytransfer.summaries.base import Summary, same

TURN = 2.0 * math.pi

AT_ONCE = 1024
"""Rows whose angles stay in the processor's second cache."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KernelMean(Summary):
    """Mean of e^{i⟨w, x⟩} over the rows for D frequencies w ~ N(0, 1/s²), which are drawn from the seed (Rahimi and Recht 2007).

    The mean over frequencies of |difference of two such means|² estimates MMD² of the two samples under exp(−‖x−y‖²/2s²) without bias. Each
    frequency contributes a number in [0, 4], so that it lies within 4·√(ln(2/δ)/2D) of it with probability 1 − δ over the seed (Hoeffding).

    Parameters
    ----------
    columns, frequencies : int
        p and D.
    bandwidth : float
        s, chosen without the rows.
    seed : int
    n : int
        Rows seen.
    sums : (2, D) array or None
        Σ cos⟨w, x⟩ and Σ sin⟨w, x⟩; None of no rows.

    Examples
    --------
    >>> empty = KernelMean(columns=1)
    >>> empty.of([[0.0]]).squared_distance(empty.of([[0.0]]))
    0.0
    """

    name: ClassVar[str] = "kernel_mean"
    exact: ClassVar[bool] = True
    bound: ClassVar[str] = (
        "adding up is exact up to rounding, cosines are to seven digits; MMD² within 4·√(ln(2/δ)/2D) with probability 1 − δ over the seed"
    )

    columns: int = 1
    frequencies: int = 512
    bandwidth: float = 1.0
    seed: int = 0
    n: int = 0
    sums: np.ndarray | None = None

    def of(self, values: Any, first_row: int = 0) -> Self:
        """Of rows (n, p) of finite numbers."""
        rows = np.asarray(values, dtype=np.float64).reshape(-1, self.columns)
        if not len(rows):
            return self._with(0, None)
        drawn, sums = self._frequencies().T, np.zeros((2, self.frequencies))
        for start in range(0, len(rows), AT_ONCE):
            angles = rows[start : start + AT_ONCE] @ drawn
            # Whole turns are taken off in double precision: a cosine of what is left is as good as single precision has it.
            angles -= TURN * np.rint(angles * (1.0 / TURN))
            left = angles.astype(np.float32)
            sums += [wave(left).sum(axis=0, dtype=np.float64) for wave in (np.cos, np.sin)]
        return self._with(len(rows), sums)

    def __add__(self, other: Self) -> Self:
        same("frequencies", self._drawn, other._drawn)
        if self.sums is None or other.sums is None:
            return other if self.sums is None else self
        return self._with(self.n + other.n, self.sums + other.sums)

    def squared_distance(self, other: Self) -> float:
        """The estimate of MMD² between the rows of both; each needs a row."""
        same("frequencies", self._drawn, other._drawn)
        if self.sums is None or other.sums is None:
            raise InputError("a kernel mean of no rows has no distance; summarise at least one row")
        apart = self.sums / self.n - other.sums / other.n
        return float((apart**2).sum(axis=0).mean())

    def spread(self, other: Self) -> float:
        """The standard error of `squared_distance` over the seed, from the spread over its frequencies."""
        same("frequencies", self._drawn, other._drawn)
        if self.sums is None or other.sums is None or self.frequencies < 2:
            raise InputError("a spread over frequencies needs two of them, and a row on both sides")
        each = ((self.sums / self.n - other.sums / other.n) ** 2).sum(axis=0)
        return float(each.std(ddof=1) / math.sqrt(self.frequencies))

    def within(self, failure: float) -> float:
        """How far `squared_distance` may be from MMD², but with probability `failure` over the seed."""
        return 4.0 * math.sqrt(math.log(2.0 / failure) / (2.0 * self.frequencies))

    @property
    def _drawn(self) -> tuple[int, int, float, int]:
        return self.columns, self.frequencies, self.bandwidth, self.seed

    def _frequencies(self) -> np.ndarray:
        rng = np.random.default_rng(self.seed)
        return rng.normal(size=(self.frequencies, self.columns)) / self.bandwidth

    def _with(self, n: int, sums: np.ndarray | None) -> Self:
        return type(self)(
            columns=self.columns,
            frequencies=self.frequencies,
            bandwidth=self.bandwidth,
            seed=self.seed,
            n=n,
            sums=sums,
        )
