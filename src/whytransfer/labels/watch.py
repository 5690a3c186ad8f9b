"""Limits that hold after every label, however many there will be: betting against one hypothesis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whytransfer.claims.intervals.betting import SHARES, STAKES
from whytransfer.claims.intervals.checks import check_failure
from whytransfer.errors import InputError

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

HALVINGS = 60
"""Of the search for a limit in [0, 1]: beyond double precision."""
ROUNDING = 1e-9
"""How much more than 1/δ the wealth must be, as a share: products of 5,000 factors are good to less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """An anytime-valid limit for the error, from labels of rows drawn one after another without replacement.

    A bettor plays against "the error is at least m" (of the law; of the file: "at least K = ⌈m N⌉ of its N rows are wrong").
    Before row i the hypothesis gives the probability p_i that it is wrong: p_i = m for the law, and
    p_i = (K − errors so far) / (rows left) for the file. For a stake c in [0, 1] and u = 1 − c the row multiplies the
    wealth by u if it is wrong (by 1 where p_i = 1) and by (1 − u p_i) / (1 − p_i) if it is right. The first unit is divided among stakes that
    were fixed beforehand. The limit after t rows is the least m against which the wealth has **ever** reached 1/δ.

    **Validity.** Under the hypothesis with equality a row's factor has expectation p_i u + 1 − u p_i = 1 given the past: the
    wealth is a non-negative martingale from 1, and reaches 1/δ with probability at most δ (Ville). Every factor rises with p_i,
    and p_i with m or K, so that the hypotheses that were ever refuted are those above the limit. So the limit holds
    at all times together, and may be the least that was ever reached.

    Parameters
    ----------
    rows : int or None
        N, the rows of the file, where claims are about the file; None for the law.
    """

    rows: int | None = None

    def __post_init__(self) -> None:
        if self.rows is not None and self.rows < 1:
            raise InputError(f"rows: expected at least 1, got {self.rows!r}")

    def upper(self, wrong: Booleans, failure: float) -> float:
        """The error is at most this at every moment, but for a probability of `failure`.

        Parameters
        ----------
        wrong : array-like of bool, shape (t,)
            Whether the model errs on each labelled row, in the order in which they were drawn.
        failure : float
            δ, in (0, 1).
        """
        failure, errs = check_failure(failure), np.asarray(wrong, dtype=bool)
        if not len(errs):
            return 1.0
        if self.rows is not None:
            return self._upper_of_file(errs, failure)
        return self._upper_of_law(errs, failure)

    def lower(self, wrong: Booleans, failure: float) -> float:
        """The error is at least this at every moment: the upper limit of right answers, mirrored."""
        return max(0.0, 1.0 - self.upper(~np.asarray(wrong, dtype=bool), failure))

    def wealth(self, wrong: Booleans, hypothesis: float) -> Floats:
        """The wealth after each row, shape (t,), against one hypothesis: m for the law, K for the file."""
        from whytransfer.labels._lattice import wealth

        errs = np.asarray(wrong, dtype=bool)
        return np.asarray(wealth(errs, float(hypothesis), self.rows or 0, STAKES, SHARES))

    def _refuted(self, errs: Booleans, hypothesis: float, failure: float) -> bool:
        return bool(self.wealth(errs, hypothesis).max() >= (1.0 + ROUNDING) / failure)

    def _upper_of_law(self, errs: Booleans, failure: float) -> float:
        least, most = 0.0, 1.0
        if not self._refuted(errs, np.nextafter(1.0, 0.0), failure):
            return 1.0
        for _ in range(HALVINGS):
            middle = (least + most) / 2
            if self._refuted(errs, middle, failure):
                most = middle
            else:
                least = middle
        return most

    def _upper_of_file(self, errs: Booleans, failure: float) -> float:
        """The largest K that was never refuted, over N."""
        rows = int(self.rows or 0)
        if len(errs) > rows:
            raise InputError(f"{len(errs)} rows were labelled of a file of {rows}")
        # So many rows are wrong for sure, and so many right: nothing outside needs a test.
        least, most = int(errs.sum()), rows - int((~errs).sum()) + 1
        while most - least > 1:
            middle = (least + most) // 2
            if self._refuted(errs, middle, failure):
                most = middle
            else:
                least = middle
        return least / rows
