"""Hoeffding: the limit that knows nothing of the losses but their range."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from whytransfer.claims.intervals.base import BoundedInterval
from whytransfer.claims.intervals.checks import FloatArray, check_failure
from whytransfer.errors import InputError


def hoeffding_term(failure: float, *sizes: float, ranges: Sequence[float] | None = None) -> float:
    """By how much a fixed sum or difference of independent sample means may miss its expectation, on one side.

    sqrt( Σ_i r_i² / n_i · ln(1/δ) / 2 ), Hoeffding's inequality for means over samples of n_i rows whose
    terms have range r_i (highest minus lowest value, fixed in advance).

    Parameters
    ----------
    failure : float
        Probability of a larger deviation, in (0, 1).
    *sizes : float
        Number of rows of each sample, > 0; ``math.inf`` for a population that is known whole.
    ranges : sequence of float or None
        Range of the terms of each sample, ≥ 0; 1 for all by default. A source row that enters as
        1[h ≠ y] − 1[h ≠ h'] has range 2 (THEORY B3).

    Raises
    ------
    InputError
        When a size or range is outside its limits, or their numbers differ.

    Notes
    -----
    Hoeffding, JASA 58 (1963), theorem 2; the deviation of P1 and P2 (THEORY B0).

    Examples
    --------
    >>> round(hoeffding_term(0.05, 1000, 1000), 6)
    0.054733
    >>> round(hoeffding_term(0.05, 1000, 1000, ranges=(2, 1)), 6)
    0.086541
    """
    failure = check_failure(failure)
    widths = (1.0,) * len(sizes) if ranges is None else tuple(ranges)
    if not sizes or len(widths) != len(sizes):
        raise InputError(
            f"one range for each of at least one sample size, got {len(sizes)} and {len(widths)}"
        )
    if not all(n > 0 for n in sizes) or not all(0 <= r < math.inf for r in widths):
        raise InputError(f"sizes must be above 0 and ranges finite and at least 0, got {sizes} and {widths}")
    spread = sum(r * r / n for r, n in zip(widths, sizes, strict=True))
    return math.sqrt(spread * -math.log(failure) / 2)


@dataclass(frozen=True, slots=True)
class Hoeffding(BoundedInterval):
    """The mean plus one Hoeffding term: the widest limit here, and the easiest to check by hand.

    Proof of validity: E exp(s(μ − X)) ≤ exp(s²/8) for X in [0, 1] with mean μ; Markov's inequality for the
    product over n independent rows, at s = 4·deviation.

    Source: Hoeffding, JASA 58 (1963), theorem 2; THEORY B1.

    Examples
    --------
    >>> round(Hoeffding().upper(5, 100, 0.05), 6)
    0.172387
    """

    name: ClassVar[str] = "hoeffding"
    statement: ClassVar[str] = "err ≤ p̂ + sqrt(ln(1/δ) / 2n)"
    reference: ClassVar[str] = "hoeffding:63"

    def _above(self, errors: FloatArray, n: int, failure: float) -> FloatArray:
        return errors / n + hoeffding_term(failure, n)

    def _above_of(self, values: FloatArray, failure: float) -> float:
        return float(values.mean()) + hoeffding_term(failure, values.size)
