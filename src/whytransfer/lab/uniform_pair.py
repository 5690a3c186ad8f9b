"""Uniform domains: an interval against another interval, and a point against another point."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from whytransfer.lab.base import IntArray, Rows, World, first_column, is_number, keep_number, require


@dataclass(frozen=True, slots=True, kw_only=True)
class Uniforms(World):
    """S_X = U[0, 1] and T_X = U[low, high], with label 1[x > 1/2] in both (THEORY E9).

    E9 has low = a, high = 1 + a (a translation) and low = 0, high = c (a stretch). `model` is the labelling
    function.

    Parameters
    ----------
    low, high : float
        The target's interval, low < high, in units of the source's length.

    Notes
    -----
    Truth, beside the keys of `World`: ``half_line``, ``interval`` = ``total_variation`` =
    ``discrepancy.thresholds`` (where one density exceeds the other is an interval), ``d_h``, ``d_hdh``,
    ``wasserstein1``, ``renyi2`` = E_S w² for w = dT/dS (infinite when the target leaves [0, 1]),
    ``renyi2_reverse`` = E_T (dS/dT)².

    Examples
    --------
    >>> truth = Uniforms(low=0, high=2).truth
    >>> truth["wasserstein1"], truth["total_variation"], truth["renyi2_reverse"], truth["renyi2"]
    (0.5, 0.5, 2.0, inf)
    """

    name: ClassVar[str] = "uniforms"

    low: float = 0.5
    high: float = 1.5

    def __post_init__(self) -> None:
        keep_number(self, "low", "a finite number")
        keep_number(self, "high", f"a number above low = {self.low}", lambda v: v > self.low)

    @property
    def truth(self) -> dict[str, float]:
        """Exact population values by name."""
        a, b, width = self.low, self.high, self.high - self.low
        overlap = max(0.0, min(1.0, b) - max(0.0, a))
        tv = 1 - overlap * min(1.0, 1 / width)
        below = np.array(
            [abs(min(1.0, max(0.0, x)) - min(1.0, max(0.0, (x - a) / width))) for x in (0.0, 1.0, a, b)]
        )
        half_line = float(below.max())
        inside, covers = a >= 0 and b <= 1, a <= 0 and b >= 1
        return {
            "error_source": 0.0,
            "error_target": 0.0,
            "wasserstein1": _mean_distance(a, width - 1),
            "half_line": half_line,
            "interval": tv,
            "total_variation": tv,
            "d_h": 2 * half_line,
            "d_hdh": 2 * tv,
            "discrepancy.thresholds": tv,
            "adaptability.thresholds": 0.0,
            "adaptability.all_functions": 0.0,
            "renyi2": 1 / width if inside else math.inf,
            "renyi2_reverse": width if covers else math.inf,
        }

    def model(self, X: npt.ArrayLike) -> IntArray:
        """The labelling function, 1[x > 1/2]."""
        return (first_column(X) > 0.5).astype(np.int64)

    def _draw_source(self, n: int, rng: np.random.Generator) -> Rows:
        X = rng.random((n, 1))
        return Rows(X=X, y=self.model(X))

    def _draw_target(self, m: int, rng: np.random.Generator) -> Rows:
        X = self.low + (self.high - self.low) * rng.random((m, 1))
        return Rows(X=X, y=self.model(X))


def _mean_distance(a: float, slope: float) -> float:
    """∫ over u in [0, 1] of |a + slope·u|: the difference of the two quantile functions."""
    end = a + slope
    if a * end >= 0:
        return abs(a + end) / 2
    return (a * a + end * end) / (2 * abs(slope))


@dataclass(frozen=True, slots=True, kw_only=True)
class PointMasses(World):
    """All source rows at 0, all target rows at `distance`; label 1[x > 0] (THEORY E9).

    However small the distance, TV and every threshold distance are 1: only W1 and MMD see that the points are
    near.

    Parameters
    ----------
    distance : float
        Between the two points, > 0.

    Notes
    -----
    Truth, beside the keys of `World`: ``wasserstein1``, ``half_line``, ``interval``, ``total_variation``,
    ``mmd2`` = 2(1 − k) with the kernel exp(−d²/2), other bandwidths by `mmd2`. `model` is the labelling
    function.

    Examples
    --------
    >>> PointMasses(distance=0.25).truth["wasserstein1"]
    0.25
    """

    name: ClassVar[str] = "point_masses"

    distance: float = 0.1

    def __post_init__(self) -> None:
        keep_number(self, "distance", "a positive number", lambda v: v > 0)

    def mmd2(self, bandwidth: float = 1.0) -> float:
        """Squared MMD with the kernel exp(−|x − y|²/(2 bandwidth²))."""
        require("bandwidth", is_number(bandwidth) and bandwidth > 0, "a positive number", bandwidth)
        return -2 * math.expm1(-(self.distance**2) / (2 * bandwidth**2))

    @property
    def truth(self) -> dict[str, float]:
        """Exact population values by name."""
        return {
            "error_source": 0.0,
            "error_target": 0.0,
            "wasserstein1": self.distance,
            "half_line": 1.0,
            "interval": 1.0,
            "total_variation": 1.0,
            "discrepancy.thresholds": 1.0,
            "adaptability.thresholds": 0.0,
            "adaptability.all_functions": 0.0,
            "mmd2": self.mmd2(),
        }

    def model(self, X: npt.ArrayLike) -> IntArray:
        """The labelling function, 1[x > 0]."""
        return (first_column(X) > 0).astype(np.int64)

    def _draw_source(self, n: int, rng: np.random.Generator) -> Rows:  # nothing is random
        X = np.zeros((n, 1))
        return Rows(X=X, y=self.model(X))

    def _draw_target(self, m: int, rng: np.random.Generator) -> Rows:  # nothing is random
        X = np.full((m, 1), self.distance)
        return Rows(X=X, y=self.model(X))
