"""Labels that come beside the rows, as parameters of a divergence."""

from __future__ import annotations

from typing import Any

import numpy as np

from whytransfer.errors import InputError
from whytransfer.overlap import TwoSamples
from whytransfer.overlap.two_samples import Floats, Integers

Labels = tuple[Any, ...]


def plain_labels(name: str, labels: Any) -> Labels | None:
    """Labels of any kind as a tuple of plain values; None stays None.

    Raises
    ------
    InputError
        When they are not one label a row, or one is missing.
    """
    if labels is None:
        return None
    values = np.asarray(labels)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1:
        raise InputError(f"{name}: expected one label a row, got an array of {values.ndim} dimensions")
    plain = tuple(values.tolist())
    # NaN and NaT are the values that are unlike themselves.
    if any(label is None or label != label for label in plain):  # noqa: PLR0124
        raise InputError(f"{name}: expected a label of every row, got missing ones; leave those rows out")
    return plain


def label_codes(ys: Labels, yt: Labels, samples: TwoSamples) -> tuple[list[str], Integers, Integers]:
    """The classes of either domain in words, and the code of every row's label: (n,) and (m,).

    Raises
    ------
    InputError
        When there are not as many labels as rows, or they are of kinds that can't be compared.
    """
    for name, labels, rows in (("ys", ys, samples.n), ("yt", yt, samples.m)):
        if len(labels) != rows:
            raise InputError(f"{name}: expected one label for each of {rows} rows, got {len(labels)}")
    if len({isinstance(label, str) for label in (*ys, *yt)}) > 1:
        raise InputError("ys, yt: expected labels of one kind, got text and numbers; convert one of them")
    classes = sorted(set(ys) | set(yt))
    code = {label: k for k, label in enumerate(classes)}
    source, target = (np.array([code[label] for label in labels], dtype=np.int64) for labels in (ys, yt))
    return [str(label) for label in classes], source, target


def frequencies(source: Integers, target: Integers, classes: int) -> tuple[Floats, Floats]:
    """The share of every class in each domain: (classes,) twice."""
    return (
        np.bincount(source, minlength=classes) / len(source),
        np.bincount(target, minlength=classes) / len(target),
    )
