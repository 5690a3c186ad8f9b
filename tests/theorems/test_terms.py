"""What may enter a bound, what is refused, and what is counted."""

import inspect
import json
import math

import pytest

from whytransfer.claims import Assumption, Claim, Level, Status, Unit, declared
from whytransfer.claims.intervals import interval
from whytransfer.divergences import divergence
from whytransfer.errors import InputError, SurrogateError, UnitError, UnknownNameError
from whytransfer.hypotheses import hypotheses
from whytransfer.lab import worked_example
from whytransfer.theorems import THEOREMS, Bound, break_even, frontier, theorem

WORLD = worked_example()
SOURCE, TARGET = WORLD.draw(400, 400, seed=5)
THRESHOLDS = hypotheses("thresholds")
SOURCE_ERROR = interval("clopper_pearson", int((WORLD.model(SOURCE.X) != SOURCE.y).sum()), 400, 0.01)


def claim(quantity="discrepancy", **changes):
    given = {
        "id": f"test.{quantity}",
        "quantity": quantity,
        "unit": Unit.ERROR,
        "level": Level.PROVED,
        "estimate": 0.2,
        "upper": 0.3,
        "confidence": 0.98,
        "hypothesis_class": "stumps",
        "loss": "zero_one",
    }
    return Claim(**given | changes)


def adaptability(**changes):
    return claim("adaptability", **changes)


