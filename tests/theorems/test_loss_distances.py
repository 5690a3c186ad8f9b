"""Bounds that turn a distance between laws into a difference of losses: moments, kernels, transport."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, norm

from whytransfer.claims import Claim, Level, Unit
from whytransfer.divergences import divergence
from whytransfer.errors import InputError, SurrogateError, UnitError
from whytransfer.hypotheses import hypotheses
from whytransfer.lab import location_shift, xi
from whytransfer.theorems import break_even, theorem

DRAWS, DELTA = 200, 0.1
unit = st.floats(0, 1)


def squared(quantity, value):
    return Claim(
        id=f"test.{quantity}",
        quantity=quantity,
        unit=Unit.ERROR,
        level=Level.PROVED,
        estimate=value,
        upper=value,
        loss="squared",
        detail={"delta": 0.0},
    )


class TestMansour:
    SPECTRAL = {"norm": 1.0, "form": "spectral"}

    def test_e17_the_discrepancy_of_linear_functions(self):
        """N(0, 1) against N(0, 4), |w| ≤ 1: C_S = 1, C_T = 4, disc = 4·|1 − 4|; attained by w = 1, w' = −1."""
        terms = {"source_disagreement": 0.0, "optima_differ": 0.0, "best_target_error": 0.0}
        claim = theorem("mansour", second_moment=3.0, **terms, **self.SPECTRAL)
        assert claim.detail["discrepancy"] == pytest.approx(12.0)
        assert claim.loss == "squared"
        assert (1 - -1) ** 2 * 4 - (1 - -1) ** 2 * 1 == 12

    def test_e16_the_sum_of_squares_is_no_bound_and_is_refused(self):
        a, b = 2.0, 0.5
        truth, lam = (a - b) ** 2, (a - b) ** 2 / 2
        assert 0.0 + 0.0 + lam < truth
        with pytest.raises(UnitError, match="E16"):
            theorem("hdh", source_error=squared("source_error", 0.0), discrepancy=0.0, adaptability=0.0)
        with pytest.raises(UnitError, match="triangle inequality"):
            theorem(
                "mansour",
                source_disagreement=squared("disagreement", 0.0),
                discrepancy=0.0,
                optima_differ=0.0,
                best_target_error=0.0,
            )

    def test_e16_roots_are_tight(self):
        a, b = 2.0, 0.5
        claim = theorem(
            "mansour",
            source_disagreement=squared("disagreement", 0.0),
            second_moment=0.0,
            optima_differ=(a - b) ** 2,
            best_target_error=0.0,
            **self.SPECTRAL,
        )
        assert claim.upper == pytest.approx((a - b) ** 2)

    def test_e16_absolute_loss_is_fine(self):
        distance = 1.5 * math.sqrt(2 / math.pi)
        terms = {"source_disagreement": 0.0, "discrepancy": 0.0, "best_target_error": 0.0}
        assert theorem("mansour", optima_differ=min(1, distance), **terms).upper == pytest.approx(
            min(1, distance)
        )

    def test_label_noise_enters_once_and_not_three_times(self):
        eta = 0.1
        hdh = theorem("hdh", source_error=eta, discrepancy=0.0, adaptability=2 * eta)
        mansour = theorem(
            "mansour", source_disagreement=0.0, discrepancy=0.0, optima_differ=0.0, best_target_error=eta
        )
        assert hdh.upper == pytest.approx(3 * mansour.upper)

    def test_holds_for_any_two_references_and_fails_without_the_discrepancy(self):
        rng = np.random.default_rng(0)
        broken = 0
        for _ in range(200):
            H = rng.integers(0, 2, (5, 6))
            y = rng.integers(0, 2, 6)
            p, q = rng.dirichlet(np.ones(6)), rng.dirichlet(np.ones(6))
            differ = H[:, None] != H[None]
            disc = float(abs(differ @ (q - p)).max())
            h, g, other = rng.integers(0, 5, 3)
            terms = {
                "source_disagreement": float(differ[h, g] @ p),
                "optima_differ": float(differ[g, other] @ q),
                "best_target_error": float((H[other] != y) @ q),
            }
            terms = {name: min(1.0, value) for name, value in terms.items()}
            truth = (H[h] != y) @ q
            assert truth <= theorem("mansour", discrepancy=min(1.0, disc), **terms).upper + 1e-12
            broken += truth > theorem("mansour", discrepancy=0.0, **terms).upper + 1e-9
        assert broken > 5

    def test_spectral_holds_for_linear_functions_and_fails_without_the_4(self):
        rng = np.random.default_rng(1)
        broken = 0
        for _ in range(500):
            X, p = rng.normal(size=(5, 2)), rng.dirichlet(np.ones(5))
            q = rng.dirichlet(np.ones(5))
            h, g, other = (w / np.linalg.norm(w) for w in rng.normal(size=(3, 2)))
            if rng.random() < 0.5:
                g = -h
            y = X @ other
            C = [(X.T * weight) @ X for weight in (p, q)]
            terms = {
                "source_disagreement": p @ (X @ (h - g)) ** 2,
                "optima_differ": q @ (X @ (g - other)) ** 2,
                "best_target_error": q @ (X @ other - y) ** 2,
            }
            moment = float(np.linalg.norm(C[0] - C[1], 2))
            truth = q @ (X @ h - y) ** 2
            assert truth <= theorem("mansour", second_moment=moment, **terms, **self.SPECTRAL).upper + 1e-9
            # With g' = g the reference is exact, and the first root alone must cover the disagreement.
            parts = terms | {"optima_differ": 0.0}
            short = theorem("mansour", second_moment=moment / 4, **parts, **self.SPECTRAL).upper
            broken += q @ (X @ (h - g)) ** 2 > short + 1e-9
        assert broken > 5

    @given(unit, unit, unit, unit, unit)
    def test_monotone_and_break_even(self, source, disc, differ, best, more):
        terms = {"source_disagreement": source, "optima_differ": differ, "best_target_error": best}
        for extra in ({"discrepancy": disc}, {"second_moment": disc, **self.SPECTRAL}):
            base = theorem("mansour", **terms, **extra).upper
            for name, value in terms.items():
                larger = theorem("mansour", **terms | {name: max(value, more)}, **extra).upper
                assert larger >= base - 1e-12
            rest = {name: value for name, value in terms.items() if name != "optima_differ"}
            assert break_even("mansour", base, **rest, **extra) == pytest.approx(differ, abs=1e-6)
            assert break_even("mansour", -0.1, **rest, **extra) <= 0

    def test_coverage_and_a_control_that_drops_the_second_reference(self):
        """N(0, 1) against N(1, 1), h = g = 1[x > 0], g' = Y = 1[x > 1.5]."""
        H, rng = hypotheses("thresholds"), np.random.default_rng(13)
        truth = float(norm.cdf(0.5) - norm.cdf(-1))
        terms = {"source_disagreement": 0.0, "best_target_error": 0.0, "n": 400, "m": 400, "delta": DELTA}
        misses = dropped = 0
        for _ in range(100):
            disc = H.discrepancy(rng.normal(size=400), rng.normal(1, 1, 400))
            misses += theorem("mansour", discrepancy=disc, optima_differ=truth, **terms).upper < truth
            dropped += theorem("mansour", discrepancy=disc, optima_differ=0.0, **terms).upper < truth
        limit = binom.ppf(0.999, 100, DELTA)
        assert misses <= limit < dropped

    def test_from_claims_of_samples(self):
        H, rng = hypotheses("thresholds"), np.random.default_rng(2)
        Xs, Xt = rng.normal(size=300), rng.normal(0.2, size=300)
        disc = H.discrepancy(Xs, Xt, delta=0.03)
        claim = theorem(
            "mansour", source_disagreement=0.0, discrepancy=disc, optima_differ=0.0, best_target_error=0.1
        )
        assert claim.upper == pytest.approx(disc.upper + 0.1)
        assert claim.id == "target_error.mansour.thresholds"
        assert {a.id for a in claim.assumptions} == {"target_terms_at_most", "model_in_class"}
        moment = divergence("second_moment", Xs, Xt, radius=10.0)
        spectral = theorem(
            "mansour",
            source_disagreement=0.0,
            second_moment=moment,
            optima_differ=0.0,
            best_target_error=0.0,
            **self.SPECTRAL,
        )
        assert spectral.upper == pytest.approx(4 * moment.upper)
        linear = hypotheses("linear").discrepancy(Xs[:, None], Xt[:, None])
        with pytest.raises(SurrogateError):
            theorem(
                "mansour",
                source_disagreement=0.0,
                discrepancy=linear,
                optima_differ=0.0,
                best_target_error=0.0,
            )

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({}, "expected discrepancy"),
            ({"discrepancy": 0.1, "norm": 1.0}, "expected discrepancy"),
            ({"form": "spectral", "discrepancy": 0.1}, "second_moment and norm"),
            ({"form": "spectral", "second_moment": 1.0, "norm": 0.0}, "norm"),
            ({"discrepancy": 0.1, "n": 10}, "only one"),
            ({"discrepancy": 1.5}, "pass d_hdh / 2"),
        ],
    )
    def test_bad_terms(self, change, message):
        terms = {"source_disagreement": 0.0, "optima_differ": 0.0, "best_target_error": 0.0}
        with pytest.raises(InputError, match=message):
            theorem("mansour", **terms | change)


