"""Degenerate predictions: a class that is never predicted any more, or next to nothing but one class."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

EXPECTED = 5.0
"""Rows of a class that the source's shares would bring among the target's; a class of fewer may be missing by chance."""

LEAST_VARIETY = 0.25
"""A quarter of the source's variety, exp(entropy) − 1; two balanced classes fall below it where one is predicted on 95 % of the rows."""


def collapse_of(predicted: NDArray[np.int64], shares: Sequence[float], names: Sequence[str]) -> str | None:
    """Why these predictions are degenerate; None where they are not.

    A true change of the classes' shares can look the same: nothing but labels could tell, so that such a candidate is never chosen
    without them.

    Parameters
    ----------
    predicted : (m,) array of int64
        Predicted class codes, 0 … K − 1.
    shares : sequence of float, length K
        Shares of the classes in the source.
    names : sequence of str, length K
        Of the classes.

    Examples
    --------
    >>> collapse_of(np.zeros(40, dtype=np.int64), [0.5, 0.5], ["f", "m"])
    'class m is never predicted on 40 target rows, where the source has 50.0 % of it'
    >>> collapse_of(np.arange(40) % 2, [0.5, 0.5], ["f", "m"]) is None
    True
    """
    m, share = len(predicted), np.asarray(shares, dtype=np.float64)
    if not m:
        return "there is no prediction to look at"
    counts = np.bincount(predicted, minlength=len(share))
    missing = np.flatnonzero((counts == 0) & (share * m >= EXPECTED))
    if len(missing):
        c = int(missing[0])
        return f"class {names[c]} is never predicted on {m} target rows, where the source has {share[c]:.1%} of it".replace(
            "%", " %"
        )
    others = (1.0 - share.max()) * m
    if others >= EXPECTED and variety(counts / m) < LEAST_VARIETY * variety(share):
        c = int(counts.argmax())
        return (
            f"{counts[c] / m:.1%} of the target rows are given class {names[c]}, where the source has {share[c]:.1%} of it"
        ).replace("%", " %")
    return None


def variety(shares: NDArray[np.float64]) -> float:
    """exp(entropy) − 1: 0 for one class, K − 1 for K equal ones."""
    positive = shares[shares > 0]
    return float(np.exp(-(positive * np.log(positive)).sum()) - 1.0)


def share_distance(predicted: Sequence[float], shares: Sequence[float]) -> float:
    """Total variation of two laws on the classes, in [0, 1]."""
    return float(np.abs(np.asarray(predicted) - np.asarray(shares)).sum() / 2)
