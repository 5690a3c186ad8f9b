"""Losses of a predicted number: each an L_r norm of a metric on numbers, so that the triangle inequality holds.

A bound that passes from one model to another (THEORY B2 to B4) needs no more than that ρ(a, c) ≤ ρ(a, b) + ρ(b, c), and what is
measured is (E ρ^r)^(1/r): by Minkowski's inequality this norm obeys the triangle inequality too.

* absolute loss: ρ = |a − b|, r = 1;
* Huber's loss, in the form of its root: ρ² is |d|² up to the knee k and 2k|d| − k² beyond, r = 2. ρ is concave in |d| and 0 at
  0, hence subadditive, hence a metric. Huber's loss itself has no triangle inequality: it is a square near 0;
* squared loss, in the form of its root: ρ = |a − b|, r = 2, the root mean squared error.

The mean squared error has none: the model ax, target bx and source ax differ by (a − b)² E x², and a class that holds the mean of
both has λ = (a − b)²/2 · E x² with no distance between the inputs (THEORY E16). It is refused by name.

A cap c counts every error beyond c as c. min(ρ, ρ(c)) is a metric again, and it is bounded, which a certificate needs: no finite
sample limits the mean of a loss from above that may be arbitrarily large in rare rows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whytransfer.claims import figures
from whytransfer.errors import InputError, UnknownNameError

Floats = NDArray[np.float64]

ABSOLUTE, HUBER, ROOT = "absolute", "huber", "rmse"
NAMES = (ABSOLUTE, ROOT, f"{HUBER}:KNEE")
SQUARES = ("mse", "squared")


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A loss of predicted numbers, measured in the unit of the label.

    Parameters
    ----------
    name : {"absolute", "rmse", "huber"}
        Mean absolute error; root mean squared error; root of the mean of twice Huber's loss.
    knee : float or None
        Of Huber's loss: errors up to it count squared, larger ones in proportion; in the label's unit.
    cap : float or None
        Larger errors count as this large; in the label's unit. None: errors count as they are.

    Examples
    --------
    >>> rmse = loss("rmse")
    >>> round(rmse.measured(rmse.powers([1.0, 5.0], [0.0, 2.0]).mean()), 6)
    2.236068
    >>> loss("huber:1", cap=5.0).powers([0.5, 3.0, 90.0], [0.0, 0.0, 0.0]).tolist()
    [0.25, 5.0, 9.0]
    """

    name: str
    knee: float | None = None
    cap: float | None = None

    @property
    def power(self) -> int:
        """r: 1 for absolute loss, 2 for roots."""
        return 1 if self.name == ABSOLUTE else 2

    @property
    def title(self) -> str:
        """What it is in a sentence."""
        what = {
            ABSOLUTE: "the mean absolute error",
            ROOT: "the root mean squared error",
            HUBER: f"the root mean Huber error (knee {figures.as_given(self.knee)})"
            if self.knee is not None
            else "",
        }[self.name]
        return (
            what
            if self.cap is None
            else f"{what} (errors beyond {figures.as_given(self.cap)} counted as {figures.as_given(self.cap)})"
        )

    @property
    def largest(self) -> float | None:
        """The largest value ρ(cap) can have; None without a cap."""
        return None if self.cap is None else self.measured(float(self._powers(np.array(self.cap))))

    def powers(self, answers: Any, labels: Any) -> Floats:
        """ρ^r of each row, (n,): what is averaged; NaN where the label is."""
        return self._powers(
            np.abs(np.asarray(answers, dtype=np.float64) - np.asarray(labels, dtype=np.float64))
        )

    def _powers(self, size: Floats) -> Floats:
        size = size if self.cap is None else np.minimum(size, self.cap)
        if self.name == ABSOLUTE:
            return size
        if self.name == ROOT or self.knee is None:
            return np.asarray(size**2)
        return np.where(size <= self.knee, size**2, 2.0 * self.knee * size - self.knee**2)

    def measured(self, mean: float) -> float:
        """(mean of ρ^r)^(1/r), in the unit of the label."""
        return float(max(mean, 0.0)) if self.power == 1 else math.sqrt(max(mean, 0.0))

    def capped(self, cap: float) -> Loss:
        """The same with a cap, where it has none."""
        return self if self.cap is not None else replace(self, cap=cap)

    def best_constant(self, labels: Floats) -> float:
        """The number that is best to say always: the median for absolute loss, the mean for squares, a search between for Huber's."""
        if self.name == ROOT and self.cap is None:
            return float(labels.mean())
        if self.name == ABSOLUTE and self.cap is None:
            return float(np.median(labels))
        # A hundred quantiles: what is best under a cap is near one of them, and it serves as a yardstick only.
        tried = np.unique(np.quantile(labels, np.linspace(0.0, 1.0, 101)))
        return float(tried[int(np.argmin([self.powers(value, labels).mean() for value in tried]))])

    def to_dict(self) -> dict[str, Any]:
        """For the provenance."""
        return {"name": self.name, "knee": self.knee, "cap": self.cap}


def is_loss(name: str) -> bool:
    """Whether this names a loss of numbers."""
    return name in (ABSOLUTE, ROOT, HUBER, *SQUARES) or name.startswith(f"{HUBER}:")


def loss(name: str = ABSOLUTE, cap: float | None = None) -> Loss:
    """The loss of this name: ``absolute`` (and ``error``), ``rmse``, ``huber:KNEE``.

    Parameters
    ----------
    name : str
        Which one.
    cap : float or None
        Errors beyond it count as this large, in the label's unit, > 0.

    Raises
    ------
    UnknownNameError
        With the nearest name.
    InputError
        For the mean squared error, which has no triangle inequality; for a knee or cap that is no positive number.
    """
    if name in SQUARES:
        raise InputError(
            f"metric {name}: the mean squared error has no triangle inequality (source y = x, target y = -x, same inputs of variance 1: "
            "the error is 4 and no distance, yet λ is 2); judge its root, metric rmse, with the tolerance in the unit of the label"
        )
    if cap is not None and not _positive(cap):
        raise InputError(f"loss_cap: expected a positive number in the unit of the label, got {cap!r}")
    if name in ("error", ABSOLUTE):
        return Loss(name=ABSOLUTE, cap=cap)
    if name == ROOT:
        return Loss(name=ROOT, cap=cap)
    kind, _, knee = name.partition(":")
    if kind != HUBER:
        raise UnknownNameError("metric of a quantity", name, ("error", *NAMES))
    try:
        value = float(knee)
    except ValueError:
        value = math.nan
    if not _positive(value):
        raise InputError(
            f"metric {name}: expected huber:KNEE with a positive number in the unit of the label, such as huber:1.5"
        )
    return Loss(name=HUBER, knee=value, cap=cap)


def _positive(value: Any) -> bool:
    return (
        not isinstance(value, bool) and isinstance(value, (int, float)) and math.isfinite(value) and value > 0
    )
