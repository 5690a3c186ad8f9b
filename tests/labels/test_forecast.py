"""What is said before anyone labels: power for the law by simulated files, noise as a farther requirement, savings by variances."""

import numpy as np
import pytest

from whytransfer.labels import Draws, Horizon
from whytransfer.labels.forecast import curve, law_probability, powered_ratio, savings


def test_power_for_the_law_is_the_mean_over_files():
    """Rows of a law with two rates; strata are ranks, so that the surer rows may be more or fewer than the first stratum holds."""
    draws = Draws(sizes=(60, 40), drawn=(20, 25))
    stairs = draws.critical(0.45, 0.1)
    rng, met, runs = np.random.default_rng(0), 0, 2500
    for _ in range(runs):
        sure = rng.binomial(100, 0.6)
        wrong = rng.random(100) < np.where(np.arange(100) < sure, 0.1, 0.5)
        first, second = rng.permutation(wrong[:60])[:20].sum(), rng.permutation(wrong[60:])[:25].sum()
        met += second <= stairs[first]
    assert law_probability(draws, stairs, (0.1, 0.5)) == pytest.approx(met / runs, abs=0.025)


def test_wrong_labels_move_the_requirement_by_twice_their_share():
    draws = Draws(sizes=(500,), drawn=(80,))
    for horizon in (None, Horizon(n=80)):
        clean = curve(draws, 0.3, 0.05, None, horizon=horizon)
        noisy = curve(draws, 0.3, 0.05, None, horizon=horizon, noise=0.02)
        assert all(b["probability"] <= a["probability"] for a, b in zip(clean, noisy, strict=True))
        at = {e["true_error"]: e for e in noisy}
        assert at[0.27]["labels"] is None
        assert at[0.27]["probability"] == 0.0
        moved = {e["true_error"]: e for e in curve(draws, 0.26, 0.05, None, horizon=horizon)}
        assert at[0.0]["probability"] == moved[0.0]["probability"]


def test_a_sequential_curve_says_after_how_many_labels_it_ends():
    draws, horizon = Draws(sizes=(500,), drawn=(80,)), Horizon(n=80)
    entries = curve(draws, 0.3, 0.05, None, horizon=horizon)
    expected = [e["expected"] for e in entries if e["true_error"] <= 0.3]
    assert expected == sorted(expected)
    assert expected[0] < 40
    assert all(e["expected"] == 80 for e in curve(draws, 0.3, 0.05, None, horizon=None))


def test_predictions_take_off_what_they_explain():
    rng = np.random.default_rng(1)
    rates = rng.random(4000)
    wrong = rng.random(4000) < rates
    # Var(1[error]) = 1/4, of which Var(rates) = 1/12 is explained.
    assert powered_ratio(wrong, rates, wrong, rates) == pytest.approx(2 / 3, abs=0.03)
    assert powered_ratio(wrong, np.full(4000, 0.5), wrong, rates) is None
    told = savings(np.array([0.8, 0.9]), np.array([0.7]))
    assert told["expected"] == pytest.approx(0.15)
    assert told["prediction_powered"]["expected"] == pytest.approx(0.3)
    assert savings(np.empty(0), np.empty(0))["expected"] is None
