"""Rotation: the rows look the same in both domains, the boundary has turned."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from whytransfer.lab.base import FloatArray, IntArray, Rows, World, keep_number


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation(World):
    """x ~ N(0, I₂) in both; f_S = 1[a·x > 0], f_T = 1[b·x > 0], with an angle θ between a and b (THEORY E14).

    Parameters
    ----------
    angle : float
        θ in radians, in [0, π].

    Notes
    -----
    Truth, beside the keys of `World`: all divergences 0 (``total_variation``, ``half_line``, ``interval``,
    ``wasserstein1``); ``adaptability.half_planes`` = ``adaptability.all_functions`` = ``error_target`` = θ/π:
    the three-term bound is tight. `model` is f_S.

    Examples
    --------
    >>> round(Rotation(angle=math.pi / 6).truth["error_target"], 6)
    0.166667
    """

    name: ClassVar[str] = "rotation"

    angle: float = math.pi / 6

    def __post_init__(self) -> None:
        keep_number(self, "angle", "an angle in [0, pi]", lambda v: 0 <= v <= math.pi)

    @property
    def truth(self) -> dict[str, float]:
        """Exact population values by name."""
        turned = self.angle / math.pi
        return {
            "error_source": 0.0,
            "error_target": turned,
            "total_variation": 0.0,
            "half_line": 0.0,
            "interval": 0.0,
            "wasserstein1": 0.0,
            "adaptability.half_planes": turned,
            "adaptability.all_functions": turned,
        }

    def model(self, X: npt.ArrayLike) -> IntArray:
        """f_S, the sign of the first column."""
        return self._side(np.asarray(X, dtype=np.float64), 0.0)

    def _side(self, X: FloatArray, angle: float) -> IntArray:
        direction = np.array([math.cos(angle), math.sin(angle)])
        return np.asarray(X @ direction > 0, dtype=np.int64)

    def _draw_source(self, n: int, rng: np.random.Generator) -> Rows:
        X = rng.standard_normal((n, 2))
        return Rows(X=X, y=self._side(X, 0.0))

    def _draw_target(self, m: int, rng: np.random.Generator) -> Rows:
        X = rng.standard_normal((m, 2))
        return Rows(X=X, y=self._side(X, self.angle))
