"""Labels of any kind, coded jointly over both domains."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from whytransfer.errors import InputError
from whytransfer.hypotheses.rows import IntArray

Raw = npt.NDArray[Any]


def as_labels(values: object, what: str) -> Raw:
    """`values` as a one-dimensional array, (n,) or (n, 1) accepted.

    Raises
    ------
    InputError
        When it has another shape.
    """
    array = np.asarray(values)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise InputError(f"{what}: expected one label a row, shape (n,), got {array.shape}")
    return array


def known(values: Raw) -> npt.NDArray[np.bool_]:
    """Which labels are there: not None, not NaN, not pandas' NA."""
    if values.dtype.kind == "f":
        return ~np.isnan(values)
    if values.dtype.kind != "O":
        return np.ones(len(values), dtype=bool)
    return np.array([_is_there(value) for value in values], dtype=bool)


def _is_there(value: object) -> bool:
    # pandas' NA and NaT are recognised by name: pandas need not be imported for that.
    return value is not None and type(value).__name__ not in {"NAType", "NaTType"} and not _is_nan(value)


def _is_nan(value: object) -> bool:
    return isinstance(value, float | np.floating) and bool(np.isnan(value))


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of a problem, sorted. The code of a label is its position.

    Parameters
    ----------
    classes : array of shape (K,)
        Distinct, increasing, K ≥ 2.
    """

    classes: Raw

    @classmethod
    def of(cls, *parts: object, classes: Iterable[object] | None = None) -> Labels:
        """The joint labels of all `parts`, or `classes` when they are named outright.

        A single label 1 or True is completed by 0, a single 0 by 1, a single −1 by 1. Of another single
        label nobody can know what it is to be told from.

        Raises
        ------
        InputError
            When text and numbers are mixed, when fewer than two labels are known, or some label stands outside `classes`.
        """
        seen = _union([as_labels(part, "labels") for part in parts])
        if classes is None:
            return cls(_completed(seen))
        labels = cls(_union([as_labels(list(classes), "classes")]))
        if len(labels) < 2:
            raise InputError(f"classes: expected at least two different labels, got {labels.names}")
        labels.code(seen, "labels")
        return labels

    def __len__(self) -> int:
        return len(self.classes)

    @property
    def names(self) -> tuple[str, ...]:
        """The labels as text."""
        return tuple(str(c) for c in self.classes.tolist())

    def code(self, values: object, what: str) -> IntArray:
        """The codes of `values`, int64 (n,).

        Raises
        ------
        InputError
            When a value is missing or is none of the labels.
        """
        array = as_labels(values, what)
        if len(array) == 0:
            return np.zeros(0, dtype=np.int64)
        outside = array[~known(array)]
        if len(outside) == 0 and _kind(array) == _kind(self.classes):
            array = array.astype(self.classes.dtype) if array.dtype.kind == "O" else array
            codes = np.minimum(np.searchsorted(self.classes, array), len(self) - 1).astype(np.int64)
            outside = array[self.classes[codes] != array]
            if len(outside) == 0:
                return codes
        example = (outside if len(outside) else array)[0]
        raise InputError(
            f"{what}: expected labels among {', '.join(self.names)}, got {example!r}; "
            "name all labels with classes=[...] or drop those rows"
        )


def _kind(array: Raw) -> str:
    """``"number"`` or ``"text"``."""
    if array.dtype.kind in "biuf":
        return "number"
    if array.dtype.kind in "UT":
        return "text"
    kinds = {
        "text"
        if isinstance(v, str)
        else "number"
        if isinstance(v, (int, float, np.number, np.bool_))
        else "other"
        for v in array
    }
    if len(kinds) == 1 and "other" not in kinds:
        return kinds.pop()
    raise InputError(
        f"labels: expected all text or all numbers, got {', '.join(sorted({type(v).__name__ for v in array}))}; "
        "convert them to one type"
    )


def _union(parts: Sequence[Raw]) -> Raw:
    """The distinct labels of all parts, increasing; numbers stay numbers, text becomes str."""
    parts = [part for part in parts if len(part)]
    kinds = {_kind(part) for part in parts}
    if len(kinds) > 1:
        raise InputError(
            "labels: expected one kind everywhere, got numbers in one place and text in another; convert them"
        )
    if not parts:
        return np.zeros(0, dtype=np.int64)
    if kinds == {"text"}:
        return np.unique(np.concatenate([part.astype(str) for part in parts]))
    numbers = [part.astype(np.float64) if part.dtype.kind == "O" else part for part in parts]
    joint = np.unique(np.concatenate(numbers))
    whole = joint.astype(np.int64)
    return whole if np.array_equal(whole, joint) else joint


def _completed(classes: Raw) -> Raw:
    """`classes` with its evident counterpart where only one label was seen."""
    if len(classes) >= 2:
        return classes
    if len(classes) == 1 and classes.dtype.kind != "U" and classes[0] in (-1, 0, 1):
        return np.array([-1, 1]) if classes[0] == -1 else np.array([0, 1])
    raise InputError(
        f"labels: expected at least two different labels, got only {', '.join(map(repr, classes.tolist())) or 'none'}; "
        "name all labels with classes=[...]"
    )
