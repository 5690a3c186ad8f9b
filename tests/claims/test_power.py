"""The exact power of the binomial certificate, against literal sums."""

import functools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whytransfer.claims.intervals import lower_limit, upper_limit
from whytransfer.claims.power import labels_for_certainty, labels_needed, power_curve
from whytransfer.errors import InputError


@functools.cache
def _law(n, p):
    p = Fraction(str(p))
    return [math.comb(n, e) * p**e * (1 - p) ** (n - e) for e in range(n + 1)]


def _slow_power(n, true_error, requirement, failure):
    """Count the outcomes that settle the question, one by one, in exact fractions."""
    total, tail, delta = Fraction(0), Fraction(0), Fraction(str(failure))
    outcomes = range(n + 1) if true_error <= requirement else range(n, -1, -1)
    for e in outcomes:
        tail += _law(n, requirement)[e]
        settled = tail <= delta if true_error <= requirement else tail < delta
        if settled:
            total += _law(n, true_error)[e]
    return total


PAIRS = [
    (0.05, 0.2),
    (0.2, 0.05),
    (0.0, 0.1),
    (0.4, 0.5),
    (0.6, 0.5),
    (0.5, 0.3),
    (0.1, 0.0),
    (1.0, 0.5),
    (0.3, 0.3),
]


@pytest.mark.parametrize(("true_error", "requirement"), PAIRS)
@pytest.mark.parametrize("failure", [0.05, 0.01])
def test_power_is_the_sum_over_outcomes(true_error, requirement, failure):
    n_values = [0, 1, 2, 7, 14, 30, 59, 60]
    slow = [float(_slow_power(n, true_error, requirement, failure)) for n in n_values]
    np.testing.assert_allclose(
        power_curve(n_values, true_error, requirement, failure), slow, rtol=0, atol=1e-12
    )


@pytest.mark.parametrize(("true_error", "requirement"), PAIRS[:6])
def test_power_is_that_of_the_limits_themselves(true_error, requirement):
    for n in (5, 33, 120):
        errors = np.arange(n + 1.0)
        if true_error <= requirement:
            settled = upper_limit(errors, n, 0.05) <= requirement
        else:
            settled = lower_limit(errors, n, 0.05) > requirement
        law = np.array([float(x) for x in _law(n, true_error)])
        power = power_curve([n], true_error, requirement, 0.05)[0]
        assert power == pytest.approx(law[settled].sum(), abs=1e-12)


@pytest.mark.parametrize(("true_error", "requirement"), PAIRS[:-1])
@pytest.mark.parametrize(("failure", "power"), [(0.05, 0.8), (0.025, 0.9), (0.3, 0.2)])
def test_labels_needed_is_the_first_n_of_a_literal_search(true_error, requirement, failure, power):
    found = labels_needed(true_error, requirement, failure, power=power, at_most=110)
    slow = next(
        (
            n
            for n in range(1, 111)
            if _slow_power(n, true_error, requirement, failure) >= Fraction(str(power))
        ),
        None,
    )
    assert found == slow


@given(
    true_error=st.integers(0, 100),
    requirement=st.integers(1, 99),
    failure=st.sampled_from([0.05, 0.025, 0.005]),
)
@settings(max_examples=80, deadline=None)
def test_no_smaller_number_has_the_power(true_error, requirement, failure):
    true_error, requirement = true_error / 100, requirement / 100
    if true_error == requirement:
        return
    n = labels_needed(true_error, requirement, failure, at_most=20_000)
    if n is None:
        assert np.all(power_curve(np.arange(1, 20_001), true_error, requirement, failure) < 0.8)
    else:
        curve = power_curve(np.arange(1, n + 1), true_error, requirement, failure)
        assert curve[-1] >= 0.8
        assert np.all(curve[:-1] < 0.8)


@given(distance=st.integers(1, 30), farther=st.integers(1, 15))
@settings(max_examples=40, deadline=None)
def test_an_easier_question_needs_no_more_labels(distance, farther):
    near = labels_needed(0.5 - distance / 100, 0.5, 0.05, at_most=10**6)
    far = labels_needed(0.5 - (distance + farther) / 100, 0.5, 0.05, at_most=10**6)
    assert far <= near
    # Errors and right answers change places; only equality with the requirement tells the two apart.
    assert labels_needed(0.5 + distance / 100, 0.5, 0.05, at_most=10**6) == near


