"""Past transfers read from files: every form gives the same, and what can't be read is said in one line."""

import csv
import json

import pytest

import whytransfer as wt
from tests.backtest.test_reference import history
from whytransfer.backtest import read_history
from whytransfer.backtest.profile import NUMBERS
from whytransfer.cli import run


def as_lines(given, path):
    rows = [
        {"data_set": t.data_set, "target_error": t.target_error, "profile": t.profile.to_dict()}
        for t in given
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n", encoding="utf-8")
    return path


def as_columns(given, path):
    with path.open("w", encoding="utf-8", newline="") as file:
        names = ["data_set", "target_error", *NUMBERS, "subspaces", "cot_gap"]
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        for t in given:
            known = t.profile.to_dict()
            writer.writerow(
                {"data_set": t.data_set, "target_error": t.target_error, **known.pop("estimates"), **known}
            )
    return path


def as_audits(given, path, *, labels=True):
    """Documents with nothing but what a history reads."""
    path.mkdir()
    for i, t in enumerate(given):
        panel = {"id": "target_error.panel", "detail": {"profile": t.profile.to_dict()}}
        direct = {"id": "target_error.direct", "estimate": t.target_error, "detail": {}}
        document = {
            "schema": "whytransfer/audit/1",
            "claims": [direct, panel] if labels else [panel],
            "provenance": {"digests": {"source": t.data_set}},
        }
        (path / f"{i:03d}.json").write_text(json.dumps(document), encoding="utf-8")
    return path


def test_every_form_gives_the_same_transfers(tmp_path):
    given = history(sets=3)
    assert read_history(as_lines(given, tmp_path / "a.jsonl")) == given
    assert read_history(as_columns(given, tmp_path / "a.csv")) == given
    assert read_history(as_audits(given, tmp_path / "audits")) == given
    rows = ["data_set,target_error,audit"]
    rows += [f"{t.data_set},{t.target_error!r},audits/{i:03d}.json" for i, t in enumerate(given)]
    (tmp_path / "named.csv").write_text("\n".join(rows), encoding="utf-8")
    assert read_history(tmp_path / "named.csv") == given


@pytest.mark.parametrize(
    "text",
    [
        "",
        "data_set,target_error\n",
        "data_set,target_error\na,0.1\n",
        "data_set,audit\na,x.json\n",
        "data_set,target_error,audit\na,0.1,none.json\n",
        "data_set,target_error,audit\na,1.5,none.json\n",
        "data_set,target_error,audit\na,often,none.json\n",
        '{"data_set": 1\n',
        '{"data_set": "a", "target_error": 0.1}\n',
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(tmp_path, text):
    path = tmp_path / "history.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(wt.InputError) as error:
        read_history(path)
    assert ("\n" not in str(error.value) and "history" in str(error.value)) or "audit" in str(error.value)


def test_a_folder_without_labelled_audits_is_refused(tmp_path):
    with pytest.raises(wt.InputError, match="target labels"):
        read_history(as_audits(history(sets=2), tmp_path / "audits", labels=False))


def test_calibrate_writes_a_reference_that_an_audit_takes(tmp_path, capsys):
    out = tmp_path / "ours.json"
    assert (
        run(
            ["calibrate", str(as_lines(history(), tmp_path / "h.jsonl")), "--out", str(out), "--name", "ours"]
        )
        == 0
    )
    assert "22 data sets" in capsys.readouterr().err
    problem = wt.lab.worked_example().sample(150, 150, seed=0)
    audit = wt.audit(problem, reference=out, theorems=[])
    panel = audit.claim("target_error.panel")
    assert panel.detail["reference"] == "ours" and panel.detail["reference_sets"] == 22
    assert panel.detail["profile"]["classes"] == 2
    # The file itself, made by an audit, is a history of one transfer.
    audit.to_json(tmp_path / "audit.json")
    row = {"data_set": "a", "target_error": 0.2, "audit": "audit.json"}
    (tmp_path / "one.jsonl").write_text(json.dumps(row), encoding="utf-8")
    (found,) = read_history(tmp_path / "one.jsonl")
    assert found.profile.to_dict() == panel.detail["profile"]


def test_too_few_data_sets_are_refused_in_one_line(tmp_path, capsys):
    path = as_lines(history(sets=5), tmp_path / "h.jsonl")
    assert run(["calibrate", str(path), "--out", str(tmp_path / "x.json")]) == 2
    said = capsys.readouterr().err.strip()
    assert "at least 19" in said and len(said.splitlines()) == 1
    assert not (tmp_path / "x.json").exists()
