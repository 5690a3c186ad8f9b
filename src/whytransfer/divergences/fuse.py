"""MMD-FUSE: one permutation test over many kernels at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from whytransfer.divergences.permutation import Labels, Relabelled, relabellings
from whytransfer.divergences.request import FUSE_ROWS, PERMUTE, Request
from whytransfer.overlap import TwoSamples
from whytransfer.overlap.two_samples import Floats
from whytransfer.threads import in_threads, workers

Entries = NDArray[Any]

MOST_ROWS = 1000
"""Rows of each domain that the test looks at unless told otherwise, drawn without replacement where there are more."""

MANY_LABELLINGS = 500
"""From so many relabellings on, sums are looked up by bytes of labels instead of multiplied, in single precision."""

SINGLE = 1e-5
"""Rounding of a statistic in single precision, of the largest one: five times what was seen on columns of two values, where equal arrangements are
common. Where they are not, .03 of 2,000 relabellings lie so near on average, and count as equal."""

STRIP = 512
"""Rows of a kernel matrix that are made together."""

BANDWIDTHS = 10
"""Bandwidths of each of the two kernels."""

CELL_BYTES, LOOKED_UP_BYTES = 2 * 8, 4
"""What one row of one relabelling needs: its indicator and its row of the product; looked up, sums need no row, and twice the memory saves
making all kernels again."""


def fuse_relabelled(samples: TwoSamples, request: Request, most_rows: int = MOST_ROWS) -> Relabelled:
    """The FUSE statistic as observed and under relabelling; needs two rows of each domain.

    FUSE = (1/λ) ln mean over kernels k of exp(λ MMD²_U(k)/√N_k), λ = √(r(r − 1)), r = min(n, m), MMD²_U the unbiased statistic
    and N_k = mean over pairs i ≠ j of the pooled rows of k(z_i, z_j)² (Biggs, Schrab and Gretton 2023, section 4; uniform
    weights). The kernels are Gaussian, exp(−‖x−y‖₂²/2s²), and Laplace, exp(−‖x−y‖₁/s), with 10 bandwidths s each, geometric
    from half the 5 % to twice the 95 % quantile of the positive distances between pooled rows. Bandwidths and N_k
    do not depend on which row is whose, so that all relabellings are equally likely: exact level, one p-value, no split.

    At most `most_rows` rows of each domain. A kernel is made and used a strip of rows at a time and left of the diagonal only, as it is
    symmetric: half the exponentials, half the products, one matrix of distances in memory, of `MANY_LABELLINGS` or more half of a kernel as well.

    U-statistics don't change where a number of i and a number of j is taken from k(z_i, z_j). With the shares of rows taken out, single
    precision is as exact as the p-value needs: see `Kernel.centred`.
    """
    samples = _fewer(samples, request, most_rows)
    n, m, rng = samples.n, samples.m, request.rng(PERMUTE)
    many = request.permutations >= MANY_LABELLINGS
    size = LOOKED_UP_BYTES if many else CELL_BYTES
    original = np.repeat(np.array([[0, 1]], dtype=np.int8), [n, m], axis=1)
    observed, values = 0.0, []
    for labels in relabellings(n, m, request.permutations, rng, size, units=samples.units):
        statistics = _statistics(samples, Labellings.of(np.concatenate([original, labels]), many=many))
        observed = float(statistics[0])
        values.append(statistics[1:])
    found = Relabelled(observed=observed, values=np.concatenate(values))
    return replace(found, rounding=SINGLE) if many else found


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
    def of(cls, labels: Labels, *, many: bool) -> Labellings:
        """Of labels (B, N)."""
        patterns = None
        if many:
            padded = np.pad(labels, ((0, 0), (0, -labels.shape[1] % 16)))
            patterns = np.ascontiguousarray(np.packbits(padded, axis=1).T)
        return cls(targets=labels.T.astype(np.float64), patterns=patterns)

    def add_within(self, start: int, strip: Entries, sums: Floats) -> None:
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
    distances : (N, N) array of float64 or float32
        In the kernel's norm.
    scale : float
        s.
    squared : bool
        exp(−d²/2s²) rather than exp(−d/s).
    """

    distances: Entries
    scale: float
    squared: bool

    def strips(self) -> Iterator[tuple[int, Entries]]:
        """Its entries left of the diagonal: the first row of a strip, and (rows, columns up to them) with zeros elsewhere."""
        for start in range(0, len(self.distances), STRIP):
            strip = self._strip(start)
            strip[:, start:][np.triu_indices(len(strip))] = 0.0
            yield start, strip

    def centred(self) -> tuple[list[tuple[int, Entries]], float]:
        """The same with the shares of rows taken out, and the sum of squares of what stood there; of distances in single precision.

        A share is the mean of a row less half the mean of all, so that sums over random subsets are of the size of their
        differences: what single precision loses of them is a millionth, where uncentred it would be a thousandth.
        """
        from whytransfer.divergences._labelled_sums import add_triangle, centre

        size = len(self.distances)
        starts = list(range(0, size, STRIP))
        strips = list(zip(starts, in_threads(self._strip, starts), strict=True))
        sums, squares = np.zeros(size), 0.0
        for start, strip in strips:
            squares += add_triangle(strip, start, sums)
        shares = ((sums - sums.mean() / 2) / (size - 1)).astype(np.float32)
        in_threads(lambda part: centre(part[1], part[0], shares), strips)
        return strips, squares

    def _strip(self, start: int) -> Entries:
        """Entries of some rows, up to the square that the diagonal crosses, which is whole."""
        stop = min(start + STRIP, len(self.distances))
        strip: Entries = self.distances[start:stop, :stop] * self.distances.dtype.type(1.0 / self.scale)
        if self.squared:
            strip *= strip
            strip *= 0.5
        np.negative(strip, out=strip)
        np.exp(strip, out=strip)
        return strip