def test_none_where_no_number_is_worth_naming():
    assert labels_needed(0.104, 0.1, 0.05, at_most=10**9) is None
    assert labels_needed(0.1, 0.1, 0.05, at_most=10**9) is None
    assert labels_needed(0.095, 0.1, 0.05, at_most=10**6) is not None  # .005 away, whatever the rounding says
    assert labels_needed(0.105, 0.1, 0.05, at_most=10**6) is not None
    n = labels_needed(0.05, 0.1, 0.05, at_most=10**6)
    assert labels_needed(0.05, 0.1, 0.05, at_most=n) == n
    assert labels_needed(0.05, 0.1, 0.05, at_most=n - 1) is None
    assert labels_needed(0.05, 0.1, 0.05, at_most=0) is None


def test_a_tail_of_exactly_delta_certifies_but_does_not_refute():
    # One label, δ = 1/2: upper = 1/2 ≤ 1/2 certifies; lower = 1/2 > 1/2 is false.
    assert power_curve([1], 0.4, 0.5, 0.5)[0] == pytest.approx(0.6)
    assert power_curve([1], 0.6, 0.5, 0.5)[0] == 0


def test_power_tends_to_one_and_to_zero():
    assert power_curve([100_000], 0.04, 0.05, 0.05)[0] > 0.999
    assert power_curve([100_000], 0.06, 0.05, 0.05)[0] > 0.999
    # On the requirement itself the certificate is given with probability at most δ.
    assert np.all(power_curve(np.arange(2000), 0.05, 0.05, 0.05) <= 0.05)
    np.testing.assert_array_equal(
        power_curve([0, 3], 0.3, 1.0, 0.05), [1, 1]
    )  # an error of at most 1 is certain
    assert power_curve(np.zeros((2, 3), dtype=int), 0.1, 0.2, 0.05).shape == (2, 3)


@pytest.mark.parametrize("failure", [0.05, 0.01, 0.5])
def test_labels_for_certainty_is_the_first_n_whose_limit_meets_the_requirement(failure):
    for requirement in (0.9, 0.5, 0.2, 0.05, 0.013):
        slow = next(n for n in range(1, 10_000) if (1 - requirement) ** n <= failure * (1 + 1e-12))
        k = labels_for_certainty(requirement, failure)
        assert k == slow
        assert upper_limit(0, k, failure) <= requirement + 1e-12
        assert k == 1 or upper_limit(0, k - 1, failure) > requirement


def test_labels_for_certainty_golden():
    assert labels_for_certainty(0.05, 0.05) == 59  # THEORY B14
    assert labels_for_certainty(0.01, 0.05) == 299
    assert labels_for_certainty(0.5, 0.125) == 3  # exactly whole
    assert labels_for_certainty(0.1, 0.9**7) == 7
    assert labels_needed(0.0, 0.05, 0.05, at_most=100) == 59


@pytest.mark.parametrize(
    "call",
    [
        lambda: power_curve([-1], 0.1, 0.2, 0.05),
        lambda: power_curve([2.5], 0.1, 0.2, 0.05),
        lambda: power_curve([5], -0.1, 0.2, 0.05),
        lambda: power_curve([5], 0.1, 1.2, 0.05),
        lambda: power_curve([5], 0.1, float("nan"), 0.05),
        lambda: power_curve([5], 0.1, 0.2, 0.0),
        lambda: labels_needed(0.1, 0.2, 1.0, at_most=9),
        lambda: labels_needed(0.1, 0.2, 0.05, power=1.0, at_most=9),
        lambda: labels_needed(0.1, 2.0, 0.05, at_most=9),
        lambda: labels_for_certainty(0.0, 0.05),
        lambda: labels_for_certainty(1.0, 0.05),
        lambda: labels_for_certainty(0.1, 0.0),
    ],
)
def test_bad_input_is_refused(call):
    with pytest.raises(InputError):
        call()
