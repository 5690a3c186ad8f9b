"""What was typed wrongly is told before anything is read."""

import json

import pandas as pd
import pytest

from whytransfer.cli import run

AUDIT = ["audit", "s.csv", "t.csv", "--label", "y"]
CALLS = {
    "the next option": (["audit", "s.csv", "t.csv", "--label", "y", "--timings", "--json", "a.json"], "--timings: expected FILE after it, got '--json'"),
    "a short one": (["audit", "s.csv", "t.csv", "--label", "y", "--json", "-q"], "--json: expected FILE after it, got '-q'"),
    "of a command in a group": (["labels", "certify", "r.csv", "--json", "--html", "x"], "--json: expected FILE after it, got '--html'"),
    "nothing at all": (["audit", "s.csv", "t.csv", "--html"], "See `whytransfer audit --help`"),
    "a missing target": (["audit", "s.csv", "target.csv", "--label", "y"], "can't read 'target.csv'"),
    "a missing second target": (["audit", "s.csv", "t.csv", "other.csv", "--label", "y"], "can't read 'other.csv'"),
    "a missing reference": (["audit", "s.csv", "t.csv", "--label", "y", "--reference", "r.json"], "--reference r.json: no such file"),
    "a missing target of adapt": (["adapt", "s.csv", "target.csv", "--label", "y"], "can't read 'target.csv'"),
    "a missing domain": (["compare", "s.csv", "t.csv", "other.csv", "--label", "y"], "can't read 'other.csv'"),
    "a missing candidate": (["labels", "plan", "s.csv", "t.csv", "--label", "y", "--candidate", "c.skops"], "--candidate c.skops: no such file"),
    "target labels written over": (["audit", "s.csv", "t.csv", "--label", "y", "--target-labels", "l.csv", "--json", "l.csv"], "input file"),
    "costs written over": (["audit", "s.csv", "t.csv", "--label", "y", "--metric", "cost:l.csv", "--html", "l.csv"], "input file"),
    "labels written over": (["adapt", "s.csv", "t.csv", "--label", "y", "--labels", "l.csv", "--out", "l.csv"], "input file"),
    "one stream for two": (["audit", "-", "-", "--label", "y"], "standard input"),
    "a model and a learner": (["audit", "s.csv", "t.csv", "--label", "y", "--model", "l.csv", "--learner", "stump"], "--model and --learner exclude"),
    "predictions and a model": (["labels", "plan", "s.csv", "t.csv", "--label", "y", "--model", "l.csv", "--prediction", "p"], "--model and --prediction exclude"),
    "training of no model": (["audit", "s.csv", "t.csv", "--label", "y", "--trained-on-source", "no"], "add --model or --prediction"),
    "the label as predictions": (["audit", "s.csv", "t.csv", "--label", "y", "--prediction", "x", "--proba", "p, y"], "named as --label and as predictions"),
    "a model by another name": (["audit", "s.csv", "t.csv", "--label", "y", "--save-model", "m.pkl"], "ends in .skops"),
    "a model of predictions": (["audit", "s.csv", "t.csv", "--label", "y", "--prediction", "x", "--save-model", "m.skops"], "no model to save"),
    "an adapted one": (["adapt", "s.csv", "t.csv", "--label", "y", "--save", "m.joblib"], "ends in .skops"),
    "a learner": ([*AUDIT, "--learner", "bosted"], "unknown learner 'bosted': did you mean 'boosted'?"),
    "a learner of the other task": ([*AUDIT, "--learner", "linear", "--task", "classification"], "unknown learner 'linear'"),
    "a learner for images": ([*AUDIT, "--learner", "finetune"], "give --label-from folder"),
    "a task": ([*AUDIT, "--task", "regresion"], "did you mean 'regression'?"),
    "a theorem": ([*AUDIT, "--theorem", "hdh", "--theorem", "hdhh"], "did you mean 'hdh'?"),
    "a basis": ([*AUDIT, "--require", "certifid"], "did you mean 'certified'?"),
    "a metric": ([*AUDIT, "--metric", "eror"], "did you mean 'error'?"),
    "a metric of numbers": ([*AUDIT, "--metric", "huber:wide"], "huber:KNEE with a positive number"),
    "an engine": ([*AUDIT, "--engine", "daskk"], "--engine: expected threads or dask"),
    "an encoder of text": ([*AUDIT, "--text", "x", "--encoder", "lama"], "unknown encoder of texts 'lama'"),
    "a second encoder of images": (["audit", "s.csv", "t.csv", "--label-from", "folder", "--encoder", "efficientnet-lite0", "--encoder", "resnet"], "unknown encoder of images 'resnet'"),
    "a key of an assumption": ([*AUDIT, "--assume", "clas=stumps"], "did you mean 'class'?"),
    "a class": ([*AUDIT, "--assume", "class=stump,lambda=.1"], "did you mean 'stumps'?"),
    "a failure probability": ([*AUDIT, "--delta", "5"], "delta: expected"),
    "a failure probability of one half": ([*AUDIT, "--delta", "0.5"], "to less than 0.5, got 0.5"),
    "a tolerance for either kind": ([*AUDIT, "--tolerance", "-1"], "tolerance: expected a number from 0 to 1, got -1.0; where the label is a quantity expected a number from 0 to"),
    "a tolerance for classes": ([*AUDIT, "--tolerance", "2", "--task", "classification"], "tolerance: expected a number from 0 to 1, got 2.0"),
    "a learner of adapt": (["adapt", "s.csv", "t.csv", "--label", "y", "--learner", "forest"], "unknown learner 'forest'"),
    "a method": (["adapt", "s.csv", "t.csv", "--label", "y", "--methods", "coral,corla"], "did you mean 'coral'?"),
    "a learner of a plan": (["labels", "plan", "s.csv", "t.csv", "--label", "y", "--learner", "forest"], "unknown learner 'forest'"),
    "a design": (["labels", "plan", "s.csv", "t.csv", "--label", "y", "--design", "sequental"], "did you mean 'sequential'?"),
    "a way": (["labels", "plan", "s.csv", "t.csv", "--label", "y", "--way", "strat"], "did you mean 'stratified'?"),
    "a metric of a plan": (["labels", "plan", "s.csv", "t.csv", "--label", "y", "--metric", "f1"], "judged by `whytransfer audit` only"),
    "a learner of a comparison": (["compare", "s.csv", "t.csv", "--label", "y", "--learner", "forest"], "unknown learner 'forest'"),
    "a metric of a comparison": (["compare", "s.csv", "t.csv", "--label", "y", "--metric", "rmsee"], "did you mean 'rmse'?"),
    "one option twice": ([*AUDIT, "--seed", "1", "--seed", "2"], "--seed is given twice, '1' and '2': give it once"),
    "one option twice, in two forms": ([*AUDIT, "--label=z"], "--label is given twice, 'y' and 'z'"),
    "one option twice in a group": (["labels", "certify", "r.csv", "--json", "a", "--json", "b"], "--json is given twice"),
    "an assumption": (["audit", "s.csv", "t.csv", "--label", "y", "--assume", "tau"], "KEY=VALUE"),
}  # fmt: skip


