"""Texts of many values: a fixed number of coordinates that put similar texts near each other."""

from __future__ import annotations

import warnings as python_warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from whytransfer.problem.codes.categories import texts
from whytransfer.problem.codes.code import Code

if TYPE_CHECKING:
    import pandas as pd


class WordCode(Code):
    """skrub's ``StringEncoder``: tf-idf of character n-grams, reduced by a truncated SVD with a fixed seed.

    Parameters
    ----------
    series : pandas.Series
        Tidied training values.
    position : int
        Where the column stands in the raw table.
    components : int
        Number of coordinates, at most.
    seed : int
        Of the randomised SVD.
    """

    def __init__(self, series: pd.Series, position: int, *, components: int, seed: int) -> None:
        from skrub import StringEncoder

        self.column = str(series.name)
        self.flagged = bool(series.isna().any())
        self.encoder: Any = StringEncoder(n_components=components, random_state=seed)
        with python_warnings.catch_warnings():
            # It warns when the texts have fewer n-grams than components; it then keeps the n-grams themselves.
            python_warnings.simplefilter("ignore", UserWarning)
            width = self.encoder.fit_transform(_plain_text(series)).shape[1]
        names = [f"{self.column}~{coordinate}" for coordinate in range(width)]
        self.names = (*names, *([f"{self.column} missing"] if self.flagged else []))
        self.origin = (self.column,) * len(self.names)
        self.places = (position,) * len(self.names)
        self.dropped = {}

    def encode(self, frame: pd.DataFrame) -> np.ndarray:
        """(n, k) coordinates, and 0/1 for missing where training had gaps."""
        import pandas as pd

        series = frame[self.column]
        places, distinct = pd.factorize(_plain_text(series))
        if not len(series):
            return np.empty((0, len(self.names)))
        once = pd.Series(distinct, dtype="string", name=self.column)
        coordinates = self.encoder.transform(once).to_numpy(dtype=np.float64)[places]
        if not self.flagged:
            return np.ascontiguousarray(coordinates)
        return np.column_stack([coordinates, series.isna().to_numpy()])


def _plain_text(series: pd.Series) -> pd.Series:
    import pandas as pd

    return pd.Series(texts(series).astype(object).fillna("").to_numpy(), dtype="string", name=series.name)
