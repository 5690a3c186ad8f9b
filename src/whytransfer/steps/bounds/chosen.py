"""Functions of the rows that are fixed by the training and choosing rows, so that the evaluation rows are fresh to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from whytransfer.steps.case import Case

STRENGTH = 1.0
"""Inverse regularisation of the logistic fits, scikit-learn's default: nothing is tuned."""

MOST_ROWS = 2000
"""Rows a domain that a critic or a ratio is fitted on; a larger sample is drawn by the seed."""

ROWS_A_CELL = 40
"""Evaluation rows of the source that a cell should hold: fewer widen its limits more than a finer cell helps."""

MOST_CELLS = 5
"""Cells of confidence at most: each has a limit of its own, and all of them share δ."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chooser:
    """The rows that choose, in units of the source training rows' standard deviation, and what the model says on them.

    Parameters
    ----------
    source, target : (n, p) and (m, p) arrays
        Training and choosing rows of the source, choosing rows of the target.
    said : pair of int64 arrays
        The model's codes there.
    runner_up : pair of int64 arrays
        Another code each: the second choice of the model, where it has probabilities.
    centre, scale : (p,) arrays
        What standardises the columns.
    """

    source: np.ndarray
    target: np.ndarray
    said: tuple[np.ndarray, np.ndarray]
    runner_up: tuple[np.ndarray, np.ndarray]
    centre: np.ndarray
    scale: np.ndarray

    @classmethod
    def of(cls, case: Case) -> Chooser:
        """The rows of a case that may choose."""
        splits, columns = case.splits, case.columns
        if columns is None:
            raise ValueError("a critic needs encoded columns")
        train = columns.source[splits.source_train]
        spread = train.std(axis=0)
        centre, scale = train.mean(axis=0), np.where(spread > 0, spread, 1.0)
        rng = np.random.default_rng(np.random.SeedSequence(case.seed, spawn_key=(11,)))
        s = _some(np.sort(np.concatenate([splits.source_train, splits.source_choose])), rng)
        t = _some(splits.target_choose, rng)
        return cls(
            source=(columns.source[s] - centre) / scale,
            target=(columns.target[t] - centre) / scale,
            said=(case.subject.source.codes[s], case.subject.target.codes[t]),
            runner_up=(
                _other(case.subject.source.codes[s], case.subject.source.proba, s, case.classes),
                _other(case.subject.target.codes[t], case.subject.target.proba, t, case.classes),
            ),
            centre=centre,
            scale=scale,
        )

    def standard(self, rows: np.ndarray) -> np.ndarray:
        """Encoded rows in the units of the chooser."""
        return np.asarray((rows - self.centre) / self.scale)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ratio:
    """An estimate of dT_X/dS_X by logistic regression of the domain on the columns."""

    chooser: Chooser
    weights: np.ndarray
    offset: float

    @classmethod
    def of(cls, chooser: Chooser) -> Ratio:
        """Fitted on the choosing rows, both domains with the same weight."""
        rows = np.concatenate([chooser.source, chooser.target])
        domain = np.repeat([0, 1], [len(chooser.source), len(chooser.target)])
        fitted = _logistic().fit(rows, domain, sample_weight=_balanced(chooser))
        return cls(chooser=chooser, weights=fitted.coef_[0], offset=float(fitted.intercept_[0]))

    def at(self, rows: np.ndarray) -> np.ndarray:
        """The ratio at encoded rows, (n,), above 0."""
        score = self.chooser.standard(rows) @ self.weights + self.offset
        return np.asarray(np.exp(np.clip(score, -30.0, 30.0)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Critic:
    """A rule that agrees with the model on the source and contradicts it on the target, as far as a linear one can.

    The surrogate of Dis²: logistic regression on the model's own answers at source rows and on its second choices at target
    rows, both domains with the same weight; where that gains nothing on the choosing rows, the model itself.
    """

    chooser: Chooser
    fitted: Any

    @classmethod
    def of(cls, chooser: Chooser, outside: tuple[np.ndarray, np.ndarray] | None = None) -> Critic:
        """Fitted on the choosing rows; on those of them alone that lie `outside` a region, where one is given."""
        kept = outside or (np.ones(len(chooser.source), bool), np.ones(len(chooser.target), bool))
        rows = np.concatenate([chooser.source, chooser.target])
        wanted = np.concatenate([chooser.said[0], chooser.runner_up[1]])
        weights = _balanced(chooser) * np.concatenate(kept)
        used = weights > 0
        if len(np.unique(wanted[used])) < 2:
            return cls(chooser=chooser, fitted=None)
        fitted = _logistic().fit(rows[used], wanted[used], sample_weight=weights[used])
        found = cls(chooser=chooser, fitted=fitted)
        apart = [
            np.mean((fitted.predict(x) != h) & inside)
            for x, h, inside in zip((chooser.source, chooser.target), chooser.said, kept, strict=True)
        ]
        return found if apart[1] > apart[0] else cls(chooser=chooser, fitted=None)

    def differs(self, rows: np.ndarray, said: np.ndarray) -> np.ndarray:
        """Whether it contradicts the model's codes `said` at encoded rows, (n,)."""
        if self.fitted is None:
            return np.zeros(len(rows), dtype=bool)
        predicted = self.fitted.predict(self.chooser.standard(rows))
        return np.asarray(predicted != said)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cells:
    """A partition by what is known without labels: how confident the model is, or what it predicts.

    Parameters
    ----------
    cuts : (B − 1,) array or None
        Of the confidence; None: the cells are the predicted classes.
    count : int
        B.
    """

    cuts: np.ndarray | None
    count: int

    @classmethod
    def of(cls, case: Case) -> Cells:
        """Quantiles of the confidence at the target's choosing rows."""
        proba, rows = case.subject.target.proba, case.splits.target_choose
        if proba is None or case.subject.source.proba is None:
            return cls(cuts=None, count=case.classes)
        count = int(np.clip(len(case.splits.source_evaluate) // ROWS_A_CELL, 1, MOST_CELLS))
        confidence = proba[rows].max(axis=1)
        cuts = np.unique(np.quantile(confidence, np.arange(1, count) / count, method="lower"))
        return cls(cuts=cuts, count=len(cuts) + 1)

    def at(self, codes: np.ndarray, proba: np.ndarray | None) -> np.ndarray:
        """The cell of each row, (n,) in 0..B − 1."""
        if self.cuts is None or proba is None:
            return codes
        return np.asarray(np.searchsorted(self.cuts, proba.max(axis=1), side="left"))


def _logistic() -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=STRENGTH, max_iter=1000)


def _balanced(chooser: Chooser) -> np.ndarray:
    """Weights of the rows: half of their number for each domain."""
    n, m = len(chooser.source), len(chooser.target)
    return np.repeat([(n + m) / (2 * n), (n + m) / (2 * m)], [n, m])


def _some(rows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return rows if len(rows) <= MOST_ROWS else np.sort(rng.choice(rows, MOST_ROWS, replace=False))


def _other(codes: np.ndarray, proba: np.ndarray | None, rows: np.ndarray, classes: int) -> np.ndarray:
    """For each row a code that the model did not say: its second choice, or the next one in order."""
    if proba is None:
        return (codes + 1) % max(classes, 2)
    rest = proba[rows].copy()
    rest[np.arange(len(rows)), codes] = -1.0
    return np.asarray(rest.argmax(axis=1))
