"""Every exact class and every term against loops over all members, in whole numbers and fractions."""

from fractions import Fraction
from itertools import combinations, combinations_with_replacement, product
from math import comb, inf, log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta

from whytransfer.claims import Level, Status
from whytransfer.hypotheses import (
    AllFunctions,
    Constants,
    Finite,
    Intervals,
    Lipschitz,
    Threshold,
    Thresholds,
    Unions,
    hypotheses,
)
from whytransfer.hypotheses.terms.pool import not_rejected

EXACT = 1e-12
SOME = settings(max_examples=40)


# The members of each class, by their definitions; thresholds stand at the data and at minus infinity.


def below(column):
    return [[int(x <= t) for x in column] for t in [-inf, *sorted(set(column))]]


def inside(column):
    cuts = [-inf, *sorted(set(column))]
    return [[int(a < x <= b) for x in column] for a in cuts for b in cuts if a <= b]


def flipped(members):
    return [[1 - k for k in member] for member in members]


def united(column, j):
    chosen = combinations_with_replacement(sorted(set(map(tuple, inside(column)))), j)
    return [list(p) for p in {tuple(max(ks) for ks in zip(*sets, strict=True)) for sets in chosen}]


def anything(column, K):
    values = sorted(set(column))
    return [[ks[values.index(x)] for x in column] for ks in product(range(K), repeat=len(values))]


ODD = Finite(
    models=[
        lambda x: (np.ravel(x) % 2).astype(int),
        lambda x: (np.ravel(x) > 2).astype(int),
        lambda x: np.ravel(x) < 2,
    ]
)

BINARY = {
    "constants": (Constants(), lambda x: [[0] * len(x), [1] * len(x)]),
    "threshold": (Threshold(), below),
    "thresholds": (Thresholds(), lambda x: below(x) + flipped(below(x))),
    "intervals": (Intervals(), inside),
    "complements": (Intervals(complements=True), lambda x: inside(x) + flipped(inside(x))),
    "unions": (Unions(j=2), lambda x: united(x, 2)),
    "unions of 3": (Unions(j=3), lambda x: united(x, 3)),
    "all functions": (AllFunctions(), lambda x: anything(x, 2)),
    "finite": (ODD, lambda x: [[int(v % 2) for v in x], [int(v > 2) for v in x], [int(v < 2) for v in x]]),
}
NAMES = sorted(BINARY)


@st.composite
def problems(draw, values=4, most=6):
    """Few distinct values, so that nearly every row is tied, also across the domains."""
    column = st.integers(0, values).map(float)
    n, m = draw(st.integers(1, most)), draw(st.integers(1, most))
    code = st.integers(0, 1)
    lists = [draw(st.lists(kind, min_size=size, max_size=size)) for kind in (column, code) for size in (n, m)]
    h = [draw(st.lists(code, min_size=size, max_size=size)) for size in (n, m)]
    xs, xt, ys, yt = lists
    return xs, ys, xt, yt, h, draw(st.integers(0, n))


def share(one, other):
    return Fraction(sum(a != b for a, b in zip(one, other, strict=True)), len(one))


def parts(members, xs, ys, h):
    """For each member: its source errors, its disagreements with h on the source and on the target."""
    n = len(xs)
    return [(share(p[:n], ys), share(p[:n], h[0]), share(p[n:], h[1])) for p in members]


@pytest.mark.parametrize("name", NAMES)
@SOME
@given(problem=problems(), numbers=st.lists(st.integers(-3, 3), min_size=24, max_size=24))
def test_erm_attains_the_least_cost(name, problem, numbers):
    oracle, members = BINARY[name]
    column = problem[0] + problem[2]
    cost = np.array(numbers, dtype=float).reshape(12, 2)[: len(column)] / 7
    found = oracle.erm(column, cost)
    literal = min(sum(cost[i, k] for i, k in enumerate(member)) for member in members(column))
    assert found.cost == pytest.approx(literal, abs=EXACT)
    answers = found.predict(column)
    assert sum(cost[i, k] for i, k in enumerate(answers)) == pytest.approx(literal, abs=EXACT)
    assert answers.tolist() in members(column)


@pytest.mark.parametrize("name", NAMES)
@SOME
@given(problem=problems())
def test_adaptability(name, problem):
    oracle, members = BINARY[name]
    xs, ys, xt, yt, _, _ = problem
    n = len(xs)
    claim = oracle.adaptability(xs, ys, xt, yt, classes=(0, 1))
    literal = min(share(p[:n], ys) + share(p[n:], yt) for p in members(xs + xt))
    assert claim.estimate == pytest.approx(float(literal), abs=EXACT)
    assert claim.detail["source_part"] + claim.detail["target_part"] == pytest.approx(
        float(literal), abs=EXACT
    )
    term = sqrt((1 / n + 1 / len(xt)) * log(1 / 0.05) / 2)
    assert claim.lower == pytest.approx(max(0.0, float(literal) - term), abs=EXACT)


