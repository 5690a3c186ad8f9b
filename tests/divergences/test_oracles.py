"""Every fast formula against a slow one that says the definition in loops."""

import importlib
from fractions import Fraction
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whytransfer.divergences import (
    MMD,
    Coral,
    Energy,
    HalfLine,
    Interval,
    SecondMoment,
    SlicedWasserstein,
    Stump,
    StumpPairs,
    Wasserstein1,
)
from whytransfer.divergences.permutation import relabellings
from whytransfer.divergences.request import PERMUTE, Request
from whytransfer.overlap import TwoSamples


def half_line(s, t):
    return max(abs(np.mean(s <= c) - np.mean(t <= c)) for c in [*s, *t])


def interval(s, t):
    ends = [-np.inf, *s, *t]
    return max(abs(np.mean((a < s) & (s <= b)) - np.mean((a < t) & (t <= b))) for a, b in product(ends, ends))


def wasserstein1(s, t):
    """Mass moved along the line, in exact fractions: each gap between neighbours is crossed by |F − G|."""
    points = sorted({Fraction(v) for v in [*s, *t]})
    cost = Fraction(0)
    for low, high in pairwise(points):
        F = Fraction(sum(bool(v <= low) for v in s), len(s))
        G = Fraction(sum(bool(v <= low) for v in t), len(t))
        cost += abs(F - G) * (high - low)
    return float(cost)


def largest_column(of):
    return lambda S, T: max(of(S[:, j], T[:, j]) for j in range(S.shape[1]))


def mean_over_pairs(A, B, of):
    return sum(of(a, b) for a in A for b in B) / (len(A) * len(B))


def energy(S, T):
    def distance(a, b):
        return sum((x - y) ** 2 for x, y in zip(a, b, strict=True)) ** 0.5

    return (
        2 * mean_over_pairs(S, T, distance)
        - mean_over_pairs(S, S, distance)
        - mean_over_pairs(T, T, distance)
    )


def mmd_squared(S, T, s=1.5):
    def k(a, b):
        return np.exp(-sum((x - y) ** 2 for x, y in zip(a, b, strict=True)) / (2 * s * s))

    return mean_over_pairs(S, S, k) + mean_over_pairs(T, T, k) - 2 * mean_over_pairs(S, T, k)


def stump_pairs(S, T, quadrants):
    """All sets {h ≠ h'} of two stumps, by their cuts; complements have the same difference in mass."""
    best = largest_column(interval)(S, T)
    p = S.shape[1]
    cuts = [[-np.inf, *S[:, j], *T[:, j]] for j in range(p)]
    for i, j in product(range(p), range(p)):
        if i < j:
            for a, b in product(cuts[i], cuts[j]):
                inside = [((X[:, i] <= a), (X[:, j] <= b)) for X in (S, T)]
                best = max(
                    best, abs(np.mean(inside[0][0] ^ inside[0][1]) - np.mean(inside[1][0] ^ inside[1][1]))
                )
                if quadrants:
                    for u, v in product((False, True), repeat=2):
                        s, t = (np.mean((x ^ u) & (y ^ v)) for x, y in inside)
                        best = max(best, abs(s - t))
    return best


def covariance(X):
    mean = [np.mean(X[:, j]) for j in range(X.shape[1])]
    return [
        [sum((row[i] - mean[i]) * (row[j] - mean[j]) for row in X) / (len(X) - 1) for j in range(len(mean))]
        for i in range(len(mean))
    ]


def coral(S, T):
    p = S.shape[1]
    C, D = covariance(S), covariance(T)
    return sum((C[i][j] - D[i][j]) ** 2 for i in range(p) for j in range(p)) / (4 * p * p)


def second_moment(S, T):
    """The largest singular value of the literal mean of outer products."""
    difference = sum(np.outer(x, x) for x in S) / len(S) - sum(np.outer(x, x) for x in T) / len(T)
    return np.linalg.svd(difference, compute_uv=False).max()


def sliced_wasserstein(S, T):
    vectors = SlicedWasserstein(directions=20)._vectors(S.shape[1], Request())
    return np.mean([wasserstein1(S @ v, T @ v) for v in vectors])


