"""The margin disparity bound: its two inequalities, small worlds, a limit that covers, and what it refuses."""

from math import log, sqrt

import numpy as np
import pytest
from scipy.stats import binom

import whytransfer as wt
from whytransfer.claims import Claim, Level, Unit
from whytransfer.errors import InputError, SurrogateError, UnitError
from whytransfer.hypotheses import margin_disparity, margin_losses

RHO = 0.5


def phi(scores, label, rho):
    """Φ_ρ of one row, literally."""
    lead = (scores[label] - max(s for k, s in enumerate(scores) if k != label)) / 2
    return 1.0 if lead <= 0 else max(0.0, 1.0 - lead / rho)


def test_losses_are_the_literal_ones():
    rng = np.random.default_rng(0)
    scores, codes = rng.integers(-3, 4, (5, 40, 3)) / 4, rng.integers(0, 3, 40)
    literal = [[phi(row, label, RHO) for row, label in zip(f, codes, strict=True)] for f in scores]
    np.testing.assert_allclose(margin_losses(scores, codes, RHO), literal, atol=1e-15)


class World:
    """Two laws on four points and K labels, a model by scores, and three scorers; scores tie often."""

    def __init__(self, seed):
        rng = np.random.default_rng(seed)
        self.K, points = int(rng.integers(2, 4)), 4
        self.joint = rng.dirichlet(np.full(points * self.K, 0.3), 2).reshape(2, points, self.K)
        self.f, self.F = rng.integers(0, 4, (points, self.K)) / 2, rng.integers(0, 4, (3, points, self.K)) / 2
        self.h = self.f.argmax(axis=1)
        self.err = [
            float(sum(D[x, y] for x in range(points) for y in range(self.K) if y != self.h[x]))
            for D in self.joint
        ]
        gaps = [self.mean(1, g, self.h) - self.mean(0, g, self.h) for g in self.F]
        self.disparity = max(gaps)
        self.lam = min(self.margin_error(0, g) + self.margin_error(1, g) for g in self.F)

    def mean(self, domain, scores, labels):
        mass = self.joint[domain].sum(axis=1)
        return sum(p * phi(s, k, RHO) for p, s, k in zip(mass, scores, labels, strict=True))

    def margin_error(self, domain, scores):
        D = self.joint[domain]
        return sum(D[x, y] * phi(scores[x], y, RHO) for x in range(len(D)) for y in range(self.K))

    def bound(self, **changed):
        terms = {"source_error": self.err[0], "margin_disparity": self.disparity, "adaptability": self.lam}
        return wt.theorem("margin_disparity", **terms | changed, rho=RHO).upper


@pytest.fixture(scope="module")
def worlds():
    return [World(seed) for seed in range(1500)]


def test_no_small_world_contradicts_it(worlds):
    assert all(w.err[1] <= w.bound() + 1e-12 for w in worlds)


def test_it_implies_the_published_form(worlds):
    for w in worlds:
        published = w.bound(source_error=min(1.0, w.margin_error(0, w.f)))
        assert w.bound() <= published + 1e-12


def test_without_the_adaptability_it_fails(worlds):
    assert sum(w.err[1] > w.bound(adaptability=0.0) + 1e-9 for w in worlds) > 10


def test_the_adaptability_of_the_rules_may_not_stand_in():
    # f* is right on both points, with margins ρ/4 and ρ; h is wrong on the target point: see the page's worked number.
    scorer_s, scorer_t = [[[RHO / 2, 0.0]]], [[[2 * RHO, 0.0]]]
    found = margin_disparity((scorer_s, scorer_t), (np.array([0]), np.array([1])), rho=RHO)
    lam = margin_losses(scorer_s, [0], RHO).item() + margin_losses(scorer_t, [0], RHO).item()
    assert (found.estimate, lam) == pytest.approx((0.25, 0.75))
    said = {"source_error": 0.0, "margin_disparity": found.estimate, "rho": RHO}
    assert wt.theorem("margin_disparity", **said, adaptability=lam).upper == pytest.approx(1.0)
    assert wt.theorem("margin_disparity", **said, adaptability=0.0).upper < 1.0


def draw(rng, n, shift):
    """x uniform on [shift, 1 + shift], y = 1[x > ½] with a tenth of the labels wrong; scores of ±(x − cut)."""
    x = rng.random(n) + shift
    y = (x > 0.5) ^ (rng.random(n) < 0.1)
    scores = np.stack([np.stack([cut - x, x - cut], axis=1) for cut in (0.3, 0.5, 0.8)])
    return scores, (x > 0.4).astype(int), y.astype(int)


