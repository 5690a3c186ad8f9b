"""A claim keeps its word: finite numbers, no contradictions, frozen, the same after a journey."""

import copy
import dataclasses
import json
import math
import pickle

import pytest

from whytransfer.claims import IID, Assumption, Claim, Level, Status, Unit, declared


def claim(**changes):
    values = {
        "id": "target_error.direct",
        "quantity": "target_error",
        "unit": Unit.ERROR,
        "level": Level.PROVED,
        "estimate": 0.1,
        "lower": 0.05,
        "upper": 0.2,
        "confidence": 0.95,
        "theorem": "clopper_pearson",
        "citation": "clopper-pearson:34",
        "hypothesis_class": "stumps",
        "loss": "zero_one",
        "assumptions": (IID,),
        "guessing_error": 0.5,
        "detail": {"delta": 0.05, "parts": [1, 2.5, None], "p_value": 0.04},
    }
    return Claim(**(values | changes))


@pytest.mark.parametrize("name", ["estimate", "lower", "upper", "confidence", "guessing_error"])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_numbers_must_be_finite(name, value):
    with pytest.raises(ValueError, match=f"{name} must be finite or None"):
        claim(**{name: value})


def test_limits_must_not_cross():
    with pytest.raises(ValueError, match="exceeds upper"):
        claim(lower=0.3, upper=0.2)
    assert claim(lower=0.2, upper=0.2).lower == 0.2


def test_a_witness_has_no_confidence():
    with pytest.raises(ValueError, match="witness"):
        claim(level=Level.WITNESS)
    assert claim(level=Level.WITNESS, confidence=None).delta is None


def test_a_rejected_assumption_is_not_behind_a_proof():
    rejected = IID.with_status(Status.REJECTED, test="runs test, p = 0.001")
    with pytest.raises(ValueError, match="rejected"):
        claim(assumptions=(rejected,))
    assert claim(assumptions=(rejected,), level=Level.CONDITIONAL).assumptions == (rejected,)


def test_numbers_become_plain_floats():
    import numpy as np

    made = claim(estimate=np.float32(0.5), lower=np.int64(0), upper=1)
    assert [type(v) for v in (made.estimate, made.lower, made.upper)] == [float] * 3


def test_what_cannot_be_said_is_none():
    nothing = claim(estimate=None, lower=None, upper=None, detail={"reason": "no target labels"})
    assert not nothing.says_something
    assert str(nothing) == "target_error.direct: nothing can be said (no target labels)"
    with pytest.raises(ValueError, match="no target labels"):
        float(nothing)
    assert "no evidence" in str(claim(estimate=None, lower=None, upper=None, detail={}))
    assert claim(estimate=None).says_something


def test_frozen_all_through():
    made = claim()
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.estimate = 0.0
    with pytest.raises(TypeError):
        made.detail["delta"] = 1.0
    with pytest.raises((AttributeError, TypeError)):
        made.comment = "slots admit nothing new"
    given = {"delta": 0.05}
    made = claim(detail=given)
    given["delta"] = 0.9
    assert made.detail["delta"] == 0.05


def test_positional_arguments_are_refused():
    with pytest.raises(TypeError):
        Claim("id", "quantity", Unit.ERROR, Level.PROVED)


@pytest.mark.parametrize(
    "made",
    [
        claim(),
        claim(
            level=Level.CONDITIONAL, assumptions=(declared("covariate_shift", "y depends on x in one way"),)
        ),
        claim(
            assumptions=(IID.with_status(Status.NOT_REJECTED, test="runs, p = 0.4", power="0.8 at lag 0.1"),)
        ),
        claim(estimate=None, lower=None, upper=None, confidence=None, detail={}),
    ],
)
def test_journeys(made):
    assert pickle.loads(pickle.dumps(made)) == made
    assert copy.deepcopy(made) == made
    assert copy.copy(made) == made
    through_json = json.loads(json.dumps(made.to_dict(), allow_nan=False))
    assert Claim.from_dict(through_json) == made
    # A later version may say more: what is unknown is ignored, what is derived is derived again.
    assert Claim.from_dict(through_json | {"colour": "blue", "vacuous": True}) == made
    assert Claim.from_dict(through_json).to_dict() == made.to_dict()


def test_the_json_form_has_the_keys_of_the_schema():
    expected = (
        "id quantity estimate lower upper confidence level theorem citation hypothesis_class loss vacuous"
    )
    assert set(expected.split()) | {"assumptions", "detail"} <= set(claim().to_dict())
    data = claim().to_dict()
    assert (data["level"], data["unit"]) == ("proved", "error")
    assert type(data["level"]) is str
    data["detail"]["delta"] = 1
    assert claim().detail["delta"] == 0.05


def test_vacuous_is_said_not_clipped():
    assert claim(upper=0.5).vacuous
    assert claim(upper=1.7).vacuous
    assert claim(upper=1.7).upper == 1.7
    assert not claim(upper=0.499).vacuous
    assert not claim(upper=None).vacuous
    assert not claim(guessing_error=None, upper=0.9).vacuous


def test_derived_facts():
    assert claim().delta == pytest.approx(0.05)
    assert claim(confidence=None).delta is None
    assert claim().p_value == 0.04
    assert claim(detail={}).p_value is None
    assert claim(detail={"p_value": None}).p_value is None
    assert float(claim()) == 0.1


def test_printed():
    assert (
        str(claim(assumptions=()))
        == "target_error.direct = 0.100 (at least 0.050, at most 0.200, each 95% sure), proved"
    )
    one_sided = claim(lower=None, level=Level.CONDITIONAL, assumptions=(IID, declared("sigma", "σ ≤ .05")))
    assert (
        str(one_sided)
        == "target_error.direct = 0.100 (at most 0.200, 95% sure), conditional, if iid and sigma"
    )
    assert str(claim(estimate=None, lower=None, assumptions=())).startswith(
        "target_error.direct = unknown (at most 0.2"
    )
    assert str(claim(lower=None, upper=None, assumptions=())) == "target_error.direct = 0.100, proved"


def test_assumptions_of_another_kind_of_knowledge_are_another_claim():
    assert claim() != claim(assumptions=(IID.with_status(Status.DECLARED),))
    assert claim() == claim()
    assert isinstance(claim().assumptions[0], Assumption)


def test_the_same_figures_on_other_ground():
    made = claim()
    weaker = made.standing_on(Level.CONDITIONAL, (declared("covariate_shift", "y depends on x in one way"),))
    assert (weaker.level, weaker.upper, weaker.id) == (Level.CONDITIONAL, made.upper, made.id)
    assert [a.id for a in weaker.assumptions] == ["covariate_shift"]
    assert made.level is Level.PROVED


def test_more_detail_is_another_claim():
    made = claim()
    more = made.with_detail(spent=0.01, delta=0.02)
    assert dict(more.detail) == {**made.detail, "spent": 0.01, "delta": 0.02}
    assert "spent" not in made.detail
