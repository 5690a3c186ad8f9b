"""The discrepancy of decision stumps: the supremum over pairs of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from whytransfer.divergences.base import Findings, Laws
from whytransfer.divergences.permutation import Relabelled, relabellings
from whytransfer.divergences.request import PERMUTE, Request
from whytransfer.divergences.sets import Largest, SetDivergence
from whytransfer.errors import InputError
from whytransfer.overlap import TwoSamples
from whytransfer.overlap.two_samples import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class StumpPairs(SetDivergence):
    """disc_H = sup over pairs of stumps of |S(h ≠ h') − T(h ≠ h')|, in [0, 1]: half of d_HΔH, for H = stumps.

    The disagreement sets are the intervals of every column, {x_i ≤ a} xor {x_j ≤ b} and, with three labels or more,
    single quadrants. Exact, O(p² N log N) (THEORY D3). A test repeats the whole search for every relabelling.

    Parameters
    ----------
    n_labels : int
        Labels that the stumps may answer: 2, or 3 for three and more, which all give the same sets.

    Raises
    ------
    InputError
        When `n_labels` is less than 2.

    Examples
    --------
    >>> round(StumpPairs().between([[0, 0], [1, 1]], [[0, 1], [1, 0]]), 12)
    1.0
    """

    n_labels: int = 2

    name: ClassVar[str] = "stump_pairs"
    convention: ClassVar[str] = (
        "disc of stumps: sup of |S(h!=h') - T(h!=h')|, 0..1; d_HdH is twice that, 0..2"
    )
    reference: ClassVar[str] = "ben-david:10"
    laws: ClassVar[Laws] = Laws(largest=1.0, degree=0, monotone=True, supremum=True)
    hypothesis_class: ClassVar[str | None] = "stumps"
    loss: ClassVar[str | None] = "zero_one"

    def __post_init__(self) -> None:
        if self.n_labels < 2 or self.n_labels != int(self.n_labels):
            raise InputError(f"n_labels: expected a whole number of at least 2, got {self.n_labels}")

    def between(self, Xs: Any, Xt: Any) -> float:
        """The exact discrepancy of the two samples."""
        return self.largest(TwoSamples.read(Xs, Xt)).value

    def measure(self, samples: TwoSamples, request: Request) -> Findings:
        """Both limits, and d_HΔH."""
        found = self.limits(samples, request)
        doubled = {"d_hdh": 2 * (found.estimate or 0.0), "n_labels": int(self.n_labels)}
        return Findings(
            estimate=found.estimate,
            lower=found.lower,
            upper=found.upper,
            reason=found.reason,
            detail=dict(found.detail) | doubled,
        )

    def largest(self, samples: TwoSamples) -> Largest:
        """The pair of stumps whose disagreement differs most."""
        from whytransfer.hypotheses.pairs import stump_pairs_supremum

        weights = _weights(samples.n, samples.m)
        found = stump_pairs_supremum(samples.pooled, weights, self.n_labels, features=samples.names)
        first, second = found.witnesses

        def contains(rows: Floats) -> NDArray[np.bool_]:
            inside: NDArray[np.bool_] = first.codes(rows) != second.codes(rows)
            return inside

        return Largest(
            value=found.value / (samples.n * samples.m),
            rule=found.event,
            contains=contains,
            heavier_in_target=bool(contains(samples.target).mean() > contains(samples.source).mean()),
            columns=[],
        )

    def relabel(self, samples: TwoSamples, request: Request) -> Relabelled:
        """The discrepancy under relabelling; the columns are sorted once."""
        from whytransfer.hypotheses.pairs import stump_pairs_supremum
        from whytransfer.hypotheses.sorted_columns import SortedColumns

        n, m = samples.n, samples.m
        columns, weights = SortedColumns.of(samples.pooled), _weights(n, m)
        blocks = relabellings(
            n, m, request.permutations, request.rng(PERMUTE), bytes_a_cell=1, units=samples.units
        )
        values = [
            stump_pairs_supremum(columns, np.where(labels == 1, -float(n), float(m)), self.n_labels).value
            for block in blocks
            for labels in block
        ]
        observed = stump_pairs_supremum(columns, weights, self.n_labels).value
        return Relabelled(observed=observed / (n * m), values=np.array(values) / (n * m))


def _weights(n: int, m: int) -> Floats:
    """The masses times nm, m on the source rows and −n on the target rows: whole, so that their sums are exact."""
    return np.repeat([float(m), -float(n)], [n, m])
