"""Small documents (JSON, TOML, lists) from files: regular ones only, and never more of them than memory is meant for."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

from whytransfer.errors import InputError

LARGEST_DOCUMENT = 2**28
"""Bytes; an audit takes some hundred kilobytes, a plan for a million rows some hundred megabytes."""


def read_document(path: str | os.PathLike[str], what: str, mend: str) -> str:
    r"""The text of a file that a person or this package wrote, without its byte-order mark.

    A pipe is refused without being opened: opening one that nobody writes to would wait for ever.

    Parameters
    ----------
    path : path
        Where it is.
    what : str
        What it should be, for the message: ``"plan"``.
    mend : str
        What to give instead, for the message.

    Raises
    ------
    InputError
        When it is missing, a folder, a pipe or a device, larger than `LARGEST_DOCUMENT`, not readable or not UTF-8.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as file:
    ...     _ = file.write("\ufeffλ".encode())
    ...     file.flush()
    ...     read_document(file.name, "note", "give another")
    'λ'
    """
    where = f"{what} {os.fspath(path)}"
    try:
        status = Path(path).stat()
        if not stat.S_ISREG(status.st_mode):
            kind = "a folder" if stat.S_ISDIR(status.st_mode) else "a pipe or a device"
            raise InputError(f"{where}: can't be read (it is {kind}, expected a file); {mend}")
        if status.st_size > LARGEST_DOCUMENT:
            raise InputError(f"{where}: {status.st_size} bytes, expected at most {LARGEST_DOCUMENT}; {mend}")
        return Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{where}: can't be read ({error.strerror or error}); {mend}") from None
    except UnicodeDecodeError:
        raise InputError(f"{where}: can't be read (not UTF-8 text); {mend}") from None
    except ValueError as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{where}: can't be read ({error}); {mend}") from None


def parse_json(text: str, what: str, mend: str) -> Any:
    """What a JSON text says, however deeply somebody nested it and however long its numbers are.

    Raises
    ------
    InputError
        When it is not JSON.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise InputError(f"{what}: nested too deeply for JSON that is meant; {mend}") from None
    except ValueError as error:
        raise InputError(f"{what}: not JSON ({error}); {mend}") from None
