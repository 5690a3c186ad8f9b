"""Transport: linear programmes and loops beside it, both sides of the value, limits that hold."""

from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.stats import binom

from whytransfer.divergences import Sinkhorn, SlicedWasserstein, Wasserstein, Wasserstein1, divergence
from whytransfer.divergences import sinkhorn as sinkhorn_module
from whytransfer.divergences import transport as transport_module
from whytransfer.divergences.energy import distances
from whytransfer.divergences.permutation import relabellings
from whytransfer.divergences.request import PERMUTE, Request
from whytransfer.divergences.transport import Transport, fewer, rounded
from whytransfer.divergences.wasserstein import JointPotential
from whytransfer.errors import InputError
from whytransfer.overlap import TwoSamples


def draw(seed, n, m, p, tied=False):
    rng = np.random.default_rng(seed)
    S, T = rng.normal(size=(n, p)), rng.normal(size=(m, p)) + 0.3
    return (np.round(S), np.round(T)) if tied else (S, T)


def cheapest(S, T):
    """The transport problem as a linear programme over all nm entries of the coupling."""
    n, m = len(S), len(T)
    cost = [sqrt(((x - y) ** 2).sum()) for x in S for y in T]
    rows = [[1.0 if k // m == i else 0.0 for k in range(n * m)] for i in range(n)]
    columns = [[1.0 if k % m == j else 0.0 for k in range(n * m)] for j in range(m)]
    return linprog(cost, A_eq=rows + columns, b_eq=[1 / n] * n + [1 / m] * m).fun


sizes = st.integers(1, 8)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), n=sizes, m=sizes, p=st.integers(1, 3), tied=st.booleans())
def test_the_coupling_is_the_cheapest(seed, n, m, p, tied):
    S, T = draw(seed, n, m, p, tied)
    claim = Wasserstein().claim(S, T)
    assert claim.estimate == pytest.approx(cheapest(S, T), abs=1e-9)
    assert claim.detail["dual"] == pytest.approx(claim.detail["coupling"], abs=1e-9)
    assert claim.detail["dual"] <= claim.detail["coupling"]


@pytest.mark.parametrize("p", [1, 2])
def test_relabelled_statistics(p):
    S, T = draw(3, 5, 7, p)
    request, pooled = Request(permutations=6), np.concatenate([S, T])
    relabelled = Wasserstein().relabel(TwoSamples.read(S, T), request)
    labels = np.concatenate(list(relabellings(5, 7, 6, request.rng(PERMUTE), 1)))
    assert relabelled.observed == pytest.approx(cheapest(S, T), abs=1e-9)
    expected = [cheapest(pooled[row == 0], pooled[row == 1]) for row in labels]
    np.testing.assert_allclose(relabelled.values, expected, atol=1e-9)


@given(seed=st.integers(0, 10_000), n=st.integers(1, 30), m=st.integers(1, 30))
def test_one_column_and_slices(seed, n, m):
    """The exact distance in one column; the sliced distance never exceeds it in two."""
    S, T = draw(seed, n, m, 1)
    assert Wasserstein().between(S, T) == pytest.approx(Wasserstein1().between(S, T), abs=1e-9)
    S, T = draw(seed, n, m, 2)
    assert SlicedWasserstein(directions=20).between(S, T) <= Wasserstein().between(S, T) + 1e-9


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 20), m=st.integers(1, 20), k=st.integers(1, 20))
def test_triangle(seed, n, m, k):
    (S, T), (U, _) = draw(seed, n, m, 2), draw(seed + 1, k, 1, 2)
    between = Wasserstein().between
    assert between(S, T) <= between(S, U) + between(U, T) + 1e-9


@pytest.mark.parametrize(("n", "m", "p"), [(30, 50, 1), (60, 40, 3), (20, 20, 10)])
def test_the_entropic_route_brackets_the_value(monkeypatch, n, m, p):
    S, T = draw(1, n, m, p)
    exact = Transport.of(distances(S, T))
    monkeypatch.setattr(transport_module, "EXACT_PAIRS", 0)
    entropic = Transport.of(distances(S, T))
    assert entropic.lower - 1e-9 <= exact.lower
    assert exact.upper <= entropic.upper + 1e-9
    assert entropic.upper - entropic.lower < 0.15 * exact.upper
    assert "Sinkhorn" in entropic.method
    zero = Transport.of(np.zeros((3, 4)))
    assert (zero.lower, zero.upper) == (0.0, 0.0)


