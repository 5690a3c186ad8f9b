"""Black-box shift estimation: the target error when only the classes' shares moved."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from whytransfer.estimators.base import Estimator, Floats, View
from whytransfer.estimators.joint import error_of
from whytransfer.estimators.label_shift import (
    black_box_shares,
    classes_lack,
    conditional,
    label_shift_rejected,
)


class BlackBoxShift(Estimator):
    """err_T ≈ 1 − Σ_j C_jj π_j with C_ij = S(h = i | Y = j) and π solving C π = T(h = ·) (Lipton et al., ICML 2018; THEORY B13).

    Right under label shift when the predictions tell the classes apart, calibrated or not. Where C⁻¹μ is no
    law, π is the law that comes closest. Label shift is tested on the very data: `rejected`.
    """

    name: ClassVar[str] = "bbse"
    title: ClassVar[str] = "label-shift corrected error, black box"
    reference: ClassVar[str | None] = "lipton:18"
    assumption: ClassVar[str] = "label shift: rows of one class look the same in both domains"
    on_label_shift: ClassVar[bool] = True

    def estimate(self, view: View) -> float:
        """The error of the confusion below; in [0, 1]."""
        return error_of(self.confusion(view))

    def confusion(self, view: View) -> Floats:
        """C_ij π_j."""
        C, present = conditional(view)
        law = np.zeros((view.classes, view.classes))
        law[:, present] = C * black_box_shares(view)[present]
        return law

    def rejected(self, view: View) -> str | None:
        """The label-shift programme is infeasible at level .05."""
        return label_shift_rejected(view)

    def detail(self, view: View) -> dict[str, Any]:
        """The classes' shares, and the least singular value of C: near 0, they are badly known."""
        C, _ = conditional(view)
        least = float(np.linalg.svd(C, compute_uv=False).min())
        return {"prevalence": black_box_shares(view).tolist(), "least_singular_value": least}

    def _lacks(self, view: View) -> str | None:
        return classes_lack(view)
