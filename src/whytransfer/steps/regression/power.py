"""How many labels settle a question about a mean loss, by drawing from the losses on the source."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whytransfer.claims.intervals import Betting
from whytransfer.metrics import Loss

Floats = NDArray[np.float64]

DRAWS = 200
"""Samples a number of labels: a power of .80 is then known to .03."""
STEP = 1.1
"""Numbers of labels that are tried rise by a tenth."""
FEWEST = 10
POWER = 0.80
ROUNDS = 60
"""Halvings of the search for a factor: beyond double precision."""
VALUES = 200
"""Quantiles that stand for the errors on the source: a sum over as many values for every sample."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Question:
    """A requirement on a capped loss, and errors as they may look on the target.

    Parameters
    ----------
    loss : Loss
        With a cap.
    requirement : float
        In the unit of the label.
    failure : float
        δ of each limit.
    errors : ndarray, shape (n,)
        Absolute errors on held-out source rows, whose shape stands for that on the target.
    seed : int
        Of the draws.
    """

    loss: Loss
    requirement: float
    failure: float
    errors: Floats
    seed: int

    def shares(self, true: float) -> Floats:
        """Quantiles of ρ^r as shares of its largest value, all errors multiplied by one factor so that the measured loss is `true`."""
        top = float(self.loss.largest or 0.0) ** self.loss.power
        values = np.quantile(self.errors, (np.arange(VALUES) + 0.5) / VALUES)
        zero = np.zeros(VALUES)
        low, high = 0.0, 1.0
        while self.loss.measured(float(self.loss.powers(high * values, zero).mean())) < true and high < 1e12:
            high *= 2.0
        for _ in range(ROUNDS):
            middle = (low + high) / 2
            below = self.loss.measured(float(self.loss.powers(middle * values, zero).mean())) < true
            low, high = (middle, high) if below else (low, middle)
        return np.minimum(self.loss.powers(high * values, zero) / top, 1.0)

    def chance(self, n: int, true: float) -> float:
        """The probability that n labels settle it where the true loss is `true`."""
        top = float(self.loss.largest or 0.0) ** self.loss.power
        limit = min(self.requirement**self.loss.power / top, 1.0)
        rng = np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(22, n)))
        values, shares = np.unique(self.shares(true), return_counts=True)
        counts = rng.multinomial(n, shares / shares.sum(), size=DRAWS).T.astype(np.float64)
        if true <= self.requirement:
            if limit >= 1.0:
                return 1.0
            return float(Betting.settles(1.0 - values, counts, limit, self.failure).mean())
        # "The loss is more than r" is "1 − loss is less than 1 − r".
        return float(Betting.settles(values, counts, 1.0 - limit, self.failure).mean()) if limit > 0 else 1.0

    def needed(self, true: float, most: int) -> int | None:
        """About the least number of labels, to a tenth, that settles it with probability .80; None beyond `most`, or at the requirement."""
        if not len(self.errors) or not self.errors.any() or true == self.requirement:
            return None
        n = FEWEST
        while n <= most:
            if self.chance(n, true) >= POWER:
                return n
            n = max(n + 1, int(n * STEP))
        return None