class TestMMD:
    def test_e20_the_deviation(self):
        terms = {"source_error": 0.0, "mmd": 0.0, "norm": 1.0, "adaptability": 0.0, "loss": "absolute"}
        sampled = theorem("mmd", **terms, n=1000, m=1000)
        assert sampled.upper == sampled.detail["deviation"] == pytest.approx(0.077404, abs=1e-6)
        assert theorem("mmd", **terms, n=1000, m=1000, bound=4.0).upper == pytest.approx(
            2 * 0.077404, abs=2e-6
        )

    def test_tight_for_opposite_lines(self):
        """N(0, 1) against N(0, 4), linear kernel: MMD of k² is |1 − 4|; h = x, Y = −x: 4 on the source, 16 on the target."""
        claim = theorem("mmd", source_error=4.0, mmd=3.0, norm=1.0, adaptability=0.0, loss="squared")
        assert claim.upper == pytest.approx(16.0)

    def test_holds_in_random_kernel_spaces_and_fails_without_the_4(self):
        rng = np.random.default_rng(3)
        broken = 0
        for _ in range(400):
            x = rng.normal(size=6)
            K = np.exp(-((x[:, None] - x) ** 2) / 2)
            p, q = rng.dirichlet(np.ones(6)), rng.dirichlet(np.ones(6))
            alphas = [a / math.sqrt(a @ K @ a) for a in rng.normal(size=(2, 6))]
            h, star = K @ alphas[0], K @ alphas[1]
            if rng.random() < 0.5:
                star = -h
            y = star + (rng.random() < 0.5) * 0.1 * rng.normal(size=6)
            mmd = math.sqrt(max(0.0, (q - p) @ K**2 @ (q - p)))
            rho = math.sqrt(p @ (star - y) ** 2) + math.sqrt(q @ (star - y) ** 2)
            terms = {"source_error": p @ (h - y) ** 2, "norm": 1.0, "adaptability": rho, "loss": "squared"}
            truth = q @ (h - y) ** 2
            assert truth <= theorem("mmd", mmd=mmd, **terms).upper + 1e-9
            broken += truth > theorem("mmd", mmd=mmd / 4, **terms).upper + 1e-9
        assert broken > 5

    def test_absolute_loss_of_multiples_of_one_bump(self):
        """h = c k(x0, .), |h − h'| = |c − c'| k(x0, .): the rare class whose moduli are in the space."""
        rng = np.random.default_rng(4)
        for _ in range(200):
            x = rng.normal(size=5)
            K = np.exp(-((x[:, None] - x) ** 2) / 2)
            p, q = rng.dirichlet(np.ones(5)), rng.dirichlet(np.ones(5))
            c, star = rng.random(2)
            mmd = math.sqrt(max(0.0, (q - p) @ K @ (q - p)))
            y = star * K[0]
            claim = theorem(
                "mmd",
                source_error=p @ abs(c * K[0] - y),
                mmd=mmd,
                norm=1.0,
                adaptability=0.0,
                loss="absolute",
            )
            assert q @ abs(c * K[0] - y) <= claim.upper + 1e-12

    def test_coverage_with_a_fixed_bandwidth(self):
        """E6: N(0, 1) against N(.5, 1), s = 1: MMD² = .047124. The lower side of the V-statistic is what can miss."""
        truth = math.sqrt(2 * math.sqrt(1 / 3) * (1 - math.exp(-0.25 / 6)))
        assert truth**2 == pytest.approx(0.047124, abs=5e-7)
        rng = np.random.default_rng(5)
        misses = without = 0
        for _ in range(DRAWS):
            value = divergence(
                "mmd", rng.normal(size=(120, 1)), rng.normal(0.5, 1, (120, 1)), bandwidth=1.0, delta=DELTA
            )
            terms = {"source_error": 0.0, "norm": 1.0, "adaptability": 0.0, "loss": "absolute"}
            misses += theorem("mmd", mmd=value, **terms).upper < truth
            without += theorem("mmd", mmd=value.estimate, **terms).upper < truth
        assert misses <= binom.ppf(0.999, DRAWS, DELTA)
        assert without > binom.ppf(0.999, DRAWS, DELTA)

    @given(unit, unit, st.floats(0.1, 3), unit, st.sampled_from(["absolute", "squared"]), unit)
    def test_monotone_and_break_even(self, error, mmd, norm_, lam, loss, more):
        terms = {"source_error": error, "mmd": mmd, "norm": norm_, "adaptability": lam, "loss": loss}
        base = theorem("mmd", **terms).upper
        for name in ("source_error", "mmd", "norm", "adaptability"):
            assert theorem("mmd", **terms | {name: terms[name] + more}).upper >= base - 1e-12
        rest = {name: value for name, value in terms.items() if name != "adaptability"}
        assert break_even("mmd", base, **rest) == pytest.approx(lam, abs=1e-6)

    def test_what_is_refused(self):
        rng = np.random.default_rng(6)
        X, far = rng.normal(size=(50, 1)), rng.normal(1, 1, (50, 1))
        terms = {"source_error": 0.1, "norm": 1.0, "adaptability": 0.1}
        with pytest.raises(UnitError, match="0/1 loss is in no"):
            theorem("mmd", mmd=0.1, loss="zero_one", **terms)
        with pytest.raises(SurrogateError, match="fix the bandwidth"):
            theorem("mmd", mmd=divergence("mmd", X, far), loss="squared", **terms)
        with pytest.raises(UnitError, match="unit kernel"):
            theorem("mmd", mmd=divergence("wasserstein1", X, far, range=20.0), loss="squared", **terms)
        with pytest.raises(UnitError, match="absolute loss only"):
            theorem("mmd", mmd=0.1, loss="absolute", **terms | {"source_error": squared("source_error", 0.1)})
        lam = hypotheses("thresholds").adaptability(X[:, 0], X[:, 0] > 0, far[:, 0], far[:, 0] > 0)
        with pytest.raises(UnitError, match="squared loss only"):
            theorem("mmd", mmd=0.1, loss="squared", **terms | {"adaptability": lam})
        with pytest.raises(InputError, match="norm and bound"):
            theorem("mmd", mmd=0.1, loss="squared", **terms | {"norm": 0.0})
        with pytest.raises(InputError, match="loss"):
            theorem("mmd", mmd=0.1, loss="hinge", **terms)


