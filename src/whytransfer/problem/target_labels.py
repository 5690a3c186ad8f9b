"""Labels of target rows that come on their own: a file, an array, or a mapping from row to label."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from whytransfer.errors import InputError
from whytransfer.problem.delimited import MISSING, text_cells
from whytransfer.problem.labels import label_series
from whytransfer.problem.read import Wanted, read_table
from whytransfer.wording import how_many

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

_TEXT = (".csv", ".tsv", ".txt", "")
_HEADER = 1 << 16
"""Bytes of a first line that are looked at: a file without line ends isn't read for its header."""
THOUSANDS = re.compile(r"\d{1,3}([.,]\d{3})+")
"""A row number as a spreadsheet groups its digits: read as a fraction it would be the row of another label."""
_FORM = "expected columns row,label (rows counted from 0) or one label a row"


def target_labels_of(
    given: Any, m: int, label_name: str | None, classes: frozenset[str] = frozenset()
) -> Any:
    """One raw label for every target row, None where unknown.

    Parameters
    ----------
    given : path, array-like, data frame or mapping
        Columns ``row`` and ``label`` (or the label column's own name), rows counted from 0 and unlisted ones
        unknown; or one label a row; or a mapping row → label.
    m : int
        Number of target rows.
    label_name : str or None
        Name of the label column.
    classes : frozenset of str
        Classes as text: a cell of a text file that names one is that label, though it be ``None`` or ``NA``.

    Returns
    -------
    array-like
        (m,) raw labels.

    Raises
    ------
    InputError
        Rows that stand twice or outside the target, or a number of labels other than m.
    """
    if isinstance(given, Mapping):
        return _placed(given.keys(), list(given.values()), m, "target labels")
    if isinstance(given, (str, os.PathLike)):
        name = os.fspath(given)
        if Path(name).suffix.lower() in _TEXT and Path(name).is_file() and _is_text(Path(name)):
            return _from_text(Path(name), m, label_name, classes)
        return _from_frame(
            read_table(name, wanted=Wanted(beside=("row", "label"))), m, label_name, f"{name!r}"
        )
    frame = given.to_pandas() if callable(getattr(given, "to_pandas", None)) else given
    if getattr(frame, "ndim", 1) == 2 and hasattr(frame, "columns"):
        return _from_frame(frame, m, label_name, "target labels")
    return _one_a_row(label_series(given, "target labels"), m, "target labels")


def refuse_sheet(given: Any) -> None:
    """Refuse the sheet of a label plan as labels for evaluation: its rows are no plain random draw, and some may have been skipped.

    Raises
    ------
    InputError
        When ``<name>.plan.json`` stands beside the file, or the file is headed as a sheet is.
    """
    if not isinstance(given, (str, os.PathLike)):
        return
    file = Path(given)
    plan = file.with_suffix(".plan.json")
    if plan.is_file():
        raise InputError(
            f"target labels {os.fspath(given)!r}: a sheet whose rows a plan drew ({plan.name} stands beside it), expected rows drawn at random; "
            f"certify it with `whytransfer labels certify {file.name}`"
        )
    if _headed_as_sheet(file):
        raise InputError(
            f"target labels {os.fspath(given)!r}: columns row, batch, … as in a sheet whose rows a plan drew, expected rows drawn at random; "
            f"certify it with `whytransfer labels certify {file.name} --plan FILE`, or keep the columns of row and label alone where each drawn row is labelled and was drawn uniformly"
        )


def _headed_as_sheet(file: Path) -> bool:
    try:
        if not file.is_file():
            return False
        with file.open("rb") as stream:
            header = stream.readline(_HEADER).decode("utf-8-sig", errors="replace")
    except OSError:
        # Whoever reads the labels says what is wrong with the file.
        return False
    cells = [cell.strip().strip('"').casefold() for cell in re.split(r"[,;\t|]", header)]
    return cells[:2] == ["row", "batch"]


def _is_text(file: Path) -> bool:
    with file.open("rb") as stream:
        head = stream.read(8)
    return not head.startswith((b"PAR1", b"ARROW1", b"PK", b"\x1f\x8b"))


def _from_frame(frame: pd.DataFrame, m: int, label_name: str | None, what: str) -> Any:
    names = {str(name).strip().casefold(): position for position, name in enumerate(frame.columns)}
    label = next((names[n] for n in _label_names(label_name) if n in names), None)
    if "row" in names and label is not None:
        return _placed(frame.iloc[:, names["row"]].tolist(), frame.iloc[:, label].tolist(), m, what)
    if label is not None or frame.shape[1] == 1:
        return _one_a_row(frame.iloc[:, label or 0], m, what)
    raise InputError(f"{what}: columns {', '.join(map(str, frame.columns[:10]))}; {_FORM}")


