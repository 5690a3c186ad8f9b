"""Where on the target the model is expected to fail, as rules; and the largest part on which it is expected to work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

DEPTH = 3
"""Conditions of a rule at most: more are not read."""
SMALLEST_SHARE = 0.05
FEWEST_ROWS = 20
"""A leaf holds this share of the rows and this many: smaller groups are made of noise."""
MOST_GROUPS = 5
"""Sub-groups named, the worst ones."""
MOST_CATEGORIES = 6
"""Of each column of words: the most frequent ones of the source."""
WORSE = 0.02
"""A sub-group is named when its estimated error exceeds the whole target's by this much."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Readable:
    """Raw columns as numbers that rules can be read from.

    Parameters
    ----------
    values : ndarray of float64, shape (N, q)
        Numbers as they are, missing ones as the source's median; a 0/1 column for each frequent category.
    names : tuple of str
        The raw column of each.
    categories : tuple of str or None
        The category of a 0/1 column, None for a number.
    """

    values: np.ndarray
    names: tuple[str, ...]
    categories: tuple[str | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubGroup:
    """Target rows that a rule describes.

    Parameters
    ----------
    rule : str
        Conditions on raw columns, joined by "and".
    share : float
        Of the target rows that did not shape the rule.
    rows : int
        How many those are.
    error : float
        Their mean estimated error.
    within : bool
        Whether they are a part of the area that works, which does so on the whole.
    """

    rule: str
    share: float
    rows: int
    error: float
    within: bool

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "rule": self.rule,
            "share": self.share,
            "rows": self.rows,
            "error": self.error,
            "within": self.within,
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Area:
    """A union of leaves.

    Parameters
    ----------
    rule : str
        Conditions on raw columns.
    inside : ndarray of bool, shape (N,)
        By row of the readable table, whether it lies there.
    """

    rule: str
    inside: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Regions:
    """What a shallow tree of the estimated error found; shaped on one half of the target rows, measured on the other.

    Parameters
    ----------
    failing : tuple of SubGroup
        The worst first.
    works_rule : str or None
        The largest union of leaves with an estimated error within the requirement; None where there is none.
    works_share, works_error : float or None
        Its share of the target and estimated error, on the half that did not shape it.
    inside : ndarray of bool, shape (N,)
        By row of the readable table, whether it lies there.
    areas : tuple of Area
        The best leaf, the two best, and so on to all rows: nested, their order fixed by the rows that shaped them. Whoever
        tests them all and keeps the largest that passes has made `len(areas)` tests.
    """

    failing: tuple[SubGroup, ...]
    works_rule: str | None
    works_share: float | None
    works_error: float | None
    inside: np.ndarray
    areas: tuple[Area, ...]


def find_regions(
    table: Readable, rows: np.ndarray, errors: np.ndarray, shaping: np.ndarray, requirement: float
) -> Regions | None:
    """Cut the target into few readable parts by their estimated error; None with too few rows.

    Parameters
    ----------
    table : Readable
        Any rows; those of the target at `rows`.
    rows : ndarray of int64, shape (m,)
        Positions in `table` of the target rows whose error is estimated.
    errors : ndarray of float64, shape (m,)
        Estimated P(wrong) of each.
    shaping : ndarray of bool, shape (m,)
        The half that shapes the rules.
    requirement : float
        Largest error that counts as working.
    """
    if min(shaping.sum(), (~shaping).sum()) < 2 * FEWEST_ROWS or not table.values.shape[1]:
        return None
    tree = _grown(table.values[rows[shaping]], errors[shaping])
    leaf_of = tree.apply(table.values)
    shaped, other = leaf_of[rows[shaping]], leaf_of[rows[~shaping]]
    rules = _rules(tree, table)
    overall = float(errors[~shaping].mean())
    best = _best_first(shaped, errors[shaping])
    kept = best[: _within(best, shaped, errors[shaping], requirement)]
    failing = [
        SubGroup(
            rule=rules[leaf],
            share=float((other == leaf).mean()),
            rows=int((other == leaf).sum()),
            error=float(errors[~shaping][other == leaf].mean()),
            within=leaf in kept,
        )
        for leaf in np.unique(other).tolist()
    ]
    named = sorted((g for g in failing if g.error > overall + WORSE), key=lambda g: (-g.error, g.rule))
    inside = np.isin(leaf_of, kept)
    there = inside[rows[~shaping]]
    return Regions(
        failing=tuple(named[:MOST_GROUPS]),
        works_rule=_union(kept, rules) if kept and there.any() else None,
        works_share=float(there.mean()) if kept else None,
        works_error=float(errors[~shaping][there].mean()) if there.any() else None,
        inside=inside,
        areas=tuple(
            Area(rule=_union(best[:k], rules), inside=np.isin(leaf_of, best[:k]))
            for k in range(1, len(best) + 1)
        ),
    )


def _grown(values: np.ndarray, errors: np.ndarray) -> Any:
    from sklearn.tree import DecisionTreeRegressor

    least = max(FEWEST_ROWS, int(np.ceil(SMALLEST_SHARE * len(values))))
    return DecisionTreeRegressor(max_depth=DEPTH, min_samples_leaf=least, random_state=0).fit(values, errors)


def _best_first(leaves: np.ndarray, errors: np.ndarray) -> list[int]:
    return [
        leaf
        for _, leaf in sorted((float(errors[leaves == leaf].mean()), int(leaf)) for leaf in np.unique(leaves))
    ]


def _within(best: list[int], leaves: np.ndarray, errors: np.ndarray, requirement: float) -> int:
    """How many leaves, the best first, have a mean estimated error within the requirement together."""
    for k in range(1, len(best) + 1):
        if errors[np.isin(leaves, best[:k])].mean() > requirement:
            return k - 1
    return len(best)


def _union(kept: list[int], rules: dict[int, str]) -> str:
    left = [rule for leaf, rule in rules.items() if leaf not in kept]
    if not left:
        return "all rows"
    wanted = [rules[leaf] for leaf in kept]
    # The shorter of the two ways to say it.
    if len(left) < len(wanted):
        return "all rows but those with " + ", or with ".join(left)
    return ", or ".join(wanted)


def _rules(tree: Any, table: Readable) -> dict[int, str]:
    """The rule of every leaf, conditions on one column drawn together."""
    nodes, rules = tree.tree_, {}
    stack: list[tuple[int, tuple[tuple[int, bool, float], ...]]] = [(0, ())]
    while stack:
        node, path = stack.pop()
        left, right = int(nodes.children_left[node]), int(nodes.children_right[node])
        if left < 0:
            rules[node] = _worded(path, table)
            continue
        cut = (int(nodes.feature[node]), float(nodes.threshold[node]))
        stack.append((right, (*path, (cut[0], True, cut[1]))))
        stack.append((left, (*path, (cut[0], False, cut[1]))))
    return rules


def _worded(path: tuple[tuple[int, bool, float], ...], table: Readable) -> str:
    said = []
    for column in dict.fromkeys(step[0] for step in path):
        name, category = table.names[column], table.categories[column]
        above = [t for c, up, t in path if c == column and up]
        below = [t for c, up, t in path if c == column and not up]
        if category is not None:
            said.append(f"{name} {'=' if above else '≠'} {category}")
        elif above and below:
            said.append(f"{max(above):.4g} < {name} ≤ {min(below):.4g}")
        else:
            said.append(f"{name} > {max(above):.4g}" if above else f"{name} ≤ {min(below):.4g}")
    return " and ".join(said) or "all rows"


def readable(frame: Any, reference: Any) -> Readable:
    """A raw table as numbers: medians and categories are the reference's (the source's).

    Parameters
    ----------
    frame, reference : pandas.DataFrame
        With the same columns.
    """
    import pandas as pd
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    values: list[np.ndarray] = []
    names: list[str] = []
    categories: list[str | None] = []
    for name in frame.columns:
        column, known = frame[name], reference[name]
        if is_numeric_dtype(known) and not is_bool_dtype(known) and is_numeric_dtype(column):
            numbers = pd.to_numeric(column, errors="coerce").astype(float)
            middle = pd.to_numeric(known, errors="coerce").astype(float).median()
            values.append(numbers.fillna(0.0 if pd.isna(middle) else middle).to_numpy())
            names.append(str(name))
            categories.append(None)
            continue
        words, common = (_words(c) for c in (column, known))
        counts = common.value_counts()
        ranked = sorted((-int(count), str(word)) for word, count in counts.items())[:MOST_CATEGORIES]
        for _, word in ranked:
            values.append((words == word).to_numpy(dtype=float))
            names.append(str(name))
            categories.append(word)
    table = np.column_stack(values) if values else np.empty((len(frame), 0))
    return Readable(values=table, names=tuple(names), categories=tuple(categories))


def _words(column: Any) -> Any:
    known = column.astype("object")
    return known.where(column.notna(), "(missing)").map(str)
