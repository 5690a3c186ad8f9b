"""The reference class: what happened in other transfers that looked like this one.

The table is fitted by ``python -m benchmarks.calibrate`` on labelled source → target problems, whole data sets
left out, and shipped as a few coefficients. For each estimator of the target error it says where the truth lay
around the estimate: the median of err_T − estimate as a linear function of label-free features, and how far the truth
strays to each side in units of a width that depends on the same features. The factor on that width is a
conformal quantile with data sets as the exchangeable units: the score of a set is that of a pair drawn from it, by a
fit that never saw the set (cross-conformal prediction, Vovk 2015, with the normalised scores of Lei et al. 2018).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from whytransfer.backtest.profile import Profile
from whytransfer.errors import InputError

SCHEMA = "whytransfer/reference/1"


LEAST_WIDTH = 0.02
"""Narrowest unit of width, in error units: no set of some hundred rows shows where an error lies more sharply."""

LEVELS = (0.1, 0.5, 0.9)
"""Quantiles of err_T − estimate that are regressed: the sides' widths are the distances of the outer ones to the median."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Residual:
    """Where err_T − estimate lies for one estimator.

    Parameters
    ----------
    lower, middle, upper : tuple of float
        Intercept and slopes of the quantiles of `LEVELS`.
    factor_lower, factor_upper : float
        Conformal multiples of the widths of the two sides.
    """

    lower: tuple[float, ...]
    middle: tuple[float, ...]
    upper: tuple[float, ...]
    factor_lower: float
    factor_upper: float

    def around(self, predictors: np.ndarray) -> tuple[float, float, float]:
        """Lower limit, median and upper limit of err_T − estimate, in this order and never crossing."""
        row = np.concatenate([[1.0], predictors])
        low, middle, high = (float(row @ np.array(c)) for c in (self.lower, self.middle, self.upper))
        below, above = (max(LEAST_WIDTH, side) for side in (middle - low, high - middle))
        return middle - self.factor_lower * below, middle, middle + self.factor_upper * above


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A calibrated reference class.

    Parameters
    ----------
    residuals : mapping of str to Residual
        By estimator; ``"panel"`` is the combination.
    positions : ndarray of shape (q, 7)
        `Profile.position` of the reference transfers.
    sets : ndarray of int, shape (q,)
        The data set of each.
    confidence : float
        One-sided confidence of each limit.
    """

    residuals: Mapping[str, Residual]
    positions: np.ndarray
    sets: np.ndarray
    confidence: float
    record: Mapping[str, Any]

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Reference:
        """Read the JSON form."""
        if data.get("schema") != SCHEMA:
            raise InputError(f"a reference class: expected schema {SCHEMA!r}, got {data.get('schema')!r}")
        residuals = {
            name: Residual(
                lower=tuple(r["lower"]),
                middle=tuple(r["middle"]),
                upper=tuple(r["upper"]),
                factor_lower=float(r["factor_lower"]),
                factor_upper=float(r["factor_upper"]),
            )
            for name, r in data["residuals"].items()
        }
        return cls(
            residuals=residuals,
            positions=np.array(data["positions"], dtype=float),
            sets=np.array(data["sets"], dtype=np.int64),
            confidence=float(data["confidence"]),
            record=data["record"],
        )

    @property
    def data_sets(self) -> int:
        """How many data sets it was learned from."""
        return len(np.unique(self.sets))

    def distance(self, profile: Profile) -> float:
        """Distance to the nearest reference transfer, columns scaled by their spread over the reference."""
        return float(_nearest(self._scaled(profile.position()[None]), self._scaled(self.positions)).min())

    def typical_distance(self, level: float = 0.95) -> float:
        """The `level` quantile of the distance of reference transfers to their nearest one of another data set."""
        scaled = self._scaled(self.positions)
        apart = np.array(
            [_nearest(scaled[i : i + 1], scaled[self.sets != self.sets[i]]).min() for i in range(len(scaled))]
        )
        # Each data set weighs the same, however many pairs it has.
        weights = 1.0 / np.bincount(self.sets)[self.sets]
        return float(weighted_quantile(apart, weights, level))

    def _scaled(self, positions: np.ndarray) -> np.ndarray:
        spread = self.positions.std(axis=0)
        return np.asarray((positions - self.positions.mean(axis=0)) / np.where(spread > 0, spread, 1.0))


def weighted_quantile(values: np.ndarray, weights: np.ndarray, level: float) -> float:
    """The smallest value whose cumulated share of the weight reaches `level`."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) / weights.sum()
    return float(values[order][min(int(np.searchsorted(reached, level - 1e-12)), len(values) - 1)])


@cache
def shipped() -> Reference:
    """The reference class that comes with the package."""
    text = resources.files("whytransfer.backtest").joinpath("reference.json").read_text(encoding="utf-8")
    return Reference.of(json.loads(text))


