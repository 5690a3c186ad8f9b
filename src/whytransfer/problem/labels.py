"""Labels as plain Python values: in any container, of any type."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np

from whytransfer.errors import InputError
from whytransfer.problem.columns import PLAIN_NUMBER

if TYPE_CHECKING:
    import pandas as pd

UNKNOWN = -1
"""The code of a row whose label is missing."""

Plain = bool | int | float | str


def distinct_labels(values: Any, what: str) -> tuple[np.ndarray, list[Plain]]:
    """Position of every row's label among the distinct ones (−1 where missing), and the distinct ones."""
    import pandas as pd

    positions, distinct = pd.factorize(label_series(values, what))
    plain = [_plain(value, what) for value in distinct.tolist()]
    kept: dict[tuple[bool, Plain], int] = {}
    table = [UNKNOWN]
    for value in plain:
        blank = isinstance(value, str) and not value.strip()
        table.append(UNKNOWN if blank else kept.setdefault((isinstance(value, str), value), len(kept)))
    return np.array(table, dtype=np.int64)[positions + 1], [value for _, value in kept]


def label_series(values: Any, what: str) -> pd.Series:
    """Labels in any container as a pandas series with a fresh index.

    Raises
    ------
    InputError
        When they are not one label a row.
    """
    import pandas as pd

    if isinstance(values, np.ma.MaskedArray):
        mask, values = np.ma.getmaskarray(values), np.ma.getdata(values).astype(object)
        values[mask] = None
    if callable(getattr(values, "to_pandas", None)):
        values = values.to_pandas()
    if isinstance(values, pd.DataFrame) and values.shape[1] == 1:
        values = values.iloc[:, 0]
    if isinstance(values, pd.Series):
        return values.reset_index(drop=True)
    if isinstance(values, (pd.Categorical, pd.api.extensions.ExtensionArray, pd.Index)):
        return pd.Series(values)
    if isinstance(values, (list, tuple)) and any(isinstance(value, str) for value in values):
        # NumPy would turn [1, "a"] and ["a", None] into text.
        array: np.ndarray = np.empty(len(values), dtype=object)
        array[:] = values
    else:
        array = np.asarray(values)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise InputError(
            f"{what}: shape {array.shape}, expected one label a row; pass class labels, not indicator columns"
        )
    if array.dtype.kind == "S":
        array = np.char.decode(array, "utf-8")
    return pd.Series(array.astype(object) if array.dtype.kind == "U" else array)


def _plain(value: Any, what: str) -> Plain:
    """A label as a plain Python value."""
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    if isinstance(value, (dt.datetime, dt.date, np.datetime64)):
        return str(value)
    try:
        number = float(value)
    except (TypeError, ValueError):
        return str(value)
    if not np.isfinite(number):
        raise InputError(f"{what}: {number} is no label, expected finite numbers, text, or missing")
    return _whole(number)


def value_of(value: Plain) -> Plain:
    """The value behind a writing: ``"1.0"``, ``1`` and ``True`` are 1."""
    if isinstance(value, str):
        if value.strip().casefold() in ("true", "false"):
            return int(value.strip().casefold() == "true")
        if PLAIN_NUMBER.fullmatch(value):
            return int(value) if value.strip().lstrip("+-").isdigit() else _whole(float(value))
        return value
    return int(value) if isinstance(value, bool) else value


def _whole(number: float) -> int | float:
    return int(number) if number.is_integer() else number
