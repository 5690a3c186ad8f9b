"""A matrix of costs: what it costs to take a row of one class for another."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from whytransfer.claims import Unit
from whytransfer.errors import InputError
from whytransfer.io import read_document
from whytransfer.metrics.base import Floats, Labelled, Limits, Metric

_FORM = "expected a CSV whose first row names the predicted classes after one cell, and each row after it a true class with its costs"


@dataclass(frozen=True, eq=False)
class Cost(Metric):
    """E[c(Y, h(X))] for a matrix c of finite costs.

    The costs lie between the least and the largest entry, a range that the file declares before any row is seen: their mean has a limit by betting
    at δ (exact where there are two values only). Limits of the error give further ones: where the
    model is right it costs between the least and the largest diagonal entry, else between the least and largest of the others.

    Parameters
    ----------
    names : tuple of str
        The classes as the file writes them.
    matrix : ndarray of float64, shape (K, K)
        matrix[j, i]: true class j taken for class i.
    """

    name: ClassVar[str] = "cost"
    title: ClassVar[str] = "the mean cost"
    unit: ClassVar[Unit] = Unit.RATIO
    proof: ClassVar[str] = (
        "betting on losses whose range the matrix declares; and from every limit of the error"
    )
    without_labels: ClassVar[str] = (
        "median of the estimators' confusion laws, limits from those of the error's panel"
    )

    names: tuple[str, ...]
    matrix: Floats

    @classmethod
    def read(cls, path: Path) -> Cost:
        """The matrix of a CSV file.

        Raises
        ------
        InputError
            For any other file, classes that don't match, and costs that are no finite numbers.
        """
        text = read_document(path, "costs", _FORM)
        rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text)) if any(row)]
        if len(rows) < 3 or any(len(row) != len(rows[0]) for row in rows) or len(rows[0]) != len(rows):
            raise InputError(f"costs {path}: {_FORM}")
        predicted, true = rows[0][1:], [row[0] for row in rows[1:]]
        if sorted(predicted) != sorted(true) or len(set(true)) < len(true):
            raise InputError(
                f"costs {path}: the classes of the columns ({', '.join(predicted)}) and of the rows ({', '.join(true)}) differ"
            )
        try:
            values = np.array([[float(cell) for cell in row[1:]] for row in rows[1:]])
        except ValueError as error:
            raise InputError(f"costs {path}: {error}, expected a number in every cell") from None
        if not np.isfinite(values).all() or values.min() == values.max():
            raise InputError(f"costs {path}: expected finite costs that are not all the same")
        return cls(names=tuple(true), matrix=values[:, [predicted.index(name) for name in true]])

    @property
    def largest(self) -> float:
        """The largest entry."""
        return float(self.matrix.max())

    def fitted(self, named: Callable[[list[str]], Any]) -> Cost:
        """The matrix in the order of the classes of a problem.

        Raises
        ------
        InputError
            When the file lacks a class, or names one that the source has not.
        """
        codes = np.asarray(named(list(self.names)))
        if sorted(codes.tolist()) != list(range(len(codes))):
            raise InputError(f"costs: the classes {', '.join(self.names)} are not those of the source")
        order = np.argsort(codes)
        return replace(
            self, names=tuple(self.names[i] for i in order), matrix=self.matrix[np.ix_(order, order)]
        )

    def of_rows(self, rows: Labelled, failure: float) -> Limits:
        """See the class."""
        low, high = float(self.matrix.min()), float(self.matrix.max())
        costs = self.matrix[rows.labels, rows.codes]
        if not len(costs):
            return Limits(value=None, reason="no row is labelled")
        scaled = np.clip((costs - low) / (high - low), 0.0, 1.0)
        limits = rows.units.lower(scaled, failure), rows.units.upper(scaled, failure)
        return Limits(
            value=float(costs.mean()),
            lower=low + (high - low) * limits[0],
            upper=low + (high - low) * limits[1],
            theorem="betting",
            citation="waudby-smith-ramdas:24",
        )

    def of_law(self, law: Floats) -> float | None:
        """Σ P(predicted i, true j) c(j, i)."""
        return math.fsum((law * self.matrix.T).ravel().tolist())

    def of_error(self, lower: float | None, upper: float | None) -> tuple[float | None, float | None]:
        """Limits of the cost from limits of the error; a missing one is 0 or 1, which always holds."""
        if lower is None and upper is None:
            return None, None
        ends = np.array([max(0.0, lower or 0.0), 1.0 if upper is None else min(1.0, upper)])
        diagonal = np.diag(self.matrix)
        others = self.matrix[~np.eye(len(self.matrix), dtype=bool)]
        least = (1.0 - ends) * diagonal.min() + ends * others.min()
        most = (1.0 - ends) * diagonal.max() + ends * others.max()
        return float(least.min()), float(most.max())

    def to_dict(self) -> dict[str, Any]:
        """With the matrix."""
        return {"name": self.name, "classes": list(self.names), "matrix": self.matrix.tolist()}
