"""Agreement on the line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from whytransfer.backtest.view import once_a_view
from whytransfer.errors import InputError
from whytransfer.estimators.base import Estimator, Floats, Integers, View
from whytransfer.models.committee import CRITICS
from whytransfer.models.subspaces import SUBSPACE

FIT = 0.95
"""Least R²: the limit at which Baek et al. speak of a strong linear correlation."""

FEWEST_MODELS = 4
"""The model included: six pairs, three for each parameter of the line. Three models have a pair a parameter and a half."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Least squares of probit(target agreement) on probit(source agreement) over pairs of models."""

    slope: float
    intercept: float
    r2: float
    pairs: int


def probit(right: Floats, n: int) -> Floats:
    """Φ⁻¹ of a rate among n rows, shrunk to (n·rate + ½)/(n + 1): a rate of 0 or 1 has no finite one."""
    from scipy.special import ndtri

    return np.asarray(ndtri((n * right + 0.5) / (n + 1.0)))


def agreements(codes: Integers) -> Floats:
    """Share of rows on which two models agree, for every pair of the M rows of `codes`, shape (M(M − 1)/2,)."""
    first, second = np.triu_indices(len(codes), k=1)
    return np.asarray((codes[first] == codes[second]).mean(axis=1))


def agreement_line(source: Integers, target: Integers) -> Line | None:
    """The line through all pairs of models, codes (M, n) and (M, m); None when all agree equally often on the source."""
    x = probit(agreements(source), source.shape[1])
    y = probit(agreements(target), target.shape[1])
    spread = ((x - x.mean()) ** 2).sum()
    total = ((y - y.mean()) ** 2).sum()
    if spread <= 1e-12 or total <= 1e-12:
        return None
    slope = ((x - x.mean()) * (y - y.mean())).sum() / spread
    return Line(
        slope=float(slope),
        intercept=float(y.mean() - slope * x.mean()),
        r2=float(slope**2 * spread / total),
        pairs=len(x),
    )


@once_a_view
def line_of(view: View) -> Line | None:
    """The line through the pairs of the user's model and the members of the committee but its critics; None without one."""
    if view.votes is None:
        return None
    found = view.votes.without(CRITICS, SUBSPACE)
    return agreement_line(
        np.vstack([view.source_codes[None, :], found.source]),
        np.vstack([view.target_codes[None, :], found.target]),
    )


class AgreementOnTheLine(Estimator):
    """err_T ≈ 1 − Φ(a Φ⁻¹(1 − err_S) + b), where Φ⁻¹(T(h_i = h_j)) = a Φ⁻¹(S(h_i = h_j)) + b over pairs of models.

    ALine-S of Baek, Jiang, Raghunathan and Kolter (NeurIPS 2022): where accuracies of many models
    lie on a line under the probit, their agreements lie on the same line, which no label is needed for. The pairs
    are those of the committee's families, and the user's model. Found for neural networks; elsewhere the
    line is a diagnostic, so that it must fit: R² ≥ .95.
    """

    name: ClassVar[str] = "aline"
    title: ClassVar[str] = "agreement on the line"
    reference: ClassVar[str | None] = "baek:22"
    assumption: ClassVar[str] = "accuracies lie on the same line as agreements do"

    def estimate(self, view: View) -> float:
        """One minus the accuracy on the line; in [0, 1]."""
        from scipy.special import ndtr

        line = line_of(view)
        if line is None:
            raise InputError(
                "expected agreements that spread over a line, got pairs that all agree equally often"
            )
        accuracy = probit(np.array(1.0 - view.source_error), view.n)
        return float(1.0 - ndtr(line.slope * accuracy + line.intercept))

    def detail(self, view: View) -> dict[str, Any]:
        """The line, its R² and the number of pairs."""
        line = line_of(view)
        if line is None:
            return {}
        return {"r2": line.r2, "slope": line.slope, "intercept": line.intercept, "pairs": line.pairs}

    def _lacks(self, view: View) -> str | None:
        if view.votes is None:
            return "there is no committee of other models"
        models = 1 + len(view.votes.without(CRITICS, SUBSPACE).names)
        if models < FEWEST_MODELS:
            return f"{models} models are too few for a line of agreements; it needs {FEWEST_MODELS}"
        line = line_of(view)
        if line is None:
            return "all pairs of models agree equally often: there is no line"
        if line.r2 < FIT:
            return f"the agreements of the models do not lie on a line (R² {line.r2:.2f}, below {FIT:g})"
        return None
