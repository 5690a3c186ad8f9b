"""Closed forms of THEORY E through the public methods; expected values are formulas."""

from fractions import Fraction
from math import erf, sqrt

import numpy as np
import pytest
from scipy.stats import norm

from whytransfer.hypotheses import (
    AllFunctions,
    Constants,
    Intervals,
    Lipschitz,
    Threshold,
    Thresholds,
    Unions,
    hypotheses,
)

EXACT = 1e-12


def phi(z):
    return (1 + erf(z / sqrt(2))) / 2


def comb(xi):
    """The ξ-family of the article: evens are source and labelled 1, odds are target and labelled 0."""
    teeth = round(1 / (2 * xi))
    return [float(Fraction(2 * k) * Fraction(str(xi))) for k in range(teeth)], [
        float(Fraction(2 * k + 1) * Fraction(str(xi))) for k in range(teeth)
    ]


def quantiles(law, n):
    """A population as n equally likely points."""
    return law.ppf((np.arange(n) + 0.5) / n)


XI = [0.1, 0.01]
E1 = [
    (Threshold(), lambda xi: 1 - 2 * xi),
    (Thresholds(), lambda xi: 1 - 2 * xi),
    (Intervals(), lambda xi: 1 - 2 * xi),
    (Intervals(complements=True), lambda xi: 1 - 2 * xi),
    (Unions(j=2), lambda xi: 1 - 4 * xi),
    (Unions(j=3), lambda xi: 1 - 6 * xi),
    (Unions(j=5), lambda xi: 1 - 10 * xi),
    (AllFunctions(), lambda xi: 0.0),
    (Constants(), lambda xi: 1.0),
]


@pytest.mark.parametrize("xi", XI)
@pytest.mark.parametrize(("oracle", "value"), E1, ids=[o.label for o, _ in E1])
def test_e1_lambda(oracle, value, xi):
    s, t = comb(xi)
    claim = oracle.adaptability(s, np.ones(len(s)), t, np.zeros(len(t)))
    assert claim.estimate == pytest.approx(value(xi), abs=EXACT)


@pytest.mark.parametrize("xi", XI)
def test_e1_lambda_of_the_other_orientation_alone_is_1(xi):
    # 1[x > t] with labels 1 and 0 is 1[x <= t] with the labels exchanged.
    s, t = comb(xi)
    assert Threshold().adaptability(s, np.zeros(len(s)), t, np.ones(len(t))).estimate == pytest.approx(
        1, abs=EXACT
    )


@pytest.mark.parametrize("xi", XI)
@pytest.mark.parametrize("L", [1, 2, 5, 10, 20, 100])
def test_e1_lambda_of_lipschitz_functions(xi, L):
    s, t = comb(xi)
    claim = Lipschitz(L=float(L)).adaptability(s, np.ones(len(s)), t, np.zeros(len(t)))
    assert claim.estimate == pytest.approx(max(0.0, 1 - L * xi), abs=1e-9)


E1_DISC = [
    (Threshold(), lambda xi: 2 * xi),
    (Thresholds(), lambda xi: 2 * xi),
    (Intervals(), lambda xi: min(1, 4 * xi)),
    (Intervals(complements=True), lambda xi: min(1, 4 * xi)),
    (Unions(j=2), lambda xi: min(1, 8 * xi)),
    (AllFunctions(), lambda xi: 1.0),
    (Constants(), lambda xi: 0.0),
]


@pytest.mark.parametrize("xi", XI)
@pytest.mark.parametrize(("oracle", "value"), E1_DISC, ids=[o.label for o, _ in E1_DISC])
def test_e1_discrepancy(oracle, value, xi):
    s, t = comb(xi)
    claim = oracle.discrepancy(s, t)
    assert claim.estimate == pytest.approx(value(xi), abs=EXACT)
    assert claim.detail["d_hdh"] == pytest.approx(2 * value(xi), abs=EXACT)


@pytest.mark.parametrize(
    ("teeth", "value"), [(5, Fraction(5, 6)), (50, Fraction(50, 51)), (500, Fraction(500, 501))]
)
def test_e2_the_paper_s_own_family(teeth, value):
    xi = 1 / (2 * teeth)
    evens, odds = [2 * k * xi for k in range(teeth + 1)], [(2 * k + 1) * xi for k in range(teeth)]
    # There the evens are the target, labelled 1, and the odds the source, labelled 0.
    claim = Threshold().adaptability(odds, np.zeros(teeth), evens, np.ones(teeth + 1))
    assert claim.estimate == pytest.approx(float(value), abs=EXACT)
    assert Threshold().discrepancy(odds, evens).estimate == pytest.approx(2 / (teeth + 1), abs=EXACT)


