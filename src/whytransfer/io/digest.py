"""SHA-256 of what arrays and tables hold, the same whatever container holds it.

Equal numbers give equal digests, be they booleans, integers or floats of any width; a missing value is a missing
value; categories count as their text and times as their moment in UTC. Names and order of columns matter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

EXACT_FLOATS = 2**53
"""Integers up to this size are exact as float64."""


def digest_of_parts(parts: Iterable[bytes | str]) -> str:
    """Hex SHA-256 of a sequence; each part is preceded by its length, so that no two sequences collide by joining.

    >>> digest_of_parts(["ab", "c"]) == digest_of_parts(["a", "bc"])
    False
    """
    total = hashlib.sha256()
    for part in parts:
        content = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        total.update(len(content).to_bytes(8, "little"))
        total.update(content)
    return total.hexdigest()


def digest_of_array(values: np.ndarray) -> str:
    """Hex SHA-256 of the shape and content of an array.

    >>> digest_of_array(np.array([1, 0])) == digest_of_array(np.array([1.0, -0.0]))
    True
    """
    return digest_of_parts([repr(values.shape), _content(np.asarray(values))])


def digest_of_sparse(matrix: Any) -> str:
    """Hex SHA-256 of a SciPy sparse matrix: its shape and its entries that are not zero, row by row."""
    rows = matrix.tocsr(copy=True)
    rows.sum_duplicates()
    rows.eliminate_zeros()
    return digest_of_parts(
        [repr(rows.shape), *(_content(part) for part in (rows.indptr, rows.indices, rows.data))],
    )


def digest_of_frame(frame: pd.DataFrame) -> str:
    """Hex SHA-256 of a pandas frame: names and content of its columns, in order; the index is ignored.

    >>> import pandas as pd
    >>> a = pd.DataFrame({"x": [1, 2], "k": ["u", None]})
    >>> digest_of_frame(a) == digest_of_frame(a.astype({"x": "float32", "k": "category"}))
    True
    """
    parts: list[bytes | str] = [repr(frame.shape)]
    for position, name in enumerate(frame.columns):
        parts += [str(name), _column(frame.iloc[:, position])]
    return digest_of_parts(parts)


def _column(series: pd.Series) -> bytes:
    import pandas as pd

    if isinstance(series.dtype, pd.CategoricalDtype):
        series = series.astype(object)
    if pd.api.types.is_datetime64_any_dtype(series.dtype):
        if isinstance(series.dtype, pd.DatetimeTZDtype):
            series = series.dt.tz_convert(None)
        return _content(series.to_numpy())
    if not (pd.api.types.is_numeric_dtype(series.dtype) or pd.api.types.is_bool_dtype(series.dtype)):
        return _text(series.to_numpy(dtype=object))
    if isinstance(series.dtype, np.dtype):
        return _content(series.to_numpy())
    missing = series.isna().to_numpy()
    if pd.api.types.is_integer_dtype(series.dtype) and missing.any():
        whole = series.fillna(0).to_numpy(dtype=np.int64)
        if np.abs(whole).max(initial=0) > EXACT_FLOATS:
            return b"n" + missing.tobytes() + whole.astype("<i8").tobytes()
    return _content(series.to_numpy(dtype=None if not missing.any() else np.float64, na_value=np.nan))


def _content(values: np.ndarray) -> bytes:
    """Canonical bytes: float64 where that is exact, whole numbers, moments in microseconds, text."""
    if values.dtype.kind in "iu" and values.size:
        low, high = int(values.min()), int(values.max())
        if max(-low, high) > EXACT_FLOATS:
            return b"i" + values.astype("<u8" if low >= 0 else "<i8").tobytes()
    if values.dtype.kind in "biuf":
        floats = values.astype("<f8") + 0.0  # −0.0 becomes 0.0
        floats[np.isnan(floats)] = np.nan
        return b"f" + floats.tobytes()
    if values.dtype.kind in "mM":
        return b"t" + values.astype(f"<{values.dtype.kind}8[us]").astype("<i8").tobytes()
    return _text(values.ravel())


def _text(values: np.ndarray) -> bytes:
    cells = [
        None if _missing(value) else str(value).encode("utf-8", "surrogatepass") for value in values.tolist()
    ]
    lengths = np.array([-1 if cell is None else len(cell) for cell in cells], dtype="<i8")
    return b"s" + lengths.tobytes() + b"".join(cell for cell in cells if cell is not None)


def _missing(value: object) -> bool:
    # NaN differs from itself; pandas' NA compares to neither true nor false. No pandas here: arrays come without it.
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, float) and value != value  # noqa: PLR0124
