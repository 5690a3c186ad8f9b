"""Closed forms (THEORY E5, E6, E8, E9, E20). Quantile grids stand for whole laws; their error is in the tolerance."""

from math import erf, exp, log, pi, sqrt

import numpy as np
import pytest
from scipy.stats import norm

from whytransfer.divergences import DIVERGENCES, MMD, divergence

Phi = norm.cdf

GRID = 2000
STEP = 1.0 / GRID


def normal(mean=0.0, scale=1.0, size=GRID):
    """A quantile grid: its distribution function is within 1/(2 size) of the law's."""
    return mean + scale * norm.ppf((np.arange(size) + 0.5) / size)


def uniform(low, high, size=1024):
    """A dyadic grid of a uniform law: ties with other grids of it are exact."""
    return low + (high - low) * (np.arange(size) + 0.5) / size


def mean_shift(mu):
    return 2 * Phi(mu / 2) - 1


def folded(mean, scale):
    """E|Z| for Z ~ N(mean, scale²)."""
    z = mean / scale
    return scale * sqrt(2 / pi) * exp(-(z**2) / 2) + mean * erf(z / sqrt(2))


def energy_of_shift(mu):
    return 2 * folded(mu, sqrt(2)) - 2 * folded(0, sqrt(2))


def mmd2_of_shift(mu, s=1.0, p=1):
    return 2 * (s * s / (s * s + 2)) ** (p / 2) * (1 - exp(-(mu**2) / (2 * (s * s + 2))))


def mmd2_of_scale(sg, s=1.0):
    return s / sqrt(s * s + 2) + s / sqrt(s * s + 2 * sg**2) - 2 * s / sqrt(s * s + 1 + sg**2)


def largest_gap_of_scale(sg):
    t = sg * sqrt(2 * log(sg) / (sg**2 - 1))
    return Phi(t) - Phi(t / sg)


HALF, FOUR_FIFTHS = np.repeat([0.0, 1.0], [50, 50]), np.repeat([0.0, 1.0], [80, 20])
JS_OF_HALVES = (
    0.8 * log(0.8 / 0.65) + 0.2 * log(0.2 / 0.35) + 0.5 * log(0.5 / 0.65) + 0.5 * log(0.5 / 0.35)
) / 2

PLANE = np.random.default_rng(0).normal(size=(40, 2))
GRID_PLANE = np.stack(np.meshgrid(normal(size=24), normal(size=24)), axis=-1).reshape(-1, 2)

