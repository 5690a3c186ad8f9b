"""Limits of err_T around an estimate, read off other people's transfers that were as hard as this one.

How hard a problem is, is one number: the mean of the positions of three label-free signals among those of the
reference transfers, each between 0 and 1. No weight is fitted in it but that of the third. For transfers of a similar hardness the limits
are the outer quantiles of err_T − estimate, each data set weighing the same; between knots they are interpolated, and a
harder problem never has narrower limits. This is a conformal prediction made local by weights that fall off with the distance (Guan 2023), with data sets as
the units. Weights fitted by quantile regression, and widths proportional to a fitted scale, were tried: on data sets left out they gave
wider limits for tame problems and no better coverage (docs/benchmarks/estimate.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from whytransfer.errors import InputError
from whytransfer.overlap.two_samples import Floats, Integers
from whytransfer.wording import how_many

LEAST_WIDTH = 0.02
"""Narrowest side of an interval, in error units: no set of some hundred rows shows where an error lies more sharply."""

WEIGHTS = (1.0, 1.0, 1.5)
"""Of the three signals in the hardness: the third tells silent failures, of which the other two see nothing."""

GRID = 41
"""Quantiles kept of each signal: positions to a fortieth."""

KNOTS, EDGE = 9, 0.1
"""How many hardnesses limits are kept at, and the share of the reference that lies beyond the first and the last: farther out a quantile would rest on one side alone."""

NEAR = 0.06
"""Standard deviation, in shares of the reference, of the Gaussian by which transfers around a knot weigh: as spread out as a window of a fifth, seven of
34 data sets, the fewest that hold a 95 % quantile at all loosely. A window's edge, beyond which a data set counts for nothing, made limits jump."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Where err_T − estimate lies for one estimator, by hardness.

    Parameters
    ----------
    grids : tuple of tuple of float
        By signal, its quantiles over the reference at `GRID` even steps.
    knots : tuple of float
        Hardnesses, ascending.
    below, above : tuple of float
        Widths of the two sides at the knots, ascending, at least `LEAST_WIDTH`.
    """

    grids: tuple[tuple[float, ...], ...]
    knots: tuple[float, ...]
    below: tuple[float, ...]
    above: tuple[float, ...]

    def hardness(self, signals: Floats) -> float:
        """The weighted mean position of the signals among the reference, in [0, 1]."""
        return float(_hardness(np.asarray(signals)[None], self.grids)[0])

    def around(self, signals: Floats) -> tuple[float, float]:
        """Widths below and above the estimate."""
        at = self.hardness(signals)
        return (
            float(np.interp(at, self.knots, self.below)),
            float(np.interp(at, self.knots, self.above)),
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values, rounded to a hundredth of a point, outwards where they are limits."""
        rounded = {
            "below": [float(np.ceil(v * 1e4) / 1e4) for v in self.below],
            "above": [float(np.ceil(v * 1e4) / 1e4) for v in self.above],
            "knots": [round(v, 4) for v in self.knots],
            "grids": [[round(v, 5) for v in grid] for grid in self.grids],
        }
        return {name: rounded[name] for name in asdict(self)}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Limits:
        """Read what `to_dict` wrote."""
        return cls(
            grids=tuple(tuple(float(v) for v in grid) for grid in data["grids"]),
            **{name: tuple(float(v) for v in data[name]) for name in ("knots", "below", "above")},
        )


def fit_limits(signals: Floats, residuals: Floats, sets: Integers, *, confidence: float) -> Limits:
    """Limits from reference transfers.

    Parameters
    ----------
    signals : ndarray of shape (q, 3)
        `Profile.signals` of each transfer.
    residuals : ndarray of shape (q,)
        err_T − estimate.
    sets : ndarray of int, shape (q,)
        Data set of each transfer; each set weighs the same.
    confidence : float
        One-sided confidence, such as 0.95.

    Raises
    ------
    InputError
        Fewer data sets than a quantile at this confidence needs.
    """
    weights = set_weights(sets)
    fewest = int(np.ceil(1.0 / (1.0 - confidence) - 1e-9)) - 1
    if len(np.unique(sets)) < fewest:
        raise InputError(
            f"reference class: {how_many(len(np.unique(sets)), 'data sets')} can't carry limits at confidence {confidence:g}; it takes at "
            f"least {fewest}"
        )
    grids = tuple(_grid(column, weights) for column in signals.T)
    hardness = _hardness(signals, grids)
    knots, below, above = [], [], []
    places = _ranks(hardness, weights)
    for at in np.linspace(EDGE, 1.0 - EDGE, KNOTS):
        near = weights * np.exp(-0.5 * ((places - at) / NEAR) ** 2)
        knots.append(float(np.average(hardness, weights=near)))
        below.append(weighted_quantile(-residuals, near, confidence))
        above.append(weighted_quantile(residuals, near, confidence))
    widths = [np.maximum.accumulate(np.maximum(LEAST_WIDTH, side)) for side in (below, above)]
    return Limits(
        grids=grids,
        knots=tuple(knots),
        below=tuple(widths[0].tolist()),
        above=tuple(widths[1].tolist()),
    )


def left_out(signals: Floats, residuals: Floats, sets: Integers, *, confidence: float) -> Floats:
    """Widths (below, above) for every transfer, shape (2, q), from limits that never saw its data set."""
    found = np.zeros((2, len(residuals)))
    for one in np.unique(sets):
        inside, rest = sets == one, sets != one
        limits = fit_limits(signals[rest], residuals[rest], sets[rest], confidence=confidence)
        found[:, inside] = np.array([limits.around(row) for row in signals[inside]]).T
    return found


def set_weights(sets: Integers) -> Floats:
    """Weights by which each data set weighs the same, however many pairs it has, shape (q,)."""
    return np.asarray(1.0 / np.unique(sets, return_counts=True)[1][np.unique(sets, return_inverse=True)[1]])


def weighted_quantile(values: Floats, weights: Floats, level: float) -> float:
    """The smallest value whose cumulated share of the weight reaches `level`."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) / weights.sum()
    return float(values[order][min(int(np.searchsorted(reached, level - 1e-12)), len(values) - 1)])


def _grid(values: Floats, weights: Floats) -> tuple[float, ...]:
    return tuple(weighted_quantile(values, weights, level) for level in np.linspace(0.0, 1.0, GRID))


def _hardness(signals: Floats, grids: tuple[tuple[float, ...], ...]) -> Floats:
    places = [_position(column, np.array(grid)) for column, grid in zip(signals.T, grids, strict=True)]
    return np.asarray(np.average(places, axis=0, weights=WEIGHTS))


def _position(values: Floats, grid: Floats) -> Floats:
    """The share of the reference below each value, a tie counting one half; from the grid of quantiles."""
    steps = np.linspace(0.0, 1.0, len(grid))
    first, last = np.searchsorted(grid, values, "left"), np.searchsorted(grid, values, "right")
    tied = last > first
    # Between two values of the grid the share rises along a straight line; on a value that stands there several times it is their middle.
    middle = (steps[np.minimum(first, len(grid) - 1)] + steps[np.maximum(last - 1, 0)]) / 2.0
    return np.where(tied, middle, np.interp(values, grid, steps))


def _ranks(values: Floats, weights: Floats) -> Floats:
    """The share of the weight below each value, what lies on it counting one half."""
    known, at = np.unique(values, return_inverse=True)
    mass = np.bincount(at, weights, minlength=len(known)) / weights.sum()
    return np.asarray((np.cumsum(mass) - mass / 2.0)[at])