@pytest.mark.parametrize("xi", XI)
def test_e3_three_bounds_are_tight_for_the_constant_1(xi):
    s, t = comb(xi)
    ys, yt, H = np.ones(len(s)), np.zeros(len(t)), Threshold()
    h = (ys, yt + 1)
    lam, err_s, err_t = H.adaptability(s, ys, t, yt).estimate, 0.0, 1.0
    assert err_s + H.discrepancy(s, t).estimate + lam == pytest.approx(err_t, abs=EXACT)
    assert err_s + H.disparity(h, s, t).estimate + lam == pytest.approx(err_t, abs=EXACT)
    assert H.lagrangian(h, s, ys, t).estimate + lam == pytest.approx(err_t, abs=EXACT)
    # Mixed with the λ of another class and the distance of a third: 0 + W1 + λ = 1 − ξ is no bound (THEORY A3.6).
    assert err_s + xi + lam < err_t - xi / 2


@pytest.mark.parametrize("mu", [0.5, 1.0, 2.0])
def test_e5_thresholds_of_shifted_normals(mu):
    s, t = quantiles(norm(), 4000), quantiles(norm(mu), 4000)
    assert Thresholds().discrepancy(s, t).estimate == pytest.approx(2 * phi(mu / 2) - 1, abs=1e-3)


def test_e8_scaled_normals_need_two_cuts():
    sigma = 2.0
    t_star = sigma * sqrt(2 * np.log(sigma) / (sigma**2 - 1))
    half = phi(t_star) - phi(t_star / sigma)
    s, t = quantiles(norm(), 4000), quantiles(norm(scale=sigma), 4000)
    assert Threshold().discrepancy(s, t).estimate == pytest.approx(2 * half, abs=1e-3)
    # A threshold class's own H-divergence is half of that: the factor two between d_H and d_HΔH.
    lone = Constants().discrepancy(s, t, h=((s > t_star), (t > t_star))).estimate
    assert lone == pytest.approx(half, abs=1e-3)


@pytest.mark.parametrize("shift", [0.25, 0.5, 1.0])
def test_e9_shifted_uniforms(shift):
    s = (np.arange(1000) + 0.5) / 1000
    assert Threshold().discrepancy(s, s + shift).estimate == pytest.approx(shift, abs=2e-3)


def mixture(positive, n):
    """N(1, 1) with label 1 for a share `positive` of n points, N(−1, 1) with label 0 for the rest."""
    ones = round(positive * n)
    x = np.concatenate([quantiles(norm(1), ones), quantiles(norm(-1), n - ones)])
    return x, np.concatenate([np.ones(ones), np.zeros(n - ones)])


def test_e10_label_shift():
    xs, ys = mixture(0.5, 20_000)
    xt, yt = mixture(0.9, 20_000)
    t = 0.5 * np.log(0.6 / 1.4)
    expected = 1.4 * phi(t - 1) + 0.6 * (1 - phi(t + 1))
    assert Thresholds().adaptability(xs, ys, xt, yt).estimate == pytest.approx(expected, abs=2e-4)


def test_e11_covariate_shift_with_label_noise():
    # Ten copies of each point, one of them with the wrong label: noise of exactly one tenth.
    def noisy(x):
        x = np.repeat(x, 10)
        return x, (x > 0.3) ^ (np.arange(len(x)) % 10 == 0)

    xs, ys = noisy((np.arange(1000) + 0.5) / 1000)
    xt, yt = noisy(0.5 + (np.arange(1000) + 0.5) / 2000)
    assert Thresholds().adaptability(xs, ys, xt, yt).estimate == pytest.approx(0.2, abs=EXACT)


def test_e12_alignment_takes_lambda_from_0_to_1():
    u = (np.arange(1000) + 0.5) / 1000
    xs, xt = u - 1, u + 1
    ys, yt = xs > -0.5, xt < 1.5
    assert Intervals().adaptability(xs, ys, xt, yt).estimate == 0
    assert Intervals().adaptability(u, ys, u, yt).estimate == pytest.approx(1, abs=EXACT)
    assert Intervals().discrepancy(u, u).estimate == 0


@pytest.mark.parametrize(
    "oracle", [Constants(), Threshold(), Thresholds(), Intervals(), Unions(j=3), AllFunctions()]
)
def test_e13_flipped_labels(oracle):
    x = np.arange(10.0)
    y = (x > 4).astype(int)
    claim = oracle.adaptability(x, y, x, 1 - y)
    assert claim.estimate == pytest.approx(1, abs=EXACT)
    assert oracle.discrepancy(x, x).estimate == 0
    # The three-term bound of the source-perfect h is tight: 0 + 0 + 1.
    assert oracle.discrepancy(x, x, h=(y, y)).estimate == 0


