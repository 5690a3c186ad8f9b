"""With target labels: do the same rows have other labels than before?"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from whytransfer.diagnosis.disde import LEAST_EFFECTIVE, LEAST_SHARED, shared_weights
from whytransfer.diagnosis.scores import class_probabilities
from whytransfer.overlap import Overlap

LEVEL = 0.002
"""A fifth of .01: five kinds of shift are asked about independently of one another."""

FEWEST_LABELS = 20
"""Labelled target rows where the domains overlap, below which nothing is asked; half as many in each of two groups that are compared."""
MOST_CLASSES = 4
"""Classes whose own shares are compared; beyond, the most frequent ones."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LabelledRows:
    """Labelled rows of both domains that a change of meaning may be looked for on.

    Parameters
    ----------
    source, target : ndarray of float64, shape (n, p) and (m, p)
        The rows that the domain classifier saw.
    labels, target_labels : ndarray of int64, shape (n,) and (m,)
        Classes; −1 where unknown, or unknown to the source.
    wrong, target_wrong : ndarray of bool, shape (n,) and (m,)
        Where the model errs; read on labelled rows only.
    train, train_labels : ndarray, shape (r, p) and (r,)
        Further source rows, which teach P(y | x).
    """

    source: np.ndarray
    target: np.ndarray
    labels: np.ndarray
    target_labels: np.ndarray
    wrong: np.ndarray
    target_wrong: np.ndarray
    train: np.ndarray
    train_labels: np.ndarray

    @property
    def labelled(self) -> np.ndarray:
        """Target rows with a label, (m,) bool."""
        return self.target_labels >= 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ConceptTest:
    """Whether P(y | x) changed between the domains, on the rows that both have.

    Parameters
    ----------
    rejected : bool
        "Unchanged" is rejected: the labels mean something else.
    p_value : float
        In (0, 1]; normal approximation, the density ratio taken as estimated.
    effect : float
        Change of the model's error on the shared rows, in error units.
    least : float
        The smallest change of error that the test would see on these rows with power .80, in error units.
    """

    rejected: bool
    p_value: float
    effect: float
    least: float

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return asdict(self)


def concept_test(rows: LabelledRows, overlap: Overlap) -> ConceptTest | None:
    """Compare errors and labels on what both domains share; None where they share too little or too few labels are known.

    Two tests, the smaller p-value twice: of the model's error, and of the shares of the classes beyond what the source's own
    P(y | x) predicts, along with their products with that probability. Both compare weighted means on the shared law, so that
    a shift of the inputs alone moves neither.
    """
    from scipy.stats import norm

    kept = rows.labelled
    if kept.sum() < FEWEST_LABELS or overlap.auc is None or overlap.no_overlap:
        return None
    here, there = shared_weights(overlap)
    there = there[kept]
    if overlap.shared_mass < LEAST_SHARED or min(_effective(here), _effective(there)) < LEAST_EFFECTIVE:
        return None
    wrong = rows.wrong.astype(float)[:, None], rows.target_wrong[kept].astype(float)[:, None]
    effect, variance = _difference(*wrong, here, there)
    p_error = _wald(effect, variance)
    p_labels = _wald(*_difference(*_surprises(rows, kept), here, there))
    p_value = float(min(1.0, 2.0 * min(p_error, p_labels)))
    least = float((norm.isf(LEVEL / 4) + norm.isf(0.2)) * np.sqrt(variance[0, 0]))
    return ConceptTest(rejected=bool(p_value <= LEVEL), p_value=p_value, effect=float(effect[0]), least=least)


def same_classes(rows: LabelledRows) -> float:
    """p-value of "within each class the rows are as before" (P(x | y) unchanged), from the labelled target rows; in (0, 1].

    Class by class the means of the columns' scores of all classes are compared (χ², scores from the training rows).
    """
    from scipy.stats import chi2

    kept = rows.labelled
    scores = class_probabilities(rows.train, rows.train_labels, rows.source, rows.target[kept])
    statistic, freedom = 0.0, 0
    for k in np.unique(rows.target_labels[kept]):
        left, right = scores[0][rows.labels == k], scores[1][rows.target_labels[kept] == k]
        if min(len(left), len(right)) < FEWEST_LABELS // 2:
            continue
        d = right.mean(axis=0) - left.mean(axis=0)
        V = sum(np.atleast_2d(np.cov(part, rowvar=False)) / len(part) for part in (left, right))
        value, rank = _quadratic(d, np.atleast_2d(V))
        statistic, freedom = statistic + value, freedom + rank
    return max(float(chi2.sf(statistic, freedom)), np.finfo(float).tiny) if freedom else 1.0


def _surprises(rows: LabelledRows, kept: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """By row: 1[y = k] − P(y = k | x) for the most frequent classes, alone and times 2P − 1."""
    there = rows.target_labels[kept]
    proba = class_probabilities(rows.train, rows.train_labels, rows.source, rows.target[kept], full=True)
    known = np.unique(rows.train_labels)
    counts = np.bincount(np.searchsorted(known, rows.train_labels))
    # The last share follows from the others.
    chosen = np.argsort(-counts, kind="stable")[: min(len(known) - 1, MOST_CLASSES)]
    found = []
    for labels, p in ((rows.labels, proba[0]), (there, proba[1])):
        residual = (labels[:, None] == known[chosen][None, :]) - p[:, chosen]
        found.append(np.column_stack([residual, residual * (2 * p[:, chosen] - 1)]))
    return found[0], found[1]


def _difference(
    left: np.ndarray, right: np.ndarray, here: np.ndarray, there: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Weighted mean of `right` less that of `left`, with the sandwich variance of the self-normalised means."""
    means, spread = [], []
    for values, weights in ((left, here), (right, there)):
        w = weights / weights.sum()
        mean = w @ values
        off = (values - mean) * w[:, None]
        means.append(mean)
        # n/(n-1) and one half of a pseudo-row: without an error seen, the rate is not known to be 0.
        spread.append(
            off.T @ off * len(w) / (len(w) - 1) + np.eye(values.shape[1]) * 0.25 * (w**2).sum() / len(w)
        )
    return means[1] - means[0], spread[0] + spread[1]


def _wald(d: np.ndarray, V: np.ndarray) -> float:
    from scipy.stats import chi2

    value, rank = _quadratic(d, V)
    return max(float(chi2.sf(value, rank)), np.finfo(float).tiny) if rank else 1.0


def _quadratic(d: np.ndarray, V: np.ndarray) -> tuple[float, int]:
    """The quadratic form d' V⁻¹ d on V's range, and its rank."""
    scale = np.sqrt(np.clip(np.diag(V), 1e-300, None))
    values, vectors = np.linalg.eigh(V / np.outer(scale, scale))
    kept = values > 1e-3
    along = (d / scale) @ vectors[:, kept]
    return float((along**2 / values[kept]).sum()), int(kept.sum())


def _effective(weights: np.ndarray) -> float:
    return float(weights.sum() ** 2 / max(float((weights**2).sum()), np.finfo(float).tiny))
