"""Planted shifts are named, and what can't be seen is not; a few seeds here, fifty in test_planted under the coverage marker."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from tests.diagnosis.planted import named
from whytransfer import lab
from whytransfer.diagnosis import Samples, label_shift_test
from whytransfer.diagnosis.label_shift import _best_shares, _said
from whytransfer.diagnosis.scores import halves
from whytransfer.diagnosis.subspace import subspace
from whytransfer.diagnosis.support import foreign_rows
from whytransfer.diagnosis.visible import visible_p_value
from whytransfer.overlap import neighbours

SEEDS = 2


@pytest.mark.parametrize(
    "world",
    [
        lab.no_shift(dimension=5),
        lab.planted_labels(),
        lab.planted_inputs(),
        lab.support_shift(),
        lab.harmless_drift(),
    ],
    ids=lambda w: w.name,
)
def test_planted_shifts_are_named(world):
    found = [named(world, seed) for seed in range(SEEDS)]
    kinds = Counter(f.kind for f in found)
    assert kinds[world.kind] == SEEDS, kinds
    assert all("can't be seen without target labels" in f.text for f in found)
    assert all(len(f.text) < 600 for f in found)


def test_a_change_of_meaning_is_not_seen_without_labels_and_seen_with_them():
    world = lab.concept_shift(flipped=0.23)
    blind = [named(world, seed) for seed in range(SEEDS)]
    assert {f.kind for f in blind} == {"none_visible"}
    assert all("can't be seen" in f.text and f.concept is None for f in blind)
    seen = [named(world, seed, labels=300) for seed in range(SEEDS)]
    assert Counter(f.kind for f in seen)["concept"] == SEEDS
    effect = world.truth["error_target"] - world.truth["error_source"]
    assert np.mean([f.concept.effect for f in seen]) == pytest.approx(effect, abs=0.05)


@pytest.mark.parametrize(
    "world", [lab.no_shift(), lab.planted_labels(), lab.planted_inputs()], ids=lambda w: w.name
)
def test_labels_that_mean_the_same_are_not_called_a_change_of_meaning(world):
    kinds = Counter(named(world, seed, labels=300).kind for seed in range(SEEDS))
    assert kinds[world.kind] == SEEDS, kinds


def test_where_every_shift_looks_like_shares_nothing_is_told_apart():
    """One column that is the label: any shift of it is a shift of the shares, the test can't reject, and says so."""
    rng = np.random.default_rng(0)
    y, t = (rng.random(800) < 0.5).astype(int), (rng.random(800) < 0.8).astype(int)
    test = label_shift_test(Samples(source=y[:, None] * 1.0, target=t[:, None] * 1.0, labels=y, seed=0))
    assert not test.rejected
    assert test.power == 0.0
    assert not test.has_power


def test_shares_are_found():
    source, target = lab.planted_labels(target=0.8).draw(2000, 2000, 1)
    test = label_shift_test(Samples(source=source.X, target=target.X, labels=source.y, seed=1))
    assert test.shares[1] == pytest.approx(0.8, abs=0.06)
    assert sum(test.shares) == pytest.approx(1.0)


