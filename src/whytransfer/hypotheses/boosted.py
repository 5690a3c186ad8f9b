"""Boosted trees, as a surrogate: gradient boosting on the weighted rows that a cost table amounts to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from whytransfer.hypotheses.base import HypothesisClass
from whytransfer.hypotheses.cost_sensitive import WeightedRows
from whytransfer.hypotheses.extrema import Minimum
from whytransfer.hypotheses.hypothesis import Hypothesis
from whytransfer.hypotheses.rows import FloatArray, IntArray
from whytransfer.hypotheses.stump import Stump
from whytransfer.hypotheses.stumps import attained


@dataclass(frozen=True, slots=True, kw_only=True)
class BoostedRule(Hypothesis):
    """The answers of one fitted boosted model, whose labels are codes.

    Parameters
    ----------
    model : fitted classifier
    rounds, depth : int
        Its size, for the rule.
    """

    model: Any
    rounds: int
    depth: int

    def codes(self, rows: FloatArray) -> IntArray:
        """The codes it predicts on `rows` (n, p)."""
        return np.asarray(self.model.predict(rows), dtype=np.int64)

    def describe(self, classes: Sequence[object]) -> str:
        """What it is; a sum of trees has no short rule."""
        names = ", ".join(str(classes[int(k)]) for k in self.model.classes_)
        return f"boosted trees ({self.rounds} rounds of depth {self.depth}) between {names}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Boosted(HypothesisClass):
    """Sums of shallow trees. The oracle minimises a smooth stand-in of the cost: a **surrogate**.

    What it finds is a member of the class: an upper value of λ and a lower value (a witness) of a supremum,
    never more (THEORY F2). Friedman, Greedy function approximation, Annals of Statistics 2001.

    Parameters
    ----------
    seed : int
        Seed of the learner.
    rounds, depth : int
        Boosting rounds, and depth of each tree.
    """

    name: ClassVar[str] = "boosted"
    exact: ClassVar[bool] = False
    reference: ClassVar[str] = "friedman:01"

    seed: int = 0
    rounds: int = 60
    depth: int = 3

    def minimise(self, rows: FloatArray, cost: FloatArray) -> Minimum:
        """A boosted model of small Σ cost[i, h(x_i)], at most that of the best constant."""
        sums = cost.sum(axis=0)
        answer = int(sums.argmin())
        constant = Stump(column=0, threshold=float("inf"), below=answer, above=answer)
        best = Minimum(value=float(sums[answer]), hypothesis=constant, exact=False)
        data = WeightedRows.of(cost)
        if len(data.labels) < 2:
            return best
        from sklearn.ensemble import HistGradientBoostingClassifier

        model = HistGradientBoostingClassifier(
            max_iter=self.rounds,
            max_depth=self.depth,
            min_samples_leaf=max(1, min(20, len(rows) // 20)),
            early_stopping=False,
            random_state=self.seed,
        ).fit(rows[data.row], data.label, sample_weight=data.weight)
        found = BoostedRule(model=model, rounds=self.rounds, depth=self.depth)
        value = attained(found, rows, cost)
        return Minimum(value=value, hypothesis=found, exact=False) if value < best.value else best
