"""Divergences of labels: closed forms, a linear programme, laws, limits, and what is refused."""

from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import sqrtm
from scipy.optimize import linprog
from scipy.stats import binom

from whytransfer.divergences import DIVERGENCES, DatasetDistance, LabelTotalVariation, divergence
from whytransfer.divergences.dataset_distance import exact_w2, gaussian_w2
from whytransfer.errors import InputError


def rows(n):
    return np.zeros((n, 1))


@given(
    ys=st.lists(st.sampled_from("abcd"), min_size=1, max_size=12),
    yt=st.lists(st.sampled_from("abcd"), min_size=1, max_size=12),
)
def test_total_variation_by_sets_of_labels(ys, yt):
    best = 0.0
    for subset in range(16):
        inside = {label for k, label in enumerate("abcd") if subset >> k & 1}
        best = max(best, abs(np.mean([y in inside for y in ys]) - np.mean([y in inside for y in yt])))
    claim = LabelTotalVariation(ys=ys, yt=yt).claim(rows(len(ys)), rows(len(yt)))
    assert claim.estimate == pytest.approx(best, abs=1e-12)
    term = sqrt((1 / len(ys) + 1 / len(yt)) * log(20) / 2)
    assert claim.upper == pytest.approx(claim.estimate + term, abs=1e-12)
    other = LabelTotalVariation(ys=yt, yt=ys).between(rows(len(yt)), rows(len(ys)))
    assert other == pytest.approx(claim.estimate, abs=1e-12)
    assert {c["label"] for c in claim.detail["classes"]} == {*ys, *yt}


@pytest.mark.parametrize("n", [20, 200])
def test_both_limits_hold(n):
    p, q = [0.5, 0.3, 0.2], [0.3, 0.3, 0.4]
    rng = np.random.default_rng(n)
    claims = [
        LabelTotalVariation(ys=rng.choice(3, n, p=p), yt=rng.choice(3, n, p=q)).claim(
            rows(n), rows(n), seed=k
        )
        for k in range(200)
    ]
    allowed = binom.ppf(0.999, 200, 0.05)
    assert sum(claim.upper < 0.2 for claim in claims) <= allowed
    assert sum(claim.lower > 0.2 for claim in claims) <= allowed
    assert n == 20 or max(claim.lower for claim in claims) > 0.05


def test_p_values():
    rng = np.random.default_rng(1)
    p = np.array([
        LabelTotalVariation(ys=rng.integers(0, 3, 20), yt=rng.integers(0, 3, 15))
        .claim(rows(20), rows(15), permutations=19, seed=k)
        .p_value
        for k in range(200)
    ])  # fmt: skip
    assert p.min() >= 1 / 20
    for level in (0.05, 0.5):
        assert (p <= level + 1e-9).sum() <= binom.ppf(0.999, 200, level)
    shifted = LabelTotalVariation(ys=[0] * 20, yt=[1] * 20).claim(rows(20), rows(20), permutations=99)
    assert shifted.p_value == 1 / 100


def bures(A, B):
    """The formula of the Gaussian W2² with matrix roots."""
    C, D = np.atleast_2d(np.cov(A.T, bias=True)), np.atleast_2d(np.cov(B.T, bias=True))
    root = np.real(sqrtm(C))
    apart = A.mean(axis=0) - B.mean(axis=0)
    return apart @ apart + np.trace(C + D - 2 * np.real(sqrtm(root @ D @ root)))


@given(seed=st.integers(0, 10_000), n=st.integers(4, 12), m=st.integers(4, 12), p=st.integers(1, 3))
def test_gaussian_classes(seed, n, m, p):
    rng = np.random.default_rng(seed)
    A, B = rng.normal(size=(n, p)), rng.normal(size=(m, p)) * 2 + 1
    assert gaussian_w2(A, B) == pytest.approx(bures(A, B), rel=1e-6, abs=1e-6)
    assert gaussian_w2(A, A) == pytest.approx(0.0, abs=1e-12)


def test_single_rows_are_points():
    assert gaussian_w2(np.array([[0.0, 0.0]]), np.array([[3.0, 4.0]])) == pytest.approx(25.0)
    assert gaussian_w2(np.array([[0.0]]), np.array([[-2.0], [2.0]])) == pytest.approx(4.0)


def cheapest(cost):
    n, m = cost.shape
    source = [[1.0 if k // m == i else 0.0 for k in range(n * m)] for i in range(n)]
    target = [[1.0 if k % m == j else 0.0 for k in range(n * m)] for j in range(m)]
    return linprog(cost.ravel(), A_eq=source + target, b_eq=[1 / n] * n + [1 / m] * m).fun


def squared(A, B):
    return np.array([[((a - b) ** 2).sum() for b in B] for a in A])


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    n=st.integers(2, 8),
    m=st.integers(2, 8),
    how=st.sampled_from(["gaussian", "exact"]),
)
def test_dataset_distance_by_linear_programmes(seed, n, m, how):
    rng = np.random.default_rng(seed)
    S, T = rng.normal(size=(n, 2)), rng.normal(size=(m, 2)) + 1
    ys, yt = rng.integers(0, 2, n), rng.integers(1, 3, m)
    cost = squared(S, T)
    for i, j in np.ndindex(n, m):
        A, B = S[ys == ys[i]], T[yt == yt[j]]
        cost[i, j] += gaussian_w2(A, B) if how == "gaussian" else cheapest(squared(A, B))
    claim = DatasetDistance(ys=ys, yt=yt, classes=how).claim(S, T)
    assert claim.estimate**2 == pytest.approx(cheapest(cost), abs=1e-8)
    assert claim.detail["dual"] <= claim.detail["coupling"]
    assert how in claim.detail["classes"]
    assert exact_w2(S, T) == pytest.approx(cheapest(squared(S, T)), abs=1e-9)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(2, 12), m=st.integers(2, 12))
