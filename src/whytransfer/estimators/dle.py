"""Direct loss estimation."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, ClassVar

import numpy as np

from whytransfer.estimators.base import FEWEST_ROWS, Floats
from whytransfer.estimators.losses import LossEstimator, LossView

FOLDS = 5
TREES = 60
"""Boosting rounds of the loss model; at the usual rate .1 the losses, which are mostly noise, are learned by then."""


class DirectLoss(LossEstimator):
    """E_T[loss] ≈ mean_T g(x), g a model of the loss fitted on held-out source rows.

    Direct loss estimation (NannyML): boosted trees learn how large the loss is where, and are averaged over the
    target. Ours is cross-fitted: g is the mean of five models, each of which left a fold out, and what they say of
    the folds that they did not see tells whether the loss can be learned at all. Right under covariate shift where it
    can; trees don't extrapolate beyond the source.
    """

    name: ClassVar[str] = "dle"
    title: ClassVar[str] = "direct loss estimation"
    reference: ClassVar[str | None] = "nannyml:23"
    assumption: ClassVar[str] = "covariate shift, and losses that the columns tell"

    def estimate(self, view: LossView) -> float:
        """The mean predicted loss of the target rows, in the unit of the losses."""
        return float(_cross_fitted(view)[1].mean())

    def applies(self, view: LossView) -> str | None:
        """Why there is no estimate on these data; None where there is one."""
        if view.n < FEWEST_ROWS:
            return f"only {view.n} labelled source rows were held back, fewer than {FEWEST_ROWS}"
        return "the target has no rows" if len(view.target_columns) == 0 else None

    def detail(self, view: LossView) -> dict[str, Any]:
        """R² of the loss model on rows that it did not see: 0 or below when the columns tell nothing."""
        on_source, _ = _cross_fitted(view)
        spread = float(((view.losses - view.source_loss) ** 2).sum())
        missed = float(((view.losses - on_source) ** 2).sum())
        return (
            {"r2": 1.0 - missed / spread} if spread > 0.0 else {"r2": None, "reason": "all losses are equal"}
        )


@lru_cache(maxsize=1)
def _cross_fitted(view: LossView) -> tuple[Floats, Floats]:
    """Predicted losses of the source rows by models that did not see them, (n,), and of the target rows, (m,).

    Estimate and detail ask for one and the same view, which is told by its identity, one after the other.
    """
    from sklearn.ensemble import HistGradientBoostingRegressor

    rng = np.random.default_rng(view.seed)
    fold = rng.permutation(view.n) % FOLDS
    on_source, on_target = np.empty(view.n), np.zeros(len(view.target_columns))
    for k in range(FOLDS):
        model = HistGradientBoostingRegressor(max_iter=TREES, early_stopping=False, random_state=k)
        model.fit(view.source_columns[fold != k], view.losses[fold != k])
        on_source[fold == k] = model.predict(view.source_columns[fold == k])
        on_target += model.predict(view.target_columns) / FOLDS
    return on_source, on_target
