"""Models in files: skops only. A pickle is never opened, whatever its name."""

from __future__ import annotations

import importlib
import io
import tokenize
import zipfile
import zlib
from pathlib import Path
from typing import Any

from whytransfer.errors import InputError
from whytransfer.io import headers_of_any_age, refuse_bombs, write_atomically

TRUSTED = ("sklearn.", "skrub.", "whytransfer.")
"""Packages whose classes a model file may name beside what skops trusts by itself. Functions are never trusted: ``eval``
is one."""

_DAMAGE = (
    ArithmeticError, AssertionError, AttributeError, EOFError, ImportError, LookupError, NotImplementedError, OSError,
    RuntimeError, SyntaxError, TypeError, ValueError, tokenize.TokenError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What skops and the classes it builds raise on damaged files; numpy parses headers of arrays as Python's literals."""


def load_model(path: Path) -> Any:
    """The fitted model of a skops file.

    Parameters
    ----------
    path : Path
        Written by ``skops.io.dump`` or ``--save-model``.

    Raises
    ------
    InputError
        When the file is missing, no skops file (a pickle or joblib file is refused unopened), or names types
        outside the packages of `TRUSTED`.
    """
    if not path.is_file():
        what = "it is a folder, a pipe or a device" if path.exists() else "no such file"
        raise InputError(f"model {path}: {what}; give a model saved with skops.io.dump")
    if not zipfile.is_zipfile(path):
        raise InputError(
            f"model {path}: not a skops file (pickle and joblib files are never opened); save it with skops.io.dump"
        )
    return model_from(path.read_bytes(), f"model {path}")


def model_from(content: bytes, what: str) -> Any:
    """The fitted model of the bytes of a skops file.

    Parameters
    ----------
    content : bytes
        The whole file.
    what : str
        Which model it is, for messages.

    Raises
    ------
    InputError
        As `load_model`.
    """
    import skops.io

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            refuse_bombs(archive, what)
        types = skops.io.get_untrusted_types(data=content)
        foreign = [t for t in types if not (t.startswith(TRUSTED) and _is_class(t))]
        if foreign:
            raise InputError(f"{what}: holds types that are not trusted: {', '.join(foreign[:5])}")
        with headers_of_any_age():
            return skops.io.loads(content, trusted=types)
    except _DAMAGE as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"{what}: can't be read as a skops file ({type(error).__name__}: {error})"
        ) from error


def _is_class(name: str) -> bool:
    """Whether a dotted name of a trusted package is a class, and not a function."""
    module, _, attribute = name.rpartition(".")
    try:
        found = getattr(importlib.import_module(module), attribute, None)
    except ImportError:
        return False
    return isinstance(found, type)


def save_model(model: Any, path: Path) -> None:
    """Write a fitted model as a skops file, whole or not at all.

    Raises
    ------
    InputError
        For a name that promises another format.
    """
    if path.suffix != ".skops":
        raise InputError(f"{path}: expected a name that ends in .skops, which is how a model is written")
    write_atomically(path, model_bytes(model))


def model_bytes(model: Any) -> bytes:
    """A fitted model as the bytes of a skops file."""
    import skops.io

    content: bytes = skops.io.dumps(model)
    return content
