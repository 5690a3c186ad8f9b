"""MMD-FUSE: the definition in loops, an exact level, and more power than one bandwidth where the scales differ."""

from math import exp, log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from whytransfer.divergences import MMD, divergence
from whytransfer.divergences import fuse as fuse_module
from whytransfer.divergences.fuse import fuse_relabelled
from whytransfer.divergences.permutation import relabellings
from whytransfer.divergences.request import PERMUTE, Request
from whytransfer.errors import InputError
from whytransfer.overlap import TwoSamples


def literal_fuse(S, T):
    n, m, Z = len(S), len(T), [*S, *T]
    pairs = [(i, j) for i in range(n + m) for j in range(n + m) if i != j]
    terms = []
    for norm, shape in (
        (lambda d: sqrt((d**2).sum()), lambda u: exp(-u * u / 2)),
        (lambda d: np.abs(d).sum(), lambda u: exp(-u)),
    ):
        positive = [norm(Z[i] - Z[j]) for i, j in pairs if i < j and norm(Z[i] - Z[j]) > 0]
        low, high = np.quantile(positive, 0.05) / 2, np.quantile(positive, 0.95) * 2
        for b in range(10):
            s = low * (high / low) ** (b / 9)

            def k(x, y, s=s, norm=norm, shape=shape):
                return shape(norm(x - y) / s)

            within_s = sum(k(S[i], S[j]) for i in range(n) for j in range(n) if i != j) / (n * (n - 1))
            within_t = sum(k(T[i], T[j]) for i in range(m) for j in range(m) if i != j) / (m * (m - 1))
            mmd = within_s + within_t - 2 * sum(k(x, y) for x in S for y in T) / (n * m)
            N_k = sum(k(Z[i], Z[j]) ** 2 for i, j in pairs) / len(pairs)
            terms.append(mmd / sqrt(N_k))
    r = min(n, m)
    lam = sqrt(r * (r - 1))
    return log(sum(exp(lam * t) for t in terms) / len(terms)) / lam


@settings(max_examples=8, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    n=st.integers(2, 7),
    m=st.integers(2, 7),
    p=st.integers(1, 2),
    tied=st.booleans(),
)
def test_the_statistic(seed, n, m, p, tied):
    rng = np.random.default_rng(seed)
    S, T = rng.normal(size=(n, p)), rng.normal(size=(m, p)) + 0.5
    if tied:
        S, T = np.round(S), np.round(T) + 1
        S[0] -= 5  # at least one positive distance
    request = Request(permutations=3)
    found = fuse_relabelled(TwoSamples.read(S, T), request)
    assert found.observed == pytest.approx(literal_fuse(S, T), abs=1e-9)
    pooled = np.concatenate([S, T])
    labels = np.concatenate(list(relabellings(n, m, 3, request.rng(PERMUTE), 1)))
    expected = [literal_fuse(pooled[row == 0], pooled[row == 1]) for row in labels]
    np.testing.assert_allclose(found.values, expected, atol=1e-9)


@pytest.mark.parametrize("tied", [False, True])
def test_level(tied):
    """P(p ≤ k/20) = k/20 under equal laws with 19 relabellings and no ties; never more with ties."""
    rng = np.random.default_rng(11)
    repeats, p = 300, []
    for k in range(repeats):
        S, T = rng.normal(size=(14, 2)), rng.normal(size=(9, 2))
        if tied:
            S, T = np.round(S), np.round(T)
        p.append(MMD().claim(S, T, permutations=19, seed=k).p_value)
    p = np.array(p)
    assert p.min() >= 1 / 20
    for level in (0.05, 0.25, 0.5):
        assert (p <= level + 1e-9).sum() <= binom.ppf(0.999, repeats, level)
    if not tied:
        assert (p <= 0.5 + 1e-9).sum() >= binom.ppf(0.001, repeats, 0.5)


def two_clusters(rng, n, spread):
    """Clusters 20 apart: the median distance knows their distance, not what happens inside them."""
    return rng.choice([-10.0, 10.0], size=n) + spread * rng.normal(size=n)


def test_power_where_scales_differ():
    rng = np.random.default_rng(12)
    fused, single = 0, 0
    for k in range(30):
        S, T = two_clusters(rng, 60, 0.2), two_clusters(rng, 60, 0.6)
        fused += MMD().claim(S, T, permutations=39, seed=k).p_value <= 0.05
        single += MMD(test="single").claim(S, T, permutations=39, seed=k).p_value <= 0.05
    assert fused >= 25
    assert single <= 10


