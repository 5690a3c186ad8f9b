"""Which limit of a claim enters which theorem, and what is spent on it: every term of every theorem that takes claims."""

import math
from dataclasses import replace

import pytest

from whytransfer.claims import Assumption, Claim, Level, Status, Unit
from whytransfer.errors import InputError, SurrogateError, UnitError
from whytransfer.theorems import THEOREMS, break_even, theorem

LOWER, POINT, UPPER, DELTA = 0.2, 0.25, 0.3, 0.02
ROWS = {"n": 1000, "m": 500}


def claim(quantity, **changes):
    given = {
        "id": f"test.{quantity}",
        "quantity": quantity,
        "unit": Unit.ERROR,
        "level": Level.PROVED,
        "estimate": POINT,
        "lower": LOWER,
        "upper": UPPER,
        "confidence": 1 - DELTA,
        "hypothesis_class": "stumps",
        "loss": "zero_one",
    }
    return Claim(**given | changes)


def of_squares(quantity, **changes):
    return claim(quantity, loss="squared", **changes)


def absolute(quantity, **changes):
    return claim(quantity, loss="absolute", **changes)


THREE = {"source_error": 0.1, "adaptability": 0.1}
SQUARES = {
    "source_disagreement": 0.1,
    "optima_differ": 0.1,
    "best_target_error": 0.1,
    "norm": 2.0,
    "form": "spectral",
    "second_moment": 0.1,
}
FOUR = {"source_disagreement": 0.1, "optima_differ": 0.1, "best_target_error": 0.1, "discrepancy": 0.1}
POOLED = {
    "labelled_source": 500,
    "labelled_target": 500,
    "unlabelled": 10**6,
    "d": 1,
    "discrepancy": 0.1,
    "adaptability": 0.1,
}
KERNEL = {"mmd": 0.1, "norm": 1.0, "loss": "absolute", **THREE}
W1 = {"wasserstein": 0.1, "lipschitz": 2.0, **THREE}
LIPSCHITZ = {"hypothesis_class": "lipschitz(L=2)"}
MARGIN = {"rho": 0.5, "margin_disparity": 0.1, **THREE}
GIBBS = {"target_disagreement": 0.1, "source_joint_error": 0.1}

