"""No shift at all: both domains draw from one law."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from whytransfer.lab.base import MOST_COLUMNS, IntArray, Rows, World, keep_number, keep_whole
from whytransfer.lab.planted import error_of_sign, gaussian_classes, sign_model


@dataclass(frozen=True, slots=True, kw_only=True)
class NoShift(World):
    """Two Gaussian classes, equally frequent, the same in both domains.

    The kind of shift that a diagnosis should name is `kind`.

    Parameters
    ----------
    separation : float
        Half the distance of the class means along the first column, > 0.
    dimension : int
        Columns, at least 1.

    Notes
    -----
    Truth: the keys of `World`; every divergence is 0.

    Examples
    --------
    >>> truth = NoShift().truth
    >>> round(truth["error_source"], 6), round(truth["error_target"], 6)
    (0.158655, 0.158655)
    """

    name: ClassVar[str] = "no_shift"
    kind: ClassVar[str] = "none_visible"

    separation: float = 1.0
    dimension: int = 2

    def __post_init__(self) -> None:
        keep_number(self, "separation", "a positive number", lambda v: v > 0)
        keep_whole(self, "dimension", 1, MOST_COLUMNS)

    @property
    def truth(self) -> dict[str, float]:
        """Exact population values by name."""
        wrong = error_of_sign(self.separation)
        none = dict.fromkeys(("total_variation", "half_line", "interval", "wasserstein1"), 0.0)
        return {"error_source": wrong, "error_target": wrong, **none}

    def model(self, X: npt.ArrayLike) -> IntArray:
        """1[x₁ > 0]."""
        return sign_model(X)

    def _draw_source(self, n: int, rng: np.random.Generator) -> Rows:
        return gaussian_classes(n, 0.5, self.separation, self.dimension, rng)

    def _draw_target(self, m: int, rng: np.random.Generator) -> Rows:
        return gaussian_classes(m, 0.5, self.separation, self.dimension, rng)
