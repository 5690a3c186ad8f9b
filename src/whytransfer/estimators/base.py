"""What an estimator of the target error is: a number from labelled source rows and unlabelled target rows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from whytransfer.backtest.view import NO_PROBABILITIES, View
from whytransfer.overlap.two_samples import Floats, Integers

__all__ = ["NO_PROBABILITIES", "Estimator", "Floats", "Integers", "ProbabilityEstimator", "View"]

FEWEST_ROWS = 20
"""Held-out source rows below which estimators are silent: their error rate would be known to a tenth at best."""


class Estimator(ABC):
    """An estimate of the target error without target labels. None of them is a guarantee."""

    name: ClassVar[str]
    title: ClassVar[str]
    reference: ClassVar[str | None]
    """The citation key of its source."""
    assumption: ClassVar[str]
    """What would have to hold for it to be right, in plain words."""
    on_label_shift: ClassVar[bool] = False
    """Whether it stands on label shift, so that whoever tests that may withhold it."""

    @abstractmethod
    def estimate(self, view: View) -> float:
        """The estimated target error, not clipped to [0, 1]; only where `applies` is None."""

    def applies(self, view: View) -> str | None:
        """Why there is no estimate on these data, in one sentence; None where there is one."""
        if view.n < FEWEST_ROWS:
            return f"only {view.n} labelled source rows were held back, fewer than {FEWEST_ROWS}"
        if view.m == 0:
            return "the target has no rows"
        return self._lacks(view)

    def _lacks(self, view: View) -> str | None:
        """What this estimator needs and the data don't have, in one sentence."""
        return None

    def confusion(self, view: View) -> Floats | None:
        """The estimated joint law of (predicted, true) class on the target, shape (K, K), summing to one.

        Rows are predicted classes. None where the estimator gives an error only.
        """
        return None

    def rejected(self, view: View) -> str | None:
        """The test that rejected its assumption on these very data; None where none did."""
        return None

    def detail(self, view: View) -> dict[str, Any]:
        """What else a reader should know, as plain JSON values; finite numbers only."""
        return {}


class ProbabilityEstimator(Estimator):
    """An estimator that reads the model's class probabilities on both domains."""

    def _lacks(self, view: View) -> str | None:
        return None if view.source_proba is not None and view.target_proba is not None else NO_PROBABILITIES
