"""What an oracle found, whether it is the true extremum, and which limits may follow from it.

An exact in-sample maximum gives an upper limit of the population's supremum with one Hoeffding term (P1, THEORY B0);
a maximum that a surrogate found may lie below the true one, so that nothing follows: `SurrogateError`.
Infima are the mirror image (P2).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from whytransfer.claims.intervals import hoeffding_term
from whytransfer.errors import SurrogateError
from whytransfer.hypotheses.hypothesis import Hypothesis
from whytransfer.hypotheses.rows import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Minimum:
    """The least Σ_i cost[i, h(x_i)] that was found over a class.

    Parameters
    ----------
    value : float
        What `hypothesis` attains. The least value of the class when `exact`, else an upper value of it.
    hypothesis : Hypothesis
        Who attains it.
    exact : bool
        Whether no member of the class does better.
    """

    value: float
    hypothesis: Hypothesis
    exact: bool

    @classmethod
    def at(cls, hypothesis: Hypothesis, rows: FloatArray, cost: FloatArray, *, exact: bool) -> Minimum:
        """The minimum that `hypothesis` attains; its value is summed afresh from its answers.

        Prefix sums carry the rounding of all rows before; one direct sum is as exact as the table.
        """
        value = float(np.take_along_axis(cost, hypothesis.codes(rows)[:, None], axis=1).sum())
        return cls(value=value, hypothesis=replace(hypothesis, cost=value), exact=exact)

    def negated(self) -> Maximum:
        """The maximum of the negative cost."""
        return Maximum(value=-self.value, witnesses=(self.hypothesis,), exact=self.exact)


@dataclass(frozen=True, slots=True, kw_only=True)
class Maximum:
    """The largest value that was found over a class, or over its pairs.

    Parameters
    ----------
    value : float
        What the witnesses attain. The supremum on the sample when `exact`, else a lower value of it.
    witnesses : tuple of Hypothesis
        Who attains it: one hypothesis or two; empty where nobody can be named.
    exact : bool
        Whether it is the supremum on the sample.
    """

    value: float
    witnesses: tuple[Hypothesis, ...]
    exact: bool

    @property
    def rules(self) -> list[str]:
        """The rules of the witnesses."""
        return [h.rule for h in self.witnesses]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontier:
    """The largest gain at each number of errors, over all hypotheses of a class (a step of the version-space bound).

    Parameters
    ----------
    best : int array of shape (most + 1,)
        best[e] = the largest Σ_i gains[i, h(x_i)] among the h with Σ_i errors[i, h(x_i)] = e exactly; −1 where there is none.
    pick : callable
        A hypothesis that attains best[e], given an e with best[e] >= 0.
    kept : int or None
        How many rules have at most `most` errors (rules, not distinct behaviours); None where they were not counted.
    """

    best: IntArray
    pick: Callable[[int], Hypothesis]
    kept: int | None

    def within(self, most: int) -> int | None:
        """The e <= `most` with the largest gain (the smallest such e), None when no hypothesis has so few errors."""
        head = self.best[: max(most + 1, 0)]
        return None if head.size == 0 or head.max() < 0 else int(head.argmax())


def frontier_of(errors: IntArray, gains: IntArray, most: int) -> tuple[IntArray, IntArray]:
    """The frontier of listed behaviours: for each e in 0..most the largest gain and where it stands in the list.

    Parameters
    ----------
    errors, gains : int arrays of the same shape
        Of each behaviour; gains >= 0.
    most : int
        The largest number of errors of interest.

    Returns
    -------
    best, where : int arrays of shape (most + 1,)
        −1 where no behaviour has so many errors; `where` is a flat index, the first of equals.
    """
    errors, gains = errors.ravel(), gains.ravel()
    best = np.full(most + 1, -1, dtype=np.int64)
    where = np.full(most + 1, -1, dtype=np.int64)
    inside = np.flatnonzero(errors <= most)
    np.maximum.at(best, errors[inside], gains[inside])
    attained = inside[gains[inside] == best[errors[inside]]]
    # Written from the last to the first, so that the first of equals stays.
    where[errors[attained][::-1]] = attained[::-1]
    return best, where


def upper_of_supremum(maximum: Maximum, failure: float, *sizes: float) -> float:
    """An upper confidence limit of a supremum over a class, 1 − `failure`, from its exact in-sample maximum.

    P1 (THEORY B0): only the population's maximiser, which is fixed, must be covered, so that no VC dimension and no union
    over the class enters.

    Parameters
    ----------
    maximum : Maximum
        The exact maximum on the sample.
    failure : float
        δ, in (0, 1).
    *sizes : int
        Rows of each independent sample, each of which contributes a number in a range of length 1.

    Raises
    ------
    SurrogateError
        When the maximum is not exact.
    """
    if not maximum.exact:
        raise SurrogateError(
            "an upper limit of a supremum needs the exact in-sample maximum; a surrogate found a lower value of it. "
            "Use an exact class (stumps, thresholds, finite, ...) or claim a lower limit from held-out rows"
        )
    return maximum.value + float(hoeffding_term(failure, *sizes))


def lower_of_infimum(minimum: Minimum, failure: float, *sizes: float) -> float:
    """A lower confidence limit of an infimum over a class, 1 − `failure`, from its exact in-sample minimum.

    P2 (THEORY B0), the mirror image of `upper_of_supremum`; same parameters.

    Raises
    ------
    SurrogateError
        When the minimum is not exact.
    """
    if not minimum.exact:
        raise SurrogateError(
            "a lower limit of an infimum needs the exact in-sample minimum; a surrogate found an upper value of it"
        )
    return minimum.value - float(hoeffding_term(failure, *sizes))