def kernels(rows: Floats, kind: type[np.float32 | np.float64] = np.float64) -> Iterator[Kernel]:
    """The kernels of pooled rows (N, p): Gaussian, then Laplace, from small bandwidths to large ones; distances of this precision."""
    from scipy.spatial.distance import pdist, squareform

    metrics: tuple[Literal["euclidean", "cityblock"], ...] = ("euclidean", "cityblock")
    for metric in metrics:
        pairs: Floats = pdist(rows, metric)
        scales, distances = bandwidths(pairs), squareform(pairs.astype(kind, copy=False))
        for scale in scales:
            yield Kernel(distances=distances, scale=float(scale), squared=metric == "euclidean")


def bandwidths(pairs: Floats) -> Floats:
    """Geometric from half the 5 % to twice the 95 % quantile of the positive distances of `pairs`; 1 where all are 0.

    Equal rows say nothing about scale: with them, the 5 % quantile of a column of few values would be 0.
    """
    pairs = pairs[pairs > 0]
    if not len(pairs):
        return np.ones(1)
    # What was picked out is a copy already, which may be put in another order.
    low, high = np.quantile(pairs, [0.05, 0.95], overwrite_input=True)
    return np.geomspace(low / 2, 2 * high, BANDWIDTHS)


def _statistics(samples: TwoSamples, labellings: Labellings) -> Floats:
    """The FUSE statistic of every labelling."""
    n, m = samples.n, samples.m
    least = min(n, m)
    scale = np.sqrt(least * (least - 1.0))
    made = kernels(samples.pooled, np.float64 if labellings.patterns is None else np.float32)
    powers = np.array([_normalised(kernel, labellings, n, m) for kernel in made]) * scale
    highest = powers.max(axis=0)
    return np.asarray((highest + np.log(np.exp(powers - highest).mean(axis=0))) / scale)


def _normalised(kernel: Kernel, labellings: Labellings, n: int, m: int) -> Floats:
    """MMD²_U/√N_k of every labelling: (B,)."""
    # Off the diagonal: every pair stands once in the strips and counts twice.
    sums, within_target, squares = np.zeros(n + m), np.zeros(labellings.targets.shape[1]), 0.0
    if labellings.patterns is None:
        for start, strip in kernel.strips():
            stop = start + len(strip)
            sums[start:stop] += strip.sum(axis=1)
            sums[:stop] += strip.sum(axis=0)
            labellings.add_within(start, strip, within_target)
            squares += float(np.dot(strip.ravel(), strip.ravel()))
    else:
        from whytransfer.divergences._labelled_sums import add_triangle

        strips, squares = kernel.centred()
        for start, strip in strips:
            add_triangle(strip, start, sums)
            labellings.add_within(start, strip, within_target)
    within_target *= 2.0
    from_target = sums @ labellings.targets
    within_source = sums.sum() - 2 * from_target + within_target
    unbiased = (
        within_source / (n * (n - 1))
        + within_target / (m * (m - 1))
        - 2 * (from_target - within_target) / (n * m)
    )
    square = 2.0 * squares / ((n + m) * (n + m - 1))
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
