"""What kind of columns a problem has: alignments gain on features of images and text, and lose on tables (EVIDENCE section 3)."""

from __future__ import annotations

from typing import Any

import numpy as np

from whytransfer.problem.columns import Kind, kind_of

MANY = 50
"""Columns from which a table of numbers may be features that a machine made."""

DISTINCT = 0.1
"""Distinct values by row, in the median column, above which numbers are measurements and not codes."""

ROWS_READ = 2000
"""Rows that are looked at: the first ones, since nothing is estimated."""


def columns_kind(rows: Any) -> str:
    """``"mixed"``, ``"numbers"`` or ``"features"``.

    Parameters
    ----------
    rows : pandas frame as in `Sample.frame`, or sparse matrix
        Source rows; sparse ones count as features.

    Examples
    --------
    >>> import pandas as pd
    >>> columns_kind(pd.DataFrame({"a": [1.5, 2.0], "b": ["x", "y"]}))
    'mixed'
    """
    if hasattr(rows, "tocsr"):
        return "features"
    frame = rows.iloc[:ROWS_READ]
    if (
        any(kind_of(frame.iloc[:, j]) is not Kind.NUMBER for j in range(frame.shape[1]))
        or frame.isna().any().any()
    ):
        return "mixed"
    distinct = np.array([frame.iloc[:, j].nunique() for j in range(frame.shape[1])]) / max(len(frame), 1)
    return "features" if frame.shape[1] >= MANY and np.median(distinct) >= DISTINCT else "numbers"
