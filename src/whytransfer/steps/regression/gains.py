"""What candidates for a quantity gain over the source model on labelled target rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from whytransfer.methods.numeric import NumericMethod
from whytransfer.problem import Problem, Splits
from whytransfer.steps.regression.candidates import Tried, fitted

Floats = NDArray[np.float64]

FEWEST_LABELS = 10
"""Labelled target rows below which nothing is chosen: a t interval of fewer differences is wider than any gain worth having."""
FOLDS = 5
FAILURE = 0.05
"""Of the comparison that may replace the source model, divided among the candidates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """What a candidate gains over the source model on labelled target rows that trained neither of them.

    Parameters
    ----------
    name : str
        Of the candidate.
    rows : int
        k labelled rows.
    mean, lower, upper : float
        Mean of |h_source − y| − |h_candidate − y|, in the unit of the label, with limits by Student's t, each at `FAILURE` over the
        number of candidates.
    crossed : bool
        Whether it learns from labels, so that siblings that did not see a row were judged on it.
    """

    name: str
    rows: int
    mean: float
    lower: float
    upper: float
    crossed: bool

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "rows": self.rows,
            "gain": self.mean,
            "lower": self.lower,
            "upper": self.upper,
            "cross_fitted": self.crossed,
        }


def gains_of(problem: Problem, splits: Splits, labels: Floats, tried: Sequence[Tried]) -> list[Gain]:
    """Every candidate beside the source model on labelled target rows; none where there are too few."""
    rows = splits.target_choose
    rivals = [t for t in tried[1:] if t.method is not None]
    if len(rows) < FEWEST_LABELS or not rivals or tried[0].method is None:
        return []
    taken, y = problem.target.take(rows), labels[rows]
    kept = np.abs(tried[0].method.predict(taken) - y)
    found = []
    for rival in rivals:
        if rival.method is None:
            continue
        said = (
            _crossed(problem, splits, labels, rival.method)
            if rival.method.needs_target_labels
            else rival.method.predict(taken)
        )
        found.append(
            _paired(rival.name, kept - np.abs(said - y), _units(problem, rows), len(rivals), rival.method)
        )
    return found


def _crossed(problem: Problem, splits: Splits, labels: Floats, method: NumericMethod) -> Floats:
    """By labelled row, what a sibling says that did not see its label; whole groups together."""
    rows = splits.target_choose
    units = _units(problem, rows)
    rng = np.random.default_rng(np.random.SeedSequence(method.seed, spawn_key=(55,)))
    fold = rng.permutation(int(units.max()) + 1)[units] % min(FOLDS, int(units.max()) + 1)
    said = np.empty(len(rows))
    for k in np.unique(fold):
        held = fold == k
        sibling = fitted(problem, splits, labels, clone(method), known=~held)
        said[held] = sibling.predict(problem.target.take(rows[held]))
    return said


def _units(problem: Problem, rows: np.ndarray) -> np.ndarray:
    groups = problem.target.groups
    if groups is None:
        return np.arange(len(rows))
    return np.asarray(np.unique(groups[rows].astype(str), return_inverse=True)[1])


def _paired(name: str, gains: Floats, units: np.ndarray, rivals: int, method: NumericMethod) -> Gain:
    """Student's t of the paired differences; of groups, of the sums of their rows (ratio estimate)."""
    from scipy.stats import t

    mean = float(gains.mean())
    sums = np.bincount(units, weights=gains - mean)
    g = len(sums)
    error = float(np.sqrt((sums**2).sum() * g / max(g - 1, 1))) / len(gains)
    width = float(t.ppf(1.0 - FAILURE / rivals, max(g - 1, 1))) * error
    return Gain(
        name=name,
        rows=len(gains),
        mean=mean,
        lower=mean - width,
        upper=mean + width,
        crossed=method.needs_target_labels,
    )
