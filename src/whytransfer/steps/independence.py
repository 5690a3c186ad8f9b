"""What the data say against the independence that `proved` needs: between the domains, and of the labels' choice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from whytransfer.claims import IID, Assumption, Status, figures
from whytransfer.models import Subject
from whytransfer.problem import Problem
from whytransfer.problem.check import across_domains
from whytransfer.problem.twins import copied_rows
from whytransfer.steps.columns import Columns
from whytransfer.wording import how_many

REJECTED_BELOW = 0.001
"""Level of the test that labelled target rows look like the others: a false alarm costs a certificate its level."""

TOGETHER_BELOW = 0.01
"""Level of the test that labelled rows of a file in groups were drawn one by one: a miss counts rows that were chosen together one by one."""

FEWEST_ROWS = 5
"""Labelled and unlabelled rows below which nothing can be told."""


def domains_independent(problem: Problem) -> Assumption | None:
    """Rejected where cases stand in both domains; None where nothing speaks against it."""
    found = across_domains(problem)
    if not found:
        return None
    return Assumption(
        id="domains_independent",
        text="the rows of the target are independent of those the model learned from",
        status=Status.REJECTED,
        test=found[0],
    )


def copied(problem: Problem, domain: str = "target") -> Assumption | None:
    """Rejected where rows of a domain are copies of each other: a case that was exported ten times is one. None where nothing speaks against it."""
    test = copied_rows(problem, domain)
    return None if test is None else IID.with_status(Status.REJECTED, test=test)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """How the labelled rows of a file in groups were chosen.

    Parameters
    ----------
    of : {"rows", "groups", "neither"}
        Whole groups; rows one by one; or rows that stand in the same groups more often than such rows do, though some of these groups
        are labelled in part: groups of which a label is missing, or some rows of some groups.
    test : str
        The test of one by one; empty where it was not needed.
    """

    of: Literal["rows", "groups", "neither"]
    test: str = ""

    @classmethod
    def seen(cls, groups: np.ndarray | None, known: np.ndarray) -> Choice:
        """What the labelled rows say of their choice.

        The test counts the pairs of labelled rows of one group. Of k rows drawn one by one from N its mean and variance are exact; its tail is that of
        the gamma law that has them.

        Parameters
        ----------
        groups : ndarray, shape (N,), or None
            Of all rows of the file.
        known : ndarray of bool, shape (N,)
            Whether each is labelled.

        Examples
        --------
        >>> ten = np.repeat(np.arange(10), 10)
        >>> Choice.seen(ten, ten < 4).of, Choice.seen(ten, (ten < 4) & (np.arange(100) > 0)).of, Choice.seen(ten, np.arange(100) % 10 < 4).of
        ('groups', 'neither', 'rows')
        """
        if groups is None or not known.any():
            return cls(of="rows")
        owner = np.unique(groups.astype(str), return_inverse=True)[1].ravel()
        sizes, labelled = np.bincount(owner), np.bincount(owner, weights=known)
        partly = int(((labelled > 0) & (labelled < sizes)).sum())
        if not partly:
            return cls(of="groups")
        found, expected, p = _pairs(sizes, labelled)
        if p >= TOGETHER_BELOW:
            return cls(of="rows")
        return cls(
            of="neither",
            test=f"{how_many(partly, 'groups')} labelled in part, and {found:,.0f} pairs of labelled rows share a group, where {expected:,.1f} would if rows "
            f"were drawn one by one: {figures.tested(p)}",
        )


def _pairs(sizes: np.ndarray, labelled: np.ndarray) -> tuple[float, float, float]:
    """Pairs of labelled rows of one group: how many, how many there would be of a draw of rows, and the probability of so many."""
    from scipy.stats import gamma

    total, drawn = float(sizes.sum()), float(labelled.sum())
    n = sizes.astype(np.float64)
    found = float((labelled * (labelled - 1.0)).sum()) / 2.0
    pairs, chained = float((n * (n - 1.0)).sum()) / 2.0, float((n * (n - 1.0) * (n - 2.0)).sum())
    # P(two, three, four given rows are drawn); two pairs are the same one, share a row, or have four rows.
    left = np.maximum(drawn - np.arange(4.0), 0.0) / np.maximum(total - np.arange(4.0), 1.0)
    two, three, four = np.cumprod(left)[1:]
    mean = pairs * two
    variance = mean + chained * three + (pairs**2 - pairs - chained) * four - mean**2
    if found <= mean or mean <= 0.0 or variance <= 1e-9 * mean:
        return found, mean, 1.0
    # Whole numbers: the tail begins half way to the number below.
    return found, mean, float(gamma.sf(found - 0.5, mean**2 / variance, scale=variance / mean))


def labelled_at_random(
    problem: Problem, columns: Columns | None, subject: Subject, *, whole: bool = False
) -> Assumption | None:
    """Rejected where the labelled target rows look unlike the others; None where nothing speaks against it.

    Kolmogorov–Smirnov on every encoded column, on the model's confidence and on times, Bonferroni. Rows chosen for what they
    look like are seen; rows chosen for their label are not. Where groups were chosen, their means are compared; rows chosen one by one are a
    random subset however alike the rows of a group are.

    `iid` is rejected where labelled rows are copies of each other (`copied`).

    With `whole` the file is the target, and only the choice is random: it must have been one of rows, or one of whole groups.
    """
    if problem.target.labels is None:
        return None
    known, choice = problem.target.labelled, Choice.seen(problem.target.groups, problem.target.labelled)
    text = "the labelled target rows are a random draw from the target"
    if whole and choice.of == "neither":
        return Assumption(
            id="labelled_at_random",
            text=f"{text}, of rows one by one or of whole groups; label these groups to the end, or take their labels out",
            status=Status.REJECTED,
            test=choice.test,
        )
    copies = None if whole else copied(problem)
    if copies is not None:
        return copies
    if min(known.sum(), (~known).sum()) < FEWEST_ROWS:
        return None
    from scipy.stats import ks_2samp

    tables = [] if columns is None else [columns.target]
    if subject.target.proba is not None:
        tables.append(subject.target.proba.max(axis=1)[:, None])
    if problem.target.time is not None:
        # Labels come late: the oldest rows have them first.
        tables.append(
            np.unique(problem.target.time, return_inverse=True)[1].reshape(-1, 1).astype(np.float64)
        )
    if not tables:
        return None
    looks, known = _by_choice(np.column_stack(tables), known, problem.target.groups, choice)
    if min(known.sum(), (~known).sum()) < FEWEST_ROWS:
        return None
    p_values = [ks_2samp(column[known], column[~known], method="asymp").pvalue for column in looks.T]
    p = min(1.0, float(min(p_values)) * len(p_values))
    if p >= REJECTED_BELOW:
        return None
    return Assumption(
        id="labelled_at_random",
        text=text,
        status=Status.REJECTED,
        test=f"Kolmogorov–Smirnov of labelled against unlabelled rows, {len(p_values)} columns, Bonferroni: p = {p:.2g}",
    )


def _by_choice(
    looks: np.ndarray, known: np.ndarray, groups: np.ndarray | None, choice: Choice
) -> tuple[np.ndarray, np.ndarray]:
    """What was chosen, rows (n, k) or groups (G, k), with whether it is labelled."""
    if groups is None or choice.of == "rows":
        return looks, known
    owner = np.unique(groups.astype(str), return_inverse=True)[1].ravel()
    sizes = np.bincount(owner)
    sums = np.stack([np.bincount(owner, weights=column) for column in looks.T], axis=1)
    return sums / sizes[:, None], np.bincount(owner, weights=known) > 0


def label_note(problem: Problem) -> list[str]:
    """What a certificate from some of the labels takes for granted."""
    known = int(problem.target.labelled.sum())
    if not 0 < known < problem.target.n:
        return []
    return [
        f"{known} of {problem.target.n} target rows are labelled: certificates from them hold if these rows were drawn at random"
    ]
