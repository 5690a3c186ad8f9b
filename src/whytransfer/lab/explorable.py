"""What the lab page shows: terms, bounds and true errors of three worlds over a grid of their parameters, by the product's own code."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np

from whytransfer.hypotheses import hypotheses
from whytransfer.lab.worked_threshold import WorkedExample
from whytransfer.lab.xi_family import XiFamily
from whytransfer.theorems import theorem

TEETH = (2, 4, 6, 8, 10, 14, 20)
"""1/ξ of the comb: even, so that ξ = 1/teeth has teeth/2 points a domain and room to be drawn."""

INTERVALS = (1, 2, 3, 5, 10)
"""j of the unions of j intervals."""

SHIFTS = tuple(float(s) for s in np.arange(0.0, 3.01, 0.5))
NOISES = (0.0, 0.1, 0.2, 0.3)
"""Share of wrong labels, the same in both domains."""

SIZES = (50, 200, 1_000, 10_000, 100_000)
"""Rows of each domain."""

MOVED = tuple(float(a) for a in np.arange(0.0, 1.01, 1 / 16))
"""How far an alignment has moved the rows; sixteenths, so that points which meet are equal to the last bit."""

POINTS = 64
"""Points of each domain that stand for the laws in Zhao's example: midpoints of equal parts."""


@cache
def comb() -> tuple[dict[str, Any], ...]:
    """Terms of the three-term bound on the ξ-family, by class.

    Returns
    -------
    tuple of dict
        ``teeth``, ``j`` (None where the class has none), ``name``, ``term`` ("distance" or "λ"), ``value``.
    """
    rows = []
    for count in TEETH:
        Xs, ys, Xt, yt = XiFamily(xi=f"1/{count}").population()
        for name, key, parameters in _classes():
            H = hypotheses(key, **parameters)
            values = (
                ("distance", H.discrepancy(Xs, Xt).estimate),
                ("λ", H.adaptability(Xs, ys, Xt, yt).estimate),
            )
            rows += [
                {"teeth": count, "j": parameters.get("j"), "name": name, "term": term, "value": value}
                for term, value in values
            ]
    return tuple(rows)


def _classes() -> Iterator[tuple[str, str, dict[str, int]]]:
    yield "thresholds", "thresholds", {}
    yield "intervals", "intervals", {}
    for j in INTERVALS:
        yield "unions of j intervals", "unions", {"j": j}
    yield "all functions", "all_functions", {}


def teeth() -> list[dict[str, Any]]:
    """The points of the ξ-family: ``teeth``, ``x``, ``domain``, ``label``."""
    rows = []
    for count in TEETH:
        Xs, ys, Xt, yt = XiFamily(xi=f"1/{count}").population()
        for domain, X, y in (("source", Xs, ys), ("target", Xt, yt)):
            rows += [
                {"teeth": count, "x": float(x), "domain": domain, "label": str(int(label))}
                for x, label in zip(X[:, 0], y, strict=True)
            ]
    return rows


@cache
def gaussians() -> tuple[tuple[dict[str, Any], ...], tuple[dict[str, Any], ...]]:
    """Bounds on the target error of 1[x > 0], N(0, 1) → N(shift, 1), H = thresholds; and the true errors.

    Returns
    -------
    terms : tuple of dict
        ``shift``, ``noise``, ``size``, ``bound``, ``term``, ``value``; the term "sampling" is what `size` rows of each domain add, at δ = .05.
    truths : tuple of dict
        ``shift``, ``noise``, ``source``, ``target``, ``adaptability``, ``distance``.
    """
    terms, truths = [], []
    for shift in SHIFTS:
        for noise in NOISES:
            truth = WorkedExample(shift=shift, source_flip=noise, target_flip=noise).truth
            at = {"shift": shift, "noise": noise}
            truths.append(
                {
                    **at,
                    "source": truth["error_source"],
                    "target": truth["error_target"],
                    "adaptability": truth["adaptability.thresholds"],
                    "distance": truth["discrepancy.thresholds"],
                }
            )
            for bound, parts, upper in _bounds(truth, noise):
                terms += [
                    {**at, "size": size, "bound": bound, "term": term, "value": value}
                    for size in SIZES
                    for term, value in (*parts, ("sampling", upper(size) - sum(v for _, v in parts)))
                ]
    return tuple(terms), tuple(truths)


def _bounds(
    truth: dict[str, float], noise: float
) -> Iterator[tuple[str, tuple[tuple[str, float], ...], Any]]:
    """Each bound with its terms, and its upper limit when the terms are those of so many rows."""
    error, lam = ("source error", truth["error_source"]), ("λ", truth["adaptability.thresholds"])
    stated = {"source_error": error[1], "adaptability": lam[1]}
    disc, disparity = truth["discrepancy.thresholds"], truth["disparity.thresholds"]
    lagrangian, space = truth["lagrangian.thresholds"], truth["version_space.thresholds"]
    yield (
        "HΔH",
        (error, ("distance", disc), lam),
        lambda size: theorem("hdh", **stated, discrepancy=disc, n=size, m=size).upper,
    )
    yield (
        "disparity",
        (error, ("distance", disparity), lam),
        lambda size: theorem("disparity", **stated, disparity=disparity, n=size, m=size).upper,
    )
    yield (
        "Lagrangian",
        (("distance", lagrangian), lam),
        lambda size: theorem("lagrangian", lagrangian=lagrangian, adaptability=lam[1], n=size, m=size).upper,
    )
    # Its supremum is over rules whose source error is known; no form for samples is claimed.
    yield "version space", (("distance", space), ("λ", noise)), lambda _: space + noise


@cache
def alignment() -> tuple[dict[str, Any], ...]:
    """Zhao's example while its marginals are moved onto each other: ``moved``, ``name``, ``term``, ``value``.

    S_X = U(−1 + a, a) with f_S = 1 on its right half, T_X = U(1 − a, 2 − a) with f_T = 1 on its left half, 0 ≤ a ≤ 1.
    """
    rows = []
    for moved in MOVED:
        S, ys, T, yt = moved_rows(moved)
        for name in ("thresholds", "intervals"):
            H = hypotheses(name)
            rows += [
                {"moved": moved, "name": name, "term": term, "value": value}
                for term, value in (
                    ("distance", H.discrepancy(S, T).estimate),
                    ("λ", H.adaptability(S, ys, T, yt).estimate),
                )
            ]
    return tuple(rows)


def moved_rows(moved: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """(Xs, ys, Xt, yt) of Zhao's example, `POINTS` rows each, shape (POINTS, 1)."""
    part = (np.arange(POINTS) + 0.5) / POINTS
    ys, yt = (part > 0.5).astype(int), (part < 0.5).astype(int)
    return (part - 1.0 + moved)[:, None], ys, (part + 1.0 - moved)[:, None], yt


def moved_points() -> list[dict[str, Any]]:
    """Every fourth of these rows, to be drawn: ``moved``, ``x``, ``domain``, ``label``."""
    return [
        {"moved": moved, "x": float(x), "domain": domain, "label": str(int(label))}
        for moved in MOVED
        for domain, X, y in zip(("source", "target"), *_by_domain(moved_rows(moved)), strict=True)
        for x, label in zip(X[::4, 0], y[::4], strict=True)
    ]


def _by_domain(rows: tuple[np.ndarray, ...]) -> tuple[tuple[np.ndarray, ...], tuple[np.ndarray, ...]]:
    Xs, ys, Xt, yt = rows
    return (Xs, Xt), (ys, yt)
