"""From two tables to two checked samples: columns matched, labels coded, what does not fit said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from whytransfer.errors import InputError
from whytransfer.problem.delimited import MISSING
from whytransfer.problem.label_space import LabelSpace
from whytransfer.problem.labels import distinct_labels, label_series
from whytransfer.problem.native import column_names, has_names, select
from whytransfer.problem.quantities import is_quantity, numbers_of
from whytransfer.problem.roles import groups_of, times_of, weights_of
from whytransfer.problem.sample import Known, Sample, known_labels
from whytransfer.problem.schema import aligned, different_kinds
from whytransfer.problem.tables import Roles, Tables
from whytransfer.problem.target_labels import target_labels_of
from whytransfer.wording import how_many

TASKS = ("classification", "regression")
"""What labels can be: classes, or a quantity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a problem consists of; see `whytransfer.problem.Problem`."""

    source: Sample
    target: Sample
    task: str
    space: LabelSpace
    label_name: str | None
    warnings: tuple[str, ...]
    columns_differ: str | None
    labels_differ: str | None
    streamed: Mapping[str, Any] | None = None

    @property
    def mismatch(self) -> str | None:
        """Why the two can't be compared."""
        return "; ".join(reason for reason in (self.columns_differ, self.labels_differ) if reason) or None

    def with_target_labels(self, given: Any) -> Parts:
        """The same with other target labels; see `whytransfer.problem.Problem.with_target_labels`."""
        labels, strange = _target_labels(self.task, self.space, given, self.target.n, self.label_name)
        return replace(self, target=replace(self.target, labels=labels), labels_differ=strange)

    def with_rows(self, source: np.ndarray | None, target: np.ndarray | None) -> Parts:
        """The same with these rows only; all of a domain for None."""
        return replace(
            self,
            source=self.source if source is None else self.source.part(source),
            target=self.target if target is None else self.target.part(target),
        )

    def between(self, source: np.ndarray, target: np.ndarray) -> Parts:
        """Two parts of the source against each other."""
        here = self.source
        return replace(
            self,
            source=here.part(source),
            target=here.part(target),
            columns_differ=None,
            labels_differ=None,
            streamed=None,
        )


def assembled(tables: Tables, task: str | None) -> Parts:
    """The two samples of a problem.

    Parameters
    ----------
    tables : Tables
        Features and roles of both domains.
    task : str or None
        ``"classification"``, ``"regression"``, or None to take it from the labels.

    Raises
    ------
    InputError
        What can't be used, in one line.
    """
    if task not in (None, *TASKS):
        raise InputError(f"unknown task {task!r}, expected {' or '.join(repr(name) for name in TASKS)}")
    warnings = list(tables.warnings)
    alignment = aligned(tables.source, tables.target)
    warnings += alignment.warnings
    target = tables.target if alignment.positions is None else select(tables.target, alignment.positions)
    names = (None, None) if alignment.positions is None else _shared_names(tables.source, target)
    ys, yt = tables.roles.labels
    _check_source_labels(ys, tables)
    task, space, source_labels = _source_labels(ys, tables.label_name or "y", task, warnings)
    _say_missing(source_labels, warnings)
    target_labels, strange = _target_labels(task, space, yt, target.shape[0], tables.label_name)
    warnings += [
        _read_as_missing(word, times, side, tables.label_name)
        for side, words in zip(("source", "target"), tables.words, strict=True)
        for word, times in words.items()
    ]
    warnings += [] if tables.words[1] else _taken_for_missing(space, target_labels)
    here = _sample(tables, 0, tables.source, source_labels, names[0], warnings)
    there = _sample(tables, 1, target, target_labels, names[1], warnings)
    kinds = None if alignment.positions is None else different_kinds(here.frame(), there.frame())
    space.classes.setflags(write=False)
    return Parts(
        source=here,
        target=there,
        task=task,
        space=space,
        label_name=tables.label_name,
        warnings=tuple(dict.fromkeys(warnings)),
        columns_differ=alignment.mismatch or kinds,
        labels_differ=strange,
    )


def _sample(
    tables: Tables,
    side: int,
    rows: Any,
    labels: np.ndarray | None,
    names: tuple[str, ...] | None,
    warnings: list[str],
) -> Sample:
    known = _known(tables.roles, side, rows, labels, warnings)
    return Sample.of(rows, ("source", "target")[side], warnings, names=names, known=known)