class TestWasserstein:
    @pytest.mark.parametrize("step", [0.1, 0.01, 0.001])
    def test_a3_the_comb_is_tight_with_the_right_lambda(self, step):
        truth = xi(xi=step).truth
        terms = {"source_error": 0.0, "wasserstein": truth["wasserstein1"], "lipschitz": 1.0}
        terms |= {"adaptability": 1 - step}
        constant = theorem("wasserstein", model_lipschitz=0.0, **terms)
        assert constant.upper == pytest.approx(1.0)
        assert theorem("wasserstein", **terms).upper == pytest.approx(1 + step)

    @pytest.mark.parametrize("step", [0.1, 0.01])
    def test_the_ramp_form_on_the_comb_needs_the_true_slope_of_the_labels(self, step):
        """g = 1 everywhere, P(Y=1|x) alternates within ξ: L_η = 1/ξ, tight; a smaller one is contradicted."""
        terms = {"source_error": 0.0, "wasserstein": step, "lipschitz": 0.0, "margin": 1.0, "form": "ramp"}
        assert theorem("wasserstein", labelling_lipschitz=1 / step, **terms).upper == pytest.approx(1.0)
        assert theorem("wasserstein", labelling_lipschitz=1.0, **terms).upper < 1.0
        assert break_even("wasserstein", 0.5, **terms) == pytest.approx(0.5 / step)

    def test_lipschitz_form_holds_on_the_line(self):
        rng = np.random.default_rng(7)
        broken = 0
        for _ in range(300):
            x = np.sort(rng.random(6))
            p, q = rng.dirichlet(np.ones(6)), rng.dirichlet(np.ones(6))
            w1 = float(np.abs(np.cumsum(p - q)[:-1]) @ np.diff(x))
            a, b = rng.uniform(-1, 1, 2)
            h, star = np.clip(0.5 + a * (x - 0.5), 0, 1), np.clip(0.5 + b * (x - 0.5), 0, 1)
            y = star if rng.random() < 0.5 else rng.random(6)
            lam = min(2.0, float(p @ abs(star - y) + q @ abs(star - y)))
            terms = {"source_error": p @ abs(h - y), "lipschitz": 1.0, "adaptability": lam}
            truth = q @ abs(h - y)
            sharp = theorem("wasserstein", wasserstein=w1, model_lipschitz=abs(a), **terms).upper
            assert truth <= sharp + 1e-12 <= theorem("wasserstein", wasserstein=w1, **terms).upper + 2e-12
            broken += truth > theorem("wasserstein", wasserstein=0.0, **terms).upper + 1e-9
        assert broken > 20

    def test_ramp_form_holds_on_the_line(self):
        rng = np.random.default_rng(8)
        for _ in range(300):
            x = np.sort(rng.random(6))
            p, q = rng.dirichlet(np.ones(6)), rng.dirichlet(np.ones(6))
            w1 = float(np.abs(np.cumsum(p - q)[:-1]) @ np.diff(x))
            slope, eta_slope, margin = rng.uniform(0, 3), rng.uniform(0, 1), rng.uniform(0.1, 2)
            g, eta = slope * (x - rng.random()), np.clip(rng.random() + eta_slope * (x - 0.5), 0, 1)

            def ramp(t, margin=margin):
                return np.clip(1 - t / margin, 0, 1)

            source = p @ (eta * ramp(g) + (1 - eta) * ramp(-g))
            truth = q @ np.where(g > 0, 1 - eta, eta)
            claim = theorem(
                "wasserstein",
                source_error=min(1.0, source),
                wasserstein=w1,
                lipschitz=slope,
                margin=margin,
                labelling_lipschitz=eta_slope,
                form="ramp",
            )
            assert truth <= claim.upper + 1e-12
            assert claim.loss == "zero_one"

    def test_coverage_and_a_diameter_read_off_the_data(self):
        """S at 0; T at 0 but for 1 % at 100: W1 = 1. The range of 50 rows is not the range of the law."""
        rng = np.random.default_rng(9)
        terms = {"source_error": 0.0, "lipschitz": 1.0, "model_lipschitz": 0.0, "adaptability": 0.0}
        misses = broken = 0
        for _ in range(DRAWS):
            far = 100.0 * (rng.random(50) < 0.01)
            sizes = {"n": 50, "m": 50, "delta": DELTA, "wasserstein": far.mean()}
            misses += theorem("wasserstein", diameter=100.0, **sizes, **terms).upper < 1
            seen = max(far.max(), 1e-9)
            broken += theorem("wasserstein", diameter=seen, **sizes, **terms).upper < 1
        limit = binom.ppf(0.999, DRAWS, DELTA)
        assert misses <= limit < broken

    def test_lambda_must_be_that_of_the_lipschitz_functions(self):
        source, target = np.arange(0, 1, 0.2), np.arange(0.1, 1, 0.2)
        ys, yt = np.ones(5), np.zeros(5)
        terms = {"source_error": 0.0, "wasserstein": 0.1, "lipschitz": 1.0}
        lam = hypotheses("lipschitz", L=1.0).adaptability(source, ys, target, yt)
        assert theorem("wasserstein", adaptability=lam, **terms).upper == pytest.approx(0.2 + lam.upper)
        with pytest.raises(UnitError, match=r"lipschitz\(L=2\)"):
            theorem("wasserstein", adaptability=lam, **terms | {"lipschitz": 2.0})
        thresholds = hypotheses("thresholds").adaptability(source, ys, target, yt)
        with pytest.raises(UnitError, match=r"A3\.6"):
            theorem("wasserstein", adaptability=thresholds, **terms)

    def test_which_distances_may_enter(self):
        rng = np.random.default_rng(10)
        X, far = rng.normal(size=(40, 1)), rng.normal(size=(40, 1))
        terms = {"source_error": 0.0, "lipschitz": 1.0, "adaptability": 0.0}
        w1 = divergence("wasserstein1", X, far, range=20.0)
        assert theorem("wasserstein", wasserstein=w1, **terms).upper == pytest.approx(2 * w1.upper)
        with pytest.raises(InputError, match="declared in advance"):
            theorem("wasserstein", wasserstein=divergence("wasserstein1", X, far), **terms)
        both = np.hstack([X, far])
        for low in (
            divergence("wasserstein1", both, both[:, ::-1].copy(), range=20.0),
            divergence("sliced_wasserstein", X, far),
        ):
            with pytest.raises(SurrogateError, match="below the Euclidean W1"):
                theorem("wasserstein", wasserstein=low, **terms)

    @given(unit, unit, st.floats(0, 3), unit, unit)
    def test_monotone_and_break_even(self, error, w1, K, lam, more):
        terms = {"source_error": error, "wasserstein": w1, "lipschitz": K, "adaptability": lam}
        base = theorem("wasserstein", **terms).upper
        for name in ("wasserstein", "lipschitz", "adaptability"):
            assert theorem("wasserstein", **terms | {name: terms[name] + more}).upper >= base - 1e-12
        rest = {name: value for name, value in terms.items() if name != "adaptability"}
        assert break_even("wasserstein", base, **rest) == pytest.approx(lam, abs=1e-9)

    def test_zero_one_loss_is_refused_without_the_slope_of_the_labels(self):
        terms = {"source_error": 0.1, "wasserstein": 0.1, "lipschitz": 1.0}
        with pytest.raises(UnitError, match=r"0/1 loss has no Lipschitz constant"):
            theorem("wasserstein", adaptability=0.1, loss="zero_one", **terms)
        with pytest.raises(UnitError, match="nothing in the data says"):
            theorem("wasserstein", form="ramp", margin=1.0, **terms)
        zero_one = Claim(
            id="test.error",
            quantity="source_error",
            unit=Unit.ERROR,
            level=Level.PROVED,
            upper=0.1,
            confidence=0.95,
            loss="zero_one",
        )
        with pytest.raises(UnitError, match="absolute loss only"):
            theorem("wasserstein", adaptability=0.1, **terms | {"source_error": zero_one})
        ramp = {"form": "ramp", "margin": 1.0, "labelling_lipschitz": 1.0}
        with pytest.raises(UnitError, match="ramp loss only"):
            theorem("wasserstein", **ramp, **terms | {"source_error": zero_one})

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({}, "needs adaptability"),
            ({"adaptability": 0.1, "margin": 1.0}, "belong to"),
            ({"form": "ramp", "labelling_lipschitz": 1.0}, "margin > 0"),
            (
                {"form": "ramp", "labelling_lipschitz": 1.0, "margin": 1.0, "adaptability": 0.1},
                "leave it out",
            ),
            ({"adaptability": 0.1, "lipschitz": -1.0}, "lipschitz"),
            ({"adaptability": 0.1, "n": 10, "m": 10}, "diameter"),
            ({"adaptability": 0.1, "diameter": 1.0}, "expected both"),
        ],
    )
    def test_bad_terms(self, change, message):
        terms = {"source_error": 0.1, "wasserstein": 0.1, "lipschitz": 1.0}
        with pytest.raises(InputError, match=message):
            theorem("wasserstein", **terms | change)


