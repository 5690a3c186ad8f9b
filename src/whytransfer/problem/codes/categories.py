"""Categories and short texts of few values: one 0/1 column each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from whytransfer.problem.codes.code import Code, Reason, listed
from whytransfer.problem.tidied_column import label_text
from whytransfer.wording import how_many

if TYPE_CHECKING:
    import pandas as pd


class CategoryCode(Code):
    """One-hot columns ``"<name>=<value>"`` for the values seen in training; an unknown value is all zeros.

    A column with gaps in training gets ``"<name> missing"`` besides. Without variation in training: no output.

    Parameters
    ----------
    series : pandas.Series
        Tidied training values.
    position : int
        Where the column stands in the raw table.
    """

    def __init__(self, series: pd.Series, position: int) -> None:
        column = str(series.name)
        self.column = column
        seen = texts(series)
        self.categories: list[str] = sorted(seen.dropna().unique().tolist())
        gaps = bool(seen.isna().any())
        varies = len(self.categories) + gaps > 1
        self.flagged = gaps and varies
        names = [f"{column}={category}" for category in self.categories] if varies else []
        reason = Reason.CONSTANT if self.categories else Reason.EMPTY
        self.dropped = {} if varies else {column: reason}
        if len(self.categories) == 1:
            # One value and gaps: one 0/1 column says it all.
            self.flagged = False
        self.names = (*names, *([f"{column} missing"] if self.flagged else []))
        self.origin = (column,) * len(self.names)
        self.places = (position,) * len(self.names)

    def encode(self, frame: pd.DataFrame) -> np.ndarray:
        """(n, k) of 0 and 1."""
        if not self.names:
            return np.empty((len(frame), 0))
        series = texts(frame[self.column])
        codes = _codes(series, self.categories)
        encoded = np.zeros((len(codes), len(self.names)))
        known = np.flatnonzero(codes >= 0)
        encoded[known, codes[known]] = 1.0
        if self.flagged:
            encoded[:, -1] = series.isna().to_numpy()
        return encoded

    def remarks(self, frame: pd.DataFrame) -> tuple[str, ...]:
        """How many rows hold a value that training had not."""
        series = texts(frame[self.column])
        unknown = (_codes(series, self.categories) < 0) & series.notna().to_numpy()
        if not self.names or not unknown.any():
            return ()
        values = sorted(set(series[unknown].tolist()))
        return (
            (
                f"{how_many(int(unknown.sum()), 'rows')} with values of {self.column!r} that training had not, "
                f"all its columns are zero there: {listed(values)}"
            ),
        )


def texts(series: pd.Series) -> pd.Series:
    """A tidied column as text or as categories of text, missing stays missing."""
    import pandas as pd

    if isinstance(series.dtype, (pd.CategoricalDtype, pd.StringDtype)):
        return series
    return series.astype(object).map(label_text, na_action="ignore").astype("string")


def _codes(series: pd.Series, categories: list[str]) -> np.ndarray:
    """Position of each value among the categories, −1 where it is none of them."""
    import pandas as pd

    codes, values = pd.factorize(series)
    place = {category: position for position, category in enumerate(categories)}
    table = np.array([-1, *(place.get(value, -1) for value in values.tolist())], dtype=np.int64)
    return table[codes + 1]