TERMS = [
    ("hdh", {"discrepancy": 0.1, **THREE}, "source_error", claim("error"), UPPER),
    ("hdh", {"discrepancy": 0.1, **THREE}, "discrepancy", claim("discrepancy"), UPPER),
    ("hdh", {"discrepancy": 0.1, **THREE, **ROWS}, "discrepancy", claim("discrepancy"), POINT),
    ("hdh", {"discrepancy": 0.1, **THREE}, "adaptability", claim("adaptability"), UPPER),
    ("disparity", {"disparity": 0.1, **THREE}, "source_error", claim("source_error"), UPPER),
    ("disparity", {"disparity": 0.1, **THREE, **ROWS}, "source_error", claim("source_error"), POINT),
    ("disparity", {"disparity": 0.1, **THREE}, "disparity", claim("disparity"), UPPER),
    ("disparity", {"disparity": 0.1, **THREE, **ROWS}, "disparity", claim("disparity"), POINT),
    ("disparity", {"disparity": 0.1, **THREE}, "adaptability", claim("adaptability"), UPPER),
    ("lagrangian", {"lagrangian": 0.1, "adaptability": 0.1}, "lagrangian", claim("lagrangian_disagreement"), UPPER),
    ("lagrangian", {"lagrangian": 0.1, "adaptability": 0.1, **ROWS}, "lagrangian", claim("lagrangian_disagreement"), POINT),
    ("lagrangian", {"lagrangian": 0.1, "adaptability": 0.1}, "adaptability", claim("adaptability"), UPPER),
    ("localised", {"lagrangian": 0.1, "adaptability": 0.1, "level": 0.4}, "lagrangian", claim("localised_disagreement"), UPPER),
    ("localised", {"lagrangian": 0.1, "adaptability": 0.1, "level": 0.4}, "adaptability", claim("adaptability"), UPPER),
    ("version_space", {"version_space": 0.1, "tau": 0.1, "sigma": 0.05}, "version_space", claim("version_space_disagreement"), UPPER),
    *[("mansour", FOUR, name, claim("disagreement"), UPPER) for name in ("source_disagreement", "optima_differ", "best_target_error")],
    ("mansour", FOUR, "discrepancy", claim("discrepancy"), UPPER),
    ("mansour", {**FOUR, **ROWS}, "discrepancy", claim("discrepancy"), POINT),
    *[("mansour", SQUARES, name, of_squares("error"), UPPER) for name in ("source_disagreement", "optima_differ", "best_target_error")],
    ("mansour", SQUARES, "second_moment", claim("divergence", unit=Unit.MOMENT, loss=None), UPPER),
    ("labelling_functions", {"source_error": 0.1, "total_variation": 0.1, "labelling_on_source": 0.1}, "source_error", claim("error"), UPPER),
    ("labelling_functions", {"source_error": 0.1, "total_variation": 0.1, "labelling_on_source": 0.1}, "total_variation", claim("divergence"), UPPER),
    ("labelling_functions", {"source_error": 0.1, "total_variation": 0.1, "labelling_on_source": 0.1}, "labelling_on_source", claim("error"), UPPER),
    ("labelling_functions", {"source_error": 0.1, "total_variation": 0.1, "labelling_on_target": 0.1}, "labelling_on_target", claim("error"), UPPER),
    ("alpha_pooling", POOLED, "discrepancy", claim("discrepancy"), POINT),
    ("alpha_pooling", POOLED, "adaptability", claim("adaptability"), UPPER),
    ("alpha_pooling", {**POOLED, "best_target_error": 0.1}, "best_target_error", claim("error"), UPPER),
    ("mmd", KERNEL, "source_error", absolute("error"), UPPER),
    ("mmd", KERNEL, "mmd", claim("divergence", unit=Unit.KERNEL, loss=None), UPPER),
    ("mmd", {**KERNEL, **ROWS}, "mmd", claim("divergence", unit=Unit.KERNEL, loss=None), POINT),
    ("mmd", KERNEL, "adaptability", absolute("adaptability"), UPPER),
    ("wasserstein", W1, "source_error", absolute("error"), UPPER),
    ("wasserstein", W1, "wasserstein", claim("divergence", id="divergence.wasserstein", unit=Unit.FEATURE, loss=None), UPPER),
    ("wasserstein", {**W1, **ROWS, "diameter": 1.0}, "wasserstein", claim("divergence", id="divergence.wasserstein", unit=Unit.FEATURE, loss=None), POINT),
    ("wasserstein", W1, "adaptability", absolute("adaptability", **LIPSCHITZ), UPPER),
    ("margin_disparity", MARGIN, "source_error", claim("error"), UPPER),
    ("margin_disparity", {**MARGIN, **ROWS}, "source_error", claim("error"), POINT),
    ("margin_disparity", MARGIN, "margin_disparity", claim("margin_disparity", loss="margin(0.5)"), UPPER),
    ("margin_disparity", {**MARGIN, **ROWS}, "margin_disparity", claim("margin_disparity", loss="margin(0.5)"), POINT),
    ("margin_disparity", MARGIN, "adaptability", claim("adaptability", loss="margin(0.5)"), UPPER),
    ("dis2", {"source_error": 0.1, "disagreement_gap": 0.1, **ROWS}, "source_error", claim("error"), POINT),
    ("dis2", {"source_error": 0.1, "disagreement_gap": 0.1, **ROWS}, "disagreement_gap", claim("disagreement_gap"), POINT),
    ("odd", {"source_error": 0.1, "outside_gap": 0.1, **ROWS}, "source_error", claim("error"), POINT),
    ("odd", {"source_error": 0.1, "outside_gap": 0.1, **ROWS}, "outside_gap", claim("disagreement_gap"), POINT),
    ("support", {"region_error": 0.1, "outside": 0.1, "ratio": 2.0}, "region_error", claim("error"), UPPER),
    ("support", {"region_error": 0.1, "outside": 0.1, "ratio": 2.0}, "outside", claim("share"), UPPER),
    ("pac_bayes_da", {**GIBBS, "joint_error_gap": 0.1}, "target_disagreement", claim("disagreement"), UPPER),
    ("pac_bayes_da", {**GIBBS, "joint_error_gap": 0.1}, "source_joint_error", claim("error"), UPPER),
    ("pac_bayes_da", {**GIBBS, "joint_error_gap": 0.1}, "joint_error_gap", claim("error"), UPPER),
    ("pac_bayes_ratio", {**GIBBS, "ratio": 2.0}, "target_disagreement", claim("disagreement"), UPPER),
    ("pac_bayes_ratio", {**GIBBS, "ratio": 2.0}, "source_joint_error", claim("error"), UPPER),
    ("pac_bayes_ratio", {**GIBBS, "ratio": 2.0, "outside": 0.1}, "outside", claim("share"), UPPER),
    ("pac_bayes_kl", {"error": 0.1, "n": 100, "divergence": 0.1}, "error", claim("error"), POINT),
    ("rademacher", {"error": 0.1, "n": 100, "complexity": 0.1}, "complexity", claim("complexity"), UPPER),
    ("disagreement", {"disagreement": 0.1}, "disagreement", claim("disagreement"), LOWER),
    ("cover_hart", {"nearest_neighbour_error": 0.1}, "nearest_neighbour_error", claim("error"), POINT),
    ("tv_lower", {"label_tv": 0.5, "prediction_tv": 0.1}, "label_tv", claim("divergence"), LOWER),
    ("tv_lower", {"label_tv": 0.5, "prediction_tv": 0.1}, "prediction_tv", claim("divergence"), UPPER),
    ("zhao_lower", {"label_js": 0.5, "representation_js": 0.1, "unit": "nats"}, "label_js", claim("divergence", unit=Unit.NATS), LOWER),
    ("zhao_lower", {"label_js": 0.5, "representation_js": 0.1, "unit": "nats"}, "representation_js", claim("divergence", unit=Unit.NATS), UPPER),
]  # fmt: skip
IDS = [f"{name}-{term}{'-rows' if 'n' in given else ''}" for name, given, term, _, _ in TERMS]


