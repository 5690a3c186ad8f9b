"""From an interval and what was observed to a claim."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from whytransfer.claims.claim import Claim
from whytransfer.claims.intervals.base import BoundedInterval, Interval
from whytransfer.claims.intervals.checks import FloatArray, check_counts, check_failure, check_losses
from whytransfer.claims.level import Level, Unit
from whytransfer.errors import InputError

Side = Literal["upper", "lower", "both"]

SIDES: tuple[Side, ...] = ("upper", "lower", "both")

CONVENTION = "error, 0 to 1; each limit is one-sided"

NO_ROWS = "there are no rows: the limits 0 and 1 hold for every error"


def claim_of(kind: Interval, errors: ArrayLike, n: int | None, delta: float, side: Side) -> Claim:
    """The claim of one interval; arguments and errors as in `whytransfer.interval`."""
    delta = check_failure(delta)
    if side not in SIDES:
        raise InputError(f"side must be one of {', '.join(SIDES)}, got {side!r}")
    if np.ndim(errors) == 0:
        if n is None:
            raise InputError("a number of errors needs n, the number of rows it was counted in")
        total, size = float(check_counts(errors, n)), int(n)
        upper, lower, loss = kind.upper(total, size, delta), kind.lower(total, size, delta), "zero_one"
    else:
        losses = _losses(kind, errors, n)
        total, size = float(losses.sum()), losses.size
        zero_one = bool(np.all((losses == 0.0) | (losses == 1.0)))
        loss = "zero_one" if zero_one else "bounded"
        if isinstance(kind, BoundedInterval):
            upper, lower = kind.upper_of(losses, delta), kind.lower_of(losses, delta)
        else:
            upper, lower = kind.upper(total, size, delta), kind.lower(total, size, delta)
    return Claim(
        id=f"interval.{kind.name}",
        quantity="error",
        unit=Unit.ERROR,
        level=Level.PROVED,
        estimate=total / size if size else None,
        lower=None if side == "upper" else lower,
        upper=None if side == "lower" else upper,
        confidence=1.0 - delta,
        theorem=kind.name,
        citation=kind.reference,
        loss=loss,
        detail={
            "delta": delta,
            "errors": int(total) if loss == "zero_one" else total,
            "n": size,
            "side": side,
            "anytime": kind.anytime,
            "convention": CONVENTION,
        }
        | ({} if size else {"reason": NO_ROWS}),
    )


def _losses(kind: Interval, values: ArrayLike, n: int | None) -> FloatArray:
    """The array of losses that was handed in, if this interval can take it."""
    losses = check_losses(values)
    if n is not None and n != losses.size:
        raise InputError(f"n = {n!r} contradicts the {losses.size} losses given; leave n out")
    if not kind.bounded and not np.all((losses == 0.0) | (losses == 1.0)):
        raise InputError(
            f"{kind.name} takes losses of 0 and 1 only; use betting, empirical_bernstein or hoeffding "
            "for losses between them"
        )
    return losses
