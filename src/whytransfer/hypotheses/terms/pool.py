"""Both samples in one table, as the oracle sees them, and the cost tables of the terms."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from whytransfer.claims.intervals import Units
from whytransfer.errors import InputError
from whytransfer.hypotheses.rows import FloatArray, IntArray

if TYPE_CHECKING:
    from whytransfer.hypotheses.base import HypothesisClass
    from whytransfer.hypotheses.extrema import Maximum
    from whytransfer.hypotheses.hypothesis import Hypothesis
    from whytransfer.hypotheses.labels import Labels

Groups = tuple[ArrayLike | None, ArrayLike | None]
"""The group of every source row and of every target row; None where rows are independent."""

ROUNDING = 1e-9
"""Slack of comparisons of scores; a score is a sum of N fractions, so that its rounding stays far below."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """The rows of both samples, source first.

    Parameters
    ----------
    rows : float64 array of shape (n + m, p)
    n, m : int
        Rows of the source and of the target.
    units : pair of Units
        What is independent of what, in each of them.
    target_is_whole : bool
        Whether the target rows are all there are, so that T^ is T (THEORY F11).
    """

    rows: FloatArray
    n: int
    m: int
    units: tuple[Units, Units]
    target_is_whole: bool = False

    @classmethod
    def of(
        cls,
        oracle: HypothesisClass,
        Xs: object,
        Xt: object,
        labels: Labels | None,
        groups: Groups | None = None,
        target_is_whole: bool = False,
    ) -> Pool:
        """Both samples as `oracle` reads them.

        Raises
        ------
        InputError
            When they can't be read, or have different numbers of columns.
        """
        source, target = oracle.read(Xs, "Xs", labels), oracle.read(Xt, "Xt", labels)
        if source.shape[1] != target.shape[1]:
            raise InputError(
                f"Xs and Xt: expected the same columns, got {source.shape[1]} and {target.shape[1]}; align them first"
            )
        named = (None, None) if groups is None else groups
        # Rows that are all there are were not drawn: nothing depends on how they hang together.
        units = Units.of(named[0], len(source)), Units.of(None if target_is_whole else named[1], len(target))
        return cls(
            rows=np.concatenate([source, target]),
            n=len(source),
            m=len(target),
            units=units,
            target_is_whole=target_is_whole,
        )

    @property
    def source(self) -> FloatArray:
        """The source rows."""
        return self.rows[: self.n]

    @property
    def target(self) -> FloatArray:
        """The target rows."""
        return self.rows[self.n :]

    @property
    def effective(self) -> tuple[float, float]:
        """How many independent rows the source and the target are worth; one each at least, so that a term stays finite.

        Infinitely many where the target rows are all there are: their means don't deviate.
        """
        source, target = self.units
        return source.effective or 1.0, math.inf if self.target_is_whole else target.effective or 1.0

    @property
    def said(self) -> dict[str, Any]:
        """What a claim says of groups, and of a target that is known whole, in its ``detail``."""
        sides = zip(("source", "target"), self.units, strict=True)
        whole = {"population": "file"} if self.target_is_whole else {}
        return {f"{side}_units": units.said for side, units in sides if units.said} | whole

    @property
    def weights(self) -> FloatArray:
        """T − S as weights of the rows: −1/n on the source, +1/m on the target."""
        return np.concatenate([np.full(self.n, -1.0 / self.n), np.full(self.m, 1.0 / self.m)])

    def table(self, source: FloatArray | IntArray, target: FloatArray | IntArray) -> FloatArray:
        """A cost table from its two parts, (n, K) and (m, K)."""
        return np.concatenate([source, target]).astype(np.float64)

    def counts(self, source: IntArray | None, target: IntArray | None, n_labels: int) -> IntArray:
        """1[k ≠ code] on the part whose codes are given, 0 on the other: int64 (n + m, K)."""
        parts = [
            np.zeros((size, n_labels), dtype=np.int64) if codes is None else mismatch(codes, n_labels)
            for codes, size in ((source, self.n), (target, self.m))
        ]
        return np.concatenate(parts)

    def gap(self, one: IntArray, other: IntArray) -> float:
        """T(one ≠ other) − S(one ≠ other), counted, from the codes of two sides on all rows, (n + m,) each."""
        differ = one != other
        return (
            int(np.count_nonzero(differ[self.n :])) / self.m
            - int(np.count_nonzero(differ[: self.n])) / self.n
        )

    def check(self, source: IntArray | None, target: IntArray | None) -> None:
        """Refuse labels or answers whose number is not that of the rows."""
        for codes, size, what in ((source, self.n, "source"), (target, self.m, "target")):
            if codes is not None and len(codes) != size:
                raise InputError(f"{what}: expected one label a row ({size}), got {len(codes)}")


def mismatch(codes: IntArray, n_labels: int) -> IntArray:
    """1[k ≠ codes_i], int64 (n, K)."""
    return np.not_equal(codes[:, None], np.arange(n_labels)).astype(np.int64)


def disagreements(hypothesis: Hypothesis, rows: FloatArray, codes: IntArray) -> int:
    """On how many rows `hypothesis` does not answer `codes`."""
    return int(np.count_nonzero(hypothesis.codes(rows) != codes))


def errors_allowed(rate: float, n: int) -> int:
    """The largest E with E/n ≤ rate, rounding aside."""
    # A rate of 0.15 of 20 rows means 3, although 0.15 * 20 may round to 2.999…
    return min(n, int(np.floor(rate * n + 1e-9)))


def unrounded(maximum: Maximum, counted: float) -> Maximum:
    """`maximum` with its value as it was counted.

    The oracle adds fractions, whose rounding a count does not have. A count that is farther off than rounding is not of this
    maximum, which then stays as it is.
    """
    return replace(maximum, value=counted) if abs(counted - maximum.value) < ROUNDING else maximum


def check_probability(value: float, what: str, *, strict: bool) -> float:
    """`value` as a float, in (0, 1) when `strict`, else in [0, 1]."""
    inside = 0.0 < value < 1.0 if strict else 0.0 <= value <= 1.0
    if not inside:
        raise InputError(
            f"{what}: expected a number {'strictly ' if strict else ''}between 0 and 1, got {value}"
        )
    return float(value)
