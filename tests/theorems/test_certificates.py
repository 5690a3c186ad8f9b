"""Bounds from samples of a world whose truth is known: they hold as often as they say, and only if what they assume holds."""

import pytest
from scipy.stats import binom

from whytransfer.claims.intervals import interval
from whytransfer.hypotheses import hypotheses
from whytransfer.lab import worked_example
from whytransfer.theorems import theorem

DRAWS, ROWS, DELTA = 150, 200, 0.1
H = hypotheses("thresholds")


def upper_limits(world, seed, lam, sigma, tau):
    source, target = world.draw(ROWS, ROWS, seed)
    args = (world.model, source.X, source.y, target.X)
    errors = int((world.model(source.X) != source.y).sum())
    rate = interval("clopper_pearson", errors, ROWS, DELTA / 2)
    disparity = H.disparity(world.model, source.X, target.X)
    claims = {
        "hdh": theorem(
            "hdh",
            source_error=rate,
            discrepancy=H.discrepancy(source.X, target.X, h=world.model, delta=DELTA / 2),
            adaptability=lam,
        ),
        "disparity": theorem(
            "disparity",
            source_error=rate,
            disparity=disparity,
            adaptability=lam,
            n=ROWS,
            m=ROWS,
            delta=DELTA,
        ),
        "lagrangian": theorem("lagrangian", lagrangian=H.lagrangian(*args, delta=DELTA), adaptability=lam),
        "localised": theorem(
            "localised", lagrangian=H.lagrangian(*args, level=lam, delta=DELTA), adaptability=lam
        ),
        "version_space": theorem(
            "version_space", version_space=H.version_space(*args, sigma=sigma, delta=DELTA), tau=tau
        ),
    }
    assert all(c.detail["delta"] == pytest.approx(DELTA) for c in claims.values())
    return {name: c.upper for name, c in claims.items()}


def misses(world, lam, sigma, tau):
    truth = world.truth["error_target"]
    counts = dict.fromkeys(("hdh", "disparity", "lagrangian", "localised", "version_space"), 0)
    for seed in range(DRAWS):
        for name, upper in upper_limits(world, seed, lam, sigma, tau).items():
            # A withheld bound says that the assumption is rejected: wrong here, so it counts.
            counts[name] += upper is None or upper < truth
    return counts


def test_certificates_hold_when_their_assumption_does():
    world = worked_example()
    found = misses(world, lam=0.15, sigma=0.05, tau=0.10)
    assert max(found.values()) <= binom.ppf(0.999, DRAWS, DELTA), found


def test_the_control_fails_a_tau_that_is_too_small_makes_the_bound_wrong():
    world = worked_example(target_flip=0.35)
    truth = world.truth["error_target"]
    upper = [upper_limits(world, seed, 0.05, 0.05, 0.0)["version_space"] for seed in range(20)]
    assert all(u is not None and u < truth for u in upper)
    honest = [upper_limits(world, seed, 0.40, 0.05, 0.35)["version_space"] for seed in range(20)]
    assert sum(u >= truth for u in honest) >= 17


def test_a_sigma_below_the_best_of_the_class_is_rejected_almost_always():
    world = worked_example(source_flip=0.2)
    rejected = [upper_limits(world, seed, 0.3, 0.02, 0.1)["version_space"] is None for seed in range(20)]
    assert sum(rejected) >= 19
