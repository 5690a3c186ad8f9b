"""Linear and boosted classes: what they find is a member of the class, and never more is claimed."""

from pathlib import Path

import numpy as np
import pytest

from whytransfer.claims import Level
from whytransfer.errors import InputError, SurrogateError
from whytransfer.hypotheses.boosted import Boosted
from whytransfer.hypotheses.cost_sensitive import WeightedRows
from whytransfer.hypotheses.extrema import lower_of_infimum, upper_of_supremum
from whytransfer.hypotheses.linear import Linear, _Descent
from whytransfer.hypotheses.stumps import Stumps

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
BOTH = pytest.mark.parametrize("oracle", [Linear(), Boosted()], ids=["linear", "boosted"])


def blobs(seed, n=60, n_labels=2, spread=1.0):
    rng = np.random.default_rng(seed)
    codes = np.arange(n) % n_labels
    angle = 2 * np.pi * codes / n_labels
    return np.c_[3 * np.cos(angle), 3 * np.sin(angle)] + spread * rng.normal(size=(n, 2)), codes


def wrong(codes, n_labels):
    return (codes[:, None] != np.arange(n_labels)) / len(codes)


@pytest.mark.parametrize("n_labels", [2, 3, 4])
@pytest.mark.parametrize("seed", range(3))
def test_weighted_rows_have_the_cost_up_to_a_constant(seed, n_labels):
    rng = np.random.default_rng(seed)
    cost = rng.normal(size=(8, n_labels))
    data = WeightedRows.of(cost)
    assert (data.weight > 0).all()
    assert data.weight.mean() == pytest.approx(1)

    def both(answers):
        loss = sum(w for i, k, w in zip(data.row, data.label, data.weight, strict=True) if answers[i] != k)
        return loss, cost[np.arange(8), answers].sum()

    (loss0, cost0), *others = [both(rng.integers(0, n_labels, 8)) for _ in range(6)]
    scale = sum(cost.max(axis=1) - cost[:, k] for k in range(n_labels)).sum() / data.weight.sum()
    for loss, value in others:
        assert (loss - loss0) * scale == pytest.approx(value - cost0, abs=1e-9)


@BOTH
@pytest.mark.parametrize("n_labels", [2, 3])
def test_a_clear_problem_is_solved(oracle, n_labels):
    rows, codes = blobs(0, n_labels=n_labels, spread=0.3)
    found = oracle.erm(rows, wrong(codes, n_labels))
    assert found.cost == 0
    assert np.array_equal(found.predict(rows), codes)


@BOTH
@pytest.mark.parametrize("n_labels", [2, 3, 4])
@pytest.mark.parametrize("seed", range(2))
def test_the_cost_is_attained_and_no_worse_than_a_constant(oracle, n_labels, seed):
    rows, _ = blobs(seed, n_labels=n_labels)
    cost = np.random.default_rng(seed).normal(size=(len(rows), n_labels))
    found = oracle.minimise(rows, cost)
    assert not found.exact
    assert cost[np.arange(len(rows)), found.hypothesis.codes(rows)].sum() == pytest.approx(
        found.value, abs=1e-12
    )
    assert found.value <= cost.sum(axis=0).min() + 1e-12


@BOTH
def test_one_label_that_is_always_best_is_a_constant(oracle):
    found = oracle.erm(np.arange(5.0), [[1.0, 0.0, 2.0]] * 5)
    assert (found.cost, found.rule) == (0.0, "always 1")


@BOTH
def test_equal_costs_and_constant_columns_are_harmless(oracle):
    assert oracle.erm(np.ones((4, 2)), np.zeros((4, 2))).cost == 0
    assert oracle.erm(np.ones((4, 2)), wrong(np.array([0, 1, 1, 1]), 2)).cost == pytest.approx(0.25)


@BOTH
def test_the_same_seed_finds_the_same_rule(oracle):
    rows, codes = blobs(3)
    cost = wrong(codes, 2)
    first, second = oracle.minimise(rows, cost), oracle.minimise(rows, cost)
    assert first.value == second.value
    assert np.array_equal(first.hypothesis.codes(rows), second.hypothesis.codes(rows))


@pytest.mark.parametrize("seed", range(8))
def test_linear_rules_of_one_column_reach_the_stumps(seed):
    # In one column and for two labels the linear rules are the stumps, whose minimum is exact.
    rng = np.random.default_rng(seed)
    rows, cost = np.round(rng.normal(size=(40, 1)), 1), rng.normal(size=(40, 2))
    exact = Stumps().minimise(rows, cost).value
    assert Linear().minimise(rows, cost).value == pytest.approx(exact, abs=1e-12)


