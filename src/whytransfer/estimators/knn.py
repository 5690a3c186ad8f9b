"""Local error among the nearest source rows, with guessing where the source does not reach."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from whytransfer.backtest.view import once_a_view
from whytransfer.estimators.base import Estimator, Floats, View
from whytransfer.estimators.joint import error_of, weighted_joint
from whytransfer.estimators.nearest_source import columns, columns_lack
from whytransfer.estimators.neighbours import neighbour_shares
from whytransfer.overlap.neighbours import neighbours


@once_a_view
def far_rows(view: View) -> NDArray[np.bool_]:
    """By target row, whether it is farther from every source row than 99 % of these are from one another, shape (m,)."""
    return neighbours(*columns(view)).alone


class NearestNeighbours(Estimator):
    """err_T ≈ (1/m) Σ_t e(x_t); e = mean of 1[h ≠ y] over the k nearest source rows, or 1 − 1/K where t is far.

    k = ⌈√n⌉: neighbourhoods that grow in rows and shrink in size, as consistency of nearest neighbours asks
    (k → ∞, k/n → 0; Stone, Annals of Statistics 1977). A target row is **far** when it is farther from its nearest
    source row than 99 % of source rows are from the nearest other one, the rule of the overlap room: the source
    then says nothing about it, and guessing among K classes errs with 1 − 1/K. Without a shift one row in a
    hundred is far. That distance should be heeded is the finding of Roschewitz and Glocker (2023); the rule is
    ours. Euclidean distances in units of the source training rows' standard deviations.
    """

    name: ClassVar[str] = "knn"
    title: ClassVar[str] = "error of near source rows, guessing where none is near"
    reference: ClassVar[str | None] = "roschewitz:23"
    assumption: ClassVar[str] = "the model errs as on source rows near by, and guesses where none is"

    def estimate(self, view: View) -> float:
        """Mean local error of the target rows; in [0, 1]."""
        return error_of(self.confusion(view))

    def confusion(self, view: View) -> Floats:
        """The source's confusion weighted by nearness, and each far row's true class spread over all classes."""
        source, target = columns(view)
        far = far_rows(view)
        near = (1.0 - far.mean()) * neighbour_shares(source, target[~far], self._size(view))
        lost = np.bincount(view.target_codes[far], minlength=view.classes) / view.m
        return np.asarray(weighted_joint(view, near) + lost[:, None] / view.classes)

    def detail(self, view: View) -> dict[str, Any]:
        """k, and the share of far target rows."""
        return {"neighbours": self._size(view), "far": float(far_rows(view).mean())}

    def _lacks(self, view: View) -> str | None:
        return columns_lack(view)

    @staticmethod
    def _size(view: View) -> int:
        return min(math.ceil(math.sqrt(view.n)), view.n - 1)
