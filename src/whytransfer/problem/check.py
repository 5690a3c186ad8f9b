"""Checks before any statistics: what makes a sound answer impossible, and what should be known with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from whytransfer.problem.codes.code import listed
from whytransfer.problem.columns import Kind, kind_of
from whytransfer.problem.native import is_sparse
from whytransfer.problem.twins import twin_warnings

if TYPE_CHECKING:
    import pandas as pd

    from whytransfer.problem.problem import Problem

MOST_VALUES = 0.1
"""A column with more distinct values than this share of the rows is no suspect of being the label in disguise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What the checks found.

    Parameters
    ----------
    warnings : tuple of str
        Sentences; the audit goes on.
    mismatch : str or None
        Why the domains can't be compared: the answer is NOT COMPARABLE.
    """

    warnings: tuple[str, ...]
    mismatch: str | None


def check(problem: Problem, *, requirement: float | None = None, failure: float = 0.05) -> Checked:
    """All checks that need no statistics.

    Parameters
    ----------
    problem : Problem
        What is known.
    requirement : float or None
        The target error that may not be exceeded; None: not known yet, nothing is said about sizes.
    failure : float
        δ of the verdict, in (0, 1).

    Returns
    -------
    Checked
        The warnings of reading first, then those of the checks; the mismatch of reading.
    """
    said = list(problem.warnings)
    said += _labels(problem)
    if requirement is not None:
        said += _sizes(problem, requirement, failure)
    said += _shared_groups(problem)
    if problem.mismatch is None:
        said += twin_warnings(problem)
        source, target = problem.source.frame(), problem.target.frame()
        if not is_sparse(source) and not is_sparse(target):
            said += _columns(source, target)
    if not is_sparse(problem.source.frame()):
        said += _leaks(problem)
    return Checked(warnings=tuple(dict.fromkeys(said)), mismatch=problem.mismatch)


def _labels(problem: Problem) -> list[str]:
    said = []
    if len(problem.classes) == 1:
        only = problem.classes.tolist()[0]
        said.append(f"the source has one class only, {only!r}: nothing can be learnt from it")
    said += [
        f"the labels {listed([str(value) for value in group])} differ in case or spaces only and count as "
        "different classes: write them alike if they are one"
        for group in problem.label_space.look_alikes()
    ]
    return said


def _sizes(problem: Problem, requirement: float, failure: float) -> list[str]:
    from whytransfer.claims.power import labels_for_certainty

    if not 0.0 < requirement < 1.0:
        return []
    needed = labels_for_certainty(requirement, failure)
    sizes = (
        ("target", problem.target.n, "rows"),
        ("source", int(problem.source.labelled.sum()), "labelled rows"),
    )
    return [
        f"the {domain} has {rows} {kind}: to certify an error of at most {requirement:.3g} at confidence {1 - failure:.3g}, "
        f"{needed} labelled rows are needed even without a single error"
        for domain, rows, kind in sizes
        if rows < needed
    ]


def _shared_groups(problem: Problem) -> list[str]:
    here, there = problem.source.groups, problem.target.groups
    if here is None or there is None:
        return []
    named = [{name for name in groups if not name.startswith("(row ")} for groups in (here, there)]
    shared = sorted(named[0] & named[1])
    if not shared:
        return []
    rows = int(np.isin(there.astype(str), shared).sum())
    return [
        (
            f"{len(shared)} groups stand in both domains ({listed(shared)}): {rows} of {len(there)} target rows belong to groups "
            "that the model may have been trained on, so the domains are not independent"
        )
    ]


def _columns(source: pd.DataFrame, target: pd.DataFrame) -> list[str]:
    """Columns that say nothing, and columns that name the row."""
    both: list[str] = []
    here_only: list[str] = []
    counters: list[str] = []
    for position, name in enumerate(source.columns):
        here, there = source.iloc[:, position], target.iloc[:, position]
        if _one_value(here):
            same = _one_value(there) and _first(here) == _first(there)
            (both if same else here_only).append(str(name))
        elif _counts_rows(here) and _counts_rows(there):
            counters.append(str(name))
    said = []
    if both:
        said.append(f"columns with the same single value in both domains tell nothing: {listed(both)}")
    if here_only:
        said.append(
            f"columns with a single value in the source take others in the target, about which nothing can be learnt here: "
            f"{listed(here_only)}"
        )
    if counters:
        said.append(
            f"columns that count the rows tell which domain a row is from and nothing else: leave out {listed(counters)}"
        )
    return said


def _one_value(series: pd.Series) -> bool:
    first = series.iloc[0]
    if series.isna().iloc[0]:
        return bool(series.isna().all())
    return bool((series == first).fillna(value=False).all())


def _first(series: pd.Series) -> Any:
    return None if series.isna().iloc[0] else series.iloc[0]


def _counts_rows(series: pd.Series) -> bool:
    if len(series) < 10 or getattr(series.dtype, "kind", "O") not in "iu":
        return False
    return bool((np.diff(series.to_numpy(dtype=np.int64)) == 1).all())


def _leaks(problem: Problem) -> list[str]:
    """Columns of few values that determine the label of every source row."""
    labelled = np.flatnonzero(problem.source.labelled)
    codes = problem.source.labels
    if codes is None or len(problem.classes) < 2 or len(labelled) < 20:
        return []
    frame = problem.source.frame().iloc[labelled]
    labels = codes[labelled]
    leaks = [
        str(name)
        for position, name in enumerate(frame.columns)
        if _determines(frame.iloc[:, position], labels)
    ]
    if not leaks:
        return []
    return [
        (
            f"the label can be read off a single column in every source row: {listed(leaks)}; "
            "leave it out if it is the label in disguise or known only after it"
        )
    ]


def _determines(series: pd.Series, labels: np.ndarray) -> bool:
    import pandas as pd

    if kind_of(series) is Kind.DATE:
        return False
    values, distinct = pd.factorize(series, use_na_sentinel=True)
    values = values + 1
    if len(distinct) > MOST_VALUES * len(labels):
        return False
    pairs = values.astype(np.int64) * (int(labels.max()) + 1) + labels
    return len(np.unique(pairs)) == len(np.unique(values)) and len(np.unique(labels)) > 1
