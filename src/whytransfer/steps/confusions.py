"""What an estimator says of each class: its estimate of the joint law of predicted and true class on the target."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from whytransfer.claims import Claim
from whytransfer.estimators import ESTIMATORS, Confusion, View

MOST_CLASSES = 10
"""Classes up to which the law is written down: K² numbers an estimator."""


def told(claims: Sequence[Claim], seen: View | None) -> list[Claim]:
    """The estimators' claims with ``confusion`` in `detail`, where they have one and there are few classes.

    ``law[i][j]`` is the estimate of P(predicted class i, true class j) on the target, in the order of the document's classes;
    `whytransfer.estimators.Confusion` makes any metric of it. An estimate as the error is, without an interval.
    """
    if seen is None or seen.classes > MOST_CLASSES:
        return list(claims)
    return [_told(claim, seen) for claim in claims]


def _told(claim: Claim, seen: View) -> Claim:
    kind = ESTIMATORS.get(claim.id.removeprefix("target_error."))
    law = None if kind is None or claim.estimate is None else kind().confusion(seen)
    if law is None:
        return claim
    # Rounding may leave a cell a hair below 0, or the sum beside 1.
    law = np.maximum(law, 0.0)
    found = Confusion(law=law / law.sum())
    return claim.with_detail(
        confusion={
            "law": found.law.tolist(),
            "error_by_true_class": list(found.error_by_true),
            "error_by_predicted_class": list(found.error_by_predicted),
            "balanced_error": found.balanced_error,
            "macro_f1": found.macro_f1,
        }
    )
