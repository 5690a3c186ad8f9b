"""Hoeffding's inequality as a theorem: a limit that knows the range of the loss and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from whytransfer.theorems.hold_out import BOUNDED, HoldOut


class Hoeffding(HoldOut):
    r"""err ≤ err^ + sqrt(ln(1/δ) / (2n)), with probability at least 1 − δ.

    THEORY B1; Hoeffding, JASA 58 (1963), theorem 2; proof in `claims.intervals.Hoeffding`. For losses in [0,
    1] of n independent rows that did not produce the model. Exact in the sense of finite samples, but the
    widest: for 0/1 loss Clopper–Pearson is never worse, for other losses betting nearly always is better.
    Vacuous below about ln(1/δ)/2 · 4 rows (6 at δ = .05).

    Examples
    --------
    >>> round(Hoeffding()(errors=5, n=100).upper, 6)
    0.172387
    """

    __slots__ = ()

    name: ClassVar[str] = "hoeffding"
    statement: ClassVar[str] = "err <= err^ + sqrt(ln(1/delta) / (2 n))"
    reference: ClassVar[str | None] = "hoeffding:63"
    needs: ClassVar[Mapping[str, str]] = BOUNDED
