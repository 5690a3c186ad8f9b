"""What kind of thing each column holds, and a frame in which every kind has one form only.

Kinds, and what counts as them: *number* (integers, floats, decimals, durations in seconds, times of day in
seconds), *boolean*, *text* (strings, categories, intervals, anything mixed), *date* (dates, timestamps, periods; as
naive UTC).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from whytransfer.errors import InputError
from whytransfer.problem.spelt import spelt
from whytransfer.problem.tidied_column import tidied_column

if TYPE_CHECKING:
    import pandas as pd

PLAIN_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*")
"""A number as people write it; what else Python's ``float`` takes (``1_000``, ``inf``, ``nan``) is text."""

LARGEST = 1e30
"""Trees hold numbers in single precision, which ends at 3.4e38, and variances are squares; nothing that is measured comes near."""


class Kind(StrEnum):
    """The kind of a column; the value is how messages call it."""

    NUMBER = "numbers"
    BOOLEAN = "true/false"
    TEXT = "text"
    DATE = "dates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tidied:
    """A frame whose columns have one of a few types, and what had to be said on the way.

    Parameters
    ----------
    frame : pandas.DataFrame
        Numeric, boolean, string, categorical (of text) and naive datetime columns only.
    warnings : tuple of str
        Sentences about columns that were read in an unexpected way.
    """

    frame: pd.DataFrame
    warnings: tuple[str, ...] = ()


def kind_of(series: pd.Series) -> Kind:
    """The kind of a column of a tidied frame."""
    import pandas as pd

    if pd.api.types.is_bool_dtype(series.dtype) and not isinstance(series.dtype, pd.CategoricalDtype):
        return Kind.BOOLEAN
    if pd.api.types.is_numeric_dtype(series.dtype):
        return Kind.NUMBER
    return Kind.DATE if pd.api.types.is_datetime64_any_dtype(series.dtype) else Kind.TEXT


def tidied(frame: pd.DataFrame, what: str) -> Tidied:
    """The same table with one form for each kind of column; the argument is not changed.

    Raises
    ------
    InputError
        For columns of lists, arrays, complex numbers, or numbers that are infinite or larger than `LARGEST`.
    """
    warnings: list[str] = []
    changed: dict[int, pd.Series] = {}
    for position, dtype in enumerate(frame.dtypes):
        if isinstance(dtype, np.dtype) and dtype.kind in "biu":
            continue
        if isinstance(dtype, np.dtype) and dtype.kind == "f" and dtype.itemsize > 2:
            continue
        series = frame.iloc[:, position]
        where = f"{what}: column {str(frame.columns[position])!r}"
        tidy = tidied_column(series, where, warnings)
        looks = spelt(tidy) if kind_of(tidy) is Kind.TEXT else None
        if looks is not None:
            warnings.append(f"{where} holds {looks}")
        if tidy is not series:
            changed[position] = tidy
    result = _replaced(frame, changed)
    _refuse_too_large(result, what)
    return Tidied(frame=result, warnings=tuple(warnings))


def _replaced(frame: pd.DataFrame, changed: dict[int, pd.Series]) -> pd.DataFrame:
    import pandas as pd

    if not changed:
        return frame
    parts = [changed.get(position, frame.iloc[:, position]) for position in range(frame.shape[1])]
    result = pd.concat(parts, axis=1)
    result.columns = frame.columns
    return result


def numeric_part(frame: pd.DataFrame) -> tuple[list[int], np.ndarray]:
    """Positions of the numeric and boolean columns of a tidied frame, and their values.

    Returns
    -------
    positions : list of int
        k positions.
    values : numpy.ndarray
        (n, k) float64, NaN where missing; may share memory with the frame: not to be changed.
    """
    positions = [i for i, dtype in enumerate(frame.dtypes) if getattr(dtype, "kind", "O") in "biuf"]
    part = frame if len(positions) == frame.shape[1] else frame.iloc[:, positions]
    return positions, part.to_numpy(dtype=np.float64, na_value=np.nan)


def _refuse_too_large(frame: pd.DataFrame, what: str) -> None:
    positions = [i for i, dtype in enumerate(frame.dtypes) if getattr(dtype, "kind", "O") == "f"]
    if not positions:
        return
    values = frame.iloc[:, positions].to_numpy()
    beyond = (values > LARGEST) | (values < -LARGEST)
    if not beyond.any():
        return
    row, place = (int(part[0]) for part in np.nonzero(beyond))
    where = f"{what}: column {str(frame.columns[positions[place]])!r} holds"
    if np.isinf(values[row, place]):
        raise InputError(
            f"{where} an infinite number in row {row} (counted from 0), expected finite numbers; leave the cell empty if the value is "
            "unknown"
        )
    raise InputError(
        f"{where} {values[row, place]:.3g} in row {row} (counted from 0), expected numbers of at most {LARGEST:g} in size; leave the "
        "cell empty if the value is unknown, or give the column in another unit"
    )
