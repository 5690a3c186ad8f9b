"""Golden values, laws, slow oracles and the door of the intervals."""

import importlib
import json
import math
import pkgutil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import whytransfer.claims.intervals as room
from whytransfer.claims import Level, Unit
from whytransfer.claims.intervals import (
    INTERVALS,
    Betting,
    BoundedInterval,
    ClopperPearson,
    EmpiricalBernstein,
    Interval,
    hoeffding_term,
    interval,
    kl_upper,
    lower_limit,
    upper_limit,
)
from whytransfer.claims.intervals.betting import SHARES, STAKES
from whytransfer.claims.intervals.root import rising_root
from whytransfer.errors import InputError, UnknownNameError

KINDS = [kind() for kind in INTERVALS.values()]
BOUNDED = [kind for kind in KINDS if isinstance(kind, BoundedInterval)]
EXACT = [kind for kind in KINDS if kind.name in ("clopper_pearson", "chernoff", "betting", "beta_binomial")]

named = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
bounded = pytest.mark.parametrize("kind", BOUNDED, ids=lambda kind: kind.name)

MEAN_STAKE = float(SHARES @ STAKES)

# name: (errors, n, δ, upper limit, tolerance). THEORY E18 to its printed digits; formulas to rounding.
GOLDEN = {
    "clopper_pearson": [
        (0, 100, 0.05, 0.029513, 5e-7),
        (5, 100, 0.05, 0.102253, 5e-7),
        (10, 200, 0.05, 0.083335, 5e-7),
        (50, 1000, 0.05, 0.062863, 5e-7),
        (0, 59, 0.05, 0.049508, 5e-7),
        (0, 299, 0.05, 0.009969, 5e-7),
        (0, 37, 0.01, 1 - 0.01 ** (1 / 37), 1e-14),
        (1, 2, 0.19, math.sqrt(1 - 0.19), 1e-14),  # P(Bin(2, q) ≤ 1) = 1 − q²
        (36, 37, 0.01, (1 - 0.01) ** (1 / 37), 1e-14),
    ],
    "hoeffding": [
        (5, 100, 0.05, 0.172387, 5e-7),
        (50, 1000, 0.05, 0.088702, 5e-7),
        (3, 7, 0.2, 3 / 7 + math.sqrt(math.log(5) / 14), 1e-14),
    ],
    "chernoff": [
        (5, 100, 0.05, 0.121527, 5e-7),
        (50, 1000, 0.05, 0.068685, 5e-7),
        (0, 80, 0.02, 1 - 0.02 ** (1 / 80), 1e-14),  # kl(0 ‖ q) = −ln(1 − q)
        # kl(1/2 ‖ q) = −ln(4 q (1 − q)) / 2
        (5, 10, 0.3, (1 + math.sqrt(1 - 0.3 ** (1 / 5))) / 2, 1e-14),
    ],
    "empirical_bernstein": [
        (5, 100, 0.05, 0.196440, 5e-7),
        (50, 1000, 0.05, 0.077346, 5e-7),
        (0, 500, 0.1, 7 * math.log(20) / (3 * 499), 1e-14),
    ],
    "betting": [
        # One right answer multiplies the wealth by 1 − C + C / (1 − m), C the mean stake.
        (0, 1, 0.05, 1 - MEAN_STAKE / (1 / 0.05 - 1 + MEAN_STAKE), 1e-14),
        (0, 1, 0.5, 1 - MEAN_STAKE / (1 / 0.5 - 1 + MEAN_STAKE), 1e-14),
    ],
    "beta_binomial": [
        (0, 1, 0.05, (2 - 2 * 0.05) / (2 - 0.05), 1e-14),  # (1/m) ∫_0^m (1 − θ) dθ = (1 − m/2), over 1 − m
        (1, 2, 0.05, (1 / 0.05 - 1 / 2) / (1 / 0.05 - 1 / 3), 1e-14),
    ],
}


