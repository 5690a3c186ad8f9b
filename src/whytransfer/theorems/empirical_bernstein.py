"""The empirical Bernstein inequality as a theorem: a limit that uses the variance seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from whytransfer.theorems.hold_out import BOUNDED, HoldOut


class EmpiricalBernstein(HoldOut):
    r"""err ≤ err^ + sqrt(2 V ln(2/δ) / n) + 7 ln(2/δ) / (3(n − 1)), with probability at least 1 − δ.

    THEORY B1; Maurer and Pontil (COLT 2009), theorem 4; V is the sample variance with denominator n − 1,
    losses in [0, 1]; how the constants are known is said in `claims.intervals.EmpiricalBernstein`. n ≥ 2
    independent rows that did not produce the model. Better than Hoeffding once the variance is small and n is
    in the thousands; betting is better still. Vacuous below some 20 rows.

    Examples
    --------
    >>> round(EmpiricalBernstein()(errors=50, n=1000).upper, 6)
    0.077346
    """

    __slots__ = ()

    name: ClassVar[str] = "empirical_bernstein"
    statement: ClassVar[str] = "err <= err^ + sqrt(2 V ln(2/delta) / n) + 7 ln(2/delta) / (3 (n - 1))"
    reference: ClassVar[str | None] = "maurer-pontil:09"
    needs: ClassVar[Mapping[str, str]] = BOUNDED
