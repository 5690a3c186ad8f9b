"""The sheet that people fill in: written as CSV, read back from whatever a spreadsheet made of it."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whytransfer.errors import InputError
from whytransfer.io import write_atomically
from whytransfer.labels.number_plan import NumberPlan
from whytransfer.labels.plan import LabelPlan
from whytransfer.problem.delimited import MISSING, text_cells
from whytransfer.problem.target_labels import THOUSANDS
from whytransfer.wording import how_many

Integers = NDArray[np.int64]

UNKNOWN = -1
GROUPED = re.compile(r"[-+]?[1-9]\d{0,2}(,\d{3})+")
"""A number as spreadsheets group its digits; a decimal comma has the same looks where three decimals are written."""

Planned = LabelPlan | NumberPlan
"""A plan for classes, or for a quantity: sheets are alike."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Filled:
    """What a sheet says.

    Parameters
    ----------
    codes : ndarray of int64, shape (n,)
        Label of every planned row in draw order, as a position among the classes; −1 where it is not labelled.
    notes : tuple of str
        What was odd and did no harm.
    cells : dict of str to list, or None
        Feature cells of the planned rows in draw order, as they are written; None where there was no sheet.
    numbers : ndarray of float64, shape (n,), or None
        Where the label is a quantity: the labels, NaN where there is none; `codes` is 0 there where a row is labelled.
    """

    codes: Integers
    notes: tuple[str, ...] = ()
    cells: dict[str, list[str]] | None = None
    numbers: NDArray[np.float64] | None = None

    @property
    def prefix(self) -> int:
        """How many rows from the first one on are labelled without a gap."""
        missing = np.flatnonzero(self.codes < 0)
        return int(missing[0]) if len(missing) else len(self.codes)

    @property
    def labelled(self) -> int:
        """How many rows are labelled."""
        return int((self.codes >= 0).sum())

    @property
    def last(self) -> int:
        """How many rows there are up to the last labelled one."""
        known = np.flatnonzero(self.codes >= 0)
        return int(known[-1]) + 1 if len(known) else 0

    @property
    def skipped(self) -> int:
        """Rows without a label before the last labelled one."""
        return self.last - self.labelled


def plan_beside(sheet: Path) -> Path:
    """Where the plan of a sheet is: ``rows.csv`` has ``rows.plan.json``."""
    return sheet.with_suffix(".plan.json")


def write(plan: Planned, path: Path) -> Path:
    """Write sheet and plan; the plan first, so that no sheet is ever without it."""
    if plan.frame is None:
        raise InputError(
            "this plan was read back and holds no features: its sheet was written when it was made"
        )
    beside = plan_beside(path)
    if beside == path:
        raise InputError(f"{path}: expected a name for the sheet, such as rows.csv, got that of a plan")
    text = sheet_text(plan, [[str(c) for c in row] for row in _cells(plan.frame)], [""] * plan.n)
    write_atomically(beside, plan.to_json())
    write_atomically(path, text)
    return beside