def _check_source_labels(ys: Any, tables: Tables) -> None:
    n = tables.source.shape[0]
    if ys is None:
        raise InputError(
            "source labels: None given, expected one label a row; without them nothing can be learnt"
        )
    if len(label_series(ys, "source labels")) != n:
        raise InputError(
            f"source labels: {how_many(len(ys), 'labels')} for {how_many(n, 'source rows')}, expected one a row"
        )


def _source_labels(
    ys: Any, name: str, task: str | None, warnings: list[str]
) -> tuple[str, LabelSpace, np.ndarray]:
    """The task, its classes (none of a quantity), and the source's labels: codes, or numbers."""
    if task is None:
        codes, plain = distinct_labels(ys, f"label column {name!r}")
        task = "regression" if is_quantity(plain, int((codes >= 0).sum())) else None
        if task is not None:
            shown = next((value for value in plain if isinstance(value, float)), plain[0])
            warnings.append(
                f"label column {name!r} holds {len(plain)} different numbers such as {shown}: read as a quantity (regression); "
                "if they are classes, say --task classification"
            )
    if task == "regression":
        numbers = numbers_of(ys, f"label column {name!r}")
        if not np.isfinite(numbers).any():
            raise InputError(
                f"label column {name!r} is empty in the source, expected a number in at least one row"
            )
        return task, LabelSpace(classes=np.empty(0)), numbers
    space = LabelSpace.of(ys, name=name, task=task)
    return "classification", space, space.codes(ys, "source labels").codes


def _say_missing(labels: np.ndarray, warnings: list[str]) -> None:
    missing = int((~known_labels(labels)).sum())
    if missing:
        warnings.append(
            f"{missing} of {len(labels)} source rows have no label and are left out of training and scoring"
        )


def _target_labels(
    task: str, space: LabelSpace, yt: Any, m: int, label_name: str | None
) -> tuple[np.ndarray | None, str | None]:
    if yt is None:
        return None, None
    given = target_labels_of(yt, m, label_name, frozenset(str(value) for value in space.classes.tolist()))
    if task == "regression":
        return numbers_of(given, "target labels"), None
    coded = space.codes(given, "target labels")
    strange = None
    if coded.outside:
        strange = (
            f"the target has labels that the source has not, in {coded.outside_rows} of {m} rows: "
            f"{space.strange(coded.outside)}"
        )
    return coded.codes, strange


def _read_as_missing(word: str, times: int, side: str, label: str | None) -> str:
    """A class may be called so, and its rows would be left out unnoticed."""
    return (
        f"{word!r} in {how_many(times, 'cells')} of the label column {label!r} of the {side} was read as a missing label, which text files write so; "
        "if it is a class, give the table as Parquet or call the class otherwise"
    )


def _taken_for_missing(space: LabelSpace, labels: np.ndarray | None) -> list[str]:
    """A class that whoever read the target from a text file may have taken for a missing label."""
    named = [str(value) for value in space.classes.tolist() if str(value) in MISSING]
    if labels is None or not named or known_labels(labels).all():
        return []
    note = (
        f"class {named[0]!r} is how text files write a missing value: if the target is one, its rows of that class count as not labelled, and what the "
        "others certify is about them alone; give the labels by themselves (--target-labels), or the target as Parquet"
    )
    return [note]


def _shared_names(source: Any, target: Any) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
    """Where one side has no names, the other's."""
    if has_names(source) == has_names(target):
        return (None, None)
    return (None, column_names(source)) if has_names(source) else (column_names(target), None)


def _known(roles: Roles, side: int, rows: Any, labels: np.ndarray | None, warnings: list[str]) -> Known:
    n, what = int(rows.shape[0]), ("source", "target")[side]
    groups, time, weights = roles.groups[side], roles.time[side], roles.weights[side]
    return Known(
        labels=labels,
        groups=None if groups is None else groups_of(groups, n, f"{what} groups", warnings),
        time=None if time is None else times_of(time, n, f"{what} times", warnings),
        weights=None if weights is None else weights_of(weights, n, f"{what} weights"),
    )