@pytest.mark.parametrize(
    ("name", "errors", "n", "failure", "expected", "tolerance"),
    [(name, *row) for name, rows in GOLDEN.items() for row in rows],
)
def test_golden_upper_limits(name, errors, n, failure, expected, tolerance):
    assert INTERVALS[name]().upper(errors, n, failure) == pytest.approx(expected, rel=0, abs=tolerance)


@pytest.mark.parametrize(
    ("errors", "n", "expected"),
    [(5, 100, 0.019906), (50, 1000, 0.039164), (1, 1, 0.05), (37, 37, 0.05 ** (1 / 37))],
)
def test_golden_lower_limits_of_clopper_pearson(errors, n, expected):
    assert ClopperPearson().lower(errors, n, 0.05) == pytest.approx(expected, rel=0, abs=5e-7)
    assert lower_limit(errors, n, 0.05) == pytest.approx(expected, rel=0, abs=5e-7)


def test_golden_hoeffding_terms():
    assert hoeffding_term(0.05, 1000, 1000) == pytest.approx(0.054733, abs=5e-7)  # E20
    assert hoeffding_term(0.05, 200, 200) == pytest.approx(0.122387, abs=5e-7)
    assert hoeffding_term(0.05, 1000, 1000, ranges=(2, 1)) == pytest.approx(0.086541, abs=5e-7)
    assert hoeffding_term(0.05, 5000, 5000, ranges=(2, 1)) == pytest.approx(0.038702, abs=5e-7)
    assert hoeffding_term(0.05, 1000, ranges=(2,)) == pytest.approx(0.077405, abs=5e-7)  # E22
    # B3's constant: (4/n + 1/m) / 2 = (n + 4m) / (2nm)
    n, m = 300, 700
    expected = math.sqrt((n + 4 * m) * math.log(1 / 0.01) / (2 * n * m))
    assert hoeffding_term(0.01, n, m, ranges=(2, 1)) == pytest.approx(expected, rel=1e-14)
    # A population that is known whole costs nothing.
    assert hoeffding_term(0.05, 400, math.inf) == hoeffding_term(0.05, 400)


@pytest.mark.parametrize(
    ("sizes", "ranges"),
    [((), None), ((0,), None), ((10, -1), None), ((10,), (1, 2)), ((10,), (-1,)), ((10,), (math.inf,))],
)
def test_hoeffding_term_refuses(sizes, ranges):
    with pytest.raises(InputError):
        hoeffding_term(0.05, *sizes, ranges=ranges)


# ---------------------------------------------------------------- one file, one export line, one golden row


def test_every_file_has_an_export_line_and_a_golden_row():
    helpers = {"as_claim", "base", "checks", "root"}
    modules = {m.name for m in pkgutil.iter_modules(room.__path__)} - helpers
    for name in modules:
        module = importlib.import_module(f"{room.__name__}.{name}")
        defined = [
            value
            for value in vars(module).values()
            if isinstance(value, type) and issubclass(value, Interval) and value.__module__ == module.__name__
        ]
        assert [kind.name for kind in defined] == [name], (
            f"{name}.py must define the one interval of that name"
        )
        assert INTERVALS.get(name) is defined[0], (
            f"export {defined[0].__name__} in claims/intervals/__init__.py"
        )
        assert defined[0].__name__ in room.__all__
    assert set(GOLDEN) == modules == set(INTERVALS), "a golden row for every interval, and none without one"


@named
def test_declarations(kind):
    assert kind.statement.startswith("err ≤ ")
    assert kind.reference.count(":") == 1
    assert kind.bounded == isinstance(kind, BoundedInterval)
    assert kind == type(kind)()
    assert hash(kind) == hash(type(kind)())


# ---------------------------------------------------------------- laws

errors_and_n = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
failures = st.floats(1e-9, 0.95)
quick = settings(max_examples=60, deadline=None)