def sheet_text(plan: Planned, cells: list[list[str]], labels: list[str], take: Any = None) -> str:
    """The sheet as CSV: row, batch, features, label; planned rows in draw order, or those of `take`."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([*_header(plan)])
    for i in range(plan.n) if take is None else take:
        writer.writerow([int(plan.rows[i]), int(plan.batches[i]), *cells[i], labels[i]])
    return stream.getvalue()


def _header(plan: Planned) -> list[str]:
    taken = {"row", "batch", plan.label.strip().casefold()}
    shown = [f"{name} (feature)" if name.strip().casefold() in taken else name for name in plan.names]
    return ["row", "batch", *shown, plan.label]


def _cells(frame: Any) -> list[list[Any]]:
    """The features as people read them: a missing cell is empty, and a day has no time of day."""
    table = frame.astype(object).where(frame.notna(), "")
    for name in frame.columns[[kind.kind == "M" for kind in frame.dtypes]]:
        known = frame[name].dropna()
        if (known == known.dt.normalize()).all():
            table[name] = frame[name].dt.strftime("%Y-%m-%d").fillna("")
    return [list(row) for row in table.itertuples(index=False, name=None)]


def read(plan: Planned, path: Path) -> Filled:
    """The labels in a sheet, however it was reordered, and whatever line ends, delimiter or mark a spreadsheet gave it.

    Raises
    ------
    InputError
        In one line with the row: a label that is no class, a row that is not in the plan, a row with two labels, a
        missing column.
    """
    what = repr(str(path))
    try:
        lines = [line for line in text_cells(path.read_bytes(), str(path)) if any(c.strip() for c in line)]
    except OSError as error:
        raise InputError(f"can't read {what}: {error.strerror or error}") from None
    if not lines:
        raise InputError(f"{what} is empty; give the sheet that `whytransfer labels plan` wrote")
    header = [cell.strip().casefold() for cell in lines[0]]
    places = {}
    for name in ("row", plan.label):
        if header.count(name.strip().casefold()) != 1:
            raise InputError(
                f"{what}: expected one column {name!r}, got columns {', '.join(lines[0][:10])}; keep the header of the sheet"
            )
        places[name] = header.index(name.strip().casefold())
    written = [
        (_at(line, places["row"]), _at(line, places[plan.label]), number)
        for number, line in enumerate(lines[1:], start=2)
    ]
    filled = gather(plan, [(row, label) for row, label, _ in written], what)
    return replace(filled, cells=_features(plan, lines, header, places["row"], what))


def gather(plan: Planned, entries: list[tuple[Any, Any]], what: str) -> Filled:
    """Labels by row number, in any order, as codes (of a quantity: numbers) in draw order."""
    if isinstance(plan, NumberPlan):
        _refuse_grouped([label for _, label in entries], what)
    place = {int(row): i for i, row in enumerate(plan.rows)}
    found: dict[int, Any] = {}
    twice, seen = 0, set()
    for given, label in entries:
        row = _row_number(given, what)
        if row not in place:
            raise InputError(
                f"{what}: row {row} is not in the plan, expected one of its {plan.n} rows such as "
                f"{', '.join(str(r) for r in plan.rows[:3])}; labels of other rows were not drawn and can't count: take it out"
            )
        twice += row in seen
        seen.add(row)
        if _missing(label, plan):
            continue
        if row in found and _read(plan, found[row], row, what) != _read(plan, label, row, what):
            raise InputError(
                f"{what}: row {row} has two labels, {found[row]!r} and {label!r}, expected one; keep the right one"
            )
        found[row] = label
    codes = np.full(plan.n, UNKNOWN, dtype=np.int64)
    numbers = np.full(plan.n, np.nan)
    for row, label in found.items():
        numbers[place[row]] = _read(plan, label, row, what)
        codes[place[row]] = 0 if isinstance(plan, NumberPlan) else int(numbers[place[row]])
    notes = []
    if twice:
        notes.append(
            f"{how_many(twice, 'rows')} of the sheet more than once, with one label; each counts once"
        )
    absent = plan.n - len(seen)
    if absent:
        notes.append(
            f"not in the sheet: {how_many(absent, 'planned rows')}; such a row counts as not labelled"
        )
    return Filled(codes=codes, notes=tuple(notes), numbers=numbers if isinstance(plan, NumberPlan) else None)


def _refuse_grouped(labels: list[Any], what: str) -> None:
    """Refuse numbers whose commas all stand where thousands have them: ``1,234`` would be read as a little more than 1."""
    commas = [text for label in labels if isinstance(label, str) and "," in (text := label.strip())]
    if commas and all(GROUPED.fullmatch(text) for text in commas):
        raise InputError(
            f"{what}: label {commas[0]!r} may be a fraction or in the thousands; write numbers without grouping their digits, fractions with a point"
        )


def _read(plan: Planned, label: Any, row: int, what: str) -> float:
    """A label as a code, or as the number that it is."""
    if not isinstance(plan, NumberPlan):
        return _code(plan, label, row, what)
    try:
        value = float(str(label).strip().replace(",", "."))
    except ValueError:
        value = float("nan")
    if not np.isfinite(value):
        raise InputError(
            f"{what}: row {row}: {label!r} is no number, as the label {plan.label!r} is; mend the label, or leave it empty"
        )
    return value


def _code(plan: LabelPlan, label: Any, row: int, what: str) -> int:
    """The class of a label as people and spreadsheets write it."""
    label = label.item() if isinstance(label, np.generic) else label
    tries = [label]
    if isinstance(label, str):
        tries += [label.strip(), label.strip().replace(",", ".")]
    for writing in tries:
        coded = plan.label_space.codes([writing], what)
        if not coded.outside and coded.codes[0] >= 0:
            return int(coded.codes[0])
    strange = plan.label_space.strange((label.strip() if isinstance(label, str) else label,))
    raise InputError(f"{what}: row {row}: {strange}; mend the label, or leave it empty")


def _missing(label: Any, plan: Planned) -> bool:
    """Whether a cell holds no label; a class may be called ``NA`` or ``None``."""
    if not isinstance(label, str):
        import pandas as pd

        # None, NaN, and what pandas has in columns of whole numbers and of times.
        return bool(np.ndim(label) == 0 and pd.isna(label))
    text = label.strip()
    named = set() if isinstance(plan, NumberPlan) else {str(c) for c in plan.classes.tolist()}
    return not text or (text in MISSING and text not in named)


def _row_number(given: Any, what: str) -> int:
    if isinstance(given, str) and THOUSANDS.fullmatch(given.strip()):
        raise InputError(
            f"{what}: row {given!r} may be one or a thousand, expected the whole numbers of the plan's sheet; take the format of the column away"
        )
    try:
        number = float(str(given).strip().replace(",", "."))
    except ValueError:
        number = float("nan")
    if not number.is_integer() or isinstance(given, (bool, np.bool_)):
        raise InputError(
            f"{what}: {given!r} is no row number, expected the whole numbers of the plan's sheet"
        )
    return int(number)


def _features(
    plan: Planned, lines: list[list[str]], header: list[str], row: int, what: str
) -> dict[str, list[str]] | None:
    """Feature cells in draw order; None where the sheet has lost a column or a row."""
    shown = [name.strip().casefold() for name in _header(plan)[2:-1]]
    if any(header.count(name) != 1 for name in shown):
        return None
    by_row = {_row_number(_at(line, row), what): line for line in lines[1:]}
    if any(int(r) not in by_row for r in plan.rows):
        return None
    return {
        name: [_at(by_row[int(r)], header.index(place)) for r in plan.rows]
        for name, place in zip(plan.names, shown, strict=True)
    }


def _at(line: list[str], place: int) -> str:
    return line[place] if place < len(line) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Continued:
    """Where the next sheet is, and what it asks for."""

    sheet: Path
    plan: Path
    text: str


def continued(plan: Planned, sheet: Path, out: Path) -> Continued:
    """Write a sheet with the labels of `sheet` and the next batch, and the plan beside it.

    It holds all rows up to the end of that batch, so that it can be judged by itself; rows that were skipped stand in it
    once more, empty.

    Raises
    ------
    InputError
        When all planned rows are labelled, or the sheet has lost a column or a row.
    """
    filled = read(plan, sheet)
    if filled.labelled == plan.n:
        raise InputError(
            f"{sheet}: all {plan.n} rows of the plan are labelled, there is no further batch; plan again with a larger budget, "
            "another seed and a delta of its own"
        )
    columns = (
        filled.cells
        if plan.cells is None
        else dict(zip(plan.names, zip(*plan.cells, strict=True), strict=True))
    )
    if columns is None:
        raise InputError(
            f"{sheet}: it has lost a feature column or a row of the plan; give the sheet that `whytransfer labels plan` wrote, "
            "with its labels"
        )
    end = int(np.flatnonzero(plan.batches == plan.batches[filled.prefix])[-1]) + 1
    end = max(end, filled.last)
    cells = [list(row) for row in zip(*columns.values(), strict=True)]
    if isinstance(plan, NumberPlan):
        written = ["" if np.isnan(value) else repr(float(value)) for value in filled.numbers]  # type: ignore[union-attr]
    else:
        classes = [str(value) for value in plan.classes.tolist()]
        written = ["" if code < 0 else classes[code] for code in filled.codes]
    beside = plan_beside(out)
    # A sheet that is continued holds the rows so far; those to come are kept with its plan.
    write_atomically(beside, replace(plan, cells=tuple(map(tuple, cells))).to_json())
    write_atomically(out, sheet_text(plan, cells, written, range(end)))
    asked = end - int((filled.codes[:end] >= 0).sum())
    return Continued(
        sheet=out, plan=beside, text=f"{asked} rows to label; {filled.labelled} of {plan.n} are labelled"
    )
