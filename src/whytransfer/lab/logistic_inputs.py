"""Covariate shift in several columns: one law of the label given the row, inputs that moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from whytransfer.lab.base import MOST_COLUMNS, IntArray, Rows, World, keep_number, keep_whole
from whytransfer.lab.planted import sign_model


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedInputs(World):
    r"""Columns N(0, 1); on the target the first one is N(by, 1); P(y = 1 | x) = Φ(slope·x₁) in both.

    The kind of shift that a diagnosis should name is `kind`.

    Parameters
    ----------
    by : float
        How far the first column moves, in standard deviations.
    slope : float
        Of the label's law, > 0.
    dimension : int
        Columns, at least 1.

    Notes
    -----
    Truth: the keys of `World`; ``total_variation`` = ``half_line`` = ``interval`` = 2Φ(\|by\|/2) − 1. The error of `model` at x is
    Φ(−slope·\|x₁\|); its mean over N(mu, 1) by quadrature.

    Examples
    --------
    >>> truth = PlantedInputs().truth
    >>> round(truth["error_source"], 6), truth["error_target"] < truth["error_source"]
    (0.147584, True)
    """

    name: ClassVar[str] = "planted_inputs"
    kind: ClassVar[str] = "covariate"

    by: float = 1.0
    slope: float = 2.0
    dimension: int = 5

    def __post_init__(self) -> None:
        keep_number(self, "by", "a finite number")
        keep_number(self, "slope", "a positive number", lambda v: v > 0)
        keep_whole(self, "dimension", 1, MOST_COLUMNS)

    @property
    def truth(self) -> dict[str, float]:
        """Exact population values by name."""
        from scipy.stats import norm

        moved = 2 * float(norm.cdf(abs(self.by) / 2)) - 1
        return {
            "error_source": self._error(0.0),
            "error_target": self._error(self.by),
            "total_variation": moved,
            "half_line": moved,
            "interval": moved,
            "wasserstein1": abs(self.by),
        }

    def _error(self, mean: float) -> float:
        from scipy.integrate import quad
        from scipy.stats import norm

        parts = [
            quad(lambda x: norm.cdf(-self.slope * abs(x)) * norm.pdf(x - mean), *ends, epsabs=1e-12)[0]
            for ends in ((min(mean, 0.0) - 12.0, 0.0), (0.0, max(mean, 0.0) + 12.0))
        ]
        return float(sum(parts))

    def model(self, X: npt.ArrayLike) -> IntArray:
        """1[x₁ > 0]."""
        return sign_model(X)

    def _rows(self, size: int, by: float, rng: np.random.Generator) -> Rows:
        from scipy.stats import norm

        X = rng.standard_normal((size, self.dimension))
        X[:, 0] += by
        return Rows(X=X, y=(rng.random(size) < norm.cdf(self.slope * X[:, 0])).astype(np.int64))

    def _draw_source(self, n: int, rng: np.random.Generator) -> Rows:
        return self._rows(n, 0.0, rng)

    def _draw_target(self, m: int, rng: np.random.Generator) -> Rows:
        return self._rows(m, self.by, rng)
