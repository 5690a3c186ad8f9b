"""A method of adaptation for a quantity as an estimator that an audit can train."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.utils.validation import check_is_fitted

from whytransfer.methods.numeric import NumericMethod

Floats = NDArray[np.float64]


class AimedNumbers(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """`method` towards `target`: an estimator of ``fit(X, y)``, as an audit trains one.

    Parameters
    ----------
    method : NumericMethod
        Unfitted.
    target : rows
        Target rows.
    target_y : (m,) array or None
        Labels, NaN where unknown.
    """

    def __init__(self, method: NumericMethod, target: Any, target_y: Any = None) -> None:
        self.method = method
        self.target = target
        self.target_y = target_y

    def fit(self, X: Any, y: Any) -> AimedNumbers:
        """Fit a clone of the method on source rows (n, p) with labels (n,)."""
        self.method_ = clone(self.method).fit(X, y, target=self.target, target_y=self.target_y)
        return self

    @property
    def met_(self) -> Any:
        """The target rows that it was aimed at, by hashes; None of the source model."""
        check_is_fitted(self, "method_")
        return self.method_.met_

    def predict(self, X: Any) -> Floats:
        """Numbers for target rows, (m,)."""
        check_is_fitted(self, "method_")
        return np.asarray(self.method_.predict(X))
