"""The alternatives of `benchmarks.speed`: other libraries' calls, and what they do where they are not installed."""

from __future__ import annotations

import numpy as np


def scipy_w1(s: np.ndarray, t: np.ndarray) -> float:
    """SciPy."""
    from scipy.stats import wasserstein_distance

    return float(wasserstein_distance(s, t))


def pot_w1(s: np.ndarray, t: np.ndarray) -> float:
    """POT."""
    import ot

    return float(np.squeeze(ot.wasserstein_1d(s, t)))


def stump_pairs_of_one(s: np.ndarray, t: np.ndarray) -> float:
    """The xor of two columns at all pairs of cuts: the brute force, on one of 190 pairs and a twentieth of the rows."""
    rows, weight = np.concatenate([s, t]), np.repeat([1 / len(s), -1 / len(t)], [len(s), len(t)])
    below = [(rows[:, [j]] <= rows[:, j]).astype(float) for j in (0, 1)]
    single = [weight @ b for b in below]
    both = below[0].T @ (below[1] * weight[:, np.newaxis])
    return float(np.abs(single[0][:, np.newaxis] + single[1] - 2 * both).max())


def product_and_exp(s: np.ndarray, t: np.ndarray, bandwidth: float, block: int = 1000) -> float:
    """The floor of any exact quadratic MMD without symmetry: a matrix product and an exp of three blocks of pairs, summed."""
    total = 0.0
    for a, b in ((s, s), (t, t), (s, t)):
        for i in range(0, len(a), block):
            matrix = a[i : i + block] @ b.T
            matrix *= -1 / (2 * bandwidth**2)
            total += float(np.exp(matrix, out=matrix).sum())
    return total


def mmd_fuse(X: np.ndarray, Y: np.ndarray, permutations: int, bandwidths: int = 10) -> float:
    """The p-value of MMD-FUSE as the authors' JAX program computes it (github.com/antoninschrab/mmdfuse, `mmdfuse`), in NumPy, float64.

    Three products of the kernel matrix with the permuted labels, kernel by kernel; nothing is taken from symmetry.
    """
    from scipy.spatial.distance import cdist

    m, n = len(X), len(Y)
    rng = np.random.default_rng(0)
    order = np.array([rng.permutation(m + n) for _ in range(permutations)] + [np.arange(m + n)])
    v11 = np.concatenate([np.ones(m), -np.ones(n)])[order].T
    v10 = np.concatenate([np.ones(m), np.zeros(n)])[order].T
    v01 = np.concatenate([np.zeros(m), -np.ones(n)])[order].T
    Z = np.concatenate([X, Y])
    statistics = []
    for metric in ("euclidean", "cityblock"):
        distances = cdist(Z, Z, metric)
        low, high = np.quantile(distances[np.triu_indices(m + n)], [0.05, 0.95])
        for scale in np.geomspace(low / 2, 2 * high, bandwidths):
            exponent = distances / scale
            K = np.exp(-(exponent**2) / 2 if metric == "euclidean" else -exponent)
            np.fill_diagonal(K, 0.0)
            std = np.sqrt((K**2).sum() / ((m + n) * (m + n - 1)))
            value = (
                (v10 * (K @ v10)).sum(axis=0) * (n - m + 1) / (m * n * (m - 1))
                + (v01 * (K @ v01)).sum(axis=0) * (m - n + 1) / (m * n * (n - 1))
                + (v11 * (K @ v11)).sum(axis=0) / (m * n)
            )
            statistics.append(value / std * np.sqrt(n * (n - 1)))
    powers = np.array(statistics)
    highest = powers.max(axis=0)
    fused = highest + np.log(np.exp(powers - highest).mean(axis=0))
    return float((fused >= fused[-1]).mean())
