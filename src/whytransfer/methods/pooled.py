"""Labelled target rows among the source rows, each counting as several."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from whytransfer.methods.base import FewLabels
from whytransfer.methods.checks import positive
from whytransfer.methods.domains import Domains
from whytransfer.methods.fitting import train
from whytransfer.methods.rules import Rule


class Pooled(FewLabels):
    """minimise Σ_source loss + ω Σ_labelled target loss: `weighted_pooling` with α = ωk/(n + ωk), k labelled target rows.

    The theorem's α is advice for the worst case and mostly near 0. Here each labelled target row counts as ω source rows, so that α grows with
    their number and a handful can't upset the model. ω = 3 was the best compromise of 1, 3, 10 and 30 on real problems: gains grow slowly beyond
    it and losses fast (docs/benchmarks/adapt.md).

    Parameters
    ----------
    learner, seed
        As in every method.
    worth : float
        ω > 0.
    """

    name: ClassVar[str] = "pooled"
    title: ClassVar[str] = "labelled target rows among the source's"
    family: ClassVar[str] = "few_labels"
    reference: ClassVar[str | None] = "ben-david:10"
    assumption: ClassVar[str] = (
        "one rule is good in both domains, and the labelled target rows are a random sample"
    )

    def __init__(self, learner: Any = None, *, worth: float = 3.0, seed: int = 0) -> None:
        self.learner = learner
        self.worth = worth
        self.seed = seed

    def _adapt(self, domains: Domains, notes: list[str]) -> Rule:
        known, (rows, codes) = domains.known, domains.labelled
        worth = positive("worth", self.worth)
        weights = np.concatenate([np.ones(domains.n), np.full(len(known), worth)])
        notes.append(
            f"{len(known)} labelled target rows carry {worth * len(known) / weights.sum():.3f} of the weight"
        )
        return train(self.learner, domains, notes, rows=rows, codes=codes, weights=weights)
