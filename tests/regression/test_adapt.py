"""Adapting a model of a quantity: kept without labels, changed where labels show a gain."""

import numpy as np
import pytest

import whytransfer as wt
from tests.regression.conftest import table
from whytransfer.errors import InputError
from whytransfer.methods.numeric import NUMERIC_METHODS, NumericMethod


def moved(seed=0, labels=80):
    """Labels there are 1.5 y + 3: a change of meaning that only labels show."""
    source, target = table(200, seed=seed), table(240, shift=0.3, seed=seed + 1)
    target["y"] = 1.5 * target.y + 3.0
    problem = wt.Problem.read(source, target, "y", use_target_labels=True)
    rows = np.random.default_rng(seed).permutation(240)[:labels]
    return problem, {int(r): float(target.y[r]) for r in rows}


def test_without_labels_the_source_model_is_kept(labelled):
    made = wt.adapt(labelled)
    assert made.choice.name == "source" and made.choice.refused
    assert "no gain can be shown" in made.choice.why
    assert made.claim("loss_ceiling").upper == 0.0
    with pytest.raises(InputError, match="use predict"):
        made.predict_proba(labelled.target.rows)


def test_labels_show_a_gain_that_the_other_rows_confirm(tmp_path):
    problem, labels = moved()
    made = wt.adapt(problem, ["mean_scale", "pooled"], target_labels=labels)
    assert made.choice.name == "pooled" and made.choice.lower > 0
    assert made.claim("expected_gain").confidence == 0.95  # of whichever of the two is chosen
    rest = np.setdiff1d(np.arange(240), list(labels))
    truth, kept = problem.target.labels[rest], wt.adapt(problem, [])
    rows = problem.target.take(rest)
    assert np.abs(made.predict(rows) - truth).mean() < np.abs(kept.predict(rows) - truth).mean()
    # Spent rows leave later claims.
    assert not set(made.splits.target_evaluate.tolist()) & set(labels)
    made.to_json(tmp_path / "a.json")
    audit = made.audit
    assert audit.claim("target_error.direct").detail["rows"] == len(made.splits.target_evaluate)
    assert audit.document["adaptation"]["choice"]["name"] == made.choice.name
    made.save(tmp_path / "m.skops")
    from whytransfer.models.saved import load_model

    assert np.array_equal(load_model(tmp_path / "m.skops").predict(rows), made.predict(rows))


def test_labels_without_a_gain_keep_the_source_model(labelled):
    rng = np.random.default_rng(5)
    rows = rng.permutation(labelled.target.n)[:60]
    made = wt.adapt(
        labelled, ["mean_scale", "jdot"], target_labels={int(r): labelled.target.labels[r] for r in rows}
    )
    assert made.choice.name == "source" and "no candidate is shown" in made.choice.why


@pytest.mark.parametrize("name", NUMERIC_METHODS)
def test_every_method_fits_and_predicts(name, domains):
    source, target = domains
    known = np.where(np.arange(len(target)) < 30, target.y, np.nan)
    made = NumericMethod(name).fit(
        source[["a", "b", "c"]], source.y, target=target[["a", "b", "c"]], target_y=known
    )
    said = made.predict(target[["a", "b", "c"]])
    assert said.shape == (len(target),) and np.isfinite(said).all()
    # Better than nothing: on this mild shift no method loses what the source model knows.
    assert np.abs(said - target.y).mean() < np.abs(target.y - target.y.mean()).mean()


def test_joint_transport_by_hand():
    """Two clusters that swap nothing: partners carry their labels, so that the target is fitted on them."""
    X = np.repeat([[0.0], [1.0]], 20, axis=0)
    y = np.repeat([1.0, 5.0], 20)
    made = NumericMethod("jdot").fit(X, y, target=X + 0.2)
    assert made.predict(np.array([[0.2], [1.2]])) == pytest.approx([1.0, 5.0], abs=0.2)


@pytest.mark.parametrize(
    ("methods", "words"),
    [
        (["dann"], "method for a quantity"),
        ("coral", "a list of one"),
        (["pooled"], "learns from target labels"),
        (["coral", "coral"], "twice"),
    ],
)
def test_refused(labelled, methods, words):
    with pytest.raises((InputError, KeyError), match=words):
        wt.adapt(labelled, methods)
