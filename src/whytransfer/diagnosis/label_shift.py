"""Could the classes alone have become more or less frequent? A test that needs no target label."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from whytransfer.diagnosis.scores import Half, Samples, halves
from whytransfer.wording import p_told

LEVEL = 0.01
"""Of the test by itself, shared by its halves."""

FEWEST = 20
"""Rows of a class in one half below which its mean, and the spread of six scores or more, are not trusted: with eight the test rejected a true
label shift in three of fifty draws. A class whose mean is not known might explain any target, were
it frequent there: the half then says nothing, and the test that it has no power."""

POWER_NEEDED = 0.8
"""Power against the nearest alternative from which on not to reject says something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelShiftTest:
    """Whether the target's rows can be a mixture of the source's classes (label shift: P(x | y) unchanged).

    Parameters
    ----------
    rejected : bool
        p_value ≤ `level`: no shares of the classes explain the target's rows.
    p_value : float
        Of label shift, no shift included; in (0, 1]. Asymptotic (χ²), not exact.
    power : float
        Chance of rejecting a shift as large as the one seen, if it lay where no shares of the classes can follow; in [0, 1].
    level : float
        Of the test.
    shares : tuple of float
        Shares of the classes on the target that explain it best.
    text : str
        The same in one sentence.
    """

    rejected: bool
    p_value: float
    power: float
    level: float
    shares: tuple[float, ...]
    text: str

    @property
    def has_power(self) -> bool:
        """Whether not being rejected says something."""
        return self.power >= POWER_NEEDED

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {**asdict(self), "shares": list(self.shares)}


def label_shift_test(
    samples: Samples, *, parts: tuple[Half, Half] | None = None, level: float = LEVEL
) -> LabelShiftTest:
    """Test label shift by the over-identified moments of a mixture (Hansen's J; THEORY B13).

    Under label shift the mean of any score on the target is Σ_y π_y × its mean in class y of the source. There
    are more scores than shares, so that the best shares leave a residual: J = min over π of d(π)' V(π)⁻¹ d(π),
    asymptotically χ² with rank(V) − (K − 1) degrees of freedom. Scores are learned on one half of the rows and read on the
    other; both ways round, twice the smaller p-value.

    Parameters
    ----------
    samples : Samples
    parts : pair of Half, optional
        The halves where they were made already.
    level : float
        In (0, 1).
    """
    parts = parts or halves(samples)
    K = int(samples.labels.max()) + 1
    found = [_one_half(half, K, level / len(parts)) for half in parts]
    p_value = float(min(1.0, len(found) * min(p for p, _, _ in found)))
    power = float(np.mean([w for _, w, _ in found]))
    shares = np.mean([s for _, _, s in found], axis=0)
    rejected = bool(p_value <= level)
    return LabelShiftTest(
        rejected=rejected,
        p_value=p_value,
        power=power,
        level=level,
        shares=tuple(float(s) for s in shares),
        text=_said(rejected, p_value, power),
    )


def _said(rejected: bool, p_value: float, power: float) -> str:
    tested = f"{p_told(p_value)}, power {power:.2f} against a shift as large as this one that no shares of the classes imitate"
    if rejected:
        return (
            f"no shares of the source's classes explain the target's rows: label shift is rejected ({tested})"
        )
    if power >= POWER_NEEDED:
        return f"other shares of the source's classes explain the target's rows: label shift is not rejected ({tested})"
    return f"label shift is not rejected, but the test could hardly have rejected it ({tested})"


def _one_half(half: Half, K: int, level: float) -> tuple[float, float, np.ndarray]:
    """p-value, power and shares from one half."""
    from scipy.stats import chi2, ncx2

    counts = np.bincount(half.labels, minlength=K)
    shares = counts / max(counts.sum(), 1)
    if counts.min() < FEWEST or len(half.target) < FEWEST:
        return 1.0, 0.0, shares
    classes = [half.source[half.labels == k] for k in range(K)]
    means = np.stack([rows.mean(axis=0) for rows in classes])
    spreads = [np.atleast_2d(np.cov(rows, rowvar=False)) / len(rows) for rows in classes]
    there = half.target.mean(axis=0)
    noise = np.atleast_2d(np.cov(half.target, rowvar=False)) / len(half.target)
    start = shares
    root = _whitener(noise, spreads, start)
    freedom = root.shape[1] - (K - 1)
    total = float((((there - start @ means) @ root) ** 2).sum())
    pi = start
    for _ in range(3):
        # V depends on the shares: two or three rounds settle it.
        pi = _best_shares(means @ root, there @ root)
        root = _whitener(noise, spreads, pi)
    residual = float((((there - pi @ means) @ root) ** 2).sum())
    if freedom < 1:
        return 1.0, 0.0, pi
    p_value = max(float(chi2.sf(residual, freedom)), np.finfo(float).tiny)
    # The noncentral law loses its digits far out, where the power is 1 anyway.
    seen = min(max(total - root.shape[1], 0.0), 1e3)
    return p_value, float(ncx2.sf(chi2.isf(level, freedom), freedom, seen)), pi


def _whitener(noise: np.ndarray, spreads: list[np.ndarray], pi: np.ndarray) -> np.ndarray:
    """A with A A' = V⁻¹ on V's range, V the variance of the residual at shares `pi`."""
    V = noise + sum(share**2 * spread for share, spread in zip(pi, spreads, strict=True))
    scale = np.sqrt(np.clip(np.diag(V), 1e-300, None))
    values, vectors = np.linalg.eigh(V / np.outer(scale, scale))
    # Scores that are functions of each other say one thing, not two.
    kept = values > 1e-3
    return np.asarray((vectors[:, kept] / np.sqrt(values[kept])) / scale[:, None])


def _best_shares(means: np.ndarray, there: np.ndarray) -> np.ndarray:
    """The shares (not negative, of sum 1) whose mixture of `means` lies nearest to `there`."""
    from scipy.optimize import nnls

    # The sum is held by a row that weighs far more than any other.
    heavy = 1e4 * (1.0 + float(np.abs(means).max(initial=0.0)) + float(np.abs(there).max(initial=0.0)))
    A = np.vstack([means.T, np.full(len(means), heavy)])
    found, _ = nnls(A, np.append(there, heavy))
    return np.asarray(found / found.sum())
