"""Numbers and booleans: the median where missing, and a column that says where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from whytransfer.errors import InputError
from whytransfer.io.digest import EXACT_FLOATS
from whytransfer.problem.codes.code import Code, Reason, listed

if TYPE_CHECKING:
    import pandas as pd


class NumberCode(Code):
    """All numeric and boolean columns of a table at once.

    A column becomes itself with missing values replaced by the training median, followed by ``"<name> missing"``
    (0/1) when values were missing in training. Columns with one value in training are dropped; of a column with
    one value and gaps, only the gaps are kept. Whole numbers that float64 would round (beyond 2**53) are counted from
    their least training value, exactly, and the column is named ``"<name> minus <that value>"``.

    Parameters
    ----------
    frame : pandas.DataFrame
        Tidied training rows.
    positions : list of int
        The numeric columns.
    """

    def __init__(self, frame: pd.DataFrame, positions: list[int]) -> None:
        self.zeros = _zeros(frame, positions)
        values = numbers(frame, positions, self.zeros)
        missing = np.isnan(values)
        some, all_ = missing.any(axis=0), missing.all(axis=0)
        low, high, median = _ends_and_median(values, some, all_)
        varies = ~all_ & (low < high)
        flagged = some & ~all_
        self.positions = positions
        self.columns = tuple(str(frame.columns[position]) for position in positions)
        self.kept = np.flatnonzero(varies)
        self.flagged = np.flatnonzero(flagged)
        self.median = median[self.kept]
        outputs = sorted([(int(i), 0) for i in self.kept] + [(int(i), 1) for i in self.flagged])
        self.names = tuple(
            self.columns[i] + (" missing" if flag else _counted_from(self.zeros.get(positions[i])))
            for i, flag in outputs
        )
        self.origin = tuple(self.columns[i] for i, _ in outputs)
        self.places = tuple(positions[i] for i, _ in outputs)
        self.value_slots = np.array(
            [slot for slot, (_, flag) in enumerate(outputs) if not flag], dtype=np.int64
        )
        self.flag_slots = np.array([slot for slot, (_, flag) in enumerate(outputs) if flag], dtype=np.int64)
        reasons = (
            (all_, Reason.EMPTY),
            (~all_ & ~varies & ~flagged, Reason.CONSTANT),
            (flagged & ~varies, Reason.GAPS_ONLY),
        )
        self.dropped = {self.columns[i]: reason for mask, reason in reasons for i in np.flatnonzero(mask)}

    def encode(self, frame: pd.DataFrame) -> np.ndarray:
        """(n, k) float64: values and flags, side by side for each raw column."""
        values = numbers(frame, self.positions, self.zeros)
        if not len(self.flagged) and len(self.kept) == values.shape[1]:
            return _filled(values, self.median)
        encoded = np.empty((len(values), len(self.names)))
        encoded[:, self.value_slots] = _filled(values[:, self.kept], self.median)
        encoded[:, self.flag_slots] = np.isnan(values[:, self.flagged])
        return encoded

    def remarks(self, frame: pd.DataFrame) -> tuple[str, ...]:
        """Columns with gaps here and none in training: the median stands in, and nothing says where."""
        unflagged = set(self.kept) - set(self.flagged)
        without = [name for i, name in enumerate(self.columns) if i in unflagged]
        gaps = frame[without].isna().sum()
        gaps = gaps[gaps > 0]
        if gaps.empty:
            return ()
        return (
            (
                f"{int(gaps.sum())} missing values in columns that had none in training, "
                f"read as the training median: {listed([str(name) for name in gaps.index])}"
            ),
        )


def _zeros(frame: pd.DataFrame, positions: list[int]) -> dict[int, int]:
    """Position and least value of the columns of whole numbers that float64 would round."""
    found = {}
    for position in positions:
        if getattr(frame.dtypes.iloc[position], "kind", "O") in "iu":
            column = frame.iloc[:, position].dropna()
            if len(column) and max(-int(column.min()), int(column.max())) > EXACT_FLOATS:
                found[position] = int(column.min())
    return found


def _counted_from(zero: int | None) -> str:
    return "" if zero is None else f" minus {zero}"


def numbers(frame: pd.DataFrame, positions: list[int], zeros: Mapping[int, int] | None = None) -> np.ndarray:
    """(n, k) float64 of some columns, NaN where missing; a fresh array.

    Parameters
    ----------
    frame : pandas.DataFrame
        n tidied rows.
    positions : list of int
        The k columns.
    zeros : mapping of int to int, optional
        By position, what is subtracted from a column of whole numbers before they become floats.

    Raises
    ------
    InputError
        When a column holds text that is no number.
    """
    import pandas as pd

    part = frame if len(positions) == frame.shape[1] else frame.iloc[:, positions]
    columns = {}
    for name in part.columns[[not _numeric(dtype) for dtype in part.dtypes]]:
        try:
            columns[name] = pd.to_numeric(part[name].astype(object))
        except (ValueError, TypeError) as error:
            raise InputError(
                f"column {str(name)!r} held numbers in training but {str(error)[:80]!r} now, expected numbers"
            ) from None
    for position, zero in (zeros or {}).items():
        name = frame.columns[position]
        # Python's own whole numbers have no width to overflow.
        exact = columns.get(name, frame.iloc[:, position]).astype(object)
        columns[name] = (exact.where(exact.notna(), np.nan) - zero).astype(np.float64)
    if columns:
        part = part.assign(**columns)
    return np.array(part.to_numpy(dtype=np.float64, na_value=np.nan), order="C")


def _numeric(dtype: object) -> bool:
    return getattr(dtype, "kind", "O") in "biuf"


def _filled(values: np.ndarray, median: np.ndarray) -> np.ndarray:
    missing = np.isnan(values)
    if missing.any():
        values = np.where(missing, median, values)
    return values


def _ends_and_median(
    values: np.ndarray, some: np.ndarray, all_: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Smallest, largest and middle value of each column, NaN where it is empty."""
    p = values.shape[1]
    low, high, median = np.full(p, np.nan), np.full(p, np.nan), np.full(p, np.nan)
    full, holed = ~some, some & ~all_
    low[full], high[full] = values[:, full].min(axis=0), values[:, full].max(axis=0)
    low[holed], high[holed] = np.nanmin(values[:, holed], axis=0), np.nanmax(values[:, holed], axis=0)
    # The sum of two middle values may be beyond float64 where neither is; that of their halves never is.
    huge = np.maximum(np.abs(low), np.abs(high)) > np.finfo(float).max / 2
    for columns, middle in ((full, np.median), (holed, np.nanmedian)):
        plain, halved = columns & ~huge, columns & huge
        median[plain] = middle(values[:, plain], axis=0)
        median[halved] = 2 * middle(values[:, halved] / 2, axis=0)
    return low, high, median
