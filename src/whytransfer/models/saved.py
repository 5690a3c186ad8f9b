"""Models in files: skops only. A pickle is never opened, whatever its name."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from whytransfer.errors import InputError
from whytransfer.io import write_atomically

TRUSTED = ("numpy.", "scipy.", "sklearn.", "skrub.", "pandas.", "whytransfer.", "builtins.", "collections.")
"""Packages whose types a model file may name."""


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
    import skops.io

    if not path.is_file():
        raise InputError(f"model {path}: no such file; give a model saved with skops.io.dump")
    if not zipfile.is_zipfile(path):
        raise InputError(
            f"model {path}: not a skops file (pickle and joblib files are never opened); save it with skops.io.dump"
        )
    try:
        types = skops.io.get_untrusted_types(file=path)
        foreign = [t for t in types if not t.startswith(TRUSTED)]
        if foreign:
            raise InputError(f"model {path}: holds types that are not trusted: {', '.join(foreign[:5])}")
        return skops.io.load(path, trusted=types)
    except (KeyError, ValueError, TypeError, AttributeError, ImportError, zipfile.BadZipFile) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"model {path}: can't be read as a skops file ({type(error).__name__}: {error})"
        ) from error


def save_model(model: Any, path: Path) -> None:
    """Write a fitted model as a skops file, whole or not at all."""
    import skops.io

    write_atomically(path, skops.io.dumps(model))
