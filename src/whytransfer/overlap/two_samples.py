"""Two samples as plain numbers: read once, checked once, then used by every divergence and by the domain classifier."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whytransfer.claims.intervals import Units
from whytransfer.errors import InputError

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

LARGEST = 1e70
"""Numbers beyond this size are refused: their fourth powers would overflow."""

DENSE_CELLS = 2**24
"""A sparse matrix of at most this many cells (128 MiB) is made dense; a larger one is refused."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TwoSamples:
    """A source and a target sample over the same numeric columns.

    Parameters
    ----------
    source : (n, p) array of float64
        Finite numbers, n ≥ 1, p ≥ 1.
    target : (m, p) array of float64
        Finite numbers, m ≥ 1.
    names : tuple of str
        The p column names; ``"x0"``, ``"x1"``, … where the input has none.
    units : pair of Units or None
        What is independent of what among the source rows and among the target rows; None: every row.
    known : dict
        What was computed on these very rows and is cheap to keep, by name, so that others need not sort them again.
    """

    source: Floats
    target: Floats
    names: tuple[str, ...]
    units: tuple[Units, Units] | None = None
    known: dict[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, Xs: Any, Xt: Any) -> TwoSamples:
        """Two array-likes or frames of numbers as (n, p) and (m, p) arrays; a vector is one column.

        Raises
        ------
        InputError
            On no rows, no columns, text, dates, missing or infinite numbers, and columns that differ.
        """
        source, source_names = _numbers(Xs, "source")
        target, target_names = _numbers(Xt, "target")
        if source.shape[1] != target.shape[1]:
            raise InputError(
                "source and target must have the same columns: "
                f"got {source.shape[1]} and {target.shape[1]} of them; pass the columns they share"
            )
        if source_names and target_names and source_names != target_names:
            first = next(pair for pair in zip(source_names, target_names, strict=True) if pair[0] != pair[1])
            raise InputError(
                "source and target must have the same columns in the same order: "
                f"got {first[0]!r} where the target has {first[1]!r}; select the columns by name"
            )
        names = source_names or target_names or tuple(f"x{j}" for j in range(source.shape[1]))
        return cls(source=source, target=target, names=names)

    @property
    def n(self) -> int:
        """Number of source rows."""
        return len(self.source)

    @property
    def m(self) -> int:
        """Number of target rows."""
        return len(self.target)

    @property
    def by_units(self) -> tuple[Units, Units]:
        """What is independent of what, in the source and in the target."""
        return self.units or (Units(n=self.n), Units(n=self.m))

    @property
    def effective(self) -> tuple[float, float]:
        """How many independent rows the source and the target are worth: n and m, or less."""
        source, target = self.by_units
        return source.effective, target.effective

    @property
    def p(self) -> int:
        """Number of columns."""
        return len(self.names)

    @property
    def pooled(self) -> Floats:
        """All rows, the source first: (n + m, p)."""
        return np.concatenate([self.source, self.target])

    def take(self, source_rows: Integers, target_rows: Integers) -> TwoSamples:
        """The samples of these rows."""
        units = None
        if self.units is not None:
            units = self.units[0].take(source_rows), self.units[1].take(target_rows)
        return TwoSamples(
            source=self.source[source_rows], target=self.target[target_rows], names=self.names, units=units
        )


def _numbers(X: Any, which: str) -> tuple[Floats, tuple[str, ...]]:
    """X as a finite (rows, columns) float64 array, with its column names (none: empty)."""
    values, names = _array(X, which)
    if values.ndim == 1:
        values = values[:, np.newaxis]
    if values.ndim != 2:
        raise InputError(
            f"{which}: expected rows and columns of numbers, got an array of {values.ndim} dimensions"
        )
    if 0 in values.shape:
        raise InputError(f"{which}: expected at least one row and one column, got shape {values.shape}")
    numbers = _float64(values, which)
    names = names if len(names) == numbers.shape[1] else ()
    low, high = numbers.min(), numbers.max()
    if not (np.isfinite(low) and np.isfinite(high)):
        finite = np.isfinite(numbers)
        column = int(np.flatnonzero(~finite.all(axis=0))[0])
        raise InputError(
            f"{which}: expected finite numbers, got {int((~finite).sum())} missing or infinite values, the first in "
            f"column {names[column] if names else f'x{column}'!r}; impute or drop them"
        )
    if max(-low, high) > LARGEST:
        raise InputError(
            f"{which}: expected numbers of at most {LARGEST:g} in size, got larger ones; rescale them"
        )
    return numbers, names


def _array(X: Any, which: str) -> tuple[NDArray[Any], tuple[str, ...]]:
    """X as an array of whatever type it has, with its column names."""
    if hasattr(X, "toarray"):
        if X.shape[0] * X.shape[-1] > DENSE_CELLS:
            raise InputError(
                f"{which}: expected at most {DENSE_CELLS:,} cells in a sparse matrix, got {X.shape[0]:,} x "
                f"{X.shape[-1]:,}; reduce its columns first, for instance with TruncatedSVD"
            )
        return np.asarray(X.toarray()), ()
    if hasattr(X, "column_names") and hasattr(X, "to_pandas"):
        return np.asarray(X.to_pandas()), tuple(str(name) for name in X.column_names)
    if hasattr(X, "columns"):
        return np.asarray(X), tuple(str(name) for name in X.columns)
    name = getattr(X, "name", None)
    return np.asarray(X), (name,) if isinstance(name, str) and name else ()


def _float64(values: NDArray[Any], which: str) -> Floats:
    """The values as float64; text, dates and complex numbers are refused rather than parsed."""
    kind = values.dtype.kind
    objects_are_numbers = kind == "O" and not any(isinstance(value, str | bytes) for value in values.flat)
    if kind not in "biuf" and not objects_are_numbers:
        raise InputError(f"{which}: expected numbers, got values of type {values.dtype}; encode them first")
    try:
        return np.ascontiguousarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(f"{which}: expected numbers, got objects that are none; encode them first") from None
