"""The source rows that a baseline keeps, and the problem that they make with a target."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from whytransfer.baseline.blank import anonymous
from whytransfer.baseline.blank import blank as blanked
from whytransfer.errors import InputError
from whytransfer.problem import Problem, Splits
from whytransfer.problem.assemble import assembled
from whytransfer.problem.native import as_frame, has_names, is_sparse, native_rows
from whytransfer.problem.sample import Sample
from whytransfer.problem.tables import Roles, Tables

ROLES = ("groups", "time", "weights")
PARTS = ("source_train", "source_choose", "source_evaluate")
NAMELESS = "__label__"
"""Stands for the label of arrays, whose label has no name."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kept:
    """Source rows with what is known of each.

    Parameters
    ----------
    table : data frame or CSR matrix
        (n, p) features, a kind of column in one form.
    named : bool
        Whether the columns had names of their own.
    classes : numpy.ndarray
        (K,) the classes; empty where the label is a quantity.
    labels : numpy.ndarray
        (n,) int64 codes into them, −1 where unknown; of a quantity float64, NaN where unknown.
    groups, time, weights : numpy.ndarray or None
        (n,) as in `Sample`.
    label_name : str or None
        Name of the label column; None for arrays.
    parts : dict of str to numpy.ndarray
        Positions of the rows that train, choose and evaluate: the keys of `PARTS`.
    blank : bool
        Whether no feature value is kept: the table holds one constant a column.
    task : str
        ``"classification"`` or ``"regression"``.
    """

    table: Any
    named: bool
    classes: np.ndarray
    labels: np.ndarray
    groups: np.ndarray | None
    time: np.ndarray | None
    weights: np.ndarray | None
    label_name: str | None
    parts: dict[str, np.ndarray]
    blank: bool = False
    task: str = "classification"

    @property
    def numeric(self) -> bool:
        """Whether the label is a quantity."""
        return self.task == "regression"

    @classmethod
    def of(cls, problem: Problem, splits: Splits, rows: np.ndarray, *, blank: bool = False) -> Kept:
        """These rows (ascending positions) of the source, with their parts; `blank` without a feature value, and groups without names."""
        part: Sample = problem.source.part(rows)
        kept = {name: np.flatnonzero(np.isin(rows, getattr(splits, name))) for name in PARTS}
        labels = np.asarray(part.labels, dtype=np.float64 if problem.numeric else np.int64)
        lost = np.setdiff1d(np.arange(len(problem.classes)), labels)
        if len(lost):
            raise InputError(
                f"rows: so few keep no row of the class {problem.classes.tolist()[lost[0]]!r}; keep more, or all with rows=None"
            )
        return cls(
            table=blanked(part.frame(), len(rows)) if blank else part.frame(),
            named=has_names(problem.source.rows),
            classes=problem.classes,
            labels=labels,
            groups=anonymous(part.groups) if blank else part.groups,
            time=part.time,
            weights=None if blank else part.weights,
            label_name=problem.label_name,
            parts=kept,
            blank=blank,
            task=problem.task,
        )

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.labels)

    def problem(
        self, target: Any, columns: dict[str, str | None], target_labels: Any, *, use_target_labels: bool
    ) -> Problem:
        """The problem of these rows and a target.

        Parameters
        ----------
        target : path, data frame, array or Problem
            As in `Problem.read`; an array where the source was one; of a problem its target with its labels.
        columns : dict
            Column of the target with each role of `ROLES`, None where there is none.
        target_labels, use_target_labels
            As in `Problem.read`.
        """
        tables = self._tables(target, columns, target_labels, use_target_labels=use_target_labels)
        known = {name: getattr(self, name) for name in ROLES}
        theirs = {name: getattr(tables.roles, name)[1] for name in ROLES}
        roles = Roles(
            labels=(self._written_labels(), tables.roles.labels[1]),
            **{name: (known[name], theirs[name]) for name in ROLES},
        )
        problem = object.__new__(Problem)
        problem._take(
            assembled(
                replace(tables, source=self._source(), roles=roles, label_name=self.label_name),
                self.task,
            )
        )
        return problem

    def _tables(
        self, target: Any, columns: dict[str, str | None], target_labels: Any, *, use_target_labels: bool
    ) -> Tables:
        if isinstance(target, Problem):
            return _of_problem(target, target_labels)
        if not isinstance(target, str) and not hasattr(target, "__fspath__"):
            rows = native_rows(target, "target")
            if not has_names(rows):
                return Tables(
                    source=None, target=rows, roles=Roles(labels=(None, target_labels)), label_name=None
                )
        label = self.label_name or NAMELESS
        return Tables.read(
            self._frame(label, columns),
            target,
            label=label,
            target_labels=target_labels,
            use_target_labels=use_target_labels,
            columns=columns,
        )

    def _frame(self, label: str, columns: dict[str, str | None]) -> Any:
        """The rows with their label and roles as columns, as the file had them."""
        if is_sparse(self.table):
            raise InputError(
                "baseline: the source was a sparse matrix without column names; give the target as a matrix"
            )
        added = {name: getattr(self, role) for role, name in columns.items() if name is not None}
        present = {name: values for name, values in added.items() if values is not None}
        return as_frame(self.table).assign(**present, **{label: self._written_labels()})

    def _written_labels(self) -> np.ndarray:
        if self.numeric:
            return self.labels
        written = np.full(self.n, None, dtype=object)
        known = self.labels >= 0
        written[known] = self.classes[self.labels[known]]
        return written

    def _source(self) -> Any:
        if self.named or is_sparse(self.table):
            return self.table
        kinds = {dtype.kind for dtype in self.table.dtypes if isinstance(dtype, np.dtype)}
        plain = (
            len(kinds)
            and all(isinstance(dtype, np.dtype) for dtype in self.table.dtypes)
            and kinds <= set("biuf")
        )
        return self.table.to_numpy() if plain else self.table


