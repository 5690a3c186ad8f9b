"""The reference class: quantile regressions that never cross, conformal over data sets, distances by literal loops."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import whytransfer as wt
from whytransfer.backtest import Profile, Reference, Residual, fit_residuals
from whytransfer.backtest.reference import LEAST_WIDTH, as_json, weighted_quantile

finite = st.floats(-5, 5)
three = st.lists(finite, min_size=3, max_size=3)
four = st.lists(finite, min_size=4, max_size=4)


# Profiles


PROFILE = Profile(auc=0.8, source_error=0.1, ac=0.15, doc=0.12, atc=0.2, majority=0.6, classes=3)


def test_a_profile_in_numbers():
    assert PROFILE.values() == [0.8, 0.1, 0.15, 0.12, 0.2, 0.6, 3.0]
    assert Profile.names() == ["auc", "source_error", "ac", "doc", "atc", "majority", "classes"]
    position = [0.6, 0.1, 0.05, 0.02, 0.1, 0.6, math.log(3)]
    assert PROFILE.position() == pytest.approx(position, abs=1e-12)
    assert PROFILE.predictors() == pytest.approx([*position, 0.36], abs=1e-12)


def test_a_classifier_worse_than_guessing_separates_nothing():
    guessing = replace(PROFILE, auc=0.4)
    assert guessing.predictors()[0] == guessing.position()[0] == 0.0


# Residuals


factors = st.floats(0, 5)


@given(four, four, four, factors, factors, three)
def test_limits_never_cross(lower, middle, upper, down, up, at):
    residual = Residual(
        lower=tuple(lower), middle=tuple(middle), upper=tuple(upper), factor_lower=down, factor_upper=up
    )
    low, centre, high = residual.around(np.array(at))
    assert low <= centre <= high
    assert centre == pytest.approx(
        middle[0] + sum(a * b for a, b in zip(middle[1:], at, strict=True)), abs=1e-9
    )


def test_limits_are_multiples_of_the_widths_of_the_two_sides():
    residual = Residual(lower=(-0.1, 0, 0, 1), middle=(0, 0, 0, 1), upper=(0.2, 0, 0, 1), factor_lower=2, factor_upper=1.5)  # fmt: skip
    assert residual.around(np.array([9.0, 9.0, 0.5])) == pytest.approx((0.3, 0.5, 0.8), abs=1e-12)


def test_a_side_without_width_has_the_least_width():
    level = Residual(lower=(0.3, 0), middle=(0.0, 0), upper=(-0.3, 0), factor_lower=1, factor_upper=3)
    assert level.around(np.array([1.0])) == pytest.approx((-LEAST_WIDTH, 0.0, 3 * LEAST_WIDTH), abs=1e-12)


# Quantiles


def slow_quantile(values, weights, level):
    """The smallest value at which the weight of all values up to it reaches the level."""
    total = sum(weights)
    for value in sorted(set(values)):
        reached = sum(w for v, w in zip(values, weights, strict=True) if v <= value)
        if reached / total >= level - 1e-12:
            return value
    return max(values)


@given(
    st.lists(st.tuples(st.sampled_from([0.0, 1.0, 1.5, -2.0, 7.0]), st.sampled_from([0.5, 1.0, 2.0])), min_size=1, max_size=15),
    st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 0.95, 1.0]),
)  # fmt: skip
@settings(max_examples=200)
def test_the_weighted_quantile_equals_the_literal_loop(pairs, level):
    values, weights = (np.array(c) for c in zip(*pairs, strict=True))
    assert weighted_quantile(values, weights, level) == slow_quantile(values, weights, level)


# Calibration


def transfers(rng, sets, pairs=2):
    """Residuals that depend on the predictors, with an effect of each data set that its pairs share."""
    effect = rng.normal(0, 0.1, sets)
    of = np.repeat(np.arange(sets), pairs)
    predictors = rng.random((len(of), 3))
    noise = rng.normal(0, 0.05, len(of)) * (0.5 + predictors[:, 0])
    return predictors, 0.3 * predictors[:, 1] - 0.1 + effect[of] + noise, of


CONFIDENCE, SETS, FITS = 0.9, 12, 20


@pytest.fixture(scope="module")
def shares():
    """By fit: how often each limit holds for a pair of a new data set, and without the conformal factor."""
    rng = np.random.default_rng(0)
    found = {"upper": [], "lower": [], "bare": []}
    for _ in range(FITS):
        residual, record = fit_residuals(*transfers(rng, SETS), confidence=CONFIDENCE)
        # The control: quantile regressions as they are, the confidence being that of the outer ones.
        bare = replace(residual, factor_lower=1.0, factor_upper=1.0)
        predictors, truth, _ = transfers(rng, 300, pairs=1)
        limits = np.array([residual.around(x) for x in predictors])
        plain = np.array([bare.around(x) for x in predictors])
        found["upper"].append((truth <= limits[:, 2]).mean())
        found["lower"].append((truth >= limits[:, 0]).mean())
        found["bare"].append((truth <= plain[:, 2]).mean())
    return {name: np.array(values) for name, values in found.items()} | {"record": record}


def surely_below(values):
    """One-sided 99.9 % limit of the mean coverage over fits."""
    return values.mean() + 3.58 * values.std(ddof=1) / math.sqrt(len(values))


@pytest.mark.slow
def test_limits_hold_for_new_data_sets_as_often_as_they_promise(shares):
    assert surely_below(shares["upper"]) >= CONFIDENCE
    assert surely_below(shares["lower"]) >= CONFIDENCE
    # And not by being without end.
    assert shares["upper"].mean() < 0.99


@pytest.mark.slow
def test_the_control_without_the_conformal_factor_falls_short(shares):
    assert surely_below(shares["bare"]) < CONFIDENCE


def test_the_record_is_that_of_left_out_sets(shares):
    record = shares["record"]
    assert set(record) == {"upper_holds", "lower_holds", "width", "mae_raw", "mae_corrected"}
    for side in ("upper_holds", "lower_holds"):
        assert 0.5 < record[side] <= 1
    assert record["width"] > 0


def test_each_data_set_weighs_the_same_however_many_pairs_it_has():
    rng = np.random.default_rng(3)
    predictors, residuals, sets = transfers(rng, 8, pairs=2)
    again = np.concatenate([np.arange(16), np.flatnonzero(sets == 0), np.flatnonzero(sets == 0)])
    once, _ = fit_residuals(predictors, residuals, sets, confidence=0.8)
    thrice, _ = fit_residuals(predictors[again], residuals[again], sets[again], confidence=0.8)
    for name in ("lower", "middle", "upper"):
        assert getattr(once, name) == pytest.approx(getattr(thrice, name), abs=1e-7)
    for side in ("factor_lower", "factor_upper"):
        assert getattr(once, side) == pytest.approx(getattr(thrice, side), abs=1e-6)


def test_too_few_data_sets_for_the_confidence_are_refused():
    rng = np.random.default_rng(0)
    with pytest.raises(wt.InputError):
        fit_residuals(*transfers(rng, 6, pairs=4), confidence=0.95)


# Reading, writing, distances


FLAT = Residual(lower=(0,) * 9, middle=(0,) * 9, upper=(0,) * 9, factor_lower=1, factor_upper=2)


def reference(seed=0, sets=(0, 0, 1, 2, 2, 2)):
    rng = np.random.default_rng(seed)
    profiles = [
        Profile(
            auc=rng.uniform(0.5, 1),
            source_error=rng.uniform(0, 0.4),
            ac=rng.uniform(0, 0.5),
            doc=rng.uniform(0, 0.5),
            atc=rng.uniform(0, 0.5),
            majority=rng.uniform(0.4, 0.9),
            classes=int(rng.integers(2, 6)),
        )
        for _ in sets
    ]
    return as_json({"panel": FLAT}, profiles, np.array(sets), 0.95, {"panel": {}}), profiles


def test_what_was_written_is_read_back():
    data, _ = reference()
    found = Reference.of(json.loads(json.dumps(data)))
    assert found.confidence == 0.95 and found.data_sets == 3
    assert found.residuals["panel"] == FLAT
    assert found.positions.shape == (6, 7)


@pytest.mark.parametrize("schema", [None, "whytransfer/reference/2", "whytransfer/audit/1", ""])
def test_other_schemas_are_refused(schema):
    data, _ = reference()
    data = (
        {**data, "schema": schema} if schema is not None else {k: v for k, v in data.items() if k != "schema"}
    )
    with pytest.raises(wt.InputError, match="whytransfer/reference/1"):
        Reference.of(data)


def slow_scaled(points, positions):
    columns = list(zip(*positions, strict=True))
    means = [sum(c) / len(c) for c in columns]
    spreads = [math.sqrt(sum((v - m) ** 2 for v in c) / len(c)) for c, m in zip(columns, means, strict=True)]
    return [[(v - m) / (s or 1.0) for v, m, s in zip(p, means, spreads, strict=True)] for p in points]


def slow_nearest(point, others):
    return min(math.dist(point, other) for other in others)


@given(st.integers(0, 500))
@settings(max_examples=25)
def test_distances_equal_the_literal_loops(seed):
    sets = (0, 0, 1, 2, 2, 2)
    data, profiles = reference(seed, sets)
    found = Reference.of(data)
    positions = data["positions"]
    scaled = slow_scaled(positions, positions)
    here = slow_scaled([PROFILE.position().tolist()], positions)[0]
    assert found.distance(PROFILE) == pytest.approx(slow_nearest(here, scaled), abs=1e-9)
    apart = [
        slow_nearest(p, [q for q, other in zip(scaled, sets, strict=True) if other != mine])
        for p, mine in zip(scaled, sets, strict=True)
    ]
    weights = [1 / sets.count(s) for s in sets]
    for level in (0.5, 0.95):
        assert found.typical_distance(level) == pytest.approx(slow_quantile(apart, weights, level), abs=1e-9)
    assert found.distance(profiles[0]) == pytest.approx(0, abs=1e-2)


def test_a_column_in_which_the_reference_does_not_vary_still_counts():
    same = [replace(PROFILE, ac=0.1 + 0.1 * i) for i in range(3)]
    found = Reference.of(as_json({"panel": FLAT}, same, np.array([0, 1, 2]), 0.95, {"panel": {}}))
    assert np.isfinite(found.distance(PROFILE))
    far = replace(same[0], majority=1.0)
    assert found.distance(far) == pytest.approx(0.4, abs=1e-9)
