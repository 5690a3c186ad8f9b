"""Rows in whatever container the user has them: five operations that all containers share.

NumPy arrays, SciPy sparse matrices, pandas, polars and Arrow tables. Columns are addressed by position, because
arrays have no names and pandas' names may be numbers. Nothing here changes its argument.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from whytransfer.errors import InputError

if TYPE_CHECKING:
    import pandas as pd


def native_rows(rows: Any, what: str) -> Any:
    """`rows` as one of the containers this package works with; the object itself wherever possible.

    Lists become arrays, one-dimensional arrays become one column, sparse matrices CSR, lazy frames are
    collected, record batches become tables.

    Parameters
    ----------
    rows : array-like, sparse matrix or data frame
        n rows.
    what : str
        Whose rows they are, for the message: ``"source"``.

    Raises
    ------
    InputError
        When it is no table, or an array of a shape or type that is none.
    """
    import pandas as pd

    if isinstance(rows, pd.Series):
        rows = rows.to_frame()
    if isinstance(rows, pd.DataFrame):
        return _checked_names(rows, list(rows.columns), what)
    if is_sparse(rows):
        return rows.tocsr()
    if _library(rows) in ("polars", "pyarrow"):
        return _foreign_frame(rows, what)
    if callable(getattr(rows, "to_pandas", None)):
        return native_rows(rows.to_pandas(), what)
    return _array(rows, what)


def is_sparse(rows: Any) -> bool:
    """Whether it is a SciPy sparse matrix or array."""
    return _library(rows) == "scipy" and hasattr(rows, "tocsr")


def column_names(rows: Any) -> tuple[str, ...]:
    """Names of the columns as text; ``x0``, ``x1``, … for arrays and sparse matrices."""
    if has_names(rows):
        names = rows.column_names if _library(rows) == "pyarrow" else rows.columns
        return tuple(str(name) for name in names)
    return tuple(f"x{position}" for position in range(rows.shape[1]))


def has_names(rows: Any) -> bool:
    """Whether the container names its columns."""
    return not (isinstance(rows, np.ndarray) or is_sparse(rows))


def take(rows: Any, index: np.ndarray) -> Any:
    """The rows at these positions, in the same container."""
    positions = np.asarray(index)
    if positions.dtype == bool:
        positions = np.flatnonzero(positions)
    positions = positions.astype(np.int64)
    if _library(rows) == "pandas":
        return rows.iloc[positions]
    if _library(rows) == "pyarrow":
        return rows.take(positions)
    return rows[positions]


def select(rows: Any, positions: Sequence[int]) -> Any:
    """The columns at these positions, in this order, in the same container; the object itself when that is all."""
    if list(positions) == list(range(rows.shape[1])):
        return rows
    if _library(rows) == "pandas":
        return rows.iloc[:, list(positions)]
    if _library(rows) in ("polars", "pyarrow"):
        names = column_names(rows)
        return rows.select([names[position] for position in positions])
    return rows[:, list(positions)]


def column(rows: Any, position: int) -> pd.Series:
    """One column as a pandas series with a fresh index."""
    return as_frame(select(rows, [position])).iloc[:, 0]


def as_frame(rows: Any) -> pd.DataFrame:
    """A pandas frame with text names and a fresh index; a view where pandas can give one. Not for sparse matrices."""
    import pandas as pd

    names = list(column_names(rows))
    if _library(rows) == "pandas":
        frame: pd.DataFrame = rows.reset_index(drop=True)
        frame.columns = pd.Index(names)
        return frame
    if isinstance(rows, np.ndarray):
        return pd.DataFrame(rows, columns=pd.Index(names), copy=False)
    from whytransfer.problem.arrow import arrow_to_pandas

    return arrow_to_pandas(rows.to_arrow() if _library(rows) == "polars" else rows)


def _library(rows: Any) -> str:
    """Whose table it is, sub-classes included: ``"pandas"``, ``"polars"``, ``"pyarrow"``, ``"scipy"`` or another."""
    roots = [parent.__module__.split(".", 1)[0] for parent in type(rows).__mro__]
    return next((root for root in roots if root in ("pandas", "polars", "pyarrow", "scipy")), roots[0])


def _checked_names(rows: Any, names: Sequence[object], what: str) -> Any:
    if any(isinstance(name, tuple) for name in names):
        raise InputError(f"{what}: columns have several levels of names, expected one; join the levels first")
    check_names([str(name) for name in names], what)
    return rows


def check_names(names: Sequence[str], what: str) -> None:
    """Refuse duplicate and blank column names.

    Raises
    ------
    InputError
        Naming the column.
    """
    for position, name in enumerate(names):
        if not name.strip():
            raise InputError(
                f"{what}: column {position + 1} of {len(names)} has no name, expected a name for every column; "
                "name it in the header (a table index written by pandas? write it with index=False)"
            )
    if len(set(names)) < len(names):
        twice = next(name for position, name in enumerate(names) if name in names[:position])
        raise InputError(
            f"{what}: the column name {twice!r} stands more than once, expected different names; rename one of them"
        )


def _foreign_frame(rows: Any, what: str) -> Any:
    kind = type(rows).__name__
    if kind == "LazyFrame":
        rows = rows.collect()
    elif kind == "RecordBatch":
        import pyarrow as pa

        rows = pa.Table.from_batches([rows])
    elif kind == "Series":
        rows = rows.to_frame()
    if type(rows).__name__ not in ("DataFrame", "Table"):
        raise InputError(
            f"{what}: expected a table, got {_library(rows)}.{kind}; pass a data frame or a two-way array"
        )
    return _checked_names(rows, column_names(rows), what)


def _array(rows: Any, what: str) -> np.ndarray:
    if rows is None or isinstance(rows, (str, bytes, dict, os.PathLike)) or np.ma.isMaskedArray(rows):
        mend = (
            "wt.Problem.read(source, target, label=...) takes paths"
            if isinstance(rows, (str, os.PathLike))
            else "pass a data frame, or an array with NaN where values are missing"
        )
        raise InputError(f"{what}: expected a table or an array, got {type(rows).__name__}; {mend}")
    try:
        values = np.asarray(rows)
    except ValueError as error:
        raise InputError(f"{what}: rows of different lengths, expected one length ({error})") from None
    if values.ndim == 1:
        values = values[:, None]
    if values.ndim != 2:
        raise InputError(
            f"{what}: expected two dimensions (rows, columns), got shape {values.shape}; reshape it"
        )
    if values.dtype.kind not in "biufmMUO":
        raise InputError(
            f"{what}: an array of {values.dtype} can't be used, expected numbers, booleans, dates or text; convert it"
        )
    return values