@named
@given(case=errors_and_n, failure=failures)
@quick
def test_limits_stand_on_both_sides_of_the_rate_within_0_and_1(kind, case, failure):
    errors, n = case
    lower, upper = kind.lower(errors, n, failure), kind.upper(errors, n, failure)
    assert 0 <= lower <= errors / n <= upper <= 1


@named
@given(case=errors_and_n, failure=failures)
@quick
def test_limits_rise_with_errors_and_fall_with_right_answers(kind, case, failure):
    errors, n = case
    upper, lower = kind.upper(errors, n, failure), kind.lower(errors, n, failure)
    assert kind.upper(errors, n + 1, failure) <= upper + 1e-12
    assert kind.lower(errors, n + 1, failure) <= lower + 1e-12
    if errors < n:
        assert kind.upper(errors + 1, n, failure) >= upper
        assert kind.lower(errors + 1, n, failure) >= lower


@named
@given(case=errors_and_n, failure=st.floats(1e-9, 0.45), factor=st.integers(2, 5))
@quick
def test_limits_shrink_when_the_same_rate_is_seen_on_more_rows(kind, case, failure, factor):
    errors, n = case
    assert kind.upper(factor * errors, factor * n, failure) <= kind.upper(errors, n, failure) + 1e-12
    assert kind.lower(factor * errors, factor * n, failure) >= kind.lower(errors, n, failure) - 1e-12


@named
@given(case=errors_and_n, failure=failures, smaller=st.floats(0.01, 1))
@quick
def test_limits_widen_as_delta_falls(kind, case, failure, smaller):
    errors, n = case
    assert kind.upper(errors, n, failure * smaller) >= kind.upper(errors, n, failure) - 1e-12
    assert kind.lower(errors, n, failure * smaller) <= kind.lower(errors, n, failure) + 1e-12


@named
@given(case=errors_and_n, failure=failures)
@quick
def test_right_answers_mirror_errors(kind, case, failure):
    errors, n = case
    assert kind.lower(errors, n, failure) == pytest.approx(1 - kind.upper(n - errors, n, failure), abs=1e-12)
    assert lower_limit(errors, n, failure) == pytest.approx(
        1 - upper_limit(n - errors, n, failure), abs=1e-12
    )


@named
def test_extremes(kind):
    assert kind.upper(0, 0, 0.05) == 1
    assert kind.lower(0, 0, 0.05) == 0
    for n in (1, 2, 50, 10_000):
        assert kind.lower(0, n, 0.05) == 0
        assert kind.upper(n, n, 0.05) == 1
        assert kind.upper(0, n, 0.05) == pytest.approx(1 - kind.lower(n, n, 0.05), abs=1e-15)
    assert kind.upper(0, 10_000, 0.05) < 0.05
    for failure in (1e-300, 1e-15, 1 - 1e-9):
        assert 0 <= kind.lower(5, 100, failure) <= 0.05 <= kind.upper(5, 100, failure) <= 1


@named
def test_arrays_of_counts_agree_with_single_counts(kind):
    counts = np.arange(31).reshape(1, 31)
    np.testing.assert_allclose(
        kind.uppers(counts, 30, 0.1), [[kind.upper(e, 30, 0.1) for e in range(31)]], rtol=0, atol=1e-14
    )
    np.testing.assert_allclose(
        kind.lowers(counts, 30, 0.1), [[kind.lower(e, 30, 0.1) for e in range(31)]], rtol=0, atol=1e-14
    )


@named
@pytest.mark.parametrize("failure", [0.05, 0.2])
def test_exact_miss_probability_never_exceeds_delta(kind, failure):
    # No simulation: the law of the number of errors is known.
    for n in (1, 2, 7, 30, 120):
        probability = np.array([math.comb(n, e) for e in range(n + 1)], dtype=float)
        uppers, lowers = kind.uppers(np.arange(n + 1), n, failure), kind.lowers(np.arange(n + 1), n, failure)
        for p in np.linspace(0.001, 0.999, 211):
            law = probability * p ** np.arange(n + 1) * (1 - p) ** np.arange(n, -1, -1)
            assert law[uppers < p].sum() <= failure * (1 + 1e-9)
            assert law[lowers > p].sum() <= failure * (1 + 1e-9)


