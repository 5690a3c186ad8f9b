"""What the data say against the independence that `proved` needs: between the domains, and of the labels' choice."""

from __future__ import annotations

import numpy as np

from whytransfer.claims import Assumption, Status
from whytransfer.models import Subject
from whytransfer.problem import Problem
from whytransfer.problem.check import across_domains
from whytransfer.steps.columns import Columns

REJECTED_BELOW = 0.001
"""Level of the test that labelled target rows look like the others: a false alarm costs a certificate its level."""

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


def labelled_at_random(problem: Problem, columns: Columns | None, subject: Subject) -> Assumption | None:
    """Rejected where the labelled target rows look unlike the others; None where nothing speaks against it.

    Kolmogorov–Smirnov on every encoded column and on the model's confidence, Bonferroni. Rows chosen for what they
    look like are seen; rows chosen for their label are not. Where every group is labelled whole or not at all, groups were
    chosen, and their means are compared; rows chosen one by one are a random subset however alike the rows of a group are.
    """
    if problem.target.labels is None:
        return None
    known = problem.target.labelled
    if min(known.sum(), (~known).sum()) < FEWEST_ROWS:
        return None
    from scipy.stats import ks_2samp

    tables = [] if columns is None else [columns.target]
    if subject.target.proba is not None:
        tables.append(subject.target.proba.max(axis=1)[:, None])
    if not tables:
        return None
    looks, known = _by_choice(np.column_stack(tables), known, problem.target.groups)
    if min(known.sum(), (~known).sum()) < FEWEST_ROWS:
        return None
    p_values = [ks_2samp(column[known], column[~known], method="asymp").pvalue for column in looks.T]
    p = min(1.0, float(min(p_values)) * len(p_values))
    if p >= REJECTED_BELOW:
        return None
    return Assumption(
        id="labelled_at_random",
        text="the labelled target rows are a random draw from the target",
        status=Status.REJECTED,
        test=f"Kolmogorov–Smirnov of labelled against unlabelled rows, {len(p_values)} columns, Bonferroni: p = {p:.2g}",
    )


def _by_choice(
    looks: np.ndarray, known: np.ndarray, groups: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """What was chosen, rows (n, k) or groups (G, k), with whether it is labelled."""
    if groups is None:
        return looks, known
    owner = np.unique(groups.astype(str), return_inverse=True)[1].ravel()
    sizes = np.bincount(owner)
    labelled = np.bincount(owner, weights=known)
    if ((labelled > 0) & (labelled < sizes)).any():
        return looks, known
    sums = np.stack([np.bincount(owner, weights=column) for column in looks.T], axis=1)
    return sums / sizes[:, None], labelled > 0


def label_note(problem: Problem) -> list[str]:
    """What a certificate from some of the labels takes for granted."""
    known = int(problem.target.labelled.sum())
    if not 0 < known < problem.target.n:
        return []
    return [
        f"{known} of {problem.target.n} target rows are labelled: certificates from them hold if these rows were drawn at random"
    ]
