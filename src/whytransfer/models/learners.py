"""The learners that come with the tool, each an unfitted scikit-learn pipeline on raw rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_is_fitted

from whytransfer.hypotheses import hypotheses
from whytransfer.names import resolve
from whytransfer.problem.encode import Encoder


class Standardise(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Columns to unit variance, and to zero mean where that keeps them as they are stored.

    A sparse matrix is scaled but not centred: centring would fill it. The learner's intercept does the rest.
    """

    def fit(self, X: Any, y: Any = None) -> Standardise:
        """Learn the scale of every column."""
        from scipy import sparse

        self.scaler_ = StandardScaler(with_mean=not sparse.issparse(X)).fit(X)
        return self

    def transform(self, X: Any) -> Any:
        """Scale the columns; shape (n, p) in and out."""
        check_is_fitted(self, "scaler_")
        return self.scaler_.transform(X)


class ExactClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """The least-error member of an exact class of hypotheses, as a scikit-learn classifier.

    Parameters
    ----------
    hypothesis_class : str
        A name of `whytransfer.hypotheses`, such as ``"stumps"``.
    """

    def __init__(self, hypothesis_class: str = "stumps") -> None:
        self.hypothesis_class = hypothesis_class

    def fit(self, X: Any, y: Any) -> ExactClassifier:
        """Find the member with the fewest errors; X of shape (n, p) without missing values, y of shape (n,)."""
        X = np.asarray(X, dtype=float)
        self.classes_, codes = np.unique(np.asarray(y), return_inverse=True)
        k = len(self.classes_)
        cost = (np.arange(max(k, 2))[None, :] != codes[:, None]) / len(codes)
        self.hypothesis_ = hypotheses(self.hypothesis_class).erm(X, cost)
        said = self.hypothesis_.predict(X)
        # The frequency of each class among the training rows with the same prediction, one pseudo-row a class.
        counts = np.ones((max(k, 2), k))
        np.add.at(counts, (said, codes), 1.0)
        self.frequencies_ = counts / counts.sum(axis=1, keepdims=True)
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Labels of shape (n,)."""
        check_is_fitted(self, "hypothesis_")
        said = self.hypothesis_.predict(np.asarray(X, dtype=float))
        return np.asarray(self.classes_[np.minimum(said, len(self.classes_) - 1)])

    def predict_proba(self, X: Any) -> np.ndarray:
        """Class frequencies of the training rows with the same prediction, shape (n, K)."""
        check_is_fitted(self, "hypothesis_")
        return np.asarray(self.frequencies_[self.hypothesis_.predict(np.asarray(X, dtype=float))])


def _logistic(seed: int) -> list[tuple[str, Any]]:
    from sklearn.linear_model import LogisticRegression

    return [("scale", Standardise()), ("classify", LogisticRegression(max_iter=1000, random_state=seed))]


def _boosted(seed: int) -> list[tuple[str, Any]]:
    from sklearn.ensemble import HistGradientBoostingClassifier

    # early_stopping would hold back rows of its own choosing; the audit's splits are the only ones.
    trees = HistGradientBoostingClassifier(max_leaf_nodes=15, early_stopping=False, random_state=seed)
    return [("classify", trees)]


def _stump(seed: int) -> list[tuple[str, Any]]:  # noqa: ARG001  (exact: nothing is random)
    return [("classify", ExactClassifier("stumps"))]


def _tree2(seed: int) -> list[tuple[str, Any]]:  # noqa: ARG001
    return [("classify", ExactClassifier("tree2"))]


_LEARNERS = {"logistic": _logistic, "boosted": _boosted, "stump": _stump, "tree2": _tree2}

TITLES = {
    "logistic": "logistic regression",
    "boosted": "gradient-boosted trees",
    "stump": "the exact decision stump",
    "tree2": "the exact tree of depth two",
}


def learner(name: str, seed: int = 0) -> Pipeline:
    """An unfitted pipeline that accepts raw rows (mixed columns, missing values) and raw labels.

    Parameters
    ----------
    name : {"logistic", "boosted", "stump", "tree2"}
        Regularised logistic regression on standardised encoded columns; gradient-boosted trees; the exact
        least-error decision stump; the exact least-error tree of depth two.
    seed : int
        Seed of the learner's own randomness.

    Raises
    ------
    UnknownNameError
        For any other name.
    """
    steps = resolve("learner", name, _LEARNERS)(seed)
    return Pipeline([("encode", Encoder()), *steps])
