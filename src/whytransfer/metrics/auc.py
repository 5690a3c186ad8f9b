"""One minus the area under the ROC curve, the mean over the classes of one against the rest."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from whytransfer.metrics.base import Floats, Labelled, Limits, Metric
from whytransfer.overlap.auc import auc_of


class AUC(Metric):
    """1 − AUC: how often a row of another class scores higher than a row of the class, ties one half; the mean over the classes.

    Of two classes there is one such pair of scores. The share among all pairs of rows is a two-sample U-statistic with a kernel in [0, 1]: with n⁺ and n⁻ rows
    it exceeds its mean by √(ln(1/δ) / 2 min(n⁺, n⁻)) with probability δ at most (Hoeffding 1963, section 5b: an average of
    averages over min(n⁺, n⁻) disjoint pairs). With more classes each has δ/K (union bound).
    """

    name: ClassVar[str] = "auc"
    title: ClassVar[str] = "one minus the AUC"
    proof: ClassVar[str] = (
        "Hoeffding's inequality for two-sample U-statistics, each class at δ/K, union bound; independent rows only"
    )
    without_labels: ClassVar[str] = "what the model's probabilities say if they are right, no interval"

    def of_rows(self, rows: Labelled, failure: float) -> Limits:
        """See the class."""
        if rows.proba is None:
            return Limits(value=None, reason="the model gives no probabilities, so that rows can't be ranked")
        asked = [1] if rows.classes == 2 else list(range(rows.classes))
        found = [self._of_class(rows, rows.proba, k, failure / len(asked)) for k in asked]
        values = [value for value, _, _ in found if value is not None]
        value = float(np.mean(values)) if values else None
        if rows.units.groups is not None:
            return Limits(
                value=value,
                reason="rows are grouped or follow each other, for which the AUC has no limit here",
            )
        low, high = (float(np.mean([limits[side] for limits in found])) for side in (1, 2))
        return Limits(value=value, lower=low, upper=high, theorem="hoeffding", citation="hoeffding:63")

    def _of_class(
        self, rows: Labelled, proba: Floats, k: int, failure: float
    ) -> tuple[float | None, float, float]:
        positive = rows.labels == k
        fewer = int(min(positive.sum(), (~positive).sum()))
        if not fewer:
            return None, 0.0, 1.0
        value = 1.0 - float(auc_of(proba[:, k], positive))
        width = math.sqrt(math.log(1.0 / failure) / (2.0 * fewer))
        return value, max(0.0, value - width), min(1.0, value + width)

    def of_law(self, law: Floats) -> float | None:
        """Classes alone rank nothing."""
        return None

    def of_proba(self, proba: Floats) -> float | None:
        """The expected share of wrongly ranked pairs if row i is of class k with probability proba[i, k], independently."""
        classes = proba.shape[1]
        asked = [1] if classes == 2 else list(range(classes))
        found = [_expected(proba[:, k]) for k in asked]
        known = [value for value in found if value is not None]
        return float(np.mean(known)) if known else None


def _expected(scores: Floats) -> float | None:
    """Σ_{i≠j} p_i (1 − p_j) (1[p_i < p_j] + ½ 1[p_i = p_j]) / Σ_{i≠j} p_i (1 − p_j)."""
    values, first, counts = np.unique(scores, return_inverse=True, return_counts=True)
    hits = np.bincount(first, weights=scores, minlength=len(values))
    rest = counts - hits
    below = np.cumsum(hits) - hits
    own = np.bincount(first, weights=scores * (1.0 - scores), minlength=len(values))
    pairs = float(hits.sum() * rest.sum() - own.sum())
    if pairs <= 0.0:
        return None
    return float((rest * below).sum() + 0.5 * (hits * rest - own).sum()) / pairs
