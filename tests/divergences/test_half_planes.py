"""Half-planes: every line through two points by brute force; the half-plane that is shown; limits."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, norm

from whytransfer.divergences import HalfLine, HalfPlanes, divergence
from whytransfer.divergences.permutation import relabellings
from whytransfer.divergences.request import PERMUTE, Request
from whytransfer.errors import InputError
from whytransfer.overlap import TwoSamples


def brute_force(S, T):
    """Exact on whole numbers: every line through two points, turned a little either way about every point on it.

    On such a line the cut-off sets hold one open side and a run of the points of the line from one of its ends.
    """
    points = np.unique(np.concatenate([S, T]), axis=0)
    best = 0.0
    for a, b in product(points, points):
        if (a == b).all():
            continue

        def place(X, a=a, b=b):
            side = (b[0] - a[0]) * (X[:, 1] - a[1]) - (b[1] - a[1]) * (X[:, 0] - a[0])
            return side, (X - a) @ (b - a)

        (s_side, s_along), (t_side, t_along) = place(S), place(T)
        ends = [-np.inf, *place(points)[1], np.inf]
        for end, first in product(ends, (True, False)):
            s, t = (
                np.mean((side > 0) | ((side == 0) & ((along <= end) if first else (along > end))))
                for side, along in ((s_side, s_along), (t_side, t_along))
            )
            best = max(best, abs(s - t))
    return best


def whole(seed, n, m, size):
    rng = np.random.default_rng(seed)
    return rng.integers(0, size, (n, 2)).astype(float), rng.integers(0, size, (m, 2)).astype(float)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000), n=st.integers(1, 8), m=st.integers(1, 8), size=st.sampled_from([2, 3, 5, 50])
)
def test_plug_in_value(seed, n, m, size):
    S, T = whole(seed, n, m, size)
    assert HalfPlanes().between(S, T) == pytest.approx(brute_force(S, T), abs=1e-12)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 8), m=st.integers(1, 8))
def test_plug_in_value_without_ties(seed, n, m):
    rng = np.random.default_rng(seed)
    S, T = rng.normal(size=(n, 2)), rng.normal(size=(m, 2)) + 0.5
    turns = np.linspace(0, np.pi, 4001)
    directions = np.array([np.cos(turns), np.sin(turns)])
    here, there = S @ directions, T @ directions
    # A fine turn of half-lines, with an end at every point: a lower value that misses few sets of so few points.
    best = max(
        np.abs((here <= end).mean(axis=0) - (there <= end).mean(axis=0)).max() for end in (*here, *there)
    )
    assert best <= HalfPlanes().between(S, T) + 1e-12
    assert HalfPlanes().between(S, T) <= best + 1 / min(n, m) + 1e-12


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 10_000), n=st.integers(1, 12), m=st.integers(1, 12), size=st.sampled_from([3, 9, 99])
)
def test_the_set_that_is_shown_attains_the_value(seed, n, m, size):
    samples = TwoSamples.read(*whole(seed, n, m, size))
    found = HalfPlanes().largest(samples)
    more = found.contains(samples.target).mean() - found.contains(samples.source).mean()
    assert abs(more) == pytest.approx(found.value, abs=1e-12)
    assert found.heavier_in_target == (more > 0)


def test_relabelled_statistics():
    S, T = whole(7, 6, 8, 5)
    request, pooled = Request(permutations=8), np.concatenate([S, T])
    relabelled = HalfPlanes().relabel(TwoSamples.read(S, T), request)
    labels = np.concatenate(list(relabellings(6, 8, 8, request.rng(PERMUTE), 1)))
    assert relabelled.observed == pytest.approx(brute_force(S, T), abs=1e-12)
    expected = [brute_force(pooled[row == 0], pooled[row == 1]) for row in labels]
    np.testing.assert_allclose(relabelled.values, expected, atol=1e-12)


@given(seed=st.integers(0, 10_000), n=st.integers(1, 25), m=st.integers(1, 25))
def test_more_than_half_lines_and_the_same_in_one_column(seed, n, m):
    rng = np.random.default_rng(seed)
    S, T = rng.integers(0, 6, (n, 2)), rng.integers(0, 6, (m, 2))
    assert HalfPlanes().between(S, T) >= HalfLine().between(S, T) - 1e-12
    one = HalfPlanes().between(S[:, 0], T[:, 0])
    assert one == pytest.approx(HalfLine().between(S[:, 0], T[:, 0]), abs=1e-12)


@pytest.mark.parametrize(
    ("n", "repeats"),
    [(60, 150), *(pytest.param(n, 2000, marks=pytest.mark.coverage) for n in (10, 60))],
)
def test_both_limits_hold(n, repeats):
    truth = 2 * norm.cdf(0.5) - 1  # E7: a shift of length 1
    rng = np.random.default_rng(n)
    claims = [
        HalfPlanes().claim(rng.normal(size=(n, 2)), rng.normal(size=(n, 2)) + np.array([0.6, 0.8]), seed=k)
        for k in range(repeats)
    ]
    assert sum(claim.upper < truth for claim in claims) <= binom.ppf(0.999, repeats, 0.05)
    assert sum(claim.lower > truth for claim in claims) <= binom.ppf(0.999, repeats, 0.05)
    assert n == 10 or max(claim.lower for claim in claims) > 0.1


def test_three_columns_are_refused():
    with pytest.raises(InputError, match="expected two columns, got 3"):
        divergence("half_planes", np.zeros((4, 3)), np.ones((4, 3)))
