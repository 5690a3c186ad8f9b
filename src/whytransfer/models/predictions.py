"""Predictions in the place of a model: ONNX, a remote service, any framework."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Predictions:
    """What a model said on every row of both domains.

    Parameters
    ----------
    source, target : array-like of labels, shape (n,) and (m,)
        The predicted label of every row, in the order of the rows.
    proba_source, proba_target : array-like of float, shape (n, K) and (m, K), optional
        Probabilities of the classes in sorted order; each row sums to one. For two classes one column,
        the probability of the second class, is enough.

    Examples
    --------
    >>> said = Predictions(["no", "yes"], ["yes"], proba_target=[[0.2, 0.8]])
    >>> said.target, said.proba_source is None
    (['yes'], True)
    """

    source: Any
    target: Any
    proba_source: Any = None
    proba_target: Any = None
