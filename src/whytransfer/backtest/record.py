"""The record of a back-test: what each estimator said where the truth is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whytransfer.backtest.score import Score
from whytransfer.overlap.two_samples import Floats

BASELINE = "source_error"
"""Assume that nothing changed: the pseudo-source error as the estimate."""


@dataclass(frozen=True, kw_only=True, eq=False)
class BacktestRecord:
    """What came out of a back-test.

    Parameters
    ----------
    kinds : tuple of str
        The way each of the P pseudo-targets was cut.
    truths : ndarray of float64, shape (P,)
        The model's counted error on each.
    estimates : mapping of str to ndarray of float64, shape (P,)
        By estimator, `BASELINE` among them; NaN where it gave none.
    aucs : ndarray of float64, shape (P,)
        How far each lay from its pseudo-source to a cheap domain classifier; NaN without columns.
    sizes : ndarray of int64, shape (P,)
        Rows of each pseudo-target.
    wanted_auc : float
        The separation of the real domains that the cuts were made for.
    guessing_error : float
        1 − 1/K.
    left_out : tuple of str
        Ways of cutting that could not be used, and estimators that saw fewer pseudo-targets, a sentence each.
    """

    kinds: tuple[str, ...]
    truths: Floats
    estimates: Mapping[str, Floats]
    aucs: Floats
    sizes: NDArray[np.int64]
    wanted_auc: float
    guessing_error: float
    left_out: tuple[str, ...]

    @property
    def noise(self) -> float:
        """Mean standard error of the truths: √(t(1 − t)/m), in error units."""
        return self._noise(np.ones(len(self.truths), dtype=bool))

    def score(self, name: str) -> Score | None:
        """How one estimator fared; None where it gave no estimate at all."""
        estimates = self.estimates.get(name)
        if estimates is None:
            return None
        given = np.isfinite(estimates)
        if not given.any():
            return None
        baseline = self.estimates[BASELINE]
        return Score.of(
            estimates[given],
            self.truths[given],
            baseline[given],
            noise=self._noise(given),
            guessing=self.guessing_error,
        )

    def scores(self) -> dict[str, Score]:
        """By estimator, those that gave an estimate anywhere."""
        return dict(self._scores)

    @cached_property
    def _scores(self) -> dict[str, Score]:
        found = {name: self.score(name) for name in self.estimates}
        return {name: score for name, score in found.items() if score is not None}

    def summary(self) -> dict[str, Any]:
        """What the pseudo-targets were like, as plain JSON values."""
        seen = self.aucs[np.isfinite(self.aucs)]
        return {
            "pseudo_targets": len(self.kinds),
            "kinds": dict(sorted(Counter(self.kinds).items())),
            "left_out": list(self.left_out),
            "wanted_auc": self.wanted_auc,
            "median_auc": float(np.median(seen)) if len(seen) else None,
            "median_size": int(np.median(self.sizes)) if len(self.sizes) else None,
        }

    def to_dict(self) -> dict[str, Any]:
        """The whole record but the single pseudo-targets, as plain JSON values."""
        return {**self.summary(), "estimators": {name: s.to_dict() for name, s in self.scores().items()}}

    def _noise(self, given: NDArray[np.bool_]) -> float:
        truths, sizes = self.truths[given], self.sizes[given]
        return float(np.sqrt(truths * (1.0 - truths) / sizes).mean()) if len(truths) else 0.0


def rejected(record: BacktestRecord) -> dict[str, str]:
    """The estimators that failed even where the truth is known, each with the sentence that says why.

    On at least 10 pseudo-targets, an estimator is rejected when it lies farther from the truth than a rival does on
    significantly more than half of them (exact sign test, level .05, each estimator on its own) *and* is worse on
    average by more than the standard error of a truth. The rival of an estimator that says too little on average is
    "nothing changed"; the rival of all is 1 − 1/K, what somebody says who knows nothing. An estimator that says too much is
    spared the first comparison: pseudo-targets hold no change of meaning, and on real targets the truth is mostly worse
    than estimates are, so that too much here is no sign of being wrong there. Given the data, the cuts are draws from
    what could be cut out of these rows, and the test is about those. It says nothing about the width of an interval.
    """
    return {name: s.rejected for name, s in record.scores().items() if s.rejected is not None}
