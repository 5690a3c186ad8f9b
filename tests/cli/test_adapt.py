"""whytransfer adapt: files, codes and the same answer as the API."""

import json

import numpy as np
import pandas as pd
import pytest

import whytransfer as wt
from tests.adapt.conftest import moved
from whytransfer.cli import run


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("adapt")
    X, y, T, yt = moved()
    words = np.array(["no", "yes"])
    pd.DataFrame(X, columns=["a", "b"]).assign(y=words[y]).to_csv(folder / "here.csv", index=False)
    pd.DataFrame(T, columns=["a", "b"]).to_csv(folder / "there.csv", index=False)
    pd.DataFrame({"row": range(20), "label": words[yt[:20]]}).to_csv(folder / "rows.csv", index=False)
    return folder


def call(*arguments):
    return run(["adapt", *map(str, arguments)])


def test_predictions_model_and_audit_are_those_of_the_api(files, tmp_path, capsys):
    out, save, doc = tmp_path / "p.parquet", tmp_path / "m.skops", tmp_path / "a.json"
    code = call(files / "here.csv", files / "there.csv", "--label", "y", "--out", out, "--save", save, "--json", doc,
                "--methods", "mean_scale,coral", "--labels", files / "rows.csv", "--seed", 1)  # fmt: skip
    assert code == 0
    said = capsys.readouterr().out
    assert said.splitlines()[0].startswith(("KEPT", "ADAPTED")) and "Candidates" in said
    problem = wt.Problem.read(files / "here.csv", files / "there.csv", label="y")
    own = wt.adapt(problem, methods=["mean_scale", "coral"], target_labels=files / "rows.csv", seed=1)
    written = pd.read_parquet(out)
    assert list(written.columns) == ["row", "prediction", "probability_no", "probability_yes"]
    assert written["row"].tolist() == list(range(100))
    assert (written["prediction"] == own.predict(problem.target.rows)).all()
    assert np.array_equal(
        written[["probability_no", "probability_yes"]].to_numpy(), own.predict_proba(problem.target.rows)
    )
    document = json.loads(doc.read_text(encoding="utf-8"))
    assert document["adaptation"]["choice"] == own.choice.to_dict()
    audited = run(
        [
            "audit",
            str(files / "here.csv"),
            str(files / "there.csv"),
            "--label",
            "y",
            "--model",
            str(save),
            "--trained-on-source",
            "no",
            "--theorem",
            "hdh",
            "-q",
        ]
    )
    assert audited in (0, 10, 11)


def test_the_source_model_kept_is_code_0(files, tmp_path, capsys):
    out = tmp_path / "p.csv"
    assert (
        call(
            files / "here.csv", files / "there.csv", "--label", "y", "--out", out, "--methods", "source", "-q"
        )
        == 0
    )
    assert capsys.readouterr().out.splitlines()[0].startswith("KEPT")
    assert len(pd.read_csv(out)) == 100


def test_not_comparable_is_code_12_and_writes_no_predictions(files, tmp_path, capsys):
    other, out = tmp_path / "other.csv", tmp_path / "p.parquet"
    pd.read_csv(files / "there.csv").rename(columns={"a": "c"}).to_csv(other, index=False)
    assert call(files / "here.csv", other, "--label", "y", "--out", out) == 12
    assert "compared" in capsys.readouterr().out
    assert not out.exists()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ([], "--label"),
        (["--label", "z"], "z"),
        (["--label", "y", "--out", "p.xlsx"], ".parquet"),
        (["--label", "y", "--out", "no/such/folder/p.csv"], "folder"),
        (["--label", "y", "--save", "{there}"], "input file"),
        (["--label", "y", "--methods", "corall"], "coral"),
        (["--label", "y", "--learner", "logistik"], "logistic"),
        (["--label", "y", "--labels", "nowhere.csv"], "nowhere.csv"),
        (["--label", "y", "--seed", "-1"], "seed"),
    ],
)
def test_bad_input_is_one_line_code_2_and_nothing_written(
    arguments, word, files, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    filled = [a.format(there=files / "there.csv") for a in arguments]
    assert call(files / "here.csv", files / "there.csv", *filled) == 2
    said = capsys.readouterr()
    assert said.out == "" and len(said.err.strip().splitlines()) == 1 and word in said.err
    assert list(tmp_path.iterdir()) == []