@pytest.mark.parametrize("n_labels", [2, 3])
@pytest.mark.parametrize("seed", range(6))
def test_a_line_search_finds_the_best_step(seed, n_labels):
    rng = np.random.default_rng(seed)
    rows, cost = np.round(rng.normal(size=(15, 2)), 1), rng.normal(size=(15, n_labels))
    descent = _Descent(rows, cost, seed=0, searches=1)
    start, direction = rng.normal(size=(n_labels, 3)), np.array([0.0, 1.0, rng.normal()])

    def after(step):
        moved = start.copy()
        moved[1] += step * direction
        return descent.cost_of(moved)

    # Answers change only where the moved score crosses another one: try a step between any two crossings.
    slope, scores = descent.design @ direction, descent.design @ start.T
    crossings = np.sort(
        [(scores[i, k] - scores[i, 1]) / slope[i] for i in range(15) for k in {*range(n_labels)} - {1}]
    )
    steps = [crossings[0] - 1, *(crossings[1:] + crossings[:-1]) / 2, crossings[-1] + 1]
    step = descent.best_step(scores, 1, slope)
    assert after(step) == pytest.approx(min(after(d) for d in steps), abs=1e-12)


@pytest.mark.parametrize("factor", [1e-6, 1e6])
def test_units_of_the_columns_do_not_matter_to_linear_rules(factor):
    rows, codes = blobs(5)
    value = Linear().minimise(rows, wrong(codes, 2)).value
    assert Linear().minimise(rows * [factor, 1.0], wrong(codes, 2)).value == pytest.approx(value, abs=1e-12)


def test_a_linear_rule_is_told_in_raw_units():
    rows = np.array([[10.0, 0.0], [20.0, 0.0], [30.0, 0.0], [40.0, 0.0]])
    found = Linear(features=("mass", "none")).erm(rows, wrong(np.array([0, 0, 1, 1]), 2))
    text = found.describe(["light", "heavy"])
    slope, level = text.split("·mass > ")[0], text.split("> ")[1].split(" →")[0]
    assert 20 < float(level) / float(slope) < 30
    assert text.endswith("→ heavy, else light")
    rows, codes = blobs(0, n_labels=3, spread=0.1)
    three = Linear().erm(rows, wrong(codes, 3))
    assert three.describe("abc") == "largest of 3 linear scores: a, b, c"
    with pytest.raises(InputError, match="features"):
        Linear(features=("one",)).erm(rows, wrong(codes, 3))


def test_boosted_rules_say_what_they_are():
    rows, codes = blobs(0)
    found = Boosted(rounds=5, depth=2).erm(rows, wrong(codes, 2))
    assert found.describe(["no", "yes"]) == "boosted trees (5 rounds of depth 2) between no, yes"


@BOTH
def test_no_upper_value_of_a_supremum(oracle):
    rows, codes = blobs(1)
    found = oracle.minimise(rows, wrong(codes, 2))
    with pytest.raises(SurrogateError):
        upper_of_supremum(found.negated(), 0.05, 30, 30)
    with pytest.raises(SurrogateError):
        lower_of_infimum(found, 0.05, 30, 30)
    claim = oracle.disparity((codes[:30], codes[30:]), rows[:30], rows[30:])
    assert claim.level is Level.WITNESS
    assert claim.upper is None
    assert claim.lower is None
    assert oracle.discrepancy(rows[:30], rows[30:]).estimate is None
    with pytest.raises(InputError, match="can't be enumerated"):
        oracle.enumerate(rows)


@BOTH
def test_adaptability_has_an_upper_limit_only(oracle):
    rows, codes = blobs(2, n=120)
    claim = oracle.adaptability(rows[:60], codes[:60], rows[60:], codes[60:])
    assert claim.lower is None
    assert claim.estimate <= claim.upper


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason=f"no benchmark data at {SHARED}")
def test_one_linear_rule_fits_adelie_and_gentoo():
    source, target = (
        np.load(SHARED / "penguin_sex_species" / f"{name}.npz") for name in ("Adelie", "Gentoo")
    )
    claim = Linear().adaptability(source["X"], source["y"], target["X"], target["y"])
    assert claim.estimate <= 0.17
