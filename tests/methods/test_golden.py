"""One world a method in which its assumption holds, and where the source model fails: the control of every row."""

from functools import cache

import numpy as np
import pytest

from tests.methods import worlds
from whytransfer.demo import MEASUREMENTS, domain
from whytransfer.estimators import View
from whytransfer.estimators.label_shift import black_box_shares
from whytransfer.methods import METHODS, MeanScale, NearestNeighbour, SourceOnly, TrAdaBoost
from whytransfer.methods.central_moments import rearranged
from whytransfer.methods.covariances import covariance, power
from whytransfer.methods.linear_transport import monge
from whytransfer.methods.mean_scale import mean_scale
from whytransfer.methods.rlls import rlls_ratio

WORLDS = {
    name: getattr(worlds, name)()
    for name in (
        "moved_units",
        "own_moves",
        "other_shares",
        "other_region",
        "crept",
        "turning",
        "false_friend",
        "another_rule",
        "mixed_rules",
    )
}

# method, world, most by which its error may exceed the least possible one, by parameters where the defaults won't do
GOLDEN = [
    *[
        (name, "moved_units", 0.02, {})
        for name in (
            "mean_scale",
            "coral",
            "central_moments",
            "linear_transport",
            "exact_transport",
            "sinkhorn_transport",
            "class_transport",
            "label_transport",
            "jdot",
            "subspace_alignment",
            "gfk",
            "class_moments",
            "weighted_pooling",
        )
    ],
    *[(name, "other_shares", 0.01, {}) for name in ("bbse", "rlls", "em", "class_kernel_means")],
    *[(name, "other_region", 0.05, {}) for name in ("discriminative", "kmm", "kliep", "ulsif", "rulsif")],
    ("nearest_neighbour", "other_region", 0.05, {"smoothing": 0.0}),
    ("unbalanced_transport", "other_region", 0.1, {}),
    ("class_moments", "own_moves", 0.01, {}),
    ("jdot", "own_moves", 0.01, {}),
    ("jda", "own_moves", 0.02, {}),
    *[(name, "false_friend", 0.1, {}) for name in ("tca", "jda", "tjm", "weighted_pooling", "pooled")],
    ("progressive", "crept", 0.01, {}),
    ("confident", "crept", 0.03, {}),
    ("half_aligned", "crept", 0.01, {}),
    ("neighbours", "crept", 0.03, {}),
    ("gradual", "own_moves", 0.01, {}),
    ("gradual", "turning", 0.15, {}),
    ("feature_augmentation", "another_rule", 0.1, {}),
]


@cache
def kept(world):
    """The source model's error in a world."""
    return WORLDS[world].error(SourceOnly())


@pytest.mark.parametrize(("name", "world", "excess", "params"), GOLDEN)
def test_it_repairs_what_it_is_made_for(name, world, excess, params):
    most = WORLDS[world].bayes + excess
    assert WORLDS[world].error(METHODS[name](**params)) <= most
    # A world that the source model can do says nothing about a method.
    assert kept(world) > most


def test_tradaboost_finds_the_half_that_follows_the_rule():
    world = WORLDS["mixed_rules"]
    assert world.error(SourceOnly()) > 0.2
    assert world.error(TrAdaBoost(), known=150) < 0.05


def test_nearest_neighbour_counts():
    """Sources at 0, 1, 5; target rows at .1, .2, 6: two nearest to the first, one to the last."""
    method = NearestNeighbour()
    domains = _domains([[0.0], [1.0], [5.0]], [0, 1, 1], [[0.1], [0.2], [6.0]])
    assert method.weights(domains, []).tolist() == [3.0, 1.0, 2.0]


def _domains(source, codes, target):
    from whytransfer.methods.domains import Domains

    return Domains(
        source=np.array(source),
        codes=np.array(codes),
        target=np.array(target),
        classes=int(max(codes)) + 1,
        seed=0,
    )


# ---------------------------------------------------------------- closed forms


def test_mean_scale_of_gaussians_is_the_known_map():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 3))
    T = X * [2.0, 0.5, 1.0] + [1.0, -4.0, 0.0]
    assert mean_scale(X, X, T) == pytest.approx(T, abs=1e-12)


def test_a_column_that_is_constant_in_the_target_is_moved_only():
    X, T = np.array([[0.0], [2.0]]), np.array([[5.0], [5.0]])
    assert mean_scale(X, X, T).ravel().tolist() == [4.0, 6.0]


