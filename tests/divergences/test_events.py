"""f-divergences from events: closed forms, the definition in loops, limits that hold, and tests that keep their level."""

from math import exp, log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, binom, norm

from whytransfer.divergences import KL, Chi2, JensenShannon, TotalVariation
from whytransfer.divergences.events import Event, few_values
from whytransfer.overlap import TwoSamples, score_rows

Phi = norm.cdf
ALL = [TotalVariation(), JensenShannon(), KL(), Chi2()]


def kl(q, p):
    return sum(a * log(a / b) if a else 0.0 for a, b in zip(q, p, strict=True))


LITERAL = {
    "total_variation": lambda q, p: sum(abs(a - b) for a, b in zip(q, p, strict=True)) / 2,
    "kl": kl,
    "chi2": lambda q, p: sum((a - b) ** 2 / b for a, b in zip(q, p, strict=True)),
    "jensen_shannon": lambda q, p: (
        sum(kl([a], [(a + b) / 2]) + kl([b], [(a + b) / 2]) for a, b in zip(q, p, strict=True)) / 2
    ),
}


def allowed(repeats, rate=0.05):
    return binom.ppf(0.999, repeats, rate)


# E5 at mu = 1 and 2, E8 at scale 2 and 3: total variation, JS, KL(T||S), chi2.
POPULATION = [
    (1.0, 1.0, {"total_variation": 2 * Phi(0.5) - 1, "jensen_shannon": 0.111421, "kl": 0.5, "chi2": exp(1) - 1}),
    (2.0, 1.0, {"total_variation": 2 * Phi(1) - 1, "jensen_shannon": 0.336831, "kl": 2.0, "chi2": exp(4) - 1}),
    (0.0, 2.0, {"total_variation": 0.322675, "kl": -log(2) + 1.5}),
    (0.0, 3.0, {"total_variation": 0.484328, "kl": -log(3) + 4}),
]  # fmt: skip


@pytest.mark.parametrize("divergence", ALL, ids=lambda d: d.name)
@pytest.mark.parametrize(("mean", "scale", "truths"), POPULATION, ids=str)
def test_gaussian_populations_from_below(divergence, mean, scale, truths):
    """The event value and its limit stay below the population value; the limit says a good part of it."""
    if divergence.name not in truths:
        return
    truth = truths[divergence.name]
    rng = np.random.default_rng(17)
    claim = divergence.claim(rng.normal(size=4000), rng.normal(mean, scale, size=4000))
    assert claim.upper is None
    assert 0 < claim.lower < truth
    assert claim.lower < claim.estimate < truth + 0.03
    if divergence.name == "total_variation":  # an event is all that the total variation needs
        assert claim.lower > 0.8 * truth
    assert "no upper limit" in claim.detail["reason"]


@pytest.mark.parametrize("mu", [0.5, 1.0])
def test_the_best_event_of_a_mean_shift(mu):
    """KL seen through half-lines: sup over t of kl(P(Z + mu > t), P(Z > t)), by a grid."""
    t = np.linspace(-3, 4, 2000)
    best = KL().of_event(norm.sf(t - mu), norm.sf(t)).max()
    rng = np.random.default_rng(3)
    claim = KL().claim(rng.normal(size=20_000), rng.normal(size=20_000) + mu)
    assert claim.estimate == pytest.approx(best, rel=0.12)


@pytest.mark.parametrize("divergence", ALL, ids=lambda d: d.name)
@given(seed=st.integers(0, 10_000), p=st.integers(1, 2))
def test_plug_in_of_few_values(divergence, seed, p):
    rng = np.random.default_rng(seed)
    source, target = rng.integers(0, 2, size=(20, p)), rng.integers(0, 2, size=(25, p))
    values = sorted({tuple(row) for row in [*source.tolist(), *target.tolist()]})
    q, s = ([sum(tuple(r) == v for r in X.tolist()) / len(X) for v in values] for X in (target, source))
    value = divergence.between(source, target)
    claim = divergence.claim(source, target)
    assert claim.detail["distinct_rows"] == len(values)
    if any(a and not b for a, b in zip(q, s, strict=True)) and divergence.name in ("kl", "chi2"):
        assert value == np.inf
        assert claim.estimate is None
        assert "infinite" in claim.detail["reason"]
        return
    keep = [(a, b) for a, b in zip(q, s, strict=True) if b or divergence.name not in ("kl", "chi2")]
    expected = LITERAL[divergence.name](*zip(*keep, strict=True))
    assert value == pytest.approx(expected, abs=1e-12)
    assert claim.estimate == value


