"""The command line as a user meets it: exit codes, one-line refusals, files, and the same answer as the API."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pandas as pd
import pytest

from whytransfer.cli import run

COMMANDS = ["audit", "adapt", "labels", "report", "diff", "compare", "embed", "calibrate", "lab", "demo"]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A transfer without shift and one with flipped labels, as CSV files."""
    folder, rng = tmp_path_factory.mktemp("files"), np.random.default_rng(0)
    frames = {}
    for name, flip in (("source", False), ("same", False), ("flipped", True)):
        x = rng.normal(size=(400, 3))
        good = (x[:, 0] + 0.3 * rng.normal(size=400) > 0) ^ flip
        frame = pd.DataFrame(x, columns=["a", "b", "c"]).assign(y=np.where(good, "yes", "no"))
        frame.to_csv(folder / f"{name}.csv", index=False)
        frames[name] = folder / f"{name}.csv"
    return frames


def call(*arguments):
    return run([str(a) for a in arguments])


def test_help_names_every_command(capsys):
    assert run(["--help"]) == 0
    text = capsys.readouterr().out
    for command in COMMANDS:
        assert command in text


@pytest.mark.parametrize("command", [*COMMANDS, "labels plan", "labels next", "labels certify"])
def test_every_command_has_help(command, capsys):
    assert run([*command.split(), "--help"]) == 0
    assert len(capsys.readouterr().out.splitlines()) > 3


@pytest.mark.parametrize("given", [["--tolerance", "30%"], ["--tolerance=30%"]])
def test_a_value_that_is_no_number_is_shown(given, capsys):
    assert call("audit", "s.csv", "t.csv", "--label", "y", *given) == 2
    said = capsys.readouterr().err
    # Some releases of typer show the value themselves.
    assert said.count("'30%'") == 1 and said.endswith(". See `whytransfer audit --help`.\n")


def test_version(capsys):
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("whytransfer ")


def test_works_certified(files, tmp_path, capsys):
    out = tmp_path / "audit.json"
    code = call(
        "audit",
        files["source"],
        files["same"],
        "--label",
        "y",
        "--tolerance",
        0.3,
        "--use-target-labels",
        "--json",
        out,
    )
    assert code == 0
    document = json.loads(out.read_text())
    assert (document["verdict"]["answer"], document["verdict"]["basis"]) == ("works", "certified")
    assert "WORKS" in capsys.readouterr().out


def test_fails_certified(files):
    assert (
        call(
            "audit",
            files["source"],
            files["flipped"],
            "--label",
            "y",
            "--tolerance",
            0.3,
            "--use-target-labels",
            "-q",
        )
        == 10
    )


def test_undecided(files, capsys):
    # A tolerance of 0 can't be certified by anything.
    assert call(
        "audit",
        files["source"],
        files["same"],
        "--label",
        "y",
        "--tolerance",
        0.0,
        "--require",
        "certified",
        "-q",
    ) in (10, 11)
    assert len(capsys.readouterr().out.strip().splitlines()) >= 1


def test_not_comparable(files, tmp_path, capsys):
    other = tmp_path / "other.csv"
    pd.read_csv(files["same"]).rename(columns={"a": "aa"}).to_csv(other, index=False)
    assert call("audit", files["source"], other, "--label", "y") == 12
    assert "NOT COMPARABLE" in capsys.readouterr().out