class TestWhatIsCounted:
    def test_deltas_add_and_the_upper_limits_are_used(self):
        found = theorem(
            "hdh", source_error=SOURCE_ERROR, discrepancy=claim(), adaptability=adaptability(confidence=0.97)
        )
        assert found.upper == pytest.approx(SOURCE_ERROR.upper + 0.6)
        assert found.confidence == pytest.approx(1 - 0.01 - 0.02 - 0.03)
        assert found.detail["delta"] == pytest.approx(0.06)
        assert found.hypothesis_class == "stumps"
        assert found.id == "target_error.hdh.stumps"

    def test_one_assumption_of_two_values_is_two_and_a_rejected_one_stays_rejected(self):
        said = [declared("ratio_at_most", f"the density ratio is at most {w}") for w in (2, 3, 3)]
        rejected = said[2].with_status(Status.REJECTED, test="exact test, p = 0.001")
        terms = (
            claim(level=Level.CONDITIONAL, assumptions=(said[0], said[1])),
            adaptability(level=Level.CONDITIONAL, assumptions=(rejected,)),
        )
        found = theorem("hdh", source_error=0.1, discrepancy=terms[0], adaptability=terms[1])
        assert [(a.text[-1], a.status) for a in found.assumptions if a.id == "ratio_at_most"] == [
            ("2", said[0].status),
            ("3", Status.REJECTED),
        ]

    def test_a_plain_number_spends_nothing(self):
        certain = theorem("lagrangian", lagrangian=0.1, adaptability=0.1)
        assert (certain.confidence, certain.detail["delta"]) == (None, 0.0)
        assert theorem("lagrangian", lagrangian=0.1, adaptability=adaptability()).confidence == pytest.approx(
            0.98
        )

    def test_the_deviation_spends_its_delta_beside_those_of_the_terms(self):
        found = theorem(
            "hdh", source_error=SOURCE_ERROR, discrepancy=0.2, adaptability=0.1, n=400, m=400, delta=0.04
        )
        assert found.confidence == pytest.approx(0.95)

    def test_a_certain_claim_may_be_a_term_and_a_limit_without_confidence_may_not(self):
        certain = claim(confidence=None, detail={"delta": 0.0})
        assert theorem("hdh", source_error=0.1, discrepancy=certain, adaptability=0.1).upper == pytest.approx(
            0.5
        )
        with pytest.raises(InputError, match="without a confidence"):
            theorem("hdh", source_error=0.1, discrepancy=claim(confidence=None), adaptability=0.1)

    def test_a_sum_of_probabilities_may_end_a_rounding_above_one(self):
        assert (
            theorem("hdh", source_error=sum([0.1] * 10) + 2e-16, discrepancy=0.0, adaptability=0.0).upper
            <= 1.0
        )
        assert theorem("hdh", source_error=1 + 4e-16, discrepancy=-1e-17, adaptability=0.0).upper == 1.0
        with pytest.raises(InputError, match="source_error"):
            theorem("hdh", source_error=1 + 1e-9, discrepancy=0.0, adaptability=0.0)

    def test_a_population_is_written_as_a_word(self):
        found = theorem("lagrangian", lagrangian=0.1, adaptability=0.1, n=math.inf, m=10)
        assert (found.detail["n"], found.detail["m"]) == ("population", 10)

    def test_delta_must_stay_below_one(self):
        with pytest.raises(InputError, match="delta"):
            theorem(
                "hdh",
                source_error=0.1,
                discrepancy=claim(confidence=0.4),
                adaptability=adaptability(confidence=0.3),
            )

    def test_with_sizes_the_value_on_the_sample_is_used(self):
        found = theorem("hdh", source_error=0.0, discrepancy=claim(), adaptability=0.0, n=10**9, m=10**9)
        assert found.upper == pytest.approx(0.2, abs=1e-3)

    def test_all_terms_measured_is_proved_for_a_discrepancy_joined_by_the_model(self):
        joined = claim(detail={"joined_by_h": True})
        assert (
            theorem("hdh", source_error=0.1, discrepancy=joined, adaptability=adaptability()).level
            is Level.PROVED
        )
        outside = theorem("hdh", source_error=0.1, discrepancy=claim(), adaptability=adaptability())
        assert outside.level is Level.CONDITIONAL
        assert [a.id for a in outside.assumptions] == ["model_in_class"]
        assert outside.assumptions[0].status is Status.UNTESTED

    def test_assumptions_of_the_terms_are_carried_once(self):
        a = declared("covariate_shift", "as said")
        terms = {"discrepancy": claim(assumptions=(a,)), "adaptability": adaptability(assumptions=(a,))}
        found = theorem("hdh", source_error=0.1, **terms)
        assert [x.id for x in found.assumptions].count("covariate_shift") == 1

    def test_the_number_of_classes_is_taken_from_the_terms(self):
        found = theorem("lagrangian", lagrangian=0.3, adaptability=adaptability(detail={"labels": 5}))
        assert found.guessing_error == pytest.approx(0.8)
        said = theorem("lagrangian", lagrangian=0.3, adaptability=adaptability(guessing_error=0.75))
        assert said.guessing_error == 0.75

    @pytest.mark.parametrize("name", sorted(THEOREMS))
    def test_terms_and_parameters_are_the_same_names(self, name):
        kind = THEOREMS[name]
        parameters = inspect.signature(kind.__call__).parameters
        assert set(parameters) - {"self"} == set(kind.needs)
        assert all(kind.needs.values())
        if issubclass(kind, Bound):
            assert kind.unknown in kind.needs

    @pytest.mark.parametrize("name", sorted(THEOREMS))
    def test_every_theorem_states_itself(self, name):
        kind = THEOREMS[name]
        assert kind.statement
        assert "THEORY" in kind.__doc__ or "derived" in kind.__doc__

    def test_claims_are_plain_json(self):
        found = theorem("label_shift_lp", confusion_counts=[[90, 30], [10, 70]], predicted_counts=[42, 58])
        json.dumps(found.to_dict(), allow_nan=False)
        weighted = theorem("importance_weighting", weights=[2.0, 0.0], losses=[0.0, 1.0], largest_weight=2)
        json.dumps(weighted.to_dict(), allow_nan=False)


