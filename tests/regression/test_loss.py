"""Losses of predicted numbers: metrics whose norms obey the triangle inequality, and the square, which is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from whytransfer.errors import InputError, UnknownNameError
from whytransfer.metrics import loss

LOSSES = [
    loss("absolute"),
    loss("rmse"),
    loss("huber:0.7"),
    loss("absolute", 1.3),
    loss("rmse", 1.3),
    loss("huber:0.7", 2.0),
]
numbers = st.lists(st.floats(-50, 50), min_size=3, max_size=3)


def measured(one, a, b):
    return one.measured(float(np.mean(one.powers(a, b))))


@pytest.mark.parametrize("one", LOSSES, ids=lambda one: f"{one.name}-{one.cap}")
@given(a=numbers, b=numbers, c=numbers)
def test_the_triangle_inequality(one, a, b, c):
    straight, around = measured(one, a, c), measured(one, a, b) + measured(one, b, c)
    assert straight <= around * (1 + 1e-12) + 1e-12
    assert measured(one, a, a) == 0.0
    assert measured(one, a, b) == pytest.approx(measured(one, b, a))


@pytest.mark.parametrize("square", [lambda d: d**2, lambda d: np.where(abs(d) <= 1, d**2 / 2, abs(d) - 0.5)])
def test_squares_and_hubers_loss_itself_have_none(square):
    """THEORY D11: the very reason for the roots."""
    assert square(np.float64(1.0)) > 2 * square(np.float64(0.5))


def test_the_counter_example_of_the_square_and_its_root():
    """THEORY E16: same inputs, y = ax here, y = bx there, h = ax; the class holds all lines through 0."""
    x = np.random.default_rng(0).normal(size=4000)
    x /= np.sqrt((x**2).mean())
    a, b = 1.0, -1.0
    slopes = np.linspace(-2, 2, 401)
    squares = [((a - s) ** 2 + (b - s) ** 2) * (x**2).mean() for s in slopes]
    assert ((a - b) ** 2) > min(squares) + 1.0, "error there 4, λ 2: the three terms don't bound it"
    root = loss("rmse")
    least = min(measured(root, s * x, a * x) + measured(root, s * x, b * x) for s in slopes)
    assert measured(root, a * x, b * x) <= least + 1e-9
    for name in ("mse", "squared"):
        with pytest.raises(InputError, match="no triangle inequality"):
            loss(name)


def test_huber_by_hand():
    one = loss("huber:2")
    assert one.powers([0.0, 1.0, 2.0, 5.0], np.zeros(4)).tolist() == [0.0, 1.0, 4.0, 16.0]
    assert loss("huber:2", 3.0).largest == pytest.approx(np.sqrt(8.0))
    assert loss("absolute", 3.0).powers([9.0], [0.0]).tolist() == [3.0]


def test_the_best_constant():
    y = np.array([0.0, 0.0, 1.0, 50.0])
    assert loss("absolute").best_constant(y) == 0.5
    assert loss("rmse").best_constant(y) == y.mean()
    capped = loss("rmse", 2.0)
    tried = [measured(capped, np.full(4, c), y) for c in np.linspace(0, 50, 5001)]
    assert measured(capped, np.full(4, capped.best_constant(y)), y) <= min(tried) * 1.1


@pytest.mark.parametrize(
    ("name", "cap", "words"),
    [
        ("huber", None, "huber:KNEE"),
        ("huber:-1", None, "positive number"),
        ("absolute", 0.0, "loss_cap"),
        ("absolute", float("nan"), "loss_cap"),
    ],
)
def test_refused(name, cap, words):
    with pytest.raises(InputError, match=words):
        loss(name, cap)


def test_unknown():
    with pytest.raises(UnknownNameError, match="rmse"):
        loss("rsme")


def test_declared_numbers_keep_their_digits_in_its_title():
    """A cap of 1,234,567 was told as 1.23457e+06."""
    assert loss("huber:1234567", cap=12_345_678.5).title == (
        "the root mean Huber error (knee 1,234,567) (errors beyond 12,345,678.5 counted as 12,345,678.5)"
    )
    assert loss("absolute", cap=300).title == "the mean absolute error (errors beyond 300 counted as 300)"
