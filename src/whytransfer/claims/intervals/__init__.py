"""Intervals for an error probability: one file an interval; an export line here is the registration."""

from numpy.typing import ArrayLike

from whytransfer.claims.claim import Claim
from whytransfer.claims.intervals.as_claim import Side, claim_of
from whytransfer.claims.intervals.base import BoundedInterval, Interval
from whytransfer.claims.intervals.beta_binomial import BetaBinomial
from whytransfer.claims.intervals.betting import Betting
from whytransfer.claims.intervals.chernoff import Chernoff, kl_upper
from whytransfer.claims.intervals.clopper_pearson import ClopperPearson, lower_limit, upper_limit
from whytransfer.claims.intervals.empirical_bernstein import EmpiricalBernstein
from whytransfer.claims.intervals.group_bets import grouped_lower, grouped_upper, part_limits
from whytransfer.claims.intervals.grouped import (
    counted_lower,
    counted_most,
    counted_upper,
    effective_rows,
)
from whytransfer.claims.intervals.hoeffding import Hoeffding, hoeffding_term
from whytransfer.claims.intervals.units import Units
from whytransfer.names import registered, resolve

INTERVALS = registered(globals(), Interval)


def interval(
    name: str, errors: ArrayLike, n: int | None = None, delta: float = 0.05, side: Side = "both"
) -> Claim:
    """Limits for an error probability, from independent rows and nothing else.

    Parameters
    ----------
    name : str
        ``clopper_pearson`` (the exact one, and the right choice for errors counted once),
        ``chernoff``, ``hoeffding``, ``empirical_bernstein``, ``betting`` (losses in [0, 1]; at any
        time), ``beta_binomial`` (errors of 0 or 1, at any time).
    errors : int or array-like, shape (n,)
        The number of wrong rows; or the losses themselves, in [0, 1], where the interval takes
        them (otherwise they must be 0 or 1).
    n : int or None
        The number of rows; None when `errors` is an array.
    delta : float
        Probability that a limit misses, for each side, in (0, 1).
    side : {"upper", "lower", "both"}
        Which limits to set. Both hold together with probability at least 1 − 2·delta.

    Returns
    -------
    Claim
        ``interval.<name>``, level proved, quantity error. No rows: no estimate, limits 0 and 1, the reason in
        ``detail``.

    Raises
    ------
    InputError
        When an argument is outside its range; `UnknownNameError` for a name that is not known.

    References
    ----------
    docs/theory has a page for each (statement, proof, source); the claim's `citation` is the key of the source.

    Examples
    --------
    >>> claim = interval("clopper_pearson", 5, 100)
    >>> round(claim.lower, 6), claim.estimate, round(claim.upper, 6)
    (0.019906, 0.05, 0.102253)
    """
    return claim_of(resolve("interval", name, INTERVALS)(), errors, n, delta, side)


__all__ = [
    "INTERVALS",
    "BetaBinomial",
    "Betting",
    "BoundedInterval",
    "Chernoff",
    "ClopperPearson",
    "EmpiricalBernstein",
    "Hoeffding",
    "Interval",
    "Units",
    "counted_lower",
    "counted_most",
    "counted_upper",
    "effective_rows",
    "grouped_lower",
    "grouped_upper",
    "hoeffding_term",
    "interval",
    "kl_upper",
    "lower_limit",
    "part_limits",
    "upper_limit",
]
