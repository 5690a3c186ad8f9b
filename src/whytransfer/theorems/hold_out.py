"""What the five hold-out theorems share: a model, rows that did not produce it, and its errors on them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy.typing as npt

from whytransfer.claims import Claim
from whytransfer.claims.intervals import INTERVALS
from whytransfer.claims.intervals.as_claim import Side, claim_of
from whytransfer.theorems.base import Theorem

COUNTED: Mapping[str, str] = {
    "errors": "number of wrong rows among n that did not produce the model; or its losses of 0 and 1, a row each",
    "n": "number of those rows; left out when errors are losses",
    "delta": "failure probability of each limit, .05 when left out",
    "side": '"both", "upper" or "lower"; "both" when left out',
}
"""The terms of an interval for counts."""

BOUNDED: Mapping[str, str] = dict(COUNTED) | {
    "errors": "number of wrong rows among n that did not produce the model; or its losses in [0, 1], a row each",
}
"""The terms of an interval for bounded losses."""


class HoldOut(Theorem):
    """Limits of an error from rows that the model was not trained or chosen on: nothing else is assumed."""

    __slots__ = ()

    def __call__(
        self, *, errors: npt.ArrayLike, n: int | None = None, delta: float = 0.05, side: Side = "both"
    ) -> Claim:
        """The claim ``interval.<name>``, level proved."""
        return claim_of(INTERVALS[self.name](), errors, n, delta, side)