def test_linear_monge_map_is_the_gaussian_closed_form():
    """Between N(0, S) and N(0, ASA) with symmetric positive A the map is A itself."""
    S = np.array([[2.0, 0.5], [0.5, 1.0]])
    A = np.array([[1.5, -0.4], [-0.4, 0.8]])
    assert monge(S, A @ S @ A) == pytest.approx(A, abs=1e-12)
    # In one column: the ratio of the standard deviations.
    assert monge(np.array([[4.0]]), np.array([[9.0]])) == pytest.approx(1.5)


def test_coral_takes_one_covariance_to_the_other():
    S, T = np.array([[2.0, 0.5], [0.5, 1.0]]), np.array([[1.0, -0.3], [-0.3, 3.0]])
    A = power(S, -0.5) @ power(T, 0.5)
    assert pytest.approx(T, abs=1e-12) == A.T @ S @ A
    assert power(np.diag([4.0, 9.0]), 0.5) == pytest.approx(np.diag([2.0, 3.0]))


def test_shrinkage_fades_and_a_ridge_is_a_ridge():
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(5000, 2)) @ np.array([[2.0, 0.0], [1.0, 1.0]])
    assert covariance(rows, None) == pytest.approx(np.array([[5.0, 1.0], [1.0, 1.0]]), abs=0.2)
    assert covariance(rows, 1.0) == pytest.approx(np.cov(rows, rowvar=False) + np.eye(2))
    assert covariance(rows[:1], None) == pytest.approx(np.eye(2))


def test_rearrangement_makes_all_central_moments_equal():
    """exp of a Gaussian: skewed, with heavy tails; equal sizes, so that the rearrangement is exact."""
    rng = np.random.default_rng(2)
    here, there = rng.normal(size=500), np.exp(rng.normal(size=500))
    moved = rearranged(here, there)
    assert np.sort(moved) == pytest.approx(np.sort(there), abs=1e-12)
    assert (np.argsort(moved) == np.argsort(here)).all()
    for k in range(2, 6):
        assert ((moved - moved.mean()) ** k).mean() == pytest.approx(((there - there.mean()) ** k).mean())


# THEORY E10: joint confusion and predictions of 1[x > 0], N(±1, 1), shares .5 and .9.
RIGHT, WRONG = 0.420672, 0.079328
JOINT = np.array([[RIGHT, WRONG], [WRONG, RIGHT]])
PREDICTED = np.array([0.226924, 0.773076])


def test_label_shift_weights_are_exact_on_expected_confusions():
    cells = np.round(JOINT.ravel() * 10**6).astype(int)
    view = View(
        classes=2,
        source_codes=np.repeat([0, 0, 1, 1], cells),
        source_labels=np.repeat([0, 1, 0, 1], cells),
        target_codes=np.repeat([0, 1], np.round(PREDICTED * 10**6).astype(int)),
    )
    assert black_box_shares(view) / 0.5 == pytest.approx([0.2, 1.8], abs=1e-5)
    assert rlls_ratio(JOINT, PREDICTED, rho=0.0) == pytest.approx([0.2, 1.8], abs=1e-5)


def test_rlls_goes_to_no_shift_as_the_penalty_grows():
    weights = [rlls_ratio(JOINT, PREDICTED, rho)[1] for rho in (0.0, 0.1, 0.2, 0.3, 10.0)]
    assert weights == sorted(weights, reverse=True)
    assert weights[-1] == 1.0


def test_penguins_by_means_and_scales():
    """Adelie to Gentoo, as in the article's demonstration; the target's labels only check."""
    Adelie, Gentoo = (domain(name).dropna(subset=["sex"]) for name in ("Adelie", "Gentoo"))
    X, T = Adelie[MEASUREMENTS], Gentoo[MEASUREMENTS]
    adapted = MeanScale().fit(X, Adelie["sex"], target=T)
    kept = SourceOnly().fit(X, Adelie["sex"], target=T)
    assert (adapted.predict(T) != Gentoo["sex"]).mean() <= 0.10
    assert (kept.predict(T) != Gentoo["sex"]).mean() > 0.3


def test_every_method_has_a_golden_row():
    elsewhere = {"source": "the control of every row", "tradaboost": "a test of its own, with more labels"}
    assert {row[0] for row in GOLDEN} | elsewhere.keys() >= {
        name for name, kind in METHODS.items() if kind.family != "deep"
    }
