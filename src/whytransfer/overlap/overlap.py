"""What a domain classifier says about every row: who looks like the target, and how far the domains overlap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whytransfer.overlap.neighbours import Neighbours
from whytransfer.overlap.two_samples import Floats

NO_OVERLAP_ABOVE = 0.99
"""The domains do not overlap when the lower limit of the AUC exceeds this (CONTRACT 3)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Overlap:
    """What a cross-fitted domain classifier says about every row.

    Parameters
    ----------
    probabilities : (n + m,) array
        P(target | row), source rows first, each from a classifier that did not see the row.
    calibrated : (n + m,) array
        The same, corrected by a cross-fitted sigmoid (`calibration.calibrated`); what every ratio and weight is made of.
    neighbours : Neighbours
        Distances to the nearest source row.
    n, m : int
        Rows of source and target.
    folds : int
        Folds of the cross-fit; 0 when a domain had fewer than two rows.
    kind : str or None
        ``"linear"`` or ``"boosted"``: the one with the smaller cross-fitted log-loss, whose probabilities these are.
    auc, auc_linear, auc_boosted : float or None
        AUC within folds (rows scored by one and the same classifier are compared), in [0, 1]; ``auc`` is
        that of `kind`. None when nothing could be fitted.
    auc_lower : float or None
        One-sided 95 % lower limit of ``auc`` (`auc_lower_limit`): an approximation, not a proof.
    balanced_error : float or None
        Mean of the two domains' errors when a row is called target above the prior m/(n+m).
    clipped : int
        Probabilities moved to [1e-6, 1 − 1e-6], before or after calibration.
    reason : str or None
        Why there is no AUC.
    """

    probabilities: Floats
    calibrated: Floats
    neighbours: Neighbours
    n: int
    m: int
    folds: int
    kind: str | None
    auc: float | None
    auc_linear: float | None
    auc_boosted: float | None
    auc_lower: float | None
    balanced_error: float | None
    clipped: int
    reason: str | None = None

    @property
    def source_probabilities(self) -> Floats:
        """P(target | row) of the source rows."""
        return self.probabilities[: self.n]

    @property
    def target_probabilities(self) -> Floats:
        """P(target | row) of the target rows."""
        return self.probabilities[self.n :]

    @property
    def density_ratio(self) -> Floats:
        """Estimated target over source density at every row: p/(1−p) · n/m of the calibrated p."""
        return self.calibrated / (1.0 - self.calibrated) * (self.n / self.m)

    @property
    def shared_mass(self) -> float:
        """∫ min(S, T), in [0, 1]: the mean of E_S min(1, w) and E_T min(1, 1/w); 1 − TV, as far as the classifier sees.

        A better classifier could only find less, so that this errs upwards where the classifier misses something.
        """
        w = self.density_ratio
        parts = np.minimum(1.0, w[: self.n]).mean(), np.minimum(1.0, 1.0 / w[self.n :]).mean()
        return float(min(1.0, sum(parts) / 2))

    @property
    def supported_share(self) -> float:
        """Share of the target rows that have a neighbour in the source (`Neighbours.alone`)."""
        return float(1.0 - self.neighbours.alone.mean())

    @property
    def target_effective_size(self) -> float:
        """(Σ1/w)²/Σ1/w² over the target rows: how many of the m rows speak for the source."""
        weights = 1.0 / self.density_ratio[self.n :]
        return float(weights.sum() ** 2 / (weights**2).sum())

    @property
    def effective_sample_size(self) -> float:
        """(Σw)²/Σw² of the density ratio over the source rows: how many of the n rows speak for the target."""
        weights = self.density_ratio[: self.n]
        return float(weights.sum() ** 2 / (weights**2).sum())

    @property
    def proxy_a_distance(self) -> float | None:
        """2(1 − 2·balanced error), in [0, 2]; a classifier worse than guessing counts as guessing (0)."""
        return None if self.balanced_error is None else max(0.0, 2.0 * (1.0 - 2.0 * self.balanced_error))

    @property
    def no_overlap(self) -> bool:
        """Whether the domains are told apart so well that nothing can be carried over by reweighting."""
        return self.auc_lower is not None and self.auc_lower > NO_OVERLAP_ABOVE

    @property
    def foreign(self) -> NDArray[np.bool_]:
        """By target row, whether it looks more like the target than 99 % of the source rows do.

        Under equal laws about 1 % of the rows are. Rows without any neighbour in the source are another
        question, which needs a distance: `neighbours`.
        """
        return self.target_probabilities > np.quantile(self.source_probabilities, 0.99)