class TestWhatIsRefused:
    def test_classes_can_not_be_mixed(self):
        with pytest.raises(
            UnitError, match=r"a discrepancy of stumps and an adaptability of thresholds .*A3\.6"
        ):
            theorem(
                "hdh",
                source_error=0.1,
                discrepancy=claim(),
                adaptability=adaptability(hypothesis_class="thresholds"),
            )

    def test_parameters_of_a_class_count(self):
        two, three = (
            claim(q, hypothesis_class=f"unions(j={j})") for q, j in (("discrepancy", 2), ("adaptability", 3))
        )
        with pytest.raises(UnitError, match=r"unions\(j=2\) .* unions\(j=3\)"):
            theorem("hdh", source_error=0.1, discrepancy=two, adaptability=three)

    def test_losses_can_not_be_mixed(self):
        with pytest.raises(UnitError, match="one loss"):
            theorem("hdh", source_error=0.1, discrepancy=claim(), adaptability=adaptability(loss="absolute"))

    def test_a_loss_without_triangle_inequality_is_refused(self):
        with pytest.raises(UnitError, match="triangle inequality"):
            theorem(
                "hdh",
                source_error=0.1,
                discrepancy=claim(loss="squared"),
                adaptability=adaptability(loss="squared"),
            )

    def test_a_feature_distance_names_the_lipschitz_constant(self):
        w1 = divergence("wasserstein1", SOURCE.X, TARGET.X)
        with pytest.raises(UnitError, match="Lipschitz constant") as caught:
            theorem("hdh", source_error=0.1, discrepancy=w1, adaptability=0.1)
        assert "err_S + W1" in str(caught.value)

    def test_another_unit_is_refused(self):
        with pytest.raises(UnitError, match="kernel"):
            theorem("hdh", source_error=0.1, discrepancy=claim(unit=Unit.KERNEL), adaptability=0.1)
        with pytest.raises(UnitError, match="nats"):
            theorem("zhao_lower", label_js=claim("divergence"), representation_js=0.0)

    def test_a_divergence_without_a_class_is_refused(self):
        sup = divergence("interval", SOURCE.X, TARGET.X)
        with pytest.raises(UnitError, match="names no class"):
            theorem("hdh", source_error=0.1, discrepancy=sup, adaptability=0.1)

    def test_stump_pairs_is_the_discrepancy_of_stumps(self):
        pairs = divergence("stump_pairs", SOURCE.X, TARGET.X)
        found = theorem("hdh", source_error=0.1, discrepancy=pairs, adaptability=adaptability())
        assert found.hypothesis_class == "stumps"

    def test_the_wrong_quantity_is_refused(self):
        with pytest.raises(UnitError, match="expected a claim about adaptability"):
            theorem("hdh", source_error=0.1, discrepancy=0.1, adaptability=claim())
        disparity = THRESHOLDS.disparity(WORLD.model, SOURCE.X, TARGET.X)
        with pytest.raises(UnitError, match="expected a claim about discrepancy"):
            theorem("hdh", source_error=0.1, discrepancy=disparity, adaptability=0.1)

    @pytest.mark.parametrize("level", [Level.ESTIMATED, Level.WITNESS])
    def test_an_estimate_or_a_witness_can_not_enter(self, level):
        weak = claim(level=level, confidence=None if level is Level.WITNESS else 0.95)
        with pytest.raises(SurrogateError, match=r"estimated|witness"):
            theorem("hdh", source_error=0.1, discrepancy=weak, adaptability=0.1)
        weak_error = claim("source_error", level=level, confidence=None if level is Level.WITNESS else 0.95)
        with pytest.raises(InputError, match=r"estimated|witness"):
            theorem("hdh", source_error=weak_error, discrepancy=0.1, adaptability=0.1)

    @pytest.mark.parametrize(
        ("name", "term", "rest"),
        [
            ("odd", "source_error", {"outside_gap": 0.1, "n": 9, "m": 9}),
            ("rademacher", "complexity", {"error": 0.1, "n": 9}),
            ("pac_bayes_kl", "error", {"n": 9, "divergence": 0.0}),
            (
                "mansour",
                "discrepancy",
                {"source_disagreement": 0, "optima_differ": 0, "best_target_error": 0},
            ),
            ("mmd", "mmd", {"source_error": 0.1, "norm": 1.0, "adaptability": 0.1, "loss": "squared"}),
            ("wasserstein", "source_error", {"wasserstein": 0.1, "lipschitz": 1.0, "adaptability": 0.1}),
            ("pac_bayes_da", "target_disagreement", {"source_joint_error": 0.1, "joint_error_gap": 0.0}),
            ("pac_bayes_ratio", "source_joint_error", {"target_disagreement": 0.1, "ratio": 2.0}),
            ("support", "outside", {"region_error": 0.1, "ratio": 2.0}),
            ("cover_hart", "nearest_neighbour_error", {}),
        ],
    )
    def test_no_bound_takes_an_estimate(self, name, term, rest):
        about = "divergence" if term == "mmd" else "discrepancy" if term == "discrepancy" else "source_error"
        weak = claim(
            about,
            level=Level.ESTIMATED,
            unit=Unit.KERNEL if term == "mmd" else Unit.ERROR,
            loss="absolute" if name == "wasserstein" else "zero_one",
        )
        with pytest.raises((InputError, SurrogateError), match="only estimated"):
            theorem(name, **{term: weak}, **rest)

    def test_a_lower_value_can_not_enter_an_upper_bound(self):
        critic = claim(upper=None, lower=0.2)
        with pytest.raises(SurrogateError, match=r"no upper limit.*can't take that place"):
            theorem("hdh", source_error=0.1, discrepancy=critic, adaptability=0.1)
        with pytest.raises(SurrogateError, match="no upper limit"):
            theorem("hdh", source_error=0.1, discrepancy=critic, adaptability=0.1, n=100, m=100)

    def test_a_surrogate_class_can_not_construct_an_upper_claim(self):
        linear = hypotheses("linear")
        for name, terms in (
            ("hdh", {"source_error": 0.1, "discrepancy": linear.discrepancy(SOURCE.X, TARGET.X)}),
            (
                "disparity",
                {"source_error": 0.1, "disparity": linear.disparity(WORLD.model, SOURCE.X, TARGET.X)},
            ),
            ("lagrangian", {"lagrangian": linear.lagrangian(WORLD.model, SOURCE.X, SOURCE.y, TARGET.X)}),
        ):
            with pytest.raises(SurrogateError):
                theorem(name, adaptability=0.1, **terms)

    def test_names(self):
        with pytest.raises(UnknownNameError, match="did you mean 'hdh'"):
            theorem("hhd")

    @pytest.mark.parametrize(
        ("terms", "message"),
        [
            ({"source_error": 0.1, "discrepancy": 0.1}, "needs adaptability: lambda_H"),
            ({"source_error": 0.1, "discrepency": 0.1}, "did you mean 'discrepancy'"),
            ({"source_error": 0.1, "discrepancy": 1.2, "adaptability": 0.1}, "pass d_hdh / 2"),
            (
                {"source_error": -0.1, "discrepancy": 0.2, "adaptability": 0.1},
                "source_error: expected a number",
            ),
            ({"source_error": float("nan"), "discrepancy": 0.2, "adaptability": 0.1}, "source_error"),
            (
                {"source_error": "0.1", "discrepancy": 0.2, "adaptability": 0.1},
                "a number or a Claim, got str",
            ),
            ({"source_error": 0.1, "discrepancy": 0.2, "adaptability": 2.1}, "adaptability"),
            ({"source_error": 0.1, "discrepancy": 0.2, "adaptability": 0.1, "n": 10}, "only one of them"),
            (
                {"source_error": 0.1, "discrepancy": 0.2, "adaptability": 0.1, "form": "published"},
                "expected n, m",
            ),
            (
                {"source_error": 0.1, "discrepancy": 0.2, "adaptability": 0.1, "form": "sharper"},
                "did you mean 'sharp'",
            ),
            (
                {"source_error": 0.1, "discrepancy": 0.2, "adaptability": 0.1, "n": 9, "m": 9.5},
                "whole number",
            ),
        ],
    )
    def test_bad_terms_get_one_line(self, terms, message):
        with pytest.raises(InputError, match=message) as caught:
            theorem("hdh", **terms)
        assert "\n" not in str(caught.value)


