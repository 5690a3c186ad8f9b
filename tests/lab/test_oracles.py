"""The truth again, by slow and literal computations that share nothing with the closed forms."""

import bisect
import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from scipy import integrate
from scipy.optimize import linprog
from scipy.stats import chi2, multivariate_normal, norm

from whytransfer import lab
from whytransfer.lab.line import Line, crossings, least

F = Fraction

XIS = ["1/10", "1/5", "1/3", "3/10", "1/4", "1/7", "2/23", "1/2", "9/100"]


def prefix_sums(evens, odds):
    events = sorted([(x, F(1, len(evens))) for x in evens] + [(x, -F(1, len(odds))) for x in odds])
    return [F(0), *itertools.accumulate(w for _, w in events)]


def best_segments(weights, j):
    """The largest sum over at most j disjoint segments, by the textbook recursion."""
    worst = F(-(10**9))
    inside, outside = [worst] * (j + 1), [F(0)] + [worst] * j
    for w in weights:
        entered = [max(inside[k] + w, outside[k - 1] + w if k else worst) for k in range(j + 1)]
        outside = [max(outside[k], entered[k]) for k in range(j + 1)]
        inside = entered
    return max(outside)


@pytest.mark.parametrize("form", ["article", "paper"])
@pytest.mark.parametrize("xi", XIS)
def test_xi_family_by_enumeration(xi, form):
    world = lab.xi(xi=xi, form=form)
    exact = world.exact
    evens, odds = world.points()
    P = prefix_sums(evens, odds)
    weights = [b - a for a, b in itertools.pairwise(P)]
    up = max(b - a for a, b in itertools.combinations_with_replacement(P, 2))
    down = max(a - b for a, b in itertools.combinations_with_replacement(P, 2))
    assert exact["half_line"] == max(abs(p) for p in P)
    assert exact["interval"] == max(up, down)
    assert exact["total_variation"] == sum(w for w in weights if w > 0)
    # Label 1 on the evens: err + err of the rule that answers 1 on A is 1 − (evens − odds)(A).
    assert exact["adaptability.threshold"] == 1 - max(P)
    assert exact["adaptability.threshold_reversed"] == 1 - max(-p for p in P)
    assert exact["adaptability.intervals"] == 1 - up
    assert exact["adaptability.intervals(complements=True)"] == 1 - max(up, down)
    for j in range(1, len(evens) + 2):
        assert world.adaptability_unions(j) == 1 - best_segments(weights, j)
    two = max(best_segments(weights, 2), best_segments([-w for w in weights], 2))
    assert exact["discrepancy.intervals"] == two
    points = sorted(evens + odds)
    w1 = sum(
        abs(F(bisect.bisect_right(evens, a), len(evens)) - F(bisect.bisect_right(odds, a), len(odds)))
        * (b - a)
        for a, b in itertools.pairwise(points)
    )
    assert exact["wasserstein1"] == w1


@pytest.mark.parametrize("form", ["article", "paper"])
@pytest.mark.parametrize("xi", ["1/10", "1/7", "3/10"])
@pytest.mark.parametrize("L", [1, 2, 5, 10, 20])
def test_xi_family_lipschitz_by_linear_programme(xi, form, L):
    world = lab.xi(xi=xi, form=form)
    evens, odds = (np.array([float(x) for x in xs]) for xs in world.points())
    z = np.concatenate([evens, odds])
    cost = np.concatenate([np.full(len(evens), -1 / len(evens)), np.full(len(odds), 1 / len(odds))])
    A, b = [], []
    for i, j in itertools.pairwise(np.argsort(z)):
        row = np.zeros(len(z))
        row[i], row[j] = 1, -1
        A += [row, -row]
        b += [L * abs(z[i] - z[j])] * 2
    value = 1 + linprog(cost, A_ub=np.array(A), b_ub=b, bounds=[(0, 1)] * len(z)).fun
    assert float(world.adaptability_lipschitz(L)) == pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize(("mean", "scale"), [(1.0, 1.0), (0.7, 1.3), (-0.5, 0.6), (0.0, 2.0), (3.0, 0.5)])
