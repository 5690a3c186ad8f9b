"""The prevalence interval: what the shares of the classes alone say about the target error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from whytransfer.claims import Claim
from whytransfer.errors import InputError
from whytransfer.theorems.assumptions import prevalence_known
from whytransfer.theorems.base import Terms, Theorem, check_delta
from whytransfer.theorems.couplings import ErrorRange, error_range
from whytransfer.theorems.laws import FloatArray, Law, as_box, as_counts, box_of_counts, total_variation


class Prevalence(Theorem):
    r"""TV(π, μ) ≤ err_T(h) ≤ 1 − max(0, max_j (π_j + μ_j − 1)), with π the law of the label and μ that of the prediction.

    THEORY B10 (Fréchet). The two ends are the least and the largest off-diagonal mass of a coupling of μ and
    π; both are attained, so that nothing sharper follows from the two laws. Two classes: \|π − μ\| ≤ err_T ≤
    min(π + μ, 2 − π − μ).

    Assumes only that the target's shares of the classes are known, exactly or within limits; any number of
    classes; no relation to the source at all. **Finite samples.** `predicted_counts` on m target rows:
    Clopper–Pearson limits at δ/(2K) each (two classes: δ/2 each, since one number says both), and the ends
    over all laws within the limits by a linear programme. **Groups.** Counts of two dimensions, (G, K), are those of each
    group, and the limits are by betting on groups.

    Strong for rare classes: π = .01 and μ = .02 give [.01, .03]. Vacuous for balanced ones: π = μ = .5 give
    [0, 1].

    Examples
    --------
    >>> claim = Prevalence()(prevalence=0.01, predicted=0.02)
    >>> round(claim.lower, 12), round(claim.upper, 12)
    (0.01, 0.03)
    """

    __slots__ = ()

    name: ClassVar[str] = "prevalence"
    statement: ClassVar[str] = "TV(pi, mu) <= err_T(h) <= 1 - max(0, max_j (pi_j + mu_j - 1))"
    reference: ClassVar[str | None] = None
    needs: ClassVar[Mapping[str, str]] = {
        "prevalence": "share of each class in the target: K numbers, K pairs (lower, upper), or one number for two classes",
        "predicted": "share of each predicted class in the target's law (or give predicted_counts)",
        "predicted_counts": "how many target rows are predicted as each class; by groups: (G, K) (or give predicted)",
        "delta": "failure probability, .05 when left out; used with counts only",
    }

    def __call__(
        self,
        *,
        prevalence: Law,
        predicted: Law | None = None,
        predicted_counts: npt.ArrayLike | None = None,
        delta: float = 0.05,
    ) -> Claim:
        """The claim ``target_error.prevalence``, with both limits."""
        pi = as_box("prevalence", prevalence)
        mu, spent = predicted_box(predicted, predicted_counts, delta)
        if len(mu) != len(pi):
            raise InputError(f"expected as many predicted classes as classes, got {len(mu)} and {len(pi)}")
        found = _frechet(pi, mu) if _is_point(pi) and _is_point(mu) else error_range(mu, pi)
        if found is None:  # boxes are never empty, and any two laws have a coupling
            raise InputError("no joint law has these shares; check prevalence and predicted")
        return Terms.of(self).claim(
            id_="target_error.prevalence",
            lower=found.least,
            upper=found.largest,
            delta=spent,
            assumptions=(prevalence_known(),),
            guessing_error=1.0 - 1.0 / len(pi),
            detail={"prevalence": pi.tolist(), "predicted": mu.tolist()},
        )


def predicted_box(
    predicted: Law | None, predicted_counts: npt.ArrayLike | None, delta: float
) -> tuple[FloatArray, float]:
    """Limits of the law of the prediction, and the δ they spend.

    Raises
    ------
    InputError
        When not exactly one of the two is given.
    """
    if predicted is not None and predicted_counts is None:
        return as_box("predicted", predicted), 0.0
    if predicted is not None or predicted_counts is None:
        raise InputError("expected either predicted (shares) or predicted_counts, got both or none")
    counts = as_counts("predicted_counts", predicted_counts, 1)
    # Of two classes one share says both: two limits, not four.
    K = counts.shape[-1]
    limits = 2 if K == 2 else 2 * K
    return box_of_counts(counts, check_delta(delta) / limits), delta


def _is_point(box: FloatArray) -> bool:
    return bool((box[:, 0] == box[:, 1]).all())


def _frechet(pi: FloatArray, mu: FloatArray) -> ErrorRange:
    p, q = pi[:, 0], mu[:, 0]
    largest = 1.0 - max(0.0, float(np.max(p + q - 1.0)))
    # Equal in exact arithmetic for a class of share 0; they may cross by rounding.
    return ErrorRange(least=min(total_variation(p, q), largest), largest=largest)