class TestRejectedAssumptions:
    def test_an_empty_version_space_withholds_the_bound(self):
        space = THRESHOLDS.version_space(WORLD.model, SOURCE.X, SOURCE.y, TARGET.X, sigma=0.001)
        found = theorem("version_space", version_space=space, tau=0.1)
        assert found.upper is None
        assert found.level is Level.CONDITIONAL
        assert "class_good_on_source" in found.detail["reason"]
        assert {a.id: a.status for a in found.assumptions}["class_good_on_source"] is Status.REJECTED
        assert break_even("version_space", 0.3, version_space=space) is None
        assert frontier(0.3, [(0.001, space)]) == ()

    def test_an_empty_level_rejects_the_adaptability(self):
        empty = THRESHOLDS.lagrangian(WORLD.model, SOURCE.X, SOURCE.y, TARGET.X, level=0.001)
        found = theorem("localised", lagrangian=empty, adaptability=0.001)
        assert found.upper is None
        assert [(a.id, a.status) for a in found.assumptions] == [("adaptability_at_most", Status.REJECTED)]

    def test_a_rejected_assumption_never_stands_behind_a_proved_bound(self):
        iid = Assumption(
            id="iid", text="rows are independent", status=Status.REJECTED, test="runs test, p = 0.001"
        )
        joined = claim(level=Level.CONDITIONAL, assumptions=(iid,), detail={"joined_by_h": True})
        found = theorem("hdh", source_error=0.1, discrepancy=joined, adaptability=adaptability())
        assert found.level is Level.CONDITIONAL
        assert found.upper is not None

    def test_a_level_below_lambda_is_refused(self):
        with pytest.raises(InputError, match="might have been left out"):
            theorem("localised", lagrangian=0.1, adaptability=0.2, level=0.1)
        said = THRESHOLDS.lagrangian(WORLD.model, SOURCE.X, SOURCE.y, TARGET.X, level=0.1)
        with pytest.raises(InputError, match="computed at level"):
            theorem("localised", lagrangian=said, adaptability=0.05, level=0.2)
        with pytest.raises(InputError, match="expected the level"):
            theorem("localised", lagrangian=0.1, adaptability=0.05)


