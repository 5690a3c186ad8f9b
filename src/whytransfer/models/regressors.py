"""The learners of a quantity that come with the tool, each an unfitted scikit-learn pipeline on raw rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from whytransfer.models.learners import Standardise
from whytransfer.names import resolve
from whytransfer.problem import Encoder


def _linear(seed: int) -> list[tuple[str, Any]]:  # noqa: ARG001  (nothing is random)
    from sklearn.linear_model import RidgeCV

    # Strengths in units of standardised columns; the generalised cross-validation of RidgeCV looks at the training rows only.
    return [("scale", Standardise()), ("fit", RidgeCV(alphas=np.logspace(-2, 4, 13)))]


def _boosted(seed: int) -> list[tuple[str, Any]]:
    from sklearn.ensemble import HistGradientBoostingRegressor

    trees = HistGradientBoostingRegressor(max_leaf_nodes=15, early_stopping=False, random_state=seed)
    return [("fit", trees)]


_LEARNERS = {"linear": _linear, "boosted": _boosted}

TITLES = {"linear": "ridge regression", "boosted": "gradient-boosted trees"}


def regressor(name: str | None, seed: int = 0) -> Pipeline:
    """An unfitted pipeline that accepts raw rows and predicts a number.

    Parameters
    ----------
    name : {"linear", "boosted"} or None
        Ridge regression on standardised encoded columns (the default); gradient-boosted trees.
    seed : int
        Of the learner's own randomness.

    Raises
    ------
    UnknownNameError
        For any other name, those of classifiers included.
    """
    chosen = name or next(iter(_LEARNERS))
    return Pipeline([("encode", Encoder()), *resolve("learner of a quantity", chosen, _LEARNERS)(seed)])
