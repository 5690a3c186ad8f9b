"""Sparse matrices of numbers: columns that vary, dense when they are few."""

from __future__ import annotations

from typing import Any

import numpy as np

from whytransfer.problem.codes.code import Code, Reason


class SparseCode(Code):
    """The columns of a sparse matrix that vary in training.

    Parameters
    ----------
    rows : CSR matrix
        (n, p) finite training rows.
    dense : bool
        Whether to give dense arrays; else CSR.
    """

    def __init__(self, rows: Any, *, dense: bool) -> None:
        self.dense = dense
        self.kept = np.flatnonzero(_varies(rows))
        self.names = self.origin = tuple(f"x{position}" for position in self.kept)
        self.places = tuple(int(position) for position in self.kept)
        self.dropped = {f"x{position}": Reason.CONSTANT for position in np.flatnonzero(~_varies(rows))}

    def encode(self, frame: Any) -> Any:
        """(n, k) float64, dense or CSR."""
        kept = frame.astype(np.float64)
        if len(self.kept) < frame.shape[1]:
            kept = kept[:, self.kept]
        return np.ascontiguousarray(kept.toarray()) if self.dense else kept


def _varies(rows: Any) -> np.ndarray:
    n = rows.shape[0]
    columns = rows.tocsc(copy=True)
    columns.sum_duplicates()
    columns.eliminate_zeros()
    counts = np.diff(columns.indptr)
    varies: np.ndarray = counts > 0
    for position in np.flatnonzero(counts == n):
        values = columns.data[columns.indptr[position] : columns.indptr[position + 1]]
        varies[position] = values.min() < values.max()
    return varies
