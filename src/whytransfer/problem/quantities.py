"""Labels that are a quantity: any container as numbers, missing where unknown, and how they are told from classes."""

from __future__ import annotations

from typing import Any

import numpy as np

from whytransfer.errors import InputError
from whytransfer.problem.columns import LARGEST
from whytransfer.problem.labels import Plain, label_series

MOST_NUMERIC_CLASSES = 50
"""More distinct numeric labels than this, in more than a fifth of the rows, are no classes but a quantity."""


def is_quantity(plain: list[Plain], rows: int) -> bool:
    """Whether distinct labels, of which `rows` rows have one, are read as a quantity: numbers with fractions, or very many of them.

    >>> is_quantity([0.5, 1, 2], 3), is_quantity([1, 2, 3], 300), is_quantity(list(range(90)), 100)
    (True, False, True)
    """
    if any(isinstance(value, str) for value in plain):
        return False
    fractions = any(isinstance(value, float) for value in plain)
    return fractions or (len(plain) > MOST_NUMERIC_CLASSES and len(plain) > 0.2 * rows)


def numbers_of(values: Any, what: str) -> np.ndarray:
    """Labels as numbers, (n,) float64, NaN where missing.

    Parameters
    ----------
    values : array-like
        (n,) numbers of any type, or text that writes numbers.
    what : str
        Whose they are, for messages.

    Raises
    ------
    InputError
        Naming the first that is no finite number, or larger than `LARGEST` in size.
    """
    import pandas as pd

    series = label_series(values, what)
    blank = series.map(lambda value: isinstance(value, str) and not value.strip()).to_numpy(dtype=bool)
    missing = series.isna().to_numpy(dtype=bool) | blank
    numbers = np.array(pd.to_numeric(series, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan))
    wrong = np.flatnonzero(~missing & ~np.isfinite(numbers))
    if len(wrong):
        raise InputError(
            f"{what}: row {wrong[0]} has {series.iloc[wrong[0]]!r}, expected a finite number, as all labels of a quantity are; "
            'if they are classes, pass task="classification" (--task classification)'
        )
    numbers[missing] = np.nan
    huge = np.flatnonzero(np.abs(numbers) > LARGEST)
    if len(huge):
        raise InputError(
            f"{what}: row {huge[0]} has {numbers[huge[0]]:.3g}, expected numbers of at most {LARGEST:g} in size; give them in another "
            "unit, or leave the cell empty if the value is unknown"
        )
    return numbers
