"""The files that a command reads, by its options: all of them are looked for before the first is read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from whytransfer.errors import InputError

TABLES = ("source", "target", "labels", "target_labels")
OTHERS = {
    "model": "a model saved with skops.io.dump",
    "candidate": "a model saved with skops.io.dump",
    "reference": "what `whytransfer calibrate` wrote",
    "config": "a TOML file",
}
"""Other files, and what they are."""
COSTS = "cost:"


def read_by(options: Mapping[str, Any]) -> list[str]:
    """The paths that a command's options name to be read, the tables first.

    Parameters
    ----------
    options : mapping
        By parameter name; a value may be a path, several, or None.
    """
    metric = str(options.get("metric") or "")
    costs = [metric.removeprefix(COSTS)] if metric.startswith(COSTS) and metric != COSTS else []
    return [path for name in (*TABLES, *OTHERS) for path in _paths(options.get(name))] + costs


def refuse_missing(options: Mapping[str, Any]) -> None:
    """Refuse the first file that is not there, so that nobody waits for the others to be read.

    Raises
    ------
    InputError
        Naming the file, and the option where it is no argument.
    """
    from whytransfer.problem.read import refuse_missing as refuse_missing_table

    for name in TABLES:
        for path in _paths(options.get(name)):
            refuse_missing_table(path)
    for name, what in OTHERS.items():
        for path in _paths(options.get(name)):
            if not os.path.exists(path):  # noqa: PTH110  (a name too long for a file is none; pathlib raises)
                raise InputError(f"--{name} {path}: no such file; give {what}")


def _paths(given: Any) -> list[str]:
    if isinstance(given, str):
        return [given]
    return [path for path in given if isinstance(path, str)] if isinstance(given, list | tuple) else []
