"""A change of meaning: the same rows, other labels for some of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from whytransfer.lab.base import MOST_COLUMNS, IntArray, Rows, World, flipped, keep_number, keep_whole
from whytransfer.lab.planted import error_of_sign, gaussian_classes, sign_model


@dataclass(frozen=True, slots=True, kw_only=True)
class ConceptShift(World):
    """Two Gaussian classes, the same rows in both domains; on the target each label is turned over with probability `flipped`.

    The kind of shift that a diagnosis should name is `kind`.

    Parameters
    ----------
    flipped : float
        In [0, 1/2).
    separation : float
        Half the distance of the class means along the first column, > 0.
    dimension : int
        Columns, at least 1.

    Notes
    -----
    Truth: the keys of `World`; ``total_variation`` of the features is 0, so that nothing can be seen without target labels.

    Examples
    --------
    >>> truth = ConceptShift().truth
    >>> round(truth["error_source"], 6), round(truth["error_target"], 6)
    (0.066807, 0.240084)
    """

    name: ClassVar[str] = "concept_shift"
    kind: ClassVar[str] = "concept"

    flipped: float = 0.2
    separation: float = 1.5
    dimension: int = 3

    def __post_init__(self) -> None:
        keep_number(self, "flipped", "a number in [0, 1/2)", lambda v: 0 <= v < 0.5)
        keep_number(self, "separation", "a positive number", lambda v: v > 0)
        keep_whole(self, "dimension", 1, MOST_COLUMNS)

    @property
    def truth(self) -> dict[str, float]:
        """Exact population values by name."""
        wrong = error_of_sign(self.separation)
        return {
            "error_source": wrong,
            "error_target": wrong + self.flipped * (1 - 2 * wrong),
            "total_variation": 0.0,
            "half_line": 0.0,
            "interval": 0.0,
            "wasserstein1": 0.0,
        }

    def model(self, X: npt.ArrayLike) -> IntArray:
        """1[x₁ > 0]."""
        return sign_model(X)

    def _draw_source(self, n: int, rng: np.random.Generator) -> Rows:
        return gaussian_classes(n, 0.5, self.separation, self.dimension, rng)

    def _draw_target(self, m: int, rng: np.random.Generator) -> Rows:
        rows = gaussian_classes(m, 0.5, self.separation, self.dimension, rng)
        return Rows(X=rows.X, y=flipped(rows.y == 1, self.flipped, rng))
