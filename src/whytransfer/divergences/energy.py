"""The energy distance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from whytransfer.claims import Level, Unit
from whytransfer.divergences.base import Divergence, Findings, Laws
from whytransfer.divergences.columns import largest_relabelled
from whytransfer.divergences.pairwise import PairSums, relabelled_contrasts
from whytransfer.divergences.permutation import Relabelled
from whytransfer.divergences.request import Request
from whytransfer.divergences.steps import Steps
from whytransfer.overlap import TwoSamples
from whytransfer.overlap.two_samples import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Energy(Divergence):
    """2E‖X−Y‖ − E‖X−X'‖ − E‖Y−Y'‖ (not its root), Euclidean, in raw units; 0 exactly for equal laws.

    The V-statistic: the pairs of a row with itself count, so the value is never negative, and it is too large by
    about E‖X−X'‖/n + E‖Y−Y'‖/m. Exact over all pairs, in blocks of at most 64 MiB; one column is 2∫(G − F)² dx and takes
    one sort (Székely and Rizzo 2013). No limits: nothing bounds the distances in advance. The test relabels
    one distance matrix.

    Examples
    --------
    >>> Energy().between([0.0], [3.0])
    6.0
    """

    name: ClassVar[str] = "energy"
    unit: ClassVar[Unit] = Unit.FEATURE
    convention: ClassVar[str] = "2E|X-Y| - E|X-X'| - E|Y-Y'| (not its root), V-statistic, raw units, 0 and up"
    reference: ClassVar[str] = "szekely:13"
    laws: ClassVar[Laws] = Laws(degree=1)
    level: ClassVar[Level] = Level.ESTIMATED

    grouped: ClassVar[bool] = True

    def between(self, Xs: Any, Xt: Any) -> float:
        """The V-statistic."""
        return self._value(TwoSamples.read(Xs, Xt))

    def measure(self, samples: TwoSamples, request: Request) -> Findings:
        """The V-statistic; no limits."""
        return Findings(
            estimate=self._value(samples),
            reason="distances between rows have no bound that is known in advance",
            detail={"statistic": "V"},
        )

    def relabel(self, samples: TwoSamples, request: Request) -> Relabelled:
        """The V-statistic under relabelling."""
        if samples.p > 1:
            return relabelled_contrasts(samples, distances, request, sign=-1.0)
        pairs = samples.n * samples.m
        return largest_relabelled(
            samples, request, lambda gaps, widths: _squared(gaps / pairs, widths) * pairs
        )

    def _value(self, samples: TwoSamples) -> float:
        if samples.p > 1:
            # Rounding may leave less than 0 on samples that are equal.
            return max(0.0, -PairSums.of(samples, distances).contrast)
        steps = Steps.of(samples.source[:, 0], samples.target[:, 0])
        return float(_squared(steps.gaps / (samples.n * samples.m), steps.widths))


def _squared(difference: Floats, widths: Floats) -> Floats:
    """2∫(G − F)² dx, the energy distance of one column."""
    return np.asarray(2.0 * (difference**2 @ widths))


def distances(a: Floats, b: Floats) -> Floats:
    """The Euclidean distances of rows (k, p) and (l, p): a (k, l) matrix."""
    from scipy.spatial.distance import cdist

    matrix: Floats = cdist(a, b)
    return matrix
