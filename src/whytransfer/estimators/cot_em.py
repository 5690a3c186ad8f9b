"""Confidence optimal transport, to estimated class shares of the target."""

from __future__ import annotations

from typing import ClassVar

from whytransfer.backtest.view import once_a_view
from whytransfer.estimators.base import Floats, View
from whytransfer.estimators.cot import scaled, transported
from whytransfer.estimators.joint import error_of
from whytransfer.estimators.label_shift import LabelShiftEstimator, adapt
from whytransfer.estimators.transport import label_plan


@once_a_view
def adapted_plan(view: View) -> Floats:
    """The cheapest plan that gives the target's rows labels with the shares that calibrated EM finds, shape (m, K)."""
    return label_plan(scaled(view)[1], adapt(view).shares)


class ConfidenceTransportEM(LabelShiftEstimator):
    """As `cot`, with the class shares that calibrated EM estimates in the place of the source's.

    Lu et al. (NeurIPS 2023) take the shares of the target's classes as those of the source; under label shift these
    are wrong and the transport pays for it. The shares are those of `em`, which needs label shift: `rejected`.
    """

    name: ClassVar[str] = "cot_em"
    title: ClassVar[str] = "confidence transport, estimated shares"
    reference: ClassVar[str | None] = "lu:23"
    assumption: ClassVar[str] = (
        "label shift: the classes' shares in the target can be told from the probabilities"
    )

    def estimate(self, view: View) -> float:
        """The least mean cost; in [0, 1]."""
        return error_of(self.confusion(view))

    def confusion(self, view: View) -> Floats:
        """Rows are classes drawn from the model's probabilities, columns the labels transported to; error = the cost."""
        return transported(scaled(view)[1], adapted_plan(view))
