"""A run that was ended goes on with --resume and gives the bytes of one that nobody disturbed."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from tests.robustness.material import QUICK, STUMP, Pair
from whytransfer.cli import run
from whytransfer.errors import InputError
from whytransfer.io import journal

AUDIT = ("audit", *QUICK, *STUMP)
ADAPT = ("adapt", "--label", "y", "--methods", "mean_scale", "-q")
OUTPUTS = {"audit": {"--json": "a.json", "--html": "a.html"}, "adapt": {"--out": "a.csv"}}


@pytest.fixture
def every_step(tmp_path, monkeypatch):
    """Every step is written at once, into a cache folder of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(journal, "EVERY", 0.0)


def asked(command, pair, name):
    """The command's arguments with outputs `name`.*, and these outputs."""
    (pair.folder / name).mkdir(exist_ok=True)
    files = {flag: pair.folder / name / file for flag, file in OUTPUTS[command[0]].items()}
    flags = [part for flag, file in files.items() for part in (flag, str(file))]
    return [command[0], *map(str, pair.paths), *command[1:], *flags], list(files.values())


class EndedError(Exception):
    """The run is ended here."""


def ended_after(monkeypatch, steps):
    """Let the next run end after so many entries; how many it makes at most."""
    write, count = journal.Journal._write, [0]

    def counted(self):
        write(self)
        count[0] += 1
        if count[0] == steps:
            raise EndedError

    monkeypatch.setattr(journal.Journal, "_write", counted)
    return count


def end(monkeypatch, steps, arguments):
    """Run the command until so many entries are written."""
    with monkeypatch.context() as patch:
        ended_after(patch, steps)
        with pytest.raises(EndedError):
            run(arguments)


@pytest.mark.parametrize("row", ["resumed_audit", "resumed_adaptation"])
def test_the_bytes_are_those_of_an_undisturbed_run(row, pair, every_step, monkeypatch, capsys):
    command = AUDIT if row == "resumed_audit" else ADAPT
    whole, files = asked(command, pair, "whole")
    with monkeypatch.context() as patch:
        steps = ended_after(patch, None)
        code = run(whole)
    expected = [file.read_bytes() for file in files]
    drawn = sorted(random.Random(0).sample(range(1, steps[0]), 2))
    resumed, files = asked(command, pair, "resumed")
    for k in drawn:  # the second run goes on from the first one's end, and is ended again
        end(monkeypatch, k - (drawn[0] if k > drawn[0] else 0), [*resumed, "--resume"])
        assert not any(file.exists() for file in files)
    capsys.readouterr()
    assert run([*resumed, "--resume"]) == code
    assert f"resuming: {drawn[1]} steps are known" in capsys.readouterr().err
    assert [file.read_bytes() for file in files] == expected
    assert not list(pair.folder.glob("cache/whytransfer/journals/*"))


def test_a_journal_of_other_options_or_tables(pair, every_step, monkeypatch, capsys):
    arguments, _ = asked(AUDIT, pair, "out")
    end(monkeypatch, 3, arguments)
    changed = pair.csv("changed.csv", pair.source.assign(a=pair.source["a"] + 1))
    for other in ([*arguments, "--seed", "1"], [arguments[0], str(changed), *arguments[2:]]):
        capsys.readouterr()
        run([*other, "--resume"])
        assert "there is nothing to resume" in capsys.readouterr().err


def test_a_full_disk_for_the_journal(pair, every_step, monkeypatch, capsys):
    """The journal is given up in a sentence; the audit and its files come to their end."""

    def full(path, content):
        raise InputError(f"can't write {path}: No space left on device")

    monkeypatch.setattr(journal, "write_atomically", full)
    arguments, files = asked(AUDIT, pair, "out")
    assert run(arguments) in (0, 10, 11)
    said = capsys.readouterr().err
    assert said.count("can't be resumed") == said.count("\n") == 1 and "No space left" in said
    assert all(file.exists() for file in files)


EACH_STEP = "import sys; from whytransfer.io import journal; journal.EVERY = 0.0; from whytransfer.cli import main; main(sys.argv[1:])"


@pytest.mark.coverage
@pytest.mark.parametrize("row", ["audit_killed_and_resumed", "adaptation_killed_and_resumed"])
def test_killed_at_random_moments(row, tmp_path):
    """SIGKILL at up to 20 random moments, each run going on from the one before."""
    pair = Pair.written(tmp_path)
    command = (row.partition("_")[0].replace("adaptation", "adapt"), "--label", "y", "-q")
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}

    def start(arguments):
        return subprocess.Popen(
            [sys.executable, "-c", EACH_STEP, *arguments],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    whole, files = asked(command, pair, "whole")
    began = time.perf_counter()
    assert start(whole).wait(timeout=600) in (0, 10, 11)
    lasted = time.perf_counter() - began
    expected = [file.read_bytes() for file in files]
    resumed, files = asked(command, pair, "resumed")
    drawn, kills = random.Random(0), 0
    for _ in range(20):
        process = start([*resumed, "--resume"])
        try:
            # Loading the libraries alone takes some seconds: a run that is killed before has written nothing.
            process.communicate(timeout=drawn.uniform(0.2, 0.9) * lasted)
            break
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate(timeout=30)
            kills += 1
            assert not any(file.exists() and not file.read_bytes() for file in files)
    _, said = start([*resumed, "--resume"]).communicate(timeout=600)
    assert kills >= 3 and "Traceback" not in said
    assert [file.read_bytes() for file in files] == expected
