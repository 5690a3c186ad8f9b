"""The target rows that a model met while it was adapted or chosen: they are no fresh rows of their law to it.

A model that was adapted to unlabelled rows depends on them, so that its errors on these very rows are no independent draws of its errors
on their law: on average it errs less there. About the rows of that file a certificate stays true, where labels are drawn at random after the model was made: the model is
fixed then, whatever it was made from. Rows whose *labels* taught or chose it are another matter, and certify nothing.

So the model remembers which rows it met, as a 64-bit hash of the encoded values of each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from whytransfer.problem import Encoder
from whytransfer.problem.native import is_sparse
from whytransfer.problem.twins import row_hashes

Booleans = NDArray[np.bool_]
Hashes = NDArray[np.uint64]

BEYOND_CHANCE = 0.001
"""Rows that repeat by nature meet a model by chance: level at which more of them do than chance explains."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Seen:
    """Which of n rows a model met.

    Parameters
    ----------
    rows, labelled : ndarray of bool, shape (n,)
        Those that equal one that it met, and one whose label it saw.
    hashes : ndarray of uint64, shape (n,)
        Of the rows.
    twins : float
        Share of the rows that it met of which another one is equal.
    """

    rows: Booleans
    labelled: Booleans
    hashes: Hashes
    twins: float

    def beyond_chance(self, among: Booleans | None = None) -> bool:
        """Whether the model met more of the rows that `among` marks, shape (n,), all by default, than it would of fresh ones.

        A fresh row of their law equals one that it met about as often as one of these, or one of those, equals another (Good and Turing). Where no row has a
        twin a single one is beyond chance; where all have, nothing can be told.
        """
        from scipy.stats import binom

        marked = np.ones(len(self.rows), dtype=bool) if among is None else among
        chance = max(self.twins, _with_a_twin(self.hashes[marked]))
        return bool(self.rows[marked].sum() > binom.isf(BEYOND_CHANCE, int(marked.sum()), chance))


@dataclass(frozen=True, kw_only=True, eq=False)
class Met:
    """Target rows by the hashes of what a model sees of them.

    Parameters
    ----------
    encoder : Encoder
        Fitted on the source rows.
    rows : ndarray of uint64, shape (m,)
        Of all rows that it met, sorted.
    labelled : ndarray of uint64, shape (k,)
        Of those among them whose labels taught or chose it, sorted.
    """

    encoder: Encoder
    rows: Hashes
    labelled: Hashes

    @classmethod
    def of(cls, encoder: Encoder, rows: Any, labelled: Booleans | None = None) -> Self:
        """Of raw target rows (m, p); `labelled` (m,) tells whose labels were seen, None: nobody's."""
        found = _hashes(encoder, rows)
        known = np.zeros(len(found), dtype=bool) if labelled is None else labelled
        return cls(encoder=encoder, rows=np.sort(found), labelled=np.sort(found[known]))

    def among(self, rows: Any) -> Seen:
        """Which raw rows (n, p) equal one that it met."""
        found = _hashes(self.encoder, rows)
        return Seen(
            rows=np.isin(found, self.rows),
            labelled=np.isin(found, self.labelled),
            hashes=found,
            twins=_with_a_twin(self.rows),
        )


def met_by(model: Any, rows: Any) -> tuple[Met, Any] | None:
    """What a fitted model met, and raw rows (n, p) as the step that remembers it gets them; None where it met no row of a target.

    Looks behind searches, which may have chosen by target rows (`make_scorer`), and pipelines; whatever else stands around a model has a ``met_`` of its own.
    """
    from sklearn.base import BaseEstimator
    from sklearn.pipeline import Pipeline

    found = getattr(model, "met_", None)
    if isinstance(found, Met):
        return found, rows
    if not isinstance(model, BaseEstimator):
        return None
    if hasattr(model, "best_estimator_"):
        chosen = getattr(getattr(model, "scorer_", None), "met_", None)
        return met_by(model.best_estimator_, rows) or (None if chosen is None else (chosen, rows))
    if not isinstance(model, Pipeline):
        return None
    behind = met_by(model.steps[-1][1], rows)
    if behind is None or len(model.steps) == 1:
        return behind
    return behind[0], model[:-1].transform(rows)


def _hashes(encoder: Encoder, rows: Any) -> Hashes:
    """(n,), equal for rows that a model can't tell apart: encoded, in single precision, since sums of another batch round differently."""
    import pandas as pd

    with np.errstate(over="ignore"):
        values = encoder.transform(rows).astype(np.float32)
    return row_hashes(values if is_sparse(values) else pd.DataFrame(values))


def _with_a_twin(hashes: Hashes) -> float:
    """Share of rows that equal another one."""
    counts = np.unique(hashes, return_counts=True)[1]
    return float(counts[counts > 1].sum() / max(len(hashes), 1))
