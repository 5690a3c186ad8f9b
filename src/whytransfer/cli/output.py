"""Where results go: stdout for the answer, files written whole or not at all, stderr for everything else."""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from whytransfer.cli.files import read_by
from whytransfer.errors import InputError
from whytransfer.io import write_atomically
from whytransfer.result import Audit
from whytransfer.several import Audits

SHOWN_AFTER = 2.0
"""Seconds of silence before progress is shown."""


FORMS = ("html", "json", "markdown", "junit")
"""What a document is written as, by the name of the option."""


MODELS = ("save_model", "save")
"""Options that write a model."""


def write_forms(document: Mapping[str, Any], asked: Mapping[str, str | None]) -> bool:
    """Write the document in every form that was asked for, each whole or not at all; whether one went to stdout.

    Parameters
    ----------
    document : mapping
        An ``audit/1`` or ``audits/1`` document.
    asked : mapping of str to path, ``"-"`` or None
        By form, the keys of `FORMS`.
    """
    from whytransfer import report

    printed = False
    for form, path in asked.items():
        if path is None:
            continue
        if form == "html" and path != "-":
            for name, page in report.to_pages(document, Path(path).name).items():
                write_atomically(Path(path).with_name(name), page)
            continue
        text = getattr(report, f"to_{form}")(document)
        if path == "-":
            sys.stdout.write(text)
            printed = True
        else:
            write_atomically(Path(path), text)
    return printed


def refuse_pages_on_stdout(html: str | None) -> None:
    """Of several audits the HTML is a table with a page for each beside it, which standard output has no room for.

    Raises
    ------
    InputError
        Where it is to go there.
    """
    if html == "-":
        raise InputError(
            "--html -: several audits are a table with a page for each beside it; give the name of a file"
        )


def print_answer(document: Mapping[str, Any], *, quiet: bool) -> None:
    """Print the report; or the verdict line only, with the warnings on stderr: whoever wants a line must not miss them."""
    from whytransfer.report import render, render_brief
    from whytransfer.report.console import stdout_console

    if not quiet:
        render(document, stdout_console())
        return
    render_brief(document, stdout_console())
    sys.stdout.flush()
    note(document["warnings"])


def note(sentences: Iterable[str]) -> None:
    """Say on stderr what has to be known of the data and of what was done with them, a line each."""
    from whytransfer.report.words import clean

    for sentence in sentences:
        sys.stderr.write(f"note: {clean(sentence)}\n")


def names_of(files: Sequence[str], what: str) -> list[str]:
    """The names of the files; their whole paths where two files have one name.

    Raises
    ------
    InputError
        For a file that is given twice.
    """
    twice = next((file for file in files if files.count(file) > 1), None)
    if twice is not None:
        raise InputError(f"{what} {twice} is given twice; give each file once")
    names = [Path(file).name for file in files]
    return names if len(set(names)) == len(names) else list(files)


def refuse_unwritable(paths: Mapping[str, str | None], inputs: Sequence[str]) -> None:
    """Refuse, before any work is done, what could not be written: `paths` by the option's name, None and - excepted.

    Raises
    ------
    InputError
        For an input file, a folder, a folder that does not exist, a model by another name, and two outputs in one place.
    """
    given = [path for path in paths.values() if path is not None]
    twice = next((path for path in given if given.count(path) > 1), None)
    if twice is not None:
        where = "standard output" if twice == "-" else twice
        raise InputError(f"two outputs go to {where}; give each a name of its own")
    read = {Path(p).resolve() for p in inputs}
    for name, path in paths.items():
        if path in (None, "-"):
            continue
        flag = "--" + name.replace("_", "-")
        if Path(path).resolve() in read:
            raise InputError(f"{flag} {path}: that is an input file; give another name")
        if name in MODELS and Path(path).suffix != ".skops":
            raise InputError(
                f"{flag} {path}: expected a name that ends in .skops, which is how it is written"
            )
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
    markdown: str | None = None
    junit: str | None = None
    started: float = field(default_factory=time.perf_counter)
    steps: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Output:
        """Read the options, and refuse what could not be written before any work is done."""
        paths = {
            name: options[name] for name in ("html", "json", "markdown", "junit", "save_model", "timings")
        }
        refuse_unwritable(paths, read_by(options))
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

    def write(self, audit: Audit | Audits) -> None:
        """Write every file that was asked for, then print the answer."""
        if self.save_model:
            self._save(audit.model, Path(self.save_model))
        asked = {form: getattr(self, form) for form in FORMS}
        if not write_forms(audit.document, asked):
            self._print(audit.document)
        self._time()

    def _save(self, model: Any, path: Path) -> None:
        if model is None:
            sys.stderr.write(
                "note: the domains can't be compared, so that no model was trained and none is saved\n"
            )
            return
        from whytransfer.models.saved import save_model

        save_model(model, path)

    def _print(self, document: Mapping[str, Any]) -> None:
        print_answer(document, quiet=self.quiet)

    def _time(self) -> None:
        taken = time.perf_counter() - self.started
        if not self.quiet:
            sys.stderr.write(f"took {taken:.1f} s\n")
        if self.timings:
            now = dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds")
            record = {"date": now, "seconds": taken, "steps": self.steps}
            write_atomically(Path(self.timings), json.dumps(record, indent=2) + "\n")
