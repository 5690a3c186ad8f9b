"""Three ways at once, each with a third of the say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from whytransfer.methods.base import LabelFree
from whytransfer.methods.confident import ConfidentPseudoLabels
from whytransfer.methods.domains import Domains, Floats
from whytransfer.methods.fitting import train
from whytransfer.methods.mean_scale import MeanScale
from whytransfer.methods.rules import Rule


class Hedged(LabelFree):
    """The mean probability of the source model, `mean_scale` and `confident`: keep, align, learn from oneself.

    Two of the three must be sure together to overrule the third. Its gain on real problems is about that of the better part, and its losses a third
    of the worse part's (docs/benchmarks/adapt.md).
    """

    name: ClassVar[str] = "hedged"
    title: ClassVar[str] = "source model, matched moments and confident pseudo-labels averaged"
    family: ClassVar[str] = "self_training"
    reference: ClassVar[str | None] = None
    assumption: ClassVar[str] = (
        "where the source model errs, matched moments and confident pseudo-labels seldom err alike"
    )
    transforms_source: ClassVar[bool] = True

    def _adapt(self, domains: Domains, notes: list[str]) -> Rule:
        kept = train(self.learner, domains, notes)
        others = (
            kind(self.learner, seed=self.seed)._adapt(domains, notes)  # noqa: SLF001  (a method made of methods)
            for kind in (MeanScale, ConfidentPseudoLabels)
        )
        return Mean(rules=(kept, *others))


@dataclass(frozen=True, kw_only=True, eq=False)
class Mean:
    """The mean of several rules' probabilities."""

    rules: tuple[Rule, ...]

    def proba(self, rows: Floats) -> Floats:
        """(m, p) to (m, K)."""
        return np.asarray(np.mean([rule.proba(rows) for rule in self.rules], axis=0))
