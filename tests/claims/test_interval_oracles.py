"""Each fast interval against a slow literal one."""

import math

import numpy as np
import pytest

from whytransfer.claims.intervals import (
    INTERVALS,
    Betting,
    EmpiricalBernstein,
    beta_binomial,
    betting,
    chernoff,
    group_bets,
    grouped_upper,
    kl_upper,
    lower_limit,
    upper_limit,
)
from whytransfer.claims.intervals.betting import SHARES, STAKES
from whytransfer.claims.intervals.root import rising_root


def _bisect(rejects, low):
    high = 1.0
    for _ in range(60):
        middle = min((low + high) / 2, 1 - 2**-53)
        low, high = (low, middle) if rejects(middle) else (middle, high)
    return high


def _binomial_tail(errors, n, q):
    return math.fsum(math.comb(n, e) * q**e * (1 - q) ** (n - e) for e in range(errors + 1))


CASES = [(0, 1), (0, 9), (1, 9), (4, 9), (8, 9), (3, 40), (20, 40), (39, 40), (7, 160)]


@pytest.mark.parametrize(("errors", "n"), CASES)
@pytest.mark.parametrize("failure", [1e-6, 0.05, 0.4])
def test_clopper_pearson_is_the_inverted_binomial_tail(errors, n, failure):
    slow = _bisect(lambda q: _binomial_tail(errors, n, q) <= failure, errors / n)
    assert upper_limit(errors, n, failure) == pytest.approx(slow, abs=1e-12)
    assert lower_limit(n - errors, n, failure) == pytest.approx(1 - slow, abs=1e-12)


@pytest.mark.parametrize(("errors", "n"), CASES)
def test_chernoff_is_the_last_point_of_a_grid_inside_the_ball(errors, n):
    def kl(p, q):
        left = 0 if p == 0 else p * math.log(p / q)
        return left + (0 if p == 1 else (1 - p) * math.log((1 - p) / (1 - q)))

    grid = [errors / n + (1 - errors / n) * k / 20_000 for k in range(1, 20_000)]
    slow = max([q for q in grid if kl(errors / n, q) <= math.log(1 / 0.05) / n], default=errors / n)
    assert slow <= INTERVALS["chernoff"]().upper(errors, n, 0.05) <= slow + 1 / 20_000


def _slow_wealth(losses, m):
    total = 0.0
    for share, stake in zip(SHARES, STAKES, strict=True):
        wealth = share
        for loss in losses:
            wealth *= 1 - stake / (1 - m) * (loss - m)
        total += wealth
    return total


@pytest.mark.parametrize("n", [1, 2, 13, 60])
@pytest.mark.parametrize("failure", [0.01, 0.2])
def test_betting_is_the_wealth_of_eighteen_bettors(n, failure):
    rng = np.random.default_rng(n)
    for losses in (rng.random(n), rng.beta(1, 9, n), rng.random(n) * (rng.random(n) < 0.3), np.full(n, 0.25)):
        upper = _bisect(lambda m, losses=losses: _slow_wealth(losses, m) >= 1 / failure, losses.mean())
        lower = 1 - _bisect(
            lambda m, losses=losses: _slow_wealth(1 - losses, m) >= 1 / failure, 1 - losses.mean()
        )
        assert Betting().upper_of(losses, failure) == pytest.approx(upper, abs=1e-12)
        assert Betting().lower_of(losses, failure) == pytest.approx(lower, abs=1e-12)


def test_betting_is_a_predictable_bet():
    # The mixture is one bettor whose next λ is the mean of the λ_j weighted by the wealth won so far.
    losses, m = [0.2, 0.0, 0.9, 0.4, 0.0, 1.0, 0.1], 0.6
    bets, wealths, one = STAKES / (1 - m), SHARES.copy(), 1.0
    for loss in losses:
        one *= 1 - (wealths @ bets / wealths.sum()) * (loss - m)
        wealths *= 1 - bets * (loss - m)
    assert one == pytest.approx(_slow_wealth(losses, m), rel=1e-13)


