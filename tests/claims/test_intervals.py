"""Golden values of the intervals; one file, one export line, one golden row."""

import importlib
import math
import pkgutil

import numpy as np
import pytest

import whytransfer.claims.intervals as room
from whytransfer.claims.intervals import (
    INTERVALS,
    BoundedInterval,
    ClopperPearson,
    Interval,
    hoeffding_term,
    lower_limit,
    upper_limit,
)
from whytransfer.claims.intervals.betting import SHARES, STAKES
from whytransfer.errors import InputError

KINDS = [kind() for kind in INTERVALS.values()]
BOUNDED = [kind for kind in KINDS if isinstance(kind, BoundedInterval)]

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


def test_every_file_has_an_export_line_and_a_golden_row():
    helpers = {"as_claim", "base", "checks", "group_bets", "grouped", "root", "units", "weighted"}
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
