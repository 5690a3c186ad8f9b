"""Optimal transport between two samples of equal weights: a feasible coupling above, a feasible dual below."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from whytransfer.divergences.request import SUBSET, Request
from whytransfer.overlap import TwoSamples
from whytransfer.overlap.two_samples import Floats

EXACT_PAIRS = 2**22
"""Network simplex up to so many pairs of rows (2048 × 2048), ..."""

EXACT_ROWS = 4096
"""... and so many rows of the larger domain: a few rows against very many are slow."""

MOST_PAIRS = 2**24
"""A cost matrix has no more pairs than this (128 MiB); larger samples are drawn from."""

SINKHORN_ROUNDS = 200
SINKHORN_EPSILON = 0.02
"""Entropic regularisation in medians of the cost."""

LARGEST_EXPONENT = 300.0
"""ε is enlarged until no cost exceeds so many of it: exp(−cost/ε) and its inverse must stay in range."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Transport:
    """What the cheapest transport between n source and m target rows costs, from both sides.

    Parameters
    ----------
    lower : float
        Value of the dual at (u, v), feasible by a c-transform: u_i + v_j ≤ C_ij.
    upper : float
        Cost of a coupling with uniform marginals.
    v : (m,) array
        The dual potential of the target rows.
    method : str
        What found them.
    """

    lower: float
    upper: float
    v: Floats
    method: str

    @classmethod
    def of(cls, cost: Floats) -> Transport:
        """Both values for a cost matrix (n, m) ≥ 0: network simplex up to a size, else Sinkhorn."""
        exact = cost.size <= EXACT_PAIRS and max(cost.shape) <= EXACT_ROWS
        upper, v = _simplex(cost) if exact else _entropic(cost)
        # Two c-transforms make any v feasible and never worsen it.
        u = (cost - v).min(axis=1)
        v = (cost - u[:, np.newaxis]).min(axis=0)
        lower = float(u.mean() + v.mean())
        method = (
            "network simplex"
            if exact
            else f"Sinkhorn at {SINKHORN_EPSILON} median costs, c-transform and rounding"
        )
        # Weak duality holds for real numbers; what rounding leaves between the two is no gap.
        return cls(lower=min(max(lower, 0.0), upper), upper=upper, v=v, method=method)


def fewer(
    samples: TwoSamples, request: Request, pairs: int = MOST_PAIRS, *, within: bool = False
) -> TwoSamples:
    """The samples, or random rows of both, so that a cost matrix has no more pairs than `pairs`.

    The smaller domain keeps all of its rows where the larger one can give way. With `within`, the pairs of each domain
    count, too: neither keeps more rows than the root of `pairs`.
    """
    largest = int(pairs**0.5)
    n = min(samples.n, largest if within else max(largest, pairs // samples.m))
    m = min(samples.m, largest if within else pairs // n)
    if (n, m) == (samples.n, samples.m):
        return samples
    rng = request.rng(SUBSET)
    source, target = (
        np.sort(rng.permutation(size)[:k]).astype(np.int64) for size, k in ((samples.n, n), (samples.m, m))
    )
    return samples.take(source, target)


def _simplex(cost: Floats) -> tuple[float, Floats]:
    """The cost of an optimal coupling, and the target potentials, by POT's network simplex."""
    import ot

    n, m = cost.shape
    with warnings.catch_warnings():
        # A simplex that stops early leaves a feasible coupling; the dual value beside it shows the gap.
        warnings.simplefilter("ignore")
        plan, log = ot.emd(np.full(n, 1 / n), np.full(m, 1 / m), cost, numItermax=10_000_000, log=True)
    return float(np.vdot(plan, cost)), np.asarray(log["v"], dtype=np.float64)


def _entropic(cost: Floats) -> tuple[float, Floats]:
    """The cost of a rounded entropic coupling, and entropic potentials: O(nm) a round."""
    n, m = cost.shape
    epsilon = max(SINKHORN_EPSILON * float(np.median(cost)), float(cost.max()) / LARGEST_EXPONENT)
    if epsilon == 0.0:
        return 0.0, np.zeros(m)
    kernel = np.exp(cost / -epsilon)
    b = np.ones(m)
    for _ in range(SINKHORN_ROUNDS):
        a = 1 / (n * (kernel @ b))
        b = 1 / (m * (a @ kernel))
    kernel *= a[:, np.newaxis]
    kernel *= b
    return float(np.vdot(rounded(kernel), cost)), epsilon * np.log(b)


def rounded(plan: Floats) -> Floats:
    """The nearest-by coupling with uniform marginals of a positive matrix, in place (Altschuler et al. 2017, algorithm 2)."""
    n, m = plan.shape
    plan *= np.minimum(1.0, 1 / (n * plan.sum(axis=1)))[:, np.newaxis]
    plan *= np.minimum(1.0, 1 / (m * plan.sum(axis=0)))
    rows, columns = 1 / n - plan.sum(axis=1), 1 / m - plan.sum(axis=0)
    rows, columns = np.maximum(rows, 0.0), np.maximum(columns, 0.0)
    missing = rows.sum()
    if missing > 0:
        plan += np.outer(rows / missing, columns)
    return plan
