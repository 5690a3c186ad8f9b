"""Options from a TOML file: ``--config FILE.toml`` and ``[tool.whytransfer]`` in pyproject.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from types import NoneType
from typing import Any, get_args

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


def typed(name: str, value: Any, hint: Any) -> Any:
    """The value of an option from a file, refused where the command line would not have made it.

    Parameters
    ----------
    name : str
        The option's name, for the message.
    value : object
        What TOML holds.
    hint : type
        What the command takes, None besides; where that is several texts, one may stand for a list of one.

    Raises
    ------
    InputError
        For a value of another type.
    """
    kinds = {kind for kind in (get_args(hint) or (hint,)) if kind is not NoneType}
    if list[str] in kinds:
        value = [value] if isinstance(value, str) else value
        fits = isinstance(value, list) and all(isinstance(one, str) for one in value)
        expected = "a text in quotes, or a list of them"
    elif bool in kinds:
        fits, expected = isinstance(value, bool), "true or false"
    elif float in kinds:
        fits, expected = isinstance(value, int | float) and not isinstance(value, bool), "a number"
    elif int in kinds:
        fits, expected = isinstance(value, int) and not isinstance(value, bool), "a whole number"
    else:
        fits, expected = isinstance(value, str), "a text in quotes"
    if not fits:
        raise InputError(f"configuration: {name.replace('_', '-')} is {value!r}, expected {expected}")
    return value


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
