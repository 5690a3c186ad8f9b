"""Lower limits of a supremum: a bounded function that was fixed on other rows."""

from __future__ import annotations

from whytransfer.claims.intervals import Betting, Units
from whytransfer.overlap.two_samples import Floats

METHOD = "fixed on a seeded half of each domain; betting limits at delta/2 a domain on the other"


def lower_of_difference(
    on_source: Floats,
    on_target: Floats,
    low: float,
    high: float,
    failure: float,
    units: tuple[Units, Units] | None = None,
) -> float:
    """A lower limit of E_T f − E_S f, at least 0, for a function f that these rows did not choose.

    Both means by betting, δ/2 each, which adapts to the variance of f (Waudby-Smith and Ramdas 2024). Since f
    belongs to the class, a lower limit of its difference in mean is one of the supremum (THEORY B0).

    Parameters
    ----------
    on_source, on_target : (n,) and (m,) arrays
        f at the rows.
    low, high : float
        Bounds of f, known without these rows.
    failure : float
        δ, one-sided.
    units : pair of Units, optional
        What is independent of what, where rows are not: betting then is on the means of the units.
    """
    if high <= low:
        return 0.0
    # Rounding may put a value a last bit outside its bounds.
    source, target = (((f - low) / (high - low)).clip(0.0, 1.0) for f in (on_source, on_target))
    if units is not None:
        difference = units[1].lower(target, failure / 2) - units[0].upper(source, failure / 2)
    else:
        limits = Betting()
        difference = limits.lower_of(target, failure / 2) - limits.upper_of(source, failure / 2)
    return max(0.0, (high - low) * float(difference))