@pytest.mark.parametrize("name", NAMES)
@SOME
@given(problem=problems())
def test_disparity_and_lagrangian(name, problem):
    oracle, members = BINARY[name]
    xs, ys, xt, _, h, budget = problem
    n, m = len(xs), len(xt)
    all_parts = parts(members(xs + xt), xs, ys, h)
    term = sqrt((1 / n + 1 / m) * log(1 / 0.05) / 2)
    disparity = oracle.disparity(h, xs, xt, classes=(0, 1))
    assert disparity.estimate == pytest.approx(float(max(t - s for _, s, t in all_parts)), abs=EXACT)
    assert disparity.upper == pytest.approx(disparity.estimate + term, abs=EXACT)
    assert disparity.level is Level.PROVED
    lagrangian = oracle.lagrangian(h, xs, ys, xt, classes=(0, 1))
    assert lagrangian.estimate == pytest.approx(float(max(t - e for e, _, t in all_parts)), abs=EXACT)
    assert lagrangian.upper == pytest.approx(lagrangian.estimate + term, abs=EXACT)
    localised = oracle.lagrangian(h, xs, ys, xt, level=budget / n, classes=(0, 1))
    literal = max((t - e for e, _, t in all_parts if e <= Fraction(budget, n)), default=None)
    assert (localised.estimate is None) == (literal is None)
    if literal is not None:
        assert localised.estimate == pytest.approx(float(literal), abs=EXACT)


def tail(n, sigma, errors):
    """P(Bin(n, sigma) >= errors), term by term."""
    return sum(comb(n, e) * sigma**e * (1 - sigma) ** (n - e) for e in range(errors, n + 1))


@pytest.mark.parametrize("name", NAMES)
@SOME
@given(problem=problems(), delta=st.sampled_from([0.05, 0.4]))
def test_version_space(name, problem, delta):
    oracle, members = BINARY[name]
    xs, ys, xt, _, h, budget = problem
    n, m = len(xs), len(xt)
    sigma = Fraction(budget, n)
    claim = oracle.version_space(h, xs, ys, xt, sigma=float(sigma), delta=delta, classes=(0, 1))
    all_parts = parts(members(xs + xt), xs, ys, h)
    literal = max((t for e, _, t in all_parts if e <= sigma), default=None)
    assert claim.estimate == (None if literal is None else pytest.approx(float(literal), abs=EXACT))
    kept = [int(t * m) for e, _, t in all_parts if tail(n, sigma, int(e * n)) > delta / 2]
    (assumption,) = claim.assumptions
    if kept:
        worst = max(kept)
        limit = 1.0 if worst == m else beta.ppf(1 - delta / 2, worst + 1, m - worst)
        assert claim.upper == pytest.approx(limit, abs=1e-9)
        assert assumption.status is Status.NOT_REJECTED
    else:
        assert claim.upper is None
        assert claim.confidence is None
        assert "rejected" in claim.detail["reason"]
        assert assumption.status is Status.REJECTED
    if name in ("constants", "threshold", "finite"):
        most = max(budget, *(e for e in range(n + 1) if tail(n, sigma, e) > delta / 2))
        assert claim.detail["kept"] == sum(e * n <= most for e, _, _ in all_parts)


@pytest.mark.parametrize("name", NAMES)
@SOME
@given(problem=problems(values=3, most=4))
def test_half_diameter_is_that_of_a_pair_inside(name, problem):
    oracle, members = BINARY[name]
    xs, ys, xt, _, h, budget = problem
    n = len(xs)
    claim = oracle.version_space(h, xs, ys, xt, sigma=budget / n, classes=(0, 1))
    within = [p[n:] for p in members(xs + xt) if share(p[:n], ys) <= Fraction(budget, n)]
    if not within:
        return
    half = claim.detail["half_diameter"]
    distances = {float(share(a, b)) / 2 for a in within for b in within}
    assert min(abs(half - d) for d in distances) < EXACT
    # From any member, the farthest other one is at least half the diameter away.
    assert half >= max(distances) / 2 - EXACT


