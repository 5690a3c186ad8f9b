"""An ensemble whose members vote: how often two random members differ, and how often both are wrong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from whytransfer.claims.intervals import Betting, Units
from whytransfer.errors import InputError
from whytransfer.theorems.base import check_delta
from whytransfer.theorems.laws import ROUNDING, FloatArray, as_law
from whytransfer.theorems.term import Reading, Side, Term, read

ROWS = {
    "source_votes": "(H, n) labels that each voter gives to each labelled source row (or give source_joint_error)",
    "source_labels": "the n labels of those rows",
    "target_votes": "(H, m) labels that each voter gives to each unlabelled target row (or give target_disagreement)",
    "source_groups": "the group of each of those source rows, where rows of one group may hang together",
    "target_groups": "the group of each of those target rows",
    "weights": "rho, one weight a voter, that add up to 1; uniform when left out",
    "delta": "failure probability, .05 when left out; half for each domain; used with votes only",
    "n_classes": "number of classes; 2 when left out",
}
"""The terms by which an ensemble is given row by row."""


def disagreements(votes: npt.ArrayLike, weights: npt.ArrayLike | None = None) -> FloatArray:
    """P(h(x) ≠ h'(x)) of two voters drawn from ρ, for each row: (n,), in [0, 1 − 1/K].

    >>> disagreements([[0, 1], [1, 1]]).tolist()
    [0.5, 0.0]
    """
    matrix, rho = _voters(votes, weights)
    alike = sum((rho @ (matrix == label)) ** 2 for label in np.unique(matrix))
    return np.clip(1.0 - np.asarray(alike, dtype=np.float64), 0.0, 1.0)


def joint_errors(
    votes: npt.ArrayLike, labels: npt.ArrayLike, weights: npt.ArrayLike | None = None
) -> FloatArray:
    """P(h(x) ≠ y and h'(x) ≠ y) of two voters drawn from ρ, for each row: (n,), the square of the weight that is wrong.

    >>> joint_errors([[0, 1], [1, 1]], [0, 0]).tolist()
    [0.25, 1.0]
    """
    matrix, rho = _voters(votes, weights)
    y = np.asarray(labels)
    if y.shape != matrix.shape[1:]:
        raise InputError(
            f"source_labels: expected one label for each of {matrix.shape[1]} rows, got shape {y.shape}"
        )
    wrong: FloatArray = rho @ (matrix != y).astype(np.float64)
    return np.minimum(wrong**2, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ensemble:
    """The two measurable terms of the PAC-Bayesian bounds: d_T and e_S."""

    target_disagreement: Reading
    source_joint_error: Reading

    @classmethod
    def read(
        cls,
        *,
        target_disagreement: Term | None,
        source_joint_error: Term | None,
        source_votes: npt.ArrayLike | None,
        source_labels: npt.ArrayLike | None,
        target_votes: npt.ArrayLike | None,
        source_groups: npt.ArrayLike | None,
        target_groups: npt.ArrayLike | None,
        weights: npt.ArrayLike | None,
        delta: float,
        n_classes: int,
    ) -> Ensemble:
        """From terms, or from rows: betting limits of rows or of groups, since a row's values lie between 0 and 1.

        Limits of both are at δ/2 each; of one alone, at δ.

        Raises
        ------
        InputError
            When one of the two is given twice or not at all, or the votes have more labels than classes.
        """
        if (target_disagreement is None) == (target_votes is None):
            raise InputError("expected either target_disagreement or target_votes, got both or none")
        if (source_joint_error is None) == (source_votes is None) or (source_votes is None) != (
            source_labels is None
        ):
            raise InputError("expected either source_joint_error, or source_votes with source_labels")
        share = check_delta(delta) / (2 if target_votes is not None and source_votes is not None else 1)
        if target_votes is not None:
            _check_classes(n_classes, target_votes)
            # A row's value can't exceed 1 − 1/K; the limit is that of the values divided by it.
            values, largest = disagreements(target_votes, weights), 1.0 - 1.0 / n_classes
            apart = _limit("target_disagreement", values, share, largest, target_groups)
        else:
            apart = read(
                "target_disagreement", target_disagreement if target_disagreement is not None else 0.0
            )
        if source_votes is not None and source_labels is not None:
            _check_classes(n_classes, source_votes, source_labels)
            together = joint_errors(source_votes, source_labels, weights)
            both = _limit("source_joint_error", together, share, 1.0, source_groups)
        else:
            both = read("source_joint_error", source_joint_error if source_joint_error is not None else 0.0)
        return cls(target_disagreement=apart, source_joint_error=both)

    @property
    def readings(self) -> tuple[Reading, Reading]:
        """Both, in the order of the statement."""
        return self.target_disagreement, self.source_joint_error


def plain(name: str, term: Term | None) -> Reading:
    """A term that must be there and must be a population value, because limits of both sides would be needed."""
    if term is None:
        raise InputError(f"this form needs {name}")
    reading = read(name, term, Side.POINT)
    if reading.claim is not None:
        raise InputError(
            f"{name}: the published form needs population values, got a claim; use the identity form"
        )
    return reading


def _limit(
    name: str, values: FloatArray, delta: float, largest: float, groups: npt.ArrayLike | None
) -> Reading:
    relative, units = np.minimum(values / largest, 1.0), Units.of(groups, len(values))
    limit = Betting().upper_of(relative, delta) if units.groups is None else units.upper(relative, delta)
    upper = largest * limit
    return Reading(name=name, value=upper, of_class=False, delta=delta, plug_in=float(values.mean()))


def _voters(
    votes: npt.ArrayLike, weights: npt.ArrayLike | None
) -> tuple[npt.NDArray[np.generic], FloatArray]:
    matrix = np.asarray(votes)
    if matrix.ndim != 2 or matrix.size == 0:
        raise InputError(
            f"votes: expected one row a voter and one column a row of data, got shape {matrix.shape}"
        )
    if weights is None:
        return matrix, np.full(len(matrix), 1.0 / len(matrix))
    # A law needs two classes, an ensemble may have one voter.
    rho = (
        as_law("weights", weights) if np.size(weights) > 1 else np.asarray(weights, dtype=np.float64).ravel()
    )
    if rho.shape != (len(matrix),) or abs(rho.sum() - 1.0) > ROUNDING:
        raise InputError(
            f"weights: expected one weight for each of {len(matrix)} voters, adding up to 1, got {rho.tolist()}"
        )
    return matrix, rho


def _check_classes(n_classes: int, *labels: npt.ArrayLike) -> None:
    found = {x for values in labels for x in np.unique(np.asarray(values)).tolist()}
    if n_classes < 2 or len(found) > n_classes:
        raise InputError(
            f"n_classes: expected at least {max(2, len(found))}, the labels that occur, got {n_classes}"
        )
