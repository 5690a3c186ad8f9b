"""A cheap look at how far apart two sets of rows lie: used fifty times where the domain classifier is used once."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from whytransfer.overlap.auc import auc_of
from whytransfer.overlap.domain_classifier import SMALLEST_PROBABILITY, fold_of_rows
from whytransfer.overlap.two_samples import Floats

MOST_COMPONENTS = 30
"""Principal components of the columns that the classifier reads, and their squares."""

FARTHEST = 5.0
"""Components are cut at this many standard deviations, so that one wild row does not own the squares."""

FOLDS = 2
"""Asked fifty times where the domain classifier is asked once: halves are the cheapest way to keep rows from judging themselves."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sight:
    """What the cheap classifier sees of a row: principal components in units of their deviation, and their squares.

    Squares let a linear classifier see a change of spread and a distance to a centre.
    """

    centre: Floats
    basis: Floats

    @classmethod
    def on(cls, columns: Floats, seed: int) -> Sight:
        """Learn the components of these rows, (n, p), by a randomised range finder (Halko et al. 2011)."""
        centre = columns.mean(axis=0)
        moved = columns - centre
        wide = columns.shape[1] > MOST_COMPONENTS
        if wide:
            rng = np.random.default_rng(seed)
            sketch = moved @ rng.standard_normal((columns.shape[1], MOST_COMPONENTS + 10))
            found = np.linalg.qr(moved @ (moved.T @ sketch))[0]
            axes = np.linalg.svd(found.T @ moved, full_matrices=False)[2]
        else:
            axes = np.linalg.eigh(moved.T @ moved)[1][:, ::-1].T
        axes = axes[:MOST_COMPONENTS]
        spread = (moved @ axes.T).std(axis=0)
        kept = spread > 1e-9 * max(1.0, float(spread.max(initial=0.0)))
        return cls(centre=centre, basis=np.asarray(axes[kept].T / spread[kept]))

    def components(self, columns: Floats) -> Floats:
        """Components of rows, shape (r, q), each in [−5, 5]."""
        return np.asarray(np.clip((columns - self.centre) @ self.basis, -FARTHEST, FARTHEST))

    def of(self, columns: Floats) -> Floats:
        """Components and their squares, shape (r, 2q)."""
        components = self.components(columns)
        return np.concatenate([components, components**2], axis=1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Separation:
    """How two sets of rows are told apart by a cross-fitted logistic classifier.

    Parameters
    ----------
    auc : float
        Within folds, in [0, 1].
    source_ratio, target_ratio : ndarray of float64, shapes (n,) and (m,)
        Density ratio, target over source, at each row, from the classifier that did not see it.
    """

    auc: float
    source_ratio: Floats
    target_ratio: Floats

    @classmethod
    def between(cls, source: Floats, target: Floats, seed: int) -> Separation:
        """Cross-fit on features that `Sight.of` made; each side has at least two rows."""
        n, m = len(source), len(target)
        rows, is_target = np.concatenate([source, target]), np.arange(n + m) >= n
        fold = fold_of_rows(n, m, FOLDS, seed)
        p = np.full(n + m, m / (n + m))
        aucs = []
        for k in range(FOLDS if rows.shape[1] else 0):
            held = fold == k
            p[held] = _scores(rows[~held], is_target[~held], rows[held])
            aucs.append(auc_of(p[held], is_target[held]))
        p = np.clip(p, SMALLEST_PROBABILITY, 1.0 - SMALLEST_PROBABILITY)
        ratio = p / (1.0 - p) * (n / m)
        return cls(auc=float(np.mean(aucs)) if aucs else 0.5, source_ratio=ratio[:n], target_ratio=ratio[n:])


def _scores(train: Floats, is_target: np.ndarray, rows: Floats) -> Floats:
    from sklearn.linear_model import LogisticRegression

    scale = train.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    centre = train.mean(axis=0)
    with warnings.catch_warnings():
        # Separable sides have no finite optimum; the penalty stops it, and where it stops is what we want.
        warnings.simplefilter("ignore")
        fitted = LogisticRegression(solver="newton-cholesky", max_iter=50).fit(
            (train - centre) / scale, is_target
        )
    return np.asarray(fitted.predict_proba((rows - centre) / scale)[:, 1], dtype=np.float64)
