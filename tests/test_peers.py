"""The peers' benchmark: locks that pin everything, scripts that resume and keep what failed, programs that are timed to their end."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.peers.__main__ import SCRIPTS
from benchmarks.peers.environments import LOCKS, PEERS, QUIET, environment
from benchmarks.peers.table_audit import timed

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = """
import runner

def measure(rows):
    if rows["held"].sum() > 5:
        raise ValueError("too much")
    return {"sum": float(rows["held"].sum())}

runner.main(("numpy",), measure)
"""


def test_the_page_beside_other_tools_has_no_figures():
    """It says so; one that stood there outlived the run that it came from."""
    text = (ROOT / "docs" / "peers.md").read_text(encoding="utf-8")
    assert "this page has none" in text and not re.search(r"\d", text)


@pytest.mark.parametrize("name", PEERS)
def test_a_lock_pins_every_package(name):
    lines = (LOCKS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    packages = [line for line in lines if not line.startswith("#")]
    assert packages
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!]+", line) for line in packages)
    assert any(line.lower().startswith(f"{name}==") for line in packages)
    assert (LOCKS / SCRIPTS[name]).exists()


def test_peers_run_quietly_and_without_our_paths(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    variables = environment(1)
    assert "PYTHONPATH" not in variables
    assert QUIET.items() <= variables.items()
    assert variables["OMP_NUM_THREADS"] == "1"


def test_a_script_resumes_and_keeps_what_failed(tmp_path):
    rows, out, script = tmp_path / "rows", tmp_path / "out.json", tmp_path / "run_it.py"
    rows.mkdir()
    script.write_text(SCRIPT, encoding="utf-8")
    np.savez(rows / "fine.npz", held=np.ones(3))
    np.savez(rows / "broken.npz", held=np.ones(9))

    def run():
        variables = {**os.environ, "PYTHONPATH": str(LOCKS)}
        command = [sys.executable, str(script), str(rows), str(out)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=variables)
        return done.stdout, json.loads(out.read_text(encoding="utf-8"))["pairs"]

    _, first = run()
    assert first["fine"]["sum"] == 3.0
    assert first["broken"]["failed"] == "ValueError: too much"
    said, again = run()
    assert again == first
    assert "fine" not in said
    np.savez(rows / "fine.npz", held=np.ones(4))
    said, changed = run()
    assert changed["fine"]["sum"] == 4.0
    assert "broken" not in said


def test_a_program_is_timed_to_its_end_or_its_limit():
    ended = timed([sys.executable, "-c", "pass"], dict(os.environ), 60.0, expected=(0,))
    assert set(ended) == {"wall", "cpu", "peak"}
    wrong = timed(
        [sys.executable, "-c", "raise SystemExit('no room')"], dict(os.environ), 60.0, expected=(0,)
    )
    assert wrong["failed"] == "exit code 1: no room"
    late = timed([sys.executable, "-c", "import time; time.sleep(60)"], dict(os.environ), 0.3, expected=(0,))
    assert late == {"failed": "not done after 0 s"}
