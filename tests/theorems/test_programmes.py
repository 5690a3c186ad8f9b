"""The linear programmes against closed forms, and their limits against the truth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.stats import beta, binom

from whytransfer.claims import Level, Status
from whytransfer.errors import InputError
from whytransfer.lab import covariate_shift, label_shift
from whytransfer.theorems import theorem
from whytransfer.theorems.couplings import error_range
from whytransfer.theorems.laws import as_box, as_law, jensen_shannon, total_variation


def frechet_by_literal_programme(pi, mu):
    K = len(pi)
    A, b = [], []
    for i in range(K):
        row = np.zeros((K, K))
        row[i] = 1
        A.append(row.ravel())
        b.append(mu[i])
        column = np.zeros((K, K))
        column[:, i] = 1
        A.append(column.ravel())
        b.append(pi[i])
    diagonal = np.eye(K).ravel()
    low, high = (sign * linprog(sign * diagonal, A_eq=A, b_eq=b).fun for sign in (1, -1))
    return 1 - high, 1 - low


def test_e24_e30_frechet_is_what_the_programme_finds():
    rng = np.random.default_rng(2)
    for _ in range(50):
        K = int(rng.integers(2, 6))
        pi, mu = rng.dirichlet(np.full(K, 0.4)), rng.dirichlet(np.full(K, 0.4))
        claim = theorem("prevalence", prevalence=pi, predicted=mu)
        assert (claim.lower, claim.upper) == pytest.approx(frechet_by_literal_programme(pi, mu), abs=1e-7)
        found = error_range(as_box("mu", mu), as_box("pi", pi))
        assert (found.least, found.largest) == pytest.approx((claim.lower, claim.upper), abs=1e-6)


@given(st.floats(0, 1), st.floats(0, 1))
def test_two_classes(pi, mu):
    claim = theorem("prevalence", prevalence=pi, predicted=mu)
    assert claim.lower == pytest.approx(abs(pi - mu), abs=1e-12)
    assert claim.upper == pytest.approx(min(pi + mu, 2 - pi - mu), abs=1e-12)


def test_boxes_contain_every_law_inside():
    rng = np.random.default_rng(4)
    for _ in range(30):
        K = int(rng.integers(2, 5))
        pi, mu = rng.dirichlet(np.ones(K)), rng.dirichlet(np.ones(K))
        box = np.stack([np.maximum(0, pi - 0.05), np.minimum(1, pi + 0.05)], axis=1)
        wide, point = (theorem("prevalence", prevalence=p, predicted=mu) for p in (box, pi))
        assert wide.lower <= point.lower + 1e-6
        assert wide.upper >= point.upper - 1e-6


def test_counts_widen_and_spend_delta():
    exact = theorem("prevalence", prevalence=0.01, predicted=0.02)
    counted = theorem("prevalence", prevalence=0.01, predicted_counts=[980, 20], delta=0.1)
    assert counted.confidence == pytest.approx(0.9)
    assert counted.lower < exact.lower < exact.upper < counted.upper
    high = beta.ppf(1 - 0.05, 21, 980)
    assert counted.upper == pytest.approx(0.01 + high, abs=1e-6)


def label_shift_by_literal_programme(C_box, mu_box, sign):
    """The oracle of shared/oracles/checks2.py, dense and row by row."""
    K = len(mu_box)
    size = K * K + K
    A_eq, b_eq, A, b = [], [], [], []
    for j in range(K):
        row = np.zeros(size)
        row[[i * K + j for i in range(K)]] = 1
        row[K * K + j] = -1
        A_eq.append(row)
        b_eq.append(0)
    row = np.zeros(size)
    row[K * K :] = 1
    A_eq.append(row)
    b_eq.append(1)
    for i in range(K):
        row = np.zeros(size)
        row[i * K : (i + 1) * K] = 1
        A += [row, -row]
        b += [mu_box[i, 1], -mu_box[i, 0]]
        for j in range(K):
            for k, s in ((1, 1), (0, -1)):
                row = np.zeros(size)
                row[i * K + j] = s
                row[K * K + j] = -s * C_box[i, j, k]
                A.append(row)
                b.append(0)
    cost = np.zeros(size)
    cost[[i * K + i for i in range(K)]] = sign
    found = linprog(cost, A_ub=np.array(A), b_ub=b, A_eq=np.array(A_eq), b_eq=b_eq, bounds=[(0, 1)] * size)
    return None if found.status == 2 else 1 - sign * found.fun


def test_the_sparse_programme_is_the_literal_one():
    rng = np.random.default_rng(6)
    for _ in range(20):
        K = int(rng.integers(2, 5))
        C = rng.dirichlet(np.ones(K), size=K).T
        pi = rng.dirichlet(np.ones(K))
        C_box = np.stack([np.maximum(0, C - 0.03), np.minimum(1, C + 0.03)], axis=2)
        mu = C @ pi
        mu_box = np.stack([np.maximum(0, mu - 0.02), np.minimum(1, mu + 0.02)], axis=1)
        found = error_range(mu_box, np.tile([0.0, 1.0], (K, 1)), C_box)
        literal = [label_shift_by_literal_programme(C_box, mu_box, sign) for sign in (-1, 1)]
        assert [found.least, found.largest] == pytest.approx(literal, abs=1e-6)
        assert found.least <= 1 - np.diag(C) @ pi <= found.largest


def test_known_shares_narrow_the_range():
    terms = {"confusion_counts": [[80, 20], [20, 80]], "predicted_counts": [400, 600]}
    free = theorem("label_shift_lp", **terms)
    known = theorem("label_shift_lp", **terms, prevalence=[[0.3, 0.35], [0.65, 0.7]])
    assert free.lower <= known.lower <= known.upper <= free.upper
    assert [a.id for a in known.assumptions] == ["label_shift", "prevalence"]
    assert known.level is Level.CONDITIONAL


def test_a_class_without_source_rows_is_unknown_and_not_an_error():
    claim = theorem("label_shift_lp", confusion_counts=[[50, 0], [5, 0]], predicted_counts=[90, 10])
    assert claim.upper > 0.3
    assert claim.assumptions[0].status is Status.NOT_REJECTED


@pytest.mark.parametrize(
    ("name", "terms", "message"),
    [
        ("prevalence", {"prevalence": 0.1}, "either predicted"),
        ("prevalence", {"prevalence": [0.5, 0.6], "predicted": 0.5}, "add up to 1"),
        ("prevalence", {"prevalence": [0.5, 0.3, 0.2], "predicted": 0.5}, "as many"),
        ("prevalence", {"prevalence": [[0.0, 0.2], [0.1, 0.3]], "predicted": 0.5}, "no probabilities"),
        ("prevalence", {"prevalence": 0.5, "predicted_counts": [1.5, 2]}, "whole counts"),
        ("label_shift_lp", {"confusion": [[1.0]], "predicted": 0.5}, "K >= 2"),
        ("label_shift_lp", {"predicted": 0.5}, "exactly one of each"),
        ("label_shift_lp", {"confusion": [[0.9, 0.1], [0.1, 0.9]], "predicted": [0.2, 0.3, 0.5]}, "K x K"),
        ("importance_weighting", {"weighted_error": 0.1, "largest_weight": 0.5}, "M >= 1"),
        ("importance_weighting", {"weights": [3.0], "losses": [1.0], "largest_weight": 2}, "contradicts"),
        ("importance_weighting", {"weights": [1.0], "largest_weight": 2}, "either weights and losses"),
        (
            "importance_weighting",
            {"weighted_error": 0.1, "n": 9, "largest_weight": 2, "form": "betting"},
            "each row",
        ),
        ("ball", {"source_error": 0.1, "radius": 0.5, "kind": "ratio"}, "at least 1"),
        ("ball", {"source_error": 0.1, "radius": 0.5, "kind": "js"}, "unknown kind of ball"),
        ("vc", {"n": 5, "d": 10, "error": 0.1}, "at least d"),
        ("vc", {"n": 50, "d": 10}, "either errors"),
        ("labelling_functions", {"source_error": 0.1, "total_variation": 0.1}, "one of them is enough"),
    ],
)
def test_bad_terms_get_one_line(name, terms, message):
    with pytest.raises(InputError, match=message) as caught:
        theorem(name, **terms)
    assert "\n" not in str(caught.value)


def test_laws_of_finite_classes():
    assert as_law("p", 0.25).tolist() == [0.75, 0.25]
    assert total_variation([0.5, 0.3, 0.2], [0.2, 0.3, 0.5]) == pytest.approx(0.3)
    assert jensen_shannon(0.0, 1.0) == pytest.approx(1.0)
    assert jensen_shannon(0.0, 1.0, "nats") == pytest.approx(np.log(2))
    assert jensen_shannon(0.3, 0.3) == 0.0


def misses_allowed(draws, delta):
    return binom.ppf(0.999, draws, delta)


def test_label_shift_limits_cover_and_the_control_fails():
    """200 draws: both limits hold; with the labels flipped on the target, label shift is rejected or missed."""
    world, delta, draws = label_shift(source=0.5, target=0.8), 0.1, 200
    truth = world.truth["error_target"]
    missed = 0
    for seed in range(draws):
        source, target = world.draw(400, 400, seed)
        table = np.zeros((2, 2), dtype=int)
        np.add.at(table, (world.model(source.X), source.y), 1)
        claim = theorem(
            "label_shift_lp",
            confusion_counts=table,
            predicted_counts=np.bincount(world.model(target.X), minlength=2),
            delta=delta,
        )
        missed += claim.upper is None or not claim.lower <= truth <= claim.upper
    assert missed <= misses_allowed(draws, 2 * delta)


@pytest.mark.parametrize("form", ["best", "betting", "hoeffding", "cortes"])
def test_importance_weighted_limits_cover(form):
    world, delta, draws = covariate_shift(), 0.1, 100
    truth = world.truth
    missed = 0
    for seed in range(draws):
        source, _ = world.draw(300, 1, seed)
        claim = theorem(
            "importance_weighting",
            weights=world.weights(source.X),
            losses=world.model(source.X) != source.y,
            largest_weight=truth["ratio"],
            second_moment=truth["renyi2"],
            form=form,
            delta=delta,
        )
        missed += claim.upper < truth["error_target"]
    assert missed <= misses_allowed(draws, delta)
    assert claim.upper < 0.6
    assert [a.id for a in claim.assumptions] == ["covariate_shift", "weights_known"]


def test_the_best_form_pays_for_choosing():
    weights, losses = np.full(200, 1.0), np.zeros(200)
    best = theorem("importance_weighting", weights=weights, losses=losses, largest_weight=2)
    alone = {
        form: theorem(
            "importance_weighting",
            weights=weights,
            losses=losses,
            largest_weight=2,
            form=form,
            delta=0.05 / 3,
        )
        for form in ("betting", "hoeffding", "cortes")
    }
    assert best.upper == pytest.approx(min(c.upper for c in alone.values()))
    assert best.confidence == pytest.approx(0.95)
