"""The largest disagreement with h among the members of a class that make few enough source errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from whytransfer.hypotheses.rows import IntArray
from whytransfer.hypotheses.terms.pool import ROUNDING

if TYPE_CHECKING:
    from whytransfer.hypotheses.base import HypothesisClass
    from whytransfer.hypotheses.extrema import Frontier
    from whytransfer.hypotheses.hypothesis import Hypothesis
    from whytransfer.hypotheses.terms.pool import Pool

STEPS, SURROGATE_STEPS = 100, 4
"""Of the search over μ; every μ gives a valid upper value, so that stopping early costs sharpness only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The largest score among the members with few enough errors.

    Parameters
    ----------
    value : float or None
        The maximum ("enumeration"), an upper value of it ("weak_duality"), or a lower one ("surrogate"); None when no
        member has so few errors (for a surrogate: none was found).
    witness : Hypothesis or None
        A member with few enough errors and a large score; it attains `value` for "enumeration" and "surrogate".
    """

    value: float | None
    witness: Hypothesis | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Landscape:
    """Source errors E(h') and target disagreements D(h') of the members of a class.

    Parameters
    ----------
    oracle : HypothesisClass
    pool : Pool
    errors, gains : int64 arrays of shape (n + m, K)
        What each answer costs in source errors and gains in disagreements with h on the target.
    price : float
        The score is D/m − price · E/n: 0 for the version space, 1 for the Lagrangian form.
    frontier : Frontier or None
        From `HypothesisClass.frontier`.
    """

    oracle: HypothesisClass
    pool: Pool
    errors: IntArray
    gains: IntArray
    price: float
    frontier: Frontier | None

    @classmethod
    def of(
        cls,
        oracle: HypothesisClass,
        pool: Pool,
        ys: IntArray,
        ht: IntArray,
        n_labels: int,
        *,
        most: int,
        price: float,
    ) -> Landscape:
        """The landscape of `oracle` for source labels `ys` and target answers `ht`, up to `most` errors."""
        errors, gains = pool.counts(ys, None, n_labels), pool.counts(None, ht, n_labels)
        frontier = oracle.frontier(pool.rows, errors, gains, most)
        return cls(oracle=oracle, pool=pool, errors=errors, gains=gains, price=price, frontier=frontier)

    @property
    def method(self) -> str:
        """How the constrained maximum is found."""
        if self.frontier is not None:
            return "enumeration"
        return "weak_duality" if self.oracle.exact else "surrogate"

    def largest(self, most: int) -> Found:
        """The largest score of the members with at most `most` source errors."""
        if self.frontier is not None:
            return self._enumerated(self.frontier, most)
        return self._dual(most)

    def _enumerated(self, frontier: Frontier, most: int) -> Found:
        best = frontier.best[: most + 1]
        score = np.where(
            best < 0, -np.inf, best / self.pool.m - self.price * np.arange(len(best)) / self.pool.n
        )
        errors = int(score.argmax())
        if best[errors] < 0:
            return Found(value=None, witness=None)
        return Found(value=float(score[errors]), witness=frontier.pick(errors))

    def _dual(self, most: int) -> Found:
        """Min over μ ≥ 0 of max over h' of [score − μ(E/n − most/n)], the upper value of weak duality.

        The dual is the upper envelope of lines in μ, one a member. The search keeps the best member that breaks the
        constraint and the best that meets it, and goes to where their lines cross until nobody lies above the crossing.
        """
        free = self._member(0.0)
        if free.errors <= most:
            return Found(value=free.score, witness=free.hypothesis)
        tight = self._member(2.0 * self.pool.n * (1.0 + self.price))
        if tight.errors > most:
            return Found(value=None, witness=None)
        n, value, steps = self.pool.n, free.score, STEPS if self.oracle.exact else SURROGATE_STEPS
        for _ in range(steps):
            mu = n * (free.score - tight.score) / (free.errors - tight.errors)
            if mu < 0:
                # Only a surrogate can find less without the constraint than with it.
                break
            value = free.score - mu * (free.errors - most) / n
            new = self._member(mu)
            above = new.score - mu * (new.errors - most) / n
            if above <= value + ROUNDING:
                break
            value = above
            free, tight = (new, tight) if new.errors > most else (free, new)
        return Found(value=value if self.oracle.exact else tight.score, witness=tight.hypothesis)

    def _member(self, mu: float) -> Member:
        """The member with the largest score − μ E/n."""
        cost = (self.price + mu) * self.errors / self.pool.n - self.gains / self.pool.m
        hypothesis = self.oracle.minimise(self.pool.rows, cost).hypothesis
        codes = hypothesis.codes(self.pool.rows)[:, None]
        errors = int(np.take_along_axis(self.errors, codes, axis=1).sum())
        gains = int(np.take_along_axis(self.gains, codes, axis=1).sum())
        score = gains / self.pool.m - self.price * errors / self.pool.n
        return Member(hypothesis=hypothesis, errors=errors, score=score)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member of the class with its source errors and its score."""

    hypothesis: Hypothesis
    errors: int
    score: float


def farthest_pair(landscape: Landscape, start: Hypothesis, most: int) -> float:
    """T(h1 ≠ h2) of the farthest two members found with at most `most` errors: a witness, a lower value of the diameter.

    From `start`, the member farthest from the last one, twice; once for a surrogate, whose search is slow.
    """
    pool, n_labels = landscape.pool, landscape.errors.shape[1]
    farthest, here = 0.0, start
    for _ in range(2 if landscape.oracle.exact else 1):
        codes = here.codes(pool.target)
        gains = pool.counts(None, codes, n_labels)
        frontier = landscape.oracle.frontier(pool.rows, landscape.errors, gains, most)
        around = Landscape(
            oracle=landscape.oracle,
            pool=pool,
            errors=landscape.errors,
            gains=gains,
            price=0.0,
            frontier=frontier,
        )
        there = around.largest(most).witness
        if there is None:
            break
        farthest = max(farthest, float(np.mean(there.codes(pool.target) != codes)))
        here = there
    return farthest
