"""The spectral norm of the difference of the second-moment matrices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from whytransfer.claims import Level, Unit
from whytransfer.claims.intervals import hoeffding_term
from whytransfer.divergences.base import Divergence, Findings, Laws
from whytransfer.divergences.critics import METHOD, lower_of_difference
from whytransfer.divergences.permutation import Relabelled, relabelled_by
from whytransfer.divergences.request import SPLIT, Halves, Request, positive
from whytransfer.errors import InputError
from whytransfer.overlap import TwoSamples
from whytransfer.overlap.two_samples import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondMoment(Divergence):
    """‖E_S xxᵀ − E_T xxᵀ‖₂ = sup over unit vectors u of |E_S (u·x)² − E_T (u·x)²|, uncentred, in raw units squared.

    A quarter of the discrepancy of linear functions of norm at most 1 under the squared loss (Mansour, Mohri and
    Rostamizadeh 2009; THEORY B6, D10). Both limits need `radius`: P1 above with R = r², and below the direction that
    is best on one half, evaluated on the other.

    Parameters
    ----------
    radius : float or None
        The largest Euclidean norm that a row of either law can have, known without looking at these rows.

    Raises
    ------
    InputError
        When the radius is not a finite number above 0, or a row is longer.

    Examples
    --------
    >>> SecondMoment().between([1.0, 1.0], [2.0, 2.0])
    3.0
    """

    radius: float | None = None

    name: ClassVar[str] = "second_moment"
    unit: ClassVar[Unit] = Unit.MOMENT
    convention: ClassVar[str] = "spectral norm of E_S xx' - E_T xx', uncentred, raw units squared, 0 and up"
    reference: ClassVar[str] = "mansour:09"
    laws: ClassVar[Laws] = Laws(translation=False, degree=2, supremum=True)
    level: ClassVar[Level] = Level.PROVED
    grouped: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if self.radius is not None:
            object.__setattr__(self, "radius", positive("radius", self.radius))

    def between(self, Xs: Any, Xt: Any) -> float:
        """The plug-in value."""
        return _value(TwoSamples.read(Xs, Xt))

    def measure(self, samples: TwoSamples, request: Request) -> Findings:
        """The plug-in value, and both limits where a radius was declared."""
        estimate = _value(samples)
        if self.radius is None:
            return Findings(estimate=estimate, reason="limits need radius=, declared in advance")
        longest = max(float(np.linalg.norm(rows, axis=1).max()) for rows in (samples.source, samples.target))
        if longest > self.radius:
            raise InputError(
                f"radius: expected rows of norm at most {self.radius}, got one of {longest}; "
                "declare the radius that holds for every possible row"
            )
        lower = self._held_out(samples, request, self.radius)
        return Findings(
            estimate=estimate,
            lower=lower,
            upper=estimate + self.radius**2 * float(hoeffding_term(request.delta, *samples.effective)),
            reason=None if lower is not None else "a lower limit needs two rows of each domain",
            detail={"radius": self.radius, "lower_from": None if lower is None else f"direction {METHOD}"},
        )

    def relabel(self, samples: TwoSamples, request: Request) -> Relabelled:
        """The plug-in value under relabelling."""
        return relabelled_by(samples, request, _value)

    @staticmethod
    def _held_out(samples: TwoSamples, request: Request, radius: float) -> float | None:
        halves = Halves.of(samples, request.rng(SPLIT))
        if halves is None:
            return None
        values, vectors = np.linalg.eigh(_difference(halves.choose))
        best = int(np.abs(values).argmax())
        source, target = (
            (rows @ vectors[:, best]) ** 2 for rows in (halves.evaluate.source, halves.evaluate.target)
        )
        units = halves.evaluate.units
        if values[best] < 0:
            source, target = target, source
            units = None if units is None else (units[1], units[0])
        return lower_of_difference(source, target, 0.0, radius**2, request.delta, units)


def _difference(samples: TwoSamples) -> Floats:
    """E_T xxᵀ − E_S xxᵀ: (p, p)."""
    S, T = samples.source, samples.target
    matrix: Floats = T.T @ T / samples.m - S.T @ S / samples.n
    return matrix


def _value(samples: TwoSamples) -> float:
    return float(np.abs(np.linalg.eigvalsh(_difference(samples))).max())
