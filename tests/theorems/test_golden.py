"""Every theorem against closed forms written here, and the numbers of THEORY, section E."""

import json
import math

import numpy as np
import pytest
from scipy.stats import beta, norm

from whytransfer.claims import Claim, Level, Unit
from whytransfer.lab import (
    covariate_shift,
    label_flip,
    label_shift,
    location_shift,
    rotation,
    worked_example,
    xi,
    zhao,
)
from whytransfer.theorems import (
    THEOREMS,
    break_even,
    break_even_radius,
    frontier,
    theorem,
    theorems,
)
from whytransfer.theorems.dis2 import dis2_term
from whytransfer.theorems.importance_weighting import cortes_term
from whytransfer.theorems.laws import jensen_shannon
from whytransfer.theorems.vc import divergence_term, vc_term

Phi = norm.cdf
LOG20 = math.log(20)


def cp_upper(errors, n, delta=0.05):
    return beta.ppf(1 - delta, errors + 1, n - errors)


def cp_lower(errors, n, delta=0.05):
    return beta.ppf(delta, errors, n - errors + 1)


# name, terms, side, expected: at least one row a theorem (the guard below counts them).
GOLDEN = [
    ("clopper_pearson", {"errors": 0, "n": 100}, "upper", 1 - 0.05 ** (1 / 100)),
    ("clopper_pearson", {"errors": 5, "n": 100}, "upper", cp_upper(5, 100)),
    ("clopper_pearson", {"errors": 5, "n": 100}, "lower", cp_lower(5, 100)),
    ("clopper_pearson", {"errors": 50, "n": 1000, "delta": 0.01}, "upper", cp_upper(50, 1000, 0.01)),
    ("hoeffding", {"errors": 5, "n": 100}, "upper", 0.05 + math.sqrt(LOG20 / 200)),
    ("hoeffding", {"errors": [0.5] * 50}, "lower", 0.5 - math.sqrt(LOG20 / 100)),
    (
        "empirical_bernstein",
        {"errors": 50, "n": 1000},
        "upper",
        0.05 + math.sqrt(2 * 0.05 * 0.95 * 1000 / 999 * math.log(40) / 1000) + 7 * math.log(40) / (3 * 999),
    ),
    # All losses 0: a stake c multiplies the wealth by (1 − c + c/(1 − m)) a row; the limit is 0 only for a wealth of 1/δ.
    ("betting", {"errors": [0.0] * 40, "side": "lower"}, "lower", 0.0),
    ("vc", {"errors": 0, "n": 1000, "d": 1}, "upper", math.sqrt((math.log(2000) + 1 + math.log(80)) / 1000)),
    (
        "vc",
        {"error": 0.1, "n": 10**5, "d": 10},
        "upper",
        0.1 + math.sqrt((10 * (math.log(2e4) + 1) + math.log(80)) / 1e5),
    ),
    ("hdh", {"source_error": 0.156120, "discrepancy": 0.382925, "adaptability": 0.15}, "upper", 0.689045),
    (
        "hdh",
        {"source_error": 0.1, "discrepancy": 0.2, "adaptability": 0.05, "n": 1000, "m": 500},
        "upper",
        0.35 + math.sqrt((1 / 1000 + 1 / 500) * LOG20 / 2),
    ),
    (
        "hdh",
        {
            "source_error": 0.1,
            "discrepancy": 0.2,
            "adaptability": 0.05,
            "n": 2000,
            "m": 1000,
            "d": 1,
            "form": "published",
        },
        "upper",
        0.35 + 4 * math.sqrt((2 * math.log(2000) + math.log(40)) / 1000),
    ),
    ("disparity", {"source_error": 0.1, "disparity": 0.2, "adaptability": 0.05}, "upper", 0.35),
    (
        "disparity",
        {"source_error": 0.1, "disparity": 0.2, "adaptability": 0.05, "n": 1000, "m": 500},
        "upper",
        0.35 + math.sqrt((4 / 1000 + 1 / 500) * LOG20 / 2),
    ),
    # One point each: margins ρ/4 and ρ of a scorer that is right on both; h is wrong on the target alone (tight).
    (
        "margin_disparity",
        {"source_error": 0.0, "margin_disparity": 1 - 3 / 4, "adaptability": 3 / 4, "rho": 0.5},
        "upper",
        1.0,
    ),
    (
        "margin_disparity",
        {"source_error": 0.1, "margin_disparity": 0.2, "adaptability": 0.05, "rho": 2.0, "n": 1000, "m": 500},
        "upper",
        0.35 + math.sqrt((4 / 1000 + 1 / 500) * LOG20 / 2),
    ),
    ("lagrangian", {"lagrangian": 0.2, "adaptability": 0.05}, "upper", 0.25),
    (
        "lagrangian",
        {"lagrangian": 0.2, "adaptability": 0.05, "n": math.inf, "m": 500},
        "upper",
        0.25 + math.sqrt(LOG20 / 1000),
    ),
    ("localised", {"lagrangian": 0.2, "adaptability": 0.05, "level": 0.1}, "upper", 0.25),
    ("version_space", {"version_space": 0.2, "tau": 0.1, "sigma": 0.05}, "upper", 0.3),
    (
        "labelling_functions",
        {
            "source_error": 0.1,
            "total_variation": 0.3,
            "labelling_on_source": 0.2,
            "labelling_on_target": 0.15,
        },
        "upper",
        0.1 + 0.3 + 0.15,
    ),
    (
        "labelling_functions",
        {"source_error": 0.1, "total_variation": 0.3, "labelling_on_source": 0.2, "form": "d1"},
        "upper",
        0.1 + 2 * 0.3 + 0.2,
    ),
    ("zhao_lower", {"label_js": 0.25, "representation_js": 0.04}, "lower", (0.5 - 0.2) ** 2 / 2),
    ("zhao_lower", {"label_js": 0.04, "representation_js": 0.25}, "lower", 0.0),
    ("tv_lower", {"label_tv": 0.4, "prediction_tv": 0.1}, "lower", 0.3),
    ("tv_lower", {"label_tv": 0.1, "prediction_tv": 0.4}, "lower", 0.0),
    ("disagreement", {"disagreement": 0.31}, "lower", 0.155),
    ("prevalence", {"prevalence": 0.01, "predicted": 0.02}, "upper", 0.03),
    ("prevalence", {"prevalence": 0.01, "predicted": 0.02}, "lower", 0.01),
    ("prevalence", {"prevalence": 0.5, "predicted": 0.5}, "upper", 1.0),
    ("prevalence", {"prevalence": [0.7, 0.2, 0.1], "predicted": [0.6, 0.3, 0.1]}, "lower", 0.1),
    ("prevalence", {"prevalence": [0.7, 0.2, 0.1], "predicted": [0.6, 0.3, 0.1]}, "upper", 0.7),
    ("ball", {"source_error": 0.1, "radius": 0.05, "kind": "tv"}, "upper", 0.15),
    ("ball", {"source_error": 0.1, "radius": 0.05, "kind": "chi2"}, "upper", 0.1 + math.sqrt(0.05 * 0.09)),
    ("ball", {"source_error": 0.1, "radius": 2.0, "kind": "ratio"}, "upper", 0.2),
    ("ball", {"source_error": 0.3, "radius": 2.0, "kind": "ratio"}, "lower", 0.0),
    ("ball", {"source_error": 0.8, "radius": 2.0, "kind": "ratio"}, "lower", 0.6),
    (
        "importance_weighting",
        {"weighted_error": 0.26, "n": 1000, "largest_weight": 2, "second_moment": 2, "form": "cortes"},
        "upper",
        0.26 + 2 * 2 * LOG20 / 3000 + math.sqrt(4 * LOG20 / 1000),
    ),
    (
        "importance_weighting",
        {"weighted_error": 0.26, "n": 1000, "largest_weight": 2, "form": "hoeffding"},
        "upper",
        0.26 + 2 * math.sqrt(LOG20 / 2000),
    ),
    ("importance_weighting", {"weighted_error": 0.26, "largest_weight": 2}, "upper", 0.26),
    (
        "label_shift_lp",
        {"confusion": [[0.9, 0.3], [0.1, 0.7]], "predicted": [0.42, 0.58]},
        "upper",
        0.2 * 0.1 + 0.8 * 0.3,
    ),
    (
        "dis2",
        {"source_error": 0.1, "disagreement_gap": 0.15, "n": 1000, "m": 500},
        "upper",
        0.25 + math.sqrt((1000 + 4 * 500) * LOG20 / (2 * 1000 * 500)),
    ),
    ("dis2", {"source_error": 0.1, "disagreement_gap": 0.15, "n": 1000, "m": 500}, "estimate", 0.25),
    (
        "odd",
        {"source_error": 0.1, "outside_gap": 0.05, "n": 1000, "m": 500},
        "upper",
        0.15 + math.sqrt((1000 + 4 * 500) * LOG20 / (2 * 1000 * 500)),
    ),
    ("odd", {"source_error": 0.1, "outside_gap": -0.05, "n": 1000, "m": 500}, "estimate", 0.05),
    (
        "rademacher",
        {"error": 0.1, "n": 1000, "complexity": 0.02},
        "upper",
        0.1 + 2 * 0.02 + 3 * math.sqrt(LOG20 / 2000),
    ),
    (
        "rademacher",
        {"error": 0.1, "n": 1000, "complexity": 0.02, "kind": "expected"},
        "upper",
        0.1 + 2 * 0.02 + math.sqrt(LOG20 / 2000),
    ),
    # No errors: kl(0 || q) = -ln(1 - q).
    (
        "pac_bayes_kl",
        {"error": 0.0, "n": 1000, "divergence": 3.0},
        "upper",
        1 - math.exp(-(3 + math.log(2 * math.sqrt(1000) * 20)) / 1000),
    ),
    (
        "pac_bayes_kl",
        {"error": 1.0, "n": 1000, "divergence": 3.0},
        "lower",
        math.exp(-(3 + math.log(2 * math.sqrt(1000) * 20)) / 1000),
    ),
    (
        "mansour",
        {
            "source_disagreement": 0.05,
            "discrepancy": 0.2,
            "optima_differ": 0.03,
            "best_target_error": 0.1,
            "n": 1000,
            "m": 500,
        },
        "upper",
        0.05 + 0.2 + 0.03 + 0.1 + math.sqrt((1 / 1000 + 1 / 500) * LOG20 / 2),
    ),
    (
        "mansour",
        {
            "source_disagreement": 0.25,
            "second_moment": 0.5,
            "norm": 2.0,
            "optima_differ": 0.04,
            "best_target_error": 0.09,
            "form": "spectral",
        },
        "upper",
        (math.sqrt(0.25 + 4 * 2**2 * 0.5) + 0.2 + 0.3) ** 2,
    ),
    (
        "mmd",
        {
            "source_error": 0.1,
            "mmd": 0.2,
            "norm": 0.5,
            "adaptability": 0.05,
            "loss": "absolute",
            "n": 10,
            "m": 20,
        },
        "upper",
        0.15 + 0.5 * (0.2 + math.sqrt((1 / 10 + 1 / 20) * LOG20)),
    ),
    (
        "mmd",
        {"source_error": 0.25, "mmd": 0.2, "norm": 0.5, "adaptability": 0.3, "loss": "squared"},
        "upper",
        (math.sqrt(0.25 + 4 * 0.5**2 * 0.2) + 0.3) ** 2,
    ),
    (
        "wasserstein",
        {"source_error": 0.1, "wasserstein": 0.05, "lipschitz": 2.0, "adaptability": 0.2},
        "upper",
        0.1 + 2 * 2 * 0.05 + 0.2,
    ),
    (
        "wasserstein",
        {
            "source_error": 0.1,
            "wasserstein": 0.05,
            "lipschitz": 2.0,
            "margin": 4.0,
            "labelling_lipschitz": 1.5,
            "form": "ramp",
            "n": 100,
            "m": 50,
            "diameter": 3.0,
        },
        "upper",
        0.1 + (2 / 4 + 1.5) * (0.05 + 3 * math.sqrt((1 / 100 + 1 / 50) * LOG20 / 2)),
    ),
    (
        "transport_labels",
        {"cost": 0.02, "radii": [0.1, 0.2, 0.4], "masses": [0.1, 0.12, 0.3]},
        "upper",
        0.12 + 0.02 / 0.2,
    ),
    (
        "transport_labels",
        {"cost": 0.2, "radii": [0.1, 0.25], "wrong": [0] * 98 + [1, 1], "distances": [1.0] * 95 + [0.2] * 5}
        | {"kind": "largest"},
        "upper",
        cp_upper(5, 100, 0.025),
    ),
    (
        "pac_bayes_da",
        {"target_disagreement": 0.3, "source_joint_error": 0.175, "joint_error_gap": 0.05},
        "upper",
        0.3 / 2 + 0.175 + 0.05,
    ),
    (
        "pac_bayes_da",
        {
            "target_disagreement": 0.2,
            "source_disagreement": 0.3,
            "source_error": 0.25,
            "joint_error_gap": -0.05,
        }
        | {"form": "published"},
        "upper",
        0.25 + 0.05 + 0.05,
    ),
    (
        "pac_bayes_ratio",
        {"ratio": 3.0, "target_disagreement": 0.3, "source_joint_error": 0.05, "outside": 0.01},
        "upper",
        0.15 + 3 * 0.05 + 0.01,
    ),
    ("support", {"region_error": 0.04, "outside": 0.1, "ratio": 2.5}, "upper", 0.2),
    (
        "cells",
        {"source_counts": [100], "source_errors": [5], "target_counts": [30], "delta": 0.1},
        "upper",
        cp_upper(5, 100),
    ),
    (
        "cells",
        {"source_counts": [100, 200], "source_errors": [5, 0], "target_counts": [50, 150]},
        "upper",
        cp_upper(50, 200, 0.0125) * cp_upper(5, 100, 0.0125)
        + (1 - cp_upper(50, 200, 0.0125)) * cp_upper(0, 200, 0.0125),
    ),
    (
        "cells",
        {"source_counts": [100, 200], "source_errors": [5, 0], "target_counts": [50, 150]},
        "estimate",
        0.25 * 0.05,
    ),
    (
        "ppi",
        {
            "losses": [0.0, 1.0] * 50,
            "labelled": [0.25, 0.5] * 50,
            "unlabelled": [0.3] * 1000,
            "form": "hoeffding",
        },
        "upper",
        0.3 + (0.5 - 0.375) + math.sqrt(math.log(40) / 2000) + 2 * math.sqrt(math.log(40) / 200),
    ),
    (
        "ppi",
        {
            "losses": [0.0, 1.0] * 50,
            "labelled": [0.25, 0.5] * 50,
            "unlabelled": [0.3] * 1000,
            "form": "hoeffding",
        }
        | {"population": True},
        "lower",
        0.3 + (0.5 - 0.375) - 2 * math.sqrt(LOG20 / 200),
    ),
    (
        "alpha_pooling",
        {"labelled_source": 3000, "labelled_target": 1000, "unlabelled": 5000, "d": 3}
        | {"discrepancy": 0.1, "adaptability": 0.05, "alpha": 0.5},
        "upper",
        4 * math.sqrt(0.25 / 0.25 + 0.25 / 0.75) * math.sqrt((6 * math.log(8002) + 2 * math.log(160)) / 4000)
        + 2 * 0.5 * (0.1 + 4 * math.sqrt((6 * math.log(10000) + math.log(160)) / 5000) + 0.05),
    ),
    ("cover_hart", {"nearest_neighbour_error": 0.18}, "estimate", (1 - math.sqrt(1 - 2 * 0.18)) / 2),
    # Constant η of three classes, (.8, .1, .1): R_1NN = 1 − .66, R* = .2.
    ("cover_hart", {"nearest_neighbour_error": 0.34, "n_classes": 3}, "estimate", 0.2),
]
CHERNOFF = 0.121527
# err_S = .05 + .9 (Φ(t) − Φ(.3)) = .08 at the right end of the version space.
SPACE_08 = Phi(norm.ppf(Phi(0.3) + 0.03 / 0.9) - 1) - Phi(-1)


