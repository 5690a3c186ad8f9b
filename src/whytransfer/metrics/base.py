"""A metric as a loss: what it is on labelled rows, what those prove of it, and what a joint law of predicted and true class says."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from whytransfer.claims import Unit
from whytransfer.claims.intervals import Units

Floats = np.ndarray
Integers = np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Labelled:
    """Rows whose label is known, with what the model says of them.

    Parameters
    ----------
    labels, codes : ndarray of int64, shape (n,)
        True and predicted classes, 0 … K − 1.
    proba : ndarray of float64, shape (n, K), or None
        Probabilities of the classes.
    classes : int
        K.
    units : Units
        What is independent of what.
    """

    labels: Integers
    codes: Integers
    proba: Floats | None
    classes: int
    units: Units


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What labelled rows say of a metric.

    Parameters
    ----------
    value : float or None
        On these rows; None where it can't be told.
    lower, upper : float or None
        Each one-sided.
    theorem, citation : str or None
        By what, and its key in the bibliography.
    reason : str or None
        Why something is missing.
    """

    value: float | None
    lower: float | None = None
    upper: float | None = None
    theorem: str | None = None
    citation: str | None = None
    reason: str | None = None

    @classmethod
    def of_means(
        cls, values: Sequence[float], lows: Sequence[float], highs: Sequence[float], units: Units
    ) -> Limits:
        """Of a mean over K classes, from the limits of each: `values` of the classes that have rows, `lows` and `highs` of all."""
        return cls(
            value=float(np.mean(values)) if values else None,
            lower=float(np.mean(lows)),
            upper=float(np.mean(highs)),
            theorem=units.theorem,
            citation=units.citation,
        )


class Metric(ABC):
    """A loss: small is good.

    Class attributes: ``name``; ``title`` in a sentence; ``unit``; ``proof``, how labels prove limits, for the table in the docs.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    unit: ClassVar[Unit] = Unit.ERROR
    proof: ClassVar[str]
    without_labels: ClassVar[str]

    @property
    def largest(self) -> float:
        """The largest value it can have."""
        return 1.0

    @abstractmethod
    def of_rows(self, rows: Labelled, failure: float) -> Limits:
        """Value and limits on labelled rows; each limit fails with probability `failure` at most."""

    @abstractmethod
    def of_law(self, law: Floats) -> float | None:
        """Its value under a joint law P(predicted i, true j), (K, K); None where that does not say it."""

    def of_proba(self, proba: Floats) -> float | None:
        """Its value where a model's probabilities, (n, K), are right; None where another way is better."""
        return None

    def of_error(self, lower: float | None, upper: float | None) -> tuple[float | None, float | None]:
        """What limits of the error say of it; nothing by default."""
        return None, None

    def fitted(self, named: Callable[[list[str]], Any]) -> Metric:
        """The metric for the classes of a problem; `named` gives the codes of labels as they are written."""
        return self

    def to_dict(self) -> dict[str, Any]:
        """For the provenance."""
        return {"name": self.name}
