"""Half source model, half alignments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from whytransfer.methods.aligned import Aligned
from whytransfer.methods.base import LabelFree
from whytransfer.methods.central_moments import CentralMoments
from whytransfer.methods.coral import Coral
from whytransfer.methods.domains import Domains, Floats
from whytransfer.methods.fitting import train
from whytransfer.methods.linear_transport import LinearTransport
from whytransfer.methods.mean_scale import MeanScale
from whytransfer.methods.rules import Rule

ALIGNMENTS: tuple[type[Aligned], ...] = (MeanScale, CentralMoments, Coral, LinearTransport)
"""The maps without a random part and without a parameter to choose: by column and by pairs of columns, by two moments and by all."""


class HalfAligned(LabelFree):
    """p = ½ p_source + ⅛ (p_mean_scale + p_central_moments + p_coral + p_linear_transport).

    A label changes only where the alignments, on average, are surer of another one than the source model is of its own. Where they are wrong they are
    often wrong in their own ways, and seldom sure: losses shrink more than gains (docs/benchmarks/adapt.md).
    """

    name: ClassVar[str] = "half_aligned"
    title: ClassVar[str] = "source model and four alignments, half each"
    family: ClassVar[str] = "moments"
    reference: ClassVar[str | None] = None
    assumption: ClassVar[str] = (
        "the domains differ by units, zeros or linear maps of measured columns, at least where alignments are sure"
    )
    transforms_source: ClassVar[bool] = True

    def _adapt(self, domains: Domains, notes: list[str]) -> Rule:
        moved = (kind(seed=self.seed).moved(domains, notes) for kind in ALIGNMENTS)
        return Mixed(
            kept=train(self.learner, domains, notes),
            others=tuple(train(self.learner, domains, notes, rows=rows) for rows in moved),
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Mixed:
    """The mean of one rule's probabilities and of the others' mean."""

    kept: Rule
    others: tuple[Rule, ...]

    def proba(self, rows: Floats) -> Floats:
        """(m, p) to (m, K)."""
        mean = np.mean([rule.proba(rows) for rule in self.others], axis=0)
        return np.asarray((self.kept.proba(rows) + mean) / 2.0)
