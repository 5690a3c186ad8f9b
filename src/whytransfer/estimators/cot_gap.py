"""Confidence transport, as a difference."""

from __future__ import annotations

from typing import ClassVar

from whytransfer.estimators.base import ProbabilityEstimator, View
from whytransfer.estimators.cot import plans, scaled
from whytransfer.estimators.transport import transport_cost


class TransportGap(ProbabilityEstimator):
    """err_T ≈ err_S + COT(T) − COT(S): what it costs more to give the target's rows the source's labels.

    `cot` of the target less `cot` of the held-out source rows, both at the same temperature: what the
    cost is wrong about on the source as well cancels, as in `doc`. Derived for this project from COT (Lu et al.,
    NeurIPS 2023). Right when the classes keep their shares and the cost is as far off on both domains; too high
    under label shift.
    """

    name: ClassVar[str] = "cot_gap"
    title: ClassVar[str] = "rise of the confidence transport"
    reference: ClassVar[str | None] = "lu:23"
    assumption: ClassVar[str] = (
        "the classes have the same shares in both domains, and transport is as wrong on the target as on the source"
    )

    def estimate(self, view: View) -> float:
        """Source error plus the rise of the least mean cost; may leave [0, 1]."""
        before, after = (transport_cost(*pair) for pair in zip(scaled(view), plans(view), strict=True))
        return view.source_error + after - before