# name, parameters, source, target, value, tolerance
GOLDEN = [
    *[("half_line", {}, normal(), normal(mu), mean_shift(mu), STEP) for mu in (0.5, 1, 2)],  # E5
    *[("interval", {}, normal(), normal(mu), mean_shift(mu), 2 * STEP) for mu in (0.5, 1, 2)],
    *[("stump", {}, normal(), normal(mu), mean_shift(mu), STEP) for mu in (0.5, 1, 2)],
    *[("stump_pairs", {}, normal(), normal(mu), mean_shift(mu), 2 * STEP) for mu in (0.5, 1, 2)],
    *[("wasserstein1", {}, normal(), normal(mu), mu, 1e-12) for mu in (0.5, 1, 2)],
    *[("energy", {}, normal(), normal(mu), energy_of_shift(mu), 2e-3) for mu in (0.5, 1, 2)],
    *[("mmd", {"bandwidth": 1.0}, normal(), normal(mu), sqrt(mmd2_of_shift(mu)), 1e-3) for mu in (0.5, 1, 2)],
    *[("half_line", {}, normal(), normal(0, sg), largest_gap_of_scale(sg), STEP) for sg in (2, 3)],  # E8
    *[("interval", {}, normal(), normal(0, sg), 2 * largest_gap_of_scale(sg), 2 * STEP) for sg in (2, 3)],
    *[("wasserstein1", {}, normal(), normal(0, sg), (sg - 1) * sqrt(2 / pi), 2e-3 * sg) for sg in (2, 3)],
    *[("mmd", {"bandwidth": 1.0}, normal(), normal(0, sg), sqrt(mmd2_of_scale(sg)), 1e-3) for sg in (2, 3)],
    *[
        (n, {}, uniform(0, 1), uniform(0.25, 1.25), 0.25, 1e-12)
        for n in ("half_line", "interval", "wasserstein1")
    ],
    *[
        (n, {}, uniform(0, 1), uniform(0, 2), 0.5, 2 / 1024)
        for n in ("half_line", "interval", "wasserstein1")
    ],
    *[
        (n, {}, np.zeros(3), np.full(5, 0.7), 1.0, 0)
        for n in ("half_line", "interval", "stump", "stump_pairs")
    ],  # E9
    ("wasserstein1", {}, np.zeros(3), np.full(5, 0.7), 0.7, 1e-15),
    ("energy", {}, np.zeros(3), np.full(5, 0.7), 1.4, 1e-15),
    ("mmd", {"bandwidth": 2.0}, np.zeros(3), np.full(5, 0.7), sqrt(2 * (1 - exp(-0.49 / 8))), 1e-12),
    *[("coral", {}, normal(), normal(5, sg), (sg**2 - 1) ** 2 / 4, 0.01 * sg**4) for sg in (2, 3)],
    *[
        ("second_moment", {}, normal(), normal(0, sg), sg**2 - 1, 0.003 * sg**2) for sg in (2, 3)
    ],  # E17 is 4 times this
    *[("second_moment", {}, normal(), normal(mu), mu**2, 1e-9) for mu in (0.5, 1, 2)],
    *[("sliced_wasserstein", {}, normal(), normal(mu), mu, 1e-12) for mu in (0.5, 1, 2)],
    # Moved by (3, 4): the mean of |θ·(3, 4)| over directions is 5 · 2/π; 200 draws leave 5 · .308/√200 · 3.
    ("sliced_wasserstein", {}, np.zeros((4, 2)), np.tile([3.0, 4.0], (4, 1)), 10 / pi, 0.33),
    # Masses (.5, .5) against (.8, .2): exact plug-ins of few values.
    ("total_variation", {}, HALF, FOUR_FIFTHS, 0.3, 1e-12),
    ("kl", {}, HALF, FOUR_FIFTHS, 0.8 * log(1.6) + 0.2 * log(0.4), 1e-12),
    ("chi2", {}, HALF, FOUR_FIFTHS, 0.3**2 / 0.5 + 0.3**2 / 0.5, 1e-12),
    ("jensen_shannon", {}, HALF, FOUR_FIFTHS, JS_OF_HALVES, 1e-12),
    # W1 of E7 is the length of the shift, in the plane and in one column.
    *[("wasserstein", {}, normal(size=300), normal(mu, size=300), mu, 1e-12) for mu in (0.5, 1, 2)],
    ("wasserstein", {}, PLANE, PLANE + np.array([3.0, 4.0]), 5.0, 1e-12),
    ("wasserstein", {}, np.zeros(3), np.full(5, 0.7), 0.7, 1e-15),
    # Any coupling of two samples of which one lies beyond the other costs the same, so OT_ε is 10; within {0, 1}, at
    # ε = .05 × 10, it is −ε ln((1 + exp(−1/ε))/2).
    ("sinkhorn", {}, [0.0, 1.0], [10.0, 11.0], 10 + 0.5 * log((1 + exp(-2)) / 2), 1e-9),
    ("sinkhorn", {}, np.zeros(3), np.full(5, 0.7), 0.7, 1e-12),
    # Orders 1 to 5: means .5 apart, {0, 1} against {0, 2}: c₂ 1/4 : 1, c₃ 0 : 0, c₄ 1/16 : 1, c₅ 0 : 0.
    ("central_moments", {}, [0.0, 1.0], [0.0, 2.0], 0.5 + 0.75 + 15 / 16, 1e-12),
    ("central_moments", {"range": (0, 2)}, [0.0, 1.0], [0.0, 2.0], 0.25 + 0.1875 + 15 / 256, 1e-12),
    *[("central_moments", {}, normal(), normal(mu), mu, 1e-9) for mu in (0.5, 1, 2)],
    # Gaussian c₂ and c₄ are σ² and 3σ⁴.
    ("central_moments", {}, normal(), normal(0, 1.5), 1.5**2 - 1 + 3 * (1.5**4 - 1), 0.2),
    *[
        ("half_planes", {}, normal(size=600), normal(mu, size=600), mean_shift(mu), 1 / 600)
        for mu in (0.5, 1, 2)
    ],
    (
        "half_planes",
        {},
        GRID_PLANE,
        GRID_PLANE + np.array([3.0, 4.0]),
        2 * Phi(2.5) - 1,
        0.06,
    ),  # E7: ‖a − b‖ = 5
    # Label shift from (.5, .5) to (.9, .1), as in E10.
    ("label_total_variation", {"ys": [0, 1] * 5, "yt": [0] * 9 + [1]}, np.zeros(10), np.ones(10), 0.4, 1e-12),
    # All mass moves by μ, and so do the Gaussians of both classes: μ² + μ².
    *[
        (
            "dataset_distance",
            {"ys": [0, 1] * 20, "yt": [0, 1] * 20},
            PLANE,
            PLANE + np.array([mu, 0]),
            mu * sqrt(2),
            1e-9,
        )
        for mu in (3, 6)
    ],
    # The linear classifier is Bayes's: AUC of a mean shift is Φ(μ/√2). Cross-fitted on a grid of every quantile.
    *[("domain_classifier", {}, normal(), normal(mu), Phi(mu / sqrt(2)), 0.01) for mu in (0.5, 1, 2)],
]


