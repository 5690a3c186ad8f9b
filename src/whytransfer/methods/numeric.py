"""Adapting a model of a quantity: the methods that look at the columns only, joint transport, and two that learn from target labels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.utils.validation import check_is_fitted

from whytransfer.errors import InputError
from whytransfer.methods.aligned import Aligned
from whytransfer.methods.columns import Columns
from whytransfer.methods.coral import Coral
from whytransfer.methods.domains import Domains, Floats
from whytransfer.methods.exact_transport import ExactTransport
from whytransfer.methods.fitting import weight_parameter
from whytransfer.methods.kernel_mean_matching import KernelMeanMatching
from whytransfer.methods.linear_transport import LinearTransport
from whytransfer.methods.mean_scale import MeanScale
from whytransfer.methods.met import Met
from whytransfer.methods.plans import Ends, exact
from whytransfer.methods.rulsif import Rulsif
from whytransfer.methods.sinkhorn_transport import SinkhornTransport
from whytransfer.methods.ulsif import Ulsif
from whytransfer.methods.weighted import Weighted
from whytransfer.models.regressors import regressor
from whytransfer.names import resolve
from whytransfer.threads import one_thread

SOURCE, JOINT, POOLED, RECALIBRATED = "source", "jdot", "pooled", "recalibrated"

BLIND: dict[str, type[Aligned | Weighted]] = {
    kind.name: kind
    for kind in (
        MeanScale,
        Coral,
        LinearTransport,
        ExactTransport,
        SinkhornTransport,
        Ulsif,
        Rulsif,
        KernelMeanMatching,
    )
}
"""Methods for classes that never look at one: a map of the source's columns, or weights of its rows."""

TITLES = {
    SOURCE: "the source model",
    JOINT: "joint distribution optimal transport",
    POOLED: "source rows and labelled target rows together",
    RECALIBRATED: "a straight line from the source model's answers to target labels",
    **{name: kind.title for name, kind in BLIND.items()},
}
ASSUMPTIONS = {
    SOURCE: "the label depends on the columns there as it does here",
    JOINT: "rows with their labels move by little effort",
    POOLED: "what holds here helps there, but for what the labelled target rows correct",
    RECALIBRATED: "the source model orders target rows rightly, on another scale",
    **{name: kind.assumption for name, kind in BLIND.items()},
}
WITH_LABELS = (POOLED, RECALIBRATED)
NUMERIC_METHODS = (SOURCE, *BLIND, JOINT, *WITH_LABELS)

TARGET_WEIGHT = 3.0
"""A labelled target row counts as three source rows, as for classes (docs/decisions.md)."""

ROUNDS, LANDMARKS = 10, 500
"""Of joint transport, as for classes."""


