"""Columns with a role beside the features: groups, times, weights. Each is checked once, here."""

from __future__ import annotations

from typing import Any

import numpy as np

from whytransfer.errors import InputError
from whytransfer.problem.columns import Kind, kind_of, tidied
from whytransfer.problem.labels import label_series
from whytransfer.problem.tidied_column import label_text
from whytransfer.wording import how_many


def groups_of(values: Any, n: int, what: str, warnings: list[str]) -> np.ndarray:
    """Group names as text, (n,) object; a row without one stands alone, and that is said.

    Parameters
    ----------
    values : array-like
        (n,) names of any type; 7, 7.0 and "7" are one group.
    n : int
        Number of rows.
    what : str
        For messages: ``"source groups"``.
    warnings : list of str
        Gets a sentence when some are missing.
    """
    import pandas as pd

    codes, distinct = pd.factorize(_one_a_row(values, n, what))
    missing = np.flatnonzero(codes < 0)
    names = np.array([label_text(value) for value in distinct.tolist()] + [""], dtype=object)
    groups: np.ndarray = names[codes]
    if len(missing):
        groups[missing] = [f"(row {row} without a group)" for row in missing]
        warnings.append(
            f"{what}: {len(missing)} of {n} rows have no group; each counts as a group of its own"
        )
    return groups


def times_of(values: Any, n: int, what: str, warnings: list[str]) -> np.ndarray:
    """Times as (n,) datetime64[us] or float64, so that they can be sorted; missing is NaT or NaN.

    Raises
    ------
    InputError
        For text that is no date.
    """
    import pandas as pd

    series = tidied(_one_a_row(values, n, what).to_frame("time"), what).frame["time"]
    if kind_of(series) is Kind.TEXT:
        text = series.astype(object)
        try:
            series = pd.to_datetime(text, utc=True, format="ISO8601").dt.tz_convert(None)
        except (ValueError, TypeError):
            raise InputError(
                f"{what}: {_no_date(text)!r} is no date, expected numbers or dates as 2024-12-31 or 2024-12-31 23:59"
            ) from None
    missing = int(series.isna().sum())
    if missing:
        warnings.append(f"{what}: {missing} of {n} rows have no time")
    if kind_of(series) is Kind.DATE:
        moments: np.ndarray = np.asarray(series, dtype="datetime64[us]")
        return moments
    return np.asarray(series.to_numpy(dtype=np.float64, na_value=np.nan))


def _no_date(texts: Any) -> str:
    """The first of the texts that is no date."""
    import pandas as pd

    known = texts[texts.notna()]
    wrong = pd.to_datetime(known, utc=True, format="ISO8601", errors="coerce").isna()
    return str(known[wrong].iloc[0] if wrong.any() else known.iloc[0])[:60]


def weights_of(values: Any, n: int, what: str) -> np.ndarray:
    """Sample weights as (n,) float64: finite, not negative, not all zero.

    Raises
    ------
    InputError
        Naming the first row that breaks this.
    """
    import pandas as pd

    series = pd.to_numeric(_one_a_row(values, n, what), errors="coerce")
    weights: np.ndarray = series.to_numpy(dtype=np.float64, na_value=np.nan)
    wrong = np.flatnonzero(~(np.isfinite(weights) & (weights >= 0)))
    if len(wrong):
        raise InputError(
            f"{what}: row {wrong[0]} has the weight {weights[wrong[0]]}, expected a finite number ≥ 0 in every row; "
            f"{len(wrong)} of {n} rows are to be mended"
        )
    if not weights.any():
        raise InputError(f"{what}: all are zero, expected a positive weight in at least one row")
    return weights


def _one_a_row(values: Any, n: int, what: str) -> Any:
    series = label_series(values, what)
    if len(series) != n:
        raise InputError(
            f"{what}: {how_many(len(series), 'values')} for {how_many(n, 'rows')}, expected one a row"
        )
    return series
