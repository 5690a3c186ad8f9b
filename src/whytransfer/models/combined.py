"""Several sources, one predictor: the distribution-weighted combination."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.utils.validation import check_is_fitted

from whytransfer.errors import InputError
from whytransfer.models.learners import Standardise, learner
from whytransfer.problem import Encoder
from whytransfer.threads import one_thread

Floats = NDArray[np.float64]

ROUNDS = 1000
WEAKLY = 100.0
"""Inverse strength of the gate's regularisation: posteriors that are drawn to the middle exaggerate the differences between the shares."""
CONVERGED = 1e-9
"""EM for the mixture ends when no share moves by more; a thousand rounds are beyond any that was seen."""


class DistributionWeighted(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """h_z(x) = Σ_k z_k D_k(x) h_k(x) / Σ_j z_j D_j(x): every source's model where its rows are (Mansour, Mohri and Rostamizadeh 2009).

    D_k is the law of source k's rows; only ratios matter, and a classifier that tells the sources apart gives them: D_k(x) ∝ P(k | x) / π_k.
    Where the target's rows are a mixture Σ_k z_k D_k and labels depend on columns alike everywhere, the combination with the true z has, in any convex
    loss of its probabilities, no larger a mean than the worst of the sources' models has at home: T(x) L(h_z(x)) ≤ Σ_k z_k D_k(x) L(h_k(x)). Errors of
    the answers are no convex loss: they are at most twice as frequent as those of a label drawn by the probabilities. z is estimated by expectation–maximisation on unlabelled target rows, which is
    the maximum of their likelihood as a mixture; without target rows every source counts alike.

    Parameters
    ----------
    learner : str, classifier or None
        What every source trains: a learner's name, an unfitted classifier, or None for logistic regression.
    seed : int
        Of the learners.

    Attributes
    ----------
    names_ : tuple of str
        The K sources, sorted.
    mixture_ : ndarray, shape (K,)
        z, summing to one.
    members_ : list
        A fitted model for each.
    """

    def __init__(self, learner: Any = None, seed: int = 0) -> None:
        self.learner = learner
        self.seed = seed

    def fit(self, X: Any, y: Any, *, domains: Any, target: Any = None) -> Self:
        """Fit on source rows (n, p) with labels (n,) and the source of each (n,); z on target rows (m, p).

        Raises
        ------
        InputError
            For fewer than two sources.
        """
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import Pipeline

        from whytransfer.problem.native import take

        labels, names = np.asarray(y), np.asarray(domains).astype(str)
        self.classes_, self.names_ = np.unique(labels), tuple(np.unique(names).tolist())
        if len(self.names_) < 2:
            raise InputError(f"domains: expected at least two sources, got {len(self.names_)}")
        self.shares_ = np.array([(names == name).mean() for name in self.names_])
        with one_thread():
            self.members_ = [
                self._member(take(X, np.flatnonzero(names == name)), labels[names == name])
                for name in self.names_
            ]
            self.gate_ = Pipeline(
                [
                    ("encode", Encoder()),
                    ("scale", Standardise()),
                    ("tell", LogisticRegression(C=WEAKLY, max_iter=1000)),
                ]
            ).fit(X, names)
            self.mixture_ = np.full(len(self.names_), 1.0 / len(self.names_))
            if target is not None:
                self.mixture_ = self._mixture(self._densities(target))
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Labels of rows (m, p), shape (m,)."""
        return np.asarray(self.classes_[self.predict_proba(X).argmax(axis=1)])

    def predict_proba(self, X: Any) -> Floats:
        """Class probabilities (m, K), in the order of ``classes_``."""
        check_is_fitted(self, "members_")
        said = self.weights(X)
        found = np.zeros((len(said), len(self.classes_)))
        for k, member in enumerate(self.members_):
            columns = np.searchsorted(self.classes_, member.classes_)
            found[:, columns] += said[:, [k]] * member.predict_proba(X)
        return np.asarray(found / found.sum(axis=1, keepdims=True))

    def weights(self, X: Any) -> Floats:
        """How much each source's model says about each row: (m, K), rows sum to one."""
        check_is_fitted(self, "members_")
        products = self.mixture_ * self._densities(X)
        return np.asarray(products / products.sum(axis=1, keepdims=True))

    def _densities(self, X: Any) -> Floats:
        """Up to a factor a row, D_k(x): (m, K), positive."""
        said = self.gate_.predict_proba(X)[:, np.searchsorted(self.gate_.classes_, np.array(self.names_))]
        return np.asarray(np.maximum(said, 1e-12) / self.shares_)

    def _mixture(self, densities: Floats) -> Floats:
        shares = np.full(densities.shape[1], 1.0 / densities.shape[1])
        for _ in range(ROUNDS):
            products = shares * densities
            before, shares = shares, (products / products.sum(axis=1, keepdims=True)).mean(axis=0)
            if np.abs(before - shares).max() < CONVERGED:
                break
        return np.asarray(shares)

    def _member(self, rows: Any, labels: np.ndarray) -> Any:
        if len(np.unique(labels)) < 2 or not Encoder().fit(rows).get_feature_names_out().size:
            from sklearn.dummy import DummyClassifier

            return DummyClassifier(strategy="prior").fit(np.zeros((len(labels), 1)), labels)
        named = self.learner is None or isinstance(self.learner, str)
        made = learner(self.learner or "logistic", self.seed) if named else clone(self.learner)
        return made.fit(rows, labels)
