"""Pearson's chi-square divergence of the target from the source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from whytransfer.claims import Unit
from whytransfer.divergences.events import EventDivergence
from whytransfer.overlap.two_samples import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Chi2(EventDivergence):
    """χ²(T || S) = E_S (dT/dS − 1)² = Σ (T(v) − S(v))²/S(v), 0 and up, infinite where the target has mass that the source lacks.

    One less than d₂ of importance weighting (THEORY B9, B12): the source rows are worth n/(1 + χ²) of the target. Few distinct
    rows: the exact plug-in, null where it is infinite. Else: the value of a held-out event. The lower limit is that of
    the event in both cases; there is never an upper one (THEORY B11, D9).

    Examples
    --------
    >>> Chi2().between([0, 0, 1, 1] * 2, [0, 0, 0, 1] * 2)
    0.25
    """

    name: ClassVar[str] = "chi2"
    unit: ClassVar[Unit] = Unit.RATIO
    convention: ClassVar[str] = "chi-square of T from S, E_S (dT/dS - 1)^2, 0 and up; d_2 is one more"
    reference: ClassVar[str] = "cortes:10"

    def terms(self, q: Floats, p: Floats) -> Floats:
        """(q − p)²/p."""
        out = np.where((q == p), 0.0, np.inf)
        terms: Floats = np.divide((q - p) ** 2, p, out=out, where=p > 0)
        return terms
