"""Disagreement and the rise of transport: closed forms, who counts, and the panel's claims."""

from dataclasses import replace

import numpy as np
import pytest

from tests.audit import cases
from tests.backtest.test_reference import PROFILE
from tests.estimators.views import binary, view_of, votes_of
from whytransfer.backtest import Profile
from whytransfer.claims import Level
from whytransfer.errors import InputError
from whytransfer.estimators import ESTIMATORS, SubspaceGap
from whytransfer.estimators.described import critic_gap, describe, noise, worst_class
from whytransfer.estimators.disagreement import DisagreementGap, contested, gaps, others, shares
from whytransfer.estimators.panel import estimator_claim, panel_claim, silent_panel

# The model says 0011 on the source, where the last label is 0 (err_S = 1/4), and 0101 on the target. Gaps of the three members of
# other families: 1/4 − 0, 1 − 1/4 and 1/2 − 1/2; with weights 1, 1/2 and 1/2 the mean is (1/4 + 3/8 + 0)/2 = 5/16.
VIEW = replace(
    view_of([0, 0, 1, 0], binary([0.1, 0.2, 0.8, 0.7]), binary([0.2, 0.9, 0.3, 0.6])),
    votes=replace(
        votes_of(
            ["critic", "linear", "trees", "boosted", "kernel"],
            [[1, 1, 1, 1], [0, 0, 1, 1], [0, 0, 1, 1], [0, 1, 1, 1], [1, 1, 1, 1]],
            [[1, 0, 1, 0], [0, 1, 0, 1], [1, 1, 0, 1], [1, 0, 1, 0], [1, 1, 1, 1]],
        ),
        weights=np.array([1.0, 1.0, 1.0, 0.5, 0.5]),
        own="linear",
    ),
)

HALVED = replace(
    VIEW,
    votes=replace(
        VIEW.votes,
        names=(*VIEW.votes.names[:3], "trees_1a", "linear_1b"),
        families=(*VIEW.votes.families[:3], "subspace", "subspace"),
    ),
)
"""The last two, with gaps of 1 − 1/4 and 1/2 − 1/2 and half a weight each, see half of the columns."""


def test_the_gap_in_closed_form():
    assert gaps(VIEW, others(VIEW)) == pytest.approx([1 / 4, 3 / 4, 0.0])
    assert DisagreementGap().estimate(VIEW) == pytest.approx(1 / 4 + 5 / 16)
    assert DisagreementGap().largest(VIEW) == pytest.approx(1 / 4 + 3 / 4)


def test_neither_critics_nor_the_own_family_count():
    assert others(VIEW).families == ("trees", "boosted", "kernel")
    unknown = replace(VIEW, votes=replace(VIEW.votes, own=None))
    assert others(unknown).families == ("linear", "trees", "boosted", "kernel")


def test_models_of_half_of_the_columns_have_an_estimate_of_their_own():
    assert SubspaceGap().estimate(HALVED) == pytest.approx(1 / 4 + 3 / 8)
    assert others(HALVED).families == ("trees",)
    assert DisagreementGap().estimate(HALVED) == pytest.approx(1 / 4 + 1 / 4)
    assert SubspaceGap().detail(HALVED) == {
        "members": 2,
        "least_gap": 0.0,
        "largest_gap": 0.75,
        "trust": 0.5,
    }
    with pytest.raises(InputError, match="halves of the columns"):
        SubspaceGap().estimate(VIEW)


def test_contested_rows():
    # Row 0: trees (1/2 of the weight) and boosted and kernel (1/4 each) all contradict.
    assert contested(VIEW) == pytest.approx([1.0, 1 / 4, 1 / 2, 1 / 4])


def test_where_nobody_is_trusted_all_count_alike():
    nobody = replace(VIEW, votes=replace(VIEW.votes, weights=np.zeros(5)))
    assert shares(others(nobody)) == pytest.approx([1 / 3] * 3)
    assert DisagreementGap().estimate(nobody) == pytest.approx(1 / 4 + 1 / 3)


def test_without_a_committee_there_is_no_estimate():
    alone = replace(VIEW, votes=None)
    with pytest.raises(InputError, match="committee"):
        others(alone)
    only_own = replace(VIEW, votes=VIEW.votes.without("critic", "trees", "boosted", "kernel"))
    many = replace(
        only_own, **{n: np.tile(getattr(only_own, n), 10) for n in ("source_labels", "source_codes")}
    )
    assert "committee" in DisagreementGap().applies(many)


def test_details_are_plain_and_by_class():
    told = DisagreementGap().detail(VIEW)
    assert [m["name"] for m in told["members"]] == list(others(VIEW).names)
    # The model gives target rows 0 and 2 to class 0: contested 1 and 1/2; source rows 0 and 1: kernel always (1/4), boosted once.
    assert told["by_predicted_class"][0]["target"] == pytest.approx(3 / 4)
    assert told["by_predicted_class"][0]["source"] == pytest.approx((1 / 4 + 1 / 2) / 2)


