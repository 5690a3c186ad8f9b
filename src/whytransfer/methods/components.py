"""What TCA, JDA and TJM share: components of a kernel over landmarks of both domains, by a generalised eigenproblem."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whytransfer.methods.checks import whole
from whytransfer.methods.domains import Domains, Floats, Integers
from whytransfer.methods.kernels import KernelMap, bandwidth_for, gaussian
from whytransfer.methods.landmarks import Landmarks

MOST_COMPONENTS = 20
"""As many components as columns, at most so many: an embedding is meant to be low-dimensional."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pool:
    """Landmarks of both domains with their kernel matrix.

    Parameters
    ----------
    rows : (N, p) array
        The source's landmarks, then the target's.
    n : int
        How many of the source.
    codes : (n,) array of int64
        Their classes.
    bandwidth : float
        s of the Gaussian kernel.
    kernel : (N, N) array
        K.
    """

    rows: Floats
    n: int
    codes: Integers
    bandwidth: float
    kernel: Floats

    @classmethod
    def draw(cls, domains: Domains, landmarks: int, bandwidth: float | None, notes: list[str]) -> Pool:
        """At most `landmarks` rows of each domain; the median distance where no bandwidth is given."""
        drawn = Landmarks.draw(domains, landmarks, notes)
        rows = np.concatenate([domains.source[drawn.source], domains.target[drawn.target]])
        s = bandwidth_for(rows, bandwidth)
        return cls(
            rows=rows,
            n=len(drawn.source),
            codes=domains.codes[drawn.source],
            bandwidth=s,
            kernel=gaussian(rows, rows, s),
        )

    @property
    def m(self) -> int:
        """How many landmarks of the target."""
        return len(self.rows) - self.n

    @property
    def marginal(self) -> Floats:
        """E with e'f = mean of f over the source − over the target, so that e'K'Ke is the squared MMD of coordinates."""
        return np.concatenate([np.full(self.n, 1.0 / self.n), np.full(self.m, -1.0 / self.m)])

    def conditional(self, target_codes: Integers, code: int) -> Floats:
        """The same within one class, of the source's labels and the target's predicted ones; 0 where one has no row."""
        e = np.zeros(len(self.rows))
        here, there = self.codes == code, target_codes == code
        if here.any() and there.any():
            e[: self.n][here] = 1.0 / here.sum()
            e[self.n :][there] = -1.0 / there.sum()
        return e

    def components(self, gaps: list[Floats], penalty: Floats, count: int | None) -> Floats:
        """A (N, q) of largest A'KHKA per A'(K Σee' K + diag(penalty))A, scaled to A'KHKA = I.

        Parameters
        ----------
        gaps : list of (N,) arrays
            The vectors e.
        penalty : (N,) array
            Positive.
        count : int or None
            q; None for as many as columns, at most 20.
        """
        from scipy.linalg import eigh

        K = self.kernel
        N = len(K)
        most = min(N - 1, MOST_COMPONENTS if count is None else whole("components", count))
        q = max(1, min(most, self.rows.shape[1]) if count is None else most)
        centred = K - K.mean(axis=0)
        apart = np.stack([K @ e for e in gaps])
        within = apart.T @ apart
        within[np.diag_indices(N)] += penalty
        values, vectors = eigh(centred.T @ centred, within, subset_by_index=[N - q, N - 1])
        kept = values > 1e-12 * max(values[-1], 1e-300)
        values, vectors = values[kept][::-1], vectors[:, kept][:, ::-1]
        # An eigenvector's sign is arbitrary: the largest entry is made positive.
        signs = np.sign(vectors[np.abs(vectors).argmax(axis=0), np.arange(len(values))])
        return np.asarray(vectors * signs / np.sqrt(values))

    def map(self, coefficients: Floats) -> KernelMap:
        """The coordinates of any row."""
        return KernelMap(centres=self.rows, bandwidth=self.bandwidth, coefficients=coefficients)
