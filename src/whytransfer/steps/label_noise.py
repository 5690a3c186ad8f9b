"""Wrong labels: how far every limit moves when a share of them may be wrong, wherever and however chosen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from whytransfer.claims import Assumption, Claim
from whytransfer.claims.assumption import declared
from whytransfer.claims.intervals import Units


def assumption(noise: float) -> Assumption:
    """That no more than a share `noise` of the labels is wrong, as it was declared."""
    return declared("label_noise", f"at most a share {noise:g} of the labels is wrong, whichever they are")


def limits(
    wrong: Sequence[bool] | np.ndarray, units: Units, failure: float, noise: float
) -> tuple[float, float]:
    """Lower and upper limit of the true error from errors against labels of which a share `noise` may be wrong.

    Two readings are both covered. Of the law: a label is wrong with probability ≤ η, so that the error against labels is
    within η of the true one, and its limits move by η. Of the rows: an adversary changed up to a share η of the very labels
    that are scored; then E ± ηn errors were made, and the limits at those counts hold. The wider one is given.

    Parameters
    ----------
    wrong : sequence of bool, shape (n,)
        Whether the model errs against the label of each row.
    units : Units
        What is independent of what.
    failure : float
        Failure probability of each limit.
    noise : float
        η, in [0, .5).
    """
    errs = np.asarray(wrong, dtype=np.float64)
    lower, upper = units.lower(errs, failure), units.upper(errs, failure)
    if noise == 0.0:
        return lower, upper
    # A share that is a whole number of rows but for rounding is that number.
    errors, changed = int(errs.sum()), math.floor(noise * units.n + 1e-9)
    least = min(lower - noise, units.lower_of_count(max(errors - changed, 0), failure))
    most = max(upper + noise, units.upper_of_count(min(errors + changed, units.n), failure))
    return max(0.0, least), min(1.0, most)


def widened(claim: Claim, noise: float, *, errors: int, largest: float = 1.0) -> Claim:
    """A claim about quantities in which `errors` errors against labels enter, with limits that hold in spite of wrong ones.

    Each error is within η of the one against true labels, in the law and on the rows alike; limits that are Hoeffding's, and
    any limit where η is read of the law, move by no more than `errors` · η.

    Parameters
    ----------
    claim : Claim
        With limits for the errors against the labels as they are.
    noise : float
        η, in [0, .5); 0 changes nothing.
    errors : int
        How many errors enter: 1 for an error, 2 for λ.
    largest : float
        Of the quantity, whose least value is 0.
    """
    if noise == 0.0:
        return claim
    by = errors * noise
    moved = replace(
        claim,
        lower=None if claim.lower is None else max(0.0, claim.lower - by),
        upper=None if claim.upper is None else min(max(largest, claim.upper), claim.upper + by),
    )
    return listed(moved, noise)


def listed(claim: Claim, noise: float) -> Claim:
    """The claim, with the declared share of wrong labels among what it stands on."""
    if noise == 0.0:
        return claim
    stands = assumption(noise)
    known = claim.assumptions if stands in claim.assumptions else (*claim.assumptions, stands)
    return claim.standing_on(claim.level, known).with_detail(label_noise=noise)
