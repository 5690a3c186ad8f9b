"""Can the domains be told apart? One cross-fitted classifier on rows that trained nothing, used by all steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whytransfer.claims.intervals import hoeffding_term
from whytransfer.overlap import DomainClassifier, Overlap
from whytransfer.problem import Splits
from whytransfer.steps.columns import Columns
from whytransfer.wording import how_many

MOST_ROWS = 2000
"""Rows per domain in what costs more than a pass over the rows; a larger sample is drawn and said."""

LARGE, LARGE_ROWS = 100_000, 5000
"""From so many source rows on, the domain classifier, the estimators and the back-test see so many: beside what reading and sorting such tables
costs, the 10 s more are worth a width of 1.7 % instead of 2.7 %."""

CERTAINTY = 0.05
"""Failure probability, one-sided, of the width that is told."""

MOST_TRAINING_ROWS = 5000
"""Training rows of the source that estimators may see; a larger sample is drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldApart:
    """The domain classifier with the rows it saw.

    Parameters
    ----------
    overlap : Overlap
        Its cross-fitted probabilities, AUC and what follows.
    source, target : ndarray of float64, shape (n, p) and (m, p)
        Encoded columns in units of the source training rows' standard deviation.
    source_rows, target_rows : ndarray of int64, shape (n,) and (m,)
        Which rows of the files these are, ascending.
    train, train_rows : ndarray, shapes (r, p) and (r,)
        Training rows of the source in the same units, for estimators that learn from them: the classifier
        did not see them.
    warnings : tuple of str
        Whether the rows are a sample.
    """

    overlap: Overlap
    source: np.ndarray
    target: np.ndarray
    source_rows: np.ndarray
    target_rows: np.ndarray
    train: np.ndarray
    train_rows: np.ndarray
    warnings: tuple[str, ...]


def tell_apart(columns: Columns, splits: Splits, seed: int) -> ToldApart:
    """Fit the domain classifier on source rows that trained nothing, against all target rows."""
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(3,)))
    fresh = np.sort(np.concatenate([splits.source_choose, splits.source_evaluate]))
    learned = columns.source[splits.source_train]
    centre, spread = learned.mean(axis=0), learned.std(axis=0)
    scale = np.where(spread > 0, spread, 1.0)
    most = LARGE_ROWS if len(columns.source) >= LARGE else MOST_ROWS
    source_rows = at_most(fresh, most, rng)
    target_rows = at_most(np.arange(len(columns.target)), most, rng)
    train_rows = at_most(np.sort(splits.source_train), MOST_TRAINING_ROWS, rng)
    source, target, train = (
        (rows - centre) / scale
        for rows in (columns.source[source_rows], columns.target[target_rows], columns.source[train_rows])
    )
    said: tuple[str, ...] = ()
    if len(source) < len(fresh) or len(target) < len(columns.target):
        sizes = (
            f"{len(source):,} of {how_many(len(fresh), 'source rows')} and "
            f"{len(target):,} of {how_many(len(columns.target), 'target rows')}"
        )
        width = float(hoeffding_term(CERTAINTY, min(len(source), len(target))))
        fewer = f" (mmd and energy {MOST_ROWS:,} of each)" if most > MOST_ROWS else ""
        said = (
            (
                f"the domain classifier, the estimators, their back-test, mmd and energy saw a sample of {sizes}{fewer}, drawn by the seed: "
                f"a share counted on it is known to ±{100 * width:.1f} % (Hoeffding, {100 * (1 - CERTAINTY):g} % sure each way)"
            ),
        )
    overlap = DomainClassifier.fit(source, target, seed=seed)
    return ToldApart(
        overlap=overlap,
        source=source,
        target=target,
        source_rows=source_rows,
        target_rows=target_rows,
        train=train,
        train_rows=train_rows,
        warnings=said,
    )


def at_most(rows: np.ndarray, most: int, rng: np.random.Generator) -> np.ndarray:
    """`rows`, or `most` of them drawn without replacement, in their order."""
    return rows if len(rows) <= most else rows[np.sort(rng.choice(len(rows), most, replace=False))]