def test_an_outlier_does_not_underflow(monkeypatch):
    monkeypatch.setattr(transport_module, "EXACT_PAIRS", 0)
    S, T = draw(2, 30, 30, 2)
    S[0] = 1e6
    found = Transport.of(distances(S, T))
    assert 0 < found.lower <= found.upper < np.inf


def test_rounding_makes_a_coupling():
    plan = rounded(np.random.default_rng(4).random((5, 7)) / 20)
    np.testing.assert_allclose(plan.sum(axis=1), np.full(5, 1 / 5), atol=1e-15)
    np.testing.assert_allclose(plan.sum(axis=0), np.full(7, 1 / 7), atol=1e-15)
    assert plan.min() >= 0


@given(seed=st.integers(0, 10_000), n=st.integers(2, 12), m=st.integers(2, 12))
def test_the_potential_is_lipschitz_and_attains_the_distance(seed, n, m):
    S, T = draw(seed, n, m, 2)
    f = JointPotential.of(TwoSamples.read(S, T))
    assert f.at(S).mean() - f.at(T).mean() == pytest.approx(Wasserstein().between(S, T), abs=1e-9)
    far = np.random.default_rng(seed).normal(scale=5, size=(20, 2))
    values = f.at(far)
    assert (np.abs(values[:, None] - values) <= distances(far, far) + 1e-9).all()
    assert f.low <= values.min()
    assert values.max() <= f.high


def test_upper_limit_is_one_hoeffding_term_away():
    S, T = np.random.default_rng(5).random((2, 50, 2))
    claim = Wasserstein(range=3.0).claim(S, T)
    assert claim.upper - claim.estimate == pytest.approx(3 * sqrt((2 / 50) * log(20) / 2), abs=1e-12)
    assert Wasserstein().claim(S, T).upper is None
    for diameter, message in ((0.1, "no more than 0.1 apart"), (0.0, "above 0")):
        with pytest.raises(InputError, match=message):
            divergence("wasserstein", S, T, range=diameter)


@pytest.mark.parametrize("n", [10, 60])
def test_both_limits_hold(n):
    """Squares moved by (.6, .8): W1 is 1 (E7)."""
    rng = np.random.default_rng(n)
    wasserstein = Wasserstein(range=sqrt(1.6**2 + 1.8**2))
    claims = [
        wasserstein.claim(rng.random((n, 2)), rng.random((n, 2)) + np.array([0.6, 0.8]), seed=k)
        for k in range(150)
    ]
    allowed = binom.ppf(0.999, 150, 0.05)
    assert sum(claim.upper < 1.0 for claim in claims) <= allowed
    assert sum(claim.lower > 1.0 for claim in claims) <= allowed
    assert n == 10 or max(claim.lower for claim in claims) > 0.3


@pytest.mark.coverage
@pytest.mark.parametrize("n", [10, 50])
def test_both_limits_hold_at_length(n):
    """2,000 draws of the squares above."""
    rng = np.random.default_rng(n)
    wasserstein = Wasserstein(range=sqrt(1.6**2 + 1.8**2))
    above, below = 0, 0
    for k in range(2000):
        claim = wasserstein.claim(rng.random((n, 2)), rng.random((n, 2)) + np.array([0.6, 0.8]), seed=k)
        above, below = above + (claim.lower > 1.0), below + (claim.upper < 1.0)
    assert max(above, below) <= binom.ppf(0.999, 2000, 0.05)


def test_more_rows_than_a_matrix_holds():
    samples = TwoSamples.read(np.arange(1000.0), np.arange(10.0))
    assert fewer(samples, Request(), 10_000) is samples
    less = fewer(samples, Request(), 400)
    assert (less.n, less.m) == (40, 10)
    assert set(less.source[:, 0]) < set(samples.source[:, 0])
    both = fewer(TwoSamples.read(np.arange(1000.0), np.arange(900.0)), Request(seed=1), 400)
    assert (both.n, both.m) == (20, 20)
    square = fewer(samples, Request(), 400, within=True)  # no 1000 x 1000 matrix of the source
    assert (square.n, square.m) == (20, 10)
    assert fewer(samples, Request(), 1_000_000, within=True) is samples