@pytest.mark.parametrize(("name", "terms", "side", "expected"), GOLDEN)
def test_golden(name, terms, side, expected):
    claim = theorem(name, **terms)
    assert getattr(claim, side) == pytest.approx(expected, abs=1e-9 if name != "label_shift_lp" else 1e-6)
    assert claim.theorem == name
    assert claim.unit is Unit.ERROR


@pytest.mark.parametrize(("name", "terms"), [row[:2] for row in GOLDEN])
def test_every_claim_is_plain_json_with_its_delta_and_convention(name, terms):
    claim = theorem(name, **terms)
    json.dumps(claim.to_dict(), allow_nan=False)
    assert Claim.from_dict(claim.to_dict()) == claim
    if claim.confidence is not None:
        assert claim.confidence == pytest.approx(1 - claim.detail["delta"])


def test_chernoff_solves_its_equation():
    q = theorem("chernoff", errors=5, n=100).upper
    p = 0.05
    assert p * math.log(p / q) + (1 - p) * math.log((1 - p) / (1 - q)) == pytest.approx(LOG20 / 100, abs=1e-9)
    assert q == pytest.approx(CHERNOFF, abs=5e-7)


PUBLIC = {
    "clopper_pearson",
    "hoeffding",
    "chernoff",
    "empirical_bernstein",
    "betting",
    "vc",
    "rademacher",
    "pac_bayes_kl",
    "labelling_functions",
    "hdh",
    "disparity",
    "margin_disparity",
    "lagrangian",
    "localised",
    "version_space",
    "dis2",
    "odd",
    "mansour",
    "mmd",
    "wasserstein",
    "transport_labels",
    "pac_bayes_da",
    "pac_bayes_ratio",
    "importance_weighting",
    "support",
    "cells",
    "zhao_lower",
    "tv_lower",
    "disagreement",
    "prevalence",
    "ball",
    "label_shift_lp",
    "ppi",
    "alpha_pooling",
    "cover_hart",
}
"""The names of the public interface (CONTRACT 4), the floor of the Bayes error, and the margin form."""


