"""What target labels would settle: how many, for which true error, and how narrow the limits become."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np

from whytransfer.claims import Claim
from whytransfer.claims.intervals import lower_limit, upper_limit
from whytransfer.claims.power import labels_needed
from whytransfer.labels.forecast import true_errors
from whytransfer.steps.case import Case
from whytransfer.verdict import Requirement

STEPS = 40
"""Points of the curve of limits."""

FEWEST, MOST = 100, 2000
"""Its end lies at twice the labels needed, but not below the first (where nobody plans), nor beyond the second or the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The question that target labels answer.

    Parameters
    ----------
    works, fails : float
        The counted error is certified to be within the requirement by an upper limit of at most the first, and above it by a lower limit beyond the
        second; between 0 and 1 where the estimate lies on their side. They differ where the source error, or some labels, are not known for sure.
    estimate : float
        The panel's estimate of it, in [0, 1].
    failure : float
        δ of the headline, each side.
    rows : int
        Target rows.
    """

    works: float
    fails: float
    estimate: float
    failure: float
    rows: int

    @classmethod
    def of(cls, case: Case, claims: tuple[Claim, ...], requirement: Requirement) -> Question | None:
        """The question of an audit; None where the panel is silent, rows hang together, or no number of labels answers it.

        Of rows in groups or blocks the exact test is not that of single rows: the number that settles it with probability .80 there did so
        in one draw of ten for 200 groups of 1 to 6 rows, though their errors were independent.
        """
        if case.target_hangs_together:
            return None
        found = next(
            (c for c in claims if c.id.endswith(".panel") and c.quantity == requirement.quantity), None
        )
        if found is None or found.estimate is None:
            return None
        works, fails, estimate = requirement.value, requirement.value, found.estimate
        if requirement.quantity == "error_drop":
            # Labels measure err_T. A rise is certified from both errors, so that the source error counts with the limit that is worse.
            source = next(c for c in claims if c.id == "source_error")
            works += source.lower or 0.0
            fails += 1.0 if source.upper is None else source.upper
            estimate += case.source_error
        # Labels of which a share may be wrong must show so much more, or so much less.
        works, fails = works - case.label_noise, fails + case.label_noise
        if works < estimate <= fails or not 0.0 <= estimate <= 1.0:
            return None
        if not 0.0 < (works if estimate <= works else fails) < 1.0:
            return None
        return cls(
            works=works,
            fails=fails,
            estimate=estimate,
            failure=case.budget.headline,
            rows=case.problem.target.n,
        )

    def _labels(self, true: float) -> int | None:
        """Labels that show with probability .80 on which side of the requirement this true error lies; None between the two, and beyond the file."""
        if self.works < true <= self.fails:
            return None
        limit = self.works if true <= self.works else self.fails
        return labels_needed(true, limit, self.failure, at_most=self.rows) if 0.0 < limit < 1.0 else None

    @property
    def needed(self) -> int | None:
        """Labels that settle it with probability .80 where the estimate is the truth."""
        return self._labels(self.estimate)

    def curve(self) -> list[dict[str, Any]]:
        """For each true error, on which side it lies and how many labels show it with probability .80; None beyond the file."""
        middle = (self.works + self.fails) / 2.0
        return [
            {
                "true_error": true,
                "answer": "works" if true <= middle else "fails",
                "labels": self._labels(true),
            }
            for true in true_errors(self.works if self.estimate <= self.works else self.fails)
        ]

    def budget(self) -> list[dict[str, Any]]:
        """Limits that so many labels would give, if as large a share of them as is estimated showed an error."""
        most = min(self.rows, MOST, max(FEWEST, 2 * (self.needed or MOST)))
        every = max(1, ceil(most / STEPS))
        labels = np.arange(every, most + 1, every)
        errors = np.rint(labels * self.estimate)
        limits = lower_limit(errors, labels, self.failure), upper_limit(errors, labels, self.failure)
        return [
            {"labels": n, "errors": wrong, "lower": lower, "upper": upper}
            for n, wrong, lower, upper in zip(
                labels.tolist(), errors.astype(int).tolist(), *(side.tolist() for side in limits), strict=True
            )
        ]
