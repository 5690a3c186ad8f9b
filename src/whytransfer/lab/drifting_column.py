"""Harmless drift: a column that neither labels nor model look at moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from whytransfer.lab.base import MOST_COLUMNS, IntArray, Rows, World, keep_number, keep_whole
from whytransfer.lab.planted import beyond, error_of_sign, gaussian_classes, sign_model


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmlessDrift(World):
    r"""Two Gaussian classes along the first column; on the target the last column, which says nothing of them, moves by `by`.

    The kind of shift that a diagnosis should name is `kind`.

    Parameters
    ----------
    by : float
        How far, in standard deviations.
    separation : float
        Half the distance of the class means along the first column, > 0.
    dimension : int
        Columns, at least 2.

    Notes
    -----
    Truth: the keys of `World`; ``total_variation`` = ``half_line`` = ``interval`` = 2Φ(\|by\|/2) − 1; ``harm`` = 0, what the drift does to the
    error of `model`.

    Examples
    --------
    >>> truth = HarmlessDrift().truth
    >>> round(truth["error_source"], 6), round(truth["error_target"], 6)
    (0.158655, 0.158655)
    """

    name: ClassVar[str] = "harmless_drift"
    kind: ClassVar[str] = "covariate"

    by: float = 1.0
    separation: float = 1.0
    dimension: int = 3

    def __post_init__(self) -> None:
        keep_number(self, "by", "a finite number")
        keep_number(self, "separation", "a positive number", lambda v: v > 0)
        keep_whole(self, "dimension", 2, MOST_COLUMNS)

    @property
    def truth(self) -> dict[str, float]:
        """Exact population values by name."""
        from scipy.stats import norm

        wrong = error_of_sign(self.separation)
        moved = 2 * float(norm.cdf(abs(self.by) / 2)) - 1
        return {
            "error_source": wrong,
            "error_target": wrong,
            "harm": 0.0,
            "total_variation": moved,
            "half_line": moved,
            "interval": moved,
            "wasserstein1": abs(self.by),
        }

    def model(self, X: npt.ArrayLike) -> IntArray:
        """1[x₁ > 0]."""
        return sign_model(X)

    def _draw_source(self, n: int, rng: np.random.Generator) -> Rows:
        return gaussian_classes(n, 0.5, self.separation, self.dimension, rng)

    def _draw_target(self, m: int, rng: np.random.Generator) -> Rows:
        return beyond(gaussian_classes(m, 0.5, self.separation, self.dimension, rng), self.by)
