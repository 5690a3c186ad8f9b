"""Models of random halves of the columns.

Models of several families that see all columns lean on the same ones: where one of those changes its meaning, all of them
follow, and nobody contradicts the user's model. Half of the columns are out of reach of every model here (the random
subspace method of Ho 1998, as witnesses instead of as a forest), so that what such a column says is contradicted by those that
can't see it. docs/benchmarks/estimate.md has what they are worth on transfers whose end is known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from whytransfer.models.families import FAMILIES, Floats, Integers, predicted, quietly
from whytransfer.threads import in_threads

SUBSPACE = "subspace"
"""Family of these members, whatever their learner."""

SPLITS = 6
"""Random splits of the columns into two halves: with four, which columns meet in a half still moves the panel's mean error by a fiftieth of itself."""

TREES = 40
"""Of a member of randomised trees: it has one vote among many, not the last word."""

MOST_COLUMNS = 500
"""Columns of a half; of more some are drawn, since a linear model's cost grows with every column."""


def _few_trees(rows: Floats, labels: Integers, seed: int) -> Any:  # noqa: ARG001
    from whytransfer.models.randomised_trees import RandomisedTrees

    return RandomisedTrees(TREES, min_samples_leaf=2, random_state=seed)


LEARNERS: dict[str, Callable[[Floats, Integers, int], Any]] = {
    "linear": FAMILIES["linear"],
    "trees": _few_trees,
    "generative": FAMILIES["generative"],
}
"""The quickest three of the committee's families that bend differently; all eight gave no better estimates."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Half:
    """A fitted member that sees some columns only.

    Parameters
    ----------
    name : str
        The learner, the split and the half, such as ``"trees_2b"``.
    columns : ndarray of int64, shape (q,)
        Which columns it sees, ascending.
    member : object
        A fitted classifier of those.
    """

    name: str
    columns: Integers
    member: Any

    def predict(self, rows: Floats) -> Integers:
        """Class codes of rows of shape (n, p), shape (n,)."""
        return predicted(self.member, rows[:, self.columns])


def halves(columns: int, seed: int) -> dict[str, Integers]:
    """Random halves of so many columns, by split and side; each set of columns once, and one column is a half by itself.

    Examples
    --------
    >>> {name: half.tolist() for name, half in halves(2, seed=0).items()}
    {'1a': [0], '1b': [1]}
    """
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(13,)))
    found: dict[str, Integers] = {}
    for split in range(1, SPLITS + 1):
        turn = rng.permutation(columns)
        middle = (columns + 1) // 2
        for side, some in (("a", turn[:middle]), ("b", turn[middle:] if columns > 1 else turn)):
            half = np.sort(some[:MOST_COLUMNS]).astype(np.int64)
            if not any(np.array_equal(half, other) for other in found.values()):
                found[f"{split}{side}"] = half
    return found


def fit_halves(columns: Floats, labels: Integers, seed: int) -> tuple[Half, ...]:
    """A member of each learner for every half of the columns.

    Parameters
    ----------
    columns : ndarray of float64, shape (r, p), p ≥ 1
        Encoded training rows in units of their standard deviations.
    labels : ndarray of int64, shape (r,)
        Class codes, of at least two classes.
    seed : int
        Draws the halves and starts the learners.
    """

    def taught(task: tuple[str, str, Integers]) -> Half:
        kind, name, half = task
        rows = columns[:, half]
        return Half(
            name=f"{kind}_{name}", columns=half, member=LEARNERS[kind](rows, labels, seed).fit(rows, labels)
        )

    tasks = [(kind, name, half) for name, half in halves(columns.shape[1], seed).items() for kind in LEARNERS]
    # What is said and limited is so for the whole process, and therefore outside the threads; none of these learners starts any.
    with quietly():
        return tuple(in_threads(taught, tasks))