def test_few_values():
    assert few_values(TwoSamples.read(np.arange(40), np.arange(40))) is None
    masses = few_values(TwoSamples.read([0, 0, 0, 1], [0, 1, 1, 1]))
    assert [m.tolist() for m in masses] == [[0.25, 0.75], [0.75, 0.25]]


def clopper_pearson(hits, n, failure):
    low = beta.ppf(failure, hits, n - hits + 1) if hits else 0.0
    return low, beta.ppf(1 - failure, hits + 1, n - hits) if hits < n else 1.0


@pytest.mark.parametrize("divergence", ALL, ids=lambda d: d.name)
def test_lower_limit_by_hand(divergence):
    rng = np.random.default_rng(8)
    claim = divergence.claim(rng.normal(size=(201, 2)), rng.normal(size=(160, 2)) + 1, delta=0.1)
    shown = claim.detail["lower_from"]
    assert (shown["source_rows"], shown["target_rows"]) == (101, 80)
    q, _ = clopper_pearson(shown["target_rows_inside"], 80, 0.05)
    _, p = clopper_pearson(shown["source_rows_inside"], 101, 0.05)
    assert q > p
    assert claim.lower == pytest.approx(LITERAL[divergence.name]([q, 1 - q], [p, 1 - p]), abs=1e-9)


@pytest.mark.parametrize("divergence", ALL, ids=lambda d: d.name)
@given(p=st.floats(0.01, 0.9), a=st.floats(0.0, 1.0), b=st.floats(0.0, 1.0))
def test_the_corner_is_the_least_of_its_box(divergence, p, a, b):
    """Above the diagonal the value grows with q and falls with p."""
    q, r = sorted(p + (1 - p) * x for x in (a, b))
    assert divergence.of_event(q, p) <= divergence.of_event(r, p) + 1e-12
    assert divergence.of_event(r, q) <= divergence.of_event(r, p) + 1e-12


LAW_S, LAW_T = np.array([0.5, 0.3, 0.2]), np.array([0.3, 0.3, 0.4])


@pytest.mark.parametrize("divergence", ALL, ids=lambda d: d.name)
@pytest.mark.parametrize("n", [20, 150])
def test_limits_of_discrete_laws_hold(divergence, n):
    truth = LITERAL[divergence.name](LAW_T, LAW_S)
    rng = np.random.default_rng(n)
    claims = [
        divergence.claim(rng.choice(3, n, p=LAW_S), rng.choice(3, n, p=LAW_T), seed=k) for k in range(150)
    ]
    assert sum(claim.lower > truth for claim in claims) <= allowed(150)
    has_upper = divergence.name in ("total_variation", "jensen_shannon")
    assert all((claim.upper is not None) == has_upper for claim in claims)
    assert sum(claim.upper is not None and claim.upper < truth for claim in claims) <= allowed(150)


@pytest.mark.coverage
@pytest.mark.parametrize("divergence", ALL, ids=lambda d: d.name)
@pytest.mark.parametrize("n", [20, 80])
def test_limits_hold_at_length(divergence, n):
    """2,000 draws of the discrete laws above, where the truth is one event away."""
    truth = LITERAL[divergence.name](LAW_T, LAW_S)
    rng = np.random.default_rng(n)
    above, below = 0, 0
    for k in range(2000):
        claim = divergence.claim(rng.choice(3, n, p=LAW_S), rng.choice(3, n, p=LAW_T), seed=k)
        above += claim.lower > truth
        below += claim.upper is not None and claim.upper < truth
    assert max(above, below) <= allowed(2000)