@pytest.mark.parametrize(("name", "params", "source", "target", "value", "tolerance"), GOLDEN)
def test_golden(name, params, source, target, value, tolerance):
    claim = divergence(name, source, target, **params)
    assert claim.estimate == pytest.approx(value, abs=tolerance, rel=0)


def test_the_closed_forms_are_those_of_the_catalogue():
    """The printed digits of THEORY E5, E6, E8."""
    assert [round(mean_shift(mu), 6) for mu in (0.5, 1, 2)] == [0.197413, 0.382925, 0.682689]
    assert [round(mmd2_of_shift(mu), 6) for mu in (0.5, 1, 2)] == [0.047124, 0.177268, 0.561858]
    assert [mmd2_of_shift(1, p=p) for p in (2, 5, 10)] == pytest.approx(
        [0.102346, 0.019696, 0.00126352], abs=5e-7
    )
    assert [round(largest_gap_of_scale(sg), 6) for sg in (2, 3)] == [0.161337, 0.242164]
    assert [round(mmd2_of_scale(sg), 6) for sg in (2, 3)] == [0.094187, 0.203743]


def test_every_divergence_has_a_golden_row():
    assert {row[0] for row in GOLDEN} == set(DIVERGENCES)


def test_proxy_a_distance_of_a_mean_shift():
    """E5: twice the total variation, for the best classifier."""
    claim = divergence("domain_classifier", normal(), normal(1))
    assert claim.detail["proxy_a_distance"] == pytest.approx(2 * mean_shift(1), abs=0.02)


@pytest.mark.parametrize(("p", "mu"), [(1, 1.0), (2, 1.0), (5, 1.0), (10, 1.0)])
def test_mmd_u_statistic_is_unbiased(p, mu):
    """E6 in several dimensions: the mean over 60 draws lies within 4 of its standard errors.

    The V-statistic counts each row's pair with itself (k = 1), which adds (1 − E k(X, X'))/n a domain.
    """
    rng = np.random.default_rng(p)
    draws = []
    for _ in range(60):
        target = rng.normal(size=(100, p))
        target[:, 0] += mu
        detail = MMD(bandwidth=1.0).claim(rng.normal(size=(100, p)), target).detail
        draws.append((detail["u_statistic"], detail["v_statistic"]))
    (u, v), error = np.mean(draws, axis=0), np.std(draws, axis=0, ddof=1)[0] / sqrt(60)
    assert abs(u - mmd2_of_shift(mu, p=p)) < 4 * error
    within = (1 / 3) ** (p / 2)  # E k(X, X') at s = 1
    assert v - u == pytest.approx(2 * (1 - within) / 100, abs=5e-4)


@pytest.mark.parametrize("n", [1000, 200])
def test_upper_terms(n):
    """E20: the distance of the upper limit from the estimate is one Hoeffding term."""
    rng = np.random.default_rng(n)
    S, T = rng.random(n), rng.random(n)
    term = sqrt(2 / n * log(20) / 2)
    assert round(term, 6) == {1000: 0.054733, 200: 0.122387}[n]
    for name in ("half_line", "interval", "stump", "stump_pairs"):
        claim = divergence(name, S, T)
        assert claim.upper - claim.estimate == pytest.approx(term, abs=1e-12)
    for params in ({"range": (0.0, 3.0)}, {"range": 3.0}):
        claim = divergence("wasserstein1", S, T, **params)
        assert claim.upper - claim.estimate == pytest.approx(3 * term, abs=1e-12)
    claim = divergence("mmd", S, T, bandwidth=0.5)
    assert claim.upper - claim.estimate == pytest.approx(sqrt(2) * term, abs=1e-12)
    assert n != 1000 or claim.upper - claim.estimate == pytest.approx(0.077404, abs=1e-6)


def test_two_columns_report_each():
    S, T = np.column_stack([normal(), normal()]), np.column_stack([normal(0.5), normal(2)])
    claim = divergence("wasserstein1", S, T)
    assert claim.estimate == pytest.approx(2.0)
    assert [column["name"] for column in claim.detail["columns"]] == ["x0", "x1"]
    assert [column["value"] for column in claim.detail["columns"]] == pytest.approx([0.5, 2.0])


def test_stump_pairs_see_what_no_single_column_does():
    """The exclusive or of two signs: all marginals are equal, d_HΔH is as large as it can be."""
    S, T = [[0, 0], [1, 1]] * 10, [[0, 1], [1, 0]] * 10
    assert divergence("stump", S, T).estimate == 0.0
    claim = divergence("stump_pairs", S, T)
    assert claim.estimate == pytest.approx(1.0, abs=1e-12)
    assert claim.detail["d_hdh"] == pytest.approx(2.0, abs=1e-12)
    assert (claim.hypothesis_class, claim.loss) == ("stumps", "zero_one")
