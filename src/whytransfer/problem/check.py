"""Checks before any statistics: what makes a sound answer impossible, and what should be known with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from whytransfer.problem.codes.code import listed
from whytransfer.problem.columns import numeric_part
from whytransfer.problem.leaks import leak_warnings
from whytransfer.problem.native import is_sparse
from whytransfer.problem.twins import shared_rows, twin_warnings
from whytransfer.wording import how_many

if TYPE_CHECKING:
    import pandas as pd

    from whytransfer.problem.problem import Problem


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
        said += leak_warnings(problem)
    return Checked(warnings=tuple(dict.fromkeys(said)), mismatch=problem.mismatch)


def across_domains(problem: Problem) -> tuple[str, ...]:
    """What speaks against the independence of the domains: groups and rows that stand in both."""
    return (*_shared_groups(problem), *(() if problem.mismatch else shared_rows(problem)))


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
        f"the {domain} has {how_many(rows, kind)}: to certify an error of at most {requirement:.3g} at confidence {1 - failure:.3g}, "
        f"it takes {how_many(needed, 'labelled rows')} even without a single error"
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
            f"both domains hold {how_many(len(shared), 'groups')} ({listed(shared)}): {rows} of {len(there)} target rows belong to groups "
            "that the model may have been trained on, so the domains are not independent"
        )
    ]


def _columns(source: pd.DataFrame, target: pd.DataFrame) -> list[str]:
    """Columns that say nothing, and columns that name the row."""
    here, there = single_values(source), single_values(target)
    both = [str(source.columns[i]) for i, value in here.items() if i in there and there[i] == value]
    here_only = [str(source.columns[i]) for i, value in here.items() if i not in there or there[i] != value]
    counting = _row_counters(source) & _row_counters(target)
    counters = [str(source.columns[i]) for i in sorted(counting)]
    said = []
    if both:
        said.append(f"columns with the same single value in both domains tell nothing: {listed(both)}")
    if here_only:
        said.append(
            "columns with a single value in the source take others in the target, about which nothing can be learnt "
            f"here: {listed(here_only)}"
        )
    if counters:
        said.append(
            f"columns that count the rows tell which domain a row is from and nothing else: leave out {listed(counters)}"
        )
    return said


def single_values(frame: pd.DataFrame) -> dict[int, object]:
    """Position and value of the columns that hold one value in every row, or none in any row (value None)."""
    import pandas as pd

    positions, values = numeric_part(frame)
    same = (values == values[0]).all(axis=0)
    empty = np.isnan(values).all(axis=0)
    found: dict[int, object] = {
        positions[i]: None if empty[i] else values[0, i] for i in np.flatnonzero(same | empty)
    }
    for position in sorted(set(range(frame.shape[1])) - set(positions)):
        codes, distinct = pd.factorize(frame.iloc[:, position])
        if codes.min() == codes.max():
            found[position] = distinct[0] if len(distinct) else None
    return dict(sorted(found.items()))


def _row_counters(frame: pd.DataFrame) -> set[int]:
    """Positions of the whole-number columns that go up by one from row to row."""
    if len(frame) < 10:
        return set()
    whole = [i for i, dtype in enumerate(frame.dtypes) if isinstance(dtype, np.dtype) and dtype.kind in "iu"]
    start = frame.iloc[:2, whole].to_numpy(dtype=np.int64)
    candidates = [i for i, step in zip(whole, start[1] - start[0], strict=True) if step == 1]
    return {i for i in candidates if (np.diff(frame.iloc[:, i].to_numpy(dtype=np.int64)) == 1).all()}
