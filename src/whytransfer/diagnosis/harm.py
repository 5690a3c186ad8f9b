"""Which columns' shift changes the estimated error, and which only drift."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from whytransfer.diagnosis.error_model import ErrorModel

TOGETHER = 0.7
"""|Spearman| on the source above which columns are moved as one: moving one alone would make rows that nobody has."""

MOST_GROUPS = 50
"""Groups of columns that are moved, the most shifted first."""

MOST_ROWS = 400
"""Rows of each domain that are matched."""

SMALLEST_HARM = 0.01
"""A change of the estimated error below one point is drift, whatever its p-value."""

LEVEL = 0.01
"""Of calling a group harmful; shared by all groups (Bonferroni)."""

Z95 = 1.6448536269514722

Asker = Callable[["Group", np.ndarray, np.ndarray], np.ndarray]
"""Signals (k, q) of source rows `rows` whose columns of a group are those of target rows `donors`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Columns that are moved together.

    Parameters
    ----------
    names : tuple of str
        Raw columns.
    encoded : tuple of int
        Positions of their encoded columns.
    """

    names: tuple[str, ...]
    encoded: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Harm:
    """How much a group's shift changes the estimated error.

    Parameters
    ----------
    names : tuple of str
        Raw columns of the group.
    value, lower, upper : float
        Change of the estimated error when the group's columns take their target values and all else stays, in error units;
        each limit 95 % sure by a normal approximation that knows of the rows and of the error model, not of what the latter
        can't see.
    harmful : bool
        Whether the change is at least `SMALLEST_HARM` and surely above 0 at `LEVEL`, all groups together.
    """

    names: tuple[str, ...]
    value: float
    lower: float
    upper: float
    harmful: bool

    def to_dict(self) -> dict[str, Any]:
        """The keys that a column's entry gets."""
        return {
            "harm": self.value,
            "harm_lower": self.lower,
            "harm_upper": self.upper,
            "harmful": self.harmful,
            "harm_group": list(self.names),
        }


def groups_of(source: np.ndarray, origin: tuple[str, ...]) -> list[Group]:
    """Raw columns, those that rise and fall together on the source in one group (single linkage), in their order."""
    from scipy.sparse.csgraph import connected_components
    from scipy.stats import rankdata

    names = list(dict.fromkeys(origin))
    places = {name: i for i, name in enumerate(names)}
    place = np.array([places[name] for name in origin])
    ranks = np.column_stack([rankdata(column) for column in source.T])
    ranks = ranks - ranks.mean(axis=0)
    length = np.sqrt((ranks**2).sum(axis=0))
    ranks = ranks / np.where(length > 0, length, 1.0)
    close = np.abs(ranks.T @ ranks) > TOGETHER
    linked = np.zeros((len(names), len(names)), dtype=bool)
    left, right = np.nonzero(close)
    linked[place[left], place[right]] = True
    _, label = connected_components(linked, directed=False)
    members: dict[int, list[str]] = {}
    encoded: dict[int, list[int]] = {}
    for name, k in zip(names, label.tolist(), strict=True):
        members.setdefault(k, []).append(name)
    for j, k in enumerate(label[place].tolist()):
        encoded.setdefault(k, []).append(j)
    return [Group(names=tuple(members[k]), encoded=tuple(encoded[k])) for k in members]


def harms(
    source: np.ndarray,
    target: np.ndarray,
    groups: list[Group],
    model: ErrorModel,
    base: np.ndarray,
    ask: Asker,
    seed: int,
) -> list[Harm]:
    """Move one group at a time to its target values.

    Each source row takes a group's columns from the target row that it is matched with: by rank in one dimension
    (optimal transport), by least total squared distance in several, so that rows are moved as little as the change of
    the group's law allows. Nothing is told of target labels.

    Parameters
    ----------
    source, target : ndarray of float64, shape (n, p) and (m, p)
    groups : list of Group
        At most `MOST_GROUPS` of them.
    model : ErrorModel
    base : ndarray of float64, shape (n, q)
        Signals of the source rows as they are.
    ask : Asker
        Asks the models about moved rows.
    seed : int
        Draws the rows that are matched.
    """
    from scipy.stats import norm

    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(20,)))
    k = min(MOST_ROWS, len(source), len(target))
    rows, others = (np.sort(rng.choice(len(part), k, replace=False)) for part in (source, target))
    sure = float(norm.isf(LEVEL / max(len(groups), 1)))
    found = []
    for group in groups:
        columns = list(group.encoded)
        donors = others[_matched(source[rows][:, columns], target[others][:, columns])]
        # Asked at once: what a model costs by question would be paid twice.
        both = ask(group, np.tile(rows, 2), np.concatenate([donors, rng.permutation(donors)]))
        moved, shuffled = both[:k], both[k:]
        value, error = model.change(base[rows], moved)
        # Both marginals are samples: their means wander by the part of P(wrong) that the group decides, which is what
        # changes when the donors are shuffled (half the mean square is its variance, in each domain).
        wander = float(((model.predict(shuffled) - model.predict(moved)) ** 2).mean()) / k
        error = float(np.sqrt(error**2 + wander))
        found.append(
            Harm(
                names=group.names,
                value=value,
                lower=value - Z95 * error,
                upper=value + Z95 * error,
                harmful=bool(value >= SMALLEST_HARM and value - sure * error > 0),
            )
        )
    return found


def _matched(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """For each row of `left` (k, q), its partner among as many rows of `right`."""
    if left.shape[1] == 1:
        partner = np.empty(len(left), dtype=np.int64)
        partner[np.argsort(left[:, 0], kind="stable")] = np.argsort(right[:, 0], kind="stable")
        return partner
    from scipy.optimize import linear_sum_assignment
    from scipy.spatial.distance import cdist

    return np.asarray(linear_sum_assignment(cdist(left, right, "sqeuclidean"))[1], dtype=np.int64)
