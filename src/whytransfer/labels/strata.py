"""Which rows: strata by predicted error, how many labels each gets, and in which order they are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from whytransfer.errors import InputError

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Way = Literal["uniform", "stratified", "disagreement"]

UNIFORM_SHARE = 0.1
"""Of the labels, what is spread evenly over all rows, whatever the predictions say: weights stay below ten."""
TRUST = 0.5
"""How far the allocation goes from the strata's sizes to Neyman's: predicted errors are mostly too sure."""
CUTS = np.linspace(0.2, 0.9, 15)
"""Shares of the rows that the stratum of the surer rows may have."""
LEAST_DRAWN = 5
"""Labels in each stratum, at least."""
WORTH = 0.98
"""Strata are made where they are expected to need at most this share of the labels of a uniform draw."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """Where the rows are divided, as the source has it; nothing of the target enters.

    The share is what lets the strata's sizes in the target be fixed in advance: the stratum of the surer rows is the
    `share` of the target rows with the least predicted error, however many rows lie on either side of any threshold.

    Parameters
    ----------
    share : float
        Share of the rows in the first stratum, that of the surer ones.
    errors : tuple of two floats
        Mean predicted error in each stratum of the source.
    variance_ratio : float
        Variance of the stratified estimate over that of a uniform draw, with as many labels, if predictions are right.
    """

    share: float
    errors: tuple[float, float]
    variance_ratio: float

    @property
    def labels(self) -> tuple[float, float]:
        """Share of the labels that each stratum gets."""
        return allocation_shares(self.share, self.errors)

    def ratio(self, fraction: float) -> float:
        """`variance_ratio` where claims are about the law and this share of the file is drawn; see `of_the_law`."""
        return float(of_the_law(self.variance_ratio, fraction))

    @classmethod
    def best(cls, predicted: Floats, requirement: float) -> Division:
        """The division of the source's held-out rows that leaves the least variance where the error is the requirement.

        The question is decided near the requirement. Where the error is there, predicted errors are too small or too
        large: their odds are scaled until their mean is the requirement. Otherwise a source without errors would send
        nearly all labels to a few rows.

        Parameters
        ----------
        predicted : ndarray, shape (n,)
            Predicted error of held-out source rows.
        requirement : float
            In [0, 1].
        """
        moved = scaled(np.asarray(predicted, dtype=np.float64), min(max(requirement, 0.01), 0.99))
        ranked, found = np.sort(moved), []
        mean = float(ranked.mean())
        for share in CUTS:
            first = min(max(1, round(share * len(ranked))), len(ranked) - 1)
            errors = float(ranked[:first].mean()), float(ranked[first:].mean())
            shares = allocation_shares(float(share), errors)
            left = sum(
                w * w * e * (1 - e) / q for w, e, q in zip((share, 1 - share), errors, shares, strict=True)
            )
            found.append((left / max(mean * (1 - mean), 1e-12), float(share), errors))
        ratio, share, errors = min(found)
        return cls(share=share, errors=errors, variance_ratio=min(1.0, float(ratio)))


def of_the_law(ratio: float | Floats, fraction: float) -> float | Floats:
    """A ratio of variances of draws from a file, as one about the law of its rows when so large a share of the file is drawn.

    The variance of a uniform draw of n rows is p(1 − p)/n about the law. A share n/m of it is how far the file itself strays from
    its law, which no way of drawing takes off.

    >>> of_the_law(0.8, 0.0), of_the_law(0.8, 1.0)
    (0.8, 1.0)
    """
    return fraction + (1.0 - fraction) * ratio


def scaled(rates: Floats, mean: float, weights: Floats | None = None) -> Floats:
    """Rates in (0, 1) with all odds multiplied by one factor, so that their (weighted) mean is `mean`.

    >>> scaled(np.array([0.1, 0.3]), 0.5).round(3)
    array([0.337, 0.663])
    """
    from scipy.optimize import brentq
    from scipy.special import expit, logit

    odds = logit(np.clip(rates, 1e-4, 1.0 - 1e-4))
    shift = brentq(lambda by: float(np.average(expit(odds + by), weights=weights)) - mean, -40.0, 40.0)
    return np.asarray(expit(odds + shift))


def allocation_shares(share: float, errors: tuple[float, float]) -> tuple[float, float]:
    """Share of the labels that each stratum gets: uniform, and between proportional and Neyman's W_h √(p_h (1 − p_h))."""
    weights = np.array([share, 1.0 - share])
    spread = weights * np.sqrt([e * (1.0 - e) for e in errors])
    neyman = spread / spread.sum() if spread.sum() > 0 else weights
    mixed = TRUST * neyman + (1.0 - TRUST) * weights
    first, second = UNIFORM_SHARE * weights + (1.0 - UNIFORM_SHARE) * mixed
    return float(first), float(second)


def allocate(
    budget: int, sizes: tuple[int, ...], shares: tuple[float, ...], *, least: int = LEAST_DRAWN
) -> tuple[int, ...]:
    """Whole numbers of labels a stratum: by share, at least `least` and at most its rows.

    Raises
    ------
    InputError
        When the budget exceeds the rows.
    """
    if budget > sum(sizes):
        raise InputError(f"budget: expected at most the {sum(sizes)} rows of the target, got {budget}")
    if len(sizes) == 1:
        return (budget,)
    first = round(budget * shares[0])
    first = min(max(first, least), budget - least, sizes[0])
    first = max(first, budget - sizes[1])
    return first, budget - first


def ranked_strata(scores: Floats, share: float, rng: np.random.Generator) -> Integers:
    """The stratum of every row, 0 or 1: the `share` of them with the least score is 0; ties are broken at random.

    Parameters
    ----------
    scores : ndarray, shape (m,)
        Predicted errors, or how much candidates disagree.
    """
    m = len(scores)
    first = min(max(1, round(share * m)), m - 1)
    order = np.lexsort((rng.permutation(m), scores))
    strata = np.ones(m, dtype=np.int64)
    strata[order[:first]] = 0
    return strata


def draw(strata: Integers, drawn: tuple[int, ...], rng: np.random.Generator) -> Integers:
    """Rows in the order in which they are to be labelled: so many of each stratum, without replacement, in random order."""
    chosen = [rng.permutation(np.flatnonzero(strata == h))[:count] for h, count in enumerate(drawn)]
    return rng.permutation(np.concatenate(chosen))
