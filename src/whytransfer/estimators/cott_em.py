"""Thresholded confidence optimal transport, to estimated class shares of the target."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from whytransfer.estimators.base import View
from whytransfer.estimators.cot import plans, scaled
from whytransfer.estimators.cot_em import adapted_plan
from whytransfer.estimators.cott import dear_share
from whytransfer.estimators.label_shift import LabelShiftEstimator


class ThresholdedTransportEM(LabelShiftEstimator):
    """As `cott`, with the class shares that calibrated EM estimates as the target's.

    The threshold still comes from the source, transported to its own shares (Lu et al., NeurIPS 2023). The
    shares are those of `em`, which needs label shift: `rejected`.
    """

    name: ClassVar[str] = "cott_em"
    title: ClassVar[str] = "thresholded confidence transport, estimated shares"
    reference: ClassVar[str | None] = "lu:23"
    assumption: ClassVar[str] = "label shift, and the cost beyond which rows are wrong is the same"

    def estimate(self, view: View) -> float:
        """Share of target rows beyond the threshold; in [0, 1]."""
        source, target = scaled(view)
        share = dear_share(source, target, plans(view)[0], adapted_plan(view), view.source_error)
        return float(np.clip(share, 0.0, 1.0))
