"""From the labels of a plan: how much of the change in error comes from the inputs, from their meaning, from unseen rows."""

from __future__ import annotations

import numpy as np

from whytransfer.diagnosis import Decomposition
from whytransfer.diagnosis.disde import shared_weights, split_change, unshared
from whytransfer.labels import Filled, LabelPlan, uniform_part
from whytransfer.labels.shared_law import Shared
from whytransfer.steps import why
from whytransfer.steps.case import Case


def shared_law(case: Case, rows: np.ndarray) -> Shared | None:
    """What the plan of these target rows keeps; None where the model's errors on the source are unknown."""
    apart = why.ready(case)
    if apart is None or case.source_withheld:
        return None
    here, there = shared_weights(apart.overlap)
    weights = np.full(case.problem.target.n, np.nan)
    weights[apart.target_rows] = there
    return Shared(
        source_wrong=why.labelled_rows(case, apart).wrong,
        source_weights=here,
        target_weights=weights[rows],
        reason=unshared(apart.overlap),
    )


def split_by_labels(plan: LabelPlan, filled: Filled) -> Decomposition | None:
    """The split, from planned rows that are a random draw from the target; None while there are too few.

    A row that was skipped may be a hard one: nothing is split then.
    """
    if plan.shared is None:
        return None
    rows = uniform_part(plan)
    if plan.design == "sequential":
        rows = rows[: filled.prefix]
    if (filled.codes[rows] < 0).any():
        return None
    weights = plan.shared.target_weights[rows]
    rows, weights = rows[~np.isnan(weights)], weights[~np.isnan(weights)]
    if len(rows) < why.FEWEST_ROWS:
        return None
    wrong = filled.codes[rows] != plan.predictions[plan.subject_name][rows]
    return split_change(
        plan.shared.source_wrong, plan.shared.source_weights, wrong, weights, plan.shared.reason, plan.seed
    )
