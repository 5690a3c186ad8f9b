"""The audit of an adapted model: which rows it looks at, what its document says, and that the model survives a file."""

import json
from pathlib import Path

import numpy as np
import pytest

import whytransfer as wt
from tests.adapt.conftest import moved
from whytransfer.models.saved import load_model
from whytransfer.report.validate import validate


@pytest.fixture
def adapted(quick, always):
    always("mean_scale")
    X, y, T, yt = moved()
    return wt.adapt(wt.Problem(X, y, T, yt), methods=["mean_scale"]), X, y, T, yt


def test_the_audit_is_about_this_model_and_about_rows_that_no_step_has_seen(adapted):
    found, X, y, T, yt = adapted
    audit, rows = found.audit, found.splits.target_evaluate
    assert np.array_equal(audit.model.predict_proba(T), found.predict_proba(T))
    direct = audit.claim("target_error.direct")
    assert direct.detail["rows"] == len(rows)
    assert direct.estimate == (found.predict(T[rows]) != yt[rows]).mean()
    assert direct.level is wt.Level.PROVED
    own = found.splits.source_evaluate
    assert audit.claim("source_error").estimate == (found.predict(X[own]) != y[own]).mean()
    assert set(audit.splits.target_evaluate) | set(audit.splits.target_choose) == set(rows)
    assert "adapted model" in audit.verdict.subject
    assert found.audit is audit


def test_the_document_holds_the_adaptation_and_is_valid(adapted, tmp_path):
    found, *_ = adapted
    text = found.to_json(tmp_path / "a.json")
    document = json.loads(text)
    validate(document)
    assert [c["name"] for c in document["candidates"]] == ["source", "mean_scale"]
    assert document["adaptation"]["choice"]["name"] == "mean_scale"
    assert [c["id"] for c in document["adaptation"]["claims"]][:2] == ["loss_ceiling", "expected_gain"]
    again = wt.Audit.from_json(tmp_path / "a.json")
    assert again.to_json() == text
    found.audit.to_html(tmp_path / "a.html")
    assert "mean_scale" in (tmp_path / "a.html").read_text(encoding="utf-8")


def test_a_saved_model_predicts_the_same_and_an_audit_takes_it(adapted, tmp_path):
    found, X, y, T, yt = adapted
    path = tmp_path / "m.skops"
    found.save(path)
    loaded = load_model(Path(path))
    assert np.array_equal(loaded.predict_proba(T), found.predict_proba(T))
    audit = wt.audit(wt.Problem(X, y, T, yt), model=loaded, trained_on_source=False, theorems=[])
    assert audit.claim("target_error.direct").estimate == (found.predict(T) != yt).mean()


def test_nothing_is_left_to_audit(quick):
    X, y, T, yt = moved(m=30)
    spent = wt.adapt(wt.Problem(X, y, T), methods=[], target_labels=dict(enumerate(yt.tolist())))
    with pytest.raises(wt.InputError, match="no target row is left"):
        _ = spent.audit