def test_a_small_and_a_large_domain():
    """Matrices within a domain stay small, too."""
    claim = Sinkhorn(epsilon=0.5).claim(np.arange(3.0), np.linspace(0, 3, 60_000), permutations=1)
    assert (claim.detail["source_rows"], claim.detail["target_rows"]) == (3, 1024)
    claim = Wasserstein().claim(np.arange(3.0), np.linspace(0, 3, 60_000), permutations=1)
    assert (claim.detail["source_rows"], claim.detail["target_rows"]) == (3, 60_000)
    assert "Sinkhorn" in claim.detail["method"]
    assert (
        claim.detail["dual"]
        <= Wasserstein1().between(np.arange(3.0), np.linspace(0, 3, 60_000))
        <= claim.estimate
    )


def literal_sinkhorn(S, T, epsilon):
    """OT_ε by alternating full updates in loops, value of the dual."""

    def entropic(A, B):
        cost = [[sqrt(((x - y) ** 2).sum()) for y in B] for x in A]
        f, g = [0.0] * len(A), [0.0] * len(B)
        for _ in range(3000):
            f = [
                -epsilon * np.logaddexp.reduce([(g[j] - cost[i][j]) / epsilon for j in range(len(B))])
                + epsilon * log(len(B))
                for i in range(len(A))
            ]
            g = [
                -epsilon * np.logaddexp.reduce([(f[i] - cost[i][j]) / epsilon for i in range(len(A))])
                + epsilon * log(len(A))
                for j in range(len(B))
            ]
        return np.mean(f) + np.mean(g)

    return entropic(S, T) - entropic(S, S) / 2 - entropic(T, T) / 2


@pytest.mark.parametrize(("seed", "n", "m", "p"), [(0, 3, 4, 1), (1, 5, 3, 2)])
def test_sinkhorn_by_loops(seed, n, m, p):
    S, T = draw(seed, n, m, p)
    for epsilon in (0.5, 2.0):
        assert Sinkhorn(epsilon=epsilon).between(S, T) == pytest.approx(
            literal_sinkhorn(S, T, epsilon), abs=1e-7
        )
    claim = Sinkhorn().claim(S, T)
    assert claim.detail["epsilon"] == pytest.approx(0.05 * np.median(distances(S, T)), abs=1e-15)
    assert claim.detail["converged"]


def test_sinkhorn_between_its_limits():
    """W1 as ε → 0, half the energy distance as ε → ∞."""
    S, T = draw(6, 25, 30, 2)
    assert Sinkhorn(epsilon=0.02).between(S, T) == pytest.approx(Wasserstein().between(S, T), rel=0.05)
    energy = divergence("energy", S, T).estimate
    assert Sinkhorn(epsilon=1e6).between(S, T) == pytest.approx(energy / 2, rel=1e-3)


def test_sinkhorn_both_ways_to_sum(monkeypatch):
    S, T = draw(7, 12, 9, 2)
    before = Sinkhorn(epsilon=0.3).between(S, T)
    monkeypatch.setattr(sinkhorn_module, "SAFE_EXPONENT", 0.0)
    assert Sinkhorn(epsilon=0.3).between(S, T) == pytest.approx(before, abs=1e-10)


@pytest.mark.parametrize("kind", [Wasserstein(), Sinkhorn(epsilon=0.5)], ids=repr)
def test_p_values(kind):
    rng = np.random.default_rng(8)
    p = np.array([
        kind.claim(rng.normal(size=(9, 2)), rng.normal(size=(7, 2)), permutations=19, seed=k).p_value
        for k in range(30)
    ])  # fmt: skip
    assert p.min() >= 1 / 20
    for level in (0.05, 0.5):
        assert (p <= level + 1e-9).sum() <= binom.ppf(0.999, 30, level)
    assert kind.claim(rng.normal(size=20), rng.normal(size=20) + 2, permutations=19).p_value == 1 / 20