class NumericMethod(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """One way of adapting a model that predicts a number.

    Parameters
    ----------
    method : str
        One of `NUMERIC_METHODS`.
    learner : str, regressor or None
        ``"linear"`` (the default), ``"boosted"``, or an unfitted scikit-learn regressor on encoded columns.
    seed : int
        Of everything drawn.

    Attributes
    ----------
    notes_ : tuple of str
        Rows drawn, weights that concentrate, what the learner could not take.
    met_ : Met or None
        The target rows that it was adapted to, by hashes; None of the source model, which depends on none.
    """

    def __init__(self, method: str = SOURCE, learner: Any = None, seed: int = 0) -> None:
        self.method = method
        self.learner = learner
        self.seed = seed

    def fit(self, X: Any, y: Any, *, target: Any, target_y: Any = None) -> Self:
        """Fit on source rows (n, p) with labels (n,), and target rows (m, p) without; `target_y` (m,) has NaN where a label is unknown.

        Raises
        ------
        InputError
            For an unknown method, for one that needs target labels and got none, and where the learner can't be trained.
        """
        resolve("method for a quantity", self.method, dict.fromkeys(NUMERIC_METHODS, True))
        notes: list[str] = []
        self.columns_ = Columns.of(X)
        labels = np.asarray(y, dtype=np.float64)
        domains = Domains(
            source=self.columns_.numbers(X, "source"),
            codes=np.zeros(len(labels), dtype=np.int64),
            target=self.columns_.numbers(target, "target"),
            classes=1,
            seed=self.seed,
        )
        known = None if target_y is None else np.asarray(target_y, dtype=np.float64)
        with one_thread():
            self.line_ = (1.0, 0.0)
            way: Callable[..., Any] = self._ways().get(self.method, self._blind)
            self.model_ = way(domains, labels, known, notes)
        self.notes_ = tuple(notes)
        labelled = None if known is None or not self.needs_target_labels else np.isfinite(known)
        self.met_ = None if self.method == SOURCE else Met.of(self.columns_.encoder, target, labelled)
        return self

    def predict(self, X: Any) -> Floats:
        """Numbers for target rows, (m, p) to (m,)."""
        check_is_fitted(self, "model_")
        slope, shift = self.line_
        return np.asarray(slope * self.model_.predict(self.columns_.numbers(X, "target")) + shift)

    @property
    def needs_target_labels(self) -> bool:
        """Whether it learns from labels of the target."""
        return self.method in WITH_LABELS

    @property
    def spoken(self) -> str:
        """What it is, for a verdict's line."""
        return "the source model" if self.method == SOURCE else f"the adapted model ({TITLES[self.method]})"

    def _ways(self) -> dict[str, Callable[..., Any]]:
        return {
            SOURCE: self._source,
            JOINT: self._joint,
            POOLED: self._pooled,
            RECALIBRATED: self._recalibrated,
        }

    def _source(self, domains: Domains, y: Floats, known: Floats | None, notes: list[str]) -> Any:
        del known
        return self._trained(domains.source, y, None, notes)

    def _blind(self, domains: Domains, y: Floats, known: Floats | None, notes: list[str]) -> Any:
        del known
        way = BLIND[self.method](seed=self.seed)
        if isinstance(way, Aligned):
            return self._trained(way.moved(domains, notes), y, None, notes)
        return self._trained(domains.source, y, way.weights(domains, notes), notes)

    def _joint(self, domains: Domains, y: Floats, known: Floats | None, notes: list[str]) -> Any:
        """Min over π and f of Σ π_ij [α ‖x_i − t_j‖² + (y_i − f(t_j))²] (Courty et al. 2017), both costs in units of their largest."""
        del known
        ends = Ends.draw(domains, LANDMARKS, notes)
        far = ends.cost / max(float(ends.cost.max()), 1e-300)
        here = y[ends.landmarks.source]
        spread = max(float(np.ptp(y)) ** 2, 1e-300)
        model = self._trained(domains.source, y, None, notes)
        said = model.predict(ends.target)
        for _ in range(ROUNDS):
            plan = exact(*ends.weights, far + (here[:, None] - said[None, :]) ** 2 / spread)
            # For a fixed coupling the squares are least where f(t_j) is the mean label of t_j's partners.
            wanted = plan.T @ here / np.maximum(plan.sum(axis=0), 1e-300)
            model = self._trained(ends.target, wanted, None, notes)
            before, said = said, model.predict(ends.target)
            if np.abs(before - said).max() <= 1e-6 * np.sqrt(spread):
                break
        return model

    def _pooled(self, domains: Domains, y: Floats, known: Floats | None, notes: list[str]) -> Any:
        rows, labels = self._labelled(domains, known)
        weights = np.concatenate([np.ones(len(y)), np.full(len(labels), TARGET_WEIGHT)])
        return self._trained(
            np.concatenate([domains.source, rows]), np.concatenate([y, labels]), weights, notes
        )

    def _recalibrated(self, domains: Domains, y: Floats, known: Floats | None, notes: list[str]) -> Any:
        rows, labels = self._labelled(domains, known)
        model = self._trained(domains.source, y, None, notes)
        said = model.predict(rows)
        spread = float(((said - said.mean()) ** 2).sum())
        # With answers that are all alike only the level can be mended.
        slope = 1.0 if spread <= 0.0 else float(((said - said.mean()) * labels).sum()) / spread
        self.line_ = (slope, float(labels.mean()) - slope * float(said.mean()))
        return model

    def _labelled(self, domains: Domains, known: Floats | None) -> tuple[Floats, Floats]:
        there = np.zeros(domains.m, dtype=bool) if known is None else np.isfinite(known)
        if known is None or there.sum() < 2:
            raise InputError(f"{self.method}: expected target_y= with at least two labels of target rows")
        return domains.target[there], known[there]

    def _trained(self, rows: Floats, y: Floats, weights: Floats | None, notes: list[str]) -> Any:
        # The methods have encoded the rows already: a learner's own first step is left out.
        named = self.learner is None or isinstance(self.learner, str)
        model = regressor(self.learner, self.seed)[1:] if named else clone(self.learner)
        extra = {}
        if weights is not None:
            key = weight_parameter(model)
            if key is None:
                raise InputError(
                    f"{self.method}: the learner takes no weights; name another method or learner"
                )
            extra[key] = weights * (len(weights) / weights.sum())
            effective = float(weights.sum() ** 2 / (weights**2).sum())
            if effective < 0.1 * len(weights):
                notes.append(
                    f"the weights leave an effective sample of {effective:.0f} of {len(weights)} rows"
                )
        try:
            return model.fit(rows, y, **extra)
        except (ValueError, TypeError) as error:
            raise InputError(f"the learner can't be trained: {' '.join(str(error).split())}") from error
