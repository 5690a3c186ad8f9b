"""Label-preserving transport: target rows are source rows that moved a little and kept their labels."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from whytransfer.claims import Claim
from whytransfer.claims.intervals import Units
from whytransfer.errors import InputError
from whytransfer.names import resolve
from whytransfer.theorems.assumptions import labels_move_along
from whytransfer.theorems.base import Bound, Terms, check_delta
from whytransfer.theorems.laws import FloatArray

KINDS = {
    "mean": "E d(X, X') <= W: by Markov's inequality a row moves further than r with probability at most W / r",
    "largest": "d(X, X') <= W always: no row moves further than r >= W",
}


class TransportLabels(Bound):
    r"""err_T(h) ≤ min over r of S(h(X) ≠ Y or dist(X, boundary of h) ≤ r) + W/r.

    THEORY B7, derived for this project. dist(X, boundary) is the distance from X to the nearest point that h
    answers otherwise (or a lower value of it, such as the margin divided by the Lipschitz constant of the
    score). **Proof.** Let (X, Y) ~ S and (X', Y) ~ T be coupled with E d(X, X') ≤ W. If h is right at X and
    constant within r of it, and X' is no further than r, then h is right at X'. The rest has mass at most the
    first term plus P(d > r) ≤ W/r. With `kind="largest"`, d ≤ W everywhere, and the second term is 0 for r ≥ W.

    No class of hypotheses and no λ: the assumption is that labels move along, and by how far; `break_even`
    solves for W. Label flip breaks it at W = 0.

    **Finite samples.** With `wrong` and `distances` of n source rows that h does not depend on, the first term
    is a Clopper–Pearson limit (by `groups`: betting on them) at δ/K for each of the K `radii`, fixed in advance, so that
    the best may be chosen. With `masses`, the first term at each radius is a population's. Vacuous when most rows lie closer to
    the boundary than the domains are apart.

    Examples
    --------
    >>> bound = TransportLabels()
    >>> round(bound(cost=0.01, radii=[0.1, 0.2], masses=[0.15, 0.22]).upper, 6)
    0.25
    >>> bound(cost=0.2, kind="largest", radii=[0.1, 0.2], masses=[0.15, 0.22]).upper
    0.22
    """

    __slots__ = ()

    name: ClassVar[str] = "transport_labels"
    statement: ClassVar[str] = "err_T(h) <= min over r of S(h(X) != Y or dist(X, boundary) <= r) + W / r"
    reference: ClassVar[str | None] = None
    unknown: ClassVar[str] = "cost"
    needs: ClassVar[Mapping[str, str]] = {
        "cost": "W, how far rows move with their labels, on average or at most, in units of the columns; assumed",
        "radii": "the grid of r, fixed in advance, above 0, rising",
        "kind": '"mean" (W1-like) or "largest" (W-infinity-like); "mean" when left out',
        "masses": "S(wrong or within r of the boundary) at each radius, population values (or give the next two)",
        "wrong": "whether the model is wrong, a source row each",
        "distances": "distance of each source row to the nearest point that the model answers otherwise, or less",
        "groups": "the group of each source row, where rows of one group may hang together (with rows)",
        "delta": "failure probability, .05 when left out; used with rows only",
        "n_classes": "number of classes, for the flag `vacuous`; 2 when left out",
    }

    def __call__(
        self,
        *,
        cost: float,
        radii: npt.ArrayLike,
        kind: str = "mean",
        masses: npt.ArrayLike | None = None,
        wrong: npt.ArrayLike | None = None,
        distances: npt.ArrayLike | None = None,
        groups: npt.ArrayLike | None = None,
        delta: float = 0.05,
        n_classes: int = 2,
    ) -> Claim:
        """The claim ``target_error.transport_labels``.

        Raises
        ------
        InputError
            When the cost is negative, or exceeds every radius with `kind="largest"`.
        """
        resolve("kind", kind, KINDS)
        if not 0.0 <= cost < math.inf:
            raise InputError(f"cost: expected a finite distance of at least 0, got {cost:g}")
        grid = _Grid.of(radii, masses, wrong, distances, groups, delta)
        values = grid.totals(cost, kind)
        best = int(np.argmin(values))
        if not math.isfinite(values[best]):
            raise InputError(
                f"radii: expected one of at least the cost {cost:g}, got at most {grid.radii[-1]:g}"
            )
        terms = Terms.of(self)
        return terms.target_error(
            float(values[best]),
            n_classes,
            delta=grid.spent,
            assumptions=(labels_move_along(cost, kind),),
            detail={
                "kind": kind,
                "cost": float(cost),
                "radius": float(grid.radii[best]),
                "mass": float(grid.masses[best]),
                "radii": [float(r) for r in grid.radii],
                "n": grid.n,
                "convention": "distances in the metric, and units, that the cost is stated in",
            },
        )

    def break_even(  # type: ignore[override]
        self,
        requirement: float,
        *,
        radii: npt.ArrayLike,
        kind: str = "mean",
        masses: npt.ArrayLike | None = None,
        wrong: npt.ArrayLike | None = None,
        distances: npt.ArrayLike | None = None,
        groups: npt.ArrayLike | None = None,
        delta: float = 0.05,
        n_classes: int = 2,
    ) -> float | None:
        """The largest W: max over r of r (requirement − mass), or the largest r that leaves something."""
        resolve("kind", kind, KINDS)
        grid = _Grid.of(radii, masses, wrong, distances, groups, delta)
        slack = requirement - grid.masses
        if slack.max() < 0:
            return float(slack.max())
        return float((grid.radii * slack).max() if kind == "mean" else grid.radii[slack >= 0].max())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grid:
    """S(wrong or within r of the boundary), or its upper limit, at each radius."""

    radii: FloatArray
    masses: FloatArray
    spent: float
    n: int | None

    @classmethod
    def of(
        cls,
        radii: npt.ArrayLike,
        masses: npt.ArrayLike | None,
        wrong: npt.ArrayLike | None,
        distances: npt.ArrayLike | None,
        groups: npt.ArrayLike | None,
        delta: float,
    ) -> _Grid:
        """Checked."""
        r = np.atleast_1d(np.asarray(radii, dtype=np.float64))
        if (
            r.ndim != 1
            or r.size == 0
            or not np.isfinite(r).all()
            or (r <= 0).any()
            or (np.diff(r) <= 0).any()
        ):
            raise InputError("radii: expected finite, rising distances above 0")
        if masses is not None and wrong is None and distances is None and groups is None:
            mass = np.atleast_1d(np.asarray(masses, dtype=np.float64))
            if mass.shape != r.shape or not ((mass >= 0) & (mass <= 1)).all() or (np.diff(mass) < 0).any():
                raise InputError("masses: expected one number in [0, 1] a radius, not falling")
            return cls(radii=r, masses=mass, spent=0.0, n=None)
        if masses is not None or wrong is None or distances is None:
            raise InputError("expected either masses, or wrong and distances")
        errors, far = np.asarray(wrong, dtype=np.float64), np.asarray(distances, dtype=np.float64)
        if errors.ndim != 1 or errors.shape != far.shape or errors.size == 0:
            raise InputError(
                f"expected wrong and distances of each source row, got shapes {errors.shape} and {far.shape}"
            )
        if not np.isin(errors, (0.0, 1.0)).all() or not (far >= 0).all():
            raise InputError(
                "expected wrong of 0 and 1, and distances of at least 0 (infinite for a constant model)"
            )
        units, share = Units.of(groups, errors.size), check_delta(delta) / r.size
        limits = [units.upper((errors == 1) | (far <= radius), share) for radius in r]
        return cls(radii=r, masses=np.asarray(limits, dtype=np.float64), spent=delta, n=errors.size)

    def totals(self, cost: float, kind: str) -> FloatArray:
        """The bound at each radius; infinite where the radius says nothing."""
        if kind == "mean":
            return self.masses + cost / self.radii
        return np.where(self.radii >= cost, self.masses, math.inf)
