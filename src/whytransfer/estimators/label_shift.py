"""What label shift allows to know: its test, and two estimates of the classes' shares in the target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from whytransfer.backtest.view import once_a_view
from whytransfer.estimators.base import Floats, Integers, ProbabilityEstimator, View
from whytransfer.estimators.calibration import BiasCorrected
from whytransfer.theorems import LabelShiftLP

ONE_CLASS = "the held-out source rows have one class only"
LEVEL = 0.05
"""Level of the test of label shift."""
MOST_STEPS = 5000
STEADY = 1e-10
"""EM ends when no share moves by more than this in a step, or after `MOST_STEPS`."""


def counts(view: View) -> Integers:
    """Held-out source rows by predicted (rows) and true class (columns), shape (K, K)."""
    K = view.classes
    cells = np.bincount(view.source_codes * K + view.source_labels, minlength=K * K)
    return cells.reshape(K, K).astype(np.int64)


def predicted_shares(view: View) -> Floats:
    """Share of each predicted class among the target rows, shape (K,)."""
    return np.bincount(view.target_codes, minlength=view.classes) / view.m


@once_a_view
def label_shift_rejected(view: View) -> str | None:
    """What the label-shift programme says when no shares of the classes explain the predictions; None where some do.

    The test is THEORY B13: the programme of `label_shift_lp` on the confusion counts is infeasible at level .05.
    """
    if view.classes < 2:
        return None
    predicted = np.bincount(view.target_codes, minlength=view.classes)
    claim = LabelShiftLP()(confusion_counts=counts(view), predicted_counts=predicted, delta=LEVEL)
    if not claim.detail["rejected"]:
        return None
    return f"label shift is rejected at level {LEVEL:g}: no shares of the classes explain the predictions on the target"


def conditional(view: View) -> tuple[Floats, Integers]:
    """C_ij = S(h = i | Y = j) for the classes j that the held-out source rows have, shape (K, K'), and these classes."""
    table = counts(view)
    present = np.flatnonzero(table.sum(axis=0))
    return table[:, present] / table[:, present].sum(axis=0), present


@once_a_view
def black_box_shares(view: View) -> Floats:
    """Shares π of the classes in the target with C π = μ (Lipton, Wang and Smola, ICML 2018), shape (K,).

    Where C⁻¹μ is no law, for want of rows or of label shift, the law π with the least ‖C π − μ‖₂. A class
    without held-out source rows gets 0: nothing is known of how it would be predicted.
    """
    from scipy.optimize import nnls

    C, present = conditional(view)
    # A heavy row makes the shares add up to one; what is left is rounding, and is divided out.
    heavy = 1e4
    A = np.vstack([C, np.full(C.shape[1], heavy)])
    found, _ = nnls(A, np.append(predicted_shares(view), heavy))
    shares = np.zeros(view.classes)
    shares[present] = found / found.sum()
    return shares


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Adapted:
    """What calibrated EM found.

    Parameters
    ----------
    shares : ndarray, shape (K,)
        Shares of the classes in the target.
    posterior : ndarray, shape (m, K)
        Probabilities of the true class of each target row under these shares.
    steps : int
        How many EM took.
    """

    shares: Floats
    posterior: Floats
    steps: int


@once_a_view
def adapt(view: View) -> Adapted:
    """EM for the classes' shares, on probabilities calibrated on the source (Alexandari et al., ICML 2020).

    Calibrate by bias-corrected temperature scaling; take as the source's shares the mean calibrated
    probabilities; then repeat (Saerens, Latinne and Decaestecker, Neural Computation 2002)
    q_ij ∝ p_ij π_j / π^S_j, π_j = mean_i q_ij. Each step raises the likelihood, which is concave in π.
    """
    source, target = view.probabilities()
    calibrate = BiasCorrected.fit(source, view.source_labels)
    before = calibrate(source).mean(axis=0)
    ratio = calibrate(target) / np.where(before > 0.0, before, 1.0)
    shares, steps = before.copy(), 0
    for steps in range(1, MOST_STEPS + 1):  # noqa: B007  (the count is reported)
        moved = shares * (ratio / (ratio @ shares)[:, None]).mean(axis=0)
        still = float(np.abs(moved - shares).max()) <= STEADY
        shares = moved
        if still:
            break
    posterior = ratio * shares
    return Adapted(shares=shares, posterior=posterior / posterior.sum(axis=1, keepdims=True), steps=steps)


def classes_lack(view: View) -> str | None:
    """Why the classes' shares can't be told from the predictions; None where they can."""
    C, present = conditional(view)
    if len(present) < 2:
        return ONE_CLASS
    if np.linalg.matrix_rank(C) < len(present):
        return "the model's predictions do not tell the classes apart on the source"
    return None


class LabelShiftEstimator(ProbabilityEstimator):
    """An estimator that reads the classes' shares in the target off the probabilities: it needs label shift."""

    on_label_shift: ClassVar[bool] = True

    def rejected(self, view: View) -> str | None:
        """The label-shift programme is infeasible at level .05."""
        return label_shift_rejected(view)

    def detail(self, view: View) -> dict[str, Any]:
        """The classes' shares, and the steps that EM took."""
        found = adapt(view)
        return {"prevalence": found.shares.tolist(), "steps": found.steps}

    def _lacks(self, view: View) -> str | None:
        lacks = super()._lacks(view)
        if lacks is None and len(np.unique(view.source_labels)) < 2:
            return ONE_CLASS
        return lacks
