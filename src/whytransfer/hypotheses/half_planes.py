"""Half-planes of two columns: the linear rules of the plane, found exactly by a line that turns around every point."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from whytransfer.errors import InputError
from whytransfer.hypotheses.base import HypothesisClass
from whytransfer.hypotheses.extrema import Frontier, Minimum, frontier_of
from whytransfer.hypotheses.hypothesis import Behaviours, Hypothesis, check_listing
from whytransfer.hypotheses.labels import Labels
from whytransfer.hypotheses.rows import FloatArray, IntArray, as_rows

SAME_DIRECTION = 1e-12
"""Slopes this close, relative to their size, are one: points that lie on a line but for rounding are met together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfPlane(Hypothesis):
    """One rule: `inside` on one side of a line through `pivot`, `outside` on the other.

    Parameters
    ----------
    pivot : pair of float
        A point on the line.
    slopes : pair of float
        The line's slope lies midway, in angle, between these two; −∞ and ∞ stand for upright lines.
    closed : bool
        Whether the line itself, hence the pivot, is inside.
    inside, outside : int
        The codes.
    features : tuple of str
        Names of the columns.
    """

    pivot: tuple[float, float]
    slopes: tuple[float, float]
    closed: bool
    inside: int
    outside: int
    features: tuple[str, ...] = ()

    @property
    def normal(self) -> FloatArray:
        """The unit vector that points to the inside."""
        turn = (math.atan(self.slopes[0]) + math.atan(self.slopes[1])) / 2
        return np.array([-math.sin(turn), math.cos(turn)])

    def codes(self, rows: FloatArray) -> IntArray:
        """The codes it predicts on `rows` (n, 1) or (n, 2)."""
        # The pivot itself is at exactly 0.
        beyond = (plane(rows) - np.array(self.pivot)) @ self.normal
        return np.where(beyond >= 0 if self.closed else beyond > 0, self.inside, self.outside).astype(
            np.int64
        )

    def describe(self, classes: Sequence[object]) -> str:
        """Its rule in words: ``"1 if 0.6 x0 + 0.8 x1 >= 0.5, else 0"``."""
        names, (a, b) = (*self.features, "x0", "x1")[:2], self.normal
        if len(self.features) == 1:
            names = (self.features[0], "0")
        edge = float(self.normal @ np.array(self.pivot))
        line = f"{a:.6g} {names[0]} + {b:.6g} {names[1]} {'>=' if self.closed else '>'} {edge:.6g}"
        return f"{classes[self.inside]} if {line}, else {classes[self.outside]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfPlanes(HypothesisClass):
    """All half-planes of two columns, open and closed, with either label inside; constants are among them.

    Exact, O(N² log N). A set of points that a line can cut off is {left of a line through one of its points p}, with p or without
    it, in a direction in which no other point lies: move the line towards the set until it touches a point, then turn it a
    little. So for every p the line turns once around it; a point joins or leaves the left side when the line meets it, all
    points of one direction at once. Sums of costs, or of errors and disagreements, change with them (THEORY C1, D5).

    One column is a degenerate plane: thresholds of both orientations. No pair oracle: HΔH of half-planes, double wedges, has only
    lower values (THEORY D5).

    Parameters
    ----------
    features : tuple of str
        Names of the two columns, for the rules; ``x0``, ``x1`` when empty.

    Examples
    --------
    >>> corner = [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]
    >>> HalfPlanes().erm(corner, [[0, 1], [1, 0], [1, 0], [1, 0]]).cost  # one corner against three
    0.0
    >>> HalfPlanes().erm(corner, [[0, 1], [1, 0], [1, 0], [0, 1]]).cost  # xor
    1.0
    """

    name: ClassVar[str] = "half_planes"
    exact: ClassVar[bool] = True
    binary: ClassVar[bool] = True
    reference: ClassVar[str] = "ben-david:10"

    features: tuple[str, ...] = ()

    def read(self, X: object, what: str = "X", labels: Labels | None = None) -> FloatArray:
        """One column or two."""
        del labels
        rows = as_rows(X, what)
        if rows.shape[1] > 2:
            raise InputError(
                f"half_planes: expected one or two columns, got {what} with {rows.shape[1]}; pass the two that matter, or use stumps"
            )
        return rows

    def minimise(self, rows: FloatArray, cost: FloatArray) -> Minimum:
        """The half-plane with the least Σ cost[i, h(x_i)]."""
        points, which = _distinct(rows)
        weight = np.bincount(which, weights=cost[:, 1] - cost[:, 0], minlength=len(points)).astype(np.float64)
        least, found = math.inf, None
        for turn in _turns(points):
            sums = turn.sums(weight[:, None])[..., 0]
            if sums.min() < least:
                least, found = float(sums.min()), turn.rule(int(sums.argmin()), self.features)
        if found is None:
            raise InputError("half_planes: expected at least one row")
        return Minimum.at(found, rows, cost, exact=True)

    def behaviours(self, rows: FloatArray, n_labels: int) -> Behaviours:
        """All distinct behaviours on `rows`: N(N − 1) + 2 where no three points are on one line, fewer otherwise."""
        points, _ = _distinct(rows)
        check_listing(len(points) * (len(points) - 1) + 2, len(rows))
        rules = (
            turn.rule(place, self.features) for turn in _turns(points) for place in range(4 * turn.positions)
        )
        return Behaviours.among(rules, rows)

    def frontier(self, rows: FloatArray, errors: IntArray, gains: IntArray, most: int) -> Frontier:
        """The largest gain at each number of errors, point by point: O(N² log N) time and O(N + most) memory."""
        points, which = _distinct(rows)
        both = np.stack(
            [
                np.bincount(which, weights=table[:, 1] - table[:, 0], minlength=len(points))
                for table in (errors, gains)
            ],
            axis=1,
        ).astype(np.float64)
        start = np.array([errors[:, 0].sum(), gains[:, 0].sum()])
        best = np.full(most + 1, -1, dtype=np.int64)
        rules: dict[int, HalfPlane] = {}
        for turn in _turns(points):
            sums = np.rint(turn.sums(both) + start).astype(np.int64)
            here, where = frontier_of(sums[..., 0], sums[..., 1], most)
            for e in np.flatnonzero(here > best).tolist():
                best[e], rules[e] = here[e], turn.rule(int(where[e]), self.features)
        return Frontier(best=best, pick=lambda e: rules[e], kept=None)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Turn:
    """The line while it turns once around one point.

    Parameters
    ----------
    points : (u, 2) array
        Distinct points.
    pivot : int
        The point.
    start : (u,) array of bool
        Who is left of an upright line, without the pivot.
    order : (u − 1,) array
        The others as the line meets them.
    sign : (u − 1,) array
        1 for who joins the left side, −1 for who leaves it.
    ends : (g,) array
        The last place in `order` of each direction.
    slopes : (g + 2,) array
        The directions, between −∞ and ∞.
    """

    points: FloatArray
    pivot: int
    start: np.ndarray
    order: IntArray
    sign: FloatArray
    ends: IntArray
    slopes: FloatArray

    @property
    def positions(self) -> int:
        """How many positions there are between the directions."""
        return len(self.ends) + 1

    def sums(self, weights: FloatArray) -> FloatArray:
        """Σ of the weights (u, c) over who gets code 1: (4, positions, c), for left, left with the pivot, and their complements."""
        left = weights[self.start].sum(axis=0)
        moved = np.cumsum(self.sign[:, None] * weights[self.order], axis=0)[self.ends]
        states = np.concatenate([left[None], left + moved])
        joined, total = states + weights[self.pivot], weights.sum(axis=0)
        return np.stack([states, joined, total - states, total - joined])

    def rule(self, place: int, features: tuple[str, ...]) -> HalfPlane:
        """The half-plane at a flat place of `sums`."""
        kind, position = divmod(place, self.positions)
        x, y = self.points[self.pivot]
        return HalfPlane(
            pivot=(float(x), float(y)),
            slopes=(float(self.slopes[position]), float(self.slopes[position + 1])),
            closed=kind % 2 == 1,
            inside=1 if kind < 2 else 0,
            outside=0 if kind < 2 else 1,
            features=features,
        )