class TestTransportLabels:
    def test_e15_every_row_moves_by_one(self):
        truth = location_shift().truth
        mass = float(0.5 * norm.cdf(0) + 0.5 * norm.sf(0))  # x|1 ~ N(1, 1) is ≤ 1, or x|0 ~ N(−1, 1) is ≥ −1
        claim = theorem("transport_labels", cost=1.0, kind="largest", radii=[1.0], masses=[mass])
        assert claim.upper == pytest.approx(0.5)
        assert claim.upper >= truth["error_target"]

    def test_it_is_tight_when_the_rows_near_the_boundary_cross_it(self):
        """X ~ U(−1, 1), Y = 1[X > 0] = h; the rows within .2 of 0 cross it, nobody else moves."""
        exact = theorem("transport_labels", cost=0.2, kind="largest", radii=[0.2], masses=[0.2])
        assert exact.upper == pytest.approx(0.2)

    def test_coverage_and_a_cost_that_is_understated(self):
        rng = np.random.default_rng(11)
        radii = np.array([0.1, 0.2, 0.3])
        misses = understated = averaged = 0
        for _ in range(DRAWS):
            x = rng.uniform(-1, 1, 200)
            rows = {"wrong": np.zeros(200), "distances": abs(x), "radii": radii, "delta": DELTA}
            misses += theorem("transport_labels", cost=0.2, kind="largest", **rows).upper < 0.2
            understated += theorem("transport_labels", cost=0.05, kind="largest", **rows).upper < 0.2
            # On average the rows that cross move by at most .2, and they are a fifth.
            averaged += theorem("transport_labels", cost=0.04, **rows).upper < 0.2
        limit = binom.ppf(0.999, DRAWS, DELTA)
        assert max(misses, averaged) <= limit < understated

    def test_labels_that_do_not_move_along_break_it(self):
        flipped = theorem("transport_labels", cost=0.0, radii=[0.1], masses=[0.1])
        assert flipped.upper < 1 - 0.0
        assert [a.id for a in flipped.assumptions] == ["labels_move_along"]
        assert flipped.level is Level.CONDITIONAL

    def test_markov_holds_in_random_couplings(self):
        rng = np.random.default_rng(12)
        for _ in range(200):
            x = rng.uniform(-1, 1, 30)
            y = (x > 0) ^ (rng.random(30) < 0.1)
            moved = x + rng.exponential(0.1, 30) * rng.choice([-1, 1], 30)
            radii = np.array([0.05, 0.1, 0.2, 0.4, 0.8])
            wrong = (x > 0) != y
            masses = [(wrong | (abs(x) <= r)).mean() for r in radii]
            truth = ((moved > 0) != y).mean()
            step = abs(moved - x)
            mean = theorem("transport_labels", cost=step.mean(), radii=radii, masses=masses)
            most = theorem(
                "transport_labels",
                cost=step.max(),
                kind="largest",
                radii=[step.max()],
                masses=[(wrong | (abs(x) <= step.max())).mean()],
            )
            assert truth <= mean.upper + 1e-12
            assert truth <= most.upper + 1e-12

    @given(st.floats(0, 0.3), st.floats(0, 0.3), st.floats(0.05, 1))
    def test_monotone_and_break_even(self, a, b, requirement):
        terms = {"radii": [0.1, 0.2, 0.4], "masses": [0.05, 0.15, 0.3]}
        small, large = sorted((a, b))
        for kind in ("mean", "largest"):
            upper = [theorem("transport_labels", cost=c, kind=kind, **terms).upper for c in (small, large)]
            assert upper[0] <= upper[1]
            cost = break_even("transport_labels", requirement, kind=kind, **terms)
            assert theorem("transport_labels", cost=cost, kind=kind, **terms).upper <= requirement + 1e-12
            if cost + 0.01 <= 0.4:
                above = theorem("transport_labels", cost=cost + 0.01, kind=kind, **terms).upper
                assert above > requirement

    def test_a_requirement_below_every_mass(self):
        assert break_even("transport_labels", 0.1, radii=[0.1], masses=[0.3]) == pytest.approx(-0.2)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"masses": None}, "either masses"),
            ({"wrong": [0.0]}, "either masses"),
            ({"cost": -0.1}, "cost"),
            ({"cost": 0.5, "kind": "largest"}, "at least the cost"),
            ({"radii": [0.2, 0.1], "masses": [0.1, 0.1]}, "rising"),
            ({"masses": [0.3, 0.1]}, "not falling"),
            ({"masses": None, "wrong": [0, 2], "distances": [0.1, 0.1]}, "0 and 1"),
            ({"masses": None, "wrong": [0, 1], "distances": [0.1]}, "shapes"),
        ],
    )
    def test_bad_terms(self, change, message):
        terms = {"cost": 0.05, "radii": [0.1, 0.2], "masses": [0.1, 0.2]} | change
        with pytest.raises(InputError, match=message):
            theorem("transport_labels", **{k: v for k, v in terms.items() if v is not None})
