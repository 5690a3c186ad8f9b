"""Whether limits would miss, without searching them: an upper limit lies below the truth where the truth is refuted at δ."""

from __future__ import annotations

import numpy as np

from whytransfer.labels import Draws, Watch
from whytransfer.labels.draws import ordering


def below(draws: Draws, outcomes: np.ndarray, truth: float, failure: float) -> np.ndarray:
    """Of every outcome, whether its upper limit lies below the truth: a rate for the law, the number of wrong rows for the file.

    Limits rise with the place of an outcome in the order, so that it is halved among the outcomes that were drawn: a dozen tail
    probabilities answer for thousands of draws.

    Parameters
    ----------
    outcomes : ndarray of int64, shape (R, H)
        Errors in each stratum.
    """
    order = ordering(draws, failure)
    places = order[tuple(outcomes.T) if len(draws.sizes) == 2 else (outcomes[:, 0], 0)]
    levels = np.unique(places)
    least, most, step = -1, len(levels), max(1, len(levels) // 50)
    at, heights = int(np.searchsorted(levels, np.quantile(places, failure))), [-np.inf, np.inf]
    while most - least > 1:
        at = min(max(at, least + 1), most - 1)
        stairs = np.asarray((order <= levels[at]).sum(axis=1) - 1, dtype=np.int64)
        tail = (
            draws.law_tail(stairs, truth)
            if draws.population == "law"
            else draws.file_tail(stairs, round(truth))
        )
        within = tail <= failure
        least, most = (at, most) if within else (least, at)
        heights[0 if within else 1] = np.log(max(tail, 1e-300))
        if np.isfinite(heights).all():
            # Logs of tails are nearly linear in the place.
            share = (np.log(failure) - heights[0]) / (heights[1] - heights[0])
            at = least + round(min(max(share, 0.02), 0.98) * (most - least))
        else:
            at, step = (at + step if within else at - step), 2 * step
    return places <= levels[least] if least >= 0 else np.zeros(len(places), dtype=bool)


def missed(draws: Draws, outcomes: np.ndarray, truth: float, failure: float) -> tuple[np.ndarray, np.ndarray]:
    """The same of upper limits and, mirrored, of lower ones."""
    whole = 1.0 if draws.population == "law" else draws.m
    right = np.array(draws.drawn) - outcomes
    return below(draws, outcomes, truth, failure), below(draws, right, whole - truth, failure)


def ever_refuted(watch: Watch, paths: np.ndarray, hypothesis: float, failure: float) -> np.ndarray:
    """Of every path of errors, (R, n), whether a watch refutes the hypothesis at some moment."""
    return np.array([watch.wealth(path, hypothesis).max() > 1.0 / failure for path in paths])


def ever_met(bounds: np.ndarray, paths: np.ndarray) -> np.ndarray:
    """Of every path of errors, (R, n), whether it meets a boundary at some moment."""
    return (np.cumsum(paths, axis=1) <= bounds[1 : paths.shape[1] + 1]).any(axis=1)