def numbers(found):
    return found.lower, found.estimate, found.upper


@pytest.mark.parametrize(("name", "given", "term", "made", "side"), TERMS, ids=IDS)
def test_the_limit_that_the_proof_needs_is_the_one_that_enters(name, given, term, made, side):
    plain, found = theorem(name, **given | {term: side}), theorem(name, **given | {term: made})
    assert numbers(found) == pytest.approx(numbers(plain), abs=1e-12)
    assert numbers(theorem(name, **given | {term: side + 0.01})) != pytest.approx(numbers(plain), abs=1e-6)
    spent = 0.0 if side == POINT else DELTA
    assert found.detail["delta"] == pytest.approx(plain.detail["delta"] + spent, abs=1e-12)


@pytest.mark.parametrize(("name", "given", "term", "made", "side"), TERMS, ids=IDS)
def test_a_term_without_that_limit_is_refused(name, given, term, made, side):
    if (name, term) == ("localised", "lagrangian"):
        # No hypothesis survived the test of the level: that rejects the level, and the bound is withheld.
        assert theorem(name, **given | {term: replace(made, upper=None)}).upper is None
        return
    gone = {LOWER: "lower", POINT: "estimate", UPPER: "upper"}[side]
    with pytest.raises(
        (InputError, SurrogateError),
        match=f"^{term}: .* has no {'upper' if gone == 'estimate' else gone} limit",
    ):
        theorem(name, **given | {term: replace(made, **{gone: None})})


@pytest.mark.parametrize(("name", "given", "term", "made", "side"), TERMS, ids=IDS)
def test_conditional_terms_make_conditional_claims_and_rejected_ones_withhold_the_limits(
    name, given, term, made, side
):
    said = Assumption(id="covariate_shift", text="as said", status=Status.DECLARED)
    found = theorem(name, **given | {term: replace(made, level=Level.CONDITIONAL, assumptions=(said,))})
    assert found.level in (Level.CONDITIONAL, Level.ESTIMATED)
    assert "covariate_shift" in [a.id for a in found.assumptions]
    refuted = replace(said, status=Status.REJECTED, test="a test")
    gone = replace(
        made, level=Level.CONDITIONAL, assumptions=(refuted,), lower=None, estimate=None, upper=None
    )
    if name == "pac_bayes_kl":
        with pytest.raises(InputError, match="no value on the rows"):
            theorem(name, **given | {term: gone})
        return
    withheld = theorem(name, **given | {term: gone})
    assert numbers(withheld) == (None, None, None)
    assert "covariate_shift" in withheld.detail["reason"]