def test_e13_three_labels_deranged():
    x, y = np.arange(9.0), np.repeat(["a", "b", "c"], 3)
    assert Constants().adaptability(x, y, x, np.roll(y, 3)).estimate == pytest.approx(4 / 3, abs=EXACT)
    # The least for any class that attains the source labels: 1.
    assert AllFunctions().adaptability(x, y, x, np.roll(y, 3)).estimate == pytest.approx(1, abs=EXACT)


def test_e15_location_shift():
    n = 10_000
    xs, ys = mixture(0.5, 2 * n)
    claim = Thresholds().adaptability(xs, ys, xs + 1, ys)
    assert claim.estimate == pytest.approx(2 * phi(-0.5) / 2 + 2 * phi(-1.5) / 2, abs=2e-4)


@pytest.mark.parametrize(("j", "value"), [(1, 0.8), (2, 0.6), (3, 0.4), (4, 0.2), (5, 0.0)])
def test_e33_unions(j, value):
    s, t = comb(0.1)
    claim = hypotheses("unions", j=j).adaptability(s, ["yes"] * 5, t, ["no"] * 5)
    assert claim.estimate == pytest.approx(value, abs=EXACT)


class WorkedExample:
    """E31: S = N(0, 1), T = N(1, 1), y = 1[x > .3] with 5 % and 10 % of the labels wrong, h = 1[x > 0]."""

    points = 2000
    tolerance = 1e-3  # two grid steps

    def __init__(self):
        s, t = quantiles(norm(), self.points), quantiles(norm(1), self.points)
        self.xs, self.xt = np.repeat(s, 20), np.repeat(t, 10)
        self.ys = (self.xs > 0.3) ^ (np.arange(len(self.xs)) % 20 == 0)
        self.yt = (self.xt > 0.3) ^ (np.arange(len(self.xt)) % 10 == 0)
        self.err_s = 0.05 + 0.9 * (phi(0.3) - 0.5)
        self.err_t = 0.1 + 0.8 * (phi(-0.7) - phi(-1))

    @staticmethod
    def h(x):
        return (np.ravel(x) > 0).astype(int)


def test_e31_the_worked_example():
    e, H = WorkedExample(), Thresholds()
    lam = H.adaptability(e.xs, e.ys, e.xt, e.yt)
    assert lam.estimate == pytest.approx(0.15, abs=EXACT)
    assert (lam.detail["source_part"], lam.detail["target_part"]) == pytest.approx((0.05, 0.1), abs=EXACT)
    assert np.mean(e.h(e.xs) != e.ys) == pytest.approx(e.err_s, abs=e.tolerance)
    assert np.mean(e.h(e.xt) != e.yt) == pytest.approx(e.err_t, abs=e.tolerance)
    disc = H.discrepancy(e.xs, e.xt).estimate
    assert disc == pytest.approx(2 * phi(0.5) - 1, abs=e.tolerance)
    assert e.err_s + disc + lam.estimate == pytest.approx(0.689045, abs=e.tolerance)
    assert e.err_s + H.disparity(e.h, e.xs, e.xt).estimate + lam.estimate == pytest.approx(
        0.647434, abs=e.tolerance
    )
    assert lam.estimate + H.lagrangian(e.h, e.xs, e.ys, e.xt).estimate == pytest.approx(
        0.597434, abs=e.tolerance
    )


@pytest.mark.parametrize("sigma", [0.05, 0.08])
def test_e31_the_version_space(sigma):
    e = WorkedExample()
    # err_S of 1[x > t] is .05 + .9 |Φ(t) − Φ(.3)|: the version space is an interval of t around .3.
    t = norm.ppf(phi(0.3) + (sigma - 0.05) / 0.9)
    expected = phi(t - 1) - phi(-1)
    claim = Thresholds().version_space(e.h, e.xs, e.ys, e.xt, sigma=sigma)
    assert claim.estimate == pytest.approx(expected, abs=e.tolerance)
    assert 0.1 + claim.estimate == pytest.approx({0.05: 0.183399, 0.08: 0.211835}[sigma], abs=e.tolerance)


@pytest.mark.parametrize(("n", "value", "tolerance"), [(300, 0.237, 0.02), (1000, 0.214, 0.012)])
def test_e31_finite_samples(n, value, tolerance):
    limits = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        xs, xt = rng.normal(size=n), rng.normal(size=n) + 1
        ys = (xs > 0.3) ^ (rng.random(n) < 0.05)
        claim = Thresholds().version_space(WorkedExample.h, xs, ys, xt, sigma=0.05)
        if claim.upper is not None:
            limits.append(0.1 + claim.upper)
    assert len(limits) >= 27
    assert np.mean(limits) == pytest.approx(value, abs=tolerance)
