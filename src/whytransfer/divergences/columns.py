"""Divergences of single columns; over several columns they are the largest of theirs."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from whytransfer.divergences.base import Divergence
from whytransfer.divergences.permutation import Relabelled, relabellings
from whytransfer.divergences.request import PERMUTE, Request
from whytransfer.divergences.steps import Steps
from whytransfer.overlap import TwoSamples
from whytransfer.overlap.two_samples import Floats, Integers

BYTES_A_CELL = 40
"""What one row of one relabelling needs while its gaps are computed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnDivergence(Divergence):
    """A divergence that is defined in one dimension and, over several columns, is the largest of theirs."""

    @abstractmethod
    def score(self, gaps: Integers, widths: Floats) -> Floats:
        """The value of (…, u) gaps, times nm."""

    def between(self, Xs: Any, Xt: Any) -> float:
        """The plug-in value: the largest over the columns."""
        return float(self.by_column(TwoSamples.read(Xs, Xt)).max())

    @abstractmethod
    def by_column(self, samples: TwoSamples) -> Floats:
        """The plug-in value of every column: (p,)."""

    def relabel(self, samples: TwoSamples, request: Request) -> Relabelled:
        """The largest value over the columns under relabelling."""
        return largest_relabelled(samples, request, self.score)


def largest_relabelled(
    samples: TwoSamples, request: Request, score: Callable[[Integers, Floats], Floats]
) -> Relabelled:
    """The largest score over the columns, divided by nm, under relabelling; every column is sorted once."""
    columns = [(steps, steps.widths) for steps in steps_of(samples)]
    n, m, rng = samples.n, samples.m, request.rng(PERMUTE)
    observed = max(float(score(steps.gaps, widths)) for steps, widths in columns)
    values = [
        np.max([score(steps.relabelled(labels), widths) for steps, widths in columns], axis=0)
        for labels in relabellings(n, m, request.permutations, rng, BYTES_A_CELL, units=samples.units)
    ]
    return Relabelled(observed=observed / (n * m), values=np.concatenate(values) / (n * m))


def steps_of(samples: TwoSamples) -> Iterator[Steps]:
    """Every column as a step function, one at a time: columns that are used up give back their memory."""
    for source, target in zip(samples.source.T, samples.target.T, strict=True):
        yield Steps.of(source, target)


def column_values(names: tuple[str, ...], values: Floats) -> list[dict[str, Any]]:
    """The values of all columns for ``detail["columns"]``."""
    return [{"name": name, "value": float(value)} for name, value in zip(names, values, strict=True)]
