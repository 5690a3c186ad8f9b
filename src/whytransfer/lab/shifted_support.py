"""Support shift: the target has rows where the source has none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from whytransfer.lab.base import (
    MOST_COLUMNS,
    IntArray,
    Rows,
    World,
    first_column,
    flipped,
    keep_number,
    keep_whole,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportShift(World):
    """All columns U[0, 1]; on the target the first one is U[by, 1 + by]; y = 1[x₁ > 1/2], flipped with probability `noise`.

    The kind of shift that a diagnosis should name is `kind`.

    Parameters
    ----------
    by : float
        In [0, 1].
    noise : float
        In [0, 1/2).
    dimension : int
        Columns, at least 1.

    Notes
    -----
    Truth: the keys of `World`; ``foreign`` = ``total_variation`` = ``half_line`` = by, the target's mass where the source has
    none.

    Examples
    --------
    >>> SupportShift().truth["foreign"]
    0.5
    """

    name: ClassVar[str] = "support_shift"
    kind: ClassVar[str] = "support"

    by: float = 0.5
    noise: float = 0.1
    dimension: int = 2

    def __post_init__(self) -> None:
        keep_number(self, "by", "a number in [0, 1]", lambda v: 0 <= v <= 1)
        keep_number(self, "noise", "a number in [0, 1/2)", lambda v: 0 <= v < 0.5)
        keep_whole(self, "dimension", 1, MOST_COLUMNS)

    @property
    def truth(self) -> dict[str, float]:
        """Exact population values by name."""
        return {
            "error_source": self.noise,
            "error_target": self.noise,
            "foreign": self.by,
            "total_variation": self.by,
            "half_line": self.by,
            "interval": self.by,
            "wasserstein1": self.by,
        }

    def model(self, X: npt.ArrayLike) -> IntArray:
        """1[x₁ > 1/2]."""
        return (first_column(X) > 0.5).astype(np.int64)

    def _rows(self, size: int, by: float, rng: np.random.Generator) -> Rows:
        X = rng.random((size, self.dimension))
        X[:, 0] += by
        return Rows(X=X, y=flipped(X[:, 0] > 0.5, self.noise, rng))

    def _draw_source(self, n: int, rng: np.random.Generator) -> Rows:
        return self._rows(n, 0.0, rng)

    def _draw_target(self, m: int, rng: np.random.Generator) -> Rows:
        return self._rows(m, self.by, rng)
