"""A method with its target rows put in: an estimator of ``fit(X, y)``, as an audit trains one."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.utils.validation import check_is_fitted

from whytransfer.methods import Method


class Aimed(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """`method` towards `target`.

    Parameters
    ----------
    method : Method
        Unfitted, or a clone is fitted.
    target : rows
        Unlabelled target rows.
    target_y : array-like or None
        Labels of some of them, for methods that learn from these.
    """

    def __init__(self, method: Method, target: Any, target_y: Any = None) -> None:
        self.method = method
        self.target = target
        self.target_y = target_y

    def fit(self, X: Any, y: Any) -> Self:
        """Fit a clone of the method on source rows (n, p) with their labels (n,)."""
        extra = {"target_y": self.target_y} if self.method.needs_target_labels else {}
        self.method_ = clone(self.method).fit(X, y, target=self.target, **extra)
        self.classes_ = self.method_.classes_
        return self

    @property
    def met_(self) -> Any:
        """The target rows that it was aimed at, by hashes; None of the source model."""
        check_is_fitted(self, "method_")
        return self.method_.met_

    def predict(self, X: Any) -> np.ndarray:
        """Labels of target rows, shape (m,)."""
        check_is_fitted(self, "method_")
        return np.asarray(self.method_.predict(X))

    def predict_proba(self, X: Any) -> np.ndarray:
        """Class probabilities of target rows, shape (m, K)."""
        check_is_fitted(self, "method_")
        return np.asarray(self.method_.predict_proba(X))

    @property
    def spoken(self) -> str:
        """What it is, for a verdict's line."""
        return (
            f"the adapted model ({self.method.title})" if self.method.family != "none" else "the source model"
        )

    @property
    def estimator_(self) -> Any:
        """The trained learner, so that a committee knows its family; None where the method ends in several."""
        return learner_of(self.method_)


def learner_of(method: Method) -> Any:
    """The one learner that a fitted method ends in, behind its maps and corrections; None where there are several."""
    rule = method.rule_
    while hasattr(rule, "rule"):
        rule = rule.rule
    return getattr(rule, "model", None)
