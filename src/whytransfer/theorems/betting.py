"""Betting as a theorem: the best limit for bounded losses that are not 0 or 1, valid at every moment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from whytransfer.theorems.hold_out import BOUNDED, HoldOut


class Betting(HoldOut):
    r"""err < least m with Σ_j w_j Π_i [1 − λ_j(m)(X_i − m)] ≥ 1/δ, with probability at least 1 − δ for all n together.

    THEORY B1; Waudby-Smith and Ramdas (JRSSB 2024) have the idea; the bets used and their complete proof (a
    non-negative martingale at the true mean, and Ville's inequality) are in `claims.intervals.Betting`.
    Losses in [0, 1] of independent rows that did not produce the model; also rows whose mean given the past
    is constant. One may look after every row. For counted errors Clopper–Pearson is narrower at one fixed n.

    Examples
    --------
    >>> claim = Betting()(errors=[0.0, 0.2, 0.1] * 100)
    >>> 0.1 < claim.upper < 0.13
    True
    """

    __slots__ = ()

    name: ClassVar[str] = "betting"
    statement: ClassVar[str] = (
        "err < least m with wealth of the bets against m of at least 1/delta, at every n"
    )
    reference: ClassVar[str | None] = "waudby-smith-ramdas:24"
    needs: ClassVar[Mapping[str, str]] = BOUNDED
