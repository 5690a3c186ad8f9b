"""What holds for every interval: laws, exact miss probabilities, looking after every row."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whytransfer.claims.intervals import (
    INTERVALS,
    ClopperPearson,
    lower_limit,
    upper_limit,
)

KINDS = [kind() for kind in INTERVALS.values()]

named = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)

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