@pytest.mark.parametrize("name", NAMES)
@SOME
@given(problem=problems(values=3, most=4))
def test_discrepancy_is_that_of_the_loop_over_pairs(name, problem):
    oracle, members = BINARY[name]
    xs, _, xt, _, h, _ = problem
    n = len(xs)
    distinct = [list(p) for p in {tuple(p) for p in members(xs + xt)}]

    def gap(a, b):
        return abs(share(a[n:], b[n:]) - share(a[:n], b[:n]))

    pairs = max((gap(a, b) for a, b in combinations(distinct, 2)), default=0)
    claim = oracle.discrepancy(xs, xt)
    assert claim.estimate == pytest.approx(float(pairs), abs=EXACT)
    assert claim.detail["d_hdh"] == 2 * claim.estimate
    assert claim.upper == pytest.approx(float(pairs) + sqrt((1 / n + 1 / len(xt)) * log(20) / 2), abs=EXACT)
    joined = oracle.discrepancy(xs, xt, h=h, classes=(0, 1))
    with_h = max(pairs, *(gap(a, h[0] + h[1]) for a in distinct))
    assert joined.estimate == pytest.approx(float(with_h), abs=EXACT)


@pytest.mark.parametrize("name", NAMES)
@SOME
@given(problem=problems(values=3, most=4))
def test_enumerate_lists_every_behaviour_once(name, problem):
    oracle, members = BINARY[name]
    column = problem[0]
    listed = oracle.enumerate(column)
    rows = [tuple(row) for row in listed.predictions.tolist()]
    assert len(rows) == len(set(rows)) == len(listed)
    assert set(rows) == {tuple(p) for p in members(column)}
    for row, rule in zip(rows, listed.hypotheses, strict=True):
        assert tuple(rule.predict(column)) == row


@SOME
@given(problem=problems(values=2, most=4), third=st.lists(st.integers(0, 2), min_size=12, max_size=12))
@pytest.mark.parametrize("oracle", [Constants(), AllFunctions()])
def test_three_labels(oracle, problem, third):
    xs, _, xt, _, _, budget = problem
    n, m = len(xs), len(xt)
    ys, yt, h = third[:n], third[4 : 4 + m], (third[6 : 6 + n], third[8 : 8 + m])
    column = xs + xt
    members = [[k] * (n + m) for k in range(3)] if oracle == Constants() else anything(column, 3)
    K = {"classes": (0, 1, 2)}
    all_parts = parts(members, xs, ys, h)
    literal = min(share(p[:n], ys) + share(p[n:], yt) for p in members)
    assert oracle.adaptability(xs, ys, xt, yt, **K).estimate == pytest.approx(float(literal), abs=EXACT)
    value = oracle.disparity(h, xs, xt, **K).estimate
    assert value == pytest.approx(float(max(t - s for _, s, t in all_parts)), abs=EXACT)
    literal = max((t for e, _, t in all_parts if e <= Fraction(budget, n)), default=None)
    value = oracle.version_space(h, xs, ys, xt, sigma=budget / n, **K).estimate
    assert value == (None if literal is None else pytest.approx(float(literal), abs=EXACT))


# Weak duality, for classes whose constrained maximum can't be enumerated ----------------------------------------------


class Undisclosed(Thresholds):
    """Thresholds that do not say their frontier."""

    __slots__ = ()
    name = "undisclosed"

    def frontier(self, rows, errors, gains, most):
        return None


@SOME
@given(problem=problems())
def test_weak_duality_is_the_least_upper_value_over_mu(problem):
    xs, ys, xt, _, h, budget = problem
    n, _m = len(xs), len(xt)
    all_parts = parts(BINARY["thresholds"][1](xs + xt), xs, ys, h)
    claim = Undisclosed().version_space(h, xs, ys, xt, sigma=budget / n, classes=(0, 1))
    exact = Thresholds().version_space(h, xs, ys, xt, sigma=budget / n, classes=(0, 1))
    assert claim.detail["method"] == "weak_duality"
    assert exact.detail["method"] == "enumeration"
    assert (claim.estimate is None) == (exact.estimate is None)
    if exact.estimate is None:
        return
    c = Fraction(budget, n)
    slopes = {Fraction(0)}
    for (e1, _, t1), (e2, _, t2) in combinations(all_parts, 2):
        if e1 != e2:
            slopes.add(max(Fraction(0), (t1 - t2) / (e1 - e2)))
    dual = min(max(t - mu * (e - c) for e, _, t in all_parts) for mu in slopes)
    assert claim.estimate == pytest.approx(float(dual), abs=1e-9)
    assert claim.estimate >= exact.estimate - EXACT
    assert claim.upper >= exact.upper - 1e-9
    localised = Undisclosed().lagrangian(h, xs, ys, xt, level=budget / n, classes=(0, 1))
    assert (
        localised.estimate
        >= Thresholds().lagrangian(h, xs, ys, xt, level=budget / n, classes=(0, 1)).estimate - EXACT
    )


