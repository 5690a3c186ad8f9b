"""Columns cut into bins of equal weight, once for all of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

Floats = NDArray[np.float64]


class WeightedBins(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Each column as the number of its bin, 0 … bins − 1.

    Boosted trees of scikit-learn cut columns of weighted rows in the same way, but sort the column anew for every
    edge, which takes longer than the trees themselves. On numbers of bins they have nothing left to cut, and
    grow the same trees.

    Parameters
    ----------
    weights : ndarray of float64, shape (n,)
        Positive weights of the rows that it is fitted on.
    bins : int
        How many at most; a column of fewer values has a bin for each.
    """

    def __init__(self, weights: Any, bins: int) -> None:
        self.weights = weights
        self.bins = bins

    def fit(self, rows: Floats, labels: Any = None) -> WeightedBins:
        """Find the edges of every column of `rows`, (n, p), finite numbers."""
        self.edges_ = [edges(column, self.weights, self.bins) for column in np.asarray(rows).T]
        return self

    def transform(self, rows: Floats) -> Floats:
        """Bin numbers, (r, p): those of x are k where edge k − 1 < x ≤ edge k."""
        columns = zip(self.edges_, np.asarray(rows).T, strict=True)
        return np.column_stack(
            [np.searchsorted(found, column).astype(np.float64) for found, column in columns]
        )


def edges(column: Floats, weights: Floats, bins: int) -> Floats:
    """At most `bins` − 1 rising edges, the weighted quantiles at 1/bins, 2/bins, …; between values where they are few.

    A quantile is the least value with at least that share of the weight at and below it; where the share is reached
    exactly, the mean of it and of the next (Hyndman and Fan 1996, definition 2).

    Examples
    --------
    >>> edges(np.array([3.0, 1.0, 2.0, 4.0]), np.ones(4), 2)
    array([2.5])
    """
    order = np.argsort(column)
    x = column[order]
    values = np.unique(x)
    if len(values) <= bins:
        return np.asarray((values[1:] + values[:-1]) / 2)
    reached = np.cumsum(weights[order])
    wanted = np.arange(1, bins) / bins * reached[-1]
    at = np.minimum(np.searchsorted(reached, wanted), len(x) - 1)
    exactly = reached[at] - wanted <= np.finfo(np.float64).eps
    following = x[np.minimum(at + 1, len(x) - 1)]
    return np.unique(np.where(exactly, (x[at] + following) / 2, x[at]))