@pytest.mark.parametrize("kind", [k for k in KINDS if k.anytime], ids=lambda k: k.name)
@pytest.mark.parametrize("p", [0.02, 0.1, 0.5])
def test_looking_after_every_row_is_allowed_where_it_is_declared(kind, p):
    assert _probability_of_ever_missing(kind, p, looks=250, failure=0.1) <= 0.1


@pytest.mark.parametrize("p", [0.02, 0.1, 0.5])
def test_looking_after_every_row_breaks_the_exact_interval(p):
    # The control: what holds at one n does not hold at all of them.
    assert _probability_of_ever_missing(ClopperPearson(), p, looks=250, failure=0.1) > 0.13


def _probability_of_ever_missing(kind, p, looks, failure):
    """P(some t ≤ looks has upper_t < p), exactly: the walk of the errors is stopped where it misses."""
    alive, missed = np.array([1.0]), 0.0
    for t in range(1, looks + 1):
        alive = np.append(alive * (1 - p), 0.0) + np.append(0.0, alive * p)
        low = np.arange(math.ceil(t * p))  # an upper limit is never below the rate
        bad = low[kind.uppers(low, t, failure) < p]
        missed += alive[bad].sum()
        alive[bad] = 0.0
    return missed


# ---------------------------------------------------------------- slow oracles


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


# ---------------------------------------------------------------- losses in [0, 1]


@bounded
@given(losses=st.lists(st.floats(0, 1), min_size=1, max_size=40), failure=failures)
@quick
def test_limits_of_losses_stand_around_the_mean_whatever_the_order(kind, losses, failure):
    lower, upper = kind.lower_of(losses, failure), kind.upper_of(losses, failure)
    assert 0 <= lower <= np.mean(losses) + 1e-12
    assert np.mean(losses) - 1e-12 <= upper <= 1
    assert kind.upper_of(sorted(losses), failure) == pytest.approx(upper, abs=1e-9)
    assert kind.lower_of(sorted(losses), failure) == pytest.approx(lower, abs=1e-9)


@bounded
@pytest.mark.parametrize(("errors", "n"), [(0, 1), (1, 1), (0, 30), (4, 30), (30, 30), (0, 0)])
def test_counts_and_arrays_of_0_and_1_agree(kind, errors, n):
    losses = np.r_[np.ones(errors), np.zeros(n - errors)]
    assert kind.upper_of(losses, 0.05) == pytest.approx(kind.upper(errors, n, 0.05), abs=1e-13)
    assert kind.lower_of(losses, 0.05) == pytest.approx(kind.lower(errors, n, 0.05), abs=1e-13)


@bounded
def test_losses_are_not_changed(kind):
    losses = np.array([0.1, 0.9, 0.0])
    losses.setflags(write=False)
    kind.upper_of(losses, 0.05)
    kind.lower_of(losses, 0.05)


def test_betting_is_shorter_than_hoeffding_and_empirical_bernstein_on_quiet_losses():
    losses = np.random.default_rng(0).beta(10, 30, 300)
    limits = {kind.name: kind.upper_of(losses, 0.05) for kind in BOUNDED}
    assert limits["betting"] < limits["empirical_bernstein"] < limits["hoeffding"]


def test_betting_handles_many_rows_and_many_values():
    # More distinct values than one block holds; two thirds of the mass repeats.
    rng = np.random.default_rng(1)
    losses = np.r_[rng.random(10_000), np.zeros(20_000)]
    upper = Betting().upper_of(losses, 0.05)
    assert losses.mean() < upper < losses.mean() + 0.01
    assert (
        _log_slow_wealth(losses, upper + 1e-9) >= math.log(1 / 0.05) >= _log_slow_wealth(losses, upper - 1e-9)
    )