REFUSED = {
    "no label": (["{source}", "{same}"], "--label"),
    "unknown label": (["{source}", "{same}", "--label", "z"], "z"),
    "no file": (["{source}", "nowhere.csv", "--label", "y"], "nowhere.csv"),
    "unknown option": (["{source}", "{same}", "--label", "y", "--tolerence", "1"], "--tolerence"),
    "tolerance out of range": (["{source}", "{same}", "--label", "y", "--tolerance", "2"], "tolerance"),
    "both requirements": (
        ["{source}", "{same}", "--label", "y", "--tolerance", ".1", "--max-drop", ".1"],
        "exclude",
    ),
    "delta": (["{source}", "{same}", "--label", "y", "--delta", "1.5"], "delta"),
    "learner": (["{source}", "{same}", "--label", "y", "--learner", "logistik"], "logistic"),
    "require": (["{source}", "{same}", "--label", "y", "--require", "certain"], "certified"),
    "assume": (["{source}", "{same}", "--label", "y", "--assume", "sigmaa=1"], "sigma"),
    "assume half": (["{source}", "{same}", "--label", "y", "--assume", "class=stumps,sigma=.1"], "tau"),
    "theorem": (["{source}", "{same}", "--label", "y", "--theorem", "hdhh"], "hdh"),
    "pickle": (["{source}", "{same}", "--label", "y", "--model", "{source}"], "skops"),
    "labels to learn from": (
        ["{source}", "{same}", "--label", "y", "--labels", "rows.csv"],
        "adapt --labels",
    ),
    "later option": (["{source}", "{same}", "--label", "y", "--domain", "a"], "--domain"),
    "text": (["{source}", "{same}", "--label", "y", "--text", "words"], "--text"),
    "images": (["{source}", "{same}", "--label-from", "name"], "folder"),
    "encoder of nothing": (["{source}", "{same}", "--label", "y", "--encoder", "wordllama"], "--text"),
    "broken tables": (["{source}", "{same}", "--label", "y", "--skip-broken"], "--label-from"),
    "one place twice": (
        ["{source}", "{same}", "--label", "y", "--json", "a", "--junit", "a"],
        "two outputs",
    ),
    "metric": (["{source}", "{same}", "--label", "y", "--metric", "auk"], "did you mean 'auc'"),
    "metric without tolerance": (["{source}", "{same}", "--label", "y", "--metric", "auc"], "tolerance"),
    "output is input": (["{source}", "{same}", "--label", "y", "--json", "{same}"], "input file"),
    "output nowhere": (["{source}", "{same}", "--label", "y", "--html", "no/such/folder/x.html"], "folder"),
    "prediction": (["{source}", "{same}", "--label", "y", "--prediction", "p"], "'p'"),
}


@pytest.mark.parametrize("case", sorted(REFUSED))
def test_bad_input_is_one_line_exit_2_and_nothing_written(case, files, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    arguments, word = REFUSED[case]
    before = {name: path.read_bytes() for name, path in files.items()}
    filled = [a.format(**{k: str(v) for k, v in files.items()}) for a in arguments]
    assert run(["audit", *filled]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.strip().splitlines()) == 1
    assert said.err.startswith("whytransfer: ") and word in said.err
    assert list(tmp_path.iterdir()) == []
    assert {name: path.read_bytes() for name, path in files.items()} == before


def test_json_to_stdout_is_only_json_and_twice_the_same(files, capsys):
    texts = []
    for _ in range(2):
        call("audit", files["source"], files["same"], "--label", "y", "--json", "-")
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1]
    assert json.loads(texts[0])["schema"] == "whytransfer/audit/1"


def test_saved_report_renders_the_same(files, tmp_path, capsys):
    page, saved = tmp_path / "a.html", tmp_path / "a.json"
    call("audit", files["source"], files["same"], "--label", "y", "--json", saved, "--html", page)
    printed = capsys.readouterr().out
    again = tmp_path / "b.html"
    assert call("report", saved, "--html", again) == 0
    assert again.read_bytes() == page.read_bytes()
    assert call("report", saved) == 0
    assert capsys.readouterr().out == printed


def test_saved_model_audits_like_the_trained_one(files, tmp_path):
    model, out = tmp_path / "model.skops", tmp_path / "a.json"
    call("audit", files["source"], files["same"], "--label", "y", "--save-model", model, "--json", out, "-q")
    again = tmp_path / "b.json"
    code = call(
        "audit",
        files["source"],
        files["same"],
        "--label",
        "y",
        "--model",
        model,
        "--trained-on-source",
        "no",
        "--json",
        again,
        "-q",
    )
    assert code in (0, 11)
    first, second = (json.loads(p.read_text()) for p in (out, again))
    raw = [next(c for c in d["claims"] if c["id"] == "target_error.ac")["estimate"] for d in (first, second)]
    assert raw[0] == raw[1]
    source = next(c for c in second["claims"] if c["id"] == "source_error")
    assert source["level"] == "conditional"
    assert [a["status"] for a in source["assumptions"]] == ["declared"]