class TestTermsOfHypotheses:
    """Every bound from the claims of one class, on one sample."""

    def test_the_five_bounds(self):
        lam, sigma, tau = 0.15, 0.05, 0.10
        args = (WORLD.model, SOURCE.X, SOURCE.y, TARGET.X)
        bounds = {
            "hdh": theorem(
                "hdh",
                source_error=SOURCE_ERROR,
                discrepancy=THRESHOLDS.discrepancy(SOURCE.X, TARGET.X, h=WORLD.model),
                adaptability=lam,
            ),
            "disparity": theorem(
                "disparity",
                source_error=SOURCE_ERROR,
                disparity=THRESHOLDS.disparity(WORLD.model, SOURCE.X, TARGET.X),
                adaptability=lam,
            ),
            "lagrangian": theorem("lagrangian", lagrangian=THRESHOLDS.lagrangian(*args), adaptability=lam),
            "localised": theorem(
                "localised", lagrangian=THRESHOLDS.lagrangian(*args, level=lam), adaptability=lam
            ),
            "version_space": theorem(
                "version_space", version_space=THRESHOLDS.version_space(*args, sigma=sigma), tau=tau
            ),
        }
        truth = WORLD.truth["error_target"]
        assert all(c.upper > truth for c in bounds.values())
        assert all(c.level is Level.CONDITIONAL for c in bounds.values())
        assert {c.id for c in bounds.values()} == {f"target_error.{name}.thresholds" for name in bounds}
        assert bounds["version_space"].upper < bounds["lagrangian"].upper < bounds["disparity"].upper
        assert bounds["version_space"].detail["half_diameter"] is not None
        assert bounds["version_space"].detail["witness"]

    def test_lambda_measured_from_target_labels_makes_a_proved_bound(self):
        lam = THRESHOLDS.adaptability(SOURCE.X, SOURCE.y, TARGET.X, TARGET.y, delta=0.02)
        disc = THRESHOLDS.discrepancy(SOURCE.X, TARGET.X, h=WORLD.model, delta=0.02)
        found = theorem("hdh", source_error=SOURCE_ERROR, discrepancy=disc, adaptability=lam)
        assert found.level is Level.PROVED
        assert found.confidence == pytest.approx(0.95)
        assert found.assumptions == ()


class TestRepresentations:
    """THEORY C5 and E12: λ is computed anew after a change of representation, never carried over."""

    RAW_S, RAW_T = WORLD.draw(60, 60, seed=6)

    @staticmethod
    def terms(name, representation, columns=lambda X: X):
        raw_s, raw_t = TestRepresentations.RAW_S, TestRepresentations.RAW_T
        s, t = columns(raw_s.X), columns(raw_t.X)
        h = (WORLD.model(raw_s.X), WORLD.model(raw_t.X))
        H, said = THRESHOLDS, {"representation": representation}
        return {
            "adaptability": lambda: H.adaptability(s, raw_s.y, t, raw_t.y, delta=0.01, **said),
            "discrepancy": lambda: H.discrepancy(s, t, delta=0.01, **said),
            "disparity": lambda: H.disparity(h, s, t, delta=0.01, **said),
            "lagrangian": lambda: H.lagrangian(h, s, raw_s.y, t, delta=0.01, **said),
            "localised": lambda: H.lagrangian(h, s, raw_s.y, t, level=1.0, delta=0.01, **said),
            "version_space": lambda: H.version_space(h, s, raw_s.y, t, sigma=0.2, delta=0.01, **said),
        }[name]()

    @pytest.mark.parametrize(
        ("bound", "term"),
        [
            ("hdh", "discrepancy"),
            ("disparity", "disparity"),
            ("lagrangian", "lagrangian"),
            ("localised", "lagrangian"),
        ],
    )
    def test_a_lambda_of_another_representation_is_refused(self, bound, term):
        error = {} if bound in ("lagrangian", "localised") else {"source_error": SOURCE_ERROR}
        moved = self.terms("localised" if bound == "localised" else term, "aligned", lambda X: X - X.mean())
        with pytest.raises(UnitError, match=r"'aligned'.*'encoder'.*THEORY C5, E12"):
            theorem(bound, **error, **{term: moved}, adaptability=self.terms("adaptability", "encoder"))
        # Of one representation, or where one of the two does not say: as before.
        for said in ("aligned", None):
            lam = self.terms("adaptability", said, lambda X: X - X.mean())
            if bound == "localised" and lam.upper > 1:
                continue
            found = theorem(bound, **error, **{term: moved}, adaptability=lam)
            assert found.detail["representation"] == "aligned"

    def test_a_term_says_the_representation_it_was_given_and_no_other(self):
        for name in ("adaptability", "discrepancy", "disparity", "lagrangian", "version_space"):
            assert self.terms(name, "encoder").detail["representation"] == "encoder"
            assert "representation" not in self.terms(name, None).detail

    def test_pooling_and_divergences_by_name(self):
        apart = divergence("stump_pairs", self.RAW_S.X, self.RAW_T.X).with_detail(representation="aligned")
        lam = hypotheses("stumps").adaptability(
            self.RAW_S.X, self.RAW_S.y, self.RAW_T.X, self.RAW_T.y, representation="encoder"
        )
        sizes = {"labelled_source": 60, "labelled_target": 60, "unlabelled": 60, "d": 2}
        with pytest.raises(UnitError, match="E12"):
            theorem("hdh", source_error=SOURCE_ERROR, discrepancy=apart, adaptability=lam)
        with pytest.raises(UnitError, match="E12"):
            theorem("alpha_pooling", discrepancy=apart, adaptability=lam, **sizes)


