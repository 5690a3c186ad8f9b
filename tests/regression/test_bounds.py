"""The metric form of the inequality: population forms on small worlds, and coverage where the truth is known."""

import numpy as np
import pytest

from whytransfer.claims import Budget
from whytransfer.claims.intervals import Units
from whytransfer.metrics import loss
from whytransfer.models.regressor_committee import Opinions
from whytransfer.steps.regression import bounds
from whytransfer.steps.regression.counted import WIDE, counted, cut_at

LOSSES = [loss("absolute", 4.0), loss("rmse", 4.0), loss("huber:1", 4.0)]


def measured(one, a, b):
    return one.measured(float(one.powers(a, b).mean()))


@pytest.mark.parametrize("one", LOSSES, ids=lambda one: one.name)
def test_population_forms_on_small_worlds(one):
    """R_T(h) ≤ τ + max R_T(h, h') ≤ ... and the disparity form, on 300 random worlds of a dozen points: no exception."""
    rng = np.random.default_rng(3)
    for _ in range(300):
        here, there = rng.normal(size=(2, 12)) * 2
        h_here, h_there = rng.normal(size=(2, 12)) * 2
        members = rng.normal(size=(4, 2, 12)) * 2
        errors = [(measured(one, m[0], here), measured(one, m[1], there)) for m in members]
        truth = measured(one, h_there, there)
        least = min(s + t for s, t in errors)
        gap = max(measured(one, m[1], h_there) - measured(one, m[0], h_here) for m in members)
        assert truth <= measured(one, h_here, here) + gap + least + 1e-12
        sigma, tau = min(errors, key=sum)
        kept = max(
            measured(one, m[1], h_there) for m, (s, _) in zip(members, errors, strict=True) if s <= sigma
        )
        assert truth <= tau + kept + 1e-12


class Case:
    """What the bounds ask of a case, with nothing speaking against anything."""

    source_withheld = False

    def __init__(self, assume):
        self.assume = assume
        self.budget = Budget.declare(0.2, tuple(bounds.IDS.values()))

    def source_standing(self):
        return None, ()

    def cautious(self, claim, **_):
        return claim


@pytest.mark.coverage
@pytest.mark.parametrize("one", LOSSES, ids=lambda one: one.name)
def test_limits_hold_as_often_as_they_promise(one):
    """Fixed members and a model on a law of eight points, both domains drawn 400 times: each limit may miss in a share δ of them."""
    from scipy.stats import binom

    rng = np.random.default_rng(11)
    points = rng.normal(size=(5, 8)) * 2
    law_s, law_t = rng.dirichlet(np.ones(8)), rng.dirichlet(np.ones(8))
    model, label_s, label_t, *others = points
    members = np.stack([*others, label_s + 0.3])

    def true(law, a, b):
        return one.measured(float(law @ one.powers(a, b)))

    errors = [(true(law_s, m, label_s), true(law_t, m, label_t)) for m in members]
    sigma, tau = min(errors, key=sum)
    target = true(law_t, model, label_t)
    misses = {"direct": 0, "disparity": 0, "version_space": 0}
    repeats, n, m = 400, 60, 40
    for _ in range(repeats):
        s, t = rng.choice(8, n, p=law_s), rng.choice(8, m, p=law_t)
        found = counted(model[t], label_t[t], Units(n=m), 0.1, one)
        misses["direct"] += (found.upper < target) + (found.lower > target)
        rows = bounds.Rows(
            here=model[s],
            there=model[t],
            labels=label_s[s],
            members=Opinions(names=("a", "b", "c"), source=members[:, s], target=members[:, t]),
            units=(Units(n=n), Units(n=m)),
        )
        for assume in ({"lambda": sigma + tau}, {"sigma": sigma, "tau": tau}):
            claims = bounds.evaluate(Case(assume), one, rows, 1.0, list(bounds.IDS.values())).claims
            for claim in claims:
                if claim.upper is not None:
                    misses[claim.theorem] += claim.upper < target
    # Each bound has .05 of the budget above; the two limits of the certificate .1 each.
    for name, allowed in (("direct", 0.2), ("disparity", 0.05), ("version_space", 0.05)):
        assert misses[name] <= binom.ppf(0.999, repeats, allowed), (name, misses)


def test_the_certificate_would_break_without_its_limits():
    """The control: the mean alone misses about half the time, so that the check above could have failed."""
    rng = np.random.default_rng(0)
    truth = np.minimum(np.abs(rng.normal(size=100_000)), 4.0).mean()
    missed = sum(np.minimum(np.abs(rng.normal(size=40)), 4.0).mean() < truth for _ in range(200))
    assert missed > 60


def test_a_cut_far_above_the_errors_costs_nothing_and_one_at_them_does_where_the_model_fails():
    """Lower limits without a cap: why they are cut at `WIDE` times the largest error seen elsewhere."""
    rng = np.random.default_rng(4)
    seen, like = np.abs(rng.normal(size=(2, 80)))
    at = cut_at(seen, np.zeros(80)) / WIDE
    assert at == seen.max()

    def lower(errors, floor):
        return counted(errors, np.zeros(80), Units(n=80), 0.05, loss("absolute"), floor).lower

    assert lower(like, WIDE * at) == pytest.approx(lower(like, at), rel=0.02)
    assert lower(like, WIDE * at) == pytest.approx(lower(like, 1000 * at), rel=0.02)
    assert lower(4 * like, WIDE * at) > 1.2 * lower(4 * like, at)
    assert cut_at(np.zeros(3), np.zeros(3)) is cut_at(np.zeros(0), np.zeros(0)) is None
