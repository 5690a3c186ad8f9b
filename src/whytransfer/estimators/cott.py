"""Thresholded confidence optimal transport, to the source's class shares."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from whytransfer.estimators.atc import share_below
from whytransfer.estimators.base import Floats, ProbabilityEstimator, View
from whytransfer.estimators.cot import plans, scaled


def dear_share(source: Floats, target: Floats, before: Floats, after: Floats, error: float) -> float:
    """The target's mass that costs more than t, where the source's mass that costs more than t is `error`.

    Source rows are transported by the plan `before`, (n, K), target rows by `after`, (m, K); a row that a plan splits
    counts with each part at its own cost.
    """
    scores, masses = _parts(source, before)
    target_scores, target_masses = _parts(target, after)
    return share_below(scores, target_scores, error, source_mass=masses, target_mass=target_masses)


def _parts(proba: Floats, plan: Floats) -> tuple[Floats, Floats]:
    """p_y of each part that the plan moves, and how much it moves: a high cost is a low p_y."""
    return proba[plan > 0.0], plan[plan > 0.0] / plan.sum()


class ThresholdedTransport(ProbabilityEstimator):
    """The share of target rows whose cost of transport exceeds t, where as many source rows exceed t as are wrong.

    Confidence optimal transport with thresholding (COTT; Lu et al., NeurIPS 2023): the source's scaled
    probabilities are transported to its own labels' shares, cost 1 − p_y, and t is the cost that a share err_S of
    them exceeds; the estimate is the share of the target that costs more than t. Ties at t are shared out as in `atc`.
    """

    name: ClassVar[str] = "cott"
    title: ClassVar[str] = "thresholded confidence transport"
    reference: ClassVar[str | None] = "lu:23"
    assumption: ClassVar[str] = (
        "class shares as in the source, and the cost beyond which rows are wrong is the same"
    )

    def estimate(self, view: View) -> float:
        """Share of target rows beyond the threshold; in [0, 1]."""
        source, target = scaled(view)
        return float(np.clip(dear_share(source, target, *plans(view), view.source_error), 0.0, 1.0))