@pytest.mark.parametrize(("errors", "n"), [(0, 3), (1, 9), (3, 40), (20, 40), (39, 40)])
def test_beta_binomial_is_the_mixture_of_likelihood_ratios(errors, n):
    nodes = (np.arange(20_000) + 0.5) / 20_000  # midpoints: the prior, uniform on [0, m]

    def ratio(m):
        total = 0.0
        for u in nodes.reshape(-1, 1000):
            total += float(np.sum(u**errors * ((1 - u * m) / (1 - m)) ** (n - errors)))
        return total / nodes.size

    slow = _bisect(lambda m: ratio(m) >= 1 / 0.05, errors / n)
    assert INTERVALS["beta_binomial"]().upper(errors, n, 0.05) == pytest.approx(slow, abs=1e-6)


def test_empirical_bernstein_is_its_formula():
    losses = [0.1, 0.9, 0.4, 0.4, 0.0, 0.3] * 80
    n, mean = len(losses), sum(losses) / len(losses)
    variance = sum((a - b) ** 2 for a in losses for b in losses) / (2 * n * (n - 1))
    bound = mean + math.sqrt(2 * variance * math.log(2 / 0.03) / n) + 7 * math.log(2 / 0.03) / (3 * (n - 1))
    assert EmpiricalBernstein().upper_of(losses, 0.03) == pytest.approx(bound, rel=1e-13)


def test_kl_upper_takes_several_means():
    means = np.array([0.0, 0.2, 0.9, 1.0])
    limits = kl_upper(means, 0.1)
    assert limits[-1] == 1
    for p, q in zip(means[1:3], limits[1:3], strict=True):
        assert p * math.log(p / q) + (1 - p) * math.log((1 - p) / (1 - q)) == pytest.approx(0.1, rel=1e-12)


def test_rising_root_meets_known_roots_from_above():
    square = rising_root(lambda x: (x**2, 2 * x), np.zeros(3), 0.25)
    np.testing.assert_allclose(square, 0.5, rtol=0, atol=1e-15)
    assert np.all(square >= 0.5)
    # Never reached: 1. A pole at 1 and a flat start: still found.
    assert rising_root(lambda x: (0 * x, 0 * x), np.zeros(1), 1.0)[0] == 1
    steep = rising_root(lambda x: (-50 * np.log1p(-x), 50 / (1 - x)), np.zeros(1), 3.0)
    assert steep[0] == pytest.approx(1 - math.exp(-3 / 50), abs=1e-15)
    # The start is not written on.
    start = np.full(1, 0.2)
    rising_root(lambda x: (x, np.ones_like(x)), start, 0.7)
    assert start[0] == 0.2


SOLVED = {
    "betting": (betting, lambda: Betting().upper_of(np.arange(40) % 7 / 6, 0.05)),
    "betting, of counts": (betting, lambda: Betting().uppers([0, 3, 39], 40, 0.05)),
    "beta_binomial": (beta_binomial, lambda: INTERVALS["beta_binomial"]().uppers([0, 3, 39], 40, 0.05)),
    "chernoff": (chernoff, lambda: kl_upper(np.array([0.0, 0.1, 0.9]), 0.1)),
    "groups": (group_bets, lambda: grouped_upper(np.arange(40) % 7 / 6, np.arange(40) // 3, 0.05)),
}


@pytest.mark.parametrize("name", SOLVED)
def test_curves_know_their_slopes_and_a_dozen_steps_suffice(name, monkeypatch):
    module, limit = SOLVED[name]
    calls = []

    def watched(curve, low, level):
        for share in (0.1, 0.5, 0.9):
            at, step = low + share * (1 - low), 1e-6
            numeric = (curve(at + step)[0] - curve(at - step)[0]) / (2 * step)
            np.testing.assert_allclose(curve(at)[1], numeric, rtol=1e-4)
        return rising_root(lambda m: calls.append(1) or curve(m), low, level)

    monkeypatch.setattr(module, "rising_root", watched)
    limit()
    assert 0 < len(calls) <= 15


def test_samples_are_settled_where_their_limits_are_below_the_mean():
    rng = np.random.default_rng(4)
    payoffs, counts = np.array([0.0, 0.25, 0.5, 1.0]), rng.integers(1, 12, size=(4, 60))
    upper = [Betting().upper_of(1 - np.repeat(payoffs, column), 0.05) for column in counts.T]
    for mean in (0.6, 0.7, 0.8):
        settled = Betting.settles(payoffs, counts.astype(float), mean, 0.05)
        assert 0 < settled.sum() < 60
        assert settled.tolist() == [limit <= mean for limit in upper]
