"""The Kullback-Leibler divergence of the target from the source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from whytransfer.claims import Unit
from whytransfer.divergences.events import EventDivergence
from whytransfer.overlap.two_samples import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class KL(EventDivergence):
    """KL(T || S) = E_T ln(dT/dS), in nats, 0 and up, infinite where the target has mass that the source lacks.

    The direction of the worst-case balls of THEORY B12: how surprising the target is to the source. Few distinct
    rows: the exact plug-in, null where it is infinite. Else: the value of a held-out event. The lower limit is that of
    the event in both cases; there is never an upper one (THEORY B11, D9).

    Examples
    --------
    >>> round(KL().between([0, 0, 1, 1], [0, 0, 0, 1]), 6)  # .75 ln 1.5 + .25 ln .5
    0.130812
    """

    name: ClassVar[str] = "kl"
    unit: ClassVar[Unit] = Unit.NATS
    convention: ClassVar[str] = "KL(T || S), nats, 0 and up; exchanging the domains changes it"
    reference: ClassVar[str] = "kullback:51"

    def terms(self, q: Floats, p: Floats) -> Floats:
        """Q ln(q/p)."""
        from scipy.special import rel_entr

        terms: Floats = rel_entr(q, p)
        return terms
