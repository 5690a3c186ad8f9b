"""Transfers with what every estimator said of them and how it ended, and figures in which each data set weighs the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.calibrate import Measured
from whytransfer.backtest.limits import set_weights, weighted_quantile
from whytransfer.backtest.reference import Reference, speaks, widths_left_out

DRAWS = 1000
BEYOND = 0.02
"""By how much an error must exceed the tolerance for WORKS to be a false comfort."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Judged:
    """One estimator on all transfers; NaN where it has no estimate.

    Parameters
    ----------
    estimate, lower, upper : ndarray of shape (q,)
        Cut to [0, 1].
    """

    estimate: np.ndarray
    lower: np.ndarray
    upper: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Field:
    """All transfers of one run.

    Parameters
    ----------
    sets, learners : ndarray of str, shape (q,)
        Data set and learner of each.
    source_error, truth : ndarray of shape (q,)
        Held-out source error and true target error.
    like : ndarray of bool, shape (q,)
        Whether the reference transfers of other data sets are near enough for an estimate to decide.
    judged : dict of str to Judged
        By estimator.
    """

    sets: np.ndarray
    learners: np.ndarray
    source_error: np.ndarray
    truth: np.ndarray
    like: np.ndarray
    judged: dict[str, Judged]

    def works(self, name: str, tolerance: np.ndarray) -> np.ndarray:
        """Which transfers are told WORKS at a tolerance each."""
        return (self.judged[name].upper <= tolerance) & self.like


def judge(measured: Sequence[Measured], names: Sequence[str], reference: Reference | None) -> Field:
    """Hold the estimators against the truth.

    With a reference class, its limits; without, those fitted on all other data sets.
    """
    transfers = [m.transfer for m in measured]
    sets = np.array([t.data_set for t in transfers])
    codes = np.unique(sets, return_inverse=True)[1]
    judged = {}
    for name in names:
        rows = np.array([i for i, t in enumerate(transfers) if speaks(t.profile, name)], dtype=np.int64)
        raw = np.array([transfers[i].profile.source_error + transfers[i].profile.centre(name) for i in rows])
        if reference is None:
            below, above = widths_left_out([transfers[i] for i in rows], name, codes[rows])
        elif name in reference.limits:
            below, above = np.array([reference.around(transfers[i].profile, name) for i in rows]).T
        else:
            continue
        parts = [np.full(len(transfers), np.nan) for _ in range(3)]
        for part, values in zip(parts, (raw, raw - below, raw + above), strict=True):
            part[rows] = np.clip(values, 0.0, 1.0)
        judged[name] = Judged(estimate=parts[0], lower=parts[1], upper=parts[2])
    return Field(
        sets=sets,
        learners=np.array([m.learner for m in measured]),
        source_error=np.array([t.profile.source_error for t in transfers]),
        truth=np.array([t.target_error for t in transfers]),
        like=_like(measured, codes, reference),
        judged=judged,
    )


def _like(measured: Sequence[Measured], codes: np.ndarray, reference: Reference | None) -> np.ndarray:
    """By transfer, whether it lies within the distance that 95 % of reference transfers lie from another data set."""
    if reference is not None:
        typical = reference.typical_distance()
        return np.array([reference.distance(m.transfer.profile) <= typical for m in measured])
    positions = np.array([m.transfer.profile.position() for m in measured])
    scaled = (positions - positions.mean(axis=0)) / np.maximum(positions.std(axis=0), 1e-12)
    apart = np.array(
        [np.sqrt(((scaled[codes != codes[i]] - scaled[i]) ** 2).sum(axis=1)).min() for i in range(len(codes))]
    )
    return apart <= weighted_quantile(apart, set_weights(codes), 0.95)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure with its 95 % interval from a bootstrap over data sets."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f}–{self.high:.3f})"


def by_set(values: np.ndarray, sets: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The mean of the chosen rows' values in every data set, NaN where a set has none, in the order of all sets."""
    known = np.unique(sets)
    return np.array(
        [values[rows & (sets == one)].mean() if (rows & (sets == one)).any() else np.nan for one in known]
    )


def over_sets(statistic: Callable[[np.ndarray], float], count: int) -> Figure:
    """A statistic of the data sets (given as positions) on all of them, and on `DRAWS` resamples."""
    rng = np.random.default_rng(0)
    drawn = [statistic(rng.integers(0, count, count)) for _ in range(DRAWS)]
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    return Figure(value=float(statistic(np.arange(count))), low=float(low), high=float(high))


def mean_of(values: np.ndarray) -> Figure:
    """The mean over data sets of a figure a set."""
    return over_sets(lambda rows: float(np.nanmean(values[rows])) if np.isfinite(values[rows]).any() else np.nan, len(values))  # fmt: skip
