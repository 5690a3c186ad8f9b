"""Columns from which the label can be read off: the label in disguise, or something known only after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from whytransfer.problem.codes.code import listed
from whytransfer.problem.columns import Kind, kind_of, numeric_part

if TYPE_CHECKING:
    import pandas as pd

    from whytransfer.problem.problem import Problem

FEWEST_ROWS = 20
"""Labelled rows below which any column may determine the label by chance."""
MOST_VALUES = 0.1
"""A column with more distinct values than this share of the rows is no suspect: an identifier determines anything."""
FIRST_LOOK = 2000
"""Rows of the first look; only columns that pass it are looked at whole."""


def leak_warnings(problem: Problem) -> list[str]:
    """A sentence about the columns of few values that determine the label of every source row, none if there are none."""
    rows = np.flatnonzero(problem.source.labelled)
    if problem.source.labels is None or len(problem.classes) < 2 or len(rows) < FEWEST_ROWS:
        return []
    leaks = determining(problem.source.frame().iloc[rows], problem.source.labels[rows])
    if not leaks:
        return []
    return [
        (
            f"the label can be read off a single column in every source row: {listed(leaks)}; "
            "leave it out if it is the label in disguise or known only after it"
        )
    ]


def determining(frame: pd.DataFrame, labels: np.ndarray) -> list[str]:
    """Names of the columns of few values, each of which goes with one label only.

    Parameters
    ----------
    frame : pandas.DataFrame
        (n, p) tidied; missing counts as a value.
    labels : numpy.ndarray
        (n,) codes of at least two classes.
    """
    import pandas as pd

    if len(np.unique(labels)) < 2:
        return []
    positions, values = numeric_part(frame)
    found = [positions[i] for i in _determining_numbers(values, labels)]
    for position in sorted(set(range(frame.shape[1])) - set(positions)):
        series = frame.iloc[:, position]
        if kind_of(series) is not Kind.DATE:
            codes = pd.factorize(series)[0].astype(np.float64)
            found += [position] if len(_determining_numbers(codes[:, None], labels)) else []
    return [str(frame.columns[position]) for position in sorted(found)]


def _determining_numbers(values: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Positions of the columns; each is sorted once, then no label may change where the value does not."""
    n = len(labels)
    candidates = np.arange(values.shape[1])
    if n > 2 * FIRST_LOOK:
        first = np.linspace(0, n - 1, FIRST_LOOK).astype(np.int64)
        candidates = candidates[_no_contradiction(values[first], labels[first])]
    for_all = _no_contradiction(values[:, candidates], labels)
    few = np.array([len(np.unique(values[:, i])) <= MOST_VALUES * n for i in candidates[for_all]], dtype=bool)
    found: np.ndarray = candidates[for_all][few]
    return found


def _no_contradiction(values: np.ndarray, labels: np.ndarray) -> np.ndarray:
    known = np.where(np.isnan(values), np.inf, values)
    order = np.argsort(known, axis=0, kind="stable")
    ranked, their_labels = np.take_along_axis(known, order, axis=0), labels[order]
    contradiction = (ranked[1:] == ranked[:-1]) & (their_labels[1:] != their_labels[:-1])
    free: np.ndarray = ~contradiction.any(axis=0)
    return free
