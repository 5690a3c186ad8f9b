"""One form for each kind of column: what pandas can hold in many types, in one of a few."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np

from whytransfer.errors import InputError
from whytransfer.io.digest import EXACT_FLOATS

if TYPE_CHECKING:
    import pandas as pd


def tidied_column(series: pd.Series, where: str, warnings: list[str]) -> pd.Series:
    """The column as plain numbers, booleans, strings, categories of text, or naive datetimes.

    Parameters
    ----------
    series : pandas.Series
        Any dtype; it is not changed.
    where : str
        For messages: ``"source: column 'age'"``.
    warnings : list of str
        Gets a sentence when a column mixes types.

    Raises
    ------
    InputError
        For nested values, complex numbers, unreadable dates.
    """
    dtype = series.dtype
    if not isinstance(dtype, np.dtype):
        return _extension(series, where, warnings)
    if dtype.kind == "O":
        return _objects(series, where, warnings)
    if dtype.kind == "m":
        return _like(series, series.dt.total_seconds())
    if dtype.kind == "c":
        raise InputError(
            f"{where} holds complex numbers, expected real ones; pass the two parts as two columns"
        )
    return series.astype(np.float32) if dtype == np.float16 else series


def _extension(series: pd.Series, where: str, warnings: list[str]) -> pd.Series:
    import pandas as pd

    values: Any = series
    dtype = series.dtype
    if isinstance(dtype, pd.ArrowDtype):
        import pyarrow as pa

        plain = pa.chunked_array(pa.array(values)).to_pandas(date_as_object=False)
        return tidied_column(_like(series, plain), where, warnings)
    if isinstance(dtype, pd.SparseDtype):
        return tidied_column(values.sparse.to_dense(), where, warnings)
    if isinstance(dtype, pd.CategoricalDtype):
        return _text_categories(series)
    if isinstance(dtype, pd.PeriodDtype):
        return _like(series, values.dt.to_timestamp())
    if isinstance(dtype, pd.DatetimeTZDtype):
        return _like(series, values.dt.tz_convert(None))
    if isinstance(dtype, pd.StringDtype):
        return series
    if isinstance(dtype, pd.IntervalDtype):
        return series.astype(object).map(str, na_action="ignore").astype("string")
    return _plain(series)


def _plain(series: pd.Series) -> pd.Series:
    """A nullable column as NumPy's, unless float64 would round its whole numbers."""
    import pandas as pd

    if not series.hasnans:
        return _like(series, series.to_numpy(dtype=getattr(series.dtype, "numpy_dtype", None)))
    if pd.api.types.is_integer_dtype(series.dtype):
        whole = series.dropna()
        if len(whole) and max(-int(whole.min()), int(whole.max())) > EXACT_FLOATS:
            return series
    return _like(series, series.to_numpy(dtype=np.float64, na_value=np.nan))


def _like(series: pd.Series, values: Any) -> pd.Series:
    import pandas as pd

    return pd.Series(values).set_axis(series.index)


def _text_categories(series: pd.Series) -> pd.Series:
    names = [label_text(category) for category in series.cat.categories]
    if len(set(names)) < len(names):
        return series.astype(object).map(label_text, na_action="ignore").astype("string")
    return series.cat.rename_categories(dict(zip(series.cat.categories, names, strict=True)))


def label_text(value: object) -> str:
    """A value as text, so that 3, 3.0 and "3" are one category."""
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value)


def _objects(series: pd.Series, where: str, warnings: list[str]) -> pd.Series:
    import pandas as pd

    inferred = pd.api.types.infer_dtype(series, skipna=True)
    if inferred == "string":
        return series.astype("string")
    if inferred == "boolean":
        return series.astype(bool) if series.notna().all() else _floats(series)
    if inferred in ("integer", "floating", "mixed-integer-float", "decimal", "empty"):
        return _whole_numbers(series) if inferred == "integer" and series.notna().all() else _floats(series)
    if inferred in ("datetime", "datetime64", "date"):
        return _moments(series, where)
    if inferred in ("timedelta", "timedelta64"):
        return pd.to_timedelta(series).dt.total_seconds()
    if inferred == "time":
        return _floats(series.map(_seconds, na_action="ignore"))
    return _mixed(series, inferred, where, warnings)


def _floats(series: pd.Series) -> pd.Series:
    # Object columns hold None, NaN and pandas' NA side by side; the mask knows them all.
    missing = series.isna().to_numpy()
    values = np.full(len(series), np.nan)
    values[~missing] = [float(value) for value in series.to_numpy(dtype=object)[~missing]]
    return _like(series, values)


def _whole_numbers(series: pd.Series) -> pd.Series:
    try:
        return series.astype(np.int64)
    except OverflowError:
        return _floats(series)


def _moments(series: pd.Series, where: str) -> pd.Series:
    import pandas as pd

    try:
        return pd.to_datetime(series, utc=True).dt.tz_convert(None)
    except pd.errors.OutOfBoundsDatetime:
        # pandas 2 counts nanoseconds, which end in the year 2262; microseconds hold every date that Python has.
        return _like(series, np.array([_microseconds(value) for value in series], dtype="datetime64[us]"))
    except (ValueError, OverflowError) as error:
        raise InputError(
            f"{where} holds dates that can't be read ({str(error).splitlines()[0][:200]}), expected calendar dates"
        ) from None


def _microseconds(value: Any) -> np.datetime64:
    import pandas as pd

    if pd.isna(value):
        return np.datetime64("NaT")
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        value = value.astimezone(dt.UTC).replace(tzinfo=None)
    return np.datetime64(value, "us")


def _seconds(moment: dt.time) -> float:
    return moment.hour * 3600 + moment.minute * 60 + moment.second + moment.microsecond / 1e6


def _mixed(series: pd.Series, inferred: str, where: str, warnings: list[str]) -> pd.Series:
    present = series[series.notna()]
    nested = next(
        (value for value in present if isinstance(value, (list, dict, set, tuple, np.ndarray))), None
    )
    if nested is not None:
        raise InputError(
            f"{where} holds values of type {type(nested).__name__}, expected one value in each cell; "
            "spread it over several columns or leave it out"
        )
    if inferred not in ("bytes", "period", "interval"):
        types = sorted({type(value).__name__ for value in present.head(1000)})
        warnings.append(f"{where} mixes {', '.join(types)} and is read as text")
    return series.map(label_text, na_action="ignore").astype("string")
