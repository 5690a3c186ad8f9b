"""What follows from a joint law of predicted and true class: errors by class and any metric that takes weighted rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from whytransfer.errors import InputError
from whytransfer.estimators.base import Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Confusion:
    """A joint law of predicted and true class.

    Parameters
    ----------
    law : ndarray of float64, shape (K, K)
        law[i, j] = P(h = i, Y = j); rows are predicted classes; at least 0, sums to 1.

    Examples
    --------
    >>> found = Confusion(law=np.array([[0.5, 0.1], [0.1, 0.3]]))
    >>> round(found.error, 12), [round(e, 12) for e in found.error_by_true]
    (0.2, [0.166666666667, 0.25])
    """

    law: Floats

    def __post_init__(self) -> None:
        law = self.law
        if law.ndim != 2 or law.shape[0] != law.shape[1]:
            raise InputError(f"confusion: expected a K x K law, got shape {law.shape}")
        if not np.isfinite(law).all() or (law < 0.0).any() or abs(law.sum() - 1.0) > 1e-6:
            raise InputError(
                f"confusion: expected probabilities that add up to 1, got a sum of {law.sum():g}"
            )

    @property
    def error(self) -> float:
        """P(h ≠ Y)."""
        return float(1.0 - np.trace(self.law))

    @property
    def error_by_true(self) -> tuple[float | None, ...]:
        """P(h ≠ j | Y = j) = 1 − recall, by class; None for a class without mass."""
        return _misses(np.diag(self.law), self.law.sum(axis=0))

    @property
    def error_by_predicted(self) -> tuple[float | None, ...]:
        """P(Y ≠ i | h = i) = 1 − precision, by class; None for a class that is never predicted."""
        return _misses(np.diag(self.law), self.law.sum(axis=1))

    @property
    def balanced_error(self) -> float:
        """Mean of `error_by_true` over the classes that have mass."""
        known = [e for e in self.error_by_true if e is not None]
        return float(np.mean(known))

    @property
    def macro_f1(self) -> float:
        """Mean of 2 M_kk / (P(h = k) + P(Y = k)) over the classes that are predicted or have mass."""
        both = self.law.sum(axis=0) + self.law.sum(axis=1)
        present = both > 0.0
        return float((2.0 * np.diag(self.law)[present] / both[present]).mean())

    def score(self, metric: Callable[..., Any], labels: Sequence[Any] | None = None) -> float:
        """A metric of scikit-learn's form `metric(y_true, y_pred, sample_weight=)` under this law.

        Each cell with mass becomes one row of that weight; `labels` names the classes, 0 … K − 1 when left out.
        """
        predicted, true = np.nonzero(self.law)
        names = np.arange(len(self.law)) if labels is None else np.asarray(labels)
        return float(metric(names[true], names[predicted], sample_weight=self.law[predicted, true]))


def _misses(right: Floats, total: Floats) -> tuple[float | None, ...]:
    return tuple(float(1.0 - r / t) if t > 0.0 else None for r, t in zip(right, total, strict=True))
