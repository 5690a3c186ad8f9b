"""What to expect before anyone labels: how many labels for which true error, and what strata are likely to save."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whytransfer.claims.power import labels_needed, power_curve
from whytransfer.labels.draws import Draws, whole_rows
from whytransfer.labels.horizon import Horizon
from whytransfer.labels.plan import EARLY_SHARE, ENDLESS_SHARE
from whytransfer.labels.strata import Division, scaled

Floats = NDArray[np.float64]

GAPS = (-0.2, -0.15, -0.1, -0.075, -0.05, -0.03, -0.02, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2)
"""True errors of the curve, as differences from the requirement; no error at all and the requirement's double are added."""

FILES = 31
"""Files over which the power for the law is averaged."""

PUBLISHED = (0.17, 0.32)
"""Savings of stratified draws that others report (EVIDENCE: 17 to 32 %)."""


def true_errors(requirement: float) -> list[float]:
    """The grid of true errors that the curve is drawn at."""
    grid = {round(requirement + gap, 6) for gap in GAPS} | {0.0}
    return sorted(e for e in grid if 0.0 <= e <= 1.0)


def curve(
    draws: Draws,
    requirement: float,
    failure: float,
    division: Division | None,
    *,
    horizon: Horizon | None,
    noise: float = 0.0,
) -> list[dict[str, Any]]:
    """The power curve of a plan.

    Parameters
    ----------
    draws : Draws
        The planned draw.
    requirement, failure : float
        Of the headline.
    division : Division or None
        How errors are expected to divide among the strata; the odds of its errors are scaled to each true error.
    horizon : Horizon or None
        Of a sequential design.
    noise : float
        Largest share of wrong labels: as if the requirement were farther by twice as much.

    Returns
    -------
    list of dict
        ``true_error``, ``answer`` (``"works"`` or ``"fails"``), ``labels`` (uniform draw, power .80, None beyond the file),
        ``probability`` (that the planned labels settle it) and ``expected`` (how many are looked at, on average).
    """
    sides = {}
    for works in (True, False):
        limit = moved(requirement, noise, works=works)
        sides[works] = (limit, _power(draws, limit, failure, division, horizon, works=works))
    entries = []
    for true in true_errors(requirement):
        works = true <= requirement
        limit, power = sides[works]
        reachable = true < limit if works else true > limit
        chance, expected = power(true) if reachable else (0.0, float(draws.n))
        # From the binomial law: a file that is the whole target needs no more.
        needed = labels_needed(true, limit, failure, at_most=draws.m) if reachable else None
        entries.append(
            {
                "true_error": true,
                "answer": "works" if works else "fails",
                "labels": needed,
                "probability": chance,
                "expected": expected,
            }
        )
    return entries


def moved(requirement: float, noise: float, *, works: bool) -> float:
    """The requirement as labels see it of which a share `noise` may be wrong: it counts among the labels, and in the limit."""
    return requirement - 2.0 * noise if works else requirement + 2.0 * noise


def hypothesis(draws: Draws, requirement: float, *, works: bool) -> float:
    """What is to be refuted: errors of at least the requirement, or where it fails right answers of at least the rest."""
    if draws.population == "law":
        return requirement if works else 1.0 - requirement
    allowed = whole_rows(requirement, draws.m)
    return float(allowed + 1 if works else draws.m - allowed)


def _power(
    draws: Draws,
    requirement: float,
    failure: float,
    division: Division | None,
    horizon: Horizon | None,
    *,
    works: bool,
) -> Callable[[float], tuple[float, float]]:
    """From a true error to the probability that the labels settle it on this side, and how many are looked at."""
    n = draws.n
    if horizon is not None:
        bounds = None
        if 0.0 < requirement < 1.0:
            bounds = horizon.boundary(
                hypothesis(draws, requirement, works=works), failure * (1.0 - ENDLESS_SHARE)
            )
        return lambda true: _watched(draws, horizon, bounds, true if works else 1.0 - true)
    exact = failure * (1.0 - EARLY_SHARE)
    if not 0.0 < requirement < 1.0:
        return lambda true: (
            float(power_curve([n], true, min(max(requirement, 0.0), 1.0), exact)[0]),
            float(n),
        )
    # "More than r" of the law is "accuracy below 1 − r"; the boundary itself has no more power.
    stairs = draws.critical(requirement if works else math.nextafter(1.0 - requirement, 0.0), exact)

    def fixed(true: float) -> tuple[float, float]:
        split = _split(draws, true, division)
        return _probability(draws, stairs, split if works else [1.0 - r for r in split]), float(n)

    return fixed


