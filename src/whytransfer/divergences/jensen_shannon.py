"""The Jensen-Shannon divergence of two joint laws."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from whytransfer.claims import Unit
from whytransfer.divergences.base import Laws
from whytransfer.divergences.events import EventDivergence
from whytransfer.overlap.two_samples import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class JensenShannon(EventDivergence):
    """JS = ½ KL(T || M) + ½ KL(S || M), M = ½(S + T), in nats, in [0, ln 2]; not its square root.

    Few distinct rows: the exact plug-in, and an upper limit ln 2 · (TV + one Hoeffding term), since JS ≤ ln 2 · TV (Lin
    1991, theorem 3) and P1 holds for the total variation. Else: the value of a held-out event, its lower limit, and
    no upper one (THEORY D9).

    Examples
    --------
    >>> round(JensenShannon().between([0, 0, 0, 0], [1, 1, 1, 1]), 6)  # ln 2
    0.693147
    """

    name: ClassVar[str] = "jensen_shannon"
    unit: ClassVar[Unit] = Unit.NATS
    convention: ClassVar[str] = "Jensen-Shannon divergence, nats, 0..ln 2; not the root of it"
    reference: ClassVar[str] = "lin:91"
    laws: ClassVar[Laws] = Laws(
        largest=math.log(2.0), symmetric=False, row_order=False, translation=False, supremum=True
    )

    def terms(self, q: Floats, p: Floats) -> Floats:
        """½ q ln(2q/(p + q)) + ½ p ln(2p/(p + q))."""
        from scipy.special import rel_entr

        middle = (p + q) / 2
        terms: Floats = (rel_entr(q, middle) + rel_entr(p, middle)) / 2
        return terms

    def of_masses(self, q: Floats, p: Floats) -> float:
        """At most ln 2, which rounding may pass."""
        return min(math.log(2.0), EventDivergence.of_masses(self, q, p))

    def upper_from(self, total_variation: float) -> float:
        """Ln 2 · TV."""
        return math.log(2.0) * total_variation
