"""Identical rows: the same features in both domains, or again and again in the source.

A copy is news only where rows are distinctive: at least four columns, or a column of numbers or dates that has more
distinct values than half the rows. Across domains it is said when at least two rows and 1 % of the smaller domain have
a twin in the other one, and there are more than twice as many pairs as chance explains, judged by how often rows
repeat within each domain (coarse columns repeat everywhere).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from whytransfer.problem.columns import Kind, kind_of, numeric_part
from whytransfer.problem.native import is_sparse

if TYPE_CHECKING:
    import pandas as pd

    from whytransfer.problem.problem import Problem

CELLS = 2**20
"""Cells hashed at a time, so that the temporary arrays stay small."""
NOTICEABLE = 0.01
MANY_TIMES = 10
"""Copies are told from so many times the pairs that the other domain's own rate of repetition explains."""
WHOLESALE = 0.25
"""… and only where so many of the different rows stand there more than once: of a few rows that everybody has, such as empty ones, many copies are no news."""
FEWEST_DIFFERENT = 10
"""Different rows that a target must have: one that is a handful of rows, many times over, is a law of its own and no export gone wrong."""
WORTH = 0.5
"""… or, but for the `FEWEST_DIFFERENT` most frequent ones, are worth no more than this share of as many independent rows: a fifth of the cases, exported twenty times each."""
ENOUGH_COLUMNS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Twins:
    """Rows with the same value in every column.

    Parameters
    ----------
    source_rows, target_rows : numpy.ndarray
        Mask of the rows that have a twin in the other domain.
    source_repeats : numpy.ndarray
        Mask of the source rows that have a twin in the source.
    pairs : int
        Number of pairs of identical rows, one from each domain.
    chance : float
        At most so many such pairs come from independent samples, estimated from the pairs within each domain:
        Σ p q ≤ √(Σ p² Σ q²) for any two laws p, q (Cauchy–Schwarz); one pair is added to each domain's own.
    same_rows : bool
        Whether the two domains hold the same rows, each as often, in any order.
    """

    source_rows: np.ndarray
    target_rows: np.ndarray
    source_repeats: np.ndarray
    pairs: int
    chance: float
    same_rows: bool


def twins(source: Any, target: Any) -> Twins:
    """Twins of two tables with the same columns, by a 64-bit hash of each row.

    Parameters
    ----------
    source, target : pandas.DataFrame or CSR matrix
        Tidied; numbers compare as float64, missing equals missing.
    """
    here, there = row_hashes(source), row_hashes(target)
    _, units = np.unique(np.concatenate([here, there]), return_inverse=True)
    size = int(units.max()) + 1
    ours, theirs = (
        np.bincount(units[: len(here)], minlength=size),
        np.bincount(units[len(here) :], minlength=size),
    )
    return Twins(
        source_rows=theirs[units[: len(here)]] > 0,
        target_rows=ours[units[len(here) :]] > 0,
        source_repeats=ours[units[: len(here)]] > 1,
        pairs=int(ours @ theirs),
        chance=float(len(here) * len(there) * np.sqrt(_collision(ours) * _collision(theirs))),
        same_rows=bool(np.array_equal(ours, theirs)),
    )


def _collision(counts: np.ndarray) -> float:
    """Estimated probability that two rows of a domain are identical, with one pair added."""
    n = int(counts.sum())
    return float(1 + (counts * (counts - 1)).sum() / 2) / max(1, n * (n - 1) / 2)