def _watched(
    draws: Draws, horizon: Horizon, bounds: NDArray[np.int64] | None, rate: float
) -> tuple[float, float]:
    if bounds is None:
        return 0.0, float(draws.n)
    truth = rate if draws.population == "law" else float(round(rate * draws.m))
    stops = horizon.stopping(bounds, truth)
    chance = min(1.0, float(stops.sum()))
    return chance, float(stops @ np.arange(draws.n + 1)) + (1.0 - chance) * draws.n


def _split(draws: Draws, true: float, division: Division | None) -> list[float]:
    """Error rates of the strata when the file's is `true`: the division's, their odds scaled; equal ones without one."""
    if division is None or len(draws.sizes) == 1 or not 0.0 < true < 1.0:
        return [true] * len(draws.sizes)
    return [float(rate) for rate in scaled(np.array(division.errors), true, draws.weights)]


def _probability(draws: Draws, stairs: NDArray[np.int64], rates: list[float]) -> float:
    """P(region) for the law's rates, or for a file with such shares of wrong rows."""
    if draws.population == "file":
        wrong = tuple(round(rate * size) for rate, size in zip(rates, draws.sizes, strict=True))
        return draws.probability(stairs, wrong)
    return law_probability(draws, stairs, (rates[0], rates[-1]))


def law_probability(draws: Draws, stairs: NDArray[np.int64], rates: tuple[float, float]) -> float:
    """P(region) when rows of the two sides of the division err at these rates, in the law.

    Strata are ranks: a file with more rows of the surer side than its first stratum holds has some of them in the second one, and the
    other way round. How many is binomial; it is averaged over `FILES` files.
    """
    from scipy.stats import binom

    n = draws.drawn
    if len(draws.sizes) == 1:
        return float(binom.pmf(np.arange(n[0] + 1), n[0], rates[0])[stairs >= 0].sum())
    share = float(draws.weights[0])
    sure = binom.ppf((np.arange(FILES) + 0.5) / FILES, draws.m, share)[:, None]
    beyond = np.clip(sure - draws.sizes[0], 0, None) / draws.sizes[1]
    short = np.clip(draws.sizes[0] - sure, 0, None) / draws.sizes[0]
    first = (1.0 - short) * rates[0] + short * rates[1]
    second = (1.0 - beyond) * rates[1] + beyond * rates[0]
    pmf = binom.pmf(np.arange(n[0] + 1), n[0], first)
    cdf = np.hstack([binom.cdf(np.arange(n[1] + 1), n[1], second), np.zeros((FILES, 1))])
    return float((pmf * cdf[:, stairs]).sum(axis=1).mean())


def savings(strata: Floats, predictions: Floats) -> dict[str, Any]:
    """What strata, and predictions, are expected to save: from pseudo-targets cut out of the source.

    Parameters
    ----------
    strata : ndarray, shape (r,)
        Variance of the stratified estimate over that of a uniform draw, on each pseudo-target.
    predictions : ndarray, shape (r,)
        The same of the prediction-powered estimate.
    """
    low, middle, high = _spread(strata)
    return {
        "expected": middle,
        "low": low,
        "high": high,
        "pseudo_targets": len(strata),
        "prediction_powered": dict(zip(("low", "expected", "high"), _spread(predictions), strict=True)),
        "published": list(PUBLISHED),
    }


def _spread(ratios: Floats) -> tuple[float | None, float | None, float | None]:
    if not len(ratios):
        return None, None, None
    low, middle, high = (float(q) for q in np.quantile(1.0 - ratios, (0.1, 0.5, 0.9)))
    return low, middle, high


def powered_ratio(
    wrong: NDArray[np.bool_], predicted: Floats, target_wrong: NDArray[np.bool_], target_predicted: Floats
) -> float | None:
    """Variance of 1[error] − λ g over that of 1[error] on the target; λ, which the source's rows choose, is the slope of errors on g."""
    spread = float(np.var(predicted))
    if spread == 0.0 or not 0.0 < float(target_wrong.mean()) < 1.0:
        return None
    slope = float(np.cov(wrong, predicted, bias=True)[0, 1]) / spread
    return float(np.var(target_wrong - slope * target_predicted) / np.var(target_wrong))


def variance_ratio(
    wrong: NDArray[np.bool_], strata: NDArray[np.int64], shares: tuple[float, ...]
) -> float | None:
    """Variance of a stratified estimate over a uniform draw's with as many labels, on rows whose errors are known."""
    mean = float(wrong.mean())
    if not 0.0 < mean < 1.0:
        return None
    left = 0.0
    for h, share in enumerate(shares):
        inside = strata == h
        rate, weight = float(wrong[inside].mean()), float(inside.mean())
        left += weight * weight * rate * (1.0 - rate) / share
    return left / (mean * (1.0 - mean))
