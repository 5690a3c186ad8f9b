"""Identical rows: the same features in both domains, or again and again in the source.

Across domains a copy is news only where rows are distinctive. The rule: at least four columns, or a column whose
values are mostly different (more distinct values than half the rows); fewer than half of the smaller domain's rows have
a twin in their own domain; and at least two rows and 1 % of the smaller domain have a twin in the other one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from whytransfer.problem.columns import Kind, kind_of
from whytransfer.problem.native import is_sparse

if TYPE_CHECKING:
    import pandas as pd

    from whytransfer.problem.problem import Problem

NOTICEABLE = 0.01
ENOUGH_COLUMNS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Twins:
    """Rows with the same value in every column.

    Parameters
    ----------
    source_rows, target_rows : numpy.ndarray
        Mask of the rows that have a twin in the other domain.
    source_repeats, target_repeats : numpy.ndarray
        Mask of the rows that have a twin in their own domain.
    same_rows : bool
        Whether the two domains hold the same rows, each as often, in any order.
    """

    source_rows: np.ndarray
    target_rows: np.ndarray
    source_repeats: np.ndarray
    target_repeats: np.ndarray
    same_rows: bool


def twins(source: Any, target: Any) -> Twins:
    """Twins of two tables with the same columns, by a 64-bit hash of each row.

    Parameters
    ----------
    source, target : pandas.DataFrame or CSR matrix
        Tidied; numbers compare as float64, missing equals missing.
    """
    here, there = row_hashes(source), row_hashes(target)
    return Twins(
        source_rows=np.isin(here, there),
        target_rows=np.isin(there, here),
        source_repeats=_repeats(here),
        target_repeats=_repeats(there),
        same_rows=bool(np.array_equal(np.sort(here), np.sort(there))),
    )


def row_hashes(rows: Any) -> np.ndarray:
    """(n,) uint64, equal for rows with equal values."""
    import pandas as pd

    if is_sparse(rows):
        return _sparse_hashes(rows)
    columns = {}
    for position in range(rows.shape[1]):
        series = rows.iloc[:, position]
        kind = kind_of(series)
        if kind in (Kind.NUMBER, Kind.BOOLEAN):
            columns[position] = series.to_numpy(dtype=np.float64, na_value=np.nan) + 0.0
        elif kind is Kind.DATE:
            columns[position] = np.asarray(series, dtype="datetime64[us]").astype(np.int64)
        else:
            columns[position] = series.astype(object).where(series.notna(), None).to_numpy(dtype=object)
    return pd.util.hash_pandas_object(pd.DataFrame(columns), index=False).to_numpy()


def _sparse_hashes(rows: Any) -> np.ndarray:
    """Σ over entries of a mix of value and column, modulo 2**64: no order, and zeros don't count."""
    entries = rows.astype(np.float64).tocsr(copy=True)
    entries.sum_duplicates()
    entries.eliminate_zeros()
    bits = entries.data.view(np.uint64) ^ (entries.data.view(np.uint64) >> np.uint64(29))
    columns = entries.indices.astype(np.uint64) + np.uint64(1)
    mixed = (bits + columns * np.uint64(0x9E3779B97F4A7C15)) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(32))) * np.uint64(0x94D049BB133111EB)
    totals = np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(mixed ^ (mixed >> np.uint64(31)))])
    hashes: np.ndarray = totals[entries.indptr[1:]] - totals[entries.indptr[:-1]]
    return hashes


def _repeats(hashes: np.ndarray) -> np.ndarray:
    _, places, counts = np.unique(hashes, return_inverse=True, return_counts=True)
    repeated: np.ndarray = counts[places] > 1
    return repeated


def twin_warnings(problem: Problem) -> list[str]:
    """Sentences about rows that stand in both domains, and about repeated source rows."""
    source, target = problem.source.frame(), problem.target.frame()
    if is_sparse(source) != is_sparse(target):
        return []
    found = twins(source, target)
    said = []
    if found.same_rows:
        return [
            "source and target hold the same rows: this is no transfer, the answer is about the source itself"
        ]
    copies, repeats = (found.source_rows, found.target_rows), (found.source_repeats, found.target_repeats)
    side = 0 if problem.source.n <= problem.target.n else 1
    share, count = float(copies[side].mean()), int(copies[side].sum())
    if (
        count >= 2
        and share >= NOTICEABLE
        and repeats[side].mean() < 0.5
        and _distinctive((source, target)[side])
    ):
        where = ("source", "target")[side]
        said.append(
            f"{int(found.target_rows.sum())} target rows are identical to source rows in every column ({share:.0%} of the "
            f"{where}): if they are the same cases, the model has seen them, and its target error is understated"
        )
    return said + _repeated_source_rows(problem, found.source_repeats)


def _distinctive(rows: Any) -> bool:
    if rows.shape[1] >= ENOUGH_COLUMNS:
        return True
    if is_sparse(rows):
        return False
    return any(_mostly_different(rows.iloc[:, position]) for position in range(rows.shape[1]))


def _mostly_different(series: pd.Series) -> bool:
    return kind_of(series) in (Kind.NUMBER, Kind.DATE) and series.nunique() > len(series) / 2


def _repeated_source_rows(problem: Problem, repeats: np.ndarray) -> list[str]:
    """Exact duplicates, label included: splits may set them apart, so that a scored row has a twin in training."""
    labels = problem.source.labels
    if labels is None or not repeats.any() or not _distinctive(problem.source.frame()):
        return []
    hashes = row_hashes(problem.source.frame())
    with_label = _repeats(hashes + labels.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15))
    count = int((with_label & problem.source.labelled).sum())
    if count <= NOTICEABLE * problem.source.n:
        return []
    return [
        (
            f"{count} of {problem.source.n} source rows repeat another one exactly, label included: copies may stand on both sides "
            "of the split, and the source error may be understated; if they are one case, remove the copies"
        )
    ]