class TestRowsOfTheTerms:
    """A deviation for more rows than a term was computed on would be too small."""

    FEW = interval("clopper_pearson", 0, 10, 0.01)
    ROWS = {"n": 400, "m": 400}
    RIGHT = {"n": 60, "m": 60}
    X, Z = WORLD.draw(60, 60, seed=7)

    @pytest.mark.parametrize("name", ["disparity", "dis2", "odd"])
    def test_of_the_source_error(self, name):
        terms = {
            "disparity": {"disparity": 0.1, "adaptability": 0.1},
            "dis2": {"disagreement_gap": 0.0},
            "odd": {"outside_gap": 0.0},
        }[name]
        with pytest.raises(InputError, match="n: expected the 10 rows"):
            theorem(name, source_error=self.FEW, **terms, **self.ROWS)
        assert theorem(name, source_error=SOURCE_ERROR, **terms, **self.ROWS).upper is not None

    def test_of_the_distance(self):
        s, t = self.X.X, self.Z.X
        given = {
            "mansour": {
                "discrepancy": THRESHOLDS.discrepancy(s, t),
                "source_disagreement": 0.1,
                "optima_differ": 0.0,
                "best_target_error": 0.0,
            },
            "mmd": {
                "mmd": divergence("mmd", s, t, bandwidth=1.0),
                "source_error": 0.1,
                "norm": 1.0,
                "adaptability": 0.1,
                "loss": "absolute",
            },
            "wasserstein": {
                "wasserstein": divergence("wasserstein1", s, t),
                "source_error": 0.1,
                "lipschitz": 1.0,
                "adaptability": 0.1,
                "diameter": 20.0,
            },
        }
        for name, terms in given.items():
            with pytest.raises(InputError, match="expected the 60 rows"):
                theorem(name, **terms, **self.ROWS)
            assert theorem(name, **terms, **self.RIGHT).upper is not None

    def test_of_a_pooled_discrepancy(self):
        sizes = {"labelled_source": 60, "labelled_target": 60, "d": 2, "adaptability": 0.1}
        apart = THRESHOLDS.discrepancy(self.X.X, self.Z.X)
        with pytest.raises(InputError, match="at most the 60 rows"):
            theorem("alpha_pooling", discrepancy=apart, unlabelled=61, **sizes)
        assert theorem("alpha_pooling", discrepancy=apart, unlabelled=60, **sizes).upper is not None


def test_finite_classes_of_other_models_do_not_mix():
    def low(X):
        return (X[:, 0] > 0).astype(int)

    def high(X):
        return (X[:, 0] > 1).astype(int)

    first, second = (hypotheses("finite", models=[model]) for model in (low, high))
    lam = second.adaptability(SOURCE.X, SOURCE.y, TARGET.X, TARGET.y)
    assert list(lam.detail["members"]) == ["high"]
    with pytest.raises(UnitError, match="models low.*high"):
        theorem(
            "hdh",
            source_error=SOURCE_ERROR,
            discrepancy=first.discrepancy(SOURCE.X, TARGET.X),
            adaptability=lam,
        )
