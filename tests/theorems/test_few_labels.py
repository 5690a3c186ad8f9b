"""Bounds that use a few target labels, and the floor of Cover and Hart."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from whytransfer.claims import Level
from whytransfer.claims.intervals import Betting
from whytransfer.errors import InputError, SurrogateError, UnitError
from whytransfer.hypotheses import hypotheses
from whytransfer.theorems import break_even, theorem

DRAWS, DELTA = 200, 0.1
unit = st.floats(0, 1)


class TestPPI:
    def draw(self, rng, k, m, changed=False):
        """X in [0, 1], P(wrong | X) = X²; g(x) = x² is right, g = 1 − x² is not. The error is 1/3."""
        labelled, unlabelled = rng.random(k), rng.random(m)
        losses = (rng.random(k) < labelled**2).astype(float)
        g = (lambda x: 1 - x**2) if changed else (lambda x: x**2)
        return {"losses": losses, "labelled": g(labelled), "unlabelled": g(unlabelled)}

    @pytest.mark.parametrize("form", ["betting", "hoeffding"])
    @pytest.mark.parametrize("changed", [False, True])
    def test_coverage_whatever_the_predictions(self, form, changed):
        rng = np.random.default_rng(1)
        above = below = 0
        for _ in range(DRAWS):
            claim = theorem("ppi", form=form, delta=DELTA, **self.draw(rng, 60, 300, changed))
            above += claim.upper < 1 / 3
            below += claim.lower > 1 / 3
        assert max(above, below) <= binom.ppf(0.999, DRAWS, DELTA)

    def test_the_control_predictions_fitted_on_the_labelled_rows_break_it(self):
        rng = np.random.default_rng(2)
        broken = 0
        for _ in range(50):
            losses = (rng.random(100) < 1 / 3).astype(float)
            # A g that has learnt the labelled rows by heart and says 0 elsewhere.
            broken += theorem("ppi", losses=losses, labelled=losses, unlabelled=np.zeros(2000)).upper < 1 / 3
        assert broken == 50

    def test_good_predictions_are_narrower_than_no_predictions_and_bad_ones_are_not(self):
        rng = np.random.default_rng(3)
        rows = rng.random(400)
        losses = (rows > 0.7).astype(float)
        far = (rng.random(10**5) > 0.7).astype(float)
        good = theorem("ppi", losses=losses, labelled=0.95 * losses, unlabelled=0.95 * far)
        none = theorem("betting", errors=losses)
        bad = theorem("ppi", losses=losses, labelled=1 - losses, unlabelled=1 - far)
        assert good.upper - good.estimate < none.upper - none.estimate
        assert (good.detail["helps"], bad.detail["helps"]) == (True, False)
        assert bad.upper - bad.estimate > none.upper - none.estimate

    def test_it_assumes_nothing(self):
        claim = theorem("ppi", **self.draw(np.random.default_rng(4), 50, 50))
        assert claim.level is Level.PROVED
        assert claim.assumptions == ()
        assert claim.confidence == pytest.approx(0.95)

    @given(st.lists(st.tuples(unit, unit), min_size=2, max_size=8), st.floats(0, 0.3))
    def test_monotone_in_the_losses(self, pairs, more):
        losses, g = np.array(pairs).T
        base = theorem("ppi", losses=losses, labelled=g, unlabelled=[0.2, 0.4])
        worse = theorem("ppi", losses=np.minimum(1, losses + more), labelled=g, unlabelled=[0.2, 0.4])
        assert base.lower - 1e-9 <= base.estimate <= base.upper + 1e-9
        assert worse.upper >= base.upper - 1e-9
        assert worse.lower >= base.lower - 1e-9

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"losses": [0.1, 0.2, 0.3]}, "each labelled row"),
            ({"labelled": [0.1, 1.2]}, "labelled"),
            ({"unlabelled": []}, "unlabelled"),
            ({"form": "asymptotic"}, "form"),
        ],
    )
    def test_bad_terms(self, change, message):
        terms = {"losses": [0.0, 1.0], "labelled": [0.2, 0.3], "unlabelled": [0.1]}
        with pytest.raises(InputError, match=message):
            theorem("ppi", **terms | change)


class TestAlphaPooling:
    SIZES = {"labelled_source": 3000, "labelled_target": 200, "unlabelled": 10**7, "d": 2}

    @given(unit, st.floats(0, 2), st.integers(1, 10**5), st.integers(1, 10**5))
    def test_the_optimal_weight_is_that_of_a_search(self, disc, lam, n, k):
        terms = {"discrepancy": disc, "adaptability": lam, "unlabelled": 10**6, "d": 2}
        terms |= {"labelled_source": n, "labelled_target": k}
        best = theorem("alpha_pooling", **terms)
        grid = [theorem("alpha_pooling", alpha=a, **terms).upper for a in np.linspace(0, 1, 41)]
        assert best.upper <= min(grid) + 1e-9
        assert best.detail["target_share"] - 1e-12 <= best.detail["alpha"] <= 1
        assert (best.detail["decision"] == "target only") == (best.detail["optimal_alpha"] == 1)
        parts = [best.detail[name] for name in ("target_only", "all_alike", "source_only")]
        assert best.upper <= min(parts) + 1e-9

    @given(unit, unit, st.floats(0, 1.9))
    def test_monotone(self, a, b, lam):
        small, large = sorted((a, b))
        terms = self.SIZES | {"discrepancy": small, "adaptability": lam}
        base = theorem("alpha_pooling", **terms)
        assert theorem("alpha_pooling", **terms | {"discrepancy": large}).upper >= base.upper - 1e-12
        assert theorem("alpha_pooling", **terms | {"adaptability": lam + 0.1}).upper >= base.upper - 1e-12
        assert theorem("alpha_pooling", **terms | {"d": 3}).upper >= base.upper - 1e-12
        assert theorem("alpha_pooling", best_target_error=0.1, **terms).upper == pytest.approx(
            base.upper + 0.1
        )

    def test_target_only_as_soon_as_there_are_enough_labels(self):
        def decision(k):
            terms = self.SIZES | {"labelled_target": k, "discrepancy": 0.3, "adaptability": 0.2}
            return theorem("alpha_pooling", **terms).detail["decision"]

        found = [decision(k) for k in (10, 100, 1000, 10_000, 100_000, 1_000_000)]
        assert found == sorted(found)
        assert found[0] == "pool"
        assert found[-1] == "target only"

    def test_the_docstrings_sizes(self):
        def excess(n):
            return theorem(
                "alpha_pooling",
                labelled_source=n // 2,
                labelled_target=n // 2,
                unlabelled=10**12,
                d=1,
                discrepancy=0.0,
                adaptability=0.0,
            ).upper

        assert excess(2_000) < 0.5 < excess(1_500)
        assert excess(60_000) < 0.1 < excess(50_000)

    @given(st.floats(0, 0.5), st.floats(0, 3))
    def test_break_even(self, disc, requirement):
        terms = self.SIZES | {"discrepancy": disc}
        lam = break_even("alpha_pooling", requirement, **terms)
        if 0 < lam < 2:
            found = theorem("alpha_pooling", adaptability=lam, **terms).upper
            assert found == pytest.approx(requirement, abs=1e-9)
        elif lam < 0:
            least = theorem("alpha_pooling", adaptability=0.0, **terms).upper
            assert lam == pytest.approx(requirement - least)
        else:
            assert theorem("alpha_pooling", adaptability=2.0, **terms).upper <= requirement + 1e-9

    def test_the_minimiser_is_within_its_excess_and_lambda_is_what_protects(self):
        """Labels flip from source to target: λ = 1 for thresholds, and the best target error is 0."""
        H, rng = hypotheses("thresholds"), np.random.default_rng(6)
        xs, xt = rng.random(4000), rng.random(40)
        ys, yt = (xs > 0.5).astype(int), (xt <= 0.5).astype(int)
        sizes = {
            "labelled_source": 4000,
            "labelled_target": 40,
            "unlabelled": 10**7,
            "d": 2,
            "discrepancy": 0.0,
        }
        alpha = 0.1
        weight = np.concatenate([np.full(4000, (1 - alpha) / 4000), np.full(40, alpha / 40)])
        y = np.concatenate([ys, yt])
        cost = np.stack([weight * (y == 1), weight * (y == 0)], axis=1)
        h = H.erm(np.concatenate([xs, xt]), cost)
        far = rng.random(5000)
        error = (h.predict(far) != (far <= 0.5)).mean()
        honest = theorem("alpha_pooling", adaptability=1.0, alpha=alpha, **sizes)
        denied = theorem("alpha_pooling", adaptability=0.0, alpha=alpha, **sizes)
        assert error <= honest.upper
        assert error > denied.upper
        assert {a.id for a in honest.assumptions} == {"adaptability_at_most", "exact_minimiser"}
        assert honest.id == "excess_target_error.alpha_pooling"

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"alpha": 1.1}, "alpha"),
            ({"labelled_target": 0}, "labelled_target"),
            ({"d": 0}, "d: expected"),
            ({"unlabelled": 2.5}, "unlabelled"),
            ({"discrepancy": 1.2}, "pass d_hdh / 2"),
        ],
    )
    def test_bad_terms(self, change, message):
        terms = self.SIZES | {"discrepancy": 0.1, "adaptability": 0.1}
        with pytest.raises(InputError, match=message):
            theorem("alpha_pooling", **terms | change)

    def test_a_surrogates_discrepancy_is_refused(self):
        X = np.random.default_rng(0).normal(size=(60, 2))
        surrogate = hypotheses("linear").discrepancy(X, X + 1)
        with pytest.raises(SurrogateError):
            theorem("alpha_pooling", **self.SIZES, discrepancy=surrogate, adaptability=0.1)


class TestCoverHart:
    def test_e23(self):
        claim = theorem("cover_hart", nearest_neighbour_error=0.18)
        assert claim.estimate == pytest.approx(0.1, abs=1e-12)
        assert claim.level is Level.ESTIMATED
        assert (claim.lower, claim.upper, claim.confidence) == (None, None, None)
        assert claim.detail["asymptotic"] is True

    @given(st.lists(unit, min_size=1, max_size=5), st.integers(2, 6))
    def test_never_above_the_bayes_error_in_the_limit(self, confidences, K):
        """Any η over finitely many x of equal mass: one favourite class, the others alike."""
        top = 1 / K + (1 - 1 / K) * np.array(confidences)
        others = (1 - top) / (K - 1)
        nearest = float(np.mean(1 - top**2 - (K - 1) * others**2))
        floor = theorem("cover_hart", nearest_neighbour_error=nearest, n_classes=K).estimate
        assert floor <= np.mean(1 - top) + 1e-7
        if len(confidences) == 1:
            assert floor == pytest.approx(1 - top[0], abs=1e-7)

    @given(unit, unit, st.integers(2, 6))
    def test_monotone_and_at_most_guessing(self, a, b, K):
        low, high = sorted((a, b))
        floors = [theorem("cover_hart", nearest_neighbour_error=e, n_classes=K).estimate for e in (low, high)]
        assert 0 <= floors[0] <= floors[1] <= 1 - 1 / K

    def test_for_finitely_many_rows_it_is_no_certificate_and_no_term(self):
        """Labels that alternate along the line have Bayes error 0; each row's neighbour is of the other class."""
        claim = theorem("cover_hart", nearest_neighbour_error=1.0)
        assert claim.estimate == pytest.approx(0.5)
        with pytest.raises(InputError, match="estimated"):
            theorem("disagreement", disagreement=claim)
        with pytest.raises(UnitError, match="about bayes_error"):
            theorem("lagrangian", lagrangian=0.1, adaptability=claim)

    def test_bad_terms(self):
        with pytest.raises(InputError, match="n_classes"):
            theorem("cover_hart", nearest_neighbour_error=0.1, n_classes=1)
        with pytest.raises(InputError, match="nearest_neighbour_error"):
            theorem("cover_hart", nearest_neighbour_error=math.nan)


@pytest.mark.parametrize("failure", [0.05, 0.2])
def test_bets_hold_for_draws_without_replacement(failure):
    """All 8 of 16 rows in turn: the share of draws whose limit misses the file's mean, counted exactly."""
    values = np.r_[np.zeros(9), 0.5, 0.5, np.ones(5)]
    draws = np.array(list(itertools.combinations(range(16), 8)))
    sums, first = np.unique(np.sort(values[draws], axis=1), axis=0, return_inverse=True)
    limits = np.array([Betting().upper_of(row, failure) for row in sums])[first.ravel()]
    assert np.mean(limits < values.mean() - 1e-9) <= failure
