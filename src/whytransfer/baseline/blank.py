"""Rows without a feature value: what is left of a source where none may be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from whytransfer.errors import InputError
from whytransfer.problem.columns import Kind, kind_of

if TYPE_CHECKING:
    import pandas as pd


def blank(table: Any, rows: int) -> pd.DataFrame:
    """A table of so many equal rows: the columns of `table` by name, one constant for each kind of column.

    Raises
    ------
    InputError
        For a sparse matrix, whose columns have no kinds.
    """
    import pandas as pd

    if not hasattr(table, "iloc"):
        raise InputError("rows=0: a sparse matrix has no columns of a kind; keep rows")
    constants = {
        Kind.NUMBER: 0.0,
        Kind.BOOLEAN: False,
        Kind.TEXT: "text",
        Kind.DATE: pd.Timestamp("1970-01-01"),
    }
    kinds = {str(name): kind_of(table.iloc[:, place]) for place, name in enumerate(table.columns)}
    return pd.DataFrame({name: [constants[kind]] * rows for name, kind in kinds.items()})


def anonymous(groups: np.ndarray | None) -> np.ndarray | None:
    """Groups by numbers in the order of their first rows: which rows belong together, not what they are called."""
    if groups is None:
        return None
    import pandas as pd

    numbers: np.ndarray = pd.factorize(groups)[0].astype(str).astype(object)
    return numbers
