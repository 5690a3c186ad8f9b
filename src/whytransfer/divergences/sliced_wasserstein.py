"""The sliced Wasserstein-1 distance: W1 of one-dimensional projections, averaged over directions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from whytransfer.claims import Level, Unit
from whytransfer.divergences.base import Divergence, Findings, Laws
from whytransfer.divergences.columns import BYTES_A_CELL
from whytransfer.divergences.critics import METHOD, lower_of_difference
from whytransfer.divergences.permutation import Relabelled, relabellings
from whytransfer.divergences.request import DIRECTIONS, PERMUTE, SPLIT, Halves, Request
from whytransfer.divergences.sorted_columns import COLUMNS_AT_ONCE, transport_costs
from whytransfer.divergences.steps import Steps
from whytransfer.divergences.wasserstein1 import Potential
from whytransfer.errors import InputError
from whytransfer.overlap import TwoSamples
from whytransfer.overlap.two_samples import Floats
from whytransfer.threads import in_threads


@dataclass(frozen=True, slots=True, kw_only=True)
class SlicedWasserstein(Divergence):
    """The mean over seeded uniform directions of W1 of the rows projected on them, in raw units; at most W1.

    Each projection is exact, O(N log N). The directions are drawn before a row is looked at, so that the mean
    is one supremum over sums of 1-Lipschitz functions of the projections; its lower limit comes from those
    that are best on one half, evaluated on the other. The mean over all directions lies beside it by what 200 draws leave.

    Parameters
    ----------
    directions : int
        How many directions.

    Raises
    ------
    InputError
        When there is no direction.

    Examples
    --------
    >>> SlicedWasserstein().between([0.0, 1.0], [1.0, 2.0])  # one column has one direction
    1.0
    """

    directions: int = 200

    name: ClassVar[str] = "sliced_wasserstein"
    unit: ClassVar[Unit] = Unit.FEATURE
    convention: ClassVar[str] = "mean over seeded directions of W1 of the projected rows, raw units, 0 and up"
    reference: ClassVar[str] = "bonneel:15"
    laws: ClassVar[Laws] = Laws(degree=1, supremum=True)
    level: ClassVar[Level] = Level.PROVED
    grouped: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if self.directions < 1 or self.directions != int(self.directions):
            raise InputError(f"directions: expected a whole number of at least 1, got {self.directions}")

    def between(self, Xs: Any, Xt: Any) -> float:
        """The plug-in value (directions of seed 0)."""
        samples = TwoSamples.read(Xs, Xt)
        return self._value(samples, self._vectors(samples.p, Request()))

    def measure(self, samples: TwoSamples, request: Request) -> Findings:
        """The plug-in value with its lower limit."""
        vectors = self._vectors(samples.p, request)
        halves = Halves.of(samples, request.rng(SPLIT))
        reasons = ["rows have no range that is known in advance"]
        if halves is None:
            reasons.append("a lower limit needs two rows of each domain")
        return Findings(
            estimate=self._value(samples, vectors),
            lower=None if halves is None else _held_out(halves, vectors, request.delta),
            reason="; ".join(reasons),
            detail={
                "directions": int(self.directions),
                "lower_from": None if halves is None else f"1-Lipschitz functions {METHOD}",
            },
        )

    def relabel(self, samples: TwoSamples, request: Request) -> Relabelled:
        """The plug-in value under relabelling; every projection is sorted once for a block of relabellings."""
        vectors = self._vectors(samples.p, request)
        n, m, rng = samples.n, samples.m, request.rng(PERMUTE)
        values: list[Floats] = []
        for labels in relabellings(n, m, request.permutations, rng, BYTES_A_CELL, units=samples.units):
            sums = np.zeros(len(labels))
            for projected in projections(samples, vectors):
                steps = Steps.of(projected.source[:, 0], projected.target[:, 0])
                sums += np.abs(steps.relabelled(labels)) @ steps.widths
            values.append(sums / (n * m * len(vectors)))
        return Relabelled(observed=self._value(samples, vectors), values=np.concatenate(values))

    def _vectors(self, p: int, request: Request) -> Floats:
        """Directions uniform on the sphere: (directions, p). In one column there are only two, of equal value."""
        if p == 1:
            return np.ones((1, 1))
        vectors = request.rng(DIRECTIONS).normal(size=(self.directions, p))
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))

    @staticmethod
    def _value(samples: TwoSamples, vectors: Floats) -> float:
        starts = range(0, len(vectors), COLUMNS_AT_ONCE)
        blocks = in_threads(lambda start: _costs(samples, vectors[start : start + COLUMNS_AT_ONCE]), starts)
        return float(np.concatenate(blocks).mean())


def _costs(samples: TwoSamples, vectors: Floats) -> Floats:
    """W1 along each of a few directions (k, p): (k,)."""
    names = tuple(f"direction {k}" for k in range(len(vectors)))
    return transport_costs(
        TwoSamples(source=samples.source @ vectors.T, target=samples.target @ vectors.T, names=names)
    )


def projections(samples: TwoSamples, vectors: Floats) -> Iterator[TwoSamples]:
    """The samples projected on each direction, one at a time."""
    for k, vector in enumerate(vectors):
        source, target = samples.source @ vector, samples.target @ vector
        yield TwoSamples(
            source=source[:, np.newaxis], target=target[:, np.newaxis], names=(f"direction {k}",)
        )


def _held_out(halves: Halves, vectors: Floats, delta: float) -> float:
    """A lower limit from one half, for the mean of the potentials that are best on the other."""
    low, high = 0.0, 0.0
    on_source, on_target = np.zeros(halves.evaluate.n), np.zeros(halves.evaluate.m)
    both = zip(projections(halves.choose, vectors), projections(halves.evaluate, vectors), strict=True)
    for choose, evaluate in both:
        f = Potential.of(choose)
        low, high = low + float(f.values.min()), high + float(f.values.max())
        on_source += f.at(evaluate.source)
        on_target += f.at(evaluate.target)
    k = len(vectors)
    return lower_of_difference(on_source / k, on_target / k, low / k, high / k, delta, halves.evaluate.units)