@pytest.mark.parametrize("case", CALLS)
def test_no_table_is_read(case, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name in ("s.csv", "t.csv", "l.csv"):
        (tmp_path / name).write_text("x,y\n1,a\n")
    monkeypatch.setattr("whytransfer.problem.tables.read_table", lambda *_, **__: pytest.fail("it was read"))
    arguments, words = CALLS[case]
    assert run(arguments) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("\n") == 1
    assert words in said.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["l.csv", "s.csv", "t.csv"]


def test_what_may_be_repeated_is_taken_whole(capsys):
    """Options that name several, flags, and what stands behind two dashes."""
    assert run(["lab", "xi", "--xi", "0.5", "--xi", "0.25", "--json", "-"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert len(told["tables"]) == 2
    assert run(["audit", "none.csv", "t.csv", "--label", "y", "-q", "--quiet", "--", "--label", "z"]) == 2
    assert "none.csv" in capsys.readouterr().err


def test_a_domain_is_told_by_its_name_where_there_are_several(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    table = pd.DataFrame({"x": range(40), "y": ["a", "b"] * 20})
    table.to_csv("oslo.csv", index=False)
    table.drop(columns="y").assign(z=1).to_csv("porto.csv", index=False)
    table.assign(y=None).to_csv("bergen.csv", index=False)
    quick = ["--label", "y", "--learner", "stump"]
    for arguments, words in (
        (["compare", "oslo.csv", "porto.csv"], "porto.csv: no label column 'y'"),
        (["compare", "porto.csv", "oslo.csv"], "porto.csv: no label column 'y'"),
        (
            ["compare", "bergen.csv", "oslo.csv"],
            "bergen.csv (source), oslo.csv (target): label column 'y' is empty",
        ),
        (
            ["audit", "oslo.csv", "oslo.csv", "porto.csv", "--use-target-labels"],
            "porto.csv: no label column 'y'",
        ),
    ):
        assert run([*arguments, *quick]) == 2
        said = capsys.readouterr().err.splitlines()
        assert said[-1].startswith(f"whytransfer: {words}"), said


def test_quiet_prints_one_answer_and_hides_no_warning(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    table = pd.DataFrame({"x": range(40), "y": ["a", "b"] * 20})
    table.to_csv("s.csv", index=False)
    quick = ["s.csv", "s.csv", "--label", "y", "--learner", "stump", "-q"]
    for command in (
        ["audit", "--theorem", "clopper_pearson"],
        ["adapt", "--methods", "source", "--out", "p.csv"],
    ):
        assert run([command[0], *quick, *command[1:]]) in (0, 10, 11)
        said = capsys.readouterr()
        assert ":" in said.out and "Warnings" not in said.out and len(said.out.splitlines()) <= 4
        told = said.err.splitlines()
        assert any("set aside and used for nothing" in line for line in told)
        assert all(line.startswith("note: ") for line in told)


def test_a_plan_without_a_budget_takes_all_rows_of_a_small_target(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    table = pd.DataFrame({"x": range(60), "y": ["a", "b"] * 30})
    table.to_csv("s.csv", index=False)
    table.drop(columns="y").head(50).to_csv("t.csv", index=False)
    plan = ["labels", "plan", "s.csv", "t.csv", "--label", "y", "--learner", "stump", "--tolerance", "0.3"]
    assert run([*plan, "--budget", "51"]) == 2
    assert "at most the 50 rows of the target, got 51" in capsys.readouterr().err
    assert run(plan) == 0
    assert len(pd.read_csv("rows.csv")) == 50


def test_a_value_that_looks_like_an_option_can_be_meant(tmp_path, monkeypatch):
    """After an equals sign there is no doubt, and a number below zero is no option."""
    monkeypatch.chdir(tmp_path)
    pd.DataFrame({"x": range(40), "y": ["a", "b"] * 20}).to_csv("s.csv", index=False)
    quick = ["--theorem", "clopper_pearson", "--learner", "stump", "-q", "--label", "y"]
    assert run(["audit", "s.csv", "s.csv", *quick, "--json=--odd"]) in (0, 10, 11)
    assert (tmp_path / "--odd").is_file()
    assert run(["audit", "s.csv", "s.csv", *quick, "--seed", "-1"]) == 2


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("html = 3", "html is 3, expected a text in quotes"),
        ('quiet = "yes"', "quiet is 'yes', expected true or false"),
        ('tolerance = "low"', "tolerance is 'low', expected a number"),
        ("delta = true", "delta is True, expected a number"),
        ("seed = 1.5", "seed is 1.5, expected a whole number"),
        ("theorem = [1]", "theorem is [1], expected a text in quotes, or a list of them"),
        ('theorem = "hdhh"', "unknown theorem 'hdhh'"),
    ],
)
def test_a_configuration_holds_what_the_options_take(line, words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    pd.DataFrame({"x": range(40), "y": ["a", "b"] * 20}).to_csv("s.csv", index=False)
    (tmp_path / "c.toml").write_text(line + "\n")
    assert run(["audit", "s.csv", "s.csv", "--label", "y", "--config", "c.toml"]) == 2
    said = capsys.readouterr().err
    assert words in said and said.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "told"),
    [("sauce.csv", "'source.csv'"), ("sourec.parquet", "'source.parquet'"), ("tl.csv", "")],
)
def test_a_name_is_suggested_by_what_stands_before_the_dot(name, told, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for one in ("source.csv", "source.parquet", "all.csv"):
        (tmp_path / one).write_text("x,y\n1,a\n")
    assert run(["audit", name, "source.csv", "--label", "y"]) == 2
    said = capsys.readouterr().err
    assert (f"did you mean {told}?" in said) if told else ("did you mean" not in said)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["adaptt"], "No such command 'adaptt'"),
        (["lab", "gaussians", "--xi", "0.1"], "--xi is the gap of the world xi"),
        (["lab", "nope", "--html", "page.html"], "unknown world 'nope'"),
        (["lab", "--html", "page.html", "--json", "a.json"], "name one, such as xi"),
        (["demo", "--out", "s.csv"], "--out s.csv: can't be made a folder"),
        (["report", "s.csv"], "audit s.csv: not JSON"),
        (["diff", "s.csv", "s.csv"], "audit s.csv: not JSON"),
    ],
)
def test_the_small_commands_refuse_in_one_line(arguments, words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "s.csv").write_text("x,y\n1,a\n")
    assert run(arguments) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("\n") == 1 and words in said.err
    assert "?." not in said.err and ".." not in said.err
    assert [path.name for path in tmp_path.iterdir()] == ["s.csv"]


def test_target_labels_without_a_label_are_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    pd.DataFrame({"x": range(40), "y": ["a", "b"] * 20}).to_csv("s.csv", index=False)
    (tmp_path / "l.csv").write_text("row,label\n")
    assert run(["audit", "s.csv", "s.csv", "--label", "y", "--target-labels", "l.csv"]) == 2
    assert "a header and no label" in capsys.readouterr().err


def test_domains_that_differ_are_told_where_a_model_was_to_be_saved(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    table = pd.DataFrame({"x": range(40), "z": range(40), "y": ["a", "b"] * 20})
    table.to_csv("s.csv", index=False)
    table.drop(columns="z").to_csv("t.csv", index=False)
    assert run(["audit", "s.csv", "t.csv", "--label", "y", "--save-model", "m.skops", "-q"]) == 12
    said = capsys.readouterr()
    assert said.out.startswith("NOT COMPARABLE") and "no model was trained" in said.err
    assert not (tmp_path / "m.skops").exists()


def test_probabilities_are_numbers(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    table = pd.DataFrame(
        {"x": range(40), "p": ["high", "low"] * 20, "y": ["a", "b"] * 20, "said": ["a", "b"] * 20}
    )
    table.to_csv("s.csv", index=False)
    assert run(["audit", "s.csv", "s.csv", "--label", "y", "--prediction", "said", "--proba", "p"]) == 2
    assert "--proba: 'p' of SOURCE: text" in capsys.readouterr().err


def test_a_column_of_predictions_that_is_not_there_is_told_with_the_nearest(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    pd.DataFrame({"x": range(40), "said": ["a", "b"] * 20, "y": ["a", "b"] * 20}).to_csv("s.csv", index=False)
    for given, words in (
        (["--prediction", "sad"], "unknown column of SOURCE for --prediction 'sad': did you mean 'said'?"),
        (["--prediction", "said", "--proba", "p"], "unknown column of SOURCE for --proba 'p': known are"),
    ):
        assert run(["audit", "s.csv", "s.csv", "--label", "y", *given]) == 2
        assert words in capsys.readouterr().err
