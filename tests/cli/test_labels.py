"""``whytransfer labels`` as a user meets it: plan, fill in, next, certify; exit codes and refusals."""

import csv
import json

import numpy as np
import pandas as pd
import pytest

from tests.report.schemas import validator
from whytransfer.cli import run


def call(*arguments):
    return run([str(a) for a in arguments])


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A source and a target as CSV, and the target's labels."""
    folder, rng = tmp_path_factory.mktemp("files"), np.random.default_rng(1)
    for name in ("source", "target"):
        x = rng.normal(size=(300, 2))
        frame = pd.DataFrame(x, columns=["a", "b"])
        label = np.where(x[:, 0] + 0.4 * rng.normal(size=300) > 0, "yes", "no")
        (frame.assign(y=label) if name == "source" else frame).to_csv(folder / f"{name}.csv", index=False)
    return folder / "source.csv", folder / "target.csv", label


@pytest.fixture(scope="module")
def planned(files, tmp_path_factory):
    """A sequential plan of sixty rows."""
    sheet = tmp_path_factory.mktemp("plan") / "rows.csv"
    code = call("labels", "plan", *files[:2], "--label", "y", "--tolerance", 0.4, "--budget", 60, "--out", sheet,
                "--design", "sequential", "--seed", 3)  # fmt: skip
    assert code == 0
    return sheet


def filled(sheet, out, labels, rows=None):
    with sheet.open(newline="") as stream:
        header, *lines = csv.reader(stream)
    told = [
        [*line[:-1], labels[int(line[0])]] if rows is None or i < rows else line
        for i, line in enumerate(lines)
    ]
    with out.open("w", newline="") as stream:
        csv.writer(stream).writerows([header, *told])
    return out


def test_plan_writes_a_sheet_and_a_valid_plan_and_tells_the_curve(files, tmp_path, capsys):
    sheet = tmp_path / "rows.csv"
    assert (
        call("labels", "plan", *files[:2], "--label", "y", "--tolerance", 0.4, "--budget", 30, "--out", sheet)
        == 0
    )
    told = capsys.readouterr().out
    assert "labels at power .80" in told and "settle nothing" not in told
    assert str(sheet) in told
    document = json.loads((tmp_path / "rows.plan.json").read_text())
    validator("whytransfer/plan/1").validate(document)
    assert (document["design"], document["sizes"]["labels"], document["tolerance"]) == ("fixed", 30, 0.4)
    assert len(sheet.read_text().splitlines()) == 31


@pytest.mark.parametrize("metric", [[], ["--metric", "absolute", "--loss-cap", 2]])
def test_a_curve_of_rows_that_hang_together_is_said_to_settle_nothing(files, tmp_path, capsys, metric):
    rng = np.random.default_rng(0)
    for path in files[:2]:
        frame = pd.read_csv(path).assign(who=np.arange(300) // 10)
        if metric and "y" in frame:
            frame["y"] = frame["a"] + 0.3 * rng.normal(size=300)
        frame.to_csv(tmp_path / path.name, index=False)
    asked = ["--label", "y", "--group", "who", "--tolerance", 0.4, "--budget", 30, *metric]
    given = [tmp_path / path.name for path in files[:2]]
    assert call("labels", "plan", *given, *asked, "--out", tmp_path / "rows.csv") == 0
    told = capsys.readouterr().out
    assert "independent_within_groups_target" in told and "settle nothing" in told


def test_the_same_seed_draws_the_same_rows(files, planned, tmp_path):
    sheet = tmp_path / "again.csv"
    call("labels", "plan", *files[:2], "--label", "y", "--tolerance", 0.4, "--budget", 60, "--out", sheet,
         "--design", "sequential", "--seed", 3, "-q")  # fmt: skip
    assert sheet.read_bytes() == planned.read_bytes()


def test_certify_says_continue_then_stop(files, planned, tmp_path, capsys):
    plan = planned.with_name("rows.plan.json")
    some = filled(planned, tmp_path / "some.csv", files[2], rows=5)
    assert call("labels", "certify", some, "--plan", plan) == 11
    assert "continue: label the rest of batch 1 (5 rows)" in capsys.readouterr().out
    whole = filled(planned, tmp_path / "whole.csv", files[2])
    assert call("labels", "certify", whole, "--plan", plan, "--json", tmp_path / "audit.json", "-q") == 0
    assert capsys.readouterr().out.startswith("WORKS (certified)")
    document = json.loads((tmp_path / "audit.json").read_text())
    assert document["schema"] == "whytransfer/audit/1"
    assert document["verdict"]["exit_code"] == 0
    assert document["labels"]["stop"] is True


def test_next_then_certify_finds_the_plan_beside_the_sheet(files, planned, tmp_path, capsys):
    some = filled(planned, tmp_path / "rows.csv", files[2], rows=10)
    second = tmp_path / "rows2.csv"
    assert call("labels", "next", some, "--out", second, "--plan", planned.with_name("rows.plan.json")) == 0
    assert "10 rows to label" in capsys.readouterr().out
    filled(second, second, files[2])
    assert call("labels", "certify", second, "--json", "-") in (0, 11)
    document = json.loads(capsys.readouterr().out)
    assert document["labels"]["labelled"] == 20


def test_a_source_gives_lambda(files, planned, tmp_path, capsys):
    whole = filled(planned, tmp_path / "whole.csv", files[2])
    call(
        "labels",
        "certify",
        whole,
        "--plan",
        planned.with_name("rows.plan.json"),
        "--source",
        files[0],
        "--json",
        "-",
    )
    document = json.loads(capsys.readouterr().out)
    assert any(claim["id"] == "adaptability.stumps" for claim in document["claims"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["certify", "{folder}/none.csv"], "no such sheet"),
        (["certify", "{folder}/alone.csv"], "the plan of"),
        (["next", "{folder}/alone.csv", "--out", "{folder}/x.csv"], "the plan of"),
        (
            ["plan", "{source}", "{target}", "--tolerance", "0.4", "--out", "{folder}/x.csv"],
            "--label COL is missing",
        ),
        (["plan", "{source}", "{target}", "--label", "y", "--out", "{source}"], "input file"),
        (["plan", "{source}", "{target}", "--label", "y", "--out", "{folder}/alone.csv"], "there already"),
        (
            ["plan", "{source}", "{target}", "--label", "y", "--budget", "0", "--out", "{folder}/x.csv"],
            "budget",
        ),
        (
            ["plan", "{source}", "{target}", "--label", "y", "--design", "fixt", "--out", "{folder}/x.csv"],
            "fixed",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value[:1]),
)
def test_refusals_are_one_line_and_write_nothing(files, tmp_path, capsys, arguments, said):
    (tmp_path / "alone.csv").write_text("row,batch,y\n1,1,yes\n")
    names = {"folder": tmp_path, "source": files[0], "target": files[1]}
    assert call("labels", *(a.format(**names) for a in arguments)) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert len(told.err.strip().splitlines()) == 1
    assert said in told.err
    assert [path.name for path in tmp_path.iterdir()] == ["alone.csv"]
