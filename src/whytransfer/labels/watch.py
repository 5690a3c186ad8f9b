"""Limits that hold after every label at once: betting against one hypothesis, tuned to what the budget can settle."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whytransfer.claims.intervals.betting import SHARES, STAKES
from whytransfer.claims.intervals.checks import check_failure
from whytransfer.errors import InputError

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

TUNED_SHARE = 0.8
"""Of the first unit of wealth, what is staked on the one alternative that the budget can just settle."""
HALVINGS = 60
SOON = 1.2
"""Nats beyond ln(1/δ) that the budget should bring: with so many the bet is won by then four times in five."""


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
    stake : float or None
        c of the tuned bet, in (0, 1), which gets `TUNED_SHARE` of the first unit; None: the general stakes alone.
    """

    rows: int | None = None
    stake: float | None = None

    def __post_init__(self) -> None:
        if self.stake is not None and not 0.0 < self.stake < 1.0:
            raise InputError(f"stake: expected a number strictly between 0 and 1, got {self.stake!r}")
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

    def log_wealth(self, wrong: Booleans, hypothesis: float) -> Floats:
        """Log of the wealth after each row, shape (t,), against one hypothesis: m for the law, K for the file."""
        errs = np.asarray(wrong, dtype=bool)
        p = self._chances(errs, hypothesis)
        stakes, shares = self._bets()
        u = 1.0 - stakes[:, None]
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            right = np.log1p(-u * np.minimum(p, 1.0)) - np.log1p(-np.minimum(p, 1.0))
            # Where the hypothesis leaves no choice there is nothing to win.
            logs = np.where(errs, np.where(p < 1.0, np.log(u), 0.0), right)
            # What the hypothesis excludes refutes it at once.
            logs[:, np.where(errs, (p <= 0.0) | (p > 1.0), p >= 1.0)] = np.inf
            return np.asarray(np.logaddexp.reduce(np.cumsum(logs, axis=1) + np.log(shares)[:, None], axis=0))

    @property
    def stakes(self) -> Floats:
        """Every stake that a share of the first unit is put on."""
        return self._bets()[0]

    def _bets(self) -> tuple[Floats, Floats]:
        if self.stake is None:
            return STAKES, SHARES
        return np.append(STAKES, self.stake), np.append(SHARES * (1.0 - TUNED_SHARE), TUNED_SHARE)

    def _chances(self, errs: Booleans, hypothesis: float) -> Floats:
        """P(row i is wrong | the rows before it) under the hypothesis, shape (t,)."""
        if self.rows is None:
            return np.full(len(errs), float(hypothesis))
        before: Floats = np.cumsum(errs) - errs.astype(np.float64)
        return np.asarray((hypothesis - before) / (self.rows - np.arange(len(errs))))

    def _refuted(self, errs: Booleans, hypothesis: float, failure: float) -> bool:
        return bool(self.log_wealth(errs, hypothesis).max() >= -math.log(failure))

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


def tuned_stake(requirement: float, failure: float, budget: int) -> float | None:
    """The stake that wins fastest where the error is as far below the requirement as `budget` labels can tell.

    That error is θ with budget · kl(θ ‖ requirement) = ln(1/δ) + `SOON`, and the stake 1 − θ/requirement. None where even no
    error at all would not be told from the requirement.

    Examples
    --------
    >>> round(tuned_stake(0.15, 0.05, 290), 2)
    0.38
    """
    if not 0.0 < requirement < 1.0:
        return None
    wanted = (SOON - math.log(failure)) / budget
    if wanted >= -math.log1p(-requirement):
        return None
    low, high = 0.0, requirement
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if _kl(middle, requirement) > wanted:
            low = middle
        else:
            high = middle
    stake = 1.0 - high / requirement
    return stake if 0.0 < stake < 1.0 else None


def _kl(p: float, q: float) -> float:
    """kl(p ‖ q) of two coins, in nats."""
    first = p * math.log(p / q) if p > 0 else 0.0
    return first + (1.0 - p) * (math.log1p(-p) - math.log1p(-q))
