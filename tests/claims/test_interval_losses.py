"""Losses anywhere in [0, 1]."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whytransfer.claims.intervals import (
    INTERVALS,
    Betting,
    BoundedInterval,
)
from whytransfer.claims.intervals.betting import SHARES, STAKES

KINDS = [kind() for kind in INTERVALS.values()]
BOUNDED = [kind for kind in KINDS if isinstance(kind, BoundedInterval)]

bounded = pytest.mark.parametrize("kind", BOUNDED, ids=lambda kind: kind.name)

failures = st.floats(1e-9, 0.95)
quick = settings(max_examples=60, deadline=None)


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
