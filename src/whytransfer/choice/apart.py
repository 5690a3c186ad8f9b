"""Before and after: how far apart the domains are as a learner sees them, and how well it does at home there."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from whytransfer.methods.domains import Floats
from whytransfer.methods.fitting import Training, fresh
from whytransfer.overlap.auc import auc_of
from whytransfer.threads import one_thread

MOST_ROWS = 1000
"""Rows of each domain, drawn by the seed."""

FOLDS = 2
"""Asked of every candidate: halves are the cheapest way to keep rows from judging themselves."""


def auc_between(source: Floats, target: Floats, weights: Floats | None, seed: int) -> float:
    """Cross-fitted AUC of a linear domain classifier, in [0, 1]; near 1/2 for domains that it can't tell apart.

    Parameters
    ----------
    source, target : (n, q) and (m, q) arrays
        As the learner sees them.
    weights : (n,) array or None
        Of the source rows; rows are drawn with them, so that the AUC is that of the weighted source.
    seed : int
        Of the draws and the folds.
    """
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(52,)))
    here = _drawn(source, rng, weights)
    there = _drawn(target, rng)
    rows, side = np.concatenate([here, there]), np.arange(len(here) + len(there)) >= len(here)
    fold = np.concatenate([rng.permutation(len(part)) % FOLDS for part in (here, there)])
    centre, scale = rows.mean(axis=0), rows.std(axis=0)
    rows = (rows - centre) / np.where(scale > 0, scale, 1.0)
    found = []
    for k in range(FOLDS):
        seen = fold != k
        if len(np.unique(side[seen])) < 2 or len(np.unique(side[~seen])) < 2:
            return 0.5
        with one_thread(), warnings.catch_warnings():
            # Separable domains have no finite optimum: the iteration limit is where we want to stop.
            warnings.simplefilter("ignore")
            model = LogisticRegression(max_iter=200).fit(rows[seen], side[seen])
            found.append(auc_of(model.decision_function(rows[~seen]), side[~seen]))
    return float(np.mean(found))


def floor_of(training: Training | None, learner: Any, seed: int) -> float | None:
    """The learner's cross-fitted error on the source rows as it saw them, in [0, 1]; None where there is nothing to cross-fit."""
    if training is None:
        return None
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(53,)))
    rows, codes, fold = training.rows, training.codes, rng.permutation(len(training.codes)) % FOLDS
    wrong = np.zeros(len(codes), dtype=bool)
    for k in range(FOLDS):
        seen = fold != k
        if len(np.unique(codes[seen])) < 2:
            return None
        with one_thread(), warnings.catch_warnings():
            # What the learner's library warns of was said when the candidate was fitted.
            warnings.simplefilter("ignore")
            wrong[~seen] = (
                fresh(learner, seed).fit(rows[seen], codes[seen]).predict(rows[~seen]) != codes[~seen]
            )
    return float(wrong.mean())


def _drawn(rows: Floats, rng: np.random.Generator, weights: Floats | None = None) -> Floats:
    if weights is not None:
        return rows[rng.choice(len(rows), size=min(len(rows), MOST_ROWS), p=weights / weights.sum())]
    return rows if len(rows) <= MOST_ROWS else rows[np.sort(rng.permutation(len(rows))[:MOST_ROWS])]
