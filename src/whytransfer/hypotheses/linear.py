"""Linear classifiers, as a surrogate: logistic regression, then exact line searches on the cost itself."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from whytransfer.hypotheses.base import HypothesisClass
from whytransfer.hypotheses.cost_sensitive import WeightedRows
from whytransfer.hypotheses.extrema import Minimum
from whytransfer.hypotheses.hypothesis import Hypothesis
from whytransfer.hypotheses.rows import FloatArray, IntArray
from whytransfer.hypotheses.sorted_columns import check_features
from whytransfer.hypotheses.stumps import attained

NEVER = -1e12
"""Offset of a label that is never worth answering."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearRule(Hypothesis):
    """The label of the largest score; scores are linear in the standardised columns.

    Parameters
    ----------
    centre, scale : (p,) arrays
        What standardises the columns.
    weights : (K, p) array
    offsets : (K,) array
    features : tuple of str
        Names of the columns; ``x0``, ``x1``... when empty.
    """

    centre: FloatArray
    scale: FloatArray
    weights: FloatArray
    offsets: FloatArray
    features: tuple[str, ...] = ()

    def codes(self, rows: FloatArray) -> IntArray:
        """The codes it predicts on `rows` (n, p)."""
        scores = (rows - self.centre) / self.scale @ self.weights.T + self.offsets
        return np.asarray(scores.argmax(axis=1), dtype=np.int64)

    def describe(self, classes: Sequence[object]) -> str:
        """Its rule in words, in raw units; for more than two labels only which ones it can answer."""
        used = np.flatnonzero(self.offsets > NEVER / 2)
        if len(used) == 1:
            return f"always {classes[int(used[0])]}"
        if len(used) > 2:
            return f"largest of {len(used)} linear scores: {', '.join(str(classes[int(k)]) for k in used)}"
        low, high = (int(k) for k in used)
        slopes = (self.weights[high] - self.weights[low]) / self.scale
        level = float(slopes @ self.centre - (self.offsets[high] - self.offsets[low]))
        names = self.features or tuple(f"x{j}" for j in range(len(slopes)))
        shown = [j for j in np.argsort(-np.abs(slopes * self.scale), kind="stable")[:6] if slopes[j] != 0]
        terms = " ".join(f"{slopes[j]:+.4g}·{names[j]}" for j in shown) or "0"
        more = " + ..." if np.count_nonzero(slopes) > len(shown) else ""
        return f"{terms}{more} > {level:.4g} → {classes[high]}, else {classes[low]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Linear(HypothesisClass):
    """Linear classifiers. Least 0/1 cost over them is NP-hard in general; this oracle is a **heuristic**.

    It starts from weighted logistic regressions of several strengths and descends the 0/1 cost itself: along
    a direction (an offset, a column, a random mixture) every change of an answer is an event on a line, so
    that the best step is found exactly by sorting them. What it finds is a member of the class: an upper
    value of λ, a lower value (a witness) of a supremum, and never more (THEORY D5, F2). Li and Lin, Optimizing
    0/1 loss for perceptrons by random coordinate descent, IJCNN 2007.

    Parameters
    ----------
    seed : int
        Of the random directions.
    strengths : tuple of float
        Inverse regularisation of the logistic starts.
    restarts : int
        How many perturbed restarts follow, fewer on many rows (at most 40,000 / N).
    searches : int
        Line searches a descent, fewer on many rows (at most 2,000,000 / N, and at least one a column).
    features : tuple of str
        Names of the columns, for the rules.
    """

    name: ClassVar[str] = "linear"
    exact: ClassVar[bool] = False
    reference: ClassVar[str] = "li-lin:07"

    seed: int = 0
    strengths: tuple[float, ...] = (0.01, 1.0, 100.0)
    restarts: int = 4
    searches: int = 200
    features: tuple[str, ...] = ()

    def minimise(self, rows: FloatArray, cost: FloatArray) -> Minimum:
        """A linear rule of small Σ cost[i, h(x_i)], at most that of the best constant and of every start."""
        check_features(self.features, rows)
        centre, scale = rows.mean(axis=0), rows.std(axis=0)
        scale = np.where(scale > 1e-12 * np.maximum(1.0, np.abs(centre)), scale, 1.0)
        descent = _Descent((rows - centre) / scale, cost, self.seed, self.searches)
        starts = [*_constants(cost, rows.shape[1]), *self._logistic(descent.rows, cost)]
        best = min((descent.down(start) for start in _least(starts, descent)), key=descent.cost_of)
        for _ in range(min(self.restarts, 40_000 // len(rows))):
            best = min(best, descent.down(descent.shaken(best)), key=descent.cost_of)
        found = LinearRule(
            centre=centre, scale=scale, weights=best[:, 1:], offsets=best[:, 0], features=self.features
        )
        return Minimum(value=attained(found, rows, cost), hypothesis=found, exact=False)

    def _logistic(self, rows: FloatArray, cost: FloatArray) -> list[FloatArray]:
        """Weighted logistic regressions of every strength, (K, 1 + p) each; none where one label is always best."""
        data = WeightedRows.of(cost)
        if len(data.labels) < 2:
            return []
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression

        found = []
        for strength in self.strengths:
            model = LogisticRegression(C=strength, max_iter=500)
            with warnings.catch_warnings():
                # A start need not be a converged optimum: the cost of what comes out is measured anyway.
                warnings.simplefilter("ignore", ConvergenceWarning)
                model.fit(rows[data.row], data.label, sample_weight=data.weight)
            coefficients = np.c_[model.intercept_, model.coef_]
            start = np.zeros((cost.shape[1], 1 + rows.shape[1]))
            start[:, 0] = NEVER
            two = len(data.labels) == 2
            start[data.labels] = np.r_[np.zeros_like(coefficients), coefficients] if two else coefficients
            found.append(start)
        return found


def _constants(cost: FloatArray, p: int) -> list[FloatArray]:
    """The best constant, as (K, 1 + p) coefficients."""
    start = np.zeros((cost.shape[1], 1 + p))
    start[:, 0] = NEVER
    start[int(cost.sum(axis=0).argmin()), 0] = 0.0
    return [start]


def _least(starts: list[FloatArray], descent: _Descent) -> list[FloatArray]:
    """The two starts of least cost."""
    return sorted(starts, key=descent.cost_of)[:2]


class _Descent:
    """Line searches on the 0/1 cost over (K, 1 + p) coefficients, offsets first; all randomness from one seed."""

    def __init__(self, rows: FloatArray, cost: FloatArray, seed: int, searches: int) -> None:
        self.rows = rows
        self.design = np.asfortranarray(np.c_[np.ones(len(rows)), rows])
        self.cost = cost
        self.everyone = np.arange(len(rows))
        self.rng = np.random.default_rng(seed)
        self.searches = max(self.design.shape[1], min(searches, 2_000_000 // len(rows)))

    def cost_of(self, coefficients: FloatArray) -> float:
        """Σ_i cost[i, answer]."""
        return self._cost_of_scores(self.design @ coefficients.T)

    def _cost_of_scores(self, scores: FloatArray) -> float:
        return float(self.cost[self.everyone, scores.argmax(axis=1)].sum())

    def shaken(self, coefficients: FloatArray) -> FloatArray:
        """The coefficients with noise of a fifth of their size."""
        used = coefficients[:, 0] > NEVER / 2
        size = np.sqrt(np.mean(coefficients[used] ** 2)) or 1.0
        noise = self.rng.normal(size=coefficients.shape) * size / 5
        return np.where(used[:, None], coefficients + noise, coefficients)

    def down(self, coefficients: FloatArray) -> FloatArray:
        """Descend until the searches are spent: the offset, then each column, then columns and random mixtures."""
        used = np.flatnonzero(coefficients[:, 0] > NEVER / 2)
        if len(used) < 2:
            return coefficients
        # With two labels, moving one score is moving the other.
        moving = used[1:] if len(used) == 2 else used
        best, scores = coefficients.copy(), self.design @ coefficients.T
        value = self._cost_of_scores(scores)
        for step in range(self.searches):
            k = int(moving[step % len(moving)])
            direction, slope = self._direction(step // len(moving))
            length = self.best_step(scores, k, slope)
            trial = scores.copy()
            trial[:, k] += length * slope
            cost = self._cost_of_scores(trial)
            if cost < value - 1e-12:
                best[k] += length * direction
                scores, value = trial, cost
        return best

    def _direction(self, turn: int) -> tuple[FloatArray, FloatArray]:
        """A direction in coefficients, and what it adds to the score of each row."""
        q = self.design.shape[1]
        if turn >= q and turn % 2 == 0:
            mixture = np.asarray(self.rng.normal(size=q))
            return mixture, self.design @ mixture
        column = turn if turn < q else int(self.rng.integers(q))
        direction = np.zeros(q)
        direction[column] = 1.0
        return direction, self.design[:, column]

    def best_step(self, scores: FloatArray, k: int, slope: FloatArray) -> float:
        """The δ for which adding δ · slope to score k costs least: exact, all events on the line are sorted."""
        others = scores.copy()
        others[:, k] = -np.inf
        rival = others.argmax(axis=1)
        change = self.cost[:, k] - self.cost[self.everyone, rival]
        moves = slope != 0
        events = (others[self.everyone, rival] - scores[:, k])[moves] / slope[moves]
        jumps = np.sign(slope[moves]) * change[moves]
        places, group = np.unique(events, return_inverse=True)
        # Up to the cost before the first event, which is the same for every step.
        costs = np.r_[0.0, np.cumsum(np.bincount(group, weights=jumps, minlength=len(places)))]
        where = int(costs.argmin())
        if where == 0:
            return float(places[0] - 1.0) if len(places) else 0.0
        if where == len(places):
            return float(places[-1] + 1.0)
        return float(places[where - 1] / 2 + places[where] / 2)
