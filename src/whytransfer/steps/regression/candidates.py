"""The candidates of an adaptation for a quantity: which they are, what they see, and their fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whytransfer.choice import SOURCE
from whytransfer.errors import InputError
from whytransfer.methods.numeric import BLIND, JOINT, NUMERIC_METHODS, WITH_LABELS, NumericMethod
from whytransfer.names import resolve
from whytransfer.problem import Problem, Splits

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tried:
    """A fitted candidate, or why it could not be fitted."""

    name: str
    method: NumericMethod | None
    failed: str | None = None


def names_of(methods: Any, *, with_labels: bool) -> tuple[str, ...]:
    """The candidates beside the source model: those asked for, or of ``"auto"`` those that labels may choose.

    Raises
    ------
    InputError
        For anything but ``"auto"`` and a list of known names, for a name twice, and for one that needs labels where there are none.
    """
    if isinstance(methods, str) and methods == "auto":
        return (*BLIND, JOINT, *WITH_LABELS) if with_labels else ()
    if isinstance(methods, str) or not isinstance(methods, Sequence):
        raise InputError(
            f"methods: expected 'auto' or a list of names, got {methods!r}; one method alone is a list of one"
        )
    known = dict.fromkeys(NUMERIC_METHODS, True)
    for name in methods:
        if not isinstance(name, str):
            raise InputError(
                f"methods: of a quantity expected names among {', '.join(NUMERIC_METHODS)}, got {type(name).__name__}"
            )
        resolve("method for a quantity", name, known)
    twice = next((name for name in methods if list(methods).count(name) > 1), None)
    if twice is not None:
        raise InputError(f"methods: {twice!r} stands there twice, expected each candidate once")
    needing = next((name for name in methods if name in WITH_LABELS and not with_labels), None)
    if needing is not None:
        raise InputError(
            f"methods: {needing} learns from target labels; give some with target_labels= (--labels)"
        )
    return tuple(name for name in methods if name != SOURCE)


def shown(
    problem: Problem, splits: Splits, labels: Floats, name: str, known: np.ndarray | None = None
) -> tuple[Any, Floats | None]:
    """Raw target rows that a method sees, with a label or NaN for each where it learns from labels."""
    rows = splits.target_train
    if name not in WITH_LABELS:
        return problem.target.take(rows), None
    joining = splits.target_choose if known is None else splits.target_choose[known]
    values = np.concatenate([np.full(len(rows), np.nan), labels[joining]])
    return problem.target.take(np.concatenate([rows, joining])), values


def tried(problem: Problem, splits: Splits, labels: Floats, name: str, learner: Any, seed: int) -> Tried:
    """A candidate, fitted on the source's training rows; `labels` (m,) of the target are NaN where unknown."""
    try:
        return Tried(name=name, method=fitted(problem, splits, labels, NumericMethod(name, learner, seed)))
    except InputError as error:
        # One candidate less; an adaptation says who failed and goes on with the others.
        return Tried(name=name, method=None, failed=str(error))


def fitted(
    problem: Problem,
    splits: Splits,
    labels: Floats,
    method: NumericMethod,
    known: np.ndarray | None = None,
) -> NumericMethod:
    """`method`, fitted; of the labelled target rows that it may learn from, those of the mask `known` (k,) alone."""
    rows_seen, values = shown(problem, splits, labels, method.method, known)
    rows = splits.source_train
    y = problem.source.labels[rows]  # type: ignore[index]
    return method.fit(problem.source.take(rows), y, target=rows_seen, target_y=values)
