"""Peers in environments of their own: ``python -m benchmarks.peers --only environments``.

Each has a lock file beside this one, with every package pinned, and becomes ``FOLDER/<name>``, made once and made again when the lock changes. Nothing in
them is a dependency of the project, and nothing of the project is installed in them. Whatever sends figures home is switched off for every
program that runs there.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

LOCKS = Path(__file__).resolve().parent
PEERS = ("nannyml", "evidently", "frouros", "alibi-detect", "skada", "pot", "adapt")
QUIET = {
    "NML_DISABLE_USAGE_LOGGING": "1",
    "DO_NOT_TRACK": "1",
    "SCARF_NO_ANALYTICS": "true",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "",
    "PYTHONWARNINGS": "ignore",
}
THREADS = ("OMP", "OPENBLAS", "MKL", "NUMBA")
MARK = "made_from.txt"


class NotInstalledError(RuntimeError):
    """The environment could not be made; the message is what pip said last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """One peer's environment.

    Parameters
    ----------
    name : str
        Of the lock file.
    folder : Path
        Holds all environments.
    """

    name: str
    folder: Path

    @property
    def lock(self) -> Path:
        return LOCKS / f"{self.name}.txt"

    @property
    def python(self) -> Path:
        return self.folder / self.name / "bin" / "python"

    def make(self) -> Path:
        """Its Python; installs what the lock says where that is not there yet.

        Raises
        ------
        NotInstalledError
            With pip's last line. What was half made is removed.
        """
        home, wanted = self.folder / self.name, self.lock.read_text(encoding="utf-8")
        mark = home / MARK
        if mark.exists() and mark.read_text(encoding="utf-8") == wanted:
            return self.python
        shutil.rmtree(home, ignore_errors=True)
        for command in (
            [sys.executable, "-m", "venv", str(home)],
            [str(self.python), "-m", "pip", "install", "--quiet", "--no-deps", "-r", str(self.lock)],
        ):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                shutil.rmtree(home, ignore_errors=True)
                said = [line for line in done.stderr.splitlines() if line.strip()]
                raise NotInstalledError(said[-1] if said else f"exit code {done.returncode}")
        mark.write_text(wanted, encoding="utf-8")
        return self.python

    def run(self, script: str, *arguments: str, threads: int = 1) -> None:
        """Run a script of this folder there, quietly and with so many threads; its output goes to ours.

        Raises
        ------
        RuntimeError
            When it ended otherwise than with 0.
        """
        done = subprocess.run(
            [str(self.make()), str(LOCKS / script), *arguments], env=environment(threads), check=False
        )
        if done.returncode:
            raise RuntimeError(f"{self.name}: {script} ended with {done.returncode}")


def environment(threads: int) -> dict[str, str]:
    """Variables for a peer's process: no telemetry, so many threads, nothing of our own environment's Python."""
    limits = {f"{name}_NUM_THREADS": str(threads) for name in THREADS}
    kept = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    return {**kept, **QUIET, **limits}


def pinned(name: str) -> dict[str, str]:
    """Package and version of each line of a lock."""
    lines = (LOCKS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==", 1) for line in lines if "==" in line and not line.startswith("#"))


def read(path: Path) -> dict:
    """A JSON file, empty where there is none."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
