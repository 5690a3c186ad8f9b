"""The area under the ROC curve and a lower limit that stays honest at the edge."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def auc_of(scores: NDArray[np.float64], is_target: NDArray[np.bool_]) -> float:
    """The share of (source, target) pairs whose target row scores higher; a tie counts one half.

    Parameters
    ----------
    scores : (N,) array
        Larger means more like the target.
    is_target : (N,) array of bool
        Both values must occur.

    Returns
    -------
    float
        In [0, 1].

    Examples
    --------
    >>> auc_of(np.array([0.1, 0.4, 0.4, 0.9]), np.array([False, False, True, True]))
    0.875
    """
    from scipy.stats import rankdata

    m = int(is_target.sum())
    n = len(scores) - m
    rank_sum = float(rankdata(scores)[is_target].sum())
    return (rank_sum - m * (m + 1) / 2) / (n * m)


def auc_lower_limit(auc: float, n: int, m: int, failure: float) -> float:
    """The one-sided Wilson-type lower limit of an AUC: the θ at which θ + z·sd(θ) reaches the observed value.

    The variance is Hanley and McNeil's with Newcombe's sample sizes (Newcombe 2006, part 2, method 5):
    θ(1−θ)[1 + k(1−θ)/(2−θ) + kθ/(1+θ)]/(nm) with k = (n+m)/2 − 1. It is taken **at the limit**, so that
    an AUC of 1 on few rows does not look certain. An approximation, not a proof.

    Parameters
    ----------
    auc : float
        The observed value, in [0, 1].
    n, m : int
        Rows of the two domains.
    failure : float
        One-sided failure probability, in (0, 1/2].

    Returns
    -------
    float
        In [0, auc].

    Examples
    --------
    >>> auc_lower_limit(1.0, 5, 5, 0.05) < 0.8 < auc_lower_limit(1.0, 100, 100, 0.05)
    True
    """
    from scipy.optimize import brentq
    from scipy.stats import norm

    z = float(norm.isf(failure))
    if auc <= 0.0 or z <= 0.0:
        return max(auc, 0.0)

    def excess(theta: float) -> float:
        return auc - theta - z * _standard_deviation(theta, n, m)

    # At θ = auc = 1 the excess is 0 as well: that root is stepped over by starting just below.
    highest = min(auc, 1.0 - 1e-12)
    return float(brentq(excess, 0.0, highest, xtol=1e-12)) if excess(highest) < 0.0 else highest


def _standard_deviation(theta: float, n: int, m: int) -> float:
    k = (n + m) / 2 - 1
    spread = 1 + k * (1 - theta) / (2 - theta) + k * theta / (1 + theta)
    return float(np.sqrt(theta * (1 - theta) * spread / (n * m)))
