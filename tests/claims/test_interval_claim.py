"""The door: interval(...) -> Claim."""

import json

import numpy as np
import pytest

from whytransfer.claims import Level, Unit
from whytransfer.claims.intervals import (
    INTERVALS,
    BoundedInterval,
    interval,
)
from whytransfer.errors import InputError, UnknownNameError

KINDS = [kind() for kind in INTERVALS.values()]
BOUNDED = [kind for kind in KINDS if isinstance(kind, BoundedInterval)]

named = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
bounded = pytest.mark.parametrize("kind", BOUNDED, ids=lambda kind: kind.name)


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


@named
def test_losses_of_0_and_1_are_counted_and_others_are_bounded(kind):
    counted = interval(kind.name, [0.0, 1.0, 1.0])
    assert (counted.loss, counted.detail["errors"], counted.estimate) == ("zero_one", 2, 2 / 3)
    if kind.bounded:
        between = interval(kind.name, [0.0, 0.5, 1.0])
        assert (between.loss, between.detail["errors"]) == ("bounded", 1.5)
        # Neither is a loss that is 1 everywhere but for one row.
        assert interval(kind.name, [1.0, 0.25, 1.0]).loss == "bounded"
    else:
        with pytest.raises(InputError, match="0 and 1 only"):
            interval(kind.name, [0.0, 0.5, 1.0])


@bounded
@pytest.mark.parametrize("wrong", [1.5, -0.25])
def test_the_loss_that_is_out_of_range_is_named(kind, wrong):
    with pytest.raises(InputError, match=f"got {wrong};"):
        interval(kind.name, [0.1, 0.9, wrong])