def _nearest(points: np.ndarray, others: np.ndarray) -> np.ndarray:
    return np.asarray(np.sqrt(((points[:, None, :] - others[None, :, :]) ** 2).sum(axis=2)).min(axis=1))


def fit_residuals(
    predictors: np.ndarray, residuals: np.ndarray, sets: np.ndarray, *, confidence: float
) -> tuple[Residual, dict[str, float]]:
    """Quantile regressions of err_T − estimate, conformalised over data sets, with their left-out record.

    Parameters
    ----------
    predictors : ndarray of shape (q, f)
        `Profile.predictors` of each transfer.
    residuals : ndarray of shape (q,)
        err_T − estimate.
    sets : ndarray of int, shape (q,)
        Data set of each transfer; each set weighs the same.
    confidence : float
        One-sided confidence, such as 0.95.

    Returns
    -------
    Residual
        Fitted on all sets.
    dict of str to float
        Left-out record, each set weighing the same: shares covered from below and from above, widths, mean
        absolute errors of the raw and the corrected estimate.
    """
    weights = 1.0 / np.bincount(sets)[sets]
    left_out = np.zeros((3, len(residuals)))
    for one in np.unique(sets):
        inside, rest = sets == one, sets != one
        for i, level in enumerate(LEVELS):
            coefficients = _quantile_regression(predictors[rest], residuals[rest], weights[rest], level)
            left_out[i, inside] = _design(predictors[inside]) @ coefficients
    low, middle, high = left_out
    below, above = np.maximum(LEAST_WIDTH, middle - low), np.maximum(LEAST_WIDTH, high - middle)
    scores = (middle - residuals) / below, (residuals - middle) / above
    # A limit never lies on the wrong side of the median.
    factors = [max(0.0, _conformal(score, weights, confidence)) for score in scores]
    full = [tuple(_quantile_regression(predictors, residuals, weights, level).tolist()) for level in LEVELS]
    fitted = Residual(
        lower=full[0], middle=full[1], upper=full[2], factor_lower=factors[0], factor_upper=factors[1]
    )
    return fitted, _record(middle, (below, above), scores, residuals, sets, confidence)


def _record(
    middle: np.ndarray,
    widths: tuple[np.ndarray, np.ndarray],
    scores: tuple[np.ndarray, np.ndarray],
    residuals: np.ndarray,
    sets: np.ndarray,
    confidence: float,
) -> dict[str, float]:
    """What the limits did on each data set, with the factors of all other sets."""
    weights = 1.0 / np.bincount(sets)[sets]
    share = weights / weights.sum()
    factors = np.zeros((2, len(residuals)))
    for one in np.unique(sets):
        inside, rest = sets == one, sets != one
        for side, score in enumerate(scores):
            factors[side, inside] = max(0.0, _conformal(score[rest], weights[rest], confidence))
    low, high = middle - factors[0] * widths[0], middle + factors[1] * widths[1]
    return {
        "upper_holds": float(share @ (residuals <= high)),
        "lower_holds": float(share @ (residuals >= low)),
        "width": float(share @ (high - low)),
        "mae_raw": float(share @ np.abs(residuals)),
        "mae_corrected": float(share @ np.abs(residuals - middle)),
    }


def _design(predictors: np.ndarray) -> np.ndarray:
    return np.column_stack([np.ones(len(predictors)), predictors])


def _quantile_regression(X: np.ndarray, y: np.ndarray, weights: np.ndarray, level: float) -> np.ndarray:
    from sklearn.linear_model import QuantileRegressor

    model = QuantileRegressor(quantile=level, alpha=0.0, solver="highs").fit(X, y, sample_weight=weights)
    return np.concatenate([[model.intercept_], model.coef_])


def _conformal(scores: np.ndarray, weights: np.ndarray, confidence: float) -> float:
    """The conformal quantile of the scores, each data set weighing one, one more set being infinitely bad."""
    total = float(weights.sum())  # the number of data sets
    if confidence * (total + 1.0) > total + 1e-9:
        raise InputError(
            f"reference class: {total:.0f} data sets can't carry limits at confidence {confidence:g}; it takes at least "
            f"{np.ceil(confidence / (1.0 - confidence)):.0f}"
        )
    return weighted_quantile(scores, weights, min(1.0, confidence * (total + 1.0) / total))


def as_json(
    residuals: Mapping[str, Residual],
    profiles: Sequence[Profile],
    sets: np.ndarray,
    confidence: float,
    record: Any,
) -> dict[str, Any]:
    """The JSON form that `Reference.of` reads."""
    return {
        "schema": SCHEMA,
        "confidence": confidence,
        "record": record,
        "residuals": {
            name: {
                "lower": list(r.lower),
                "middle": list(r.middle),
                "upper": list(r.upper),
                "factor_lower": r.factor_lower,
                "factor_upper": r.factor_upper,
            }
            for name, r in residuals.items()
        },
        "positions": [[round(float(v), 4) for v in p.position()] for p in profiles],
        "sets": [int(s) for s in sets],
    }
