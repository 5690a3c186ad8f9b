"""Labels of any kind as codes 0..K−1.

What counts as one label: whole numbers of any type (1, 1.0), and, where that leaves no doubt, another writing of
the same value: ``"1"`` for 1, and ``True``/``"true"`` for 1. A writing that would fit two classes of the source
fits none. Case and spaces are part of a label: ``"Yes"`` is not ``"yes"``, the nearest label is named instead.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from whytransfer.errors import InputError
from whytransfer.problem.labels import UNKNOWN, Plain, distinct_labels, value_of
from whytransfer.problem.quantities import MOST_NUMERIC_CLASSES

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """Labels as codes, and the values that have none.

    Parameters
    ----------
    codes : numpy.ndarray
        (n,) int64 codes into the classes, −1 where the label is missing or outside.
    outside : tuple
        The distinct values that are no class, in order of first appearance.
    outside_rows : int
        In how many rows they stand.
    """

    codes: np.ndarray
    outside: tuple[Plain, ...] = ()
    outside_rows: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelSpace:
    """The classes of a problem: the distinct labels of the source, sorted.

    Parameters
    ----------
    classes : numpy.ndarray
        (K,) bool, int64, float64, or object (of str).
    """

    classes: np.ndarray

    @classmethod
    def of(cls, values: Any, *, name: str, task: str | None) -> LabelSpace:
        """The label space that a source column spans.

        Parameters
        ----------
        values : array-like
            (n,) the labels; missing ones are passed over.
        name : str
            The name of the column, for messages.
        task : str or None
            ``"classification"`` takes many-valued and fractional labels as classes all the same.

        Raises
        ------
        InputError
            When there is no label at all, or text labels look like identifiers.
        """
        codes, plain = distinct_labels(values, f"label column {name!r}")
        if not plain:
            raise InputError(
                f"label column {name!r} is empty in the source, expected a label in at least one row"
            )
        if task is None:
            _refuse_identifiers(plain, int((codes >= 0).sum()), name)
        return cls(classes=_as_classes(plain))

    def codes(self, values: Any, what: str = "labels") -> Coded:
        """The code of every label.

        Parameters
        ----------
        values : array-like
            (n,) labels of any type, missing where unknown.
        what : str
            Whose they are, for messages.

        Examples
        --------
        >>> space = LabelSpace.of(["no", "yes", "no"], name="y", task=None)
        >>> space.codes(["yes", None, "maybe"])
        Coded(codes=array([ 1, -1, -1]), outside=('maybe',), outside_rows=1)
        """
        positions, plain = distinct_labels(values, what)
        known = _lookup(list(self.classes.tolist()))
        table = np.array([UNKNOWN, *(known(value) for value in plain)], dtype=np.int64)
        outside = tuple(value for value, code in zip(plain, table[1:], strict=True) if code == UNKNOWN)
        codes = table[positions + 1]
        return Coded(
            codes=codes, outside=outside, outside_rows=int(((positions >= 0) & (codes == UNKNOWN)).sum())
        )

    def nearest(self, value: Plain) -> str | None:
        """The class that is written most alike, as a hint for messages."""
        written = {str(other).strip().casefold(): other for other in self.classes.tolist()}
        close = difflib.get_close_matches(str(value).strip().casefold(), written, n=1, cutoff=0.7)
        return repr(written[close[0]]) if close else None

    def look_alikes(self) -> tuple[tuple[Plain, ...], ...]:
        """Groups of text classes that differ in case or spaces only."""
        groups: dict[str, list[Plain]] = {}
        for value in self.classes.tolist():
            groups.setdefault(" ".join(str(value).split()).casefold(), []).append(value)
        return tuple(tuple(group) for group in groups.values() if len(group) > 1)

    def strange(self, outside: tuple[Plain, ...]) -> str:
        """A phrase about values that are no class: up to three of them, each with its nearest class."""
        parts = []
        for value in outside[:3]:
            near = self.nearest(value)
            parts.append(f"{value!r}" + (f" (the nearest is {near})" if near else ""))
        rest = f" and {len(outside) - 3} more" if len(outside) > 3 else ""
        classes = ", ".join(repr(value) for value in self.classes.tolist()[:10])
        more = ", …" if len(self.classes) > 10 else ""
        return f"{', '.join(parts)}{rest} not among the source's classes {classes}{more}"


def _lookup(classes: list[Plain]) -> Callable[[Plain], int]:
    """Code of a value: its own writing first, then any writing of the same value if no two classes share one."""
    exact = {(type(value) is str, value): code for code, value in enumerate(classes)}
    loose = {value_of(value): code for code, value in enumerate(classes)}
    unambiguous = len(loose) == len(classes)

    def code(value: Plain) -> int:
        found = exact.get((type(value) is str, value))
        if found is None and unambiguous:
            found = loose.get(value_of(value))
        return UNKNOWN if found is None else found

    return code


def _as_classes(plain: list[Plain]) -> np.ndarray:
    if all(isinstance(value, bool) for value in plain):
        return np.array(sorted(plain), dtype=bool)
    if not any(isinstance(value, str) for value in plain):
        numbers = sorted({float(v) if isinstance(v, float) else int(v) for v in plain})
        fits = all(isinstance(v, int) and abs(v) < 2**63 for v in numbers)
        return np.array(numbers, dtype=np.int64 if fits else np.float64)
    classes = np.empty(len(set(map(str, plain))), dtype=object)
    classes[:] = sorted(set(map(str, plain)))
    return classes


def _refuse_identifiers(plain: list[Plain], rows: int, name: str) -> None:
    """Text labels, nearly as many as rows, name the rows."""
    many = len(plain) > MOST_NUMERIC_CLASSES and len(plain) > 0.5 * rows
    if many and any(isinstance(value, str) for value in plain):
        raise InputError(
            f"label column {name!r} has {len(plain)} different values in {rows} rows, expected classes; "
            'it looks like an identifier: name the label column, or, if its values are classes all the same, pass task="classification" (--task classification)'
        )
