"""Gaussian domains: a shift of the mean and a change of scale, in any dimension."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from whytransfer.lab.base import (
    LARGEST,
    MOST_COLUMNS,
    FloatArray,
    IntArray,
    Rows,
    World,
    first_column,
    is_number,
    keep_number,
    require,
    whole,
)
from whytransfer.lab.gaussian_laws import Column, Radius, folded_mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaussians(World):
    r"""S_X = N(0, Σ) and T_X = N(mean, scale²Σ), with label 1[x₁ > 0] in both (THEORY E5–E8).

    Covariate shift with a common labelling function; `model` is that function, so both errors are 0 and λ of
    thresholds on the first column is 0. All f-divergences depend on δ = \|Σ^(−1/2) mean\|, scale and
    dimension alone.

    Parameters
    ----------
    mean : float or sequence of float
        The target's mean, in standard deviations of the source where Σ is the identity; one number: of the first column, the others 0.
    scale : float
        Ratio of the target's to the source's standard deviation, > 0.
    dimension : int
        p; taken from `mean` or `covariance` where they say it.
    covariance : (p, p) nested sequence, optional
        Σ; the identity when left out.

    Notes
    -----
    Truth, beside the keys of `World`; S and T stand in this order in the symmetric ones:

    * ``half_line``, ``interval``, ``wasserstein1``: exact in one dimension, of several columns the largest;
      ``total_variation``
    * ``domain_error`` = (1 − TV)/2 of the best domain classifier; ``proxy_a_distance`` = 2 TV
    * ``kl`` (of T from S), ``kl_reverse``, ``jensen_shannon`` in nats, ``jensen_shannon_bits``, ``chi2`` (of
      T from S; infinite for scale² ≥ 2), ``hellinger2`` = 1 − affinity
    * ``mmd2`` with the kernel exp(−\|x − y\|²/2); other bandwidths by `mmd2`; ``wasserstein2``
    * in one dimension: ``d_h``, ``d_hdh`` of thresholds, ``discrepancy.thresholds``, ``energy``
    * with scale 1: ``half_space`` = TV, ``domain_auc`` = Φ(δ/√2); ``wasserstein`` (Euclidean) with scale 1,
      or mean 0 and Σ = 1

    Examples
    --------
    >>> truth = Gaussians(mean=1.0).truth
    >>> round(truth["total_variation"], 6), round(truth["mmd2"], 6), round(truth["jensen_shannon_bits"], 6)
    (0.382925, 0.177268, 0.160747)
    """

    name: ClassVar[str] = "gaussians"

    mean: float | Sequence[float] = 1.0
    scale: float = 1.0
    dimension: int | None = None
    covariance: Sequence[Sequence[float]] | None = None

    def __post_init__(self) -> None:
        keep_number(self, "scale", "a positive number", lambda v: v > 0)
        given = np.atleast_1d(_floats("mean", self.mean))
        require("mean", given.ndim == 1 and given.size > 0, "a number or a row of numbers", self.mean)
        sizes = [len(given)] if np.ndim(self.mean) else []
        sizes += [len(C)] if (C := self._checked_covariance()) is not None else []
        sizes += [whole("dimension", self.dimension, 1, MOST_COLUMNS)] if self.dimension is not None else []
        require("dimension", len(set(sizes)) <= 1, "the same from mean, dimension and covariance", sizes)
        p = sizes[0] if sizes else 1
        object.__setattr__(self, "mean", tuple(np.concatenate([given, np.zeros(p - len(given))]).tolist()))
        object.__setattr__(self, "dimension", p)
        if C is not None:
            object.__setattr__(self, "covariance", tuple(tuple(row) for row in C.tolist()))

    def _checked_covariance(self) -> FloatArray | None:
        """Σ where it is given: symmetric and positive definite."""
        if self.covariance is None:
            return None
        C = _floats("covariance", self.covariance)
        sound = (
            C.ndim == 2
            and C.shape[0] == C.shape[1] > 0
            and np.allclose(C, C.T)
            and bool(np.linalg.eigvalsh(C).min() > 0)
        )
        require("covariance", sound, "a symmetric positive definite (p, p) table", C.tolist())
        return C

    @property
    def p(self) -> int:
        """The dimension."""
        return len(self._mu)

    @property
    def _mu(self) -> FloatArray:
        return np.atleast_1d(np.asarray(self.mean, dtype=np.float64))

    @property
    def _sigma(self) -> FloatArray:
        return np.eye(self.p) if self.covariance is None else np.asarray(self.covariance, dtype=np.float64)

    @property
    def mahalanobis(self) -> float:
        """δ, the length of the mean in units of Σ."""
        return float(math.sqrt(self._mu @ np.linalg.solve(self._sigma, self._mu)))

    def mmd2(self, bandwidth: float = 1.0) -> float:
        """Squared MMD with the kernel exp(−|x − y|²/(2 bandwidth²)): a difference of Gaussians has a closed form."""
        require("bandwidth", is_number(bandwidth) and bandwidth > 0, "a positive number", bandwidth)
        C, s2, var = self._sigma, bandwidth**2, self.scale**2
        within_s = _kernel_mean(2 * C, np.zeros(self.p), s2)
        within_t = _kernel_mean(2 * var * C, np.zeros(self.p), s2)
        return within_s + within_t - 2 * _kernel_mean((1 + var) * C, self._mu, s2)

    @property
    def truth(self) -> dict[str, float]:
        """Exact population values by name."""
        tv = self._total_variation()
        js = self._jensen_shannon()
        found = {"error_source": 0.0, "error_target": 0.0, "adaptability.all_functions": 0.0}
        found |= {"total_variation": tv, "domain_error": (1 - tv) / 2, "proxy_a_distance": 2 * tv}
        found |= self._information() | {"jensen_shannon": js, "jensen_shannon_bits": js / math.log(2)}
        found |= self._columns() | {"mmd2": self.mmd2(), "wasserstein2": self._wasserstein2()}
        if self.p == 1:
            found |= self._one_dimension(found)
        return found | self._special()

    def model(self, X: npt.ArrayLike) -> IntArray:
        """The labelling function, 1[x₁ > 0]."""
        return (first_column(X) > 0).astype(np.int64)

    def _information(self) -> dict[str, float]:
        """Closed forms; the first argument of KL and chi-square is the target."""
        p, d2, var = self.p, self.mahalanobis**2, self.scale**2
        log_scale = math.log(self.scale)
        affinity = (2 * self.scale / (1 + var)) ** (p / 2) * math.exp(-d2 / (4 * (1 + var)))
        chi2 = math.inf
        if var < 2:
            chi2 = math.exp(d2 / (2 - var)) / (self.scale * math.sqrt(2 - var)) ** p - 1
        return {
            "kl": (p * var + d2 - p) / 2 - p * log_scale,
            "kl_reverse": (p / var + d2 / var - p) / 2 + p * log_scale,
            "chi2": chi2,
            "hellinger2": 1 - affinity,
        }

    def _columns(self) -> dict[str, float]:
        """One-dimensional distances, of several columns the largest."""
        lines = [
            Column(mu, math.sqrt(v), self.scale) for mu, v in zip(self._mu, np.diag(self._sigma), strict=True)
        ]
        return {
            "half_line": max(line.half_line() for line in lines),
            "interval": max(line.interval() for line in lines),
            "wasserstein1": max(line.wasserstein1() for line in lines),
        }

    def _one_dimension(self, found: dict[str, float]) -> dict[str, float]:
        sd, var = math.sqrt(self._sigma[0, 0]), self._sigma[0, 0]
        apart = folded_mean(self._mu[0], sd * math.sqrt(1 + self.scale**2))
        within = folded_mean(0.0, math.sqrt(2 * var)) * (1 + self.scale)
        return {
            "d_h": 2 * found["half_line"],
            "d_hdh": 2 * found["interval"],
            "discrepancy.thresholds": found["interval"],
            "adaptability.thresholds": 0.0,
            "energy": 2 * apart - within,
        }

    def _special(self) -> dict[str, float]:
        """What has a closed form in some cases only."""
        from scipy.special import gammaln
        from scipy.stats import norm

        found: dict[str, float] = {}
        if self.scale == 1.0:
            found["half_space"] = self._total_variation()
            found["domain_auc"] = float(norm.cdf(self.mahalanobis / math.sqrt(2)))
            found["wasserstein"] = float(np.linalg.norm(self._mu))
        elif self.covariance is None and not self._mu.any():
            # Radial: the map x -> scale·x and the potential |x| certify each other.
            mean_length = math.sqrt(2) * math.exp(gammaln((self.p + 1) / 2) - gammaln(self.p / 2))
            found["wasserstein"] = abs(self.scale - 1) * mean_length
        return found

    def _wasserstein2(self) -> float:
        spread = (self.scale - 1) ** 2 * float(np.trace(self._sigma))
        return math.sqrt(float(self._mu @ self._mu) + spread)

    def _total_variation(self) -> float:
        from scipy.stats import norm

        if self.scale == 1.0:
            return 2 * float(norm.cdf(self.mahalanobis / 2)) - 1
        q = Radius(self.p, self.mahalanobis, self.scale)
        return abs(q.source_below(q.border) - q.target_below(q.border))

    def _jensen_shannon(self) -> float:
        # The likelihood ratio is a function of one number, so the divergence is that of its two laws.
        if self.p == 1 or self.scale == 1.0:
            return Column(self.mahalanobis, 1.0, self.scale).line().jensen_shannon()
        return Radius(self.p, self.mahalanobis, self.scale).jensen_shannon()

    def _draw_source(self, n: int, rng: np.random.Generator) -> Rows:
        X = rng.standard_normal((n, self.p)) @ np.linalg.cholesky(self._sigma).T
        return Rows(X=X, y=self.model(X))

    def _draw_target(self, m: int, rng: np.random.Generator) -> Rows:
        X = self._mu + self.scale * rng.standard_normal((m, self.p)) @ np.linalg.cholesky(self._sigma).T
        return Rows(X=X, y=self.model(X))


def _floats(name: str, values: object) -> FloatArray:
    """Numbers of size at most 1e30, in the shape that they have."""
    try:
        given = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        given = np.full(1, np.nan)
    require(name, bool((np.abs(given) <= LARGEST).all()), "finite numbers", values)
    return given


def _kernel_mean(C: FloatArray, mean: FloatArray, s2: float) -> float:
    """E exp(−|z|²/(2s²)) for z ~ N(mean, C)."""
    p = len(mean)
    total = s2 * np.eye(p) + C
    det = float(np.linalg.det(total / s2))
    return math.exp(-float(mean @ np.linalg.solve(total, mean)) / 2) / math.sqrt(det)
