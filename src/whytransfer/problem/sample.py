"""A sample: the rows of one domain with what is known about each."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from whytransfer.errors import InputError
from whytransfer.io import digest_of_array, digest_of_frame, digest_of_parts, digest_of_sparse
from whytransfer.problem.columns import LARGEST, tidied
from whytransfer.problem.native import as_frame, column_names, is_sparse, native_rows, take


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Known:
    """What is known about each row beside its features; see `Sample` for the types."""

    labels: np.ndarray | None = None
    groups: np.ndarray | None = None
    time: np.ndarray | None = None
    weights: np.ndarray | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Sample:
    """The rows of one domain. Holds the caller's object, never a changed one; `Sample.of` checks it.

    Parameters
    ----------
    rows : data frame, array or CSR matrix
        (n, p) features in the container they came in (pandas for files), without columns of any other role.
    names : tuple of str
        Names of the p columns; ``x0``, ``x1``, … for arrays.
    labels : numpy.ndarray or None
        (n,) int64 codes into the problem's classes, −1 where unknown; of a quantity float64, NaN where unknown; None when
        nothing is known.
    groups : numpy.ndarray or None
        (n,) group names as text.
    time : numpy.ndarray or None
        (n,) datetime64[us] or float64.
    weights : numpy.ndarray or None
        (n,) float64, finite, ≥ 0, not all zero.
    """

    rows: Any
    names: tuple[str, ...]
    table: Any = field(repr=False)
    labels: np.ndarray | None = None
    groups: np.ndarray | None = None
    time: np.ndarray | None = None
    weights: np.ndarray | None = None

    @classmethod
    def of(
        cls,
        rows: Any,
        what: str,
        warnings: list[str],
        *,
        names: tuple[str, ...] | None = None,
        known: Known | None = None,
    ) -> Sample:
        """A checked sample.

        Parameters
        ----------
        rows : array-like, sparse matrix or data frame
            (n, p) with n ≥ 1 and p ≥ 1.
        what : str
            ``"source"`` or ``"target"``, for messages.
        warnings : list of str
            Gets sentences about columns that were read in an unexpected way.
        names : tuple of str or None
            Names of the columns where they are known from the other domain.
        known : Known or None
            Labels, groups, times and weights, checked already.

        Raises
        ------
        InputError
            For empty tables, infinite or huge numbers, nested values, missing values in a sparse matrix.
        """
        rows = native_rows(rows, what)
        if rows.shape[0] == 0 or rows.shape[1] == 0:
            missing = "rows" if rows.shape[0] == 0 else "feature columns"
            raise InputError(
                f"{what}: no {missing} in a table of shape {tuple(rows.shape)}, expected at least one"
            )
        known = known or Known()
        if is_sparse(rows):
            _check_sparse(rows, what)
            table = rows
        else:
            tidy = tidied(as_frame(rows), what)
            warnings.extend(tidy.warnings)
            table = tidy.frame if names is None else tidy.frame.set_axis(list(names), axis=1)
        return cls(
            rows=rows,
            names=names or column_names(rows),
            table=table,
            labels=known.labels,
            groups=known.groups,
            time=known.time,
            weights=known.weights,
        )

    @property
    def n(self) -> int:
        """Number of rows."""
        return int(self.table.shape[0])

    @property
    def labelled(self) -> np.ndarray:
        """(n,) bool: the rows whose label is known."""
        return np.zeros(self.n, dtype=bool) if self.labels is None else known_labels(self.labels)

    def take(self, rows: np.ndarray) -> Any:
        """These rows (positions or a mask) in the container they came in."""
        return take(self.rows, rows)

    def part(self, rows: np.ndarray) -> Sample:
        """The sample of these rows only (positions), in this order."""
        labels, groups, time, weights = (
            None if known is None else known[rows]
            for known in (self.labels, self.groups, self.time, self.weights)
        )
        return replace(
            self,
            rows=take(self.rows, rows),
            table=take(self.table, rows),
            labels=labels,
            groups=groups,
            time=time,
            weights=weights,
        )

    def frame(self) -> Any:
        """The rows for encoders: a pandas frame with one form for each kind of column; sparse stays CSR.

        The frame is shared: copy it before changing it.
        """
        return self.table

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of features, labels, groups, times and weights; the same whatever container holds them."""
        content = digest_of_sparse(self.table) if is_sparse(self.table) else digest_of_frame(self.table)
        known = (self.labels, self.groups, self.time, self.weights)
        return digest_of_parts([content, *("" if part is None else digest_of_array(part) for part in known)])


def known_labels(labels: np.ndarray) -> np.ndarray:
    """Which labels are known, (n,) bool: codes from 0 upwards, or finite numbers."""
    return np.asarray(np.isfinite(labels) if labels.dtype.kind == "f" else labels >= 0)


def _check_sparse(rows: Any, what: str) -> None:
    if rows.dtype.kind not in "biuf":
        raise InputError(f"{what}: a sparse matrix of {rows.dtype} can't be used, expected real numbers")
    if rows.dtype.kind == "f" and not np.isfinite(rows.data).all():
        raise InputError(
            f"{what}: the sparse matrix holds missing or infinite numbers, expected finite ones; "
            "fill them before, or pass a dense table, where missing values are handled"
        )
    if rows.nnz and max(-float(rows.data.min()), float(rows.data.max())) > LARGEST:
        raise InputError(
            f"{what}: the sparse matrix holds numbers larger than {LARGEST:g} in size, expected smaller ones; rescale them"
        )