def test_every_theorem_has_a_golden_row():
    assert {row[0] for row in GOLDEN} | {"chernoff"} == set(THEOREMS)
    assert set(theorems()) == set(THEOREMS)
    assert set(THEOREMS) == PUBLIC


class TestPrintedNumbers:
    """The digits of THEORY, section E."""

    @pytest.mark.parametrize(
        ("errors", "n", "upper"),
        [
            (0, 100, 0.029513),
            (5, 100, 0.102253),
            (10, 200, 0.083335),
            (50, 1000, 0.062863),
            (0, 59, 0.049508),
            (0, 299, 0.009969),
        ],
    )
    def test_e18_clopper_pearson(self, errors, n, upper):
        assert theorem("clopper_pearson", errors=errors, n=n).upper == pytest.approx(upper, abs=5e-7)

    @pytest.mark.parametrize(
        ("name", "small", "large"),
        [
            ("hoeffding", 0.172387, 0.088702),
            ("chernoff", 0.121527, 0.068685),
            ("empirical_bernstein", 0.196440, 0.077346),
        ],
    )
    def test_e18_others(self, name, small, large):
        assert theorem(name, errors=5, n=100).upper == pytest.approx(small, abs=5e-7)
        assert theorem(name, errors=50, n=1000).upper == pytest.approx(large, abs=5e-7)

    def test_e19(self):
        terms = [vc_term(1000, 1, 0.05), vc_term(1000, 10, 0.05), vc_term(10**5, 10, 0.05)]
        assert terms == pytest.approx([0.113943, 0.259548, 0.033677], abs=5e-7)
        terms = [divergence_term(m, 1, 0.05) for m in (1000, 10**4, 10**6)]
        assert terms == pytest.approx([0.549774, 0.193890, 0.022876], abs=5e-7)

    @pytest.mark.parametrize(("n", "expected"), [(1000, 0.054733), (200, 0.122387)])
    def test_e20_one_hoeffding_term(self, n, expected):
        claim = theorem("lagrangian", lagrangian=0.0, adaptability=0.0, n=n, m=n)
        assert claim.upper == pytest.approx(expected, abs=5e-7)

    def test_e20_dis2(self):
        assert [dis2_term(k, k, 0.05) for k in (1000, 5000)] == pytest.approx([0.086541, 0.038702], abs=5e-7)

    @pytest.mark.parametrize(
        ("radius", "tv", "chi2", "kl"),
        [(0.05, 0.15, 0.167082, 0.206729), (0.1, 0.2, 0.194868, 0.256866), (0.5, 0.6, 0.312132, 0.495051)],
    )
    def test_e21_balls(self, radius, tv, chi2, kl):
        found = [
            theorem("ball", source_error=0.1, radius=radius, kind=kind).upper for kind in ("tv", "chi2", "kl")
        ]
        assert found == pytest.approx([tv, chi2, kl], abs=5e-7)

    def test_e21_break_even(self):
        kinds = ("tv", "chi2", "kl", "ratio", "hellinger")
        found = [break_even_radius(kind, 0.1, 0.2) for kind in kinds]
        assert found == pytest.approx([0.1, 1 / 9, 0.044403, 2.0, 0.010051], abs=5e-7)
        assert found == pytest.approx([break_even("ball", 0.2, source_error=0.1, kind=k) for k in kinds])

    def test_e22(self):
        assert cortes_term(1000, 2, 2, 0.05) == pytest.approx(0.113461, abs=5e-7)
        claim = theorem(
            "importance_weighting", weighted_error=0.0, n=1000, largest_weight=2, form="hoeffding"
        )
        assert claim.upper == pytest.approx(0.077405, abs=5e-7)

    def test_e29(self):
        a = Phi(1)
        C = np.array([[a, 1 - a], [1 - a, a]])
        mu = C @ [0.1, 0.9]
        claim = theorem("label_shift_lp", confusion=C, predicted=mu)
        assert (claim.lower, claim.upper) == pytest.approx((1 - a, 1 - a), abs=1e-6)
        assert claim.estimate == pytest.approx(0.158655, abs=5e-7)
        counts = np.rint(1000 * C).astype(int)
        sampled = theorem(
            "label_shift_lp", confusion_counts=counts, predicted_counts=np.rint(1000 * mu).astype(int)
        )
        assert (sampled.lower, sampled.upper) == pytest.approx((0.129759, 0.191701), abs=2e-6)
        assert sampled.confidence == pytest.approx(0.95)

    def test_e29_infeasible_is_a_rejection(self):
        a = Phi(1)
        claim = theorem("label_shift_lp", confusion=[[a, 1 - a], [1 - a, a]], predicted=[0.05, 0.95])
        assert claim.upper is None
        assert claim.lower is None
        assert claim.confidence is None
        assert [str(x.status) for x in claim.assumptions] == ["rejected"]
        assert "rejected" in claim.detail["reason"]


