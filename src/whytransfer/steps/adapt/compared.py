"""Candidates compared on labelled target rows, none of which trained the candidate that is judged on it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.base import clone

from whytransfer.choice import SOURCE, Paired
from whytransfer.steps.adapt.ground import Ground
from whytransfer.steps.adapt.tries import EXPECTED, Tried, aligned, fitted

FOLDS = 5
"""Of the labelled target rows, for methods that learn from them."""

FEWEST = 4
"""Labelled rows below which nothing is cross-fitted: a sibling would learn from one or two."""


def compare(ground: Ground, tried: Sequence[Tried]) -> tuple[tuple[Paired, ...], tuple[str, ...]]:
    """Every candidate beside the source model, and what could not be compared.

    Methods that learn from no target label did not see these rows at all: one and the same candidate is judged on all of them. The others are
    cross-fitted in folds of the labelled rows.
    """
    able = [t for t in tried if t.failed is None]
    rows, labels = ground.splits.target_choose, ground.labelled
    source = next(t for t in able if t.name == SOURCE)
    kept = aligned(ground, source.method, rows).argmax(axis=1) != labels
    # Where every target row is labelled, methods saw these rows, if not their labels.
    unseen = not len(np.intersect1d(rows, ground.splits.target_train))
    found, said = [], []
    for candidate in able:
        if candidate.name == SOURCE:
            continue
        crossed = candidate.method.needs_target_labels
        codes = (
            _cross_fitted(ground, candidate)
            if crossed
            else aligned(ground, candidate.method, rows).argmax(axis=1)
        )
        if codes is None:
            said.append(f"{candidate.name} could not be cross-fitted on {len(rows)} labelled target rows")
            continue
        found.append(
            Paired(
                name=candidate.name, wrong=codes != labels, source_wrong=kept, fixed=unseen and not crossed
            )
        )
    return tuple(found), tuple(said)


def _cross_fitted(ground: Ground, candidate: Tried) -> np.ndarray | None:
    """By labelled row, the prediction of a sibling that did not see it, shape (k,); None where one can't be fitted."""
    k = len(ground.labelled)
    if k < FEWEST:
        return None
    rng = np.random.default_rng(np.random.SeedSequence(ground.case.seed, spawn_key=(55,)))
    fold = _folds(ground, rng)
    codes = np.full(k, -1, dtype=np.int64)
    for f in range(int(fold.max()) + 1):
        held = fold == f
        try:
            sibling = fitted(ground, clone(candidate.method), known=~held)
        except EXPECTED:
            # Too few labels in the other folds: the caller says that it was not compared.
            return None
        codes[held] = aligned(ground, sibling, ground.splits.target_choose[held]).argmax(axis=1)
    return codes


def _folds(ground: Ground, rng: np.random.Generator) -> np.ndarray:
    """A fold for each labelled row, whole groups together."""
    groups = ground.problem.target.groups
    rows = ground.splits.target_choose
    units = (
        np.arange(len(rows))
        if groups is None
        else np.unique(groups[rows].astype(str), return_inverse=True)[1]
    )
    turn = rng.permutation(int(units.max()) + 1)
    return np.asarray(turn[units] % min(FOLDS, int(units.max()) + 1))
