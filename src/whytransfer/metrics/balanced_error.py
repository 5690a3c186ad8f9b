"""The balanced error: the mean over the classes of the share that is missed of each."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from whytransfer.metrics.base import Floats, Labelled, Limits, Metric


class BalancedError(Metric):
    """(1/K) Σ_k P(h ≠ k | Y = k), one minus the mean recall.

    Given the labels, rows of class k are independent draws of the law of class k, so that each term has an exact
    (Clopper–Pearson) limit at δ/K, and their mean holds at δ (union bound). Of rows in groups each term has the limit of a rate within a part. A class without labelled rows has the
    limits 0 and 1; whatever the mean over the other classes is lies within, so that a class that the
    target does not have is covered.
    """

    name: ClassVar[str] = "balanced_error"
    title: ClassVar[str] = "the balanced error"
    proof: ClassVar[str] = "exact limit of each class's error at δ/K, union bound"
    without_labels: ClassVar[str] = "median of the estimators' confusion laws, no interval"

    def of_rows(self, rows: Labelled, failure: float) -> Limits:
        """See the class."""
        lows, highs, values = [], [], []
        for k in range(rows.classes):
            of_class, missed = rows.labels == k, rows.codes != k
            low, high = rows.units.part(of_class, missed, failure / rows.classes)
            lows.append(low)
            highs.append(high)
            values += [float(missed[of_class].mean())] if of_class.any() else []
        return Limits.of_means(values, lows, highs, rows.units)

    def of_law(self, law: Floats) -> float | None:
        """Mean of P(h ≠ k | Y = k) over the classes with mass."""
        mass = law.sum(axis=0)
        known = mass > 0
        return float(np.mean(1.0 - np.diag(law)[known] / mass[known])) if known.any() else None