def test_gaussians_on_the_line_by_quadrature(mean, scale):
    truth = lab.gaussians(mean=mean, scale=scale).truth
    s, t = norm(), norm(mean, scale)
    reach = (-15.0, 15.0)

    def quad(f):
        return integrate.quad(f, *reach, epsabs=1e-12, limit=400)[0]

    grid = np.linspace(*reach, 400001)
    gap = s.cdf(grid) - t.cdf(grid)
    assert truth["total_variation"] == pytest.approx(quad(lambda x: abs(s.pdf(x) - t.pdf(x))) / 2, abs=1e-7)
    assert truth["half_line"] == pytest.approx(np.abs(gap).max(), abs=1e-9)
    assert truth["interval"] == pytest.approx(gap.max() - gap.min(), abs=1e-9)
    assert truth["wasserstein1"] == pytest.approx(quad(lambda x: abs(s.cdf(x) - t.cdf(x))), abs=1e-7)
    assert truth["kl"] == pytest.approx(quad(lambda x: t.pdf(x) * (t.logpdf(x) - s.logpdf(x))), abs=1e-8)
    assert truth["kl_reverse"] == pytest.approx(
        quad(lambda x: s.pdf(x) * (s.logpdf(x) - t.logpdf(x))), abs=1e-8
    )
    assert truth["hellinger2"] == pytest.approx(1 - quad(lambda x: math.sqrt(s.pdf(x) * t.pdf(x))), abs=1e-8)
    if scale**2 < 1.8:
        ratio = integrate.quad(lambda x: math.exp(2 * t.logpdf(x) - s.logpdf(x)), -60, 60, limit=400)[0]
        assert truth["chi2"] == pytest.approx(ratio - 1, rel=1e-6)

    def half_js(x):
        middle = (s.pdf(x) + t.pdf(x)) / 2
        return sum(p * math.log(p / middle) for p in (s.pdf(x), t.pdf(x)) if p > 0) / 2

    assert truth["jensen_shannon"] == pytest.approx(quad(half_js), abs=1e-8)
    # Energy distance on the line: 2 ∫ (F − G)².
    assert truth["energy"] == pytest.approx(2 * quad(lambda x: (s.cdf(x) - t.cdf(x)) ** 2), abs=1e-8)


@pytest.mark.parametrize(("mean", "scale"), [((1.0, -0.5), 1.0), ((0.0, 0.0), 1.7), ((0.8, 0.3), 0.7)])
def test_gaussians_in_the_plane_on_a_grid(mean, scale):
    covariance = ((1.5, 0.4), (0.4, 0.8))
    world = lab.gaussians(mean=mean, scale=scale, covariance=covariance)
    C = np.array(covariance)
    s, t = multivariate_normal(np.zeros(2), C), multivariate_normal(mean, scale**2 * C)
    edges = np.linspace(-14, 14, 1401)
    x = np.stack(np.meshgrid(edges, edges), axis=-1)
    cell = (edges[1] - edges[0]) ** 2
    a, b = s.pdf(x), t.pdf(x)
    m = (a + b) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        js = np.where(a > 0, a * np.log(a / m), 0) + np.where(b > 0, b * np.log(b / m), 0)
    assert world.truth["total_variation"] == pytest.approx(np.abs(a - b).sum() * cell / 2, abs=1e-4)
    assert world.truth["jensen_shannon"] == pytest.approx(js.sum() * cell / 2, abs=1e-8)
    assert world.truth["hellinger2"] == pytest.approx(1 - np.sqrt(a * b).sum() * cell, abs=1e-8)


def test_radial_change_of_scale_has_a_chi_square_form():
    p, scale = 4, 2.0
    border = 2 * p * scale**2 * math.log(scale) / (scale**2 - 1)
    expected = chi2.cdf(border, p) - chi2.cdf(border / scale**2, p)
    assert lab.gaussians(mean=0.0, scale=scale, dimension=p).truth["total_variation"] == pytest.approx(
        expected
    )


def test_mmd_by_simulation():
    world = lab.gaussians(mean=(1.0, 0.5), scale=1.4, covariance=((1.0, 0.3), (0.3, 2.0)))
    s, t = (rows.X for rows in world.draw(2000, 2000, 1))

    def kernel(a, b, width=1.3):
        return np.exp(-((a[:, None] - b[None]) ** 2).sum(2) / (2 * width**2))

    off = ~np.eye(2000, dtype=bool)
    value = kernel(s, s)[off].mean() + kernel(t, t)[off].mean() - 2 * kernel(s, t).mean()
    assert world.mmd2(1.3) == pytest.approx(value, abs=0.006)


@pytest.mark.parametrize(
    ("low", "high"), [(0.2, 0.7), (-0.5, 2.0), (0.5, 3.0), (-1.0, 0.4), (2.0, 3.0), (0.0, 0.5)]
)
def test_uniforms_on_a_grid(low, high):
    truth = lab.uniforms(low=low, high=high).truth
    u = (np.arange(200000) + 0.5) / 200000
    assert truth["wasserstein1"] == pytest.approx(np.abs(low + (high - low) * u - u).mean(), abs=1e-8)
    x = np.union1d(np.linspace(-2, 4, 60001), [0, 1, low, high])
    s, t = np.clip(x, 0, 1), np.clip((x - low) / (high - low), 0, 1)
    gap = s - t
    assert truth["half_line"] == pytest.approx(np.abs(gap).max(), abs=1e-12)
    assert truth["interval"] == pytest.approx(gap.max() - gap.min(), abs=1e-12)
    assert truth["total_variation"] == pytest.approx(np.abs(np.diff(gap)).sum() / 2, abs=1e-9)


