"""Fast learners of several families, by name: what a committee's members are made of."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whytransfer.threads import one_thread

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

WIDE = 100
"""Columns beyond which boosted trees see principal components: their cost grows with every column."""

VERY_WIDE = 5000
"""Columns beyond which the generative member sees principal components too: it solves for all columns at once, at their cube."""

COMPONENTS = 60
"""How many components they then see."""

BINS = 64
"""Of every column that boosted trees see."""

NEIGHBOURS = 15
"""As in EVIDENCE 2b."""


def _linear(rows: Floats, labels: Integers, seed: int) -> Any:  # noqa: ARG001
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(max_iter=200, tol=1e-3)


def _boosted(rows: Floats, labels: Integers, seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    # The cost is one tree a class a round: many classes get fewer rounds of larger steps.
    rounds = max(15, 60 // max(1, len(np.unique(labels)) - 1))
    trees = HistGradientBoostingClassifier(
        max_iter=rounds,
        max_leaf_nodes=15,
        learning_rate=0.1 if rounds > 30 else 0.2,
        max_bins=BINS,
        early_stopping=False,
        random_state=seed,
    )
    return _projected(trees, rows, seed)


def _projected(classifier: Any, rows: Floats, seed: int) -> Any:
    from sklearn.decomposition import PCA
    from sklearn.pipeline import make_pipeline

    if rows.shape[1] <= WIDE or len(rows) <= COMPONENTS:
        return classifier
    return make_pipeline(PCA(COMPONENTS, svd_solver="randomized", random_state=seed), classifier)


def _neighbours(rows: Floats, labels: Integers, seed: int) -> Any:  # noqa: ARG001
    from sklearn.neighbors import KNeighborsClassifier

    return KNeighborsClassifier(min(NEIGHBOURS, len(rows)), algorithm="brute")


def _trees(rows: Floats, labels: Integers, seed: int) -> Any:  # noqa: ARG001
    from whytransfer.models.randomised_trees import RandomisedTrees

    return RandomisedTrees(100, min_samples_leaf=2, random_state=seed)


def _generative(rows: Floats, labels: Integers, seed: int) -> Any:  # noqa: ARG001
    from sklearn.decomposition import PCA
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
    from sklearn.pipeline import make_pipeline

    classifier = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")
    if rows.shape[1] <= VERY_WIDE:
        return classifier
    components = min(COMPONENTS, len(rows) - 1)
    return make_pipeline(PCA(components, svd_solver="randomized", random_state=seed), classifier)


def _bayes(rows: Floats, labels: Integers, seed: int) -> Any:  # noqa: ARG001
    from sklearn.naive_bayes import GaussianNB

    return GaussianNB(var_smoothing=1e-2)


def _network(rows: Floats, labels: Integers, seed: int) -> Any:  # noqa: ARG001
    from sklearn.neural_network import MLPClassifier

    return MLPClassifier(
        (32,), max_iter=30, batch_size=64, alpha=1e-3, learning_rate_init=3e-3, random_state=seed
    )


def _kernel(rows: Floats, labels: Integers, seed: int) -> Any:  # noqa: ARG001
    from whytransfer.models.kernel_machine import KernelMachine

    spread = float(rows.var())
    # The width that scikit-learn calls "scale".
    gamma = 1.0 / (rows.shape[1] * spread) if spread > 0 else 1.0
    return KernelMachine(C=1.0, gamma=gamma, cache_size=200, random_state=seed)


FAMILIES: dict[str, Callable[[Floats, Integers, int], Any]] = {
    "linear": _linear,
    "boosted": _boosted,
    "neighbours": _neighbours,
    "trees": _trees,
    "generative": _generative,
    "bayes": _bayes,
    "network": _network,
    "kernel": _kernel,
}


@contextmanager
def quietly() -> Iterator[None]:
    """One thread, and no word of what a quick member's library warns of (iterations spent, a class without spread): it is no fault."""
    with one_thread(), warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def fitted(member: Any, rows: Floats, labels: Integers, weights: Floats | None = None) -> Any:
    """A member, fitted."""
    import sklearn
    from sklearn.pipeline import Pipeline

    # Where the caller has routing on, a pipeline would ask who requested the weights; the name below says for whom they are.
    with quietly(), sklearn.config_context(enable_metadata_routing=False):
        if weights is None:
            return member.fit(rows, labels)
        if isinstance(member, Pipeline):
            return member.fit(rows, labels, **{f"{member.steps[-1][0]}__sample_weight": weights})
        return member.fit(rows, labels, sample_weight=weights)


def predicted(member: Any, rows: Floats) -> Integers:
    """Class codes of rows of shape (n, p), shape (n,); of no rows none, which scikit-learn would refuse."""
    if not len(rows):
        return np.zeros(0, dtype=np.int64)
    with quietly():
        return np.asarray(member.predict(rows), dtype=np.int64)