def test_laws(seed, n, m):
    rng = np.random.default_rng(seed)
    S, T = rng.normal(size=(n, 2)), rng.normal(size=(m, 2)) + 1
    ys, yt = rng.integers(0, 3, n), rng.integers(0, 3, m)
    value = DatasetDistance(ys=ys, yt=yt).between(S, T)
    assert DatasetDistance(ys=yt, yt=ys).between(T, S) == pytest.approx(value, rel=1e-9)
    assert DatasetDistance(ys=ys, yt=yt).between(4 * S, 4 * T) == pytest.approx(4 * value, rel=1e-9)
    assert DatasetDistance(ys=ys, yt=yt).between(S + 4, T + 4) == pytest.approx(value, rel=1e-9)
    assert DatasetDistance(ys=ys, yt=(yt + 1) % 3).between(S, T) == pytest.approx(
        value, rel=1e-9
    )  # names only
    order = rng.permutation(n)
    assert DatasetDistance(ys=ys[order], yt=yt).between(S[order], T) == pytest.approx(value, rel=1e-9)
    assert DatasetDistance(ys=ys, yt=ys).between(S, S) == pytest.approx(0.0, abs=1e-6)
    assert value >= divergence("wasserstein", S, T).estimate - 1e-9


def test_it_sees_labels_that_rows_do_not_show():
    """The same rows; in the target, the second column decides the label instead of the first."""
    S = np.random.default_rng(2).normal(size=(60, 2))
    by_first, by_second = S[:, 0] > 0, S[:, 1] > 0
    same = DatasetDistance(ys=by_first, yt=by_first).claim(S, S)
    moved = DatasetDistance(ys=by_first, yt=by_second, target_labels="pseudo").claim(S, S, permutations=19)
    assert same.estimate == pytest.approx(0.0, abs=1e-6)
    assert moved.estimate > 0.5
    assert "pseudo" in moved.detail["labels"]
    assert "given" in same.detail["labels"]
    assert moved.p_value == 1 / 20
    assert {(c["source"], c["target"]) for c in moved.detail["class_distances"]} == {
        (a, b) for a in ("False", "True") for b in ("False", "True")
    }


def test_p_values_of_the_dataset_distance():
    rng = np.random.default_rng(3)
    p = np.array([
        DatasetDistance(ys=rng.integers(0, 2, 9), yt=rng.integers(0, 2, 8))
        .claim(rng.normal(size=(9, 2)), rng.normal(size=(8, 2)), permutations=19, seed=k)
        .p_value
        for k in range(40)
    ])  # fmt: skip
    assert p.min() >= 1 / 20
    for level in (0.05, 0.5):
        assert (p <= level + 1e-9).sum() <= binom.ppf(0.999, 40, level)


@pytest.mark.parametrize("name", ["label_total_variation", "dataset_distance"])
def test_labels_are_needed(name):
    claim = divergence(name, [0, 1], [1, 2], ys=[0, 1], permutations=9)
    assert (claim.estimate, claim.lower, claim.upper, claim.p_value) == (None, None, None, None)
    assert "ys= and yt=" in claim.detail["reason"]
    with pytest.raises(InputError, match="expected ys= and yt="):
        DIVERGENCES[name]().between([0, 1], [1, 2])


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"ys": [0], "yt": [0, 1]}, "ys: expected one label for each of 2 rows, got 1"),
        ({"ys": [0, 1], "yt": [0, 1, 2]}, "yt: expected one label for each of 2 rows, got 3"),
        ({"ys": [0, np.nan], "yt": [0, 1]}, "ys: expected a label of every row"),
        ({"ys": [0, 1], "yt": ["a", None]}, "yt: expected a label of every row"),
        ({"ys": [0, 1], "yt": ["a", "b"]}, "labels of one kind"),
        ({"ys": np.zeros((2, 2)), "yt": [0, 1]}, "2 dimensions"),
    ],
)
@pytest.mark.parametrize("name", ["label_total_variation", "dataset_distance"])
def test_bad_labels(name, params, message):
    with pytest.raises(InputError, match=message) as caught:
        divergence(name, [0, 1], [1, 2], **params)
    assert "\n" not in str(caught.value)


def test_bad_options():
    with pytest.raises(InputError, match="given or pseudo"):
        DatasetDistance(target_labels="guessed")
    with pytest.raises(InputError, match="gaussian or exact"):
        DatasetDistance(classes="other")