def test_a_union_beyond_the_table_falls_back_to_weak_duality(monkeypatch):
    monkeypatch.setattr("whytransfer.hypotheses.segments.LARGEST_TABLE", 0)
    rng = np.random.default_rng(3)
    xs, xt = rng.integers(0, 9, 30), rng.integers(0, 9, 30)
    ys, ht = rng.integers(0, 2, 30), rng.integers(0, 2, 30)
    bounded = Unions(j=2).version_space((None, ht), xs, ys, xt, sigma=0.4)
    monkeypatch.undo()
    exact = Unions(j=2).version_space((None, ht), xs, ys, xt, sigma=0.4)
    assert bounded.detail["method"] == "weak_duality"
    assert exact.detail["method"] == "enumeration"
    assert bounded.estimate >= exact.estimate
    assert bounded.upper >= exact.upper


# Larger samples, against slow programmes ------------------------------------------------------------------------------


def slow_segments(price, j):
    """The least sum of at most j segments, state by state."""
    best = {(0, False): 0.0}
    for p in price:
        after = {}
        for (used, within), value in best.items():
            for step in (False, True):
                count = used + (step and not within)
                total = value + (p if step else 0.0)
                if count <= j and total < after.get((count, step), inf):
                    after[count, step] = total
        best = after
    return min(best.values())


@pytest.mark.parametrize("j", [1, 2, 5])
def test_unions_on_many_rows(j):
    rng = np.random.default_rng(j)
    column, cost = np.round(rng.normal(size=500), 2), rng.normal(size=(500, 2))
    values = np.unique(column)
    price = [cost[column == v, 1].sum() - cost[column == v, 0].sum() for v in values]
    assert Unions(j=j).erm(column, cost).cost == pytest.approx(
        cost[:, 0].sum() + slow_segments(price, j), abs=1e-9
    )
    if j == 1:
        assert Intervals().erm(column, cost).cost == pytest.approx(
            Unions(j=1).erm(column, cost).cost, abs=EXACT
        )


@SOME
@given(problem=problems(), L=st.sampled_from([0.0, 0.3, 1.0, 5.0]))
def test_lipschitz_is_optimal_by_a_dual_solution_and_a_grid(problem, L):
    xs, ys, xt, yt, _, _ = problem
    oracle = Lipschitz(L=L)
    claim = oracle.adaptability(xs, ys, xt, yt, classes=(0, 1))
    assert claim.loss == "absolute"
    if L == 0.0:
        literal = constants_absolute(ys, yt)
    elif L >= 1.0:
        # The values are whole numbers: every function into [0, 1] is 1-Lipschitz on them, and its best is a labelling.
        literal = float(min(share(p[: len(xs)], ys) + share(p[len(xs) :], yt) for p in anything(xs + xt, 2)))
    else:
        literal = None
    if literal is not None:
        assert claim.estimate == pytest.approx(literal, abs=1e-9)
    rng = np.random.default_rng(0)
    values = np.unique(xs + xt)
    for _ in range(20):
        # Random members: steps of at most L, clipped.
        heights = np.clip(
            np.cumsum(rng.uniform(-L, L, len(values)) * np.diff(values, prepend=values[0])) + rng.random(),
            0,
            1,
        )
        h = np.interp(xs + xt, values, heights)
        assert claim.estimate <= np.abs(h[: len(xs)] - ys).mean() + np.abs(h[len(xs) :] - yt).mean() + 1e-9


def constants_absolute(ys, yt):
    return min(abs(c - np.array(ys)).mean() + abs(c - np.array(yt)).mean() for c in (0.0, 1.0))


@SOME
@given(problem=problems())
def test_discrepancy_of_a_wide_lipschitz_class_is_total_variation(problem):
    xs, _, xt, _, _, _ = problem
    wide = Lipschitz(L=1.0).discrepancy(xs, xt).estimate
    assert wide == pytest.approx(AllFunctions().discrepancy(xs, xt).estimate, abs=1e-9)


def test_discrepancy_of_a_narrow_lipschitz_class_is_wasserstein():
    # 2L · W1 while nothing reaches the ends of [0, 1]: points 0 and 0.1 moved to 0.2 and 0.3.
    claim = Lipschitz(L=0.5).discrepancy([0.0, 0.1], [0.2, 0.3])
    assert claim.estimate == pytest.approx(0.2, abs=1e-9)


@given(n=st.integers(1, 40), sigma=st.floats(0, 1), failure=st.floats(0.001, 0.9))
def test_not_rejected_is_the_largest_count_of_the_exact_test(n, sigma, failure):
    tails = [tail(n, sigma, e) for e in range(n + 1)]
    if min(abs(t - failure) for t in tails) < 1e-9:
        return  # the two sums round differently
    assert not_rejected(sigma, n, failure) == max(e for e in range(n + 1) if tails[e] > failure)


def test_the_class_by_name_is_the_class():
    assert hypotheses("unions", j=2) == Unions(j=2)
