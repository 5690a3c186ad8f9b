"""Confidence optimal transport, to the source's class shares."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from whytransfer.backtest.view import once_a_view
from whytransfer.estimators.base import Floats, ProbabilityEstimator, View
from whytransfer.estimators.calibration import at_temperature, fit_temperature
from whytransfer.estimators.joint import error_of
from whytransfer.estimators.transport import label_plan


@once_a_view
def scaled(view: View) -> tuple[Floats, Floats]:
    """Probabilities of source and target at the temperature of least source log-loss, as the published code has them."""
    source, target = view.probabilities()
    temperature = fit_temperature(source, view.source_labels)
    return at_temperature(source, temperature), at_temperature(target, temperature)


def source_shares(view: View) -> Floats:
    """Share of each class among the held-out source rows, shape (K,)."""
    return np.bincount(view.source_labels, minlength=view.classes) / view.n


@once_a_view
def plans(view: View) -> tuple[Floats, Floats]:
    """The cheapest plans that give the source's rows, and the target's, labels with the source's shares, (n, K) and (m, K)."""
    source, target = scaled(view)
    return label_plan(source, source_shares(view)), label_plan(target, source_shares(view))


def transported(proba: Floats, plan: Floats) -> Floats:
    """The joint law of a class drawn from the model's probabilities and of the label that the plan gives the row."""
    return np.asarray(proba.T @ plan)


class ConfidenceTransport(ProbabilityEstimator):
    """err_T ≈ min over couplings of E[½‖p(x) − e_y‖₁] between the target's probabilities and labels with the source's shares.

    Confidence optimal transport (COT; Lu et al., NeurIPS 2023), after temperature scaling. The cost of
    giving row x the label y is 1 − p_y(x); without the demand on the labels' shares it would be `ac`, so that
    COT is never below `ac` of the scaled probabilities. Right when the classes keep their shares and the
    model's predicted shares give its mistakes away; too high under label shift.
    """

    name: ClassVar[str] = "cot"
    title: ClassVar[str] = "confidence transport"
    reference: ClassVar[str | None] = "lu:23"
    assumption: ClassVar[str] = "the classes have the same shares in the target as in the source"

    def estimate(self, view: View) -> float:
        """The least mean cost; in [0, 1]."""
        return error_of(self.confusion(view))

    def confusion(self, view: View) -> Floats:
        """Rows are classes drawn from the model's probabilities, columns the labels transported to; error = the cost."""
        return transported(scaled(view)[1], plans(view)[1])
