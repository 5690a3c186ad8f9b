"""The central moment discrepancy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from whytransfer.claims import Level, Unit
from whytransfer.divergences.base import Divergence, Findings, Laws
from whytransfer.divergences.permutation import Relabelled, relabelled_by
from whytransfer.divergences.request import Request
from whytransfer.errors import InputError
from whytransfer.overlap import TwoSamples
from whytransfer.overlap.two_samples import Floats

ORDERS = 5
"""K: the mean and the central moments of order 2 to 5."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CentralMoments(Divergence):
    """CMD₅ = ‖E_S x − E_T x‖₂/(b − a) + Σ_{k=2..5} ‖c_k(S) − c_k(T)‖₂/(b − a)^k, c_k(P) = E_P (x − E_P x)^k by column.

    Zellinger et al. 2017, definition 2, with the moments of the empirical laws (divided by n). It sees the columns one at a time,
    and moments to the fifth order. `range` maps every column to the unit interval, which is the formula when all ranges
    are equal; a sample's own range is not used, since it would move with its outliers. Without a range b − a is 1: raw units,
    and the moments of high order of wide columns drown all else. ``detail["scale"]`` says which. No limits.

    Parameters
    ----------
    range : (a, b), sequence of (a, b), or None
        Where all columns, or each column, of both laws lie, known without looking at these rows.

    Raises
    ------
    InputError
        When a range is empty, there are not as many as columns, or rows lie outside them; when moments overflow.

    Examples
    --------
    >>> CentralMoments().between([0.0, 2.0], [1.0, 3.0])  # the means only
    1.0
    >>> CentralMoments(range=(0, 4)).between([0.0, 2.0], [1.0, 3.0])
    0.25
    """

    range: tuple[float, float] | tuple[tuple[float, float], ...] | None = None

    name: ClassVar[str] = "central_moments"
    unit: ClassVar[Unit] = Unit.MOMENT
    convention: ClassVar[str] = (
        "central moment discrepancy, K = 5, columns mapped to [0, 1] by a declared range, else raw units; 0 and up"
    )
    reference: ClassVar[str] = "zellinger:17"
    laws: ClassVar[Laws] = Laws()
    level: ClassVar[Level] = Level.ESTIMATED
    grouped: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if self.range is None:
            return
        ends = np.asarray(self.range, dtype=np.float64)
        if ends.shape[-1:] != (2,) or ends.ndim > 2 or not np.isfinite(ends).all():
            raise InputError(f"range: expected (low, high), or one such pair a column, got {self.range}")
        if (ends[..., 0] >= ends[..., 1]).any():
            raise InputError(f"range: expected low < high, got {self.range}")
        plain = ends.tolist()
        object.__setattr__(self, "range", tuple(plain) if ends.ndim == 1 else tuple(map(tuple, plain)))

    def between(self, Xs: Any, Xt: Any) -> float:
        """The plug-in value."""
        return float(sum(self._parts(TwoSamples.read(Xs, Xt))))

    def measure(self, samples: TwoSamples, request: Request) -> Findings:
        """The plug-in value and its five parts."""
        parts = self._parts(samples)
        scale = "columns mapped to [0, 1] by the declared range"
        return Findings(
            estimate=float(sum(parts)),
            reason="no limits: moments of the sample's own centre are no means of a function fixed in advance",
            detail={
                "parts": parts,
                "scale": scale
                if self.range is not None
                else "raw units, divided by 1: no range= was declared",
            },
        )

    def relabel(self, samples: TwoSamples, request: Request) -> Relabelled:
        """The plug-in value under relabelling."""
        return relabelled_by(samples, request, lambda rows: float(sum(self._parts(rows))))

    def _parts(self, samples: TwoSamples) -> list[float]:
        """The terms of order 1 to 5."""
        low, width = self._scale(samples)
        with np.errstate(over="ignore", invalid="ignore"):
            source, target = (moments((rows - low) / width) for rows in (samples.source, samples.target))
            norms = np.linalg.norm(source - target, axis=1)
        if not np.isfinite(norms).all():
            raise InputError(
                "central_moments: expected moments to the fifth order that fit a double, got larger ones; declare range="
            )
        return [float(norm) for norm in norms]

    def _scale(self, samples: TwoSamples) -> tuple[Floats, Floats]:
        """The low end and the width of every column, (p,) each, after checking that all rows lie between."""
        if self.range is None:
            return np.zeros(samples.p), np.ones(samples.p)
        ends = np.asarray(self.range)
        if ends.ndim == 2 and len(ends) != samples.p:
            raise InputError(f"range: expected one pair for each of {samples.p} columns, got {len(ends)}")
        ends = np.broadcast_to(ends, (samples.p, 2))
        low, high = samples.pooled.min(axis=0), samples.pooled.max(axis=0)
        bad = (low < ends[:, 0]) | (high > ends[:, 1])
        if bad.any():
            j = int(np.flatnonzero(bad)[0])
            raise InputError(
                f"range: expected values in [{ends[j, 0]}, {ends[j, 1]}], got [{low[j]}, {high[j]}] in column "
                f"{samples.names[j]!r}; declare the range that holds for every possible row"
            )
        return ends[:, 0], ends[:, 1] - ends[:, 0]


def moments(rows: Floats) -> Floats:
    """The mean and the central moments of order 2 to 5 of every column: (5, p)."""
    mean = rows.mean(axis=0)
    centred = rows - mean
    orders: Sequence[int] = np.arange(2, ORDERS + 1).tolist()
    return np.array([mean, *((centred**k).mean(axis=0) for k in orders)])
