"""The document as text: the same document is always the same bytes."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from typing import Any, NoReturn

from whytransfer.errors import InputError
from whytransfer.io import read_document
from whytransfer.report.validate import SCHEMA_ID, SEVERAL_ID, validate

_FAMILY = re.compile(r"whytransfer/audit/(\d+)")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def to_json(document: dict[str, Any]) -> str:
    r"""The document as JSON: keys in the order given, nothing rounded, two spaces, one newline at the end.

    Parameters
    ----------
    document : dict
        An ``audit/1`` document.

    Returns
    -------
    str
        Text that encodes to UTF-8, whatever the strings in it.

    Raises
    ------
    ValueError
        When a number is NaN or infinite; what can't be said is None.

    Examples
    --------
    >>> to_json({"estimate": 0.1, "upper": None})
    '{\n  "estimate": 0.1,\n  "upper": null\n}\n'
    """
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2) + "\n"
    # Half a surrogate pair (a damaged column name) has no UTF-8 form; its JSON escape has.
    return _LONE_SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def read_saved(path: str | os.PathLike[str], *schemas: str) -> dict[str, Any]:
    """The document in a file that `to_json` wrote.

    Parameters
    ----------
    path : path
        The file.
    *schemas : str
        As of `from_json`.

    Raises
    ------
    InputError
        When it can't be read, or as `from_json`; the message names the file.
    """
    text = read_document(path, "audit", "give what `audit --json` wrote")
    try:
        return from_json(text, *schemas)
    except InputError as error:
        raise InputError(f"audit {os.fspath(path)}: {error}") from None


def from_json(text: str, *schemas: str) -> dict[str, Any]:
    """The document that `to_json` wrote, checked against the schema.

    Parameters
    ----------
    text : str
        The whole file.
    *schemas : str
        Which it may follow: ``whytransfer/audit/1`` (alone by default), ``whytransfer/audits/1``.

    Raises
    ------
    InputError
        In one line, when the text is not JSON, follows another or a newer schema, or departs from it.
    """
    try:
        document = json.loads(text.removeprefix("\ufeff"), parse_constant=_refuse_constant)
        _check_schema_name(document, schemas or (SCHEMA_ID,))
        validate(document)
    except RecursionError:
        raise InputError(f"not a {SCHEMA_ID} document: it is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise InputError(
            f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}; "
            "expected a file written by `whytransfer audit --json`"
        ) from None
    except InputError:
        raise
    except ValueError:
        # The parser's own limit on the digits of one integer.
        raise InputError(f"not a {SCHEMA_ID} document: it holds an integer of thousands of digits") from None
    checked: dict[str, Any] = document
    return checked


def _refuse_constant(name: str) -> NoReturn:
    raise InputError(f"not JSON: {name} is not a JSON number; what can't be said is written as null")


def _check_schema_name(document: object, schemas: Sequence[str]) -> None:
    name = document.get("schema") if isinstance(document, dict) else None
    if name in schemas:
        return
    if name == SEVERAL_ID:
        raise InputError(
            f"this file holds several audits ({name}), expected one; `whytransfer report` and wt.Audits.from_json read it"
        )
    family = _FAMILY.fullmatch(name) if isinstance(name, str) else None
    if family is not None and int(family[1]) > 1:
        raise InputError(
            f"this file follows {name}, this version reads {SCHEMA_ID}; upgrade whytransfer to read it"
        )
    got = f"schema {name!r:.80}" if name is not None else "a file without a schema"
    raise InputError(
        f"expected schema {schemas[0]!r}, got {got}; give a file written by `whytransfer audit --json`"
    )