ORACLES = [
    (SecondMoment(), second_moment),
    (SlicedWasserstein(directions=20), sliced_wasserstein),
    (HalfLine(), largest_column(half_line)),
    (Stump(), largest_column(half_line)),
    (Interval(), largest_column(interval)),
    (Wasserstein1(), largest_column(wasserstein1)),
    (Energy(), energy),
    (MMD(bandwidth=1.5, test="single"), lambda S, T: max(mmd_squared(S, T), 0.0) ** 0.5),
    (StumpPairs(), lambda S, T: stump_pairs(S, T, quadrants=False)),
    (StumpPairs(n_labels=3), lambda S, T: stump_pairs(S, T, quadrants=True)),
    (Coral(), coral),
]
IDS = [repr(divergence) for divergence, _ in ORACLES]

sizes = st.integers(1, 9)


def samples(seed, n, m, p, *, tied):
    """Two samples; tied: a handful of integers, so that equal values stand within and between the domains."""
    rng = np.random.default_rng(seed)
    if tied:
        return rng.integers(0, 4, size=(n, p)).astype(float), rng.integers(0, 5, size=(m, p)).astype(float)
    return rng.normal(size=(n, p)), rng.normal(size=(m, p)) + 0.3


@pytest.mark.parametrize(("divergence", "oracle"), ORACLES, ids=IDS)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), n=sizes, m=sizes, p=st.integers(1, 3), tied=st.booleans())
def test_plug_in_value(divergence, oracle, seed, n, m, p, tied):
    if divergence.name == "coral":
        n, m = n + 1, m + 1  # a covariance needs two rows
    S, T = samples(seed, n, m, p, tied=tied)
    # The root multiplies what rounding leaves of 0.
    tolerance = 1e-7 if divergence.name == "mmd" and oracle(S, T) < 1e-6 else 1e-12
    assert divergence.between(S, T) == pytest.approx(oracle(S, T), rel=1e-12, abs=tolerance)


@pytest.mark.parametrize(("divergence", "oracle"), ORACLES, ids=IDS)
@pytest.mark.parametrize("p", [1, 2])
def test_relabelled_statistics(divergence, oracle, p):
    """One sort, one kernel matrix or one distance matrix gives what recomputing every relabelling gives."""
    S, T = samples(7, 6, 9, p, tied=True)
    request = Request(permutations=8)
    relabelled = divergence.relabel(TwoSamples.read(S, T), request)
    power = 2 if divergence.name == "mmd" else 1  # the test compares MMD²
    assert relabelled.observed == pytest.approx(oracle(S, T) ** power, abs=1e-12)
    pooled = np.concatenate([S, T])
    labels = np.concatenate(list(relabellings(6, 9, 8, request.rng(PERMUTE), 1)))
    expected = [oracle(pooled[row == 0], pooled[row == 1]) ** power for row in labels]
    np.testing.assert_allclose(relabelled.values, expected, rtol=1e-12, atol=1e-12)


def test_mmd_u_statistic_leaves_out_equal_pairs():
    S, T = samples(1, 5, 7, 2, tied=False)

    def k(a, b):
        return np.exp(-((a - b) ** 2).sum() / 2)

    within = [
        np.mean([k(X[i], X[j]) for i in range(len(X)) for j in range(len(X)) if i != j]) for X in (S, T)
    ]
    between = np.mean([k(a, b) for a in S for b in T])
    claim = MMD(bandwidth=1.0).claim(S, T)
    assert claim.detail["u_statistic"] == pytest.approx(sum(within) - 2 * between, abs=1e-12)
    assert claim.detail["v_statistic"] == pytest.approx(claim.estimate**2, abs=1e-12)


def test_blocks_change_nothing(monkeypatch):
    """The same numbers when a block holds a few rows only, of the matrix or of the relabellings."""
    S, T = samples(2, 40, 30, 3, tied=False)
    cases = (HalfLine(), Wasserstein1(), Energy(), MMD(bandwidth=1.0), MMD())
    cases = (*cases, MMD(test="single"))
    before = [divergence.claim(S, T, permutations=25, seed=5) for divergence in cases]
    for file in ("permutation", "pairwise"):
        module = importlib.import_module(f"whytransfer.divergences.{file}")
        monkeypatch.setattr(module, "BLOCK_BYTES", 8000)
    after = [divergence.claim(S, T, permutations=25, seed=5) for divergence in cases]
    for a, b in zip(before, after, strict=True):
        assert b.estimate == pytest.approx(a.estimate, abs=1e-12)
        assert b.p_value == a.p_value
