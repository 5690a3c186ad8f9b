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
    limit : float
        What the counted error is held against, in (0, 1).
    estimate : float
        The panel's estimate of it, in [0, 1].
    failure : float
        δ of the headline, each side.
    rows : int
        Target rows.
    """

    limit: float
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
        drop = requirement.quantity == "error_drop"
        # Labels measure err_T; the source error is held at its estimate.
        moved = case.source_error if drop else 0.0
        limit, estimate = requirement.value + moved, found.estimate + moved
        noise = case.label_noise * (2 if drop else 1)
        if noise and abs(estimate - limit) <= noise:
            return None
        # Labels of which a share may be wrong must show so much more, or so much less.
        limit += noise if estimate > limit else -noise
        if not 0.0 < limit < 1.0 or not 0.0 <= estimate <= 1.0:
            return None
        return cls(limit=limit, estimate=estimate, failure=case.budget.headline, rows=case.problem.target.n)

    @property
    def needed(self) -> int | None:
        """Labels that settle it with probability .80 where the estimate is the truth."""
        return labels_needed(self.estimate, self.limit, self.failure, at_most=self.rows)

    def curve(self) -> list[dict[str, Any]]:
        """For each true error, on which side it lies and how many labels show it with probability .80; None beyond the file."""
        return [
            {
                "true_error": true,
                "answer": "works" if true <= self.limit else "fails",
                "labels": labels_needed(true, self.limit, self.failure, at_most=self.rows),
            }
            for true in true_errors(self.limit)
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