@pytest.mark.parametrize(("name", "given", "term", "made", "side"), TERMS, ids=IDS)
def test_estimates_are_no_terms(name, given, term, made, side):
    with pytest.raises((InputError, SurrogateError), match=rf"^{term}: .* is only estimated"):
        theorem(name, **given | {term: replace(made, level=Level.ESTIMATED)})


@pytest.mark.parametrize(("name", "given", "term", "made", "side"), TERMS, ids=IDS)
def test_distances_between_rows_are_no_shares(name, given, term, made, side):
    other = Unit.NATS if made.unit is Unit.FEATURE else Unit.FEATURE
    with pytest.raises(UnitError, match=term):
        theorem(name, **given | {term: replace(made, unit=other, loss=None)})


NARROW = {
    "adaptability": (0.0, 2.0),
    **dict.fromkeys(
        ("disparity", "margin_disparity", "lagrangian", "disagreement_gap", "outside_gap", "joint_error_gap"),
        (-1.0, 1.0),
    ),
}
"""Where a plain number must lie, where it is not from 0 to 1."""

ENDLESS = {("mmd", "source_error"), ("mmd", "mmd"), ("mmd", "adaptability"), ("wasserstein", "wasserstein")}


@pytest.mark.parametrize(("name", "given", "term", "made", "side"), TERMS, ids=IDS)
def test_numbers_out_of_range_are_refused_and_the_ends_are_not(name, given, term, made, side):
    low, high = NARROW.get(term, (0.0, 1.0))
    if name == "zhao_lower":
        high = math.log(2.0)
    if (name, term) in ENDLESS or given.get("form") == "spectral":
        high = math.inf
    if name == "localised":
        given = given | {"level": 2.0}
    for end, beyond in ((low, low - 1e-6), (high, high + 1e-6)):
        if math.isfinite(end):
            assert theorem(name, **given | {term: end}) is not None
        with pytest.raises(InputError, match=f"^{term}: expected a number in"):
            theorem(name, **given | {term: beyond})


BY_WHAT_IT_IS = {
    "discrepancy",
    "adaptability",
    "disparity",
    "lagrangian",
    "version_space",
    "margin_disparity",
    "mmd",
    "second_moment",
}
"""Terms that must be about one quantity; source errors must be errors, but for losses that no error is measured in."""


@pytest.mark.parametrize(("name", "given", "term", "made", "side"), TERMS, ids=IDS)
def test_claims_about_something_else_are_refused(name, given, term, made, side):
    other = replace(made, quantity="purity")
    if term in BY_WHAT_IT_IS or (term == "source_error" and name not in ("mmd", "wasserstein")):
        with pytest.raises(UnitError, match=f"^{term}: expected a claim about .* which is about purity"):
            theorem(name, **given | {term: other})
    else:
        assert theorem(name, **given | {term: other}) is not None


ONCE = {name: given for name, given, *_ in TERMS} | {"mansour": FOUR}


@pytest.mark.parametrize("name", sorted(name for name in ONCE if "n_classes" in THEOREMS[name].needs))
def test_guessing_is_among_two_classes_unless_more_are_said(name):
    assert theorem(name, **ONCE[name]).guessing_error == pytest.approx(1 / 2)
    assert theorem(name, **ONCE[name], n_classes=5).guessing_error == pytest.approx(4 / 5)


@pytest.mark.parametrize("name", ["alpha_pooling", "dis2", "odd", "pac_bayes_kl", "rademacher"])
@pytest.mark.parametrize("delta", [0.0, 1.0, -0.1, 1.5])
def test_a_failure_probability_lies_between_0_and_1(name, delta):
    with pytest.raises(InputError, match="^delta"):
        theorem(name, **ONCE[name], delta=delta)


@pytest.mark.parametrize("name", ["dis2", "odd", "cover_hart"])
def test_what_the_data_can_not_settle_never_decides(name):
    assert theorem(name, **ONCE[name]).detail["decides"] is False


@pytest.mark.parametrize("alpha", [-0.01, 1.01])
def test_a_weight_is_a_share(alpha):
    with pytest.raises(InputError, match="^alpha"):
        theorem("alpha_pooling", **POOLED, alpha=alpha)


@pytest.mark.parametrize(
    "name", ["hdh", "disparity", "lagrangian", "mansour", "mmd", "wasserstein", "margin_disparity"]
)
@pytest.mark.parametrize("size", ["n", "m"])
def test_sizes_come_together(name, size):
    given = {key: value for key, value in ONCE[name].items() if key not in ROWS}
    with pytest.raises(InputError, match="only one of them"):
        theorem(name, **given, **{size: 100})


