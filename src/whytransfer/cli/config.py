"""Options from a TOML file: ``--config FILE.toml`` and ``[tool.whytransfer]`` in pyproject.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from whytransfer.errors import InputError, UnknownNameError


def read_config(path: Path | None, known: Iterable[str], folder: Path | None = None) -> dict[str, Any]:
    """The options of a file, by parameter name; the command line wins over them.

    Parameters
    ----------
    path : Path or None
        A TOML file with option names as keys (``tolerance = 0.1``), at the top or in a table ``[audit]``.
        None reads ``[tool.whytransfer]`` of pyproject.toml in the working directory, when there is one.
    known : iterable of str
        Names of the options; any other key is refused with the nearest name.
    folder : Path, optional
        Where pyproject.toml is looked for; the working directory by default.

    Raises
    ------
    InputError
        When the file can't be read or is not TOML.
    UnknownNameError
        For an unknown key.
    """
    if path is None:
        project = (folder or Path.cwd()) / "pyproject.toml"
        table = _load(project).get("tool", {}).get("whytransfer", {}) if project.is_file() else {}
    else:
        table = _load(path)
    inner = table.get("audit", {})
    if not isinstance(inner, dict):
        raise InputError(
            f"configuration: audit is a value ({type(inner).__name__}), expected a table [audit] of options"
        )
    options = {**{k: v for k, v in table.items() if k != "audit"}, **inner}
    names = set(known)
    found = {}
    for key, value in options.items():
        name = key.replace("-", "_")
        if name not in names:
            raise UnknownNameError("option in the configuration", key, (n.replace("_", "-") for n in names))
        found[name] = value
    return found


def _load(path: Path) -> dict[str, Any]:
    from whytransfer.io import read_document

    try:
        return tomllib.loads(read_document(path, "configuration", "give an existing TOML file"))
    except (
        ValueError,
        RecursionError,
    ) as error:  # a ValueError for a whole number of thousands of digits too
        if isinstance(error, InputError):
            raise
        raise InputError(f"configuration {path}: not valid TOML ({error}); see https://toml.io") from error