def test_limits_cover_and_the_control_does_not():
    rho, n, runs, delta = 0.1, 60, 400, 0.1
    big = [draw(np.random.default_rng(9), 400_000, shift) for shift in (0.0, 0.3)]
    losses = [margin_losses(s, h, rho).mean(axis=1) for s, h, _ in big]
    lam = min(sum(margin_losses(s, y, rho).mean(axis=1) for s, _, y in big))
    sup, err_t = float((losses[1] - losses[0]).max()), float((big[1][1] != big[1][2]).mean())
    misses = np.zeros(3, dtype=int)
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        (s, h, y), (t, g, _) = draw(rng, n, 0.0), draw(rng, n, 0.3)
        claim = margin_disparity((s, t), (h, g), rho=rho, delta=delta)
        terms = {
            "source_error": float((h != y).mean()),
            "margin_disparity": claim,
            "rho": rho,
            "n": n,
            "m": n,
        }
        upper = wt.theorem("margin_disparity", **terms, adaptability=lam, delta=delta).upper
        misses += [claim.upper < sup, upper < err_t, claim.estimate < sup]
    assert (misses[:2] <= binom.ppf(0.999, runs, delta)).all()
    # The control: without its term the maximum lies below the supremum far too often.
    assert misses[2] > binom.ppf(0.999, runs, delta)


def test_limits_are_one_hoeffding_term():
    rng = np.random.default_rng(1)
    scores = rng.random((4, 30, 3)), rng.random((4, 20, 3))
    answers = rng.integers(0, 3, 30), rng.integers(0, 3, 20)
    means = [margin_losses(s, a, RHO).mean(axis=1) for s, a in zip(scores, answers, strict=True)]
    sup = (means[1] - means[0]).max()
    for more, spread in (
        ({}, 1 / 30 + 1 / 20),
        ({"groups": (np.arange(30) // 3, None)}, 1 / 10 + 1 / 20),
        ({"target_is_whole": True}, 1 / 30),
    ):
        claim = margin_disparity(scores, answers, rho=RHO, **more)
        assert claim.upper == pytest.approx(sup + sqrt(spread * log(20) / 2))


def found(**more):
    scores = np.zeros((2, 5, 2)), np.zeros((2, 4, 2))
    return margin_disparity(scores, (np.zeros(5, int), np.zeros(4, int)), rho=RHO, **more)


def test_what_a_search_found_is_refused():
    witness = found(exact=False)
    assert (witness.level, witness.upper) == (Level.WITNESS, None)
    for sizes in ({}, {"n": 5, "m": 4}):
        with pytest.raises(SurrogateError, match="witness"):
            wt.theorem(
                "margin_disparity",
                source_error=0.1,
                margin_disparity=witness,
                adaptability=0.1,
                rho=RHO,
                **sizes,
            )


def test_terms_of_other_margins_classes_or_losses_are_refused():
    lam = Claim(id="adaptability.x", quantity="adaptability", unit=Unit.ERROR, level=Level.PROVED, upper=0.1,
                confidence=0.99, hypothesis_class="others", loss="margin(0.5)")  # fmt: skip
    plain = wt.hypotheses("thresholds").disparity(([0, 1], [1, 1]), [0.0, 1.0], [0.5, 0.7])
    for terms, message in (
        ({"margin_disparity": found(), "adaptability": 0.1, "rho": 0.25}, "margin"),
        ({"margin_disparity": found(), "adaptability": lam, "rho": RHO}, "one class"),
        ({"margin_disparity": plain, "adaptability": 0.1, "rho": RHO}, "zero_one"),
    ):
        with pytest.raises(UnitError, match=message):
            wt.theorem("margin_disparity", source_error=0.1, **terms)


def test_either_source_error_may_be_given():
    counted = wt.theorem("clopper_pearson", errors=3, n=50, delta=0.02)
    claim = wt.theorem(
        "margin_disparity", source_error=counted, margin_disparity=found(), adaptability=0.1, rho=RHO
    )
    assert (claim.loss, claim.confidence) == ("zero_one", pytest.approx(0.93))
    assert {a.id for a in claim.assumptions} >= {"models_independent_of_rows", "margin_adaptability_at_most"}


@pytest.mark.parametrize(
    ("scores", "codes", "rho", "message"),
    [
        ([[0.1, 0.2]], [0], 0.0, "rho"),
        ([[0.1, 0.2]], [2], 1.0, "codes"),
        ([[0.1]], [0], 1.0, "K >= 2"),
        ([[0.1, 0.2]], [0, 1], 1.0, "2 rows"),
        ([[0.1, np.nan]], [0], 1.0, "finite"),
    ],
)
def test_bad_scores(scores, codes, rho, message):
    with pytest.raises(InputError, match=message):
        margin_losses(scores, codes, rho)
