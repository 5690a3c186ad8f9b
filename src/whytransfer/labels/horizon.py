"""Limits that hold after every label of a plan at once: a boundary whose level is counted, not bounded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from whytransfer.claims.intervals.checks import check_failure
from whytransfer.errors import InputError

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

BEND = 0.25
"""After t of n labels one stops at z · (n/t)^BEND standard deviations (Wang and Tsiatis 1987); their range is 0 to 1/2."""
HALVINGS = 40
STEP = 0.5**HALVINGS
"""Levels are the multiples of 2^−40; limits are searched as finely, and rounded to the safe side."""
ROUNDING = 1e-9
"""Added to every probability as a factor: sums over 5,000 labels are good to less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """An upper limit for the error after each of the first n labels, of rows drawn one after another without replacement.

    **The order.** After t labels with k errors let ℓ_t(k) be the least rate below which k lies by z · (n/t)^¼ standard
    deviations, z = Φ⁻¹(1 − δ/2): a boundary that asks for more evidence early and for little more than a fixed n at the end. Let
    L_t = min over s ≤ t of ℓ_s(k_s), which never rises.

    **The limit** (Buehler 1957). With π(m; ℓ) = P_m(L_n ≤ ℓ), the limit after t labels is the largest m with π(m; L_t) > δ.

    **Validity.** π rises in ℓ, and falls in m: make a wrong row right, and k_s falls or stays at every s, so that {L_n ≤ ℓ} keeps its
    paths. The limit U(L_n) misses m only where π(m; L_n) ≤ δ; the levels with π(m; ℓ) ≤ δ have a largest one among
    the finitely many that paths have, so it happens with probability ≤ δ. And L_t ≥ L_n, so that U(L_t) ≥ U(L_n): no
    moment's limit is shorter than the last one, and all hold together. π is counted by a walk over (t, k), exactly; for
    rows of a file the next one is wrong with probability (K − k) / (N − t).

    Parameters
    ----------
    n : int
        Labels that are planned.
    rows : int or None
        N, the rows of the file, where claims are about the file; None for the law.
    """

    n: int
    rows: int | None = None

    reference: ClassVar[str] = "wang-tsiatis:87"

    def __post_init__(self) -> None:
        if self.n < 1:
            raise InputError(f"n: expected at least 1, got {self.n!r}")
        if self.rows is not None and self.rows < self.n:
            raise InputError(f"rows: expected at least the {self.n} that are labelled, got {self.rows!r}")

    def upper(self, wrong: Booleans, failure: float) -> float:
        """The error is at most this after every number of labels, but for a probability of `failure`.

        Parameters
        ----------
        wrong : array-like of bool, shape (t,)
            Whether the model errs on each labelled row, in the order in which they were drawn; t ≤ n.
        failure : float
            δ, in (0, 1).
        """
        failure, errs = check_failure(failure), np.asarray(wrong, dtype=bool)
        if len(errs) > self.n:
            raise InputError(f"{len(errs)} rows were labelled of {self.n} that were planned")
        level = self._level(errs, failure)
        return 1.0 if level is None else self._limit(self._bounds(level, failure), errs, failure)

    def lower(self, wrong: Booleans, failure: float) -> float:
        """The error is at least this: the upper limit of right answers, mirrored."""
        return max(0.0, 1.0 - self.upper(~np.asarray(wrong, dtype=bool), failure))

    def boundary(self, hypothesis: float, failure: float) -> Integers:
        """The most errors after t labels that refute "the error is at least this", t = 0 … n; −1 where none does.

        Parameters
        ----------
        hypothesis : float
            m for the law, K for the file.
        failure : float
            δ, in (0, 1).
        """
        failure = check_failure(failure)
        return self._bounds(
            _largest(lambda level: self._chance(self._bounds(level, failure), hypothesis) <= failure), failure
        )

    def stopping(self, bounds: Integers, truth: float, labels: int = 0, errors: int = 0) -> Floats:
        """P(the boundary is first met after t labels), shape (n + 1,), when the error is `truth` (for the file: K).

        From the state "`errors` among the first `labels` labels" on.
        """
        from whytransfer.labels._lattice import stopping

        return np.asarray(stopping(bounds, self.rows or 0, float(truth), labels, errors))

    def _needs(self, failure: float) -> Floats:
        """Squares of the standard deviations that are asked for after t labels, shape (n + 1,)."""
        from scipy.special import ndtri

        # Twice the level of one look: exact for a boundary in continuous time with BEND 1/2 (reflection), near it here.
        z = -ndtri(failure / 2.0)
        t = np.maximum(np.arange(self.n + 1.0), 1.0)
        return np.asarray((z * (self.n / t) ** BEND) ** 2)

    def _bounds(self, level: float, failure: float) -> Integers:
        from whytransfer.labels._lattice import boundary

        return np.asarray(boundary(level, self.rows or 0, self._needs(failure)))

    def _chance(self, bounds: Integers, hypothesis: float) -> float:
        return float(self.stopping(bounds, hypothesis).sum()) * (1.0 + ROUNDING)

    def _level(self, errs: Booleans, failure: float) -> float | None:
        """L_t; None where even rate 1 lies within the boundary (before the first label)."""
        from whytransfer.labels._lattice import ever_reached

        counts = np.concatenate([[0], np.cumsum(errs)]).astype(np.int64)
        needs, rows = self._needs(failure), self.rows or 0
        if not ever_reached(counts, 1.0, rows, needs):
            return None
        # The least level that is reached: one step above the largest that is not.
        return _largest(lambda level: not ever_reached(counts, level, rows, needs)) + STEP

    def _limit(self, bounds: Integers, errs: Booleans, failure: float) -> float:
        if self.rows is None:
            return min(1.0, _largest(lambda m: self._chance(bounds, m) > failure) + STEP)
        # So many rows are wrong for sure, and so many right: nothing outside needs a test.
        least, most = int(errs.sum()), self.rows - int((~errs).sum()) + 1
        while most - least > 1:
            middle = (least + most) // 2
            if self._chance(bounds, float(middle)) > failure:
                least = middle
            else:
                most = middle
        return float(least / self.rows)


def _largest(holds: Callable[[float], bool]) -> float:
    """The largest multiple of 2^−HALVINGS below 1 up to which `holds`; 0 where it never does."""
    least, most = 0, 2**HALVINGS
    while most - least > 1:
        middle = (least + most) // 2
        if holds(middle * STEP):
            least = middle
        else:
            most = middle
    return least * STEP
