"""Exact limits of stratified draws: against enumeration of every outcome and every way to spread the errors."""

import itertools

import numpy as np
import pytest
from scipy.stats import binom, hypergeom

from whytransfer.claims.intervals import upper_limit
from whytransfer.errors import InputError
from whytransfer.labels import Draws
from whytransfer.labels._kernels import hypergeometric, probability_table, worst_tail
from whytransfer.labels.draws import ordering

DELTA = 0.1
SMALL = Draws(sizes=(9, 7), drawn=(4, 5), population="file")


def outcomes(draws):
    return list(itertools.product(*(range(n + 1) for n in draws.drawn)))


def probability(draws, outcome, wrong):
    """P(outcome), literally: a product of hypergeometric probabilities."""
    parts = zip(outcome, draws.sizes, wrong, draws.drawn, strict=True)
    return float(np.prod([hypergeom.pmf(k, size, K, n) for k, size, K, n in parts]))


def splits(draws, errors):
    first, second = draws.sizes
    return [(k, errors - k) for k in range(first + 1) if 0 <= errors - k <= second]


@pytest.mark.parametrize(
    ("size", "errors", "drawn"), [(10, 0, 3), (10, 10, 3), (300, 40, 60), (7, 3, 7), (50, 49, 20)]
)
def test_the_recursion_is_the_hypergeometric_law(size, errors, drawn):
    found = np.zeros(drawn + 1)
    hypergeometric(size, errors, drawn, found)
    assert found == pytest.approx(
        hypergeom.pmf(np.arange(drawn + 1), size, errors, drawn), rel=1e-9, abs=1e-20
    )


@pytest.mark.parametrize("errors", [0, 3, 8, 15, 16])
def test_the_worst_split_is_that_of_a_look_at_all(errors):
    stairs = SMALL.region((1, 2), DELTA)
    inside = [k for k in outcomes(SMALL) if k[1] <= stairs[k[0]]]
    worst = max(sum(probability(SMALL, k, wrong) for k in inside) for wrong in splits(SMALL, errors))
    assert worst <= SMALL.file_tail(stairs, errors) <= worst * 1.0011 + 1e-12


def test_tables_and_recursion_on_demand_agree():
    sizes, drawn = np.array([300, 200]), np.array([40, 30])
    draws = Draws(sizes=(300, 200), drawn=(40, 30))
    stairs = draws.region((3, 8), 0.05)
    nothing = probability_table(300, 40, False, 10)
    assert len(nothing[0]) == 0
    for errors in (40, 90, 120):
        assert worst_tail(sizes, drawn, errors, stairs, 1e-3, nothing, nothing) == pytest.approx(
            draws.file_tail(stairs, errors), rel=1e-7
        )


@pytest.mark.parametrize("draws", [SMALL, Draws(sizes=(12, 3), drawn=(3, 2), population="file")])
def test_limits_of_the_file_miss_seldom_enough_for_every_file(draws):
    """The miss probability, summed over all outcomes, for every way to spread every number of errors: no simulation."""
    upper = {k: draws.upper(k, DELTA) for k in outcomes(draws)}
    lower = {k: draws.lower(k, DELTA) for k in outcomes(draws)}
    largest = [0.0, 0.0]
    for errors in range(draws.m + 1):
        truth = errors / draws.m
        for wrong in splits(draws, errors):
            missed = (
                [k for k in outcomes(draws) if upper[k] < truth - 1e-9],
                [k for k in outcomes(draws) if lower[k] > truth + 1e-9],
            )
            for side, lost in enumerate(missed):
                largest[side] = max(largest[side], sum(probability(draws, k, wrong) for k in lost))
    assert max(largest) <= DELTA
    # And it is no empty promise: the limits are not so long that nothing ever misses.
    assert min(largest) > DELTA / 10


def test_limits_of_the_law_miss_seldom_enough():
    """Rows with r(x) = P(wrong | x) in two halves of x, strata by rank: every file and every outcome, exactly.

    How many of the N_1 rows with least x lie in the lower half of the law is binomial; given that, errors are independent.
    """
    draws = Draws(sizes=(6, 4), drawn=(3, 3), population="law")
    upper = np.array([[draws.upper((i, j), DELTA) for j in range(4)] for i in range(4)])
    for low, high, share in [
        (0.0, 0.9, 0.6),
        (0.3, 0.3, 0.5),
        (0.05, 0.6, 0.4),
        (0.7, 0.1, 0.6),
        (0.5, 1.0, 0.2),
    ]:
        truth, missed = share * low + (1 - share) * high, 0.0
        for below in range(draws.m + 1):
            rates = np.where(np.arange(draws.m) < below, low, high)
            chance = binom.pmf(below, draws.m, share)
            drawn = [_drawn_law(rates[:6], 3), _drawn_law(rates[6:], 3)]
            missed += chance * float(np.sum(np.outer(*drawn) * (upper < truth - 1e-9)))
        assert missed <= DELTA


