"""What may be handed to an interval: a failure probability, a size, counts of errors, losses in [0, 1]."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from whytransfer.errors import InputError

FloatArray = NDArray[np.float64]

ROUNDING = 1e-6
"""A count that came out of a mean (``m * mean``) may be off a whole number by rounding, never by more."""


def check_failure(failure: float) -> float:
    """`failure` as a float strictly between 0 and 1; InputError otherwise."""
    try:
        value = float(failure)
    except (TypeError, ValueError):
        value = float("nan")
    if not 0.0 < value < 1.0:
        raise InputError(f"delta must lie strictly between 0 and 1, got {failure!r}; 0.05 is usual")
    return value


def check_size(n: ArrayLike) -> FloatArray:
    """`n` as an array of whole numbers ≥ 0; InputError otherwise."""
    sizes = _numbers(n, "the number of rows")
    if not (np.all(np.isfinite(sizes)) and np.all(sizes >= 0) and np.all(sizes == np.floor(sizes))):
        raise InputError(f"the number of rows must be a whole number, at least 0, got {n!r}")
    return sizes


def check_counts(errors: ArrayLike, n: ArrayLike) -> FloatArray:
    """`errors` as an array of whole numbers from 0 to `n`; InputError otherwise."""
    sizes = check_size(n)
    given = _numbers(errors, "the number of errors")
    counts = np.rint(given)
    if not np.all(np.isclose(given, counts, rtol=0.0, atol=ROUNDING)):  # NaN is close to nothing
        raise InputError(
            f"the number of errors must be a whole number, got {errors!r}; hand losses other than 0 and 1 "
            "as an array to hoeffding, empirical_bernstein or betting"
        )
    if not np.all((counts >= 0) & (counts <= sizes)):
        raise InputError(f"the number of errors must lie between 0 and n = {n!r}, got {errors!r}")
    return np.asarray(counts, dtype=np.float64)


def check_losses(values: ArrayLike) -> FloatArray:
    """`values` as a one-dimensional array of losses in [0, 1], possibly empty; InputError otherwise."""
    losses = _numbers(values, "the losses")
    if losses.ndim != 1:
        raise InputError(f"the losses must be one-dimensional, one a row, got shape {losses.shape}")
    if not np.all((losses >= 0.0) & (losses <= 1.0)):  # NaN fails too
        wrong = losses[~((losses >= 0.0) & (losses <= 1.0))][0]
        raise InputError(
            f"losses must lie between 0 and 1, got {wrong}; divide them by a range that was fixed in advance"
        )
    return losses


def _numbers(given: ArrayLike, what: str) -> FloatArray:
    try:
        return np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(f"{what} must be numeric, got {given!r}") from None
