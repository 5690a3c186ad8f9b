"""Sums over pairs of rows, in blocks of bounded memory, for one kernel or distance matrix and many relabellings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from whytransfer.divergences.permutation import BLOCK_BYTES, Relabelled, relabellings
from whytransfer.divergences.request import PERMUTE, Request
from whytransfer.overlap import TwoSamples
from whytransfer.overlap.two_samples import Floats

Pairwise = Callable[[Floats, Floats], Floats]
"""Rows (a, p) and (b, p) to their (a, b) matrix of kernel values or distances."""


TILE = 1024
"""Rows of a tile of pairs: 8 MiB a matrix, which the processor's cache holds between one operation on it and the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairSums:
    """Σ of a symmetric function over the pairs within and between two samples, equal pairs included.

    Parameters
    ----------
    within_source, within_target, between : float
        Sums over n², m² and nm pairs.
    n, m : int
        Rows.
    """

    within_source: float
    within_target: float
    between: float
    n: int
    m: int

    @classmethod
    def of(cls, samples: TwoSamples, pairwise: Pairwise) -> PairSums:
        """Three passes over tiles of rows; within a sample every pair of different tiles is computed once."""
        s, t = samples.source, samples.target
        return cls(
            within_source=_sum_within(s, pairwise),
            within_target=_sum_within(t, pairwise),
            between=_sum_between(s, t, pairwise),
            n=samples.n,
            m=samples.m,
        )

    @property
    def contrast(self) -> float:
        """Mean within the source + mean within the target − 2 · mean between (V-statistic)."""
        return (
            self.within_source / self.n**2
            + self.within_target / self.m**2
            - 2 * self.between / (self.n * self.m)
        )


def row_sums(a: Floats, b: Floats, pairwise: Pairwise) -> Floats:
    """By row of `a` (k, p), the sum over the rows of `b` (l, p): (k,)."""
    step = _rows_a_block(len(b))
    return np.concatenate([pairwise(a[i : i + step], b).sum(axis=1) for i in range(0, len(a), step)])


def _sum_within(rows: Floats, pairwise: Pairwise) -> float:
    """The sum over all pairs of `rows`, each with itself included."""
    parts = [rows[i : i + TILE] for i in range(0, len(rows), TILE)]
    total = 0.0
    for i, part in enumerate(parts):
        total += float(pairwise(part, part).sum())
        total += 2.0 * sum(float(pairwise(part, other).sum()) for other in parts[i + 1 :])
    return total


def _sum_between(a: Floats, b: Floats, pairwise: Pairwise) -> float:
    """The sum over the pairs of a row of `a` and a row of `b`."""
    return sum(
        float(pairwise(a[i : i + TILE], b[j : j + TILE]).sum())
        for i in range(0, len(a), TILE)
        for j in range(0, len(b), TILE)
    )


def relabelled_contrasts(
    samples: TwoSamples, pairwise: Pairwise, request: Request, sign: float
) -> Relabelled:
    """`sign` times the contrast as observed and under relabellings, all from one pass over the pairwise matrix K.

    With z the 0/1 indicator of the target, the sum within the target is z'Kz and the sum between is z'K1 − z'Kz: a block
    of rows of K meets all indicators as columns of one matrix product. Where the indicators would take more
    than a block, they come in turns, each with its own pass.
    """
    rows, n, m, rng = samples.pooled, samples.n, samples.m, request.rng(PERMUTE)
    original = np.repeat(np.array([[0, 1]], dtype=np.int8), [n, m], axis=1)
    observed, values = 0.0, []
    for labels in relabellings(n, m, request.permutations, rng, bytes_a_cell=2 * 8, units=samples.units):
        targets = np.concatenate([original, labels]).T.astype(np.float64)
        contrasts = sign * _contrasts(rows, pairwise, targets, n, m)
        observed = float(contrasts[0])
        values.append(contrasts[1:])
    return Relabelled(observed=observed, values=np.concatenate(values))


def _contrasts(rows: Floats, pairwise: Pairwise, targets: Floats, n: int, m: int) -> Floats:
    """The contrast of every column of `targets` (N, B)."""
    step = _rows_a_block(len(rows))
    sums = np.empty(len(rows))
    within_target = np.zeros(targets.shape[1])
    for i in range(0, len(rows), step):
        block = pairwise(rows[i : i + step], rows)
        sums[i : i + step] = block.sum(axis=1)
        within_target += np.einsum("ib,ib->b", targets[i : i + step], block @ targets)
    from_target = sums @ targets
    within_source = sums.sum() - 2 * from_target + within_target
    contrasts: Floats = (
        within_source / n**2 + within_target / m**2 - 2 * (from_target - within_target) / (n * m)
    )
    return contrasts


def _rows_a_block(columns: int) -> int:
    # Two matrices of this size live at once: the squared distances and what is made of them.
    return max(1, BLOCK_BYTES // (2 * 8 * columns))