def _log_slow_wealth(losses, m):
    logs = [
        math.log(w) + np.log(1 - c / (1 - m) * (losses - m)).sum()
        for w, c in zip(SHARES, STAKES, strict=True)
    ]
    return max(logs) + math.log(sum(math.exp(x - max(logs)) for x in logs))


# ---------------------------------------------------------------- the door: interval(...) -> Claim


@named
def test_the_claim(kind):
    claim = interval(kind.name, 5, 100)
    assert claim.id == f"interval.{kind.name}"
    assert claim.quantity == "error"
    assert claim.unit is Unit.ERROR
    assert claim.level is Level.PROVED
    assert claim.estimate == 0.05
    assert claim.lower == kind.lower(5, 100, 0.05)
    assert claim.upper == kind.upper(5, 100, 0.05)
    assert claim.confidence == 0.95
    assert claim.theorem == kind.name
    assert claim.citation == kind.reference
    assert claim.loss == "zero_one"
    assert claim.assumptions == ()
    assert claim.detail["delta"] == 0.05
    assert (claim.detail["errors"], claim.detail["n"], claim.detail["side"]) == (5, 100, "both")
    assert claim.detail["anytime"] is kind.anytime
    json.dumps(claim.to_dict(), allow_nan=False)


@named
def test_sides(kind):
    both = interval(kind.name, 5, 100, 0.1)
    upper, lower = interval(kind.name, 5, 100, 0.1, "upper"), interval(kind.name, 5, 100, 0.1, side="lower")
    assert (upper.lower, upper.upper) == (None, both.upper)
    assert (lower.lower, lower.upper) == (both.lower, None)


@named
@pytest.mark.parametrize("errors", [0, np.int64(0), [], np.array([], dtype=bool)])
def test_no_rows(kind, errors):
    claim = interval(kind.name, errors, None if np.ndim(errors) else 0)
    assert claim.estimate is None
    assert (claim.lower, claim.upper) == (0.0, 1.0)
    assert "no rows" in claim.detail["reason"]


@named
def test_arrays_of_wrong_and_right(kind):
    expected = interval(kind.name, 2, 5)
    for wrong in ([0, 1, 0, 1, 0], np.array([False, True, False, True, False]), (0.0, 1.0, 0.0, 1.0, 0.0)):
        claim = interval(kind.name, wrong)
        assert claim.detail == expected.detail
        assert (claim.lower, claim.upper) == pytest.approx((expected.lower, expected.upper), abs=1e-13)
        assert interval(kind.name, wrong, 5) == claim


def test_arrays_of_losses():
    losses = [0.25, 0.5, 0.0, 1.0]
    for kind in KINDS:
        if kind.bounded:
            claim = interval(kind.name, losses)
            assert claim.estimate == 0.4375
            assert claim.loss == "bounded"
            assert (claim.detail["errors"], claim.detail["n"]) == (1.75, 4)
        else:
            with pytest.raises(InputError, match="losses of 0 and 1 only; use betting"):
                interval(kind.name, losses)


def test_pandas_series_are_taken():
    import pandas as pd

    series = pd.Series([True, False, False], index=[7, 8, 9])
    assert interval("clopper_pearson", series).detail["errors"] == 1


