"""Any cost table as a weighted classification problem: how a surrogate learner is given a cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whytransfer.hypotheses.rows import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightedRows:
    """Labelled rows with weights whose weighted errors are the costs, up to a constant.

    Parameters
    ----------
    row : (M,) int array
        Which row of the table each one is.
    label : (M,) int array
        Its label.
    weight : (M,) array
        Positive, of mean 1.
    """

    row: IntArray
    label: IntArray
    weight: FloatArray

    @classmethod
    def of(cls, cost: FloatArray) -> WeightedRows:
        """Row i counts as label k with weight max_l cost[i, l] − cost[i, k], where that is positive.

        Exact: Σ_k (max − c_k) 1[h ≠ k] = Σ_k (max − c_k) − max + c_h, so that the weighted error and the
        cost have the same minimisers. Two labels: the cheaper one, with the difference of the costs.
        """
        weights = cost.max(axis=1, keepdims=True) - cost
        row, label = np.nonzero(weights > 0)
        weight = weights[row, label]
        mean = weight.mean() if len(weight) else 1.0
        return cls(row=row.astype(np.int64), label=label.astype(np.int64), weight=weight / mean)

    @property
    def labels(self) -> IntArray:
        """The labels that are worth answering anywhere."""
        return np.unique(self.label)
