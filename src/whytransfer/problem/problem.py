"""A problem: a labelled sample here, a sample there, and the task they share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from whytransfer.errors import InputError
from whytransfer.io import digest_of_parts
from whytransfer.problem.assemble import Parts, assembled
from whytransfer.problem.label_space import LabelSpace
from whytransfer.problem.native import native_rows
from whytransfer.problem.sample import Sample
from whytransfer.problem.tables import Roles, Tables
from whytransfer.problem.target_labels import refuse_sheet
from whytransfer.wording import how_many


@dataclass(frozen=True, init=False, eq=False)
class Problem:
    """Labelled rows here (the source), rows there (the target), and the task they share.

    Parameters
    ----------
    Xs, Xt : array-like, SciPy sparse matrix, pandas, polars or Arrow table
        (n, p) source and (m, p) target rows; (n,) counts as one column. Numbers, booleans, categories, text and
        dates; missing values are fine, infinite ones are not. Columns are matched by name where both sides have
        names (an index is ignored, extra target columns are set aside), else by position.
    ys : array-like
        (n,) source labels of any kind: text, {-1, 1}, booleans, whole numbers; or numbers that are a quantity. None, NaN and
        NA are missing: such rows keep their number but are left out of training.
    yt : array-like or None
        (m,) target labels, used for evaluation only, missing where unknown; or a mapping from row to label.
    groups, time, weights : pair of array-like or None
        For source and target, shapes (n,) and (m,): which rows belong together, when they were observed, how much they count.
    task : str or None
        ``"classification"``, ``"regression"``, or None to take it from the labels: numbers with fractions, or more than fifty
        different ones in more than a fifth of the rows, are a quantity.

    Attributes
    ----------
    source, target : Sample
        The two samples, labels as codes into `classes`, or as numbers where they are a quantity.
    task : str
        ``"classification"`` or ``"regression"``.
    classes : numpy.ndarray
        (K,) the distinct source labels, sorted; whole numbers as integers; empty for a quantity.
    label_name : str or None
        Name of the label column.
    warnings : tuple of str
        What was said while reading.
    mismatch : str or None
        Why the two can't be compared (columns, their kinds, or label spaces differ).

    Raises
    ------
    InputError
        What can't be used, in one line.

    Examples
    --------
    >>> problem = Problem([[0.1], [0.9], [0.8]], ["no", "yes", "yes"], [[0.2], [0.7]], yt=["no", None])
    >>> problem.classes.tolist(), problem.source.labels.tolist(), problem.target.labels.tolist()
    (['no', 'yes'], [0, 1, 1], [0, -1])
    """

    source: Sample
    target: Sample
    task: str
    label_name: str | None
    classes: np.ndarray
    warnings: tuple[str, ...]
    mismatch: str | None
    _parts: Parts = field(repr=False)

    def __init__(
        self,
        Xs: Any,
        ys: Any,
        Xt: Any,
        yt: Any = None,
        groups: Any = None,
        time: Any = None,
        task: str | None = None,
        weights: Any = None,
    ) -> None:
        source, target = native_rows(Xs, "source"), native_rows(Xt, "target")
        roles = Roles(
            groups=_pair(groups, "groups"),
            time=_pair(time, "time"),
            weights=_pair(weights, "weights"),
            labels=(ys, yt),
        )
        self._take(assembled(Tables(source=source, target=target, roles=roles), task))

    @classmethod
    def read(
        cls,
        source: Any,
        target: Any,
        label: str,
        *,
        target_labels: Any = None,
        use_target_labels: bool = False,
        group: str | None = None,
        time: str | None = None,
        weights: str | None = None,
        task: str | None = None,
    ) -> Problem:
        """A problem from two files, or from two data frames that hold the label as a column.

        Parameters
        ----------
        source, target : path or data frame
            CSV, TSV, Parquet (a file or a folder of parts), Arrow, Feather, NPZ (``X``, ``y``); or pandas, polars,
            Arrow tables.
        label : str
            The label column of the source. In an NPZ file it is the array ``y`` whatever it is called here.
            In the target it is set aside, unless `use_target_labels`.
        target_labels : path, array-like, data frame, mapping or None
            Labels of target rows for evaluation: columns ``row,label``, or one label a row.
        use_target_labels : bool
            Take the label column of the target, for evaluation.
        group, time, weights : str or None
            Columns with that role, in either or both; they are no features.
        task : str or None
            ``"classification"``, ``"regression"``, or None to take it from the labels.

        Raises
        ------
        InputError
            In one line: what, expected, got, how to mend.

        Examples
        --------
        >>> import pandas as pd
        >>> here = pd.DataFrame({"x": [0.1, 0.9, 0.4], "y": ["no", "yes", "no"]})
        >>> problem = Problem.read(here, here[["x"]], label="y")
        >>> problem.source.names, problem.target.labels is None
        (('x',), True)
        """
        if target_labels is not None and use_target_labels:
            raise InputError(
                "target_labels and use_target_labels were both given, expected one source of target labels"
            )
        refuse_sheet(target_labels)
        tables = Tables.read(
            source,
            target,
            label=label,
            target_labels=target_labels,
            use_target_labels=use_target_labels,
            columns={"groups": group, "time": time, "weights": weights},
        )
        problem = object.__new__(cls)
        problem._take(assembled(tables, task))
        return problem

    def _take(self, parts: Parts) -> None:
        for name, value in (
            ("source", parts.source),
            ("target", parts.target),
            ("task", parts.task),
            ("label_name", parts.label_name),
            ("classes", parts.space.classes),
            ("warnings", parts.warnings),
            ("mismatch", parts.mismatch),
            ("_parts", parts),
        ):
            object.__setattr__(self, name, value)

    def with_target_labels(self, target_labels: Any) -> Problem:
        """The same problem with these target labels, for evaluation, in place of those it had.

        Parameters
        ----------
        target_labels : path, array-like, data frame, mapping or None
            As in `read`.

        Raises
        ------
        InputError
            When they don't fit the target's rows.
        """
        problem = object.__new__(type(self))
        problem._take(self._parts.with_target_labels(target_labels))
        return problem

    def with_rows(self, *, source: np.ndarray | None = None, target: np.ndarray | None = None) -> Problem:
        """The same problem with these rows only (positions), in this order, with what is known of them; all of a domain for None."""
        problem = object.__new__(type(self))
        problem._take(self._parts.with_rows(source, target))
        return problem

    def between(self, source: np.ndarray, target: np.ndarray) -> Problem:
        """Some of the source's rows as a source and others, with their labels for evaluation, as a target (positions)."""
        problem = object.__new__(type(self))
        problem._take(self._parts.between(source, target))
        return problem

    @property
    def streamed(self) -> Mapping[str, Any] | None:
        """What summaries say of all rows of tables of which these are samples (`scale.read_streamed`); None where these are all rows."""
        return self._parts.streamed

    def with_streamed(self, said: Mapping[str, Any], notes: tuple[str, ...]) -> Problem:
        """The same problem as that of two samples, with what is known of all rows and sentences about the drawing."""
        problem = object.__new__(type(self))
        problem._take(replace(self._parts, streamed=said, warnings=(*notes, *self._parts.warnings)))
        return problem

    def refuse_streamed(self, what: str) -> None:
        """Refuse samples of larger tables where every row of the file is needed."""
        if self.streamed is not None:
            raise InputError(
                f"{what} needs every row of the files, and this problem holds samples of them; read them whole with Problem.read"
            )

    def __repr__(self) -> str:
        rows = (
            f"{what}: {how_many(s.n, 'rows')}, {s.labelled.sum():,} labelled"
            for what, s in (("source", self.source), ("target", self.target))
        )
        columns = how_many(len(self.source.names), "columns")
        task = self.task if self.numeric else how_many(len(self.classes), "classes")
        return f"Problem({'; '.join(rows)}; {columns}; {task}{'; not comparable' if self.mismatch else ''})"

    @property
    def numeric(self) -> bool:
        """Whether the label is a quantity: regression."""
        return self.task == "regression"

    def refuse_numeric(self, what: str, instead: str) -> None:
        """Refuse labels that are a quantity where only classes are handled, saying what to do in its place."""
        if self.numeric:
            raise InputError(
                f"{what} is about classes, and the label {self.label_name or 'y'!r} is a quantity; {instead}"
            )

    @property
    def label_space(self) -> LabelSpace:
        """The classes, with the rules by which labels of any writing become codes."""
        return LabelSpace(classes=self.classes)

    def codes(self, labels: Any, what: str = "labels") -> np.ndarray:
        """Codes of labels (predictions of a model, answers of a person) into `classes`; −1 where missing.

        Parameters
        ----------
        labels : array-like
            (k,) labels.
        what : str
            Whose they are, for the message.

        Raises
        ------
        InputError
            When a label is none of the classes.
        """
        coded = self.label_space.codes(labels, what)
        if coded.outside:
            raise InputError(f"{what}: {self.label_space.strange(coded.outside)}")
        return coded.codes

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of the content of both samples and the classes; the same whatever container holds them."""
        classes = "\n".join(f"{type(value).__name__} {value}" for value in self.classes.tolist())
        return digest_of_parts([self.source.digest, self.target.digest, *self.source.names, classes])


def _pair(given: Any, what: str) -> tuple[Any, Any]:
    if given is None:
        return (None, None)
    if not isinstance(given, (tuple, list)) or len(given) != 2:
        raise InputError(
            f"{what}: expected a pair (source, target), either of which may be None, got {type(given).__name__}"
        )
    return (given[0], given[1])
