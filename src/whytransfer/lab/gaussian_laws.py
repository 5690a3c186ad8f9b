"""What two Gaussian laws reduce to: a line, or the distance from a centre."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from whytransfer.lab.base import FloatArray
from whytransfer.lab.line import Line, half_relative, integral


def folded_mean(mu: float, sd: float) -> float:
    """E|N(mu, sd²)|."""
    from scipy.stats import norm

    if sd == 0:
        return abs(float(mu))
    z = mu / sd
    return float(sd * math.sqrt(2 / math.pi) * math.exp(-z * z / 2) + mu * (1 - 2 * norm.cdf(-z)))


@dataclass(frozen=True, slots=True)
class Column:
    """N(0, sd²) against N(mu, (scale·sd)²) on the line."""

    mu: float
    sd: float
    scale: float

    def line(self) -> Line:
        """Densities and distribution functions."""
        from scipy.stats import norm

        s, t = norm(0.0, self.sd), norm(self.mu, self.scale * self.sd)
        widest = 12 * self.sd * max(1.0, self.scale)
        return Line(
            source_density=s.pdf,
            target_density=t.pdf,
            source_below=s.cdf,
            target_below=t.cdf,
            low=min(0.0, self.mu) - widest,
            high=max(0.0, self.mu) + widest,
        )

    def _gaps(self) -> FloatArray:
        """F_S − F_T where the densities cross: the roots of a quadratic."""
        from scipy.stats import norm

        m, c = self.mu / self.sd, self.scale
        a, b = 1 / c**2 - 1, -2 * m / c**2
        k = m * m / c**2 + 2 * math.log(c)
        if a == 0:
            at = np.array([m / 2]) if m else np.zeros(0)
        else:
            root = math.sqrt(max(0.0, b * b - 4 * a * k))
            at = np.array([(-b - root) / (2 * a), (-b + root) / (2 * a)])
        return np.concatenate([[0.0], norm.cdf(at) - norm.cdf((at - m) / c)])

    def half_line(self) -> float:
        """Largest |S(A) − T(A)| over half-lines."""
        return float(np.abs(self._gaps()).max())

    def interval(self) -> float:
        """Largest |S(A) − T(A)| over intervals."""
        gaps = self._gaps()
        return float(gaps.max() - gaps.min())

    def wasserstein1(self) -> float:
        """E|mu + (scale − 1)·sd·Z|, the mean difference of the quantiles."""
        return folded_mean(self.mu, abs(self.scale - 1) * self.sd)


@dataclass(frozen=True, slots=True)
class Radius:
    """Scale ≠ 1 in p dimensions: the likelihood ratio of T to S is a monotone function of q = |x + v|², v = mu/(scale² − 1)."""

    p: int
    delta: float
    scale: float

    @property
    def _shift(self) -> float:
        return self.delta / (self.scale**2 - 1)

    @property
    def border(self) -> float:
        """The q where the densities are equal."""
        var = self.scale**2
        a = (1 - 1 / var) / 2
        return (self.delta**2 / (2 * var) + self.p * math.log(self.scale) + self._shift**2 * a) / a

    def source_below(self, q: float) -> float:
        """S(|x + v|² ≤ q)."""
        from scipy.stats import ncx2

        return float(ncx2.cdf(q, self.p, self._shift**2))

    def target_below(self, q: float) -> float:
        """T(|x + v|² ≤ q)."""
        from scipy.stats import ncx2

        var = self.scale**2
        return float(ncx2.cdf(q / var, self.p, (self.delta + self._shift) ** 2 / var))

    def jensen_shannon(self) -> float:
        """In nats, over r = sqrt(q), in which the densities are bounded."""
        from scipy.stats import ncx2

        var = self.scale**2
        centre_s, centre_t = self._shift**2, (self.delta + self._shift) ** 2 / var

        def integrand(r: FloatArray) -> FloatArray:
            s = 2 * r * ncx2.pdf(r * r, self.p, centre_s)
            t = 2 * r * ncx2.pdf(r * r / var, self.p, centre_t) / var
            return half_relative(s, t) + half_relative(t, s)

        reach = max(1.0, self.scale) * (math.sqrt(self.p) + 12) + abs(self.delta) + 2 * abs(self._shift)
        return max(0.0, integral(integrand, 0.0, reach))
