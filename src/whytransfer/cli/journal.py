"""The journal of a command: what its run is about, by content."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from importlib.metadata import version
from pathlib import Path
from typing import Any

NOT_ABOUT = ("source", "target", "out", "save", "html", "json", "markdown", "junit", "save_model", "timings", "quiet", "resume", "config")  # fmt: skip
"""Options that a run's results don't depend on: where they go, how much is said; and the tables, which enter by their content."""

STANDS_ON = ("whytransfer", "numpy", "scipy", "scikit-learn", "pandas", "skrub", "POT", "numba", "pyarrow")
"""What a result depends on to the last bit."""


def journalled(options: Mapping[str, Any]) -> AbstractContextManager[None]:
    """A journal for a command with these options; `begin` opens it once the tables are read. It is deleted at a good end."""
    from whytransfer.io.journal import journal

    return journal(resume=bool(options["resume"]), say=_say)


def begin(command: str, options: Mapping[str, Any], problems: Iterable[Any], said: Any = None) -> None:
    """Open the journal of this run.

    Parameters
    ----------
    command : str
        Its name.
    options : mapping
        As resolved; files that they name enter by their content.
    problems : iterable of Problem
        The tables, by their content.
    said : Predictions or mapping of str to Predictions, optional
        What columns of the tables say of a model.
    """
    from whytransfer.io.journal import open_journal

    asked = {name: _content(value) for name, value in options.items() if name not in NOT_ABOUT}
    versions = [sys.version, *(f"{name} {version(name)}" for name in STANDS_ON)]
    each = [] if said is None else list(said.values()) if isinstance(said, Mapping) else [said]
    arrays = [part for one in each for part in (one.source, one.target, one.proba_source, one.proba_target)]
    open_journal(
        [
            command,
            json.dumps(asked, sort_keys=True),
            *versions,
            _code(),
            *(p.digest for p in problems),
            *arrays,
        ]
    )


def _content(value: Any) -> Any:
    """The option; of a file that it names, the digest of what is in it."""
    if isinstance(value, list | tuple):
        return [_content(one) for one in value]
    if not isinstance(value, str):
        return value
    path = Path(value.removeprefix("cost:"))
    try:
        return [value, hashlib.sha256(path.read_bytes()).hexdigest()] if path.is_file() else value
    except (OSError, ValueError):
        return value  # no file's name; what can't be read is refused by who reads it


def _code() -> str:
    """The package's own files by size and time of change: an editable installation changes without a new version."""
    root = Path(__file__).parents[1]
    files = sorted(root.rglob("*.py"))
    return "\n".join(f"{p.relative_to(root)} {(s := p.stat()).st_size} {s.st_mtime_ns}" for p in files)


def _say(sentence: str) -> None:
    line = "\r\x1b[2K" if sys.stderr.isatty() else ""  # over the line of progress
    sys.stderr.write(f"{line}whytransfer: {sentence}\n")
