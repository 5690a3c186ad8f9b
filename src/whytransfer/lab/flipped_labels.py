"""Label flip: nothing that can be seen without labels changes, and every label is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from whytransfer.lab.base import MOST_CLASSES, IntArray, Rows, World, first_column, keep_whole


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelFlip(World):
    """S_X = T_X = U[0, 1]; Y_S = floor(K x), and Y_T = Y_S + 1 mod K (THEORY E13).

    Two classes: the flip, Y_T = 1 − Y_S, where err_T(h) = 1 − err_S(h) for every h. With `independent`, both
    labels are uniform and independent of x instead: then every h errs with probability 1 − 1/K in each
    domain.

    Parameters
    ----------
    n_classes : int
        K ≥ 2.
    independent : bool
        Uniform labels without any relation to x, in place of the derangement.

    Notes
    -----
    Truth, beside the keys of `World`: all divergences 0 (``total_variation``, ``half_line``, ``interval``,
    ``wasserstein1``, ``discrepancy.thresholds``); ``adaptability.all_functions`` and
    ``adaptability.constants``; for two classes ``adaptability.thresholds`` = 1. `model` is floor(K x), the
    source's labelling function.

    Examples
    --------
    >>> truth = LabelFlip(n_classes=3).truth
    >>> truth["error_target"], truth["adaptability.all_functions"], round(truth["adaptability.constants"], 6)
    (1.0, 1.0, 1.333333)
    """

    name: ClassVar[str] = "label_flip"

    n_classes: int = 2
    independent: bool = False

    def __post_init__(self) -> None:
        keep_whole(self, "n_classes", 2, MOST_CLASSES)

    @property
    def truth(self) -> dict[str, float]:
        """Exact population values by name."""
        chance = 1 - 1 / self.n_classes
        found = dict.fromkeys(
            (
                "total_variation",
                "half_line",
                "interval",
                "wasserstein1",
                "discrepancy.thresholds",
                "d_h",
                "d_hdh",
            ),
            0.0,
        )
        found |= {
            "error_source": chance if self.independent else 0.0,
            "error_target": chance if self.independent else 1.0,
            "adaptability.constants": 2 * chance,
            # A derangement: wherever h is right in one domain it is wrong in the other.
            "adaptability.all_functions": 2 * chance if self.independent else 1.0,
        }
        return found | ({"adaptability.thresholds": 1.0} if self.n_classes == 2 else {})

    def model(self, X: npt.ArrayLike) -> IntArray:
        """floor(K x)."""
        return np.clip(np.floor(first_column(X) * self.n_classes), 0, self.n_classes - 1).astype(np.int64)

    def _draw_source(self, n: int, rng: np.random.Generator) -> Rows:
        X = rng.random((n, 1))
        return Rows(X=X, y=self._random(n, rng) if self.independent else self.model(X))

    def _draw_target(self, m: int, rng: np.random.Generator) -> Rows:
        X = rng.random((m, 1))
        return Rows(X=X, y=self._random(m, rng) if self.independent else (self.model(X) + 1) % self.n_classes)

    def _random(self, size: int, rng: np.random.Generator) -> IntArray:
        return rng.integers(self.n_classes, size=size)
