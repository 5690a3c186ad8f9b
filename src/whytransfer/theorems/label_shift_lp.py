"""The label-shift programme: the target error's exact range when only the shares of the classes moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from whytransfer.claims import Assumption, Claim, Status
from whytransfer.errors import InputError
from whytransfer.theorems.assumptions import LABEL_SHIFT, prevalence_known
from whytransfer.theorems.base import Terms, Theorem, check_delta
from whytransfer.theorems.couplings import error_range
from whytransfer.theorems.laws import FloatArray, Law, as_box, as_counts, as_law, box_of_counts


class LabelShiftLP(Theorem):
    r"""max and min of 1 − Σ_i M_ii over the joint laws M of predicted and true class on the target that label shift allows.

    THEORY B13, derived for this project. Under label shift, P_T(h = i \| Y = j) = P_S(h = i \| Y = j) =:
    C_ij. Variables: M[i, j] = T(h = i, Y = j) and π_j = T(Y = j). Constraints: Σ_i M_ij = π_j, Σ_j π_j = 1,
    μ_i within its limits for μ_i = Σ_j M_ij, and L_ij π_j ≤ M_ij ≤ U_ij π_j. The true M is feasible whenever
    all limits hold, so that the two optimal values are limits of the error; no inverse of C and no smallest
    singular value enter, and any K ≥ 2 will do.

    **Finite samples.** `confusion_counts` and `predicted_counts`: Clopper–Pearson at δ/(2(K² + K)) for each
    of the K² + K probabilities on each side. Known limits of the shares may be added freely (`prevalence`). **Groups.**
    Counts of one more dimension, (G, K, K) or (G, K), are those of each group, and the limits are by betting on
    groups; a column of the confusion is then a rate in a part of each group's rows (`part_limits`).

    **No feasible point: label shift is rejected at level δ** (nothing but label shift and the limits was
    used). The bound is then withheld, and the assumption says so. Vacuous when the model does not separate
    the classes on the source.

    Examples
    --------
    >>> C = [[0.9, 0.3], [0.1, 0.7]]  # columns: the true class
    >>> claim = LabelShiftLP()(confusion=C, predicted=[0.42, 0.58])
    >>> round(claim.lower, 6), round(claim.upper, 6)
    (0.26, 0.26)
    """

    __slots__ = ()

    name: ClassVar[str] = "label_shift_lp"
    statement: ClassVar[str] = (
        "extremes of 1 - sum_i M_ii over joint laws with M_ij = C_ij pi_j and row sums mu, within limits"
    )
    reference: ClassVar[str | None] = "lipton:18"
    needs: ClassVar[Mapping[str, str]] = {
        "confusion": "P_S(h = i | Y = j), K x K, columns are true classes (or give confusion_counts)",
        "confusion_counts": "held-out source rows by predicted class (rows) and true class (columns), K x K or G x K x K",
        "predicted": "share of each predicted class in the target's law (or give predicted_counts)",
        "predicted_counts": "how many target rows are predicted as each class, (K,) or, by groups, (G, K)",
        "prevalence": "known shares of the classes in the target, or limits of them (optional)",
        "delta": "failure probability, .05 when left out; used with counts only",
    }

    def __call__(
        self,
        *,
        confusion: npt.ArrayLike | None = None,
        confusion_counts: npt.ArrayLike | None = None,
        predicted: Law | None = None,
        predicted_counts: npt.ArrayLike | None = None,
        prevalence: Law | None = None,
        delta: float = 0.05,
    ) -> Claim:
        """The claim ``target_error.label_shift_lp``, with both limits, or with the rejection."""
        boxes = _Boxes.of(confusion, confusion_counts, predicted, predicted_counts, check_delta(delta))
        K = len(boxes.predicted)
        pi = np.tile([0.0, 1.0], (K, 1)) if prevalence is None else as_box("prevalence", prevalence)
        if len(pi) != K:
            raise InputError(f"prevalence: expected {K} classes, got {len(pi)}")
        found = error_range(boxes.predicted, pi, boxes.confusion)
        extra = () if prevalence is None else (prevalence_known(),)
        detail = {"n_classes": K, "predicted": boxes.predicted.tolist(), "rejected": found is None}
        if found is None:
            detail["reason"] = (
                "label shift is rejected: no shares of the classes explain the predictions on the target"
            )
        return Terms.of(self).claim(
            id_="target_error.label_shift_lp",
            lower=None if found is None else found.least,
            upper=None if found is None else found.largest,
            estimate=None if found is None else boxes.plug_in(),
            delta=boxes.spent,
            assumptions=(_tested(boxes.spent, rejected=found is None, alone=prevalence is None), *extra),
            guessing_error=1.0 - 1.0 / K,
            detail=detail,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Boxes:
    """Limits of the confusion (K, K, 2) and of the prediction (K, 2), their point values, and the δ they spend."""

    confusion: FloatArray
    predicted: FloatArray
    point_confusion: FloatArray
    point_predicted: FloatArray
    spent: float

    @classmethod
    def of(
        cls,
        confusion: npt.ArrayLike | None,
        confusion_counts: npt.ArrayLike | None,
        predicted: Law | None,
        predicted_counts: npt.ArrayLike | None,
        delta: float,
    ) -> _Boxes:
        """Each from a law or from counts; δ is shared by all limits that are set."""
        if (confusion is None) == (confusion_counts is None) or (predicted is None) == (
            predicted_counts is None
        ):
            raise InputError(
                "expected confusion or confusion_counts, and predicted or predicted_counts: exactly one of each"
            )
        columns = None if confusion_counts is None else as_counts("confusion_counts", confusion_counts, 2)
        seen = None if predicted_counts is None else as_counts("predicted_counts", predicted_counts, 1)
        limits = (0 if columns is None else 2 * columns.shape[-1] * columns.shape[-2]) + (
            0 if seen is None else 2 * seen.shape[-1]
        )
        share = delta / max(limits, 1)
        C, C_box = _law_columns(confusion) if columns is None else _counted_columns(columns, share)
        mu_box = (
            as_box("predicted", predicted if predicted is not None else 0.5)
            if seen is None
            else box_of_counts(seen, share)
        )
        mu = mu_box.mean(axis=1) if seen is None else np.atleast_2d(seen).sum(axis=0) / seen.sum()
        if C.shape != (len(mu), len(mu)):
            raise InputError(
                f"expected a K x K confusion with K = {len(mu)} predicted classes, got shape {C.shape}"
            )
        return cls(
            confusion=C_box,
            predicted=mu_box,
            point_confusion=C,
            point_predicted=mu,
            spent=delta if limits else 0.0,
        )

    def plug_in(self) -> float | None:
        """1 − Σ_j C_jj π_j with π = C⁻¹μ (black-box shift estimation); None when that is no law."""
        if np.linalg.matrix_rank(self.point_confusion) < len(self.point_confusion):
            return None
        pi = np.linalg.solve(self.point_confusion, self.point_predicted)
        if (pi < 0).any() or abs(pi.sum() - 1.0) > 1e-9:
            return None
        return float(1.0 - np.diag(self.point_confusion) @ pi)


def _law_columns(confusion: npt.ArrayLike | None) -> tuple[FloatArray, FloatArray]:
    C = np.asarray(confusion, dtype=np.float64)
    if C.ndim != 2 or C.shape[0] != C.shape[1]:
        raise InputError(f"confusion: expected a K x K table, got shape {C.shape}")
    C = np.stack([as_law(f"confusion, column {j}", C[:, j]) for j in range(len(C))], axis=1)
    return C, np.stack([C, C], axis=2)


def _counted_columns(counts: npt.NDArray[np.int64], share: float) -> tuple[FloatArray, FloatArray]:
    rows = counts.sum(axis=(-2, -1))
    box = np.stack([box_of_counts(counts[..., j], share, rows) for j in range(counts.shape[-1])], axis=1)
    every = counts if counts.ndim == 2 else counts.sum(axis=0)
    totals = every.sum(axis=0)
    # A class without a source row has no point value; any will do, its limits are 0 and 1.
    point = np.where(totals > 0, every / np.maximum(totals, 1), 1.0 / len(every))
    return point, box


def _tested(level: float, *, rejected: bool, alone: bool) -> Assumption:
    together = "" if alone else ", together with the stated shares,"
    said = "no joint law is feasible" if rejected else "a joint law is feasible"
    return LABEL_SHIFT.with_status(
        Status.REJECTED if rejected else Status.NOT_REJECTED,
        test=f"label shift{together} at level {level:g}: {said} within the limits",
        power="sees only shifts that move the predictions out of the columns' hull; with as many classes as predictions, few do",
    )
