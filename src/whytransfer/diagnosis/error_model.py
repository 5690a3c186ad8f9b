"""How likely the model errs on a row, told by its own confidence and by models of other families."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

RIDGE = 1.0
"""Prior precision of the slopes, in standardised signals: a hundred rows outweigh it."""

STEPS = 30
"""Newton steps at most: they converge quadratically, after a few that were cut short."""

LARGEST_ODDS = 8.0
"""Log-odds beyond which a probability is taken as certain: a slope must not be ruled by its rounding."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ErrorModel:
    """P(the model errs | signals of a row): logistic, fitted on held-out source rows.

    An estimate, right as far as the signals mean the same in both domains.

    Parameters
    ----------
    centre, scale : ndarray, shape (q,)
        Of the signals on the rows that taught it.
    weights : ndarray, shape (1 + q,)
        Intercept and slopes.
    covariance : ndarray, shape (1 + q, 1 + q)
        Of the weights (inverse curvature).
    """

    centre: np.ndarray
    scale: np.ndarray
    weights: np.ndarray
    covariance: np.ndarray

    @classmethod
    def fit(cls, signals: np.ndarray, wrong: np.ndarray) -> ErrorModel:
        """Fit by Newton's method; the intercept is free, so that the mean on these rows is their error.

        Parameters
        ----------
        signals : ndarray of float64, shape (n, q)
        wrong : ndarray of bool, shape (n,)
        """
        centre, spread = signals.mean(axis=0), signals.std(axis=0)
        scale = np.where(spread > 1e-9, spread, 1.0)
        design = np.column_stack([np.ones(len(signals)), (signals - centre) / scale])
        # Half a pseudo-row keeps the odds finite where the model never errs, or always does.
        rate = (wrong.sum() + 0.5) / (len(wrong) + 1.0)
        weights = np.zeros(design.shape[1])
        weights[0] = np.log(rate / (1 - rate))
        penalty = np.full(design.shape[1], RIDGE)
        penalty[0] = 1e-3
        curvature = np.diag(penalty)
        for _ in range(STEPS):
            p = _sigmoid(design @ weights)
            curvature = (design * (p * (1 - p))[:, None]).T @ design + np.diag(penalty)
            step = np.linalg.solve(curvature, design.T @ (wrong - p) - np.append(0.0, RIDGE * weights[1:]))
            weights = weights + step * min(1.0, 3.0 / max(float(np.abs(step).max()), 1e-300))
            if np.abs(step).max() < 1e-9:
                break
        return cls(centre=centre, scale=scale, weights=weights, covariance=np.linalg.inv(curvature))

    def predict(self, signals: np.ndarray) -> np.ndarray:
        """P(wrong), shape (n,)."""
        return _sigmoid(self._design(signals) @ self.weights)

    def change(self, before: np.ndarray, after: np.ndarray) -> tuple[float, float]:
        """The mean change of P(wrong) when the same rows' signals go from `before` to `after`, with its standard error.

        The error has two parts: which rows there are, and how well the model is known from them (delta method).
        """
        designs = [self._design(part) for part in (before, after)]
        p, q = (_sigmoid(design @ self.weights) for design in designs)
        moved = q - p
        gradient = designs[1].T @ (q * (1 - q)) - designs[0].T @ (p * (1 - p))
        gradient = gradient / len(moved)
        variance = float(moved.var(ddof=1)) / len(moved) + float(gradient @ self.covariance @ gradient)
        return float(moved.mean()), float(np.sqrt(variance))

    def gap(self, source: np.ndarray, target: np.ndarray) -> tuple[float, float]:
        """Mean P(wrong) of `target` less that of `source`, independent rows, with its standard error."""
        designs = [self._design(part) for part in (source, target)]
        p, q = (_sigmoid(design @ self.weights) for design in designs)
        slopes = [d.T @ (r * (1 - r)) / len(r) for d, r in zip(designs, (p, q), strict=True)]
        gradient = slopes[1] - slopes[0]
        rows = sum(float(r.var(ddof=1)) / len(r) for r in (p, q))
        return float(q.mean() - p.mean()), float(np.sqrt(rows + gradient @ self.covariance @ gradient))

    def _design(self, signals: np.ndarray) -> np.ndarray:
        return np.column_stack([np.ones(len(signals)), (signals - self.centre) / self.scale])


def signals(codes: np.ndarray, proba: np.ndarray | None, others: list[np.ndarray]) -> np.ndarray:
    """Of each row: the model's log-odds for its own answer, then those of each other model for that answer; (n, q).

    Parameters
    ----------
    codes : ndarray of int64, shape (n,)
        The model's answers.
    proba : ndarray of float64, shape (n, K), or None
        Its probabilities.
    others : list of ndarray of float64, shape (n, K)
        Probabilities by models of other families, of the same rows.
    """
    rows = np.arange(len(codes))
    given = [] if proba is None else [proba]
    return np.column_stack([_odds(p[rows, codes]) for p in (*given, *others)])


def _odds(p: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore"):
        return np.asarray(np.clip(np.log(p) - np.log1p(-p), -LARGEST_ODDS, LARGEST_ODDS))


def _sigmoid(z: np.ndarray) -> np.ndarray:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(z, -500.0, 500.0))))
