"""The case an audit hears: the problem, its splits, the model, the encoded columns and who may spend which δ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from whytransfer.claims import Assumption, Budget, Claim, Level, Status
from whytransfer.claims.intervals import Units
from whytransfer.models.subject import Subject
from whytransfer.overlap import Overlap
from whytransfer.problem import Problem, Splits
from whytransfer.steps.columns import Columns
from whytransfer.steps.met import Meeting
from whytransfer.steps.ties import Ties
from whytransfer.steps.told_apart import ToldApart

LABELS_AT_RANDOM = Assumption(
    id="labelled_at_random",
    text="the target rows whose labels were learned from or chosen with are a random draw from the target",
)
"""What the rows stand on that are left when somebody has taken some: whoever picks hard ones leaves easy ones."""

OF_NO_MODEL = frozenset(
    {
        "adaptability",
        "bayes_error",
        "divergence",
        "ensemble_source_error",
        "ensemble_target_error",
        "excess_target_error",
        "source_error",
    }
)
"""Quantities in which the model's answers on target rows have no part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything the steps of an audit read; none of them writes to it."""

    problem: Problem
    splits: Splits
    subject: Subject
    columns: Columns | None
    apart: ToldApart | None
    budget: Budget
    assume: Mapping[str, float | str]
    seed: int
    whole: bool
    """The target file is the whole target (``population="file"``)."""
    not_trained: Assumption
    """How it is known that the model was not trained on the source's evaluation rows."""
    across: Assumption | None = None
    """The rejected independence of the domains, where something speaks against it."""
    label_noise: float = 0.0
    """Share of the labels that may be wrong."""
    ties: tuple[Ties, Ties] = (Ties(domain="source"), Ties(domain="target"))
    """How the rows of the source, and those of the target, hang together."""
    copies: tuple[Assumption | None, Assumption | None] = (None, None)
    """The rejected independence of the rows of the source, and of those of the target, where they are copies of each other."""
    chosen: Assumption | None = None
    """The rejected randomness of the labelled target rows, where something speaks against it."""
    met: Meeting = field(default_factory=Meeting)
    """What claims about the model stand on where it was adapted to rows of this target."""

    @property
    def overlap(self) -> Overlap | None:
        """What the domain classifier found."""
        return None if self.apart is None else self.apart.overlap

    @property
    def classes(self) -> int:
        """Number of classes of the source."""
        return len(self.problem.classes)

    @property
    def guessing_error(self) -> float:
        """1 − 1/K."""
        return 1.0 - 1.0 / max(self.classes, 2)

    @property
    def source_wrong(self) -> np.ndarray:
        """Whether the model errs on each evaluation row of the source, shape (n,)."""
        rows = self.splits.source_evaluate
        return np.asarray(self.subject.source.codes[rows] != self.problem.source.labels[rows])  # type: ignore[index]

    @property
    def source_error(self) -> float:
        """The error on the source's evaluation rows."""
        return float(self.source_wrong.mean())

    @property
    def target_hangs_together(self) -> bool:
        """Whether errors on target rows are counted by groups or blocks: what a number of single rows settles is then not known beforehand."""
        return self.units("target", np.arange(self.problem.target.n), errors=True).kind != "rows"

    @property
    def labelled_target(self) -> np.ndarray:
        """Rows of the target whose label is known, for evaluation only."""
        return np.flatnonzero(self.problem.target.labelled)

    @property
    def majority_error(self) -> float:
        """The error of always predicting the source's most frequent class, on all its labelled rows."""
        sample = self.problem.source
        counts = np.bincount(sample.labels[sample.labelled])  # type: ignore[index]
        return float(1.0 - counts.max() / counts.sum())

    def source_standing(self) -> tuple[Level, tuple[Assumption, ...]]:
        """The level of a claim about the model's errors on the source, in its form by units, and what it stands on."""
        standing: list[Assumption] = []
        if not self.subject.independent_of_source:
            standing.append(self.not_trained)
        standing += self.dependence("source", errors=True, grouped=True)
        return (Level.CONDITIONAL if standing else Level.PROVED), tuple(standing)

    def units(self, domain: str, rows: np.ndarray | None = None, *, errors: bool = False) -> Units:
        """What is independent of what among the evaluation rows of a domain, or among `rows` of its file.

        Parameters
        ----------
        domain : {"source", "target"}
            Whose rows.
        rows : ndarray of int, optional
            Positions in the file; the rows that bounds and divergences look at by default.
        errors : bool
            For claims that read the model's errors only: dependence in time of the columns then does not matter.
        """
        if rows is None:
            rows = self.splits.source_evaluate if domain == "source" else self.target_rows
        return self.ties[domain == "target"].units(rows, errors=errors)

    @property
    def target_rows(self) -> np.ndarray:
        """The target rows that bounds look at: the evaluation rows, or all where the file is the whole target."""
        return np.arange(self.problem.target.n) if self.whole else self.splits.target_evaluate

    def dependence(self, domain: str, *, errors: bool = False, grouped: bool = False) -> list[Assumption]:
        """What grouped or timed rows of a domain add: independent blocks where limits are by units, else independent rows."""
        ties, copies = self.ties[domain == "target"], self.copies[domain == "target"]
        found = ties.standing(errors=errors) if grouped else ties.against_rows()
        return [*found, *(() if copies is None else (copies,))]

    def doubts(self, *, labels: bool) -> list[Assumption]:
        """What was rejected: that the domains are independent, and, for claims from labels, that these were drawn at random.

        And what nobody can test: that rows which were taken out before were a random draw, so that those that are left are one; for claims from labels, that
        those which the model has met are to it as others.
        """
        chosen = self.chosen if labels else None
        left = LABELS_AT_RANDOM if self.splits.picked else None
        if chosen is not None and left is not None and chosen.id == left.id:
            left = None
        return [
            a for a in (self.across, left, chosen, self.met.labelled if labels else None) if a is not None
        ]

    def cautious(self, claim: Claim, *, labels: bool = False, grouped: bool = False) -> Claim:
        """The claim, conditional where rows may depend on each other, or labelled ones were chosen.

        Parameters
        ----------
        claim : Claim
            Any; estimates and witnesses stay what they are.
        labels : bool
            Whether target labels entered it.
        grouped : bool
            Whether its limits are by units (`units`), and so need independence between units only.
        """
        found = [
            *self.dependence("source", grouped=grouped),
            # Rows that are the whole target were not drawn; labelled ones among them were.
            *(self.dependence("target", grouped=grouped) if labels or not self.whole else ()),
            *self.doubts(labels=labels),
            # Of a whole file the model may know every row, but for the claim about the law that is made there all the same.
            *([self.met.rows] if not self.whole or claim.detail.get("population") == "law" else []),
        ]
        left_out: set[Assumption | None] = {None, *claim.assumptions}
        if claim.quantity in OF_NO_MODEL:
            left_out |= {self.met.rows, self.met.labelled}
        added = [a for a in dict.fromkeys(found) if a is not None and a not in left_out]
        if not added or claim.level not in (Level.PROVED, Level.CONDITIONAL):
            return claim
        return claim.standing_on(Level.CONDITIONAL, (*claim.assumptions, *added))

    @property
    def source_withheld(self) -> bool:
        """Whether source-side claims are withheld: the data say the model was trained on these rows."""
        return not self.subject.independent_of_source and self.not_trained.status is Status.REJECTED
