"""What an estimator of the target error may see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from whytransfer.errors import InputError
from whytransfer.models.committee import Votes
from whytransfer.overlap.two_samples import Floats, Integers

NO_PROBABILITIES = "the model gives no probabilities"


@dataclass(frozen=True, slots=True, weakref_slot=True, kw_only=True, eq=False)
class View:
    """What an estimator may see: held-out source rows with labels, target rows without.

    Parameters
    ----------
    classes : int
        K, the number of classes of the source.
    source_labels, source_codes : ndarray of int64, shape (n,)
        True and predicted class codes of held-out source rows, in 0 … K − 1.
    target_codes : ndarray of int64, shape (m,)
        Predicted class codes of the target rows.
    source_proba, target_proba : ndarray of float64, shapes (n, K) and (m, K), or None
        The model's class probabilities on the same rows.
    source_columns, target_columns : ndarray of float64, shapes (n, p) and (m, p), or None
        Encoded columns, in units of the standard deviations of the source's training rows.
    train_columns, train_labels : ndarray, shapes (r, p) and (r,), or None
        The source's training rows, in the same units.
    source_ratio, target_ratio : ndarray of float64, shapes (n,) and (m,), or None
        Cross-fitted density ratio, target over source, at the rows.
    votes : Votes or None
        What a committee of other models predicts on the same rows.
    seed : int
        For the few estimators that draw folds.
    """

    classes: int
    source_labels: Integers
    source_codes: Integers
    target_codes: Integers
    source_proba: Floats | None = None
    target_proba: Floats | None = None
    source_columns: Floats | None = None
    target_columns: Floats | None = None
    train_columns: Floats | None = None
    train_labels: Integers | None = None
    source_ratio: Floats | None = None
    target_ratio: Floats | None = None
    votes: Votes | None = None
    seed: int = 0

    @property
    def wrong(self) -> NDArray[np.bool_]:
        """Whether the model errs on each held-out source row, shape (n,)."""
        return np.asarray(self.source_codes != self.source_labels)

    @property
    def source_error(self) -> float:
        """The error on the held-out source rows."""
        return float(self.wrong.mean())

    @property
    def n(self) -> int:
        """Number of held-out source rows."""
        return len(self.source_labels)

    @property
    def m(self) -> int:
        """Number of target rows."""
        return len(self.target_codes)

    def probabilities(self) -> tuple[Floats, Floats]:
        """The model's probabilities on source and target, shapes (n, K) and (m, K).

        Raises
        ------
        InputError
            When the model gives none.
        """
        if self.source_proba is None or self.target_proba is None:
            raise InputError(f"expected class probabilities on both domains, but {NO_PROBABILITIES}")
        return self.source_proba, self.target_proba


Found = TypeVar("Found")


def once_a_view(function: Callable[[View], Found]) -> Callable[[View], Found]:
    """`function`, which then remembers what it found as long as the view lives.

    Several estimators read the same temperature, shares of classes or transport off one view; what is found
    must not be written to.
    """
    known: WeakKeyDictionary[View, Found] = WeakKeyDictionary()

    @wraps(function)
    def remembered(view: View) -> Found:
        if view not in known:
            known[view] = function(view)
        return known[view]

    return remembered