def _label_names(label_name: str | None) -> tuple[str, ...]:
    own = () if label_name is None else (label_name.strip().casefold(),)
    return (*own, "label", "y")


def _from_text(file: Path, m: int, label_name: str | None, classes: frozenset[str]) -> Any:
    """A text file, with or without a header; cells are kept as they are written, blank ones are unknown."""
    what = repr(str(file))
    try:
        cells = text_cells(file.read_bytes(), str(file))
    except OSError as error:
        raise InputError(f"can't read {what}: {error.strerror or error}") from None
    except csv.Error as error:
        raise InputError(f"{what}: {error}; {_FORM}") from None
    widths = {len(line) for line in cells if line}
    if not widths:
        raise InputError(f"{what} is empty; {_FORM}")
    if len(cells) == 1 and widths != {1} and not cells[0][0].strip().isdigit():
        raise InputError(
            f"{what} holds a header and no label, expected at least one; leave it out if there are none yet"
        )
    if widths == {1}:
        return _column_of_text([line[0] if line else "" for line in cells], m, label_name, classes, what)
    if len(widths) > 1:
        raise InputError(f"{what}: lines of {min(widths)} to {max(widths)} cells; {_FORM}")
    return _table_of_text([line for line in cells if line], m, label_name, classes, what)


def _column_of_text(
    cells: list[str], m: int, label_name: str | None, classes: frozenset[str], what: str
) -> Any:
    headed = cells[0].strip().casefold() in _label_names(label_name) or len(cells) == m + 1
    if headed and len(cells) != m:
        cells = cells[1:]
    # A last line that is blank is a label that is unknown only where the count asks for it.
    while len(cells) > m and not cells[-1].strip():
        cells = cells[:-1]
    return _one_a_row([_unknown_or(cell, classes) for cell in cells], m, what)


def _table_of_text(
    lines: list[list[str]], m: int, label_name: str | None, classes: frozenset[str], what: str
) -> Any:
    header = [cell.strip().casefold() for cell in lines[0]]
    label = next((header.index(name) for name in _label_names(label_name) if name in header), None)
    if "row" in header and label is None and len(header) == 2:
        label = 1 - header.index("row")
    if "row" in header and label is not None:
        row, lines = header.index("row"), lines[1:]
    elif len(header) == 2 and header[0].isdigit():
        row, label = 0, 1
    else:
        raise InputError(f"{what}: its header is {', '.join(map(repr, lines[0][:10]))}; {_FORM}")
    return _placed(
        [line[row] for line in lines], [_unknown_or(line[label], classes) for line in lines], m, what
    )


def _unknown_or(cell: str, classes: frozenset[str]) -> str | None:
    written = cell.strip()
    return None if written in MISSING and written not in classes else written


def _one_a_row(labels: Any, m: int, what: str) -> Any:
    if len(labels) != m:
        raise InputError(
            f"{what}: {how_many(len(labels), 'labels')} for {how_many(m, 'target rows')}; {_FORM}"
        )
    return labels


def _placed(rows: Iterable[Any], labels: list[Any], m: int, what: str) -> np.ndarray:
    placed = np.full(m, None, dtype=object)
    seen: set[int] = set()
    for given, label in zip(rows, labels, strict=True):
        row = _row_number(given, what)
        if not 0 <= row < m:
            raise InputError(
                f"{what}: row {row} is outside the target, expected 0 to {m - 1} (rows are counted from 0)"
            )
        if row in seen:
            raise InputError(
                f"{what}: row {row} stands more than once, expected each row once; keep one of them"
            )
        seen.add(row)
        placed[row] = label
    return placed


def _row_number(given: Any, what: str) -> int:
    if isinstance(given, str) and THOUSANDS.fullmatch(given.strip()):
        raise InputError(
            f"{what}: row {given!r} may be one or a thousand, expected whole numbers without points or commas; take the format of the column away"
        )
    try:
        number = float(given)
    except (TypeError, ValueError):
        number = np.nan
    if not number.is_integer() or isinstance(given, (bool, np.bool_)):
        raise InputError(f"{what}: {given!r} is no row number, expected whole numbers counted from 0")
    return int(number)
