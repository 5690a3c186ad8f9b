"""The total variation distance of two joint laws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from whytransfer.claims import Unit
from whytransfer.divergences.base import Laws
from whytransfer.divergences.events import EventDivergence
from whytransfer.overlap.two_samples import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalVariation(EventDivergence):
    """TV = sup over all events A of |S(A) − T(A)| = ½ Σ |S(v) − T(v)|, in [0, 1]; d₁ is twice that.

    Few distinct rows: the exact plug-in, which is the in-sample supremum, so that P1 gives an upper limit (THEORY B0). Else:
    the value T(A) − S(A) of a held-out event and its lower limit; the in-sample supremum of continuous rows is 1,
    and so there is no upper limit (THEORY B11, D9).

    Examples
    --------
    >>> TotalVariation().between([0, 0, 0, 1], [0, 1, 1, 1])
    0.5
    """

    name: ClassVar[str] = "total_variation"
    unit: ClassVar[Unit] = Unit.ERROR
    convention: ClassVar[str] = "sup over all events of |S(A) - T(A)|, half the L1 distance, 0..1"
    reference: ClassVar[str] = "ben-david:10"
    laws: ClassVar[Laws] = Laws(
        largest=1.0, symmetric=False, row_order=False, translation=False, supremum=True
    )

    def terms(self, q: Floats, p: Floats) -> Floats:
        """|q − p|/2."""
        return np.asarray(np.abs(q - p) / 2)

    def upper_from(self, total_variation: float) -> float:
        """Itself."""
        return total_variation