def _drawn_law(rates, n):
    """Law of the errors among n rows drawn from rows with these probabilities of being wrong: the mean over all subsets."""
    laws = []
    for rows in itertools.combinations(rates, n):
        law = np.ones(1)
        for p in rows:
            law = np.convolve(law, [1 - p, p])
        laws.append(law)
    return np.mean(laws, axis=0)


def test_one_stratum_gives_the_hypergeometric_limit():
    draws = Draws(sizes=(60,), drawn=(20,), population="file")
    for errors in (0, 3, 20):
        literal = max(K for K in range(61) if hypergeom.cdf(errors, 60, K, 20) > DELTA) / 60
        assert draws.upper((errors,), DELTA) == pytest.approx(literal)


def test_one_stratum_of_the_law_gives_clopper_pearson():
    draws = Draws(sizes=(400,), drawn=(50,), population="law")
    assert draws.upper((4,), DELTA) == upper_limit(4, 50, DELTA)
    # The general way through all files comes to the same, but for its steps: Σ_K Bin(K; m, p) Hyp(k; m, K, n) = Bin(k; n, p).
    general = draws.of_law(draws.region((4,), DELTA), DELTA)
    assert upper_limit(4, 50, DELTA) <= general <= upper_limit(4, 50, DELTA) + 0.002


def test_a_file_that_is_drawn_whole_is_known():
    draws = Draws(sizes=(5, 4), drawn=(5, 4), population="file")
    found = draws.lower((2, 1), DELTA), draws.estimate((2, 1)), draws.upper((2, 1), DELTA)
    assert found == pytest.approx((1 / 3, 1 / 3, 1 / 3))


@pytest.mark.parametrize("population", ["law", "file"])
def test_the_order_is_a_ladder_of_down_sets(population):
    draws = Draws(sizes=(50, 30), drawn=(12, 9), population=population)
    order = ordering(draws, 0.05)
    assert np.all(np.diff(order, axis=0) >= 0)
    assert np.all(np.diff(order, axis=1) >= 0)
    stairs = draws.region((3, 4), 0.05)
    assert np.all(np.diff(stairs) <= 0)
    assert stairs[3] >= 4


@pytest.mark.parametrize("population", ["law", "file"])
def test_a_critical_region_holds_the_outcomes_that_certify(population):
    draws = Draws(sizes=(80, 60), drawn=(20, 25), population=population)
    stairs = draws.critical(0.3, 0.05)
    assert 0 < draws.p_value(stairs, 0.3) <= 0.05
    for outcome in [(0, 0), (2, 5), (1, 8), (4, 9), (0, 20)]:
        if outcome[1] <= stairs[outcome[0]]:
            assert draws.upper(outcome, 0.05) <= 0.3 + 1e-9


def test_limits_rise_with_errors_and_hold_the_estimate():
    draws = Draws(sizes=(80, 60), drawn=(10, 12), population="law")
    limits = np.array([[draws.upper((i, j), 0.05) for j in (0, 3, 12)] for i in (0, 4, 10)])
    assert np.all(np.diff(limits, axis=0) >= 0)
    assert np.all(np.diff(limits, axis=1) >= 0)
    assert limits[-1, -1] == 1.0
    assert draws.lower((0, 0), 0.05) == 0.0


def test_probability_of_a_region_is_the_sum_over_its_outcomes():
    stairs = SMALL.critical(0.6, DELTA)
    literal = sum(probability(SMALL, k, (2, 3)) for k in outcomes(SMALL) if k[1] <= stairs[k[0]])
    assert SMALL.probability(stairs, (2, 3)) == pytest.approx(literal)


@pytest.mark.parametrize(
    ("sizes", "drawn"), [((5,), (6,)), ((5, 5), (0, 3)), ((5, 5, 5), (1, 1, 1)), ((5, 5), (3,))]
)
def test_draws_that_contradict_themselves_are_refused(sizes, drawn):
    with pytest.raises(InputError):
        Draws(sizes=sizes, drawn=drawn)