def test_the_rise_of_transport_is_zero_on_the_source_itself_and_a_difference_elsewhere():
    rng = np.random.default_rng(0)
    source, target = rng.dirichlet([1, 1, 1], 40), rng.dirichlet([3, 1, 1], 50)
    view = view_of(rng.integers(0, 3, 40), source, target)
    same = view_of(view.source_labels, source, source)
    rise = ESTIMATORS["cot_gap"]()
    assert rise.estimate(same) == pytest.approx(same.source_error, abs=1e-12)
    cot = ESTIMATORS["cot"]()
    expected = view.source_error + cot.estimate(view) - cot.estimate(same)
    assert rise.estimate(view) == pytest.approx(expected, abs=1e-9)


# The profile


def test_worst_class_and_noise_in_closed_form():
    # Class 0: one of three wrong, class 1: none of one; shrunk by one row of 1/4: (1 + 1/4)/4 and (1/4)/2.
    assert worst_class(VIEW) == pytest.approx(5 / 16 - 1 / 4)
    assert noise(VIEW) == pytest.approx(np.sqrt(2 * (1 / 4 * 3 / 4) / 4) + 1 / 4)
    assert critic_gap(VIEW) == 0.0
    named = replace(VIEW, votes=replace(VIEW.votes, names=("critic_linear", *VIEW.votes.names[1:])))
    assert critic_gap(named) == pytest.approx(1.0 - 1 / 2)


def test_describing_says_who_was_left_out():
    long = {n: np.tile(getattr(VIEW, n), 10) for n in ("source_labels", "source_codes")}
    many = replace(
        VIEW,
        **long,
        source_proba=np.tile(VIEW.source_proba, (10, 1)),
        votes=replace(HALVED.votes, source=np.tile(HALVED.votes.source, 10)),
    )
    kinds = [ESTIMATORS[name]() for name in ("subspaces", "doc", "knn")]
    found = describe(many, kinds, auc=0.7, majority=0.75)
    assert isinstance(found.profile, Profile) and set(found.profile.estimates) == {"subspaces", "doc"}
    assert set(found.left_out) == {"knn"}
    silent = describe(replace(many, votes=None), kinds, auc=0.7, majority=0.75)
    assert silent.profile is None and "subspaces" in silent.left_out


# Claims

REFERENCE = cases.reference(typical=True)


def test_the_panel_is_its_centre_with_the_limits_of_the_reference():
    claim = panel_claim(PROFILE, REFERENCE, 3, left={"pape": "no overlap"})
    assert claim.estimate == pytest.approx(0.1 + 0.04 + 0.1296 * 0.048)
    # The first estimate alone expects .14, and its own lower limit is the lower one.
    assert (claim.lower, claim.upper) == pytest.approx((0.04, 0.2462208))
    assert claim.level is Level.ESTIMATED and claim.confidence == 0.95
    assert claim.detail["left_out"] == {"pape": "no overlap"}
    assert [a.id for a in claim.assumptions] == ["exchangeable_with_reference"]
    assert Profile.of(claim.detail["profile"]) == PROFILE


def test_limits_are_cut_to_what_an_error_can_be():
    high = panel_claim(replace(PROFILE, estimates={"subspaces": 1.2, "cot_gap": 1.3}), REFERENCE, 2)
    assert high.estimate == high.upper == 1.0 and high.lower == 1.0
    low = panel_claim(replace(PROFILE, estimates={"subspaces": -0.3, "cot_gap": -0.3}), REFERENCE, 2)
    assert low.estimate == low.lower == 0.0


def test_an_estimator_without_a_record_has_a_value_and_no_limits():
    kind = ESTIMATORS["doc"]()
    limits = {name: found for name, found in REFERENCE.limits.items() if name != "doc"}
    claim = estimator_claim(kind, PROFILE, replace(REFERENCE, limits=limits), 2, {})
    assert claim.estimate == pytest.approx(0.12) and claim.lower is claim.upper is claim.confidence is None
    full = estimator_claim(kind, PROFILE, REFERENCE, 2, {"k": 1})
    assert (full.lower, full.upper) == pytest.approx((0.02, 0.22)) and full.detail["said"] == {"k": 1}


def test_a_model_without_probabilities_has_a_calibration_of_its_own():
    votes = replace(PROFILE, estimates={"subspaces": 0.14})
    assert panel_claim(votes, REFERENCE, 2).estimate == pytest.approx(0.14)
    limits = {"panel": REFERENCE.limits["panel"]}
    silent = panel_claim(votes, replace(REFERENCE, limits=limits), 2)
    assert silent.estimate is None and "probabilities" in silent.detail["reason"]


def test_the_silent_panel_exists_all_the_same():
    claim = silent_panel("no rows", 2)
    assert (
        claim.id == "target_error.panel" and not claim.says_something and claim.detail["reason"] == "no rows"
    )
