"""Calibrated probabilities from scores: Platt's sigmoid, learned on other folds than those it corrects."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from whytransfer.overlap.two_samples import Floats, Integers

STEPS = 50
"""Newton steps at most; six or seven are usual."""


def calibrated(probabilities: Floats, is_target: NDArray[np.bool_], fold: Integers) -> Floats:
    """Out-of-fold probabilities corrected by a sigmoid of their log-odds, cross-fitted by fold.

    For each fold σ(a·logit + b) is fitted on the other folds (Platt 1999, with his smoothed labels, so that separated
    domains keep finite odds), and read on the fold. The sum of the probabilities then agrees with the number of target
    rows up to chance, and so E_S[w] = 1 of the density ratio.

    Parameters
    ----------
    probabilities : (N,) array
        In (0, 1), each from a classifier that did not see the row.
    is_target : (N,) array of bool
    fold : (N,) array of int

    Returns
    -------
    (N,) array
        In (0, 1).
    """
    odds = np.log(probabilities) - np.log1p(-probabilities)
    corrected = np.empty_like(odds)
    for k in range(int(fold.max()) + 1):
        inside = fold == k
        slope, intercept = platt(odds[~inside], is_target[~inside])
        corrected[inside] = 1.0 / (1.0 + np.exp(-np.clip(slope * odds[inside] + intercept, -500.0, 500.0)))
    return corrected


def platt(odds: Floats, positive: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and intercept of the sigmoid with the largest smoothed likelihood; (0, prior) where the slope would be negative.

    A negative slope says that the scores rank the rows worse than chance does: they are then worth nothing.
    """
    ones = int(positive.sum())
    zeros = len(positive) - ones
    wanted = np.where(positive, (ones + 1) / (ones + 2), 1 / (zeros + 2))
    prior = float(np.log((ones + 1) / (zeros + 1)))
    scale = max(float(np.abs(odds).max(initial=0.0)), 1e-12)
    design = np.column_stack([odds / scale, np.ones(len(odds))])
    found = np.array([0.0, prior])
    for _ in range(STEPS):
        p = 1.0 / (1.0 + np.exp(-design @ found))
        gradient = design.T @ (wanted - p) - 1e-6 * found
        curvature = (design * (p * (1.0 - p))[:, None]).T @ design + 1e-6 * np.eye(2)
        step = np.linalg.solve(curvature, gradient)
        # A long step overshoots where the sigmoid is flat.
        found = found + step * min(1.0, 5.0 / max(float(np.abs(step).max()), 1e-300))
        if np.abs(step).max() < 1e-10:
            break
    slope = float(found[0] / scale)
    return (slope, float(found[1])) if slope > 0 else (0.0, prior)
