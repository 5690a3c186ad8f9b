"""Can the domains be told apart? One cross-fitted classifier on rows that trained nothing, used by all steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whytransfer.overlap import DomainClassifier, Overlap
from whytransfer.problem import Splits
from whytransfer.steps.columns import Columns

MOST_ROWS = 2000
"""Rows per domain in what costs more than a pass over the rows; a larger sample is drawn and said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldApart:
    """The domain classifier with the rows it saw.

    Parameters
    ----------
    overlap : Overlap
        Its cross-fitted probabilities, AUC and what follows.
    source, target : ndarray of float64, shape (n, p) and (m, p)
        Encoded columns in units of the source training rows' standard deviation.
    warnings : tuple of str
        Whether the rows are a sample.
    """

    overlap: Overlap
    source: np.ndarray
    target: np.ndarray
    warnings: tuple[str, ...]


def tell_apart(columns: Columns, splits: Splits, seed: int) -> ToldApart:
    """Fit the domain classifier on source rows that trained nothing, against all target rows."""
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(3,)))
    fresh = np.sort(np.concatenate([splits.source_choose, splits.source_evaluate]))
    train = columns.source[splits.source_train]
    spread = train.std(axis=0)
    scale = np.where(spread > 0, spread, 1.0)
    left, right = ((rows - train.mean(axis=0)) / scale for rows in (columns.source[fresh], columns.target))
    source, target = (at_most(rows, MOST_ROWS, rng) for rows in (left, right))
    said: tuple[str, ...] = ()
    if len(source) < len(left) or len(target) < len(right):
        sizes = f"{len(source)} of {len(left)} source rows and {len(target)} of {len(right)} target rows"
        said = (f"the domain classifier, mmd and energy saw a sample of {sizes}, drawn by the seed",)
    overlap = DomainClassifier.fit(source, target, seed=seed)
    return ToldApart(overlap=overlap, source=source, target=target, warnings=said)


def at_most(rows: np.ndarray, most: int, rng: np.random.Generator) -> np.ndarray:
    """`rows`, or `most` of them drawn without replacement, in their order."""
    return rows if len(rows) <= most else rows[np.sort(rng.choice(len(rows), most, replace=False))]