def test_the_control_fails():
    """An event evaluated on the rows that trained its score: its limit is above 0 where the laws are equal."""
    rng = np.random.default_rng(4)
    invalid, repeats, n = 0, 20, 60
    for _ in range(repeats):
        source, target = rng.normal(size=(2, n, 30))
        pooled, is_target = np.concatenate([source, target]), np.arange(2 * n) >= n
        scores = score_rows("linear", pooled, is_target, pooled, 0)
        value, _ = TotalVariation()._threshold(scores[:n], scores[n:], 0.05)
        invalid += value > 0
    assert invalid > 3 * allowed(repeats)


def test_where_no_corner_says_anything_the_largest_difference_fixes_the_event():
    """T(s > 0) − S(s > 0) = 1 − 1/3 is the largest of three rows each; such an event ranks by it, below every corner."""
    for divergence in ALL:
        value, cut = divergence._threshold(np.array([0.0, 0.0, 5.0]), np.array([1.0, 1.0, 5.0]), 0.05)
        assert (value, cut) == (pytest.approx(2 / 3 - 1), 0.0)
    # With forty rows of each domain the corner of {s > 0} does: 40 of 40 against none.
    low = 0.025 ** (1 / 40)
    value, cut = TotalVariation()._threshold(np.zeros(40), np.ones(40), 0.05)
    assert (value, cut) == (pytest.approx(low - (1 - low), abs=1e-12), 0.0)


def test_half_a_row_stands_in_where_the_source_has_none():
    """Seven of ten target rows and none of twenty source rows lie inside: 7.5/11 against .5/21 where the value is infinite."""
    inside = np.repeat([False, True, False], [20, 7, 3])
    event = Event(kind="linear", threshold=0.0, inside=inside, n=20, m=10)
    assert event.counts == (0, 7)
    q, p = (7.5 / 11, 3.5 / 11), (0.5 / 21, 20.5 / 21)
    assert KL()._observed(event) == pytest.approx(LITERAL["kl"](q, p), rel=1e-12)
    assert Chi2()._observed(event) == pytest.approx(LITERAL["chi2"](q, p), rel=1e-12)
    assert TotalVariation()._observed(event) == pytest.approx(0.7, rel=1e-12)
    lower, upper = event.limits(0.025)
    assert (lower, upper) == (pytest.approx(beta.ppf(0.025, 7, 4)), pytest.approx(1 - 0.025 ** (1 / 20)))


def test_upper_limit_is_one_hoeffding_term_away():
    source, target = np.repeat([0, 1], [30, 10]), np.repeat([0, 1], [10, 30])
    term = sqrt((1 / 40 + 1 / 40) * log(20) / 2)
    claim = TotalVariation().claim(source, target)
    assert claim.estimate == 0.5
    assert claim.upper == pytest.approx(0.5 + term, abs=1e-12)
    assert claim.detail["vacuous"] is False
    js = JensenShannon().claim(source, target)
    assert js.upper == pytest.approx(log(2) * (0.5 + term), abs=1e-12)


@pytest.mark.parametrize("n", [30, 120])
def test_lower_limits_without_a_shift(n):
    """The truth is 0 for continuous rows: a limit above it is a miss."""
    rng = np.random.default_rng(n)
    claims = [
        TotalVariation().claim(rng.normal(size=(n, 3)), rng.normal(size=(n, 3)), seed=k) for k in range(60)
    ]
    assert sum(claim.lower > 0 for claim in claims) <= allowed(60)


def test_p_values_keep_their_level():
    rng = np.random.default_rng(5)
    p = np.array([
        KL().claim(rng.integers(0, 9, 40), rng.integers(0, 9, 30), permutations=19, seed=k).p_value
        for k in range(200)
    ])  # fmt: skip
    assert p.min() >= 1 / 20
    for level in (0.05, 0.25, 0.5):
        assert (p <= level + 1e-9).sum() <= allowed(200, level)


def test_cells_see_what_no_single_column_does():
    rng = np.random.default_rng(6)
    first, flip = rng.integers(0, 2, (2, 400)), rng.random((2, 400)) < 0.1
    source = np.column_stack([first[0], first[0] ^ flip[0]])
    target = np.column_stack([first[1], 1 - (first[1] ^ flip[1])])
    claim = TotalVariation().claim(source, target, permutations=99)
    assert claim.lower > 0.6
    assert claim.p_value == pytest.approx(0.01)
    assert claim.detail["lower_from"]["score"] == "cells"
