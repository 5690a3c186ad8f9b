"""The central moment discrepancy: the definition in loops, ranges, and what is refused."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from whytransfer.divergences import CentralMoments, divergence
from whytransfer.divergences.permutation import relabellings
from whytransfer.divergences.request import PERMUTE, Request
from whytransfer.errors import InputError
from whytransfer.overlap import TwoSamples


def literal(S, T, a=0.0, b=1.0):
    p, total = S.shape[1], 0.0

    def central(X, j, k):
        mean = sum(row[j] for row in X) / len(X)
        return mean if k == 1 else sum((row[j] - mean) ** k for row in X) / len(X)

    for k in range(1, 6):
        norm = sqrt(sum((central(S, j, k) - central(T, j, k)) ** 2 for j in range(p)))
        total += norm / abs(b - a) ** k
    return total


@given(seed=st.integers(0, 10_000), n=st.integers(1, 9), m=st.integers(1, 9), p=st.integers(1, 3))
def test_plug_in_value(seed, n, m, p):
    rng = np.random.default_rng(seed)
    S, T = rng.uniform(-1, 3, (n, p)), rng.uniform(-1, 3, (m, p))
    assert CentralMoments().between(S, T) == pytest.approx(literal(S, T), rel=1e-10, abs=1e-12)
    scaled = CentralMoments(range=(-1, 3)).between(S, T)
    assert scaled == pytest.approx(literal(S, T, -1, 3), rel=1e-10, abs=1e-12)
    assert CentralMoments(range=[(-1, 3)] * p).between(S, T) == scaled


def test_relabelled_statistics():
    rng = np.random.default_rng(1)
    S, T = rng.normal(size=(5, 2)), rng.normal(size=(8, 2))
    request, pooled = Request(permutations=5), np.concatenate([S, T])
    relabelled = CentralMoments().relabel(TwoSamples.read(S, T), request)
    labels = np.concatenate(list(relabellings(5, 8, 5, request.rng(PERMUTE), 1)))
    expected = [literal(pooled[row == 0], pooled[row == 1]) for row in labels]
    np.testing.assert_allclose(relabelled.values, expected, rtol=1e-10)


def test_columns_of_their_own_range():
    S, T = np.array([[0.0, 0.0], [1.0, 100.0]]), np.array([[0.0, 0.0], [1.0, 50.0]])
    each = CentralMoments(range=((0, 1), (0, 100))).between(S, T)
    assert each == pytest.approx(CentralMoments(range=(0, 1)).between(S / [1, 100], T / [1, 100]), abs=1e-12)


def test_the_claim_says_its_scale_and_parts():
    claim = divergence("central_moments", [0.0, 1.0], [0.0, 2.0])
    assert "divided by 1" in claim.detail["scale"]
    assert claim.detail["parts"] == pytest.approx([0.5, 0.75, 0.0, 15 / 16, 0.0])
    assert "declared" in divergence("central_moments", [0.0], [1.0], range=(0, 1)).detail["scale"]


@pytest.mark.parametrize(
    ("given_range", "message"),
    [
        ((1, 1), "low < high"),
        ((0, np.inf), "one such pair"),
        ((0, 1, 2), "one such pair"),
        (3.0, "one such pair"),
        (((0, 9), (0, 9), (0, 9)), "each of 2 columns, got 3"),
        ((0, 1), r"values in \[0.0, 1.0\], got \[0.0, 2.0\] in column 'x1'"),
    ],
)
def test_bad_ranges(given_range, message):
    with pytest.raises(InputError, match=message):
        divergence("central_moments", [[0, 0], [1, 2]], [[0, 0]], range=given_range)


def test_moments_that_overflow_are_refused():
    with pytest.raises(InputError, match="declare range="):
        divergence("central_moments", [0.0, 1e69], [0.0, 2e69])
    assert divergence("central_moments", [0.0, 1e69], [0.0, 2e69], range=(0, 2e69)).estimate == pytest.approx(
        0.25 + 0.1875 + 15 / 256
    )
