"""Circular validation: a method is run backwards, from the target with its predictions to the source, whose labels are known."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import clone

from whytransfer.methods import Method


def reverse_error(
    method: Method, source: Any, labels: np.ndarray, target: Any, predicted: np.ndarray
) -> float | None:
    """Error on the source of the same method trained on `target` with `predicted` as labels (Bruzzone and Marconcini 2010; Zhong et al. 2010).

    A prediction that follows no structure of the target can't be learned back. One that follows a wrong structure can: the rule says
    that a candidate is consistent, not that it is right.

    Parameters
    ----------
    method : Method
        Fitted or not; a clone is fitted.
    source, labels : rows and (n,) labels
        What it is judged on.
    target, predicted : rows and (m,) labels
        What it learns from.

    Returns
    -------
    float or None
        In [0, 1]; None where one class only is predicted, so that nothing can be learned back.
    """
    if len(np.unique(predicted)) < 2:
        return None
    back = clone(method).fit(target, predicted, target=source)
    return float((back.predict(source) != labels).mean())
