"""Labels of which a share may be wrong: limits that hold whoever changed them, and what the rest of an audit makes of it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

import whytransfer as wt
from tests.audit import cases
from whytransfer.claims import Claim, Level, Unit
from whytransfer.claims.intervals import Units
from whytransfer.errors import InputError
from whytransfer.steps.label_noise import limits, widened

pytestmark = pytest.mark.usefixtures("without_back_test")


@settings(max_examples=60)
@given(
    wrong=st.lists(st.booleans(), min_size=1, max_size=60),
    noise=st.sampled_from([0.02, 0.1, 0.25]),
    size=st.integers(1, 4),
    towards=st.booleans(),
    seed=st.integers(0, 9),
)
def test_limits_hold_those_of_the_true_labels_whoever_changed_them(wrong, noise, size, towards, seed):
    """An adversary hides errors, or invents them, up to the share; the limits still hold the error that was made."""
    truth = np.array(wrong)
    units = Units.of(np.arange(len(truth)) // size, len(truth))
    changed = truth.copy()
    flips = np.flatnonzero(changed == towards)
    flips = np.random.default_rng(seed).permutation(flips)[: int(noise * len(truth) + 1e-9)]
    changed[flips] = ~changed[flips]
    low, high = limits(changed, units, 0.05, noise)
    errors = int(truth.sum())
    assert low <= errors / len(truth) <= high
    assert low <= units.lower_of_count(errors, 0.05) + 1e-12
    assert high >= units.upper_of_count(errors, 0.05) - 1e-12


@given(wrong=st.lists(st.booleans(), min_size=1, max_size=40), noise=st.floats(0, 0.49))
def test_limits_move_by_the_share_at_least(wrong, noise):
    units = Units(n=len(wrong))
    low, high = limits(wrong, units, 0.05, 0.0)
    wide = limits(wrong, units, 0.05, noise)
    assert wide[0] <= max(0.0, low - noise) + 1e-12 and wide[1] >= min(1.0, high + noise) - 1e-12


@pytest.mark.parametrize("error", [0.02, 0.1, 0.5])
@pytest.mark.parametrize("towards", [True, False])
def test_exact_coverage_against_an_adversary(error, towards):
    n, noise, failure = 50, 0.06, 0.05
    missed, missed_plain = 0.0, 0.0
    for e in range(n + 1):
        seen = max(0, e - 3) if towards else min(n, e + 3)
        row = np.arange(n) < seen
        low, high = limits(row, Units(n=n), failure, noise)
        plain = limits(row, Units(n=n), failure, 0.0)
        chance = binom.pmf(e, n, error)
        missed += chance * (high < error if towards else low > error)
        missed_plain += chance * (plain[1] < error if towards else plain[0] > error)
    assert missed <= failure
    if error == 0.5:
        assert missed_plain > failure, "the control: limits that trust the labels"


def claim_of(lower, upper):
    return Claim(
        id="x",
        quantity="adaptability",
        unit=Unit.ERROR,
        level=Level.PROVED,
        lower=lower,
        upper=upper,
        confidence=0.95,
    )


def test_a_sum_of_two_errors_moves_twice():
    claim = widened(claim_of(0.3, 0.7), 0.05, errors=2, largest=2.0)
    assert (claim.lower, claim.upper) == (pytest.approx(0.2), pytest.approx(0.8))
    assert [(a.id, str(a.status)) for a in claim.assumptions] == [("label_noise", "declared")]
    assert claim.level == "proved" and claim.detail["label_noise"] == 0.05
    assert widened(claim, 0.05, errors=0).assumptions == claim.assumptions
    assert widened(claim_of(0.01, 1.99), 0.05, errors=2, largest=2.0).upper == 2.0
    assert widened(claim_of(0.01, None), 0.05, errors=2).lower == 0.0
    same = claim_of(0.3, 0.7)
    assert widened(same, 0.0, errors=2) is same


def test_an_audit_widens_and_lists_what_was_declared():
    problem = cases.labelled(120, 120)
    trusting = wt.audit(problem, tolerance=0.4, max_drop=None, **cases.QUICK)
    doubting = wt.audit(problem, tolerance=0.4, label_noise=0.05, **cases.QUICK)
    for id_ in ("source_error", "target_error.direct"):
        one, other = trusting.claim(id_), doubting.claim(id_)
        assert other.estimate == one.estimate and other.level == one.level == "proved"
        assert other.lower <= max(0.0, one.lower - 0.05) + 1e-12 and other.upper >= one.upper + 0.05 - 1e-12
        assert {"label_noise"} == {a.id for a in other.assumptions}
    assert doubting.document["provenance"]["options"]["label_noise"] == 0.05
    assert cases.parsed(doubting)


def test_lambda_moves_by_two_errors_and_a_bound_by_its_own():
    problem = cases.unlabelled(120, 120)
    options = {"tolerance": 0.5, "assume": {"class": "stumps", "lambda": 0.4}, "theorems": ["lagrangian"]}
    one, other = (wt.audit(problem, label_noise=noise, **options) for noise in (0.0, 0.04))
    bounds = [audit.claim("target_error.lagrangian.stumps") for audit in (one, other)]
    assert bounds[1].upper == pytest.approx(bounds[0].upper + 0.04, abs=1e-12)
    least = [audit.claim("adaptability.stumps") for audit in (one, other)]
    assert least[1].lower <= max(0.0, least[0].lower - 0.04) + 1e-12
    assert least[1].upper >= least[0].upper + 0.04 - 1e-12
    assert all(
        "label_noise" in {a.id for a in audit} for audit in (bounds[1].assumptions, least[1].assumptions)
    )


def test_a_drop_moves_by_both():
    problem = cases.labelled(120, 120)
    one, other = (wt.audit(problem, max_drop=0.2, label_noise=noise, **cases.QUICK) for noise in (0.0, 0.01))
    drop = other.claim("error_drop.direct")
    assert drop.upper == other.claim("target_error.direct").upper - other.claim("source_error").lower
    assert drop.upper >= one.claim("error_drop.direct").upper + 0.02 - 1e-12
    assert drop.lower <= one.claim("error_drop.direct").lower - 0.02 + 1e-12
    assert "label_noise" in {a.id for a in drop.assumptions}


def test_a_file_that_is_the_whole_target_is_known_up_to_its_labels():
    audit = wt.audit(
        cases.labelled(120, 120), tolerance=0.4, population="file", label_noise=0.04, **cases.QUICK
    )
    claim = audit.claim("target_error.direct")
    assert (claim.lower, claim.upper) == (
        pytest.approx(claim.estimate - 0.04),
        pytest.approx(claim.estimate + 0.04),
    )


def test_more_labels_are_needed_where_they_may_be_wrong():
    problem = cases.unlabelled(100, 1000)
    needed = [
        wt.audit(problem, tolerance=0.5, label_noise=noise, **cases.QUICK).verdict.labels_needed
        for noise in (0.0, 0.05)
    ]
    assert needed[0] is not None and (needed[1] is None or needed[1] > needed[0])


@pytest.mark.parametrize("noise", [-0.1, 0.5, 1.0, float("nan"), "many", True, None])
def test_a_share_that_can_t_be_is_refused(noise):
    with pytest.raises(InputError, match="label_noise"):
        wt.audit(cases.labelled(60, 60), label_noise=noise)
