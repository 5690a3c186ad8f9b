"""What is believed of a candidate's gain: a prior from other transfers, updated by labelled target rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, betaincinv

NODES = 200
"""Quantiles of the moved share over which tails are averaged: midpoints, so that the error is of order 1/NODES."""

FEWEST = 1e-3
"""Parameters of a Dirichlet law are positive; one that would vanish is set to this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """How a candidate fared in other transfers of the same kind, on the rows where it contradicts the source model.

    Parameters
    ----------
    better : float
        Share of these rows on which it is right and the source model wrong, in [0, 1]; each data set counts as one.
    worse : float
        Share on which it is wrong and the source model right, in [0, 1].
    strength : float
        How many of these rows the prior is worth, > 0: large where the shares were alike in all data sets, small where they varied.
    sets : int
        Data sets that it was learned from.
    """

    better: float
    worse: float
    strength: float
    sets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """A Dirichlet law of (right alone, wrong alone, neither) over the target rows; the gain is the first share less the second.

    Conjugate: labelled rows add their counts. No prior row stands for a certainty, so that labels win in the end.

    Parameters
    ----------
    better, worse, neither : float
        Its parameters, > 0.
    """

    better: float
    worse: float
    neither: float

    @classmethod
    def of(cls, prior: Prior, moved: float) -> Belief:
        """The belief before any label.

        Parameters
        ----------
        prior : Prior
            Of candidates of this name on transfers of this kind.
        moved : float
            T(h ≠ h_source), known without labels, in (0, 1]: the prior's s contradicted rows then stand for s/moved target rows.
        """
        s = prior.strength
        rest = s / moved - s * (prior.better + prior.worse)
        return cls(
            better=max(s * prior.better, FEWEST),
            worse=max(s * prior.worse, FEWEST),
            neither=max(rest, FEWEST),
        )

    def seen(self, better: int, worse: int, rows: int) -> Belief:
        """The belief after `rows` labelled rows, a random sample: right alone on `better`, wrong alone on `worse` of them."""
        return Belief(
            better=self.better + better,
            worse=self.worse + worse,
            neither=self.neither + rows - better - worse,
        )

    @property
    def mean(self) -> float:
        """Expected gain, in error units, in (−1, 1).

        Examples
        --------
        >>> Belief(better=2.0, worse=1.0, neither=7.0).mean
        0.1
        """
        return (self.better - self.worse) / (self.better + self.worse + self.neither)

    def below(self, gain: float) -> float:
        """P(gain < `gain`).

        The share of rows on which one alone is right is Beta(b + w, n), and which one it is Beta(b, w), independently of it: the tail of the
        second is averaged over quantiles of the first.

        Examples
        --------
        >>> round(Belief(better=3.0, worse=3.0, neither=4.0).below(0.0), 6)
        0.5
        """
        levels = (np.arange(NODES) + 0.5) / NODES
        alone = np.maximum(betaincinv(self.better + self.worse, self.neither, levels), 1e-300)
        cut = np.clip((1.0 + gain / alone) / 2.0, 0.0, 1.0)
        return float(betainc(self.better, self.worse, cut).mean())

    def quantile(self, level: float) -> float:
        """The gain that is exceeded with probability 1 − `level`, in [−1, 1], to 1e-4, by bisection."""
        low, high = -1.0, 1.0
        while high - low > 1e-4:
            middle = (low + high) / 2.0
            low, high = (middle, high) if self.below(middle) < level else (low, middle)
        return (low + high) / 2.0
