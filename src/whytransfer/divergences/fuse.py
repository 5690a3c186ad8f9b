"""MMD-FUSE: one permutation test over many kernels at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from whytransfer.divergences.permutation import Labels, Relabelled, relabellings
from whytransfer.divergences.request import FUSE_ROWS, PERMUTE, Request
from whytransfer.overlap import TwoSamples
from whytransfer.overlap.rows import Floats
from whytransfer.threads import in_threads, workers

MOST_ROWS = 1000
"""Rows of each domain that the test looks at unless told otherwise, drawn without replacement where there are more."""

MANY_LABELLINGS = 500
"""From so many relabellings on, sums are looked up by bytes of labels instead of multiplied."""

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
        statistics = _statistics(samples, Labellings.of(np.concatenate([original, labels])))
        observed = float(statistics[0])
        values.append(statistics[1:])
    return Relabelled(observed=observed, values=np.concatenate(values))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Labellings:
    """Which rows count to the target, in every relabelling.

    Parameters
    ----------
    targets : (N, B) array of 0.0 and 1.0
    patterns : (G, B) array of uint8 or None
        The same as bits, rows in eights; None for few relabellings.
    """

    targets: Floats
    patterns: NDArray[np.uint8] | None

    @classmethod
    def of(cls, labels: Labels) -> Labellings:
        """Of labels (B, N)."""
        patterns = None
        if len(labels) >= MANY_LABELLINGS:
            padded = np.pad(labels, ((0, 0), (0, -labels.shape[1] % 16)))
            patterns = np.ascontiguousarray(np.packbits(padded, axis=1).T)
        return cls(targets=labels.T.astype(np.float64), patterns=patterns)

    def add_within(self, start: int, strip: Floats, sums: Floats) -> None:
        """Add to `sums` (B,) what a strip of a matrix, its first row `start`, has between rows that count to the target."""
        if self.patterns is None:
            stop = start + len(strip)
            sums += np.einsum("ib,ib->b", self.targets[start:stop], strip @ self.targets[: strip.shape[1]])
            return
        from whytransfer.divergences._labelled_sums import add_sums

        # Each thread its own part of the relabellings: nobody adds to another's sums.
        edges = np.linspace(0, len(sums), workers() + 1).astype(int)
        parts = [slice(a, b) for a, b in pairwise(edges.tolist())]
        patterns = self.patterns
        in_threads(
            lambda part: add_sums(strip, start, np.ascontiguousarray(patterns[:, part]), sums[part]), parts
        )


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


def _statistics(samples: TwoSamples, labellings: Labellings) -> Floats:
    """The FUSE statistic of every labelling."""
    n, m = samples.n, samples.m
    least = min(n, m)
    scale = np.sqrt(least * (least - 1.0))
    powers = np.array([_normalised(kernel, labellings, n, m) for kernel in kernels(samples.pooled)]) * scale
    highest = powers.max(axis=0)
    return np.asarray((highest + np.log(np.exp(powers - highest).mean(axis=0))) / scale)


def _normalised(kernel: Kernel, labellings: Labellings, n: int, m: int) -> Floats:
    """MMD²_U/√N_k of every labelling: (B,)."""
    # Off the diagonal: every pair stands once in the strips and counts twice.
    sums, within_target, squares = np.zeros(n + m), np.zeros(labellings.targets.shape[1]), 0.0
    for start, strip in kernel.strips():
        stop = start + len(strip)
        sums[start:stop] += strip.sum(axis=1)
        sums[:stop] += strip.sum(axis=0)
        labellings.add_within(start, strip, within_target)
        squares += 2.0 * float(np.dot(strip.ravel(), strip.ravel()))
    within_target *= 2.0
    from_target = sums @ labellings.targets
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