@named
@pytest.mark.parametrize(
    ("errors", "n", "delta", "side", "message"),
    [
        (5, None, 0.05, "both", "needs n"),
        (101, 100, 0.05, "both", "between 0 and n"),
        (-1, 100, 0.05, "both", "between 0 and n"),
        (1, 0, 0.05, "both", "between 0 and n"),
        (2.5, 100, 0.05, "both", "whole number"),
        (float("nan"), 100, 0.05, "both", "whole number"),
        (float("inf"), 100, 0.05, "both", "between 0 and n"),
        ("five", 100, 0.05, "both", "numeric"),
        (5, -3, 0.05, "both", "at least 0"),
        (5, 10.5, 0.05, "both", "whole number"),
        (5, float("inf"), 0.05, "both", "whole number"),
        (5, "many", 0.05, "both", "numeric"),
        (5, 100, 0.0, "both", "strictly between 0 and 1"),
        (5, 100, 1.0, "both", "strictly between 0 and 1"),
        (5, 100, -0.05, "both", "strictly between 0 and 1"),
        (5, 100, float("nan"), "both", "strictly between 0 and 1"),
        (5, 100, "small", "both", "strictly between 0 and 1"),
        (5, 100, None, "both", "strictly between 0 and 1"),
        (5, 100, 0.05, "left", "side must be one of"),
        ([0, 1, 1], 4, 0.05, "both", "contradicts"),
        ([[0, 1], [1, 0]], None, 0.05, "both", "one-dimensional"),
        ([0, 1, 2], None, 0.05, "both", "between 0 and 1"),
        ([0, -0.1], None, 0.05, "both", "between 0 and 1"),
        ([0, float("nan")], None, 0.05, "both", "between 0 and 1"),
        (["a", "b"], None, 0.05, "both", "numeric"),
    ],
)
def test_bad_input_is_answered_in_one_line(kind, errors, n, delta, side, message):
    with pytest.raises(InputError, match=message) as caught:
        interval(kind.name, errors, n, delta, side)
    assert "\n" not in str(caught.value)


def test_unknown_names_get_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean 'clopper_pearson'"):
        interval("clopper-pearson", 5, 100)


# ---------------------------------------------------------------- the short functions


def test_limits_of_arrays_broadcast_and_forgive_rounding():
    errors, n = np.array([0, 3, 10]), np.array([0, 10, 10])
    np.testing.assert_allclose(
        upper_limit(errors, n, 0.05), [1, upper_limit(3, 10, 0.05), 1], rtol=0, atol=1e-15
    )
    np.testing.assert_allclose(
        lower_limit(errors, n, 0.05), [0, lower_limit(3, 10, 0.05), 0.05 ** (1 / 10)], rtol=0, atol=1e-15
    )
    rate = 0.1 + 0.2  # 0.30000000000000004
    assert upper_limit(rate * 10, 10, 0.05) == upper_limit(3, 10, 0.05)
    assert isinstance(upper_limit(3, 10, 0.05), float)
    assert isinstance(lower_limit(np.float64(3), 10, 0.05), float)
    with pytest.raises(InputError):
        upper_limit(np.array([1, 11]), 10, 0.05)
    with pytest.raises(InputError):
        lower_limit(3, 10, 1.0)


def test_tiny_delta_keeps_its_digits():
    # 1 − δ would have rounded δ = 1e-18 away.
    assert upper_limit(0, 100, 1e-18) == pytest.approx(1 - 1e-18 ** (1 / 100), rel=1e-12)
    assert lower_limit(100, 100, 1e-18) == pytest.approx(1e-18 ** (1 / 100), rel=1e-12)
    # SciPy's inverse gives up here; the limit falls back to what is safe.
    assert upper_limit(95, 100, 1e-300) > 0.999
    assert lower_limit(5, 100, 1e-300) < 0.001


def test_a_million_rows():
    n, errors = 10**6, 100_000
    limits = {kind.name: kind.upper(errors, n, 0.05) for kind in KINDS}
    normal = 0.1 + 1.6448536 * math.sqrt(0.1 * 0.9 / n)
    assert limits["clopper_pearson"] == pytest.approx(normal, abs=3e-6)
    assert limits["clopper_pearson"] < limits["chernoff"] < limits["hoeffding"]
    assert limits["chernoff"] < limits["beta_binomial"] < 0.1 + 3 * (normal - 0.1)
    assert limits["chernoff"] < limits["betting"] < 0.1 + 3 * (normal - 0.1)
