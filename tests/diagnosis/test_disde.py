"""The change in error, split: sums to the whole, each part found where it was planted, refused where nothing is shared."""

import numpy as np
import pytest

import whytransfer as wt
from whytransfer import lab
from whytransfer.diagnosis import decompose, shared_weights
from whytransfer.diagnosis.disde import split_change
from whytransfer.overlap import DomainClassifier


@pytest.fixture
def without_back_test(monkeypatch):
    """Half of an audit's time, and no part in its waterfall."""
    monkeypatch.setattr("whytransfer.steps.run.backtest.record", lambda *case: None)


def split(world, seed=0, n=2000):
    source, target = world.draw(n, n, seed)
    overlap = DomainClassifier.fit(source.X, target.X, seed)
    wrong = world.model(source.X) != source.y, world.model(target.X) != target.y
    return decompose(*wrong, np.ones(n, dtype=bool), overlap, seed)


def test_the_parts_add_up():
    found = split(lab.planted_inputs())
    total = found.inputs.value + found.meaning.value + found.unseen.value
    assert total == pytest.approx(found.target_error - found.source_error, abs=1e-12)
    for part in (found.inputs, found.meaning, found.unseen):
        assert part.lower <= part.value <= part.upper


def test_a_change_of_meaning_is_all_in_its_own_part():
    world = lab.concept_shift(flipped=0.2)
    found = split(world)
    effect = world.truth["error_target"] - world.truth["error_source"]
    assert found.meaning.lower <= effect <= found.meaning.upper
    assert found.meaning.lower > 0.1
    assert abs(found.inputs.value) < 0.02 and abs(found.unseen.value) < 0.02


def test_a_shift_of_the_inputs_is_in_theirs():
    """Along the first column the same rows keep their errors: the meaning's part holds 0."""
    found = split(lab.planted_inputs())
    assert found.meaning.lower <= 0.0 <= found.meaning.upper
    assert found.inputs.value + found.unseen.value < -0.03


@pytest.mark.parametrize("by", [5.0, 40.0])
def test_disjoint_supports_refuse(by):
    rng = np.random.default_rng(0)
    S, T = rng.random((500, 2)), rng.random((500, 2)) + by
    overlap = DomainClassifier.fit(S, T, 0)
    found = decompose(rng.random(500) < 0.1, rng.random(500) < 0.4, np.ones(500, dtype=bool), overlap, 0)
    assert (found.inputs, found.meaning, found.unseen) == (None, None, None)
    assert "share" in found.reason


def test_too_few_labels_refuse():
    world = lab.planted_inputs()
    source, target = world.draw(300, 300, 0)
    overlap = DomainClassifier.fit(source.X, target.X, 0)
    labelled = np.arange(300) < 10
    found = decompose(np.zeros(300, dtype=bool), np.zeros(300, dtype=bool), labelled, overlap, 0)
    assert found.meaning is None
    assert "fewer than" in found.reason


def test_the_shared_law_by_hand():
    """Weights w/(1+w) of S and 1/(1+w) of T make one and the same law, proportional to s·t/(s+t)."""
    rng = np.random.default_rng(1)
    S, T = rng.normal(size=(4000, 1)), rng.normal(size=(4000, 1)) + 1
    here, there = shared_weights(DomainClassifier.fit(S, T, 0))
    grid = np.linspace(-8, 9, 4001)
    s, t = np.exp(-(grid**2) / 2), np.exp(-((grid - 1) ** 2) / 2)
    law = s * t / (s + t)
    law /= law.sum()
    mean = float((law * grid).sum())
    assert np.average(S[:, 0], weights=here) == pytest.approx(mean, abs=0.06)
    assert np.average(T[:, 0], weights=there) == pytest.approx(mean, abs=0.06)


def test_an_audit_refuses_and_says_so(without_back_test):
    problem = lab.support_shift(by=1.0).sample(200, 200, 0)
    audit = wt.audit(problem, theorems=[])
    told = audit.document["diagnosis"]["decomposition"]
    assert told["meaning"] is None and told["reason"]
    step = next(s for s in audit.document["waterfall"] if s["label"] == "change of meaning")
    assert step["value"] is None and step["reason"] == told["reason"]


def test_waterfalls_with_and_without_labels(without_back_test):
    source, target = lab.concept_shift().draw(400, 400, 1)
    blind = wt.audit(wt.Problem(source.X, source.y, target.X), theorems=[]).document["waterfall"]
    assert [s["label"] for s in blind] == [
        "error on the source",
        "shift of the inputs",
        "change of meaning",
        "error on the target",
    ]
    assert blind[2]["value"] is None and blind[2]["reason"] == "can't be seen without target labels"
    seen = wt.audit(wt.Problem(source.X, source.y, target.X, target.y), theorems=[]).document["waterfall"]
    assert [s["kind"] for s in seen] == ["error", "change", "change", "change", "error"]
    assert seen[2]["value"] > 0.1


def test_limits_are_the_fifth_percentiles_of_the_bootstrap_on_both_sides():
    """With equal weights the shared law is each domain's own, and the change of meaning a difference of two means."""
    wrong, missed = np.arange(400) < 80, np.arange(300) < 120
    spread = np.sqrt(0.2 * 0.8 / 400 + 0.4 * 0.6 / 300)
    parts = [
        split_change(wrong, np.ones(400), missed, np.ones(300), None, seed).meaning for seed in range(20)
    ]
    assert [part.value for part in parts] == [pytest.approx(0.2)] * 20
    # A percentile of 400 draws has a standard error of .11 spreads: .024 over twenty seeds.
    assert np.mean([(p.value - p.lower) / spread for p in parts]) == pytest.approx(1.645, abs=0.1)
    assert np.mean([(p.upper - p.value) / spread for p in parts]) == pytest.approx(1.645, abs=0.1)
