"""Where results go: stdout for the answer, files written whole or not at all, stderr for everything else."""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from whytransfer.errors import InputError
from whytransfer.io import write_atomically
from whytransfer.result import Audit

SHOWN_AFTER = 2.0
"""Seconds of silence before progress is shown."""


def refuse_unwritable(paths: Mapping[str, str | None], inputs: Sequence[str]) -> None:
    """Refuse, before any work is done, what could not be written: `paths` by the option's name, None and - excepted.

    Raises
    ------
    InputError
        For an input file, a folder, and a folder that does not exist.
    """
    read = {Path(p).resolve() for p in inputs}
    for name, path in paths.items():
        if path in (None, "-"):
            continue
        flag = "--" + name.replace("_", "-")
        if Path(path).resolve() in read:
            raise InputError(f"{flag} {path}: that is an input file; give another name")
        if Path(path).is_dir() or not Path(path).absolute().parent.is_dir():
            raise InputError(f"{flag} {path}: expected a file in a folder that exists")


@dataclass
class Output:
    """What the options of a run ask to be printed and written."""

    html: str | None
    json: str | None
    save_model: str | None
    timings: str | None
    quiet: bool
    started: float = field(default_factory=time.perf_counter)
    steps: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Output:
        """Read the options, and refuse what could not be written before any work is done."""
        paths = {name: options[name] for name in ("html", "json", "save_model", "timings")}
        refuse_unwritable(paths, [options["source"], *options["target"]])
        return cls(**paths, quiet=options["quiet"])

    @contextmanager
    def progress(self) -> Iterator[Callable[[str], None]]:
        """Name each step on stderr: at once where somebody watches, in a log once the work has taken a few seconds."""
        interactive = sys.stderr.isatty()

        def say(step: str) -> None:
            now = time.perf_counter() - self.started
            self.steps[step] = now
            if not self.quiet and (interactive or now > SHOWN_AFTER):
                sys.stderr.write(f"\r\x1b[2K{step} …" if interactive else f"{step} …\n")
                sys.stderr.flush()

        from whytransfer.steps.progress import heard_by

        try:
            with heard_by(say):
                yield say
        finally:
            if interactive and not self.quiet:
                sys.stderr.write("\r\x1b[2K")

    def write(self, audit: Audit) -> None:
        """Write every file that was asked for, then print the answer."""
        if self.save_model:
            if audit.model is None:
                raise InputError("--save-model: there is no model to save, only predictions were given")
            from whytransfer.models.saved import save_model

            save_model(audit.model, Path(self.save_model))
        if self.html:
            audit.to_html(self.html)
        if self.json and self.json != "-":
            audit.to_json(self.json)
        self._print(audit)
        self._time()

    def _print(self, audit: Audit) -> None:
        from whytransfer.report import render, render_brief
        from whytransfer.report.console import stdout_console

        if self.json == "-":
            sys.stdout.write(audit.to_json())
        elif self.quiet:
            render_brief(audit.document, stdout_console())
        else:
            render(audit.document, stdout_console())

    def _time(self) -> None:
        taken = time.perf_counter() - self.started
        if not self.quiet:
            sys.stderr.write(f"took {taken:.1f} s\n")
        if self.timings:
            now = dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds")
            record = {"date": now, "seconds": taken, "steps": self.steps}
            write_atomically(Path(self.timings), json.dumps(record, indent=2) + "\n")
