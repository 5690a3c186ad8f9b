"""Label shift in several columns: the classes keep their laws, their shares change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from whytransfer.lab.base import MOST_COLUMNS, IntArray, Rows, World, keep_number, keep_whole
from whytransfer.lab.planted import error_of_sign, gaussian_classes, sign_model


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedLabels(World):
    r"""Two Gaussian classes along the first column, class 1 with probability `source` here and `target` there; the other columns are noise.

    The kind of shift that a diagnosis should name is `kind`.

    Parameters
    ----------
    source, target : float
        Share of class 1, in (0, 1).
    separation : float
        Half the distance of the class means along the first column, > 0.
    dimension : int
        Columns, at least 1.

    Notes
    -----
    Truth: the keys of `World`; ``label_total_variation`` = \|source − target\|; ``total_variation`` = ``half_line`` = that times
    2Φ(separation) − 1.

    Examples
    --------
    >>> truth = PlantedLabels().truth
    >>> round(truth["error_source"], 6), round(truth["error_target"], 6)
    (0.158655, 0.158655)
    """

    name: ClassVar[str] = "planted_labels"
    kind: ClassVar[str] = "label"

    source: float = 0.5
    target: float = 0.8
    separation: float = 1.0
    dimension: int = 5

    def __post_init__(self) -> None:
        for which in ("source", "target"):
            keep_number(self, which, "a share strictly between 0 and 1", lambda v: 0 < v < 1)
        keep_number(self, "separation", "a positive number", lambda v: v > 0)
        keep_whole(self, "dimension", 1, MOST_COLUMNS)

    @property
    def truth(self) -> dict[str, float]:
        """Exact population values by name."""
        wrong, moved = error_of_sign(self.separation), abs(self.source - self.target)
        return {
            "error_source": wrong,
            "error_target": wrong,
            "label_total_variation": moved,
            "total_variation": moved * (1 - 2 * wrong),
            "half_line": moved * (1 - 2 * wrong),
            "interval": moved * (1 - 2 * wrong),
            "wasserstein1": 2 * self.separation * moved,
        }

    def model(self, X: npt.ArrayLike) -> IntArray:
        """1[x₁ > 0]."""
        return sign_model(X)

    def _draw_source(self, n: int, rng: np.random.Generator) -> Rows:
        return gaussian_classes(n, self.source, self.separation, self.dimension, rng)

    def _draw_target(self, m: int, rng: np.random.Generator) -> Rows:
        return gaussian_classes(m, self.target, self.separation, self.dimension, rng)