@given(st.integers(2, 4), st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_best_shares_lie_on_the_simplex_and_no_others_are_nearer(K, seed):
    rng = np.random.default_rng(seed)
    means, there = rng.normal(size=(K, 3)), rng.normal(size=3)
    found = _best_shares(means, there)
    assert found.min() >= 0
    assert found.sum() == pytest.approx(1.0)
    distance = np.sum((found @ means - there) ** 2)
    others = rng.dirichlet(np.ones(K), size=300)
    assert distance <= ((others @ means - there) ** 2).sum(axis=1).min() + 1e-6
    slow = minimize(
        lambda p: np.sum((p @ means - there) ** 2),
        np.full(K, 1 / K),
        bounds=[(0, 1)] * K,
        constraints={"type": "eq", "fun": lambda p: p.sum() - 1},
    )
    assert distance == pytest.approx(slow.fun, abs=1e-4)


def test_the_visible_test_keeps_its_level():
    """Exact: over 30 draws of equal laws p ≤ .05 is rarer than the 99.9 % quantile of Bin(30, .05)."""
    small = 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        y = rng.integers(0, 2, 80)
        samples = Samples(
            source=rng.normal(size=(80, 2)), target=rng.normal(size=(60, 2)), labels=y, seed=seed
        )
        small += visible_p_value(samples, halves(samples)) <= 0.05
    assert small <= 7


def test_scores_of_a_half_do_not_depend_on_its_own_labels():
    source, target = lab.planted_labels(dimension=2).draw(200, 200, 0)
    samples = Samples(source=source.X, target=target.X, labels=source.y, seed=0)
    one = halves(samples)[0]
    left = np.random.default_rng(np.random.SeedSequence(0, spawn_key=(17,))).permutation(200) % 2 == 0
    other = source.y.copy()
    other[left] = 1 - other[left]
    changed = halves(Samples(source=source.X, target=target.X, labels=other, seed=0))[0]
    np.testing.assert_array_equal(one.source, changed.source)
    np.testing.assert_array_equal(one.target, changed.target)


def test_foreign_rows_and_their_lower_limit():
    """Beyond a uniform column's edge by more than a twentieth of it: .45 of the mass where half lies outside."""
    source, target = lab.support_shift(by=0.5).draw(1000, 1000, 0)
    found = foreign_rows(source.X, target.X, neighbours(source.X, target.X), 0.05)
    assert 0.4 < found.share <= (target.X[:, 0] > 1).mean()
    assert found.lower < found.share
    assert found.named
    assert not found.apart
    same = foreign_rows(source.X, source.X[::-1], neighbours(source.X, source.X), 0.05)
    assert same.share == 0.0 and not same.named


def test_a_gaussian_tail_is_no_edge():
    source, target = lab.planted_inputs(by=1.0, dimension=3).draw(800, 800, 0)
    assert not foreign_rows(source.X, target.X, neighbours(source.X, target.X), 0.002).named


def test_a_new_cluster_stands_apart():
    rng = np.random.default_rng(0)
    S = rng.normal(size=(500, 2))
    T = rng.normal(size=(500, 2))
    T[:100, 1] += 9
    found = foreign_rows(S, T, neighbours(S, T), 0.002)
    assert found.apart and found.named
    assert found.share == pytest.approx(0.2, abs=0.02)


def test_columns_and_directions_that_are_lost():
    rng = np.random.default_rng(0)
    S, T = rng.normal(size=(300, 3)), rng.normal(size=(300, 3))
    origin = ("a", "b", "c")
    assert not subspace(S, T, origin)
    still = T.copy()
    still[:, 1] = 4.0
    assert subspace(S, still, origin).constant == ("b",)
    tied = T.copy()
    tied[:, 2] = tied[:, 0] - tied[:, 1]
    assert subspace(S, tied, origin).directions == 1
    assert subspace(tied, S, origin).directions == 1
    assert subspace(tied, tied + 1, origin).directions == 0
    # A category that all target rows share is no lost dimension.
    assert not subspace(np.column_stack([S, S[:, 0] > 0]), np.column_stack([T, np.ones(300)]), (*origin, "d"))


def test_label_shift_is_rarely_rejected_where_it_holds():
    """Asymptotic, so with slack: over 25 draws p ≤ .05 at most 8 times, the 99.9 % quantile of Bin(25, .05) and two more."""
    small = 0
    for seed in range(25):
        source, target = lab.planted_labels(dimension=2).draw(300, 300, seed)
        small += (
            label_shift_test(Samples(source=source.X, target=target.X, labels=source.y, seed=seed)).p_value
            <= 0.05
        )
    assert small <= 8


def test_no_sentence_tells_a_p_value_that_no_law_of_large_samples_can_carry():
    assert "p < 0.0001" in _said(True, 4.5e-308, 1.0)
    assert "p = 0.37" in _said(False, 0.37, 1.0)
