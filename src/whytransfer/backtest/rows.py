"""The labelled source rows that pseudo-targets are cut out of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whytransfer.models import Said
from whytransfer.overlap.two_samples import Floats, Integers

LEAST_ROWS = 20
"""Rows on each side of a cut: an error rate from fewer is known to a tenth at best."""

Ask = Callable[[Floats], Said]
"""What the model says on rows of encoded columns, (r, p) in the units of `LabelledRows.columns`."""

Vote = Callable[[Floats], Integers]
"""What the members of a committee say on such rows, (M, r) class codes."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Structure:
    """Something real that divides the rows: when they were taken, what they belong to.

    Parameters
    ----------
    name : str
        Of the column.
    kind : {"time", "groups", "site"}
        Ordered moments; units that hang together; a category among the features, such as a site or a device.
    values : ndarray, shape (n,)
        Times as datetime64 or float (NaT and NaN are left out of the cuts); groups and sites as text.
    """

    name: str
    kind: str
    values: NDArray[np.generic]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LabelledRows:
    """Labelled rows with what the model says on them.

    For a back-test of estimators these are rows that trained nothing, so that the model's errors on them are
    honest; for candidates that are fitted anew on each cut, any labelled rows will do.

    Parameters
    ----------
    classes : int
        K.
    labels, codes : ndarray of int64, shape (n,)
        True and predicted class codes.
    proba : ndarray of float64, shape (n, K), or None
        The model's class probabilities.
    columns : ndarray of float64, shape (n, p), or None
        Encoded columns in units of the source training rows' standard deviation.
    ratio : ndarray of float64, shape (n,), or None
        Density ratio of the real target to the source at the rows, > 0.
    blocks : ndarray of int64, shape (p,), or None
        Which raw column each encoded column comes from; None: each from its own.
    fill : ndarray of float64, shape (p,), or None
        What a missing value becomes in each encoded column; None: the median of the rows.
    structures : tuple of Structure
        Time, groups, sites.
    ask : callable or None
        The model on changed rows, where it can be asked.
    vote : callable or None
        The families of the committee on changed rows, (M, r) class codes; None: they do not vote on those.
    """

    classes: int
    labels: Integers
    codes: Integers
    proba: Floats | None = None
    columns: Floats | None = None
    ratio: Floats | None = None
    blocks: Integers | None = None
    fill: Floats | None = None
    structures: tuple[Structure, ...] = ()
    ask: Ask | None = None
    vote: Vote | None = None

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.labels)

    @property
    def wrong(self) -> NDArray[np.bool_]:
        """Whether the model errs on each row, shape (n,)."""
        return np.asarray(self.codes != self.labels)

    @property
    def known_columns(self) -> Floats:
        """The encoded columns, shape (n, p); without any, p = 0."""
        return np.empty((self.n, 0)) if self.columns is None else self.columns

    @property
    def nothing_varies(self) -> str | None:
        """Why no column gives a direction to cut along, in one sentence; None where one does."""
        if self.columns is None:
            return "there are no encoded columns"
        return None if (self.columns.std(axis=0) > 0).any() else "no column varies over the held-out rows"

    @property
    def unfit(self) -> str | None:
        """Why nothing can be cut out of these rows, in one sentence; None where something can."""
        if self.n < 2 * LEAST_ROWS:
            return (
                f"{self.n} labelled rows were held back; a pseudo-source and a pseudo-target take "
                f"{2 * LEAST_ROWS} together"
            )
        if len(np.unique(self.labels)) < 2:
            return "the held-out rows have one class only: no cut could be right or wrong about another"
        return None
