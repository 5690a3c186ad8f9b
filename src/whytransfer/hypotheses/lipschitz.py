"""Lipschitz functions on one column, with the absolute loss: the class that belongs to the Wasserstein distance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from whytransfer.errors import InputError
from whytransfer.hypotheses.base import HypothesisClass
from whytransfer.hypotheses.extrema import Maximum, Minimum
from whytransfer.hypotheses.hypothesis import Hypothesis
from whytransfer.hypotheses.line import price_of_one
from whytransfer.hypotheses.rows import FloatArray, IntArray, as_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Slope(Hypothesis):
    """A piecewise linear function into [0, 1], flat outside its knots.

    Parameters
    ----------
    knots : tuple of float
        Increasing.
    heights : tuple of float
        Its values there.
    """

    knots: tuple[float, ...]
    heights: tuple[float, ...]

    def values(self, X: object) -> FloatArray:
        """Its values in [0, 1], float64 (n,)."""
        return np.interp(as_rows(X)[:, 0], self.knots, self.heights).astype(np.float64)

    def codes(self, rows: FloatArray) -> IntArray:
        """1 where its value exceeds one half."""
        return (self.values(rows) > 0.5).astype(np.int64)

    def describe(self, classes: Sequence[object]) -> str:
        """Its range; the knots are too many to list."""
        low, high = min(self.heights), max(self.heights)
        return f"a score of {classes[1]} between {low:.6g} and {high:.6g}, linear between {len(self.knots)} values"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lipschitz(HypothesisClass):
    """Functions h into [0, 1] with |h(x) − h(x')| ≤ L |x − x'|, and the loss |h(x) − y| for y in {0, 1}.

    Answers are real, so that a cost table with two columns is read linearly: (1 − h) cost[:, 0] + h cost[:, 1]. Exact by a
    linear programme over the distinct values (neighbours bind all others in one dimension). Its terms can't be mixed
    with those of 0/1 classes: the loss of its claims is ``"absolute"``.

    Parameters
    ----------
    L : float
        The Lipschitz constant, ≥ 0, in labels per unit of the column.

    Raises
    ------
    InputError
        When `L` is negative or not finite.

    Examples
    --------
    The ξ-family at ξ = 0.1: λ = 1 − Lξ exactly (THEORY A2).

    >>> comb, shifted = [0, 0.2, 0.4, 0.6, 0.8], [0.1, 0.3, 0.5, 0.7, 0.9]
    >>> round(Lipschitz(L=2.0).adaptability(comb, [1] * 5, shifted, [0] * 5).estimate, 9)
    0.8
    """

    L: float
    name: ClassVar[str] = "lipschitz"
    exact: ClassVar[bool] = True
    loss: ClassVar[str] = "absolute"
    binary: ClassVar[bool] = True
    columns: ClassVar[int | None] = 1
    reference: ClassVar[str] = "shen:18"

    def __post_init__(self) -> None:
        if not isinstance(self.L, int | float) or not 0.0 <= self.L < np.inf:
            raise InputError(f"lipschitz: expected a finite constant L >= 0, got {self.L!r}")

    @property
    def label(self) -> str:
        """``"lipschitz(L=2)"``."""
        return f"lipschitz(L={self.L:g})"

    def minimise(self, rows: FloatArray, cost: FloatArray) -> Minimum:
        """By a linear programme in the heights at the distinct values (HiGHS)."""
        ties, price = price_of_one(rows, cost)
        heights = _least_heights(price, self.L * np.diff(ties.values))
        value = float(cost[:, 0].sum() + price @ heights)
        found = Slope(cost=value, knots=tuple(ties.values.tolist()), heights=tuple(heights.tolist()))
        return Minimum(value=value, hypothesis=found, exact=True)

    def pairs(self, rows: FloatArray, weights: FloatArray, n_labels: int) -> Maximum | None:
        """The largest |Σ w |h − h'||: that of one 2L-Lipschitz function into [0, 1].

        |h − h'| is 2L-Lipschitz and lies in [0, 1]; and every such g is |h − h'| of h = (1 + g)/2 and h' = (1 − g)/2.
        """
        wider = Lipschitz(L=2 * self.L)
        column = weights[:, None] * np.array([0.0, 1.0])
        found = [wider.minimise(rows, sign * column).negated() for sign in (1.0, -1.0)]
        best = max(found, key=lambda maximum: maximum.value)
        return Maximum(value=best.value, witnesses=tuple(_halves(best.witnesses[0])), exact=True)

    def losses(self, hypothesis: Hypothesis, rows: FloatArray, codes: IntArray) -> FloatArray:
        """|h(x) − y|, in [0, 1]."""
        values = hypothesis.values(rows) if isinstance(hypothesis, Slope) else hypothesis.codes(rows)
        return np.abs(values - codes).astype(np.float64)


def _least_heights(price: FloatArray, steps: FloatArray) -> FloatArray:
    """The heights in [0, 1] with the least Σ price · height and neighbours at most `steps` apart."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    groups = len(price)
    if groups == 1:
        return np.array([0.0 if price[0] >= 0 else 1.0])
    low = np.arange(groups - 1)
    row, column = np.concatenate([low, low]), np.concatenate([low, low + 1])
    signs = np.concatenate([-np.ones(groups - 1), np.ones(groups - 1)])
    # Upwards first, then downwards: h[i + 1] − h[i] ≤ step and h[i] − h[i + 1] ≤ step.
    rises: Any = csr_array(
        (
            np.concatenate([signs, -signs]),
            (np.concatenate([row, row + groups - 1]), np.concatenate([column, column])),
        ),
        shape=(2 * groups - 2, groups),
    )
    solved = linprog(
        price, A_ub=rises, b_ub=np.concatenate([steps, steps]), bounds=(0.0, 1.0), method="highs"
    )
    if solved.x is None:
        raise InputError(
            f"lipschitz: the linear programme was not solved ({solved.message}); rescale the column"
        )
    heights: npt.NDArray[np.float64] = np.clip(solved.x, 0.0, 1.0)
    return heights


def _halves(difference: Hypothesis) -> list[Slope]:
    """The pair h = (1 + g)/2 and h' = (1 − g)/2, which differ by g."""
    if not isinstance(difference, Slope):
        raise TypeError(f"expected a Slope, got {type(difference).__name__}")
    return [
        Slope(knots=difference.knots, heights=tuple((1 + sign * g) / 2 for g in difference.heights))
        for sign in (1, -1)
    ]
