"""MMD-FUSE: one permutation test over many kernels at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from whytransfer.divergences.permutation import Relabelled, relabellings
from whytransfer.divergences.request import FUSE_ROWS, PERMUTE, Request
from whytransfer.overlap import TwoSamples
from whytransfer.overlap.rows import Floats

MOST_ROWS = 1000
"""Rows of each domain that the test looks at unless told otherwise, drawn without replacement where there are more."""

STRIP = 512
"""Rows of a kernel matrix that are made together."""

BANDWIDTHS = 10
"""Bandwidths of each of the two kernels."""

CELL_BYTES = 2 * 8
"""What one row of one relabelling needs: its indicator and its row of the product."""


def fuse_relabelled(samples: TwoSamples, request: Request, most_rows: int = MOST_ROWS) -> Relabelled:
    """The FUSE statistic as observed and under relabelling; needs two rows of each domain.

    FUSE = (1/λ) ln mean over kernels k of exp(λ MMD²_U(k)/√N_k), λ = √(r(r − 1)), r = min(n, m), MMD²_U the unbiased statistic
    and N_k = mean over pairs i ≠ j of the pooled rows of k(z_i, z_j)² (Biggs, Schrab and Gretton 2023, section 4; uniform
    weights). The kernels are Gaussian, exp(−‖x−y‖₂²/2s²), and Laplace, exp(−‖x−y‖₁/s), with 10 bandwidths s each, geometric
    from half the 5 % to twice the 95 % quantile of the positive distances between pooled rows. Bandwidths and N_k
    do not depend on which row is whose, so that all relabellings are equally likely: exact level, one p-value, no split.

    At most `most_rows` rows of each domain. A kernel is made and used a strip of rows at a time and left of the diagonal only, as it is
    symmetric: half the exponentials, half the products, one matrix of distances in memory.
    """
    samples = _fewer(samples, request, most_rows)
    n, m, rng = samples.n, samples.m, request.rng(PERMUTE)
    original = np.repeat(np.array([[0, 1]], dtype=np.int8), [n, m], axis=1)
    observed, values = 0.0, []
    for labels in relabellings(n, m, request.permutations, rng, CELL_BYTES, units=samples.units):
        targets = np.concatenate([original, labels]).T.astype(np.float64)
        statistics = _statistics(samples, targets)
        observed = float(statistics[0])
        values.append(statistics[1:])
    return Relabelled(observed=observed, values=np.concatenate(values))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kernel:
    """One kernel matrix K of the pooled rows, made a strip at a time.

    Parameters
    ----------
    distances : (N, N) array
        In the kernel's norm.
    scale : float
        s.
    squared : bool
        exp(−d²/2s²) rather than exp(−d/s).
    """

    distances: Floats
    scale: float
    squared: bool

    def strips(self) -> Iterator[tuple[int, Floats]]:
        """Its entries left of the diagonal: the first row of a strip, and (rows, columns up to them) with zeros elsewhere."""
        for start in range(0, len(self.distances), STRIP):
            stop = min(start + STRIP, len(self.distances))
            strip = self.distances[start:stop, :stop] / self.scale
            if self.squared:
                strip *= strip
                strip *= 0.5
            np.negative(strip, out=strip)
            np.exp(strip, out=strip)
            square = strip[:, start:]
            square[np.triu_indices(stop - start)] = 0.0
            yield start, strip


def kernels(rows: Floats) -> Iterator[Kernel]:
    """The kernels of pooled rows (N, p): Gaussian, then Laplace, from small bandwidths to large ones."""
    from scipy.spatial.distance import pdist, squareform

    metrics: tuple[Literal["euclidean", "cityblock"], ...] = ("euclidean", "cityblock")
    for metric in metrics:
        pairs: Floats = pdist(rows, metric)
        scales, distances = bandwidths(pairs), squareform(pairs)
        for scale in scales:
            yield Kernel(distances=distances, scale=float(scale), squared=metric == "euclidean")


def bandwidths(pairs: Floats) -> Floats:
    """Geometric from half the 5 % to twice the 95 % quantile of the positive distances of `pairs`; 1 where all are 0.

    Equal rows say nothing about scale: with them, the 5 % quantile of a column of few values would be 0.
    """
    pairs = pairs[pairs > 0]
    if not len(pairs):
        return np.ones(1)
    low, high = np.quantile(pairs, [0.05, 0.95])
    return np.geomspace(low / 2, 2 * high, BANDWIDTHS)


def _statistics(samples: TwoSamples, targets: Floats) -> Floats:
    """The FUSE statistic of every column of `targets` (N, B), 1 where a row is counted to the target."""
    n, m = samples.n, samples.m
    least = min(n, m)
    scale = np.sqrt(least * (least - 1.0))
    powers = np.array([_normalised(kernel, targets, n, m) for kernel in kernels(samples.pooled)]) * scale
    highest = powers.max(axis=0)
    return np.asarray((highest + np.log(np.exp(powers - highest).mean(axis=0))) / scale)


def _normalised(kernel: Kernel, targets: Floats, n: int, m: int) -> Floats:
    """MMD²_U/√N_k of every column of `targets`: (B,)."""
    # Off the diagonal: every pair stands once in the strips and counts twice.
    sums, within_target, squares = np.zeros(n + m), np.zeros(targets.shape[1]), 0.0
    for start, strip in kernel.strips():
        stop = start + len(strip)
        sums[start:stop] += strip.sum(axis=1)
        sums[:stop] += strip.sum(axis=0)
        within_target += 2.0 * np.einsum("ib,ib->b", targets[start:stop], strip @ targets[:stop])
        squares += 2.0 * float(np.dot(strip.ravel(), strip.ravel()))
    from_target = sums @ targets
    within_source = sums.sum() - 2 * from_target + within_target
    unbiased = (
        within_source / (n * (n - 1))
        + within_target / (m * (m - 1))
        - 2 * (from_target - within_target) / (n * m)
    )
    square = squares / ((n + m) * (n + m - 1))
    return np.asarray(unbiased / np.sqrt(square)) if square > 0 else np.zeros_like(unbiased)


def _fewer(samples: TwoSamples, request: Request, most: int) -> TwoSamples:
    """At most `most` random rows of each domain."""
    if max(samples.n, samples.m) <= most:
        return samples
    rng = request.rng(FUSE_ROWS)
    source, target = (
        np.sort(rng.permutation(size)[:most]).astype(np.int64) for size in (samples.n, samples.m)
    )
    return samples.take(source, target)
