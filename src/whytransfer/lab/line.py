"""Exact comparisons of two laws on the line: from where the densities cross to every distance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from whytransfer.lab.base import FloatArray

Function = Callable[[FloatArray], FloatArray]

GRID = 4001
"""Points on which sign changes and minima are first located; polished to rounding afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Two laws with smooth densities; all mass that matters lies in [low, high].

    Parameters
    ----------
    source_density, target_density : callable
        Densities, of arrays.
    source_below, target_below : callable
        Distribution functions, of arrays.
    low, high : float
        Both tails outside must be below 1e-12.
    """

    source_density: Function
    target_density: Function
    source_below: Function
    target_below: Function
    low: float
    high: float

    def excess(self, x: FloatArray) -> FloatArray:
        """F_S(x) − F_T(x)."""
        return self.source_below(x) - self.target_below(x)

    def _turns(self) -> FloatArray:
        """F_S − F_T where it turns, that is where the densities cross, with 0 at both ends."""
        at = crossings(lambda x: self.source_density(x) - self.target_density(x), self.low, self.high)
        return np.concatenate([[0.0], self.excess(at), [0.0]])

    def half_line(self) -> float:
        """Largest |S(A) − T(A)| over half-lines."""
        return float(np.abs(self._turns()).max())

    def interval(self) -> float:
        """Largest |S(A) − T(A)| over intervals, half-lines included: the disc of thresholds."""
        turns = self._turns()
        return float(turns.max() - turns.min())

    def total_variation(self) -> float:
        """Largest |S(A) − T(A)| over all events."""
        return 0.5 * float(np.abs(np.diff(self._turns())).sum())

    def wasserstein1(self) -> float:
        """∫ |F_S − F_T|."""
        cuts = np.concatenate([[self.low], crossings(self.excess, self.low, self.high), [self.high]])
        return sum(abs(integral(self.excess, a, b)) for a, b in pairwise(cuts))

    def jensen_shannon(self) -> float:
        """The Jensen–Shannon divergence in nats."""

        def integrand(x: FloatArray) -> FloatArray:
            s, t = self.source_density(x), self.target_density(x)
            return half_relative(s, t) + half_relative(t, s)

        return max(0.0, integral(integrand, self.low, self.high))


def half_relative(a: FloatArray, b: FloatArray) -> FloatArray:
    """½ a ln(a / ((a + b)/2)), 0 where a = 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(a > 0, 0.5 * a * np.log(2.0 * a / (a + b)), 0.0)


def crossings(f: Function, low: float, high: float) -> FloatArray:
    """Where f changes its sign in [low, high]."""
    from scipy.optimize import brentq

    x = np.linspace(low, high, GRID)
    signs = np.sign(f(x))
    keep = np.flatnonzero(signs)
    x, signs = x[keep], signs[keep]
    found = [
        brentq(lambda u: float(f(np.asarray(u, dtype=np.float64))), x[i], x[i + 1], xtol=1e-14)
        for i in np.flatnonzero(signs[1:] != signs[:-1])
    ]
    return np.asarray(found, dtype=np.float64)


def integral(f: Function, low: float, high: float) -> float:
    """∫ f, by Gauss–Legendre on 64 panels of 20 nodes: to rounding for smooth f."""
    nodes, weights = np.polynomial.legendre.leggauss(20)
    edges = np.linspace(low, high, 65)
    half = np.diff(edges)[:, None] / 2
    x = (edges[:-1, None] + half) + half * nodes
    return float((f(x) * weights * half).sum())


def least(f: Function, low: float, high: float) -> tuple[float, float]:
    """The least value of a smooth f on [low, high], and where; found on a grid and polished by golden section."""
    from scipy.optimize import minimize_scalar

    x = np.linspace(low, high, GRID)
    values = f(x)
    best = int(values.argmin())
    around = (float(x[max(0, best - 1)]), float(x[min(GRID - 1, best + 1)]))
    polished = minimize_scalar(
        lambda u: float(f(np.asarray(u, dtype=np.float64))),
        bounds=around,
        method="bounded",
        options={"xatol": 1e-12},
    )
    if polished.fun <= values[best]:
        return float(polished.fun), float(polished.x)
    return float(values[best]), float(x[best])
