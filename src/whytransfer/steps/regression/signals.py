"""What can be seen of a loss on the target without target labels: three ratios of the loss there to the loss here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whytransfer.estimators.base import FEWEST_ROWS
from whytransfer.estimators.dle import DirectLoss
from whytransfer.estimators.iw_loss import ImportanceWeightedLoss
from whytransfer.estimators.losses import LossEstimator, LossView
from whytransfer.metrics import Loss
from whytransfer.models.regressor_committee import Opinions
from whytransfer.steps.case import Case

Floats = NDArray[np.float64]

DISAGREEMENT = "disagreement"
LEARNED: tuple[type[LossEstimator], ...] = (DirectLoss, ImportanceWeightedLoss)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """What the estimators of a mean loss say.

    Parameters
    ----------
    source : float
        The loss on the held-out source rows, in the unit of the label.
    auc : float
        Of the domain classifier.
    values : mapping of str to float
        By estimator, the estimated loss on the target: ``dle``, ``iw_loss``, ``disagreement``.
    left_out : mapping of str to str
        Who has no estimate, and why.
    told : mapping of str to mapping
        By estimator, what else it says.
    """

    source: float
    auc: float
    values: Mapping[str, float]
    left_out: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def ratio(self, name: str) -> float | None:
        """The estimated loss there over the loss here; None where there is no estimate, or no loss here."""
        value = self.values.get(name)
        return None if value is None or not self.source > 0.0 else value / self.source


def look(case: Case, loss: Loss, members: Opinions | None) -> Signals | str:
    """What the estimators say, or why nothing can be said."""
    apart = case.apart
    if case.source_withheld:
        return "the model was trained on these source rows, so that its errors on them say little"
    if apart is None or members is None or apart.overlap.auc is None:
        return "no column can be compared"
    if len(apart.source_rows) < FEWEST_ROWS:
        return f"only {len(apart.source_rows)} labelled source rows were held back, fewer than {FEWEST_ROWS}"
    labels = case.problem.source.labels[apart.source_rows]  # type: ignore[index]
    here, there = case.subject.source.codes[apart.source_rows], case.subject.target.codes[apart.target_rows]
    losses = loss.powers(here, labels)
    view = LossView(
        losses=losses,
        source_columns=np.column_stack([apart.source, here]),
        target_columns=np.column_stack([apart.target, there]),
        source_ratio=apart.overlap.density_ratio[: apart.overlap.n],
        seed=case.seed,
    )
    values: dict[str, float] = {}
    left: dict[str, str] = {}
    told: dict[str, Mapping[str, Any]] = {}
    for kind in LEARNED:
        one = kind()
        why = one.applies(view)
        if why is None:
            values[one.name] = loss.measured(one.estimate(view))
            told[one.name] = one.detail(view)
        else:
            left[one.name] = why
    source = loss.measured(float(losses.mean()))
    apart_here, apart_there = (
        disagreement(members.source, here, loss),
        disagreement(members.target, there, loss),
    )
    if apart_here > 0.0:
        values[DISAGREEMENT] = source * apart_there / apart_here
        told[DISAGREEMENT] = {
            "apart_on_source": apart_here,
            "apart_on_target": apart_there,
            "members": list(members.names),
        }
    else:
        left[DISAGREEMENT] = "no other model contradicts this one on the source"
    return Signals(source=source, auc=apart.overlap.auc, values=values, left_out=left, told=told)


def disagreement(said: Floats, answers: Floats, loss: Loss) -> float:
    """How far the members, (M, n), are from the model's answers, (n,): their loss against it, pooled, in the label's unit."""
    return loss.measured(float(np.mean([loss.powers(one, answers).mean() for one in said])))
