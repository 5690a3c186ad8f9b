"""Each target row hears its neighbours: what the source model says of the nearest target rows counts half."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from whytransfer.methods.base import LabelFree
from whytransfer.methods.checks import share, whole
from whytransfer.methods.domains import Domains, Floats
from whytransfer.methods.fitting import train
from whytransfer.methods.rules import Rule

DRAW = 91
"""Key of the generator that draws the target rows that are asked."""

SMALLEST = 1e-9
"""A column whose spread in the target is below this, in units of the source's, tells no two target rows apart."""


class Neighbours(LabelFree):
    """p̃(x) = (1 − α) p(x) + α mean of p over the k target rows nearest to x: one step of label propagation.

    p is the source model, kept. One step of Zhou et al. 2004 with soft labels in the place of true ones: rows in the midst of a cluster of the
    target stay, single rows that contradict all their neighbours change. Distances are Euclidean, each column in units of its spread in the target.
    More steps follow the clusters farther and are wrong more often (docs/benchmarks/adapt.md).

    Parameters
    ----------
    learner, seed
        As in every method.
    neighbours : int
        k; the row itself is not among them. 15, as for the committee's neighbours.
    heard : float
        α in [0, 1]; at 1/2 a row keeps its label unless its neighbours are, on average, surer of another one than it is itself.
    landmarks : int
        Target rows that are asked, at most.
    """

    name: ClassVar[str] = "neighbours"
    title: ClassVar[str] = "predictions shared with near target rows"
    family: ClassVar[str] = "self_training"
    reference: ClassVar[str | None] = "zhou:04"
    assumption: ClassVar[str] = (
        "target rows that lie close together share a class, and most of them are predicted right"
    )

    def __init__(
        self,
        learner: Any = None,
        *,
        neighbours: int = 15,
        heard: float = 0.5,
        landmarks: int = 5000,
        seed: int = 0,
    ) -> None:
        self.learner = learner
        self.neighbours = neighbours
        self.heard = heard
        self.landmarks = landmarks
        self.seed = seed

    def _adapt(self, domains: Domains, notes: list[str]) -> Rule:
        rule = train(self.learner, domains, notes)
        k, most = whole("neighbours", self.neighbours), whole("landmarks", self.landmarks)
        rows = domains.target
        if len(rows) > most:
            rows = rows[np.sort(domains.rng(DRAW).permutation(len(rows))[:most])]
            notes.append(f"{most} of {domains.m} target rows are asked, drawn by the seed")
        return Heard.of(rule, rows, min(k, len(rows) - 1), share("heard", self.heard))


@dataclass(frozen=True, kw_only=True, eq=False)
class Heard:
    """A rule mixed with its own mean over near target rows.

    Parameters
    ----------
    rule : Rule
        The source model.
    tree : NearestNeighbors
        Fitted on the scaled target rows.
    said : (m, K) array
        What the rule says of them.
    scale : (p,) array
        Factor of each column.
    k : int
        How many are asked; none where the target holds one row.
    heard : float
        Their share in the answer.
    """

    rule: Rule
    tree: Any
    said: Floats
    scale: Floats
    k: int
    heard: float

    @classmethod
    def of(cls, rule: Rule, rows: Floats, k: int, heard: float) -> Heard:
        """Learn where the target rows (m, p) lie."""
        from sklearn.neighbors import NearestNeighbors

        spread = rows.std(axis=0)
        scale = np.where(spread > SMALLEST, 1.0 / np.where(spread > SMALLEST, spread, 1.0), 0.0)
        return cls(
            rule=rule,
            tree=NearestNeighbors().fit(rows * scale),
            said=rule.proba(rows),
            scale=scale,
            k=k,
            heard=heard,
        )

    def proba(self, rows: Floats) -> Floats:
        """(1 − α) p + α mean of p over the neighbours. A target row at distance 0 is taken for the row itself, once."""
        own = self.rule.proba(rows)
        if self.k < 1:
            return own
        far, near = self.tree.kneighbors(rows * self.scale, n_neighbors=self.k + 1)
        itself = far[:, 0] == 0.0
        near = np.where(itself[:, None], near[:, 1:], near[:, :-1])
        return np.asarray((1.0 - self.heard) * own + self.heard * self.said[near].mean(axis=1))
