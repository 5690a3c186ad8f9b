"""A few numbers a row that tell domains and classes apart, each learned on rows other than those it is read on."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from whytransfer.threads import one_thread

MOST_CLASSES = 10
"""Classes whose probabilities enter the scores; rarer ones are too thin to be weighed apart."""

MOST_SQUARED = 60
"""Columns up to which squares join the linear score; beyond, they would outnumber the rows."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Half:
    """One half of the rows, with scores learned on the other half and on the source's training rows.

    Parameters
    ----------
    source, target : ndarray of float64, shape (a, q) and (b, q)
        Scores: a domain classifier of columns and their squares, a boosted one, then class probabilities.
    labels : ndarray of int64, shape (a,)
        Classes of the source rows.
    """

    source: np.ndarray
    target: np.ndarray
    labels: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Samples:
    """What the tests of a shift see: numbers only, in units of the source training rows' standard deviation.

    Parameters
    ----------
    source, target : ndarray of float64, shape (n, p) and (m, p)
        Labelled source rows, and target rows.
    labels : ndarray of int64, shape (n,)
        Classes of the source rows.
    seed : int
        Fixes the halves, the trees and the permutations.
    """

    source: np.ndarray
    target: np.ndarray
    labels: np.ndarray
    seed: int

    @property
    def n(self) -> int:
        """Source rows."""
        return len(self.source)

    @property
    def m(self) -> int:
        """Target rows."""
        return len(self.target)


def halves(samples: Samples) -> tuple[Half, Half]:
    """Both halves of the rows, each scored by what the other half taught (one fit a half: exact under permutation)."""
    rng = np.random.default_rng(np.random.SeedSequence(samples.seed, spawn_key=(17,)))
    left, right = (rng.permutation(size) % 2 == 0 for size in (samples.n, samples.m))
    # One thread: the same sums on every machine, and no fight for cores between audits (EVIDENCE section 4).
    with one_thread():
        return _half(samples, left, right), _half(samples, ~left, ~right)


def _half(samples: Samples, left: np.ndarray, right: np.ndarray) -> Half:
    """The half that `left` and `right` mark, scored by the other."""
    there, here = (
        (samples.source[~left], samples.target[~right]),
        (samples.source[left], samples.target[right]),
    )
    columns = [
        *_domain_scores(*there, *here, samples.seed),
        *_class_scores(there[0], samples.labels[~left], *here),
    ]
    # A square beside each score: shares of classes move means, a spread that changed is something else.
    source, target = (
        np.column_stack([v for pair in columns for v in (pair[i], pair[i] ** 2)]) for i in (0, 1)
    )
    return Half(source=source, target=target, labels=samples.labels[left])


Pair = tuple[np.ndarray, np.ndarray]


def _domain_scores(
    source: np.ndarray, target: np.ndarray, left: np.ndarray, right: np.ndarray, seed: int
) -> list[Pair]:
    """Two scores of `left` and `right`, in [-1, 1] so that no far row rules a mean, learned on `source` and `target`."""
    rows = np.concatenate([source, target])
    is_target = np.arange(len(rows)) >= len(source)
    linear = _fitted(_quadratic(), squared(rows), is_target)
    boosted = _fitted(_boosted(seed), rows, is_target)
    return [
        tuple(np.tanh(linear.decision_function(squared(part)) / 2) for part in (left, right)),
        tuple(2 * boosted.predict_proba(part)[:, 1] - 1 for part in (left, right)),
    ]


def _class_scores(rows: np.ndarray, labels: np.ndarray, left: np.ndarray, right: np.ndarray) -> list[Pair]:
    """Of each class but the last, 2 P(class | row) - 1 by a classifier of labelled rows."""
    found = class_probabilities(rows, labels, left, right)
    return [(2 * found[0][:, k] - 1, 2 * found[1][:, k] - 1) for k in range(found[0].shape[1])]


def class_probabilities(
    rows: np.ndarray, labels: np.ndarray, left: np.ndarray, right: np.ndarray, *, full: bool = False
) -> Pair:
    """P(class | row) of `left` and `right` by a classifier of labelled rows: all classes, or the first few but the last."""
    if len(np.unique(labels)) < 2:
        return np.ones((len(left), int(full))), np.ones((len(right), int(full)))
    model = _fitted(_quadratic(), squared(rows), labels)
    found = [model.predict_proba(squared(part)) for part in (left, right)]
    kept = found[0].shape[1] if full else min(found[0].shape[1], MOST_CLASSES) - 1
    return found[0][:, :kept], found[1][:, :kept]


def squared(rows: np.ndarray) -> np.ndarray:
    """The columns, beside them their squares where they are few."""
    return np.column_stack([rows, rows**2]) if rows.shape[1] <= MOST_SQUARED else rows


def _fitted(model: Any, rows: np.ndarray, labels: np.ndarray) -> Any:
    with one_thread(), warnings.catch_warnings():
        # Separable domains have no finite optimum: stopping at the iteration limit is what we want there.
        warnings.simplefilter("ignore")
        return model.fit(rows, labels)


def _quadratic() -> Any:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    # A hundred rows against twenty columns would overfit without the ridge.
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=100))


def _boosted(seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        max_iter=40, max_leaf_nodes=8, max_bins=32, early_stopping=False, random_state=seed
    )