def _turns(points: FloatArray) -> Iterator[_Turn]:
    """The turn around every point."""
    for i in range(len(points)):
        dx, dy = (points - points[i]).T
        ahead = (dx > 0) | ((dx == 0) & (dy > 0))
        ahead[i] = False
        with np.errstate(divide="ignore", invalid="ignore"):
            slopes = np.where(dx == 0, np.inf, dy / dx)
        others = np.delete(np.arange(len(points)), i)
        order = others[np.argsort(slopes[others], kind="stable")]
        met = slopes[order]
        with np.errstate(invalid="ignore"):
            apart = np.diff(met) > SAME_DIRECTION * np.maximum(1e-300, np.abs(met[:-1]))
        # Turned past upright, the left side is the complement of what it was at the start: that position is there already.
        ends = (
            np.flatnonzero(apart)
            if len(met) and np.isinf(met[-1])
            else np.append(np.flatnonzero(apart), len(met) - 1)
        )
        ends = ends[ends >= 0].astype(np.int64)
        yield _Turn(
            points=points,
            pivot=i,
            start=ahead,
            order=order,
            sign=np.where(ahead[order], -1.0, 1.0),
            ends=ends,
            slopes=np.concatenate([[-np.inf], met[ends], [np.inf]]),
        )


def plane(rows: FloatArray) -> FloatArray:
    """Rows (n, 1) or (n, 2) as points of the plane."""
    return rows if rows.shape[1] == 2 else np.column_stack([rows, np.zeros(len(rows))])


def _distinct(rows: FloatArray) -> tuple[FloatArray, IntArray]:
    """The distinct points (u, 2), and which of them each row is."""
    points, which = np.unique(plane(rows), axis=0, return_inverse=True)
    return points, which.ravel().astype(np.int64)
