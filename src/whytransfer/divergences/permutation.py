"""Permutation tests: the observed labelling is one of B + 1 that are equally likely when the laws are equal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whytransfer.claims.intervals import Units
from whytransfer.divergences.request import PERMUTE, Request
from whytransfer.overlap import TwoSamples
from whytransfer.overlap.two_samples import Floats

Labels = NDArray[np.int8]

BLOCK_BYTES = 2**26
"""Working memory of whatever grows with the number of pairs or relabellings: 64 MiB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relabelled:
    """A test statistic as observed and under random exchanges of the domain labels.

    Parameters
    ----------
    observed : float
        The statistic; large speaks for a difference.
    values : (B,) array
        The statistic of every relabelling, computed in the same way.
    rounding : float
        Differences of so much of the largest value may be rounding.
    """

    observed: float
    values: Floats
    rounding: float = 1e-10

    @property
    def p_value(self) -> float:
        """(1 + number of relabellings at least as large)/(1 + B); at least 1/(1 + B)."""
        # Equal arrangements may differ by rounding: they count as equal, which can only enlarge p.
        slack = self.rounding * max(abs(self.observed), float(np.abs(self.values).max(initial=0.0)))
        return (1 + int((self.values >= self.observed - slack).sum())) / (1 + len(self.values))


def relabellings(
    n: int,
    m: int,
    count: int,
    rng: np.random.Generator,
    bytes_a_cell: int,
    units: tuple[Units, Units] | None = None,
) -> Iterator[Labels]:
    """Random domain labels in blocks of (b, n + m): 0 for the source, n times, 1 for the target, m times.

    The blocks are as large as `BLOCK_BYTES` of work at `bytes_a_cell` allow, `count` rows in total; where they are
    cut changes no label.

    With `units`, whole groups change sides, and only with groups of as many rows: rows of one group are not exchangeable
    with those of others, groups of one size are, and n and m stay what they are.
    """
    at_once = max(1, BLOCK_BYTES // (bytes_a_cell * (n + m)))
    for start in range(0, count, at_once):
        labels = np.zeros((min(at_once, count - start), n + m), dtype=np.int8)
        labels[:, n:] = 1
        yield rng.permuted(labels, axis=1) if units is None else _exchanged(len(labels), units, rng)


def _exchanged(count: int, units: tuple[Units, Units], rng: np.random.Generator) -> Labels:
    """The labels of all rows when units change sides with units of their size, `count` times: (count, n + m)."""
    source, target = units
    sizes = np.concatenate([source.sizes, target.sizes])
    sides = np.zeros((count, len(sizes)), dtype=np.int8)
    sides[:, source.count :] = 1
    for size in np.unique(sizes):
        same = np.flatnonzero(sizes == size)
        sides[:, same] = rng.permuted(sides[:, same], axis=1)
    of_source = np.arange(source.n) if source.groups is None else source.groups
    of_target = np.arange(target.n) if target.groups is None else target.groups
    return sides[:, np.concatenate([of_source, source.count + of_target])]


def relabelled_by(samples: TwoSamples, request: Request, value: Callable[[TwoSamples], float]) -> Relabelled:
    """A statistic as observed and recomputed for every relabelling, where nothing can be shared between them."""
    rows = samples.pooled
    values = [
        value(TwoSamples(source=rows[labels == 0], target=rows[labels == 1], names=samples.names))
        for block in relabellings(
            samples.n, samples.m, request.permutations, request.rng(PERMUTE), 1, units=samples.units
        )
        for labels in block
    ]
    return Relabelled(observed=value(samples), values=np.array(values))
