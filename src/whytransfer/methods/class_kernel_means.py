"""Kernel mean matching of the class conditionals."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from whytransfer.methods.domains import Domains, Floats
from whytransfer.methods.kernels import bandwidth_for, gaussian
from whytransfer.methods.landmarks import Landmarks
from whytransfer.methods.weighted import Weighted

ROUNDS = 2000


class ClassKernelMeans(Weighted):
    """Class shares q with the least ‖Σ_y q_y μ_y − μ_T‖² over the simplex, μ kernel means; weights q_y/π_y (Zhang et al. 2013).

    Label shift without a classifier: the target's kernel mean as a mixture of those of the source's classes. Gaussian kernel at
    the median distance; projected gradient on K numbers.

    Parameters
    ----------
    learner, seed
        As in every method.
    bandwidth : float or None
        s of the kernel, in standard deviations of the source; None for the median distance.
    landmarks : int
        Rows of each domain that the kernel means are taken over.
    """

    name: ClassVar[str] = "class_kernel_means"
    title: ClassVar[str] = "kernel mean matching of class conditionals"
    family: ClassVar[str] = "kernel"
    reference: ClassVar[str | None] = "zhang:13"
    assumption: ClassVar[str] = (
        "only the shares of the classes change: the rows of one class are alike in both domains"
    )
    memory: ClassVar[str] = "n·d + landmarks²"

    def __init__(
        self, learner: Any = None, *, bandwidth: float | None = None, landmarks: int = 1000, seed: int = 0
    ) -> None:
        self.learner = learner
        self.bandwidth = bandwidth
        self.landmarks = landmarks
        self.seed = seed

    def weights(self, domains: Domains, notes: list[str]) -> Floats:
        """q_y/π_y of each row's class."""
        drawn = Landmarks.draw(domains, self.landmarks, notes)
        source, target = domains.source[drawn.source], domains.target[drawn.target]
        s = bandwidth_for(np.concatenate([source, target]), self.bandwidth)
        member = np.eye(domains.classes)[domains.codes[drawn.source]]
        member /= member.sum(axis=0)
        A = member.T @ gaussian(source, source, s) @ member
        b = member.T @ gaussian(source, target, s).mean(axis=1)
        return np.asarray((mixture(A, b) / domains.prior)[domains.codes])


def mixture(A: Floats, b: Floats) -> Floats:
    """The q on the simplex with the least q'Aq − 2b'q, A positive semi-definite."""
    q = np.full(len(b), 1.0 / len(b))
    step = 0.5 / max(float(np.linalg.norm(A, 2)), 1e-12)
    for _ in range(ROUNDS):
        new = on_simplex(q - step * 2 * (A @ q - b))
        moved, q = float(np.abs(new - q).max()), new
        if moved < 1e-12:
            break
    return q


def on_simplex(v: Floats) -> Floats:
    """The nearest point with coordinates ≥ 0 that sum to 1 (sorting; Held, Wolfe and Crowder 1974)."""
    ordered = np.sort(v)[::-1]
    excess = (np.cumsum(ordered) - 1) / np.arange(1, len(v) + 1)
    last = int(np.flatnonzero(ordered > excess)[-1])
    return np.asarray(np.maximum(v - excess[last], 0.0))