def test_the_claim_says_which_test():
    rng = np.random.default_rng(13)
    S, T = rng.normal(size=(30, 1)), rng.normal(size=(20, 1))
    fused, single = divergence("mmd", S, T), divergence("mmd", S, T, test="single")
    assert fused.detail["test"].startswith("MMD-FUSE")
    assert "30 source and 20 target rows" in fused.detail["test"]
    assert "bandwidth of the estimate, on its rows" in single.detail["test"]
    assert (fused.estimate, fused.lower, fused.upper) == (single.estimate, single.lower, single.upper)
    with pytest.raises(InputError, match="'fuse' or 'single'"):
        MMD(test="both")


def test_p_value_is_never_below_one_in_b_plus_one():
    claim = MMD().claim(np.zeros(50), np.ones(40), permutations=99)
    assert claim.p_value == 1 / 100
    assert MMD().claim(np.zeros(5), np.zeros(4), permutations=9).p_value == 1.0


def test_many_rows_are_drawn_from():
    rng = np.random.default_rng(14)
    samples = TwoSamples.read(np.arange(50.0), rng.normal(size=10))
    few = fuse_module._fewer(samples, Request(seed=1), 20)
    assert (few.n, few.m) == (20, 10)
    assert set(few.source[:, 0]) < set(samples.source[:, 0])
    assert set(few.target[:, 0]) == set(samples.target[:, 0])
    claim = MMD(test_rows=20).claim_of(samples, Request(permutations=9))
    assert "20 source and 10 target rows" in claim.detail["test"]
    with pytest.raises(InputError, match="at least 2"):
        MMD(test_rows=1)


def test_strips_are_the_matrix(monkeypatch):
    """Strips of three rows: every pair once, left of the diagonal."""
    monkeypatch.setattr(fuse_module, "STRIP", 3)
    rows = np.random.default_rng(15).normal(size=(8, 2))
    for kernel in fuse_module.kernels(rows):
        matrix = np.zeros((8, 8))
        for start, strip in kernel.strips():
            matrix[start : start + len(strip), : strip.shape[1]] += strip
        power = 2 if kernel.squared else 1
        expected = [
            [
                exp(-(((np.abs(a - b) ** power).sum() ** (1 / power) / kernel.scale) ** power) / power)
                for b in rows
            ]
            for a in rows
        ]
        np.testing.assert_allclose(matrix, np.tril(expected, -1), atol=1e-14)


def test_sums_by_bytes_of_labels_are_the_products(monkeypatch):
    """Whatever the sizes: rows that fill no table, columns that fill no byte, strips that start anywhere."""
    rng = np.random.default_rng(16)
    for size, at_once in ((5, 3), (70, 70), (141, 64)):
        monkeypatch.setattr(fuse_module, "STRIP", at_once)
        labels = (rng.random((7, size)) < 0.4).astype(np.int8)
        K = np.tril(rng.random((size, size)), -1)
        by_product = fuse_module.Labellings.of(labels, many=False)
        by_bytes = fuse_module.Labellings.of(labels, many=True)
        monkeypatch.undo()
        sums = np.zeros((2, 7))
        for start in range(0, size, at_once):
            strip = np.ascontiguousarray(K[start : start + at_once, : start + at_once])
            by_product.add_within(start, strip, sums[0])
            by_bytes.add_within(start, strip.astype(np.float32), sums[1])
        literal = [
            sum(K[i, j] for i in range(size) for j in range(i) if z[i] and z[j]) for z in labels.tolist()
        ]
        np.testing.assert_allclose(sums[0], literal, atol=1e-9)
        np.testing.assert_allclose(sums[1], literal, rtol=1e-5)


@pytest.mark.parametrize("kind", ["normal", "two values", "heavy"])
def test_many_relabellings_in_single_precision_say_the_same(monkeypatch, kind):
    """Statistics to a millionth of the largest, p-values but for a neighbour, and equal arrangements count as equal."""
    rng = np.random.default_rng(17)
    draw = {
        "normal": lambda n: rng.normal(size=(n, 3)),
        "two values": lambda n: (rng.random((n, 1)) < 0.1).astype(float),
        "heavy": lambda n: rng.standard_t(1.5, size=(n, 2)) * 1e3 + 1e6,
    }[kind]
    samples, request = TwoSamples.read(draw(130), draw(90)), Request(permutations=600)
    single = fuse_relabelled(samples, request)
    monkeypatch.setattr(fuse_module, "MANY_LABELLINGS", 10_000)
    double = fuse_relabelled(samples, request)
    largest = np.abs(double.values).max()
    np.testing.assert_allclose(single.values, double.values, atol=1e-6 * largest)
    assert single.observed == pytest.approx(double.observed, abs=1e-6 * largest)
    assert 0 <= single.p_value - double.p_value <= 1.5 / 601
