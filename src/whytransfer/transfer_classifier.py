"""The scikit-learn estimator behind `adapt`."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from whytransfer.adapt import adapt
from whytransfer.errors import InputError
from whytransfer.problem import Problem


class TransferClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """`adapt` as a classifier: labelled source rows and unlabelled target rows in, a model for target rows out.

    The argument ``target`` is requested by default under scikit-learn's metadata routing, so that it reaches the estimator through
    ``GridSearchCV``, ``cross_val_score`` and a ``Pipeline`` (with ``transform_input=["target"]`` where steps before it change the columns).

    Parameters
    ----------
    learner : str, classifier or None
        What every candidate trains; None for logistic regression.
    methods : "auto" or sequence of str and Method
        Candidates beside the source model, as in `adapt`; an empty list keeps the source model.
    seed : int
        The one seed.

    Attributes
    ----------
    adapted_ : Adapted
        The choice with its evidence, claims, warnings and audit.
    classes_ : ndarray, shape (K,)
        The labels of the source, sorted.
    n_features_in_ : int
        Raw columns.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> X, y = rng.normal(size=(200, 2)), np.arange(200) % 2
    >>> TransferClassifier().fit(X + 4 * y[:, None], y, target=X).adapted_.splits.source_train.shape
    (100,)
    """

    __metadata_request__fit: ClassVar[dict[str, bool]] = {"target": True, "target_y": True}

    def __init__(self, learner: Any = None, methods: Any = "auto", *, seed: int = 0) -> None:
        self.learner = learner
        self.methods = methods
        self.seed = seed

    def fit(self, X: Any, y: Any, *, target: Any = None, target_y: Any = None) -> Self:
        """Adapt to `target`, or keep the source model.

        Parameters
        ----------
        X : array-like or frame, shape (n, p)
            Source rows: numbers, text, dates, missing values.
        y : array-like, shape (n,)
            Their labels, of any type.
        target : array-like or frame, shape (m, p)
            Target rows with the same columns.
        target_y : array-like, shape (m,), optional
            Target labels that one may learn or choose with; missing where unknown.

        Raises
        ------
        InputError
            Without target rows, or when the columns differ.
        """
        if target is None:
            raise InputError("TransferClassifier.fit: expected target= with unlabelled target rows, got none")
        problem = Problem(X, y, target)
        problem.refuse_numeric("TransferClassifier", "wt.adapt adapts models of a quantity")
        if problem.mismatch:
            raise InputError(f"TransferClassifier.fit: the domains can't be compared: {problem.mismatch}")
        self.adapted_ = adapt(
            problem, methods=self.methods, learner=self.learner, target_labels=target_y, seed=self.seed
        )
        self.classes_ = self.adapted_.classes_
        self.n_features_in_ = len(problem.source.names)
        return self

    @property
    def met_(self) -> Any:
        """The target rows that its model met while it was adapted or chosen, by hashes; None where the source model is kept."""
        check_is_fitted(self, "adapted_")
        return self.adapted_.met_

    def predict(self, X: Any) -> np.ndarray:
        """Labels of target rows, shape (m,)."""
        check_is_fitted(self, "adapted_")
        return self.adapted_.predict(X)

    def predict_proba(self, X: Any) -> np.ndarray:
        """Class probabilities of target rows, shape (m, K), in the order of ``classes_``."""
        check_is_fitted(self, "adapted_")
        return self.adapted_.predict_proba(X)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        inputs = tags.input_tags
        inputs.allow_nan = inputs.sparse = inputs.categorical = inputs.string = True
        return tags