class TestOnWorlds:
    """The bounds at the population values of worlds whose truth is known."""

    def test_e3_three_bounds_are_tight_on_the_comb_and_three_diagnoses_differ(self):
        truth = xi(xi="1/10").truth
        d, lam = truth["discrepancy.thresholds"], truth["adaptability.thresholds"]
        assert theorem("hdh", source_error=0.0, discrepancy=d, adaptability=lam).upper == pytest.approx(1.0)
        # h ≡ 1 against h' ≡ 0 on one odd run: T − S = 2ξ, and err_S(h') = 0 costs nothing.
        assert theorem("disparity", source_error=0.0, disparity=d, adaptability=lam).upper == pytest.approx(
            1.0
        )
        assert theorem("lagrangian", lagrangian=d, adaptability=lam).upper == pytest.approx(1.0)
        by_labels = {
            form: theorem(
                "labelling_functions",
                source_error=0.0,
                total_variation=1.0,
                labelling_on_target=0.0,
                form=form,
            )
            for form in ("tv", "d1")
        }
        assert (by_labels["tv"].upper, by_labels["d1"].upper) == (1.0, 2.0)
        every = theorem("hdh", source_error=0.0, discrepancy=1.0, adaptability=0.0)
        assert every.upper == truth["error_target"] == 1.0

    @pytest.mark.parametrize("step", [0.1, 0.01, 0.001])
    def test_e3_the_invalid_mix_lies_below_the_truth(self, step):
        truth = xi(xi=step).truth
        mix = truth["error_source"] + truth["wasserstein1"] + truth["adaptability.thresholds"]
        assert mix == pytest.approx(1 - step)
        assert mix < truth["error_target"]

    def test_e10_zhao_and_its_companion(self):
        truth = label_shift().truth
        bits = theorem("zhao_lower", label_js=jensen_shannon(0.5, 0.9), representation_js=0.0).lower
        nats = theorem(
            "zhao_lower", label_js=jensen_shannon(0.5, 0.9, "nats"), representation_js=0.0, unit="nats"
        ).lower
        assert (bits, nats) == pytest.approx((0.073397, 0.0509), abs=5e-5)
        assert bits == pytest.approx(truth["zhao_lower_bits"], abs=1e-12)
        tv = theorem("tv_lower", label_tv=truth["label_total_variation"], prediction_tv=0.0).lower
        assert tv == pytest.approx(0.4)

    def test_e10_tv_lower_holds_for_the_model_itself(self):
        truth = label_shift().truth
        moved = abs(truth["mu_1"] - 0.5)
        lower = theorem("tv_lower", label_tv=truth["label_total_variation"], prediction_tv=moved).lower
        assert 0 < lower <= truth["error_source"] + truth["error_target"]

    def test_e11_balls_at_the_true_radii_cover_the_target_error(self):
        truth = covariate_shift().truth
        for kind, radius in (("chi2", truth["chi2"]), ("ratio", truth["ratio"])):
            claim = theorem("ball", source_error=truth["error_source"], radius=radius, kind=kind)
            assert claim.upper == pytest.approx(truth[f"ball.{kind}"])
            assert claim.upper >= truth["error_target"]
        assert truth["ball.chi2"] == pytest.approx(0.813709, abs=5e-7)
        assert truth["ball.ratio"] == pytest.approx(0.68)

    def test_e12_lambda_must_be_computed_anew(self):
        before, after = zhao().truth, zhao(aligned=True).truth
        carried = theorem(
            "hdh", source_error=0.0, discrepancy=0.0, adaptability=before["adaptability.intervals"]
        )
        renewed = theorem(
            "hdh", source_error=0.0, discrepancy=0.0, adaptability=after["adaptability.intervals"]
        )
        assert carried.upper < after["error_target"] <= renewed.upper

    def test_e13_and_e14_tight(self):
        for world, lam in (
            (label_flip(), "adaptability.thresholds"),
            (rotation(), "adaptability.half_planes"),
        ):
            truth = world.truth
            claim = theorem("hdh", source_error=0.0, discrepancy=0.0, adaptability=truth[lam])
            assert claim.upper == pytest.approx(truth["error_target"])

    def test_e15_the_bound_holds(self):
        truth = location_shift().truth
        claim = theorem(
            "hdh",
            source_error=truth["error_source"],
            discrepancy=truth["discrepancy.thresholds"],
            adaptability=truth["adaptability.thresholds"],
        )
        assert claim.upper >= truth["error_target"]

    def test_e31(self):
        world = worked_example()
        truth = world.truth
        e, d, lam = truth["error_source"], truth["discrepancy.thresholds"], truth["adaptability.thresholds"]
        assert (e, truth["error_target"], d, lam) == pytest.approx(
            (0.156120, 0.166647, 0.382925, 0.15), abs=5e-7
        )
        upper = {
            "hdh": theorem("hdh", source_error=e, discrepancy=d, adaptability=lam).upper,
            "disparity": theorem(
                "disparity", source_error=e, disparity=truth["disparity.thresholds"], adaptability=lam
            ).upper,
            "lagrangian": theorem(
                "lagrangian", lagrangian=truth["lagrangian.thresholds"], adaptability=lam
            ).upper,
            "version_space": theorem("version_space", version_space=world.version_space(0.05), tau=0.1).upper,
        }
        assert upper["hdh"] == pytest.approx(0.689045, abs=5e-7)
        # The constant rule attains both suprema: T(h ≠ 0) = Φ(1), S(h ≠ 0) = ½.
        assert upper["disparity"] == pytest.approx(e + Phi(1) - 0.5 + lam, abs=1e-9)
        err_of_zero = 0.05 + 0.9 * (1 - Phi(0.3))
        assert upper["lagrangian"] == pytest.approx(Phi(1) - err_of_zero + lam, abs=1e-9)
        assert upper["version_space"] == pytest.approx(0.1 + Phi(-0.7) - Phi(-1), abs=1e-9)
        # THEORY prints values of a grid that ends at 5 and of a version space with a tolerance of 1e-4.
        printed = {"disparity": 0.647434, "lagrangian": 0.597434, "version_space": 0.183399}
        for name, value in printed.items():
            assert upper[name] == pytest.approx(value, abs=1e-4)
        assert 0.1 + world.version_space(0.08) == pytest.approx(0.1 + SPACE_08, abs=1e-9)
        assert pytest.approx(0.211835, abs=1e-5) == 0.1 + SPACE_08
        assert list(upper.values()) == sorted(upper.values(), reverse=True)

    def test_the_frontier_of_e31(self):
        world = worked_example()
        pairs = [(s, world.version_space(s)) for s in (0.05, 0.08)]
        found = frontier(0.2, pairs)
        assert [s for s, _ in found] == [0.05, 0.08]
        assert [tau for _, tau in found] == pytest.approx(
            [0.2 - (Phi(-0.7) - Phi(-1)), 0.2 - SPACE_08], abs=1e-9
        )
        assert found == frontier(0.2, world.version_space, (0.05, 0.08))


