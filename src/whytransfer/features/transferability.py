"""How well an encoder's features fit labels, without training on them: LogME and the H-score."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

MOST_STEPS = 100
"""Of LogME's fixed point, which settles in about ten."""

LEAST = 1e-12
"""Of what α and β are divided by: labels that the features explain exactly, or not at all, have a largest evidence at infinity."""

SETTLED = 1e-6
"""Relative change of α/β at which it has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transferability:
    """Two scores of features against labels; higher is better, and they compare encoders on the same rows only.

    Parameters
    ----------
    logme : float
        Logarithm of the maximum evidence, a row and a class; any real number.
    h_score : float
        In [0, K − 1]: how much of the variance of the features lies between the classes.
    rows : int
        Labelled rows they are of.
    """

    logme: float
    h_score: float
    rows: int


def transferability(features: np.ndarray, labels: np.ndarray) -> Transferability | None:
    """Both scores; None where there are fewer than two rows or classes, or the features are all zero.

    Parameters
    ----------
    features : ndarray, shape (n, p)
    labels : ndarray of int, shape (n,)
        Classes; rows below 0 are left out.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> labels = np.arange(60) % 2
    >>> good, bad = (rng.normal(size=(60, 3)) + shift * labels[:, None] for shift in (3.0, 0.0))
    >>> better, worse = transferability(good, labels), transferability(bad, labels)
    >>> better.logme > worse.logme, better.h_score > worse.h_score
    (True, True)
    """
    known = labels >= 0
    rows, classes = features[known].astype(np.float64), labels[known]
    if len(rows) < 2 or len(np.unique(classes)) < 2 or not rows.any():
        return None
    return Transferability(logme=logme(rows, classes), h_score=h_score(rows, classes), rows=len(rows))


def logme(features: np.ndarray, labels: np.ndarray) -> float:
    """Logarithm of the maximum evidence of a Bayesian linear model from features to each class's indicator, mean over rows and classes.

    Source: You, Liu, Wang and Long, "LogME", ICML 2021; α and β by the fixed point of MacKay's evidence framework, on the singular values.

    Parameters
    ----------
    features : ndarray of float64, shape (n, p)
    labels : ndarray of int, shape (n,)
    """
    u, s, _ = np.linalg.svd(features, full_matrices=False)
    sigma = s**2
    found = []
    for value in np.unique(labels):
        y = (labels == value).astype(np.float64)
        parts = (u.T @ y) ** 2
        # What of y lies outside the features' span; rounding must not make it negative.
        outside = max(float(y @ y - parts.sum()), 0.0)
        found.append(_evidence(sigma, parts, outside, *features.shape))
    return float(np.mean(found))


def _evidence(sigma: np.ndarray, parts: np.ndarray, outside: float, n: int, p: int) -> float:
    """The largest log evidence over α (precision of the weights) and β (of the noise), a row."""
    ratio = 1.0
    for _ in range(MOST_STEPS):
        shrunk = sigma + ratio
        weights = max(float((sigma * parts / shrunk**2).sum()), LEAST)
        rest = max(float((parts * (ratio / shrunk) ** 2).sum()) + outside, LEAST)
        effective = float((sigma / shrunk).sum())
        alpha, beta = effective / weights, (n - effective) / rest
        before, ratio = ratio, alpha / beta
        if abs(ratio - before) <= SETTLED * before:
            break
    shrunk = sigma + ratio
    weights = float((sigma * parts / shrunk**2).sum())
    rest = float((parts * (ratio / shrunk) ** 2).sum()) + outside
    log_det = float(np.log(alpha + beta * sigma).sum()) + (p - len(sigma)) * math.log(alpha)
    total = 0.5 * (
        p * math.log(alpha)
        + n * math.log(beta)
        - log_det
        - beta * rest
        - alpha * weights
        - n * math.log(2.0 * math.pi)
    )
    return total / n


def h_score(features: np.ndarray, labels: np.ndarray) -> float:
    """tr(Σ⁻¹ Σ_between): variance between the classes, in units of the whole, with Ledoit and Wolf's shrinkage of Σ.

    Source: Bao et al., "An information-theoretic approach to transferability", ICIP 2019; shrinkage as Ibrahim, Ponomareva and Mazumder,
    "Newer is not always better", ECML 2022, without which more columns than rows always score K − 1.

    Parameters
    ----------
    features : ndarray of float64, shape (n, p)
    labels : ndarray of int, shape (n,)
    """
    from sklearn.covariance import ledoit_wolf

    centred = features - features.mean(axis=0)
    whole, shrinkage = ledoit_wolf(centred, assume_centered=True)
    means = np.zeros_like(centred)
    for value in np.unique(labels):
        means[labels == value] = centred[labels == value].mean(axis=0)
    between = means.T @ means / len(means)
    return float((1.0 - shrinkage) * np.trace(np.linalg.solve(whole, between)))
