"""The user's own past transfers: what was known of each beforehand, and how it ended."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from whytransfer.backtest.profile import CENTRE, NUMBERS, Profile
from whytransfer.backtest.reference import Transfer
from whytransfer.errors import InputError
from whytransfer.io import parse_json, read_document

COLUMNS = ("data_set", "target_error")
"""What every row of a history must have, besides ``audit`` or the columns of a profile."""


def read_history(path: str | Path) -> list[Transfer]:
    """Past transfers from a CSV, a JSON-lines file or a folder of audits.

    A row names the ``data_set`` it belongs to, the ``target_error`` that came out, and either the ``audit`` that was made
    beforehand (a JSON file, relative to the history) or the columns of its profile with a column for each estimate. In a
    folder every audit with target labels counts, its source file being the data set.

    Raises
    ------
    InputError
        In one line that names the row.
    """
    where = Path(path)
    if where.is_dir():
        found = [t for t in (_labelled(file) for file in sorted(where.glob("*.json"))) if t is not None]
        if not found:
            raise InputError(
                f"history {where}: no audit in it has both target labels and a panel; audit past targets with --use-target-labels "
                "--json, or give a CSV with the errors that came out"
            )
        return found
    text = read_document(where, "history", "give CSV or JSON lines")
    rows = list(_lines(text, where) if text.lstrip().startswith("{") else csv.DictReader(text.splitlines()))
    if not rows:
        raise InputError(f"history {where}: it holds no row; give a row a past transfer")
    return [_transfer(row, f"history {where}, row {i}", where.parent) for i, row in enumerate(rows, 1)]


def _lines(text: str, where: Path) -> Iterator[Mapping[str, Any]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            row = parse_json(line, f"history {where}, line {number}", "expected one JSON object a line")
            if not isinstance(row, dict):
                raise InputError(
                    f"history {where}, line {number}: expected a JSON object, got {type(row).__name__}"
                )
            yield row


def _transfer(row: Mapping[str, Any], which: str, folder: Path) -> Transfer:
    given = {str(k): v for k, v in row.items() if k is not None and v not in (None, "")}
    lacking = [name for name in COLUMNS if name not in given]
    if lacking:
        raise InputError(f"{which}: {' and '.join(lacking)} missing; every row needs {', '.join(COLUMNS)}")
    error = _number(given["target_error"], f"{which}, target_error")
    if not 0.0 <= error <= 1.0:
        raise InputError(f"{which}: expected a target_error from 0 to 1, got {error:g}")
    if "audit" in given:
        profile = profile_of(
            _document(_inside(folder, str(given["audit"]), which)), f"{which}, audit {given['audit']}"
        )
    else:
        profile = _from_columns(given, which)
    return Transfer(data_set=str(given["data_set"]), profile=profile, target_error=error)


def _inside(folder: Path, name: str, which: str) -> Path:
    """The file that a row names. A history may come from somebody else: it opens nothing outside its own folder."""
    file = folder / name
    if "\0" in name or not file.resolve().is_relative_to(folder.resolve()):
        raise InputError(
            f"{which}: the audit {name!r} lies outside {str(folder)!r}; put the audits beside the history"
        )
    return file


def _from_columns(given: Mapping[str, Any], which: str) -> Profile:
    nested = given.get("profile")
    if isinstance(nested, Mapping):
        estimates = nested.get("estimates", {})
        if not isinstance(estimates, Mapping):
            raise InputError(f"{which}: expected the estimates as an object of numbers, got {estimates!r}")
        values = {**nested, **estimates}
    else:
        values = {k: v for k, v in given.items() if k not in COLUMNS}
    lacking = [name for name in (*NUMBERS, CENTRE[0]) if name not in values]
    if lacking:
        raise InputError(
            f"{which}: {', '.join(lacking)} missing; give the columns of a profile, or `audit` with the file of the audit"
        )
    numbers = {k: _number(v, f"{which}, {k}") for k, v in values.items() if k != "estimates"}
    found = {k: v for k, v in numbers.items() if k not in NUMBERS}
    return Profile.of({**{name: numbers[name] for name in NUMBERS}, "estimates": found})


def _labelled(file: Path) -> Transfer | None:
    """The transfer of an audit with target labels; None for every other file."""
    document = _document(file)
    if not isinstance(document, Mapping) or document.get("schema") != "whytransfer/audit/1":
        return None
    with _damage_said(f"audit {file}"):
        direct = next((c for c in document["claims"] if c["id"] == "target_error.direct"), None)
        panel = next((c for c in document["claims"] if c["id"] == "target_error.panel"), None)
        if direct is None or direct["estimate"] is None or panel is None or "profile" not in panel["detail"]:
            return None
        digest = str(document["provenance"]["digests"]["source"])
        error = float(direct["estimate"])
    return Transfer(data_set=digest, profile=profile_of(document, str(file)), target_error=error)


def profile_of(document: Any, which: str) -> Profile:
    """The profile that an audit's panel keeps in its detail."""
    with _damage_said(which):
        claims = document.get("claims", []) if isinstance(document, Mapping) else []
        panel = next((c for c in claims if c.get("id") == "target_error.panel"), None)
        profile = None if panel is None else panel["detail"].get("profile")
        if profile is None:
            raise InputError(f"{which}: expected an audit whose panel has an estimate, made by this version")
        if CENTRE[0] not in profile["estimates"]:
            raise InputError(
                f"{which}: its panel stands on other estimates than this version's, which knows no {CENTRE[0]!r} of it; make the audit again"
            )
        return Profile.of(profile)


@contextmanager
def _damage_said(which: str) -> Iterator[None]:
    """A document whose parts are not where `audit --json` puts them is refused, whatever stands there instead."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"{which}: damaged ({type(error).__name__}: {error}); give what `audit --json` wrote"
        ) from None


def _document(file: Path) -> Any:
    mend = "give what `audit --json` wrote"
    return parse_json(read_document(file, "audit", mend), f"audit {file}", mend)


def _number(value: Any, which: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise InputError(f"{which}: expected a number, got {value!r}") from None
    if not math.isfinite(number):
        raise InputError(f"{which}: expected a finite number, got {value!r}")
    return number
