"""Exact limits for an error counted on rows that were drawn without replacement, stratum by stratum."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from whytransfer.claims.intervals import lower_limit, upper_limit
from whytransfer.claims.intervals.checks import check_failure
from whytransfer.errors import InputError

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Population = Literal["law", "file"]
Table = tuple[Floats, Integers, Integers]

SLACK = 1e-3
"""How far, as a factor, a tail probability may be overstated by the search for the worst split."""
MOST_ENTRIES = 8_000_000
"""Numbers in the table of a stratum (64 MB); beyond, probabilities are worked out when they are needed."""
ROUNDING = 1e-8
"""Added to every tail as a factor: the logarithms of factorials are good to less."""
BEYOND = 2.0
"""Standard deviations below the law's error from which on a file may have another worst split than the even one."""
NEAR = 0.01
"""How far below δ the level of a critical region may stay."""
STEPS_A_SIGMA = 75
"""Error counts of the file looked at within one standard deviation, where claims are about the law."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """How many rows of each stratum of a file there are, and how many of them were drawn at random.

    The rows of the file are divided into one or two strata whose sizes were fixed before anything about the target was
    seen (a stratum may be "the 40 % of the rows on which the model seems surest"); from each a fixed number is drawn
    without replacement. What is limited is the error of the whole file, or of the law that its rows are draws from.

    **The limit** (Buehler 1957). Outcomes k = (errors in each stratum) are put in an order that was fixed beforehand,
    here by an approximate upper limit O(k). For a file with K wrong rows let

        β(K; k) = max over all ways to spread K wrong rows of P(an outcome not above k in the order).

    The upper limit for the file's error is the largest K with β(K; k) > δ, over m. For the law it is the largest τ with
    Σ_K Bin(K; m, τ) β(K; k) > δ. Both miss with probability at most δ, whatever O is; O only decides how short they are.
    Statements and proofs: docs/theory/labels.md. With one stratum these are the hypergeometric limit and Clopper–Pearson's.

    Parameters
    ----------
    sizes : tuple of int
        Rows of each stratum, one or two of them.
    drawn : tuple of int
        Rows drawn from each, at least 1 where the stratum has any.
    population : {"law", "file"}
        What the limits are about.

    Raises
    ------
    InputError
        When the numbers contradict each other.
    """

    sizes: tuple[int, ...]
    drawn: tuple[int, ...]
    population: Population = "law"

    reference: ClassVar[str] = "buehler:57"

    def __post_init__(self) -> None:
        if len(self.sizes) not in (1, 2) or len(self.drawn) != len(self.sizes):
            raise InputError(f"expected one or two strata, got sizes {self.sizes} and draws {self.drawn}")
        for size, drawn in zip(self.sizes, self.drawn, strict=True):
            if not 1 <= drawn <= size:
                raise InputError(f"expected from 1 to {size} rows drawn of {size}, got {drawn}")

    @property
    def m(self) -> int:
        """Rows of the file."""
        return sum(self.sizes)

    @property
    def n(self) -> int:
        """Rows drawn."""
        return sum(self.drawn)

    @property
    def weights(self) -> Floats:
        """Share of the file that each stratum is, (H,)."""
        return np.array(self.sizes) / self.m

    def estimate(self, errors: Integers | tuple[int, ...]) -> float:
        """The error that the counts estimate: Σ W_h k_h / n_h, unbiased."""
        return float(np.sum(self.weights * np.asarray(errors) / np.array(self.drawn)))

    def upper(self, errors: Integers | tuple[int, ...], failure: float) -> float:
        """The error is at most this, but for a probability of `failure`.

        Parameters
        ----------
        errors : sequence of int, length H
            Wrong rows among those drawn of each stratum.
        failure : float
            δ, in (0, 1).
        """
        failure, counts = check_failure(failure), self._checked(errors)
        if len(self.sizes) == 1 and self.population == "law":
            return float(upper_limit(counts[0], self.n, failure))
        return _upper(self, counts, failure)

    def lower(self, errors: Integers | tuple[int, ...], failure: float) -> float:
        """The error is at least this, but for a probability of `failure`: the upper limit of right answers, mirrored."""
        counts = self._checked(errors)
        if len(self.sizes) == 1 and self.population == "law":
            return float(lower_limit(counts[0], self.n, check_failure(failure)))
        right = tuple(n - k for n, k in zip(self.drawn, counts, strict=True))
        return max(0.0, min(1.0 - self.upper(right, failure), self.estimate(counts)))

    def p_value(self, stairs: Integers, requirement: float) -> float:
        """An upper value of the probability of a region where the error exceeds `requirement`."""
        if requirement >= 1.0:
            return 0.0
        if self.population == "file":
            return self.file_tail(stairs, whole_rows(requirement, self.m) + 1)
        if len(self.sizes) == 1:
            from scipy.stats import binom

            return float(binom.cdf(int((stairs >= 0).sum()) - 1, self.n, requirement))
        return self.law_tail(stairs, requirement)

    def critical(self, requirement: float, failure: float) -> Integers:
        """A region of the order that certifies "error ≤ requirement", nearly the largest: its staircase, shape (n_1 + 1,).

        Its level is between .99 δ and δ, where outcomes lie so dense. All −1 where no outcome certifies it.
        """
        failure = check_failure(failure)
        order = ordering(self, failure)
        levels = np.unique(order)
        least, most, step = -1, len(levels), max(1, len(levels) // 64)
        # Logs of the level, which is nearly linear in the place; the aim is the middle of what is near enough.
        heights, aim = [-np.inf, np.inf], np.log(failure * (1.0 - NEAR / 2.0))
        # The order is an approximate upper limit: the region that is looked for ends near the requirement.
        at = int(np.searchsorted(levels, requirement)) - 1
        while most - least > 1:
            at = min(max(at, least + 1), most - 1)
            found = self.p_value(_stairs(order, levels[at]), requirement)
            within = found <= failure
            least, most = (at, most) if within else (least, at)
            heights[0 if within else 1] = np.log(max(found, 1e-300))
            if failure * (1.0 - NEAR) <= found <= failure:
                break
            if np.isfinite(heights).all():
                share = (aim - heights[0]) / (heights[1] - heights[0])
                at = least + round(min(max(share, 0.05), 0.95) * (most - least))
            else:
                at, step = (at + step if within else at - step), 2 * step
        return _stairs(order, levels[least]) if least >= 0 else np.full(order.shape[0], -1, dtype=np.int64)

    def region(self, errors: tuple[int, ...], failure: float) -> Integers:
        """The staircase of all outcomes that don't stand above these counts in the order."""
        order = ordering(self, failure)
        at = (errors[0], errors[1] if len(errors) == 2 else 0)
        return _stairs(order, order[at])

    def probability(self, stairs: Integers, errors: Integers | tuple[int, ...]) -> float:
        """P(region) for a file with these numbers of wrong rows in its strata."""
        from whytransfer.labels._kernels import tail

        sizes, drawn, wrong = _pair(self.sizes), _pair(self.drawn), _pair(tuple(errors))
        return float(
            tail(sizes, drawn, int(wrong[0]), int(wrong[1]), stairs, *tables(self.sizes, self.drawn))
        )

    def file_tail(self, stairs: Integers, errors: int) -> float:
        """β: an upper value of max P(region) over all files with `errors` wrong rows."""
        from whytransfer.labels._kernels import worst_tail

        strata = _pair(self.sizes), _pair(self.drawn)
        found = worst_tail(*strata, errors, stairs, SLACK, *tables(self.sizes, self.drawn))
        return min(1.0, float(found) * (1.0 + ROUNDING))

    def of_file(self, stairs: Integers, failure: float) -> float:
        """The largest K with β(K) > δ, over m; β falls as K grows."""
        least, most = -1, self.m + 1
        while most - least > 1:
            middle = (least + most) // 2
            if self.file_tail(stairs, middle) > failure:
                least = middle
            else:
                most = middle
        return max(0, least) / self.m

    def of_law(self, stairs: Integers, failure: float) -> float:
        """The largest τ with Σ_K Bin(K; m, τ) β(K) > δ, rounded upwards."""
        from scipy.optimize import brentq

        grid, tails = self._tails(stairs, np.arange(self.m + 1))
        if self._mixed(grid, tails, 1.0) > failure:
            return 1.0
        found = brentq(lambda r: self._mixed(grid, tails, r) - failure, 0.0, 1.0, xtol=1e-12)
        # From the safe side: the solver may stop on either.
        return float(min(1.0, found + 1e-10))

    def law_tail(self, stairs: Integers, rate: float) -> float:
        """An upper value of P(region) where the file is made of independent rows of a law with this error."""
        from scipy.stats import binom

        # What lies beyond counts as if it were at the ends, upwards as ever.
        ends = binom.ppf(1e-6, self.m, rate), binom.isf(1e-6, self.m, rate)
        span = np.arange(max(0, int(ends[0])), min(self.m, int(ends[1])) + 1)
        return self._mixed(*self._tails(stairs, span), rate)

    def _tails(self, stairs: Integers, span: Integers) -> tuple[Integers, Floats]:
        """β at a grid of error counts that covers `span` where it falls; so dense that steps overstate it little."""
        reached = _transition(self, stairs, span)
        sigma = max(1.0, 0.5 * np.sqrt(self.m * self.m / self.n))
        step = max(1, int(sigma / STEPS_A_SIGMA))
        # Multiples of the step, whatever the span: the same tails in every question about one region.
        grid = np.arange(reached[0] // step, reached[1] // step + 1) * step
        return grid, np.array([self.file_tail(stairs, int(k)) for k in grid])

    def _mixed(self, grid: Integers, tails: Floats, rate: float) -> float:
        """Σ_K Bin(K; m, rate) β(K), with β as its value at the next lower grid point, and 1 below the grid."""
        from scipy.stats import binom

        below = binom.cdf(grid - 1, self.m, rate)
        mass = np.diff(np.append(below, 1.0))
        return float(below[0] + np.sum(mass * tails))

    def _checked(self, errors: Integers | tuple[int, ...]) -> tuple[int, ...]:
        counts = tuple(int(k) for k in errors)
        if len(counts) != len(self.drawn) or any(
            not 0 <= k <= n for k, n in zip(counts, self.drawn, strict=True)
        ):
            raise InputError(f"expected numbers of errors from 0 to {self.drawn}, got {counts}")
        return counts


@lru_cache(maxsize=4096)
def _upper(draws: Draws, counts: tuple[int, ...], failure: float) -> float:
    """The upper limit; whoever certifies again after a look, or draws files by the thousand, meets the same counts."""
    stairs = draws.region(counts, failure)
    limit = draws.of_file(stairs, failure) if draws.population == "file" else draws.of_law(stairs, failure)
    return min(1.0, max(limit, draws.estimate(counts)))


@lru_cache(maxsize=4)
def tables(sizes: tuple[int, ...], drawn: tuple[int, ...]) -> tuple[Table, Table]:
    """The law of what is drawn of each stratum, for every number of wrong rows in it; empty where that is too much."""
    from whytransfer.labels._kernels import probability_table

    (first, second), (k, j) = _pair(sizes), _pair(drawn)
    return (
        probability_table(int(first), int(k), False, MOST_ENTRIES),
        probability_table(int(second), int(j), True, MOST_ENTRIES),
    )


@lru_cache(maxsize=16)
def ordering(draws: Draws, failure: float) -> Floats:
    """O(k) for every outcome, shape (n_1 + 1, n_2 + 1): an approximate upper limit, rising along both axes.

    The estimate plus z standard errors, these taken at error rates that were moved up to the limit itself in
    proportion to their leverage (as a score interval does), with one pseudo-error and one pseudo-success a stratum.

    For the law, files with few and with many wrong rows may each have their worst split. With e the standard error if errors
    are spread evenly, s the one that the rates have, and v that of a file's error about the law's, the distance is
    z √(e² + v²) − τ (e − s), τ = (z √(e² + v²) − `BEYOND` v) / e: the even split is then the worst one in every file but those whose error lies
    `BEYOND` standard deviations below the law's, and costs nothing where strata save nothing.
    """
    from scipy.special import ndtri

    z = -ndtri(failure)
    sizes, drawn = _pair(draws.sizes), _pair(draws.drawn)
    weights, n = sizes / draws.m, np.maximum(drawn, 1)
    left = 1.0 - drawn / np.maximum(sizes, 1)
    counts = np.meshgrid(np.arange(drawn[0] + 1.0), np.arange(drawn[1] + 1.0), indexing="ij")
    estimate = sum(w * k / c for w, k, c in zip(weights, counts, n, strict=True))
    rates = [(k + 1.0) / (c + 2.0) for k, c in zip(counts, n, strict=True)]

    def leverage(at: list[Floats]) -> list[Floats]:
        return [w * f * r * (1.0 - r) / c for w, f, r, c in zip(weights, left, at, n, strict=True)]

    def error(at: list[Floats]) -> Floats:
        pulls = leverage(at)
        return np.asarray(
            np.sqrt(np.maximum(sum(w * c for w, c in zip(weights, pulls, strict=True)), 1e-300))
        )

    pulls, spread = leverage(rates), error(rates)
    moved = [np.clip(r + z * c / spread, 0.0, 1.0) for r, c in zip(rates, pulls, strict=True)]
    distance = z * error(moved)
    if draws.population == "law":
        whole = sum(w * r for w, r in zip(weights, moved, strict=True))
        even, about = error([whole, whole]), np.sqrt(whole * (1.0 - whole) / draws.m)
        most = z * np.sqrt(even**2 + about**2)
        distance = most - np.maximum(most - BEYOND * about, 0.0) * (1.0 - error(moved) / even)
    limit = np.asarray(estimate + distance)
    # Where rounding or a bound at 1 would let it fall, it stays: the regions must be down-sets.
    return np.maximum.accumulate(np.maximum.accumulate(limit, axis=0), axis=1)


def _stairs(order: Floats, level: float) -> Integers:
    return np.asarray((order <= level).sum(axis=1) - 1, dtype=np.int64)


def _transition(draws: Draws, stairs: Integers, span: Integers) -> tuple[int, int]:
    """Where within `span` β falls from nearly 1 to nearly 0: the first count below .999 less one, the first below 1e-9."""
    found = []
    for level in (0.999, 1e-9):
        least, most = int(span[0]) - 1, int(span[-1])
        while most - least > 1:
            middle = (least + most) // 2
            if draws.file_tail(stairs, middle) > level:
                least = middle
            else:
                most = middle
        found.append(most)
    return max(int(span[0]), found[0] - 1), found[1]


def whole_rows(rate: float, m: int) -> int:
    """⌊rate · m⌋, where a product that is whole but for rounding counts as whole."""
    return int(np.floor(rate * m + 1e-9))


def _pair(values: tuple[int, ...]) -> Integers:
    """Numbers of two strata, the second one empty where there is one only."""
    return np.array([*values, 0][:2], dtype=np.int64)
