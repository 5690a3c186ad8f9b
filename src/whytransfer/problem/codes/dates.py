"""Dates: year, month, day, weekday, hour, and seconds since 1970.

The parts are those of skrub's ``DatetimeEncoder``, which can't be used here: it rounds the seconds to float32, that is to
128 s, so that distinct times fall together (and it takes a second to import).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from whytransfer.errors import InputError
from whytransfer.problem.codes.code import Code, Reason

if TYPE_CHECKING:
    import pandas as pd

PARTS = ("year", "month", "day", "weekday", "hour", "seconds")


class DateCode(Code):
    """The parts of a date that vary in training, the training median where missing, and a flag for missing.

    Parameters
    ----------
    series : pandas.Series
        Tidied training values: naive datetimes.
    position : int
        Where the column stands in the raw table.
    """

    def __init__(self, series: pd.Series, position: int) -> None:
        column = str(series.name)
        self.column = column
        present = series.notna().to_numpy()
        parts = _parts(series[present])
        varies = (parts.min(axis=0) < parts.max(axis=0)) if len(parts) else np.zeros(len(PARTS), dtype=bool)
        self.kept = np.flatnonzero(varies)
        self.median = np.median(parts[:, self.kept], axis=0)
        self.flagged = bool(present.any() and not present.all())
        names = [f"{column} {PARTS[i]}" for i in self.kept]
        self.names = (*names, *([f"{column} missing"] if self.flagged else []))
        self.origin = (column,) * len(self.names)
        self.places = (position,) * len(self.names)
        self.dropped = {}
        if not present.any():
            self.dropped = {column: Reason.EMPTY}
        elif not varies.any():
            self.dropped = {column: Reason.GAPS_ONLY if self.flagged else Reason.CONSTANT}

    def encode(self, frame: pd.DataFrame) -> np.ndarray:
        """(n, k) numbers."""
        import pandas as pd

        series = frame[self.column]
        if series.dtype.kind != "M" and series.notna().any():
            raise InputError(
                f"column {self.column!r} held dates in training but {str(series.dropna().iloc[0])[:40]!r} now, expected dates"
            )
        moments = pd.to_datetime(series)
        parts = _parts(moments)[:, self.kept]
        missing = series.isna().to_numpy()
        parts[missing] = self.median
        return np.column_stack([parts, missing]) if self.flagged else parts

    def remarks(self, frame: pd.DataFrame) -> tuple[str, ...]:
        """Dates missing here though none was in training."""
        gaps = int(frame[self.column].isna().sum())
        if self.flagged or not gaps or not self.names:
            return ()
        return (
            f"{gaps} missing dates in {self.column!r}, which had none in training, read as the training median",
        )


def _parts(moments: pd.Series) -> np.ndarray:
    """(n, 6) float64 in the order of `PARTS`; NaN where missing."""
    when = moments.dt
    seconds = np.asarray(moments, dtype="datetime64[us]").astype(np.float64) / 1e6
    columns = [
        np.asarray(part, dtype=np.float64)
        for part in (when.year, when.month, when.day, when.day_of_week, when.hour)
    ]
    return np.column_stack([*columns, seconds])
