"""From two tables to two checked samples: columns matched, labels coded, what does not fit said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from whytransfer.errors import InputError, NotAvailableError
from whytransfer.problem.label_space import LabelSpace
from whytransfer.problem.labels import UNKNOWN, label_series
from whytransfer.problem.native import column_names, has_names, select
from whytransfer.problem.roles import groups_of, times_of, weights_of
from whytransfer.problem.sample import Known, Sample
from whytransfer.problem.schema import aligned, different_kinds
from whytransfer.problem.tables import Roles, Tables
from whytransfer.problem.target_labels import target_labels_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a problem consists of; see `whytransfer.problem.Problem`."""

    source: Sample
    target: Sample
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
        codes, strange = _target_codes(self.space, given, self.target.n, self.label_name)
        return replace(self, target=replace(self.target, labels=codes), labels_differ=strange)

    def with_rows(self, source: np.ndarray | None, target: np.ndarray | None) -> Parts:
        """The same with these rows only; all of a domain for None."""
        return replace(
            self,
            source=self.source if source is None else self.source.part(source),
            target=self.target if target is None else self.target.part(target),
        )


def assembled(tables: Tables, task: str | None) -> Parts:
    """The two samples of a problem.

    Parameters
    ----------
    tables : Tables
        Features and roles of both domains.
    task : str or None
        ``"classification"``, or None to take it from the labels.

    Raises
    ------
    InputError, NotAvailableError
        What can't be used, in one line.
    """
    _check_task(task)
    warnings = list(tables.warnings)
    alignment = aligned(tables.source, tables.target)
    warnings += alignment.warnings
    target = tables.target if alignment.positions is None else select(tables.target, alignment.positions)
    names = (None, None) if alignment.positions is None else _shared_names(tables.source, target)
    ys, yt = tables.roles.labels
    space = _label_space(ys, tables, task)
    source_labels = space.codes(ys, "source labels").codes
    _say_missing(source_labels, warnings)
    target_labels, strange = _target_codes(space, yt, target.shape[0], tables.label_name)
    here = _sample(tables, 0, tables.source, source_labels, names[0], warnings)
    there = _sample(tables, 1, target, target_labels, names[1], warnings)
    kinds = None if alignment.positions is None else different_kinds(here.frame(), there.frame())
    space.classes.setflags(write=False)
    return Parts(
        source=here,
        target=there,
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


def _check_task(task: str | None) -> None:
    if task == "regression":
        raise NotAvailableError("task 'regression' is not available yet, this version has 'classification'")
    if task not in (None, "classification"):
        raise InputError(f"unknown task {task!r}, expected 'classification'")


def _label_space(ys: Any, tables: Tables, task: str | None) -> LabelSpace:
    n = tables.source.shape[0]
    if ys is None:
        raise InputError(
            "source labels: None given, expected one label a row; without them nothing can be learnt"
        )
    if len(label_series(ys, "source labels")) != n:
        raise InputError(f"source labels: {len(ys)} labels for {n} source rows, expected one a row")
    return LabelSpace.of(ys, name=tables.label_name or "y", task=task)


def _say_missing(codes: np.ndarray, warnings: list[str]) -> None:
    missing = int((codes == UNKNOWN).sum())
    if missing:
        warnings.append(
            f"{missing} of {len(codes)} source rows have no label and are left out of training and scoring"
        )


def _target_codes(
    space: LabelSpace, yt: Any, m: int, label_name: str | None
) -> tuple[np.ndarray | None, str | None]:
    if yt is None:
        return None, None
    coded = space.codes(target_labels_of(yt, m, label_name), "target labels")
    strange = None
    if coded.outside:
        strange = (
            f"the target has labels that the source has not, in {coded.outside_rows} of {m} rows: "
            f"{space.strange(coded.outside)}"
        )
    return coded.codes, strange


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
