"""The debiased Sinkhorn divergence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from whytransfer.claims import Level, Unit
from whytransfer.divergences.base import Divergence, Findings, Laws
from whytransfer.divergences.energy import distances
from whytransfer.divergences.permutation import Relabelled, relabelled_by
from whytransfer.divergences.request import Request, positive
from whytransfer.divergences.transport import fewer
from whytransfer.overlap import TwoSamples
from whytransfer.overlap.two_samples import Floats

MOST_PAIRS = 2**20
"""Larger samples are drawn from: the three problems are solved on 1024 rows of each domain at most."""

ROUNDS = 2000
TOLERANCE = 1e-6
"""Rounds end when no potential moves by more than so many ε; the value's error is of second order in that."""

SAFE_EXPONENT = 300.0
"""Costs of at most so many ε allow plain matrix products; beyond, log-sums."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """A Sinkhorn divergence as it was computed."""

    value: float
    epsilon: float
    rounds: int
    converged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sinkhorn(Divergence):
    """S_ε = OT_ε(S, T) − ½ OT_ε(S, S) − ½ OT_ε(T, T), Euclidean cost, ε = .05 × the median source-target distance.

    OT_ε(S, T) = min over couplings π of E_π‖x − y‖₂ + ε KL(π || S ⊗ T): between W1 (ε → 0) and half the energy distance
    (ε → ∞), in the raw units of the columns, never negative (Feydy et al. 2019, theorem 1). Symmetrised iterations to a change of 1e-6 ε,
    all three problems in step. ε depends on the rows, and stands in ``detail``. No limits: it is no supremum over a class that
    is fixed in advance. More than 1024 rows of a domain: random ones, said in ``detail``.

    Parameters
    ----------
    epsilon : float or None
        ε in raw units; None for .05 × the median distance (the mean one where the median is 0).

    Raises
    ------
    InputError
        When ε is not a finite number above 0.

    Examples
    --------
    >>> round(Sinkhorn().between([0.0, 0.0], [0.7, 0.7]), 9)
    0.7
    """

    epsilon: float | None = None

    name: ClassVar[str] = "sinkhorn"
    unit: ClassVar[Unit] = Unit.FEATURE
    convention: ClassVar[str] = (
        "debiased Sinkhorn divergence, Euclidean cost, raw units, epsilon = .05 x median source-target cost, 0 and up"
    )
    reference: ClassVar[str] = "feydy:19"
    laws: ClassVar[Laws] = Laws(degree=1)
    level: ClassVar[Level] = Level.ESTIMATED
    grouped: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if self.epsilon is not None:
            object.__setattr__(self, "epsilon", positive("epsilon", self.epsilon))

    def between(self, Xs: Any, Xt: Any) -> float:
        """The plug-in value; where there are too many rows, of those that seed 0 draws."""
        return self._solve(fewer(TwoSamples.read(Xs, Xt), Request(), MOST_PAIRS, within=True)).value

    def measure(self, samples: TwoSamples, request: Request) -> Findings:
        """The plug-in value with its ε."""
        rows = fewer(samples, request, MOST_PAIRS, within=True)
        found = self._solve(rows)
        return Findings(
            estimate=found.value,
            reason="no limits: the divergence is no supremum over a class that was fixed in advance",
            detail={
                "epsilon": found.epsilon,
                "epsilon_from": "given"
                if self.epsilon is not None
                else ".05 x median source-target distance",
                "rounds": found.rounds,
                "converged": found.converged,
                "source_rows": rows.n,
                "target_rows": rows.m,
            },
        )

    def relabel(self, samples: TwoSamples, request: Request) -> Relabelled:
        """The plug-in value under relabelling, ε chosen anew for each."""
        rows = fewer(samples, request, MOST_PAIRS, within=True)
        return relabelled_by(rows, request, lambda relabelled: self._solve(relabelled).value)

    def _solve(self, rows: TwoSamples) -> Solution:
        cost = distances(rows.source, rows.target)
        epsilon = self.epsilon or 0.05 * (float(np.median(cost)) or float(cost.mean()))
        if epsilon == 0.0:
            return Solution(value=0.0, epsilon=0.0, rounds=0, converged=True)
        within = distances(rows.source, rows.source), distances(rows.target, rows.target)
        to_target, to_source = smoothed(cost, epsilon), smoothed(np.ascontiguousarray(cost.T), epsilon)
        on_source, on_target = (smoothed(matrix, epsilon) for matrix in within)
        f, p = np.zeros(rows.n), np.zeros(rows.n)
        g, q = np.zeros(rows.m), np.zeros(rows.m)
        moved, rounds = np.inf, 0
        while moved > TOLERANCE * epsilon and rounds < ROUNDS:
            steps = (to_target(g) - f, to_source(f) - g, on_source(p) - p, on_target(q) - q)
            f, g, p, q = f + steps[0] / 2, g + steps[1] / 2, p + steps[2] / 2, q + steps[3] / 2
            moved, rounds = max(float(np.abs(step).max()) for step in steps), rounds + 1
        # After a full update one marginal is exact, and the sum of the means is the dual's value: stationary in the potentials.
        between = (f.mean() + to_source(f).mean() + to_target(g).mean() + g.mean()) / 2
        alone = (p.mean() + on_source(p).mean() + on_target(q).mean() + q.mean()) / 2
        value = float(between - alone)
        return Solution(
            value=max(value, 0.0), epsilon=epsilon, rounds=rounds, converged=moved <= TOLERANCE * epsilon
        )


def smoothed(cost: Floats, epsilon: float) -> Callable[[Floats], Floats]:
    """The smoothed minimum g ↦ −ε ln mean_j exp((g_j − C_ij)/ε) of a cost matrix (n, m)."""
    if float(cost.max()) <= SAFE_EXPONENT * epsilon:
        kernel = np.exp(cost / -epsilon)

        def by_product(g: Floats) -> Floats:
            # Potentials lie within the range of the cost: neither factor leaves the floating-point range.
            return np.asarray(-epsilon * np.log(kernel @ np.exp(g / epsilon) / len(g)))

        return by_product

    def by_log_sum(g: Floats) -> Floats:
        powers = (g - cost) / epsilon
        highest = powers.max(axis=1)
        sums = np.exp(powers - highest[:, np.newaxis]).mean(axis=1)
        return np.asarray(-epsilon * (highest + np.log(sums)))

    return by_log_sum