def row_hashes(rows: Any) -> np.ndarray:
    """(n,) uint64, equal for rows with equal values.

    Σ over columns of a mix of value and column, modulo 2**64; in sparse matrices over the entries that are not zero.
    """
    if is_sparse(rows):
        entries = rows.astype(np.float64).tocsr(copy=True)
        entries.sum_duplicates()
        entries.eliminate_zeros()
        spread = mixed(entries.data.view(np.uint64), entries.indices.astype(np.uint64))
        totals = np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(spread, dtype=np.uint64)])
        hashes: np.ndarray = totals[entries.indptr[1:]] - totals[entries.indptr[:-1]]
        return hashes
    positions, values = numeric_part(rows)
    total = np.zeros(len(rows), dtype=np.uint64)
    for start in range(0, len(rows), max(1, CELLS // max(1, len(positions)))):
        part = slice(start, start + max(1, CELLS // max(1, len(positions))))
        bits = bits_of_numbers(values[part])
        total[part] = mixed(bits, np.array(positions, dtype=np.uint64)).sum(axis=1, dtype=np.uint64)
    for position in sorted(set(range(rows.shape[1])) - set(positions)):
        total += mixed(
            _text_or_date_bits(rows.iloc[:, position]), np.full(len(rows), position, dtype=np.uint64)
        )
    return total


def bits_of_numbers(values: np.ndarray) -> np.ndarray:
    """Float64 as bits, one zero and one NaN."""
    canonical = values + 0.0
    canonical[np.isnan(canonical)] = np.nan
    return canonical.view(np.uint64)


def _text_or_date_bits(series: pd.Series) -> np.ndarray:
    import pandas as pd

    if kind_of(series) is Kind.DATE:
        return np.asarray(series, dtype="datetime64[us]").view(np.uint64)
    codes, values = pd.factorize(series)
    hashes = pd.util.hash_array(np.array([*values.tolist(), ""], dtype=object))
    hashes[-1] = 0  # missing
    bits: np.ndarray = hashes[codes]
    return bits


def mixed(bits: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """splitmix64's finaliser over value and column."""
    found: np.ndarray = bits + (columns + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    found = (found ^ (found >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    found = (found ^ (found >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    found ^= found >> np.uint64(31)
    return found


def twin_warnings(problem: Problem) -> list[str]:
    """Sentences about rows that stand in both domains, and about repeated source rows."""
    source, target = problem.source.frame(), problem.target.frame()
    if is_sparse(source) != is_sparse(target):
        return []
    found = twins(source, target)
    across = _across(problem, found)
    return across if found.same_rows else across + _repeated_source_rows(problem, found.source_repeats)


def shared_rows(problem: Problem) -> list[str]:
    """Sentences about rows that stand in both domains; none where no more do than chance explains."""
    source, target = problem.source.frame(), problem.target.frame()
    return [] if is_sparse(source) != is_sparse(target) else _across(problem, twins(source, target))


def _across(problem: Problem, found: Twins) -> list[str]:
    source = problem.source.frame()
    if found.same_rows:
        return [
            "source and target hold the same rows: this is no transfer, the answer is about the source itself"
        ]
    small = found.source_rows if problem.source.n <= problem.target.n else found.target_rows
    said = []
    if (
        small.sum() >= 2
        and small.mean() >= NOTICEABLE
        and found.pairs > 2 * found.chance
        and _distinctive(source)
    ):
        said.append(
            f"{int(found.target_rows.sum())} target rows are identical to source rows in every column "
            f"({small.mean():.0%} of the smaller domain), more than chance explains: if they are the same cases, "
            "a model trained here has seen them, and its target error is understated"
        )
    return said


def _distinctive(rows: Any) -> bool:
    if rows.shape[1] >= ENOUGH_COLUMNS:
        return True
    if is_sparse(rows):
        return False
    return any(_mostly_different(rows.iloc[:, position]) for position in range(rows.shape[1]))


def _mostly_different(series: pd.Series) -> bool:
    return kind_of(series) in (Kind.NUMBER, Kind.DATE) and series.nunique() > len(series) / 2


def copied_rows(problem: Problem, domain: str = "target") -> str | None:
    """A sentence about rows of a domain that are copies of each other; None where few rows are, or none beyond chance.

    Of a domain with labels the labelled rows, label included. Rows of a law that repeats as the other domain's does repeat as often as that one's. A
    domain may be coarser than the other, though hardly `MANY_TIMES`. Limits that take rows for independent count every copy; groups that were named say
    already which rows are one case.
    """
    here, there = (problem.target, problem.source) if domain == "target" else (problem.source, problem.target)
    frame, other, labels = here.frame(), there.frame(), here.labels
    rows = np.arange(here.n) if labels is None else np.flatnonzero(here.labelled)
    if (
        min(len(rows), there.n) < 2
        or here.groups is not None
        or is_sparse(frame) != is_sparse(other)
        or not _distinctive(other)
    ):
        return None
    hashes = row_hashes(frame[rows] if is_sparse(frame) else frame.iloc[rows])
    if labels is not None:
        hashes = mixed(hashes, bits_of_numbers(labels[rows].astype(np.float64)))
    counts, theirs = (np.unique(h, return_counts=True)[1] for h in (hashes, row_hashes(other)))
    pairs, every = float((counts * (counts - 1)).sum()) / 2, len(rows) * (len(rows) - 1) / 2
    seldom = (counts > 1).mean() < WHOLESALE and _worth(counts) > WORTH
    if seldom or len(counts) < FEWEST_DIFFERENT or pairs <= MANY_TIMES * every * _collision(theirs):
        return None
    labelled, included = ("", "") if labels is None else ("labelled ", ", label included")
    return (
        f"{int(counts[counts > 1].sum())} of {len(rows)} {labelled}{domain} rows stand there more than once{included}, in {len(counts)} different rows; "
        f"rows that repeat as those of the other domain do would make at most {every * _collision(theirs):,.1f} such pairs of {pairs:,.0f}"
    )


def _worth(counts: np.ndarray) -> float:
    """Of rows that stand there so often each: as how many independent ones they count (n² / Σ c²), as a share of n, without the most frequent ones."""
    rest = np.sort(counts)[:-FEWEST_DIFFERENT].astype(np.float64)
    return float(rest.sum() / (rest**2).sum()) if len(rest) else 1.0


def _repeated_source_rows(problem: Problem, repeats: np.ndarray) -> list[str]:
    """Exact duplicates, label included: splits may set them apart, so that a scored row has a twin in training."""
    labels, source = problem.source.labels, problem.source.frame()
    if labels is None or not repeats.any() or not _distinctive(source):
        return []
    rows = np.flatnonzero(repeats & problem.source.labelled)
    hashes = row_hashes(source.iloc[rows] if not is_sparse(source) else source[rows])
    with_label = mixed(hashes, labels[rows].astype(np.uint64))
    _, units, counts = np.unique(with_label, return_inverse=True, return_counts=True)
    count = int((counts[units] > 1).sum())
    if count <= NOTICEABLE * problem.source.n:
        return []
    return [
        (
            f"{count} of {problem.source.n} source rows repeat another one exactly, label included: copies may stand on both "
            "sides of the split, and the source error may be understated; if they are one case, remove the copies"
        )
    ]
