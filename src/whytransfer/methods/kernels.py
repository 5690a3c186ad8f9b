"""Gaussian kernels and their bandwidths."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whytransfer.methods.checks import positive
from whytransfer.methods.domains import Floats
from whytransfer.methods.landmarks import BLOCK, squared_distances

MEDIAN_ROWS = 500
"""The median distance is taken over at most so many rows: evenly spaced ones of those given."""


def gaussian(a: Floats, b: Floats, bandwidth: float) -> Floats:
    """exp(−‖a_i − b_j‖² / 2s²), shape (k, l)."""
    return np.asarray(np.exp(squared_distances(a, b) / (-2.0 * bandwidth**2)))


def median_distance(rows: Floats) -> float:
    """The median distance between different rows, 1 where that is 0."""
    some = rows[np.unique(np.linspace(0, len(rows) - 1, min(len(rows), MEDIAN_ROWS)).astype(int))]
    if len(some) < 2:
        return 1.0
    pairs = squared_distances(some, some)[np.triu_indices(len(some), 1)]
    return float(np.sqrt(np.median(pairs))) or 1.0


def bandwidth_for(rows: Floats, given: float | None) -> float:
    """The given bandwidth, > 0; the median distance between `rows` (n, p) where there is none.

    Raises
    ------
    InputError
        For a bandwidth that is not a positive number.
    """
    return median_distance(rows) if given is None else positive("bandwidth", given)


@dataclass(frozen=True, kw_only=True, eq=False)
class KernelMap:
    """x ↦ (k(x, c_1), …, k(x, c_L)) A: the coordinates that a kernel method gives to new rows.

    Parameters
    ----------
    centres : (L, p) array
        Landmarks.
    bandwidth : float
        s of the Gaussian kernel.
    coefficients : (L, q) array
        A.
    """

    centres: Floats
    bandwidth: float
    coefficients: Floats

    def apply(self, rows: Floats) -> Floats:
        """(m, p) to (m, q), in blocks of bounded memory."""
        step = max(1, BLOCK // len(self.centres))
        parts = [
            gaussian(rows[i : i + step], self.centres, self.bandwidth) @ self.coefficients
            for i in range(0, len(rows), step)
        ]
        return np.concatenate(parts) if parts else np.empty((0, self.coefficients.shape[1]))