def test_population_bounds_are_conditional_on_what_was_asserted():
    claim = theorem("hdh", source_error=0.1, discrepancy=0.2, adaptability=0.1)
    assert claim.level is Level.CONDITIONAL
    assert {a.id: str(a.status) for a in claim.assumptions} == {
        "adaptability_at_most": "declared",
        "model_in_class": "declared",
    }
    assert claim.confidence is None  # nothing was spent, so nothing can fail
    assert claim.detail["delta"] == 0.0
    assert claim.id == "target_error.hdh"


def test_vacuous_is_said_and_not_clipped():
    claim = theorem("hdh", source_error=0.4, discrepancy=0.9, adaptability=1.5)
    assert claim.upper == pytest.approx(2.8)
    assert claim.vacuous
    assert not theorem("hdh", source_error=0.6, discrepancy=0.0, adaptability=0.0, n_classes=10).vacuous


def test_e28_the_price_of_two_samples():
    """THEORY E28: at n = m = 200 one Hoeffding term is .12, and the published deviation far above 1."""
    sharp = theorem("hdh", source_error=0.0, discrepancy=0.0, adaptability=0.0, n=200, m=200)
    published = theorem(
        "hdh", source_error=0.0, discrepancy=0.0, adaptability=0.0, n=200, m=200, d=2, form="published"
    )
    assert sharp.upper == pytest.approx(0.122387, abs=5e-7)
    assert published.upper > 1.0
