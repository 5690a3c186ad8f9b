"""Baselines of a quantity: they audit as the files do, to the last digit, and their files are refused when they don't fit."""

import hashlib
import io
import json
import zipfile

import numpy as np
import pytest

import whytransfer as wt
from tests.regression.conftest import table
from whytransfer.report.validate import validate

ASKED = {"tolerance": 6.0, "metric": "rmse", "loss_cap": 15.0}
FIGURES = ("estimate", "lower", "upper", "confidence", "level", "loss", "unit")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("numbers")
    source = table(120, seed=1)
    source.loc[3, "y"] = np.nan
    paths = {"source": folder / "source.csv", "target": folder / "target.csv", "folder": folder}
    source.to_csv(paths["source"], index=False)
    table(70, shift=0.6, seed=2).to_csv(paths["target"], index=False)
    return paths


@pytest.fixture(scope="module")
def saved(files):
    path = files["folder"] / "nightly.baseline"
    wt.Baseline.fit(files["source"], label="y").save(path)
    return path


@pytest.fixture(scope="module")
def of_files(files):
    problem = wt.Problem.read(files["source"], files["target"], "y", use_target_labels=True)
    return wt.audit(problem, **ASKED)


def test_it_audits_as_the_files_do_to_the_last_digit(files, saved, of_files):
    nightly = wt.Baseline.load(saved).audit(files["target"], use_target_labels=True, **ASKED)
    told = json.loads(nightly.to_json())
    assert told["provenance"].pop("baseline")["kept"] == 120
    # That the label was read as a quantity is said while reading the source, which happened when the baseline was made.
    whole = json.loads(of_files.to_json())
    ours, theirs = (set(document.pop("warnings")) for document in (told, whole))
    assert told == whole
    assert all("read as a quantity" in w for w in ours ^ theirs)
    validate(nightly.document)


def test_the_target_may_be_a_problem_and_loses_labels_that_are_missing(files, saved, of_files):
    target = table(70, shift=0.6, seed=2)
    target.loc[5:, "y"] = np.nan
    problem = wt.Problem.read(files["source"], target, "y", use_target_labels=True)
    claim = wt.Baseline.load(saved).audit(problem, **ASKED).claim("target_error.direct")
    assert claim.detail["rows"] == 5 and of_files.claim("target_error.direct").detail["rows"] == 70


def test_without_a_feature_value_it_certifies_what_it_can(files, of_files, tmp_path):
    path = tmp_path / "none.baseline"
    wt.Baseline.fit(files["source"], label="y", rows=0).save(path)
    audit = wt.Baseline.load(path).audit(files["target"], use_target_labels=True, **ASKED)
    ours, theirs = (one.claim("target_error.direct") for one in (audit, of_files))
    assert [getattr(ours, k) for k in FIGURES] == [getattr(theirs, k) for k in FIGURES]
    here, there = audit.claim("source_error"), of_files.claim("source_error")
    assert here.estimate == there.estimate and there.lower <= here.lower and here.upper <= there.upper
    assert (audit.verdict.answer, audit.verdict.basis) == (of_files.verdict.answer, of_files.verdict.basis)
    assert not audit.claim("target_error.panel").says_something
    validate(audit.document)


def test_fewer_rows_are_said_and_a_requirement_without_a_tolerance_is_the_constant(files):
    few = wt.Baseline.fit(files["source"], "boosted", label="y", rows=60)
    audit = few.audit(files["target"], loss_cap=15.0)
    assert any("of its 120 rows" in w for w in audit.warnings)
    y = few.kept.labels[np.isfinite(few.kept.labels)]
    least = np.minimum(np.abs(y[:, None] - np.quantile(y, np.linspace(0, 1, 101))), 15.0).mean(axis=0).min()
    assert audit.verdict.requirement.value == pytest.approx(least)


def test_whole_numbers_are_a_quantity_where_it_is_said(files):
    stars = table(80, seed=4).assign(y=lambda t: t.y.round().astype(int) % 5)
    baseline = wt.Baseline.fit(stars, label="y", task="regression")
    assert baseline.kept.numeric and baseline.kept.labels.dtype == np.float64
    found = baseline.audit(stars.iloc[:40], tolerance=3.0, loss_cap=5.0, use_target_labels=True)
    assert found.document["problem"]["task"] == "regression"


def array(values):
    out = io.BytesIO()
    np.save(out, np.asarray(values))
    return out.getvalue()


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("labels.npy", array(np.zeros(120, dtype=np.int64))),
        ("labels.npy", array(np.full(120, np.inf))),
        ("said_codes.npy", array(np.full(120, np.nan))),
        ("said_codes.npy", array(np.zeros((120, 2)))),
    ],
)
def test_parts_that_are_no_numbers_are_refused(part, content, saved, tmp_path):
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(tmp_path / "b", "w") as new:
        held = {name: old.read(name) for name in old.namelist()}
        about = json.loads(held["baseline.json"])
        about["parts"][part] = hashlib.sha256(content).hexdigest()
        for name, kept in {**held, part: content, "baseline.json": json.dumps(about).encode()}.items():
            new.writestr(name, kept)
    with pytest.raises(wt.InputError, match="don't fit each other"):
        wt.Baseline.load(tmp_path / "b")


def test_refused_in_one_line(files, saved):
    baseline = wt.Baseline.load(saved)
    for options, words in (
        ({"metric": "f1"}, "metric of a quantity"),
        ({"reference": "x.json"}, "about classes"),
        ({"time_budget": 1.0}, "time_budget"),
        ({"label_noise": 0.1}, "share of wrong classes"),
    ):
        with pytest.raises((wt.InputError, wt.UnknownNameError), match=words):
            baseline.audit(files["target"], tolerance=1.0, **options)
    with pytest.raises(wt.InputError, match="expected a finite number"):
        baseline.audit(table(30).assign(y="many"), tolerance=1.0, use_target_labels=True)
    classes = wt.Baseline.fit(table(60, seed=1).assign(y=lambda t: t.y > 0), "stump", label="y")
    with pytest.raises(wt.InputError, match="is about a quantity"):
        classes.audit(table(30).drop(columns="y"), loss_cap=2.0)
