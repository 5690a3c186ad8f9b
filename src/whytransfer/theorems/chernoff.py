"""Chernoff's inequality as a theorem: the limit in relative entropy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from whytransfer.theorems.hold_out import COUNTED, HoldOut


class Chernoff(HoldOut):
    r"""err ≤ max{ q : kl(err^ \|\| q) ≤ ln(1/δ) / n }, with probability at least 1 − δ.

    THEORY B1; kl is the relative entropy of two Bernoulli laws, in nats. For n independent rows that did not
    produce the model; proof in `claims.intervals.Chernoff`. Between Clopper–Pearson, which is never wider,
    and Hoeffding, which follows from it by Pinsker's inequality; its use is in formulas (PAC-Bayes has the
    same shape).

    Examples
    --------
    >>> round(Chernoff()(errors=5, n=100).upper, 6)
    0.121527
    """

    __slots__ = ()

    name: ClassVar[str] = "chernoff"
    statement: ClassVar[str] = "err <= max{q : kl(err^ || q) <= ln(1/delta) / n}"
    reference: ClassVar[str | None] = "chernoff:52"
    needs: ClassVar[Mapping[str, str]] = COUNTED