def _of_problem(problem: Problem, target_labels: Any) -> Tables:
    """The target of a problem with everything that is known of it."""
    sample, labels = problem.target, target_labels
    if labels is None and sample.labels is not None and problem.numeric:
        labels = sample.labels
    elif labels is None and sample.labels is not None:
        labels = np.full(sample.n, None, dtype=object)
        labels[sample.labelled] = problem.classes[sample.labels[sample.labelled]]
    roles = {name: (None, getattr(sample, name)) for name in ROLES}
    return Tables(source=None, target=sample.rows, roles=Roles(labels=(None, labels), **roles))


def drawn(problem: Problem, splits: Splits, rows: int | None, seed: int) -> np.ndarray:
    """Which source rows are kept: all, or about so many, whole groups where there are groups, drawn by the seed.

    Each part gives its share, at random: rows that score stay a random draw. For 0 all labelled ones, of which no feature is kept.

    Raises
    ------
    InputError
        For fewer than no row, and where times tell that rows hang together.
    """
    source = problem.source
    if rows is None or (rows and source.n <= rows):
        return np.arange(source.n)
    if rows < 0:
        raise InputError(f"rows: expected a whole number from 0, or None for all, got {rows}")
    if source.time is not None and source.groups is None:
        raise InputError(
            f"rows={rows}: rows with times hang together and can't be drawn one by one; keep all with rows=None"
        )
    if rows == 0:
        return np.flatnonzero(source.labelled)
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(11,)))
    labelled = sum(len(getattr(splits, name)) for name in PARTS)
    found = [
        _some(getattr(splits, name), source.groups, round(rows * len(getattr(splits, name)) / labelled), rng)
        for name in PARTS
    ]
    return np.sort(np.concatenate(found))


def _some(part: np.ndarray, groups: np.ndarray | None, most: int, rng: np.random.Generator) -> np.ndarray:
    """At most so many rows of a part, or its first groups in random order until there are as many."""
    if groups is None or len(part) <= most:
        return part if len(part) <= most else rng.choice(part, most, replace=False)
    units = np.unique(groups[part].astype(str), return_inverse=True)[1]
    turn = rng.permutation(int(units.max()) + 1)
    sizes = np.bincount(units)[turn]
    taken = turn[: int(np.searchsorted(np.cumsum(sizes), most)) + 1]
    return part[np.isin(units, taken)]
