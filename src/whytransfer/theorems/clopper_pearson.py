"""Clopper–Pearson as a theorem: the exact limits of an error that was counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from whytransfer.theorems.hold_out import COUNTED, HoldOut


class ClopperPearson(HoldOut):
    r"""err ≤ BetaInv(1 − δ; E + 1, n − E) and err ≥ BetaInv(δ; E, n − E + 1), each with probability at least 1 − δ.

    THEORY B1; Clopper and Pearson, Biometrika 26 (1934). The inversion of the exact one-sided binomial tests,
    for E errors among n independent rows of 0/1 loss; proof in `claims.intervals.ClopperPearson`. E = n has
    the upper limit 1, E = 0 the lower limit 0.

    Assumes that the model is independent of the rows; valid at one n fixed in advance. K models that were
    compared on the same rows: δ/K each. Vacuous only when the model errs on half of the rows, or n is tiny:
    with no error at all, n ≥ ln(1/δ)/−ln(1 − ε) rows are needed for a limit of ε (59 for .05, 299 for .01).

    Examples
    --------
    >>> round(ClopperPearson()(errors=5, n=100).upper, 6)
    0.102253
    """

    __slots__ = ()

    name: ClassVar[str] = "clopper_pearson"
    statement: ClassVar[str] = "err <= BetaInv(1 - delta; E + 1, n - E)"
    reference: ClassVar[str | None] = "clopper-pearson:34"
    needs: ClassVar[Mapping[str, str]] = COUNTED
