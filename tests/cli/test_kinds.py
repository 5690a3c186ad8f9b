"""The command line on labels that are a quantity, on several sources and on weights: codes, files, one line for bad input."""

import json

import numpy as np
import pandas as pd
import pytest

import whytransfer as wt
from tests.regression.conftest import table
from whytransfer.cli import run


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kinds")
    source, target = table(160, seed=1), table(100, shift=0.4, seed=2)
    site = np.where(np.arange(160) % 2, "a", "b")
    source.assign(site=site).to_csv(folder / "here.csv", index=False)
    source.to_csv(folder / "bare.csv", index=False)
    target.assign(w=1 + np.arange(100) % 3).to_csv(folder / "there.csv", index=False)
    source.assign(y=np.where(source.y > 1, "high", "low"), site=site).to_csv(
        folder / "classes.csv", index=False
    )
    return folder


def test_a_quantity_from_the_files_to_the_answer(files, tmp_path, capsys):
    here, there, doc = files / "bare.csv", files / "there.csv", tmp_path / "a.json"
    asked = [
        "--label",
        "y",
        "--tolerance",
        "6",
        "--loss-cap",
        "12",
        "--metric",
        "huber:2",
        "--weights",
        "w",
        "--max-weight",
        "3",
    ]
    code = run(
        [
            "audit",
            str(here),
            str(there),
            *asked,
            "--use-target-labels",
            "--json",
            str(doc),
            "--html",
            str(tmp_path / "a.html"),
        ]
    )
    assert code == 0
    assert "root mean Huber error (knee 2)" in capsys.readouterr().out
    problem = wt.Problem.read(here, there, "y", use_target_labels=True, weights="w")
    own = wt.audit(problem, tolerance=6.0, loss_cap=12.0, metric="huber:2", max_weight=3.0)
    assert json.loads(doc.read_text(encoding="utf-8")) == json.loads(own.to_json())


def test_a_plan_from_the_sheet_to_the_certificate(files, tmp_path, capsys):
    sheet = tmp_path / "rows.csv"
    asked = ["--label", "y", "--tolerance", "5", "--loss-cap", "12", "--budget", "50", "--out", str(sheet)]
    assert run(["labels", "plan", str(files / "here.csv"), str(files / "there.csv"), *asked]) == 2
    assert "lacks the source's column 'site'" in capsys.readouterr().err and not sheet.exists()
    assert run(["labels", "plan", str(files / "bare.csv"), str(files / "there.csv"), *asked]) == 0
    assert "valid after every label" in capsys.readouterr().out
    rows = pd.read_csv(sheet)
    rows["y"] = pd.read_csv(files / "there.csv").y.to_numpy()[rows.row]
    rows.to_csv(sheet, index=False)
    assert run(["labels", "certify", str(sheet), "-q"]) == 0
    assert "WORKS (certified)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--domain", "nosuch"], "column of SOURCE for --domain"),
        (["--domain", "site", "--by", "c"], "--domain judges one target"),
        (["--domain", "site", "--prediction", "a"], "leave --prediction out"),
        (["--domain", "site"], "is about classes, and the label 'y' is a quantity"),
        (["--max-weight", "3"], "have no weights"),
        (["--metric", "mse"], "no triangle inequality"),
        (["--task", "ranking"], "unknown task"),
    ],
)
def test_bad_input_is_one_line(files, tmp_path, capsys, arguments, words):
    out = tmp_path / "a.json"
    bare = tmp_path / "here.csv"
    frame = pd.read_csv(files / "here.csv")
    (frame if "site" in arguments or "nosuch" in arguments else frame.drop(columns="site")).to_csv(
        bare, index=False
    )
    asked = [
        "audit",
        str(bare),
        str(files / "there.csv"),
        "--label",
        "y",
        "--tolerance",
        "3",
        "--json",
        str(out),
    ]
    assert run([*asked, *arguments]) == 2
    said = capsys.readouterr().err.strip()
    assert words in said and "\n" not in said and not out.exists()


def test_sources_are_no_feature(files, tmp_path, capsys):
    out = tmp_path / "p.csv"
    asked = ["--label", "y", "--domain", "site", "--out", str(out), "--learner", "stump"]
    assert run(["adapt", str(files / "classes.csv"), str(files / "there.csv"), *asked]) == 0
    assert "source.a" in capsys.readouterr().out
    assert list(pd.read_csv(out).columns) == ["row", "prediction", "probability_high", "probability_low"]
