"""What the five hold-out theorems share: a model, rows that did not produce it, and its errors on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from whytransfer.claims import Claim
from whytransfer.claims.intervals import (
    INTERVALS,
    EmpiricalBernstein,
    Units,
    counted_lower,
    counted_upper,
    hoeffding_term,
)
from whytransfer.claims.intervals.as_claim import Side, claim_of
from whytransfer.claims.intervals.checks import FloatArray, check_losses
from whytransfer.errors import InputError
from whytransfer.theorems.base import Theorem

GROUPS = "the group of each row, where rows of one group may hang together (with losses)"

COUNTED: Mapping[str, str] = {
    "errors": "number of wrong rows among n that did not produce the model; or its losses of 0 and 1, a row each",
    "n": "number of those rows; left out when errors are losses",
    "groups": GROUPS,
    "delta": "failure probability of each limit, .05 when left out",
    "side": '"both", "upper" or "lower"; "both" when left out',
}
"""The terms of an interval for counts."""

BOUNDED: Mapping[str, str] = dict(COUNTED) | {
    "errors": "number of wrong rows among n that did not produce the model; or its losses in [0, 1], a row each",
}
"""The terms of an interval for bounded losses."""


class HoldOut(Theorem):
    """Limits of an error from rows that the model was not trained or chosen on: nothing else is assumed.

    With `groups` the limits need independence between groups only, and are about the rows of groups of these sizes
    (docs/theory/dependent_rows.md).
    """

    __slots__ = ()

    def __call__(
        self,
        *,
        errors: npt.ArrayLike,
        n: int | None = None,
        groups: npt.ArrayLike | None = None,
        delta: float = 0.05,
        side: Side = "both",
    ) -> Claim:
        """The claim ``interval.<name>``, level proved."""
        made = claim_of(INTERVALS[self.name](), errors, n, delta, side)
        if groups is None:
            return made
        if np.ndim(errors) == 0:
            raise InputError("groups: expected the losses of the rows as errors, got their number")
        losses = check_losses(errors)
        units = Units.of(groups, losses.size)
        if units.groups is None:
            return made
        lower, upper = _limits(self.name, losses, units, delta)
        return replace(
            made, lower=None if side == "upper" else lower, upper=None if side == "lower" else upper
        ).with_detail(anytime=False, **units.said)


def _limits(name: str, losses: FloatArray, units: Units, delta: float) -> tuple[float, float]:
    """Both limits of the mean loss of a row by the named inequality, in its form for groups.

    Raises
    ------
    InputError
        Where the inequality has none.
    """
    if name not in BY_GROUPS:
        raise InputError(
            f"groups: {name} counts independent rows and has no form by groups; use betting, chernoff or hoeffding"
        )
    lower, upper = BY_GROUPS[name](losses, units, delta)
    mean = float(losses.mean())
    return max(0.0, min(lower, mean)), min(1.0, max(upper, mean))


def _betting(losses: FloatArray, units: Units, delta: float) -> tuple[float, float]:
    return units.lower(losses, delta), units.upper(losses, delta)


def _chernoff(losses: FloatArray, units: Units, delta: float) -> tuple[float, float]:
    total = float(losses.sum())
    return counted_lower(total, units.sizes, delta), counted_upper(total, units.sizes, delta)


def _hoeffding(losses: FloatArray, units: Units, delta: float) -> tuple[float, float]:
    mean, deviation = float(losses.mean()), hoeffding_term(delta, units.effective)
    return mean - deviation, mean + deviation


def _empirical_bernstein(losses: FloatArray, units: Units, delta: float) -> tuple[float, float]:
    """Of the means of groups of one size, which are independent and have one mean, whatever their laws."""
    if len(np.unique(units.sizes)) > 1:
        raise InputError("groups: empirical_bernstein needs groups of one size; use betting")
    means = np.minimum(np.bincount(units.groups, weights=losses) / units.sizes, 1.0)  # type: ignore[arg-type]
    return EmpiricalBernstein().lower_of(means, delta), EmpiricalBernstein().upper_of(means, delta)


BY_GROUPS: Mapping[str, Callable[[FloatArray, Units, float], tuple[float, float]]] = {
    "betting": _betting,
    "chernoff": _chernoff,
    "hoeffding": _hoeffding,
    "empirical_bernstein": _empirical_bernstein,
}
