"""Half-planes against the linear programme that says whether a set of points can be cut off by a line."""

import functools
import itertools

import numpy as np
import pytest
from scipy.optimize import linprog

from whytransfer.claims import Level
from whytransfer.errors import InputError
from whytransfer.hypotheses import HalfPlanes, Thresholds

H = HalfPlanes()


def separable(points, inside):
    """Whether some line has exactly the points `inside` on its one side: w·x + b ≥ 1 there, ≤ −1 elsewhere, is feasible."""
    sign = np.where(inside, -1.0, 1.0)
    found = linprog(
        np.zeros(3),
        A_ub=sign[:, None] * np.column_stack([points, np.ones(len(points))]),
        b_ub=-np.ones(len(points)),
        bounds=[(None, None)] * 3,
    )
    return found.status == 0


@functools.cache
def members(name):
    """Every 0/1 answer on the rows of a case that a half-plane can give, by trying all."""
    rows = CASES[name]
    points, which = np.unique(rows, axis=0, return_inverse=True)
    tried = itertools.product((False, True), repeat=len(points))
    return [np.array(cut)[which.ravel()].astype(int) for cut in tried if separable(points, np.array(cut))]


def cases():
    rng = np.random.default_rng(3)
    grid = np.array([[x, y] for x in (0.1, 0.2, 0.3) for y in (0.1, 0.2, 0.3)])
    return {
        "random": rng.normal(size=(8, 2)),
        "on a grid of decimals": grid,
        "repeated": np.repeat(rng.integers(0, 3, (5, 2)).astype(float), 2, axis=0),
        "on a line": np.column_stack([np.arange(7) / 10, np.arange(7) * 0.3]),
        "upright": np.column_stack([np.full(6, 2.0), rng.normal(size=6)]),
        "one": np.array([[1.0, 2.0]]),
    }


CASES = cases()


@pytest.mark.parametrize("name", CASES)
def test_its_behaviours_are_the_sets_that_a_line_cuts_off(name):
    rows = CASES[name]
    listed = H.enumerate(rows)
    assert {tuple(p) for p in listed.predictions} == {tuple(m) for m in members(name)}
    for answers, rule in zip(listed.predictions, listed.hypotheses, strict=True):
        assert np.array_equal(rule.predict(rows), answers)


@pytest.mark.parametrize("name", CASES)
def test_erm_and_the_terms_are_the_extremes_over_all_of_them(name):
    rows, rng = CASES[name], np.random.default_rng(5)
    every = np.array(members(name))
    for _ in range(5):
        cost = rng.normal(size=(len(rows), 2))
        found = H.erm(rows, cost)
        literal = min(cost[np.arange(len(rows)), m].sum() for m in every)
        assert found.cost == pytest.approx(literal, abs=1e-12)
        assert cost[np.arange(len(rows)), found.predict(rows)].sum() == pytest.approx(literal, abs=1e-12)
    n = max(1, len(rows) // 2)
    if len(rows) < 2:
        return
    xs, xt, ys, h = rows[:n], rows[n:], rng.integers(0, 2, n), rng.integers(0, 2, len(rows) - n)
    model = (None, h)
    e, off = (every[:, :n] != ys).mean(axis=1), (every[:, n:] != h).mean(axis=1)
    c = {"classes": (0, 1)}
    assert H.lagrangian(model, xs, ys, xt, **c).estimate == pytest.approx((off - e).max(), abs=1e-12)
    for sigma in (0.0, 0.25, 0.5):
        kept = off[e <= sigma + 1e-12]
        claim = H.version_space(model, xs, ys, xt, sigma=sigma, **c)
        assert claim.estimate == (None if not len(kept) else pytest.approx(kept.max(), abs=1e-12))
        assert claim.detail["method"] == "enumeration"
    yt = 1 - h
    both = e + (every[:, n:] != yt).mean(axis=1)
    claim = H.adaptability(xs, ys, xt, yt, **c)
    assert claim.estimate == pytest.approx(both.min(), abs=1e-12)
    assert claim.level is Level.PROVED


def test_on_one_column_they_are_thresholds():
    rng = np.random.default_rng(6)
    for _ in range(20):
        x, cost = rng.integers(0, 6, 9).astype(float), rng.normal(size=(9, 2))
        assert H.erm(x, cost).cost == pytest.approx(Thresholds().erm(x, cost).cost, abs=1e-12)


def test_a_rotated_boundary_is_found():
    """THEORY E14: a line through the origin at any angle has no error, thresholds have."""
    rng = np.random.default_rng(7)
    x = rng.normal(size=(150, 2))
    y = (x @ [np.cos(0.7), np.sin(0.7)] > 0).astype(int)
    wrong = np.column_stack([y == 1, y == 0]).astype(float)
    found = H.erm(x, wrong)
    assert found.cost == 0
    assert "x0 + " in found.rule and ("if" in found.rule)


def test_pairs_have_no_exact_supremum_and_three_columns_no_plane():
    x = np.random.default_rng(8).normal(size=(6, 2))
    claim = H.discrepancy(x, x + 1)
    assert claim.upper is None and "no exact algorithm" in claim.detail["reason"]
    with pytest.raises(InputError, match="one or two columns"):
        H.erm(np.zeros((3, 3)), np.zeros((3, 2)))
    with pytest.raises(InputError, match="binary rules"):
        H.erm(x, np.zeros((6, 3)))
