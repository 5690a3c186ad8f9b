"""Covariate shift: one rule for the labels, the target sees a part of the source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from whytransfer.lab.base import IntArray, Rows, World, first_column, flipped, keep_number
from whytransfer.theorems.ball import KINDS


@dataclass(frozen=True, slots=True, kw_only=True)
class CovariateShift(World):
    """S_X = U[0, 1], T_X = U[low, 1]; y = 1[x > boundary], flipped with probability `noise` in both; model 1[x > cut] (THEORY E11).

    Parameters
    ----------
    low : float
        Where the target begins, in [0, 1).
    boundary, cut : float
        Of the labelling function and of the model, in [0, 1].
    noise : float
        In [0, 1/2).

    Notes
    -----
    Truth, beside the keys of `World`: ``total_variation`` = ``half_line`` = ``interval`` =
    ``discrepancy.thresholds``, ``d_h``, ``d_hdh``, ``wasserstein1``, ``chi2`` (of T from S), ``renyi2`` = E_S
    w², ``ratio`` = sup w, ``bayes_source`` = ``bayes_target`` = noise, the importance-weighted error
    ``weighted_error`` (= the target error), the worst cases ``ball.chi2`` and ``ball.ratio`` at the true
    radii.

    Examples
    --------
    >>> truth = CovariateShift().truth
    >>> round(truth["error_source"], 12), round(truth["error_target"], 12), round(truth["ball.chi2"], 6)
    (0.34, 0.26, 0.813709)
    """

    name: ClassVar[str] = "covariate_shift"

    low: float = 0.5
    boundary: float = 0.3
    cut: float = 0.6
    noise: float = 0.1

    def __post_init__(self) -> None:
        keep_number(self, "low", "a number in [0, 1)", lambda v: 0 <= v < 1)
        for which in ("boundary", "cut"):
            keep_number(self, which, "a number in [0, 1]", lambda v: 0 <= v <= 1)
        keep_number(self, "noise", "a number in [0, 1/2)", lambda v: 0 <= v < 0.5)

    @property
    def truth(self) -> dict[str, float]:
        """Exact population values by name."""
        between = sorted((self.boundary, self.cut))
        error_source = self._error(between[1] - between[0])
        seen = max(0.0, between[1] - max(between[0], self.low)) / (1 - self.low)
        ratio = 1 / (1 - self.low)
        return {
            "error_source": error_source,
            "error_target": self._error(seen),
            "weighted_error": self._error(seen),
            "bayes_source": self.noise,
            "bayes_target": self.noise,
            "adaptability.thresholds": 2 * self.noise,
            "adaptability.all_functions": 2 * self.noise,
            "total_variation": self.low,
            "half_line": self.low,
            "interval": self.low,
            "d_h": 2 * self.low,
            "d_hdh": 2 * self.low,
            "discrepancy.thresholds": self.low,
            "wasserstein1": self.low / 2,
            "chi2": ratio - 1,
            "renyi2": ratio,
            "ratio": ratio,
            "ball.chi2": KINDS["chi2"].worst(error_source, ratio - 1),
            "ball.ratio": KINDS["ratio"].worst(error_source, ratio),
        }

    def weights(self, X: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """The density ratio dT_X/dS_X of each row."""
        return np.where(first_column(X) >= self.low, 1 / (1 - self.low), 0.0)

    def model(self, X: npt.ArrayLike) -> IntArray:
        """1[x > cut]."""
        return (first_column(X) > self.cut).astype(np.int64)

    def _error(self, disagreement: float) -> float:
        return self.noise + (1 - 2 * self.noise) * disagreement

    def _draw_source(self, n: int, rng: np.random.Generator) -> Rows:
        X = rng.random((n, 1))
        return Rows(X=X, y=flipped(X[:, 0] > self.boundary, self.noise, rng))

    def _draw_target(self, m: int, rng: np.random.Generator) -> Rows:
        X = self.low + (1 - self.low) * rng.random((m, 1))
        return Rows(X=X, y=flipped(X[:, 0] > self.boundary, self.noise, rng))