def test_predictions_in_the_place_of_a_model(files, tmp_path):
    folder = tmp_path
    for name in ("source", "same"):
        frame = pd.read_csv(files[name])
        p = 1 / (1 + np.exp(-3 * frame["a"]))
        frame.assign(said=np.where(p > 0.5, "yes", "no"), p=p).to_csv(folder / f"{name}.csv", index=False)
    out = folder / "a.json"
    code = call("audit", folder / "source.csv", folder / "same.csv", "--label", "y", "--prediction", "said", "--proba", "p",
                "--use-target-labels", "--tolerance", 0.3, "--json", out, "-q")  # fmt: skip
    assert code == 0
    document = json.loads(out.read_text())
    assert "said" not in document["problem"]["features"] and "p" not in document["problem"]["features"]
    direct = next(c for c in document["claims"] if c["id"] == "target_error.direct")
    frame = pd.read_csv(folder / "same.csv")
    assert direct["estimate"] == pytest.approx((frame["said"] != frame["y"]).mean(), abs=1e-12)


def test_configuration_file(files, tmp_path, capsys):
    config = tmp_path / "c.toml"
    config.write_text('label = "y"\nuse-target-labels = true\n[audit]\ntolerance = 0.3\n')
    assert call("audit", files["source"], files["same"], "--config", config, "-q") == 0
    # The command line wins.
    assert (
        call("audit", files["source"], files["same"], "--config", config, "--tolerance", 0.0001, "-q") == 10
    )
    capsys.readouterr()
    config.write_text("tolerence = 0.3\n")
    assert call("audit", files["source"], files["same"], "--label", "y", "--config", config) == 2
    assert "tolerance" in capsys.readouterr().err


def imported(*arguments):
    """What a process of the command line imports, and what it prints; `POT_…` is as in a shell that never heard of it."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("POT_")}
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "whytransfer", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env=variables,
    )
    return {line.rsplit("|", 1)[-1].strip() for line in done.stderr.splitlines() if "|" in line}, done.stdout


def test_module_and_speed_of_help():
    loaded, said = imported("--help")
    assert not loaded & {"pandas", "sklearn", "numba", "scipy.stats", "skrub", "torch", "ot"}
    assert "audit" in said


@pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")
def test_an_audit_does_not_import_torch_for_transport(files):
    loaded, said = imported("audit", files["source"], files["same"], "--label", "y", "-q")
    assert "ot" in loaded and "torch" not in loaded and said


def test_target_labels_file(files, tmp_path):
    labels = tmp_path / "labels.csv"
    frame = pd.read_csv(files["same"])
    rows = np.random.default_rng(1).choice(len(frame), 120, replace=False)
    pd.DataFrame({"row": rows, "label": frame["y"].to_numpy()[rows]}).to_csv(labels, index=False)
    target = tmp_path / "target.csv"
    frame.drop(columns="y").to_csv(target, index=False)
    out = tmp_path / "a.json"
    call("audit", files["source"], target, "--label", "y", "--target-labels", labels, "--json", out, "-q")
    direct = next(c for c in json.loads(out.read_text())["claims"] if c["id"] == "target_error.direct")
    assert direct["detail"]["rows"] == 120 and direct["level"] == "proved"


def test_lab_xi_prints_the_table_to_the_last_digit(capsys):
    assert run(["lab", "xi"]) == 0
    text = capsys.readouterr().out
    row = next(line for line in text.splitlines() if line.startswith("λ of thresholds, either orientation"))
    assert row.split()[-3:] == ["0.8", "0.98", "0.998"]


def test_lab_as_json(capsys):
    assert run(["lab", "xi", "--xi", "1/7", "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["tables"][0]["parameters"]["xi"] == "1/7"
    assert run(["lab", "gaussians", "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["truth"]["total_variation"] == pytest.approx(
        0.382925, abs=1e-6
    )


@pytest.mark.parametrize(
    "arguments", [["lab", "xii"], ["lab", "xi", "--xi", "2"], ["lab", "xi", "--xi", "a"]], ids=" ".join
)
def test_lab_refuses_in_one_line(arguments, capsys):
    assert run(arguments) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_progress_goes_to_stderr_and_only_when_the_work_takes_long(files, capsys, monkeypatch):
    from whytransfer.cli import output

    call("audit", files["source"], files["same"], "--label", "y", "--tolerance", 0.3)
    quick = capsys.readouterr()
    monkeypatch.setattr(output, "SHOWN_AFTER", 0.0)
    call("audit", files["source"], files["same"], "--label", "y", "--tolerance", 0.3)
    slow = capsys.readouterr()
    assert "telling the domains apart" in slow.err
    assert slow.out == quick.out
    call("audit", files["source"], files["same"], "--label", "y", "--tolerance", 0.3, "--quiet")
    assert all(line.startswith("note: ") for line in capsys.readouterr().err.splitlines())
