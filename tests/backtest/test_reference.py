"""The reference class: positions and limits by literal loops; coverage on new data sets, and a control that falls short."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import whytransfer as wt
from whytransfer.backtest import Profile, Reference, Transfer, calibrate
from whytransfer.backtest.limits import (
    EDGE,
    KNOTS,
    LEAST_WIDTH,
    NEAR,
    WEIGHTS,
    Limits,
    fit_limits,
    left_out,
    set_weights,
    weighted_quantile,
)
from whytransfer.backtest.reference import shipped, widths_left_out

PROFILE = Profile(
    auc=0.8,
    source_error=0.1,
    majority=0.6,
    classes=3,
    critic=0.3,
    worst_class=0.25,
    noise=0.02,
    estimates={"subspaces": 0.14, "cot_gap": 0.2, "doc": 0.12},
)


# Profiles


def test_the_rise_is_the_weighted_larger_and_smaller_one():
    assert PROFILE.rise() == pytest.approx(0.8 * 0.1 + 0.2 * 0.04, abs=1e-12)
    swapped = replace(PROFILE, estimates={"subspaces": 0.2, "cot_gap": 0.14})
    assert swapped.rise() == pytest.approx(PROFILE.rise(), abs=1e-12)


def test_the_centre_is_drawn_to_the_rise_as_far_as_the_domains_lie_apart():
    # 2 · .8 − 1 = .6, and .6⁴ = .1296 of the way from .04 to .088.
    assert PROFILE.centre() == pytest.approx(0.04 + 0.1296 * 0.048, abs=1e-12)
    assert replace(PROFILE, auc=1.0).centre() == pytest.approx(PROFILE.rise(), abs=1e-12)
    for auc in (0.5, 0.4):
        assert replace(PROFILE, auc=auc).centre() == pytest.approx(0.04, abs=1e-12)
    assert PROFILE.centre("doc") == pytest.approx(0.02, abs=1e-12)


def test_without_probabilities_the_centre_is_the_disagreement_of_halves():
    votes = replace(PROFILE, estimates={"subspaces": 0.14})
    assert (PROFILE.kind, votes.kind) == ("panel", "panel_votes")
    assert votes.centre(votes.kind) == pytest.approx(0.04, abs=1e-12)


def test_signals_and_position_in_numbers():
    assert PROFILE.signals() == pytest.approx([0.088, 0.3, 0.25], abs=1e-12)
    assert PROFILE.signals("doc") == pytest.approx([0.02, 0.6, 0.25], abs=1e-12)
    assert PROFILE.position() == pytest.approx([0.6, 0.1, 0.04, 0.3, 0.25, 0.6, math.log(3)], abs=1e-12)


def test_a_classifier_worse_than_guessing_separates_nothing():
    guessing = replace(PROFILE, auc=0.4, critic=-0.2)
    assert guessing.signals("doc")[1] == guessing.position()[0] == guessing.signals()[1] == 0.0


def test_a_profile_is_read_back():
    assert Profile.of(json.loads(json.dumps(PROFILE.to_dict()))) == PROFILE


# Limits

LEVEL = Limits(grids=((0.0, 1.0),) * 3, knots=(0.2, 0.6), below=(0.1, 0.2), above=(0.1, 0.5))


def test_hardness_is_the_weighted_mean_position():
    expected = (WEIGHTS[0] * 0.1 + WEIGHTS[1] * 0.5 + WEIGHTS[2] * 1.0) / sum(WEIGHTS)
    assert LEVEL.hardness(np.array([0.1, 0.5, 7.0])) == pytest.approx(expected, abs=1e-12)


def test_widths_run_straight_between_knots_and_level_beyond():
    assert LEVEL.around(np.full(3, 0.4)) == pytest.approx((0.15, 0.3), abs=1e-12)
    assert LEVEL.around(np.full(3, 0.0)) == pytest.approx((0.1, 0.1), abs=1e-12)
    assert LEVEL.around(np.full(3, 1.0)) == pytest.approx((0.2, 0.5), abs=1e-12)


def test_a_value_that_many_share_stands_in_their_middle():
    # Half of the reference has 0: its position is 1/4, as many tied transfers have it.
    tied = replace(LEVEL, grids=((0.0, 0.0, 0.0, 0.5, 1.0),) * 3)
    assert tied.hardness(np.zeros(3)) == pytest.approx(0.25, abs=1e-12)


three = st.lists(st.floats(-2, 2), min_size=3, max_size=3)


@given(st.integers(0, 1000), three, three)
@settings(max_examples=40, deadline=None)
def test_a_problem_harder_in_every_signal_never_has_narrower_limits(seed, first, second):
    limits = fit_limits(*transfers(np.random.default_rng(seed), 12), confidence=0.8)
    easy, hard = np.minimum(first, second), np.maximum(first, second)
    for narrow, wide in zip(limits.around(easy), limits.around(hard), strict=True):
        assert LEAST_WIDTH <= narrow <= wide + 1e-12


def test_limits_are_read_back_outwards_rounded():
    limits = fit_limits(*transfers(np.random.default_rng(1), 20), confidence=0.8)
    back = Limits.of(json.loads(json.dumps(limits.to_dict())))
    for side in ("below", "above"):
        ours, theirs = np.array(getattr(limits, side)), np.array(getattr(back, side))
        assert (theirs >= ours).all() and theirs == pytest.approx(ours, abs=1e-4)


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
    """Signals, residuals and sets: hard transfers stray farther, and pairs of one data set share an effect."""
    of = np.repeat(np.arange(sets), pairs)
    signals = rng.random((len(of), 3))
    hard = signals.mean(axis=1)
    effect = rng.normal(0, 0.7, sets)[of] + rng.normal(0, 0.7, len(of))
    return signals, effect * (0.02 + 0.3 * hard**2), of


def test_limits_equal_the_literal_loops():
    signals, residuals, sets = transfers(np.random.default_rng(5), 14, pairs=3)
    signals[:6] = signals[0]  # ties
    limits = fit_limits(signals, residuals, sets, confidence=0.8)
    weights = [1 / 3] * len(sets)
    hardness = [limits.hardness(row) for row in signals]
    knots, sides = [], ([], [])
    for k in range(KNOTS):
        at = EDGE + (1 - 2 * EDGE) * k / (KNOTS - 1)
        near = []
        for h in hardness:
            place = (sum(1 for o in hardness if o < h) + sum(1 for o in hardness if o == h) / 2) / len(sets)
            near.append(math.exp(-0.5 * ((place - at) / NEAR) ** 2))
        near = [n * w for n, w in zip(near, weights, strict=True)]
        knots.append(sum(h * n for h, n in zip(hardness, near, strict=True)) / sum(near))
        for side, sign in zip(sides, (-1, 1), strict=True):
            widest = max([LEAST_WIDTH, slow_quantile([sign * r for r in residuals], near, 0.8), *side[-1:]])
            side.append(widest)
    assert limits.knots == pytest.approx(knots, abs=1e-12)
    assert limits.below == pytest.approx(sides[0], abs=1e-12) and limits.above == pytest.approx(
        sides[1], abs=1e-12
    )


CONFIDENCE, SETS, FITS = 0.9, 60, 12


@pytest.fixture(scope="module")
def shares():
    """By fit: how often each limit holds for a pair of a new data set, and that of the median set as a control."""
    rng = np.random.default_rng(0)
    found = {"upper": [], "lower": [], "bare": []}
    for _ in range(FITS):
        given = transfers(rng, SETS)
        limits, low = (fit_limits(*given, confidence=c) for c in (CONFIDENCE, 0.7))
        signals, truth, _ = transfers(rng, 400, pairs=1)
        wide, narrow = (np.array([found.around(row) for row in signals]) for found in (limits, low))
        found["upper"].append((truth <= wide[:, 1]).mean())
        found["lower"].append((truth >= -wide[:, 0]).mean())
        found["bare"].append((truth <= narrow[:, 1]).mean())
    return {name: np.array(values) for name, values in found.items()}


def surely_below(values):
    """One-sided 99.9 % limit of the mean coverage over fits."""
    return values.mean() + 3.58 * values.std(ddof=1) / math.sqrt(len(values))


def test_limits_hold_for_new_data_sets_about_as_often_as_they_promise(shares):
    # A quantile of a finite reference falls short by about one data set of a window: 1/(60 · 0.2).
    assert surely_below(shares["upper"]) >= CONFIDENCE - 1 / (SETS * 0.2)
    assert surely_below(shares["lower"]) >= CONFIDENCE - 1 / (SETS * 0.2)
    # And not by being without end.
    assert shares["upper"].mean() < 0.99


def test_the_control_at_a_lower_confidence_falls_short(shares):
    assert surely_below(shares["bare"]) < CONFIDENCE - 1 / (SETS * 0.2)


def test_left_out_widths_come_from_limits_that_never_saw_the_data_set():
    signals, residuals, sets = transfers(np.random.default_rng(4), 15)
    found = left_out(signals, residuals, sets, confidence=0.8)
    rest = sets != 3
    limits = fit_limits(signals[rest], residuals[rest], sets[rest], confidence=0.8)
    for i in np.flatnonzero(~rest):
        assert found[:, i] == pytest.approx(limits.around(signals[i]), abs=1e-12)
    residuals[~rest] = 50.0
    assert left_out(signals, residuals, sets, confidence=0.8)[:, ~rest] == pytest.approx(
        found[:, ~rest], abs=1e-12
    )


def test_each_data_set_weighs_the_same_however_many_pairs_it_has():
    signals, residuals, sets = transfers(np.random.default_rng(3), 12)
    assert set_weights(np.array([0, 0, 2, 5, 5, 5])) == pytest.approx([1 / 2, 1 / 2, 1, 1 / 3, 1 / 3, 1 / 3])
    twice = np.repeat(np.arange(len(sets)), 2)
    once, again = (
        fit_limits(s, r, k, confidence=0.8)
        for s, r, k in ((signals, residuals, sets), (signals[twice], residuals[twice], sets[twice]))
    )
    assert again.grids == once.grids
    assert again.knots == pytest.approx(once.knots, abs=0.02)


def test_too_few_data_sets_for_the_confidence_are_refused():
    with pytest.raises(wt.InputError, match="at least 19"):
        fit_limits(*transfers(np.random.default_rng(0), 6), confidence=0.95)


# From past transfers to a reference class


def history(sets=22, pairs=2, seed=0):
    rng = np.random.default_rng(seed)
    made = []
    for i in range(sets * pairs):
        error = rng.uniform(0.05, 0.3)
        rise = rng.exponential(0.05)
        profile = Profile(
            auc=rng.uniform(0.5, 1),
            source_error=error,
            majority=rng.uniform(0.4, 0.9),
            classes=int(rng.integers(2, 6)),
            critic=rng.uniform(0, 1),
            worst_class=rng.uniform(0, 0.5),
            noise=0.02,
            estimates={"subspaces": error + rise, "cot_gap": error + rng.exponential(0.05)},
        )
        made.append(
            Transfer(
                data_set=f"set {i // pairs}", profile=profile, target_error=error + rise + rng.normal(0, 0.03)
            )
        )
    return made


def test_what_was_written_is_read_back_and_serves(tmp_path):
    found, data = calibrate(history(), name="ours")
    (tmp_path / "ours.json").write_text(json.dumps(data), encoding="utf-8")
    back = Reference.read(tmp_path / "ours.json")
    assert back.name == "ours" and back.confidence == 0.95 and back.data_sets == found.data_sets == 22
    assert back.limits == found.limits and set(back.limits) == {
        "panel",
        "panel_votes",
        "subspaces",
        "cot_gap",
    }
    for record in back.record.values():
        assert 0.5 < record["upper_holds"] <= 1 and record["width"] >= 2 * LEAST_WIDTH


def level(below, above):
    return Limits(grids=((0.0, 1.0),) * 3, knots=(0.0, 1.0), below=(below, below), above=(above, above))


def test_the_lower_limit_of_the_panel_is_never_above_those_of_its_guards_alone():
    limits = {"panel": level(0.05, 0.1), "subspaces": level(0.03, 0.07), "cot_gap": level(0.04, 0.08)}
    found = Reference(
        limits=limits, positions=np.zeros((1, 7)), sets=np.zeros(1, dtype=np.int64), confidence=0.95, record={}, name="ours"
    )  # fmt: skip
    # Centres without overlap: .1 + .088 for the panel, .14 for the first; its own limit .14 − .03 lies below .188 − .05.
    apart = replace(PROFILE, auc=1.0)
    assert found.around(apart, "panel") == pytest.approx((0.188 - 0.11, 0.1), abs=1e-12)
    # A second guard counts as well, where there is one: .11 − .07.
    more = replace(apart, estimates={**PROFILE.estimates, "disagreement": 0.11})
    wider = replace(found, limits={**limits, "disagreement": level(0.07, 0.07)})
    assert wider.around(more, "panel") == pytest.approx((0.188 - 0.04, 0.1), abs=1e-12)
    assert wider.around(apart, "panel") == found.around(apart, "panel")
    # Where both expect the same, the panel's own limit is the lower one; single estimates keep theirs.
    alike = replace(PROFILE, estimates={"subspaces": 0.2, "cot_gap": 0.2})
    assert found.around(alike, "panel") == pytest.approx((0.05, 0.1), abs=1e-12)
    assert found.around(PROFILE, "cot_gap") == pytest.approx((0.04, 0.08), abs=1e-12)


def test_the_left_out_record_of_the_panel_is_that_of_its_guarded_limits():
    given = history()
    sets = np.repeat(np.arange(22), 2)
    widths = widths_left_out(given, "panel", sets, confidence=0.9)
    rest = [t for t, s in zip(given, sets, strict=True) if s != 5]
    found, _ = calibrate(rest, name="others", confidence=0.9)
    for i in np.flatnonzero(sets == 5):
        # A reference class is written to a hundredth of a point.
        assert widths[:, i] == pytest.approx(found.around(given[i].profile, "panel"), abs=5e-4)
    unguarded = np.array(
        [found.limits["panel"].around(given[i].profile.signals()) for i in np.flatnonzero(sets == 5)]
    )
    assert (widths[0, sets == 5] >= unguarded[:, 0] - 5e-4).all() and (widths[0] > 0.0).all()


def test_an_estimator_that_is_silent_on_some_data_sets_is_not_calibrated_on_the_others():
    given = history()
    given[0] = replace(given[0], profile=replace(given[0].profile, estimates={"subspaces": 0.2}))
    given[1] = replace(given[1], profile=replace(given[1].profile, estimates={"subspaces": 0.2}))
    found, _ = calibrate(given, name="ours")
    assert set(found.limits) == {"panel_votes", "subspaces"}


@pytest.mark.parametrize("text", ["{}", "[1]", '{"schema": "whytransfer/reference/1"}', "no json"])
def test_other_files_are_refused_in_one_line(tmp_path, text):
    (tmp_path / "x.json").write_text(text, encoding="utf-8")
    with pytest.raises(wt.InputError) as error:
        Reference.read(tmp_path / "x.json")
    assert "calibrate" in str(error.value) and "\n" not in str(error.value)
    assert str(tmp_path / "x.json") in str(error.value)


def test_a_broken_file_and_a_missing_one_are_refused_in_one_line(tmp_path):
    _, data = calibrate(history(), name="ours")
    del data["limits"]["panel"]["knots"]
    (tmp_path / "x.json").write_text(json.dumps(data), encoding="utf-8")
    for name in ("x.json", "none.json"):
        with pytest.raises(wt.InputError) as error:
            Reference.read(tmp_path / name)
        assert "\n" not in str(error.value) and str(tmp_path / name) in str(error.value)


# Distances


def slow_scaled(points, positions):
    columns = list(zip(*positions, strict=True))
    means = [sum(c) / len(c) for c in columns]
    spreads = [math.sqrt(sum((v - m) ** 2 for v in c) / len(c)) for c, m in zip(columns, means, strict=True)]
    return [[(v - m) / (s or 1.0) for v, m, s in zip(p, means, spreads, strict=True)] for p in points]


def slow_nearest(point, others):
    return min(math.dist(point, other) for other in others)


@given(st.integers(0, 500))
@settings(max_examples=5, deadline=None)
def test_distances_equal_the_literal_loops(seed):
    given = history(sets=20, seed=seed)
    found, data = calibrate(given, name="ours")
    positions, sets = data["positions"], data["sets"]
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
    assert found.distance(given[0].profile) == pytest.approx(0, abs=1e-2)


# What ships


def test_the_shipped_reference_is_sound():
    found = shipped()
    assert found.data_sets >= 30 and len(found.positions) == len(found.sets)
    assert np.isfinite(found.positions).all() and 0 < found.typical_distance() < 20
    for name in ("panel", "panel_votes", "ac", "doc", "atc", "cbpe", "cot", "subspaces", "disagreement"):
        limits = found.limits[name]
        assert all(np.diff(limits.knots) > 0)
        for side in (limits.below, limits.above):
            assert min(side) >= LEAST_WIDTH and all(np.diff(side) >= 0)
    assert found.record["panel"]["mae"] < min(
        found.record[n]["mae"] for n in ("ac", "doc", "atc", "cbpe", "cot")
    )
    assert found.record["panel"]["width"] < min(
        found.record[n]["width"] for n in ("ac", "doc", "atc", "cbpe", "cot")
    )
