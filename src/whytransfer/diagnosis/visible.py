"""Is any shift of the inputs visible? A permutation test of scores learned on other rows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from whytransfer.diagnosis.scores import Half, Samples

PERMUTATIONS = 1999
"""p-values are multiples of 1/2000, so that the levels of .01 and .002 lie on one."""

MOST_COLUMNS = 100
"""Columns up to which the means of all of them are compared at once."""


def visible_p_value(samples: Samples, parts: tuple[Half, Half]) -> float:
    """p-value of "both domains draw their rows from one law", in (0, 1].

    Three tests: of each half by scores learned on the other, and of all rows by the means of their (squashed) columns
    in Mahalanobis distance. Under the hypothesis all relabellings are equally likely in each of them, so that each p-value is
    exact, (1 + b)/(1 + B); three times the smallest answers for all (Bonferroni).
    """
    streams = np.random.SeedSequence(samples.seed, spawn_key=(18,)).spawn(3)
    pairs = [(half.source, half.target) for half in parts]
    if samples.source.shape[1] <= MOST_COLUMNS:
        pairs.append((np.tanh(samples.source / 2), np.tanh(samples.target / 2)))
    found = [_relabelled(*pair, np.random.default_rng(s)) for pair, s in zip(pairs, streams, strict=False)]
    return min(1.0, len(streams) * min(found))


def _relabelled(source: np.ndarray, target: np.ndarray, rng: np.random.Generator) -> float:
    n, m = len(source), len(target)
    if min(n, m) < 2:
        return 1.0
    rows = np.concatenate([source, target])
    rows = rows - rows.mean(axis=0)
    # The spread of all rows does not depend on which row is whose.
    whitened = rows @ _root_of_inverse(rows.T @ rows / len(rows))
    observed = _distance(whitened[n:].sum(axis=0)[None, :], n, m)[0]
    values = np.concatenate([_distance(labels @ whitened, n, m) for labels in _relabellings(n, m, rng)])
    # Rounding must not let a relabelling that equals the observed one count as smaller.
    return float(1 + (values >= observed * (1 - 1e-9)).sum()) / (1 + PERMUTATIONS)


def _relabellings(n: int, m: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Indicators of m of n + m rows, drawn at random, in blocks of (200, n + m)."""
    left = PERMUTATIONS
    while left > 0:
        size = min(left, 200)
        ranks = rng.random((size, n + m))
        yield (ranks <= np.partition(ranks, m - 1, axis=1)[:, m - 1 : m]).astype(np.float64)
        left -= size


def _distance(target_sums: np.ndarray, n: int, m: int) -> np.ndarray:
    """Squared distance of the two means, of centred rows: (B,)."""
    return np.asarray(((target_sums * (1 / m + 1 / n)) ** 2).sum(axis=1))


def _root_of_inverse(C: np.ndarray) -> np.ndarray:
    values, vectors = np.linalg.eigh(C)
    kept = values > 1e-9 * max(float(values.max(initial=0.0)), 1e-12)
    return np.asarray(vectors[:, kept] / np.sqrt(values[kept]))
