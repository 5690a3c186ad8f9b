"""The Wasserstein-1 distance of the joint laws, Euclidean cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from whytransfer.claims import Level, Unit
from whytransfer.claims.intervals import hoeffding_term
from whytransfer.divergences.base import Divergence, Findings, Laws
from whytransfer.divergences.critics import METHOD, lower_of_difference
from whytransfer.divergences.energy import distances
from whytransfer.divergences.permutation import BLOCK_BYTES, Relabelled, relabellings
from whytransfer.divergences.request import PERMUTE, SPLIT, Halves, Request, positive
from whytransfer.divergences.transport import EXACT_PAIRS, Transport, fewer
from whytransfer.errors import InputError
from whytransfer.overlap import TwoSamples
from whytransfer.overlap.two_samples import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Wasserstein(Divergence):
    """W1 = min over couplings of E‖X − Y‖₂ = sup over 1-Lipschitz f of E_T f − E_S f, in the raw units of the columns.

    Columns are never standardised: where their units differ, so does what a unit of distance means. The in-sample value lies
    between ``detail["dual"]``, a feasible dual (c-transform), and ``detail["coupling"]``, the cost of a feasible
    coupling, which is the estimate. Network simplex up to 2²² pairs of rows and 4096 rows of a domain, where both agree to rounding; Sinkhorn with
    rounding up to 2²⁴; random rows of both domains beyond, said in ``detail`` (THEORY D7).

    The upper limit for the laws is coupling + R √((1/n + 1/m) ln(1/δ)/2), R a diameter declared in advance (P1): the coupling is at
    least the in-sample supremum. The lower limit: f(x) = min_j(‖x − t_j‖ − v_j), the 1-Lipschitz potential of one half,
    clipped to its values there, evaluated on the other half.

    Parameters
    ----------
    range : float or None
        A diameter: how far apart two rows of either law can be, known without looking at these rows.

    Raises
    ------
    InputError
        When the diameter is not a finite number above 0, or two rows are farther apart.

    Examples
    --------
    >>> Wasserstein().between([[0.0, 0.0], [1.0, 0.0]], [[0.0, 2.0], [1.0, 2.0]])
    2.0
    """

    range: float | None = None

    name: ClassVar[str] = "wasserstein"
    unit: ClassVar[Unit] = Unit.FEATURE
    convention: ClassVar[str] = "W1 of the joint laws, Euclidean cost, raw units, not standardised, 0 and up"
    reference: ClassVar[str] = "redko:17"
    laws: ClassVar[Laws] = Laws(degree=1, supremum=True)
    level: ClassVar[Level] = Level.PROVED
    grouped: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if self.range is not None:
            object.__setattr__(self, "range", positive("range", self.range))

    def between(self, Xs: Any, Xt: Any) -> float:
        """The cost of the coupling; where there are too many rows, of those that seed 0 draws."""
        rows = fewer(TwoSamples.read(Xs, Xt), Request())
        return Transport.of(distances(rows.source, rows.target)).upper

    def measure(self, samples: TwoSamples, request: Request) -> Findings:
        """The in-sample value from both sides, P1 above it where a diameter was declared, a potential of one half below it."""
        rows = fewer(samples, request)
        cost = distances(rows.source, rows.target)
        found = Transport.of(cost)
        upper = None
        if self.range is not None:
            self._check(samples, float(cost.max()), self.range)
            upper = found.upper + self.range * float(hoeffding_term(request.delta, *rows.effective))
        lower, lower_from = _held_out(samples, request)
        reasons = [] if upper is not None else ["an upper limit needs range=, a diameter declared in advance"]
        if lower is None:
            reasons.append("a lower limit needs two rows of each domain")
        return Findings(
            estimate=found.upper,
            lower=lower,
            upper=upper,
            reason="; ".join(reasons) or None,
            detail={
                "dual": found.lower,
                "coupling": found.upper,
                "method": found.method,
                "range": self.range,
                "source_rows": rows.n,
                "target_rows": rows.m,
                "lower_from": lower_from,
            },
        )

    def relabel(self, samples: TwoSamples, request: Request) -> Relabelled:
        """The cost of the coupling under relabelling; one distance matrix, one transport problem a relabelling."""
        rows = fewer(samples, request, EXACT_PAIRS, within=True)
        n, m, pooled = rows.n, rows.m, distances(rows.pooled, rows.pooled)
        values = [
            Transport.of(pooled[np.ix_(labels == 0, labels == 1)]).upper
            for block in relabellings(n, m, request.permutations, request.rng(PERMUTE), 1, units=rows.units)
            for labels in block
        ]
        return Relabelled(observed=Transport.of(pooled[:n, n:]).upper, values=np.array(values))

    @staticmethod
    def _check(samples: TwoSamples, between: float, diameter: float) -> None:
        """Refuse a diameter that the rows contradict: between the domains, or from one row to all others."""
        from_first = distances(samples.pooled[:1], samples.pooled).max()
        farthest = max(between, float(from_first))
        if farthest > diameter:
            raise InputError(
                f"range: expected rows no more than {diameter} apart, got two that are {farthest} apart; "
                "declare the diameter that holds for every possible pair of rows"
            )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JointPotential:
    """f(x) = min_j(‖x − t_j‖ − v_j), clipped to [low, high]: 1-Lipschitz whatever the v_j are.

    Parameters
    ----------
    knots : (m, p) array
        The t_j.
    v : (m,) array
        The dual potential at the knots.
    low, high : float
        The range of f over the rows that fixed it.
    """

    knots: Floats
    v: Floats
    low: float = -np.inf
    high: float = np.inf

    @classmethod
    def of(cls, samples: TwoSamples) -> JointPotential:
        """The f with the largest E_S f − E_T f on these samples."""
        found = Transport.of(distances(samples.source, samples.target))
        free = cls(knots=samples.target, v=found.v)
        values = free.at(samples.pooled)
        return cls(knots=samples.target, v=found.v, low=float(values.min()), high=float(values.max()))

    def at(self, rows: Floats) -> Floats:
        """Its values at rows (k, p), in blocks of bounded memory."""
        step = max(1, BLOCK_BYTES // (2 * 8 * len(self.knots)))
        values = [
            (distances(rows[i : i + step], self.knots) - self.v).min(axis=1)
            for i in np.arange(0, len(rows), step)
        ]
        return np.concatenate(values).clip(self.low, self.high)


def _held_out(samples: TwoSamples, request: Request) -> tuple[float | None, dict[str, Any] | None]:
    """A lower limit of E_S f − E_T f from one half, f being the best potential of the other."""
    halves = Halves.of(samples, request.rng(SPLIT))
    if halves is None:
        return None, None
    # An exact potential of fewer rows is better than an entropic one of more, and has fewer knots to measure from.
    f, rows = JointPotential.of(fewer(halves.choose, request, EXACT_PAIRS, within=True)), halves.evaluate
    source, target = (-f.at(part) for part in (rows.source, rows.target))
    lower = lower_of_difference(source, target, -f.high, -f.low, request.delta, rows.units)
    return lower, {
        "method": f"1-Lipschitz function {METHOD}",
        "oscillation": f.high - f.low,
        "source_rows": rows.n,
        "target_rows": rows.m,
    }