def test_terms_of_other_margins_are_refused():
    for term, quantity in (("margin_disparity", "margin_disparity"), ("adaptability", "adaptability")):
        with pytest.raises(UnitError, match=f"^{term}: .* margin"):
            theorem("margin_disparity", **MARGIN | {term: claim(quantity, loss="margin(0.25)")})


def test_a_discrepancy_joined_by_the_model_assumes_no_membership():
    measured = {
        name: claim("disagreement") for name in ("source_disagreement", "optima_differ", "best_target_error")
    }
    joined = claim("discrepancy", detail={"joined_by_h": True})
    found = theorem("mansour", **measured, discrepancy=joined)
    assert (found.level, found.assumptions) == (Level.PROVED, ())
    outside = theorem("mansour", **measured, discrepancy=claim("discrepancy"))
    assert [a.id for a in outside.assumptions] == ["model_in_class"]


def test_a_localised_supremum_has_one_level_and_certifies_none_above_it():
    localised = claim("localised_disagreement", detail={"level": 0.4})
    assert theorem("localised", lagrangian=localised, adaptability=0.1).detail["level"] == 0.4
    assert theorem("localised", lagrangian=localised, adaptability=0.1, level=0.4).detail["level"] == 0.4
    with pytest.raises(InputError, match="computed at level 0.4, got 0.3"):
        theorem("localised", lagrangian=localised, adaptability=0.1, level=0.3)
    # There is room for λ = .9 - .3, and for no λ above the level.
    assert break_even("localised", 0.9, lagrangian=localised) == pytest.approx(0.4)
    assert break_even("localised", 0.65, lagrangian=localised) == pytest.approx(0.35)


def test_what_is_still_allowed_of_kernels():
    """Absolute loss: the rest of the requirement; squares: the difference of the roots."""
    known = {"source_error": 0.09, "mmd": 0.04, "norm": 1.0}
    assert break_even("mmd", 0.5, **known, loss="absolute") == pytest.approx(0.5 - 0.09 - 0.04)
    assert break_even("mmd", 1.0, **known, loss="squared") == pytest.approx(1.0 - math.sqrt(0.09 + 4 * 0.04))
    assert break_even("mmd", 0.0, **known, loss="squared") == pytest.approx(-0.5)
    gone = claim("divergence", unit=Unit.KERNEL, loss=None, level=Level.CONDITIONAL, lower=None, estimate=None, upper=None,
                 assumptions=(Assumption(id="iid", text="as said", status=Status.REJECTED, test="a test"),))  # fmt: skip
    for loss in ("absolute", "squared"):
        assert break_even("mmd", 0.5, **known | {"mmd": gone}, loss=loss) is None


def test_a_rejected_label_shift_has_neither_limits_nor_an_estimate():
    """Of a model that is right on nine rows in ten of each class, no shares of classes make it say "1" always."""
    terms = {"confusion": [[0.9, 0.1], [0.1, 0.9]], "predicted": [0.0, 1.0]}
    found = theorem("label_shift_lp", **terms)
    assert numbers(found) == (None, None, None) and found.detail["rejected"] is True
    assert found.assumptions[0].status is Status.REJECTED


def test_a_gap_of_joint_errors_is_assumed_unless_it_was_measured():
    measured = {"target_disagreement": claim("disagreement"), "source_joint_error": claim("error")}
    found = theorem("pac_bayes_da", **measured, joint_error_gap=claim("error"))
    assert (found.level, found.assumptions) == (Level.PROVED, ())
    asserted = theorem("pac_bayes_da", **measured, joint_error_gap=0.1)
    assert asserted.level is Level.CONDITIONAL and len(asserted.assumptions) == 1


def test_a_term_of_a_rejected_claim_leaves_no_break_even():
    gone = claim("share", level=Level.CONDITIONAL, lower=None, estimate=None, upper=None,
                 assumptions=(Assumption(id="iid", text="as said", status=Status.REJECTED, test="a test"),))  # fmt: skip
    for term in ("outside", "target_disagreement", "source_joint_error"):
        assert break_even("pac_bayes_ratio", 0.5, **{**GIBBS, "outside": 0.1} | {term: gone}) is None
