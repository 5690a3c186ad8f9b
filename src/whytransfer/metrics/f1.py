"""One minus the macro F1 score: the mean over the classes of 1 − 2 TP / (2 TP + FP + FN)."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from whytransfer.metrics.base import Floats, Labelled, Limits, Metric


class F1(Metric):
    """1 − (1/K) Σ_k F1_k.

    Of the rows that are of class k or are taken for it, let J be the share that is both. Then F1_k = 2 J / (1 + J), which
    rises in J. Given which rows these are, each is both with probability J independently: J has an exact
    (Clopper–Pearson) limit at δ/K, of rows in groups that of a rate within a part, and 1 − the mean of the F1_k holds at δ (union bound). A class of which no row is seen has
    the limits 0 and 1.
    """

    name: ClassVar[str] = "f1"
    title: ClassVar[str] = "one minus the macro F1"
    proof: ClassVar[str] = (
        "F1 = 2J/(1 + J) of the share J of hits among rows of the class or taken for it: exact limit of each J at δ/K, union bound"
    )
    without_labels: ClassVar[str] = "median of the estimators' confusion laws, no interval"

    def of_rows(self, rows: Labelled, failure: float) -> Limits:
        """See the class."""
        lows, highs, values = [], [], []
        for k in range(rows.classes):
            either, both = (rows.labels == k) | (rows.codes == k), rows.labels == rows.codes
            low, high = rows.units.part(either, both, failure / rows.classes)
            lows.append(1.0 - _f1(high))
            highs.append(1.0 - _f1(low))
            values += [1.0 - _f1(float(both[either].mean()))] if either.any() else []
        return Limits.of_means(values, lows, highs, rows.units)

    def of_law(self, law: Floats) -> float | None:
        """Over the classes that are predicted or have mass."""
        both = law.sum(axis=0) + law.sum(axis=1)
        present = both > 0
        return float(1.0 - np.mean(2.0 * np.diag(law)[present] / both[present])) if present.any() else None


def _f1(jaccard: float) -> float:
    return 2.0 * jaccard / (1.0 + jaccard)