@pytest.mark.parametrize(
    "world", [lab.location_shift(shift=s) for s in (0.3, 1.0, -2.0, 4.0)] + [lab.label_shift()]
)
def test_lines_by_quadrature(world):
    truth, line = world.truth, world.line()
    grid = np.linspace(line.low, line.high, 200001)
    gap = line.excess(grid)
    step = grid[1] - grid[0]
    s, t = line.source_density(grid), line.target_density(grid)
    assert truth["half_line"] == pytest.approx(np.abs(gap).max(), abs=1e-8)
    assert truth["interval"] == pytest.approx(gap.max() - gap.min(), abs=1e-8)
    assert truth["total_variation"] == pytest.approx(np.abs(s - t).sum() * step / 2, abs=1e-7)
    assert truth["wasserstein1"] == pytest.approx(np.abs(gap).sum() * step, abs=1e-7)
    m = (s + t) / 2
    js = (s * np.log(np.maximum(s, 1e-300) / m) + t * np.log(np.maximum(t, 1e-300) / m)).sum() * step / 2
    assert truth["jensen_shannon"] == pytest.approx(js, abs=1e-8)


@pytest.mark.parametrize("shift", [0.3, 1.0, -2.0, 4.0, 7.0])
def test_location_shift_lambda_on_a_grid(shift):
    truth = lab.location_shift(shift=shift).truth
    t = np.linspace(-12, 12, 240001)
    errors = [(norm.cdf(t - 1 - s) + norm.sf(t + 1 - s)) / 2 for s in (0.0, shift)]
    total = errors[0] + errors[1]
    assert truth["adaptability.thresholds"] == pytest.approx(min(total.min(), (2 - total).min()), abs=1e-8)


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"shift": -1.5, "boundary": -0.4, "cut": 0.8},
        {"shift": 0.3, "boundary": 0.0, "cut": 0.0, "source_flip": 0.0, "target_flip": 0.2},
    ],
)
def test_worked_example_on_a_grid_of_rules(parameters):
    world = lab.worked_example(**parameters)
    truth = world.truth
    t = np.concatenate([np.linspace(-9, 9, 180001), [-40, 40, world.boundary, world.cut]])

    def between(mean, other):
        return np.abs(norm.cdf(t - mean) - norm.cdf(other - mean))

    def both(x):
        return np.concatenate([x, 1 - x])

    err_s = both(world.source_flip + (1 - 2 * world.source_flip) * between(0, world.boundary))
    dis_s, dis_t = both(between(0, world.cut)), both(between(world.shift, world.cut))
    lam = truth["adaptability.thresholds"]
    assert truth["disparity.thresholds"] == pytest.approx((dis_t - dis_s).max(), abs=1e-7)
    assert truth["lagrangian.thresholds"] == pytest.approx((dis_t - err_s).max(), abs=1e-7)
    assert truth["localised.thresholds"] == pytest.approx((dis_t - err_s)[err_s <= lam].max(), abs=1e-4)
    for sigma in (0.1, 0.3, 0.45, 0.6, 0.97):
        inside = err_s <= sigma
        assert world.version_space(sigma) == pytest.approx(dis_t[inside].max(), abs=1e-4)
        place = np.concatenate([norm.cdf(t - world.shift)] * 2)
        side = np.concatenate([np.zeros(len(t), bool), np.ones(len(t), bool)])
        u, v = place[inside & ~side], place[inside & side]
        pairs = [np.ptp(u)] + (
            [np.ptp(v), 1 - np.abs(u[:, None] - v[None, ::50]).min()] if len(v) and len(u) < 4e4 else []
        )
        if len(v) and len(u) >= 4e4:
            pairs += [np.ptp(v), 1 - np.abs(np.sort(u)[::50][:, None] - np.sort(v)[::50]).min()]
        assert world.half_diameter(sigma) == pytest.approx(max(pairs) / 2, abs=2e-3)
    order = [truth["error_target"]] + [
        truth[f"bound.{name}"] for name in ("version_space", "localised", "lagrangian", "disparity", "hdh")
    ]
    assert order == sorted(order)


def test_crossings_and_least_on_known_functions():
    assert crossings(np.sin, 1.0, 10.0) == pytest.approx([math.pi, 2 * math.pi, 3 * math.pi])
    value, at = least(lambda x: (x - 0.3) ** 2 + 1, -1, 1)
    assert (value, at) == pytest.approx((1.0, 0.3), abs=1e-7)
    assert least(lambda x: x, 2.0, 3.0) == pytest.approx((2.0, 2.0))


def test_identical_laws_are_at_no_distance():
    line = Line(
        source_density=norm.pdf,
        target_density=norm.pdf,
        source_below=norm.cdf,
        target_below=norm.cdf,
        low=-12,
        high=12,
    )
    values = [
        f()
        for f in (line.half_line, line.interval, line.total_variation, line.wasserstein1, line.jensen_shannon)
    ]
    assert values == [0.0] * 5
    assert lab.location_shift(shift=0.0).truth["total_variation"] == 0.0
    assert lab.gaussians(mean=0.0).truth["interval"] == 0.0
