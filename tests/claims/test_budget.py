"""δ is declared once and spent once."""

import dataclasses
import math

import pytest

from whytransfer.claims import Budget


@pytest.mark.parametrize("count", [1, 2, 7, 40])
def test_all_shares_add_up_to_delta(count):
    names = [f"claim.{i}" for i in range(count)]
    budget = Budget.declare(0.05, names)
    assert math.fsum([budget.headline, *(budget.of(name) for name in names)]) == pytest.approx(
        0.05, rel=1e-12
    )
    assert budget.headline == 0.025


def test_nobody_but_the_headline():
    assert Budget.declare(0.1, []).headline == 0.05


def test_an_undeclared_claim_spends_nothing():
    with pytest.raises(ValueError, match="not declared to spend"):
        Budget.declare(0.05, ["a"]).of("b")


def test_a_claim_spends_once():
    with pytest.raises(ValueError, match="once only"):
        Budget.declare(0.05, ["a", "b", "a"])


@pytest.mark.parametrize("delta", [0.0, 1.0, -0.1, 1.5, math.nan])
def test_delta_is_a_probability(delta):
    with pytest.raises(ValueError, match="strictly between 0 and 1"):
        Budget.declare(delta, ["a"])


def test_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Budget.declare(0.05, ["a"]).delta = 0.5
