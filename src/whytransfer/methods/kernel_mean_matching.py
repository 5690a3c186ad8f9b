"""Kernel mean matching of the marginals."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from whytransfer.methods.checks import positive
from whytransfer.methods.domains import Domains, Floats
from whytransfer.methods.kernels import bandwidth_for, gaussian
from whytransfer.methods.landmarks import Landmarks, nearest
from whytransfer.methods.weighted import Weighted

ROUNDS = 500


class KernelMeanMatching(Weighted):
    """min over β of ½β'Kβ − κ'β with 0 ≤ β_i ≤ B and |Σβ_i − n| ≤ nε, κ_i = (n/m) Σ_j k(x_i, t_j) (Huang et al. 2006).

    ε = B/√n, as they suggest. Gaussian kernel at the median distance. Accelerated projected gradient. Where a domain has more
    rows than `landmarks`, the weights are those of the nearest landmark.

    Parameters
    ----------
    learner, seed
        As in every method.
    bound : float
        B, the largest weight.
    bandwidth : float or None
        s of the kernel, in standard deviations of the source; None for the median distance.
    landmarks : int
        Rows of each domain in the quadratic programme.
    """

    name: ClassVar[str] = "kmm"
    title: ClassVar[str] = "kernel mean matching"
    family: ClassVar[str] = "reweighting"
    reference: ClassVar[str | None] = "huang:06"
    assumption: ClassVar[str] = (
        "labels depend on the columns alike in both domains, and the source covers the target"
    )
    memory: ClassVar[str] = "n·d + landmarks²"

    def __init__(
        self,
        learner: Any = None,
        *,
        bound: float = 10.0,
        bandwidth: float | None = None,
        landmarks: int = 1000,
        seed: int = 0,
    ) -> None:
        self.learner = learner
        self.bound = bound
        self.bandwidth = bandwidth
        self.landmarks = landmarks
        self.seed = seed

    def weights(self, domains: Domains, notes: list[str]) -> Floats:
        """The minimising β."""
        drawn = Landmarks.draw(domains, self.landmarks, notes)
        source, target = domains.source[drawn.source], domains.target[drawn.target]
        s = bandwidth_for(np.concatenate([source, target]), self.bandwidth)
        bound = positive("bound", self.bound)
        n = len(source)
        K, kappa = gaussian(source, source, s), n * gaussian(source, target, s).mean(axis=1)
        beta = minimise_in_box(K, kappa, bound, slack=bound / math.sqrt(n))
        return beta if n == domains.n else beta[nearest(domains.source, source)]


def minimise_in_box(K: Floats, kappa: Floats, bound: float, slack: float) -> Floats:
    """The β with least ½β'Kβ − κ'β, 0 ≤ β ≤ `bound`, |mean β − 1| ≤ `slack`, by accelerated projected gradient."""
    n = len(kappa)
    # The largest eigenvalue is at most the largest row sum.
    step = 1.0 / float(np.abs(K).sum(axis=1).max())
    beta = ahead = np.ones(n)
    momentum = 1.0
    for _ in range(ROUNDS):
        new = _projected(ahead - step * (K @ ahead - kappa), bound, slack)
        # Restart where the momentum points uphill (O'Donoghue and Candès 2015).
        if float((ahead - new) @ (new - beta)) > 0:
            momentum = 1.0
        next_momentum = (1 + math.sqrt(1 + 4 * momentum**2)) / 2
        ahead = new + (momentum - 1) / next_momentum * (new - beta)
        moved, beta, momentum = float(np.abs(new - beta).max()), new, next_momentum
        if moved < 1e-9:
            break
    return beta


def _projected(beta: Floats, bound: float, slack: float) -> Floats:
    """The nearest point of the box with a mean in 1 ± slack: one shift of all coordinates, found by bisection."""
    inside = np.clip(beta, 0.0, bound)
    mean = float(np.clip(inside.mean(), 1.0 - slack, min(1.0 + slack, bound)))
    if mean == inside.mean():
        return inside
    low, high = float(beta.min()) - bound, float(beta.max())
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if np.clip(beta - middle, 0.0, bound).mean() > mean else (low, middle)
    return np.asarray(np.clip(beta - (low + high) / 2, 0.0, bound))
