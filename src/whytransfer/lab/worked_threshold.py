"""The worked example of the bounds: one threshold, one shift, and how far every bound is from the truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from whytransfer.lab.base import (
    FloatArray,
    IntArray,
    Rows,
    World,
    first_column,
    flipped,
    is_number,
    keep_number,
    require,
)
from whytransfer.lab.line import least

Function = Callable[[FloatArray], FloatArray]
Pieces = list[tuple[float, float]]

FAR = 40.0
"""A threshold beyond which no mass lies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkedExample(World):
    """S_X = N(0, 1), T_X = N(shift, 1); y = 1[x > boundary], flipped with different rates; model 1[x > cut] (THEORY B4, E31).

    H = `thresholds` (both orientations, constants included).

    Parameters
    ----------
    shift, boundary, cut : float
        Of the target's mean, of the labelling function, of the model; at most 8 in size.
    source_flip, target_flip : float
        In [0, 1/2).

    Notes
    -----
    Truth, beside the keys of `World`: ``total_variation`` = ``interval`` = ``discrepancy.thresholds``,
    ``half_line``, ``wasserstein1``, ``adaptability.thresholds`` = source_flip + target_flip; the terms
    ``disparity.thresholds``, ``lagrangian.thresholds``, ``localised.thresholds`` (level λ),
    ``version_space.thresholds`` (σ = source_flip); and the bounds ``bound.hdh``, ``bound.disparity``,
    ``bound.lagrangian``, ``bound.localised``, ``bound.version_space`` (τ = target_flip). `version_space` has
    other σ.

    THEORY E31 prints .647434, .597434 and .183399 for the last three of the example: its grid of thresholds
    ends at 5, so that the constant rule, which attains the suprema, is missed by 3e-5, and its version space
    has a tolerance of 1e-4. These are exact.

    Examples
    --------
    >>> truth = WorkedExample().truth
    >>> [round(truth[k], 6) for k in ("error_target", "bound.hdh", "bound.disparity", "bound.lagrangian", "bound.version_space")]
    [0.166647, 0.689045, 0.647465, 0.597465, 0.183308]
    """

    name: ClassVar[str] = "worked_example"

    shift: float = 1.0
    boundary: float = 0.3
    cut: float = 0.0
    source_flip: float = 0.05
    target_flip: float = 0.10

    def __post_init__(self) -> None:
        for which in ("shift", "boundary", "cut"):
            keep_number(self, which, "a number of size at most 8", lambda v: abs(v) <= 8)
        for which in ("source_flip", "target_flip"):
            keep_number(self, which, "a rate in [0, 1/2)", lambda v: 0 <= v < 0.5)

    # Of the rule 1[x > t]; of the reversed rule each is 1 minus it.

    def source_error(self, t: npt.ArrayLike) -> FloatArray:
        """err_S(1[x > t])."""
        return self.source_flip + (1 - 2 * self.source_flip) * self._between(t, self.boundary, 0.0)

    def source_disagreement(self, t: npt.ArrayLike) -> FloatArray:
        """S(h ≠ 1[x > t])."""
        return self._between(t, self.cut, 0.0)

    def target_disagreement(self, t: npt.ArrayLike) -> FloatArray:
        """T(h ≠ 1[x > t])."""
        return self._between(t, self.cut, self.shift)

    def version_space(self, sigma: float) -> float:
        """The largest T(h ≠ h') over the rules of either orientation with err_S(h') ≤ sigma.

        Raises
        ------
        InputError
            When no rule has so small a source error: sigma < source_flip.
        """
        sound = is_number(sigma) and sigma >= self.source_flip
        require("sigma", sound, f"at least the source_flip {self.source_flip:g}", sigma)
        return self._largest(self.target_disagreement, lambda t: 1 - self.target_disagreement(t), sigma)

    def half_diameter(self, sigma: float) -> float:
        """½ max T(h1 ≠ h2) over pairs with err_S ≤ sigma: no predictor has a smaller worst-case target error (τ = 0)."""
        from scipy.stats import norm

        same, other = (
            np.array([norm.cdf(np.asarray(p) - self.shift) for p in ps]) for ps in self._pieces(sigma)
        )
        spread = [float(side.max() - side.min()) for side in (same, other) if side.size]
        # Two rules of opposite orientation disagree everywhere but between their cuts.
        gaps = [max(0.0, float(max(u[0], v[0]) - min(u[1], v[1]))) for u in same for v in other]
        return max(spread + [1 - gap for gap in gaps]) / 2

    @property
    def truth(self) -> dict[str, float]:
        """Exact population values by name."""
        from scipy.stats import norm

        error = float(self.source_error(self.cut))
        disc = 2 * float(norm.cdf(abs(self.shift) / 2)) - 1
        lam = self.source_flip + self.target_flip
        between = float(self._between(self.boundary, self.cut, self.shift))
        terms = {
            "hdh": error + disc,
            "disparity": error + self._largest(*self._charged(self.source_disagreement)),
            "lagrangian": self._largest(*self._charged(self.source_error)),
            "localised": self._largest(*self._charged(self.source_error), lam),
        }
        space = self.version_space(self.source_flip)
        return {
            "error_source": error,
            "error_target": self.target_flip + (1 - 2 * self.target_flip) * between,
            "total_variation": disc,
            "half_line": disc,
            "interval": disc,
            "wasserstein1": abs(self.shift),
            "discrepancy.thresholds": disc,
            "adaptability.thresholds": lam,
            "disparity.thresholds": terms["disparity"] - error,
            "lagrangian.thresholds": terms["lagrangian"],
            "localised.thresholds": terms["localised"],
            "version_space.thresholds": space,
            "bound.version_space": self.target_flip + space,
        } | {f"bound.{name}": value + lam for name, value in terms.items()}

    def model(self, X: npt.ArrayLike) -> IntArray:
        """1[x > cut]."""
        return (first_column(X) > self.cut).astype(np.int64)

    def _between(self, t: npt.ArrayLike, other: float, mean: float) -> FloatArray:
        from scipy.stats import norm

        return np.asarray(np.abs(norm.cdf(np.asarray(t) - mean) - norm.cdf(other - mean)), dtype=np.float64)

    def _charged(self, price: Function) -> tuple[Function, Function]:
        """T(h ≠ h') − price(h'), of 1[x > t] and of the reversed rule, whose two parts are 1 minus these."""
        return (lambda t: self.target_disagreement(t) - price(t)), (
            lambda t: price(t) - self.target_disagreement(t)
        )

    def _largest(self, forward: Function, backward: Function, level: float = 1.0) -> float:
        """The largest gain over the rules of both orientations with err_S ≤ level."""
        found = []
        for gain, pieces in zip((forward, backward), self._pieces(level), strict=True):
            for low, high in pieces:
                kinks = sorted({low, high, *(k for k in (self.cut, self.boundary) if low < k < high)})
                found += [float(gain(np.asarray(k))) for k in kinks]
                found += [-least(lambda t, f=gain: -f(t), a, b)[0] for a, b in pairwise(kinks)]  # type: ignore[misc]
        return max(found)

    def _pieces(self, level: float) -> tuple[Pieces, Pieces]:
        """The t of 1[x > t] with err_S ≤ level, and those of the reversed rules; ±FAR stand for the constants."""
        low, high = self._ends(level)
        left, right = self._ends(1 - level)
        if 1 - level <= self.source_flip:
            return [(low, high)], [(-FAR, FAR)]
        outside = [(-FAR, left)] * (left > -FAR) + [(right, FAR)] * (right < FAR)
        return [(low, high)], outside

    def _ends(self, level: float) -> tuple[float, float]:
        """Between which t the rule 1[x > t] errs on at most `level` of the source."""
        from scipy.stats import norm

        reach = (level - self.source_flip) / (1 - 2 * self.source_flip)
        middle = float(norm.cdf(self.boundary))
        low, high = middle - reach, middle + reach
        return (float(norm.ppf(low)) if low > 0 else -FAR), (float(norm.ppf(high)) if high < 1 else FAR)

    def _rows(self, size: int, mean: float, flip: float, rng: np.random.Generator) -> Rows:
        X = mean + rng.standard_normal((size, 1))
        return Rows(X=X, y=flipped(X[:, 0] > self.boundary, flip, rng))

    def _draw_source(self, n: int, rng: np.random.Generator) -> Rows:
        return self._rows(n, 0.0, self.source_flip, rng)

    def _draw_target(self, m: int, rng: np.random.Generator) -> Rows:
        return self._rows(m, self.shift, self.target_flip, rng)
