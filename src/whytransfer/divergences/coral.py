"""The CORAL distance of two covariance matrices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from whytransfer.claims import Level, Unit
from whytransfer.divergences.base import Divergence, Findings, Laws
from whytransfer.divergences.permutation import Relabelled, relabelled_by
from whytransfer.divergences.request import Request
from whytransfer.errors import InputError
from whytransfer.overlap import TwoSamples


@dataclass(frozen=True, slots=True, kw_only=True)
class Coral(Divergence):
    """‖C_S − C_T‖²_F / 4d², C the covariance matrices (divided by n − 1), d columns, in raw units to the fourth power.

    It sees second moments only: laws of equal covariance are at distance 0 whatever their means (Sun and
    Saenko 2016). No limits: covariances of unbounded columns have none.

    Examples
    --------
    >>> Coral().between([-1.0, 1.0], [-2.0, 2.0])  # variances 2 and 8
    9.0
    """

    name: ClassVar[str] = "coral"
    unit: ClassVar[Unit] = Unit.MOMENT
    convention: ClassVar[str] = "|C_S - C_T|_F^2 / (4 d^2), covariances over n - 1, raw units, 0 and up"
    reference: ClassVar[str] = "sun-saenko:16"
    laws: ClassVar[Laws] = Laws(degree=4)
    level: ClassVar[Level] = Level.ESTIMATED
    grouped: ClassVar[bool] = True

    def between(self, Xs: Any, Xt: Any) -> float:
        """The plug-in value.

        Raises
        ------
        InputError
            When a domain has a single row.
        """
        samples = TwoSamples.read(Xs, Xt)
        if min(samples.n, samples.m) < 2:
            raise InputError(f"coral: expected two rows of each domain, got {samples.n} and {samples.m}")
        return _value(samples)

    def measure(self, samples: TwoSamples, request: Request) -> Findings:
        """The plug-in value; no limits."""
        if min(samples.n, samples.m) < 2:
            return Findings(estimate=None, reason="a covariance needs two rows of each domain")
        return Findings(
            estimate=_value(samples), reason="covariances have no limits without a range of every column"
        )

    def relabel(self, samples: TwoSamples, request: Request) -> Relabelled | None:
        """The plug-in value under relabelling; None where a domain has a single row."""
        return None if min(samples.n, samples.m) < 2 else relabelled_by(samples, request, _value)


def _value(samples: TwoSamples) -> float:
    S, T = (np.atleast_2d(np.cov(rows, rowvar=False)) for rows in (samples.source, samples.target))
    return float(((S - T) ** 2).sum()) / (4 * samples.p**2)
