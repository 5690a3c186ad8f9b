"""Rows drawn into a pseudo-target along a direction, as strongly as the real domains lie apart.

A row with the standardised score z joins the pseudo-target with probability π = 1/(1 + exp(−(βz + c))): the
two laws then differ by an exponential tilt, whose density ratio is proportional to exp(βz), and the score is
the best possible domain classifier between them. c fixes the expected size, β the AUC.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whytransfer.backtest.cut import Cut, Wanted
from whytransfer.overlap.two_samples import Floats, Integers

STEEPEST = 500.0
"""Largest β per standard deviation of the score: a sharp threshold at any sample size that occurs here."""

HALVINGS = 50
"""Most bisection steps; 2⁻⁵⁰ of the first bracket is rounding."""

SETTLED = 1e-14
"""Relative step at which the constant of the tilt no longer moves."""

CLOSE = 2e-5
"""AUC by which the strength may miss: a hundredth of what a sample of ten thousand rows would show."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Direction:
    """Along what the rows are tilted.

    Parameters
    ----------
    kind, name : str
        As in `Cut`.
    score : ndarray of float64, shape (n,)
        z: larger joins the pseudo-target more often.
    visible : ndarray of float64, shape (n,), or None
        What of the score a domain classifier could see, where the AUC is measured; None: the score itself.
    steepest : float
        Largest β.
    """

    kind: str
    name: str
    score: Floats
    visible: Floats | None = None
    steepest: float = STEEPEST

    @property
    def ranks(self) -> Integers:
        """Dense ranks of the visible score, 0 … R − 1; ties share one."""
        seen = self.score if self.visible is None else self.visible
        return np.asarray(np.unique(seen, return_inverse=True)[1], dtype=np.int64)


def tilted(direction: Direction, wanted: Wanted, rng: np.random.Generator) -> Cut:
    """A cut along `direction`, its AUC as wanted or as near as the direction allows."""
    return cut_by(direction, *matched(direction, wanted), wanted, rng)


def cut_by(
    direction: Direction, chances: Floats, strength: float, wanted: Wanted, rng: np.random.Generator
) -> Cut:
    """A cut whose target rows are drawn by their `chances`, shape (n,)."""
    target = drawn(chances, wanted.size, rng)
    source = np.setdiff1d(np.arange(len(chances)), target)
    return Cut(kind=direction.kind, name=direction.name, source=source, target=target, strength=strength)


def matched(direction: Direction, wanted: Wanted) -> tuple[Floats, float]:
    """Probabilities of joining the pseudo-target, shape (n,) with sum `wanted.size`, and the AUC they give."""
    ranks = direction.ranks

    def at(beta: float) -> tuple[Floats, float]:
        chances = joining(direction.score, beta, wanted.size)
        return chances, auc_of_chances(ranks, chances)

    if wanted.auc <= 0.5:
        return at(0.0)
    low, high = 0.0, direction.steepest
    steepest = at(high)
    if steepest[1] <= wanted.auc:
        return steepest
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        found = at(middle)
        if abs(found[1] - wanted.auc) <= CLOSE:
            return found
        low, high = (middle, high) if found[1] < wanted.auc else (low, middle)
    return at((low + high) / 2)


def joining(score: Floats, beta: float, size: int) -> Floats:
    """π = σ(β·score + c) with c such that Σπ = size, shape (n,); 0 < size < n.

    Examples
    --------
    >>> joining(np.array([-1.0, 0.0, 1.0]), 0.0, 1).round(6).tolist()
    [0.333333, 0.333333, 0.333333]
    """
    steep = beta * score
    odds = np.log(size / (len(score) - size))
    # At the lower end no probability exceeds size/n, at the upper end none falls below it.
    low, high = odds - steep.max(), odds - steep.min()
    c = (low + high) / 2
    for _ in range(HALVINGS):
        chances = _sigmoid(steep + c)
        excess = chances.sum() - size
        low, high = (c, high) if excess < 0 else (low, c)
        slope = float(chances @ (1.0 - chances))
        step = c - excess / slope if slope > 0 else low
        # Newton's step where it stays inside the bracket; a sharp threshold is flat between two rows and is halved.
        following = step if low < step < high else (low + high) / 2
        if abs(following - c) <= SETTLED * max(1.0, abs(c)):
            break
        c = following
    return _sigmoid(steep + c)


def auc_of_chances(ranks: Integers, chances: Floats) -> float:
    """AUC of a score between two laws on the same rows: weights π for the target, 1 − π for the source.

    Σ_ij π_i(1 − π_j)[1(s_i > s_j) + ½·1(s_i = s_j)] / (Σπ Σ(1 − π)), s the ranks.
    """
    target, source = np.bincount(ranks, chances), np.bincount(ranks, 1.0 - chances)
    below = np.cumsum(source) - source
    return float(target @ (below + source / 2) / (target.sum() * source.sum()))


def drawn(chances: Floats, size: int, rng: np.random.Generator) -> Integers:
    """`size` distinct rows, each with its own probability: systematic sampling in random order (Madow 1949)."""
    order = rng.permutation(len(chances))
    reached = np.cumsum(chances[order])
    reached *= size / reached[-1]
    ticks = rng.random() + np.arange(size)
    hit = np.minimum(np.searchsorted(reached, ticks, side="right"), len(order) - 1)
    return np.unique(order[hit]).astype(np.int64)


def normal_scores(values: NDArray[np.generic]) -> Floats:
    """Normal quantiles of the mid-ranks: the same tilt whatever the scale and the tails of the values, shape (n,)."""
    from scipy.special import ndtri
    from scipy.stats import rankdata

    return np.asarray(ndtri((rankdata(values) - 0.5) / len(values)), dtype=np.float64)


def _sigmoid(x: Floats) -> Floats:
    # tanh does not overflow.
    return np.asarray(0.5 * (1.0 + np.tanh(x / 2)))
