"""Laws of the bounds: they grow with their terms, break even where they say, and stand in the order of THEORY E27."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from whytransfer.theorems import break_even, localised_break_even, theorem
from whytransfer.theorems.ball import KINDS
from whytransfer.theorems.vc import divergence_term, proved_vc_term, vc_term

unit = st.floats(0, 1)
ADDITIVE = {
    "hdh": {"source_error": (0, 1), "discrepancy": (0, 1), "adaptability": (0, 2)},
    "disparity": {"source_error": (0, 1), "disparity": (-1, 1), "adaptability": (0, 2)},
    "lagrangian": {"lagrangian": (-1, 1), "adaptability": (0, 2)},
    "version_space": {"version_space": (0, 1), "tau": (0, 1)},
    "labelling_functions": {"source_error": (0, 1), "total_variation": (0, 1), "labelling_on_target": (0, 1)},
}
UNKNOWN = {"version_space": "tau", "labelling_functions": "labelling_on_target"}


def draw_terms(data, name):
    return {term: data.draw(st.floats(*range_), label=term) for term, range_ in ADDITIVE[name].items()}


@pytest.mark.parametrize("name", ADDITIVE)
@given(data=st.data())
def test_monotone_in_every_term(name, data):
    terms = draw_terms(data, name)
    base = theorem(name, **terms).upper
    for term, (_, high) in ADDITIVE[name].items():
        more = terms | {term: data.draw(st.floats(terms[term], high))}
        assert theorem(name, **more).upper >= base - 1e-12


@pytest.mark.parametrize("name", ADDITIVE)
@given(data=st.data())
def test_break_even_solves_for_the_unknown_term(name, data):
    terms = draw_terms(data, name)
    unknown = UNKNOWN.get(name, "adaptability")
    terms.pop(unknown)
    requirement = data.draw(unit, label="requirement")
    even = break_even(name, requirement, **terms)
    if 0 <= even <= 1:
        assert theorem(name, **terms, **{unknown: even}).upper == pytest.approx(requirement, abs=1e-12)
    else:
        assert theorem(name, **terms, **{unknown: 0.0}).upper > requirement or even > 1


@given(unit, st.sampled_from(sorted(KINDS)), st.floats(0, 3), st.floats(0, 3))
def test_balls_grow_with_radius_and_error_and_never_leave_0_to_1(p, kind, a, b):
    shape = KINDS[kind]
    small, large = sorted((a + shape.smallest, b + shape.smallest))
    inner, outer = (theorem("ball", source_error=p, radius=r, kind=kind) for r in (small, large))
    assert 0 <= outer.lower <= inner.lower <= p + 1e-12
    assert p - 1e-12 <= inner.upper <= outer.upper <= 1


@given(st.floats(0.01, 0.99), st.sampled_from(sorted(KINDS)), st.floats(0.0, 1.0))
def test_balls_contain_what_lies_within_and_nothing_else(p, kind, fraction):
    """The worst case is exactly at the radius, unless it is 1."""
    shape = KINDS[kind]
    radius = shape.smallest + fraction
    q = theorem("ball", source_error=p, radius=radius, kind=kind).upper
    if q < 1:
        assert shape.radius(p, q) == pytest.approx(radius, abs=1e-8)
    else:
        assert shape.radius(p, 1.0) <= radius + 1e-9


@given(st.floats(0.01, 0.9), st.floats(0.0, 1.0), st.sampled_from(sorted(KINDS)))
def test_break_even_radius_is_the_inverse(p, up, kind):
    requirement = p + up * (0.99 - p) if p < 0.99 else p
    radius = break_even("ball", requirement, source_error=p, kind=kind)
    claim = theorem(
        "ball", source_error=p, radius=max(radius, KINDS[kind].smallest), kind=kind, requirement=requirement
    )
    assert claim.upper == pytest.approx(requirement, abs=1e-7)
    assert claim.detail["break_even_radius"] == pytest.approx(radius)


def test_a_requirement_below_the_source_error_has_a_negative_break_even():
    assert break_even("ball", 0.1, source_error=0.2, kind="kl") == pytest.approx(-0.1)
    assert break_even("hdh", 0.1, source_error=0.2, discrepancy=0.3) == pytest.approx(-0.4)
    assert break_even("ball", 0.5, source_error=0.0, kind="chi2") is None  # no finite radius reaches it


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_balls_are_the_worst_two_point_law_by_search(kind):
    """The slow oracle: the largest q on a grid whose two-point divergence is within the radius."""
    formulas = {
        "tv": lambda p, q: abs(q - p),
        "chi2": lambda p, q: (q - p) ** 2 / p + (q - p) ** 2 / (1 - p),
        "kl": lambda p, q: sum(a * math.log(a / b) for a, b in ((q, p), (1 - q, 1 - p)) if a > 0),
        "hellinger": lambda p, q: 1 - math.sqrt(p * q) - math.sqrt((1 - p) * (1 - q)),
        "ratio": lambda p, q: max(q / p, (1 - q) / (1 - p)),
    }
    grid = np.linspace(0, 1, 20001)
    for p, extra in itertools.product((0.05, 0.3, 0.7), (0.0, 0.02, 0.2)):
        radius = KINDS[kind].smallest + extra
        within = [q for q in grid if formulas[kind](p, q) <= radius + 1e-12]
        claim = theorem("ball", source_error=p, radius=radius, kind=kind)
        assert claim.upper == pytest.approx(max(within), abs=1e-4)
        assert claim.lower == pytest.approx(min(within), abs=1e-4)


@given(st.integers(1, 30), st.integers(50, 10**6), st.floats(0.001, 0.5))
def test_vc_never_claims_less_than_what_is_proved(d, n, delta):
    claim = theorem("vc", error=0.0, n=n, d=d, delta=delta)
    assert claim.upper == max(vc_term(n, d, delta), proved_vc_term(n, d, delta))
    if vc_term(n, d, delta) <= 0.30:
        assert claim.upper == vc_term(n, d, delta)


@given(st.integers(1, 20), st.integers(2, 10**6), st.floats(0.001, 0.5))
def test_the_published_deviation_is_never_below_the_sharp_one(d, m, delta):
    assert divergence_term(m, d, delta) >= math.sqrt(math.log(1 / delta) / m)


@given(st.floats(0, 0.5), st.floats(0, 3), st.floats(0, 1))
def test_localised_break_even_is_the_largest_lambda(start, slope, requirement):
    def supremum(level):
        return start + slope * level

    found = localised_break_even(requirement, supremum)
    assert found == pytest.approx(
        min(2.0, (requirement - start) / (1 + slope) if requirement >= start else requirement - start)
    )


# E27 ------------------------------------------------------------------------------------------------------------------


def cuts(z):
    u = np.unique(z)
    return np.concatenate([[u[0] - 1], (u[1:] + u[:-1]) / 2, [u[-1] + 1]])


class FiniteProblem:
    """All thresholds of both orientations on a pooled sample that is the whole population; literal."""

    def __init__(self, seed, inside):
        rng = np.random.default_rng(seed)
        n, m = rng.integers(2, 9, size=2)
        s, t = rng.integers(0, 6, n).astype(float), rng.integers(0, 6, m) + rng.integers(0, 3)
        ys, yt = rng.integers(0, 2, n), rng.integers(0, 2, m)
        rules = [(c, o) for c in cuts(np.concatenate([s, t])) for o in (0, 1)]
        S = np.array([(s > c).astype(int) ^ o for c, o in rules])
        T = np.array([(t > c).astype(int) ^ o for c, o in rules])
        if inside:
            k = rng.integers(len(rules))
            hs, ht = S[k], T[k]
        else:  # any answers, constant on equal rows, by which the source is labelled: a model that memorised it
            answers = {x: rng.integers(0, 2) for x in sorted({*s, *t})}
            hs, ht = (np.array([answers[x] for x in z]) for z in (s, t))
            ys = hs
        self.err_s, self.err_t = (ys != S).mean(1), (yt != T).mean(1)
        self.source_error, self.target_error = (hs != ys).mean(), (ht != yt).mean()
        self.dis_s, self.dis_t = (hs != S).mean(1), (ht != T).mean(1)
        self.S, self.T, self.hs, self.ht = S, T, hs, ht

    def discrepancy(self, joined):
        S, T = (np.vstack([self.S, self.hs]), np.vstack([self.T, self.ht])) if joined else (self.S, self.T)
        return max(abs((a != S).mean(1) - (b != T).mean(1)).max() for a, b in zip(S, T, strict=True))

    def bounds(self, joined=False):
        total = self.err_s + self.err_t
        star = int(total.argmin())
        lam, sigma, tau = total[star], self.err_s[star], self.err_t[star]
        gain = self.dis_t - self.err_s
        space = self.dis_t[self.err_s <= sigma].max()
        found = [
            theorem("version_space", version_space=space, tau=tau, sigma=sigma),
            theorem("localised", lagrangian=gain[self.err_s <= lam].max(), adaptability=lam, level=lam),
            theorem("lagrangian", lagrangian=gain.max(), adaptability=lam),
            theorem(
                "disparity",
                source_error=self.source_error,
                disparity=(self.dis_t - self.dis_s).max(),
                adaptability=lam,
            ),
            theorem(
                "hdh", source_error=self.source_error, discrepancy=self.discrepancy(joined), adaptability=lam
            ),
        ]
        return [self.target_error, *(c.upper for c in found)]


def test_e27_the_order_of_the_bounds_has_no_exception():
    for seed in range(600):
        values = FiniteProblem(seed, inside=True).bounds()
        assert all(a <= b + 1e-12 for a, b in itertools.pairwise(values)), (seed, values)


def test_e27_outside_the_class_hdh_needs_the_correction_and_nothing_else_does():
    failures = 0
    for seed in range(600):
        problem = FiniteProblem(seed, inside=False)
        plain, joined = problem.bounds(), problem.bounds(joined=True)
        assert all(plain[0] <= b + 1e-12 for b in plain[1:5]), seed
        assert joined[0] <= joined[5] + 1e-12, seed
        failures += plain[0] > plain[5] + 1e-12
    assert failures > 0


def test_lower_bounds_hold_in_random_finite_problems():
    rng = np.random.default_rng(3)
    for _ in range(300):
        K = int(rng.integers(2, 5))
        n, m = rng.integers(3, 30, size=2)
        ys, yt, hs, ht, gt = (rng.integers(0, K, k) for k in (n, m, n, m, m))

        def law(y, K=K):
            return np.bincount(y, minlength=K) / len(y)

        err_s, err_t = (hs != ys).mean(), (ht != yt).mean()
        tv = [0.5 * abs(law(a) - law(b)).sum() for a, b in ((ys, yt), (hs, ht))]
        assert theorem("tv_lower", label_tv=tv[0], prediction_tv=tv[1]).lower <= err_s + err_t + 1e-12
        apart = theorem("disagreement", disagreement=(ht != gt).mean()).lower
        assert apart <= max(err_t, (gt != yt).mean()) + 1e-12
        known = theorem("prevalence", prevalence=law(yt), predicted=law(ht))
        assert known.lower - 1e-12 <= err_t <= known.upper + 1e-12
