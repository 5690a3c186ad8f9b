"""Why: the kind of shift, the columns that harm, where the model fails, and what the change in error is made of."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from whytransfer.diagnosis import (
    MOST_GROUPS,
    Decomposition,
    ErrorModel,
    Group,
    Harm,
    LabelledRows,
    LabelShiftTest,
    Samples,
    Shift,
    decompose,
    groups_of,
    harms,
    kind_of_shift,
    label_shift_test,
    signals,
)
from whytransfer.errors import InputError
from whytransfer.models.families import FAMILIES
from whytransfer.steps.case import Case
from whytransfer.steps.told_apart import ToldApart, at_most
from whytransfer.threads import one_thread

FEWEST_ROWS = 20
"""Held-out source rows, and target rows, below which nothing is diagnosed."""

MOST_ROWS = 2000
WITNESSES = ("linear", "boosted")
"""Families whose probabilities tell where the model is likely to err: quick ones, so that they can be asked often."""

MOST_TRAINING_ROWS = 1000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Errors:
    """Where the model is expected to err.

    Parameters
    ----------
    model : ErrorModel
        Fitted on the held-out source rows that the domain classifier saw.
    source, target : ndarray, shape (n, q) and (m, q)
        Signals on its rows.
    wrong : ndarray of bool, shape (n,)
        Where the model errs on the source rows.
    witnesses : tuple
        Fitted models of other families.
    """

    model: ErrorModel
    source: np.ndarray
    target: np.ndarray
    wrong: np.ndarray
    witnesses: tuple[Any, ...]


def ready(case: Case) -> ToldApart | None:
    """The rows that the domain classifier saw, where there are enough of them to say why."""
    apart = case.apart
    if apart is None or case.classes < 2 or apart.overlap.auc is None:
        return None
    enough = min(len(apart.source_rows), len(apart.target_rows)) >= FEWEST_ROWS
    return apart if enough else None


def samples(case: Case, apart: ToldApart) -> Samples:
    """Labelled source rows and target rows for the tests of a shift; training rows join where encoding learned no words.

    A vocabulary learned on the training rows tells them from all other rows; numbers were moved and scaled only.
    """
    labels = case.problem.source.labels
    rows, columns = apart.source_rows, apart.source
    if _only_numbers(case):
        rows, columns = (np.concatenate(pair) for pair in ((rows, apart.train_rows), (columns, apart.train)))
        order = np.argsort(rows, kind="stable")
        rng = np.random.default_rng(np.random.SeedSequence(case.seed, spawn_key=(21,)))
        kept = at_most(order, MOST_ROWS, rng)
        rows, columns = rows[kept], columns[kept]
    return Samples(source=columns, target=apart.target, labels=labels[rows], seed=case.seed)  # type: ignore[index]


def label_shift(case: Case) -> LabelShiftTest | None:
    """Whether other shares of the classes can explain the target; None where it can't be asked.

    A correction for label shift is to be withheld where this is `rejected`.
    """
    apart = ready(case)
    return None if apart is None else label_shift_test(samples(case, apart))


def labelled_rows(case: Case, apart: ToldApart) -> LabelledRows:
    """The rows that the domain classifier saw, with what is known of their labels and of the model's errors."""
    problem, subject = case.problem, case.subject
    labels = problem.source.labels[apart.source_rows]  # type: ignore[index]
    known = problem.target.labels
    there = np.full(len(apart.target_rows), -1) if known is None else known[apart.target_rows]
    return LabelledRows(
        source=apart.source,
        target=apart.target,
        labels=labels,
        target_labels=there,
        wrong=np.asarray(subject.source.codes[apart.source_rows] != labels),
        target_wrong=np.asarray(subject.target.codes[apart.target_rows] != there),
        train=apart.train,
        train_labels=problem.source.labels[apart.train_rows],  # type: ignore[index]
    )


def shift(case: Case) -> Shift | None:
    """The kind of shift; None where it can't be asked."""
    apart = ready(case)
    if apart is None or case.columns is None:
        return None
    return kind_of_shift(
        samples(case, apart),
        apart.overlap,
        labelled_rows(case, apart),
        origin=case.columns.origin,
        awakened=_awakened(case),
    )


def split_of_gap(case: Case) -> Decomposition | None:
    """The change in error split by DISDE; None without target labels."""
    apart = ready(case)
    if apart is None or case.source_withheld:
        return None
    rows = labelled_rows(case, apart)
    if rows.labelled.sum() < FEWEST_ROWS:
        return None
    return decompose(rows.wrong, rows.target_wrong, rows.labelled, apart.overlap, case.seed)


def errors(case: Case) -> Errors | None:
    """A model of where the user's model errs; None where its errors on the source are unknown."""
    apart = ready(case)
    if apart is None or case.source_withheld:
        return None
    labels = case.problem.source.labels[apart.train_rows]  # type: ignore[index]
    if len(np.unique(labels)) < 2:
        return None
    rng = np.random.default_rng(np.random.SeedSequence(case.seed, spawn_key=(22,)))
    kept = at_most(np.arange(len(labels)), MOST_TRAINING_ROWS, rng)
    witnesses = tuple(_fitted(name, apart.train[kept], labels[kept], case.seed) for name in WITNESSES)
    said = case.subject.source, case.subject.target
    found = [
        signals(
            part.codes[rows],
            None if part.proba is None else part.proba[rows],
            [asked(w, columns, case.classes) for w in witnesses],
        )
        for part, rows, columns in (
            (said[0], apart.source_rows, apart.source),
            (said[1], apart.target_rows, apart.target),
        )
    ]
    if any((a.proba is None) != (b.proba is None) for a, b in [said]):
        return None
    wrong = np.asarray(said[0].codes[apart.source_rows] != case.problem.source.labels[apart.source_rows])  # type: ignore[index]
    return Errors(
        model=ErrorModel.fit(found[0], wrong),
        source=found[0],
        target=found[1],
        wrong=wrong,
        witnesses=witnesses,
    )


def harm_of_columns(case: Case, about: Errors, shifted: list[str]) -> list[Harm]:
    """What moving each group of columns to the target does to the estimated error; empty where the model can't be asked.

    `shifted` names the raw columns, the most shifted first.
    """
    apart, columns = case.apart, case.columns
    if apart is None or columns is None or case.subject.model is None:
        return []
    order = {name: i for i, name in enumerate(shifted)}
    groups = sorted(
        groups_of(apart.source, columns.origin),
        key=lambda g: min(order.get(name, len(order)) for name in g.names),
    )
    tail = _tail(case)

    def ask(group: Group, rows: np.ndarray, donors: np.ndarray) -> np.ndarray:
        moved = apart.source[rows]
        moved[:, list(group.encoded)] = apart.target[donors][:, list(group.encoded)]
        if tail is not None:
            raw = columns.source[apart.source_rows[rows]].copy()
            raw[:, list(group.encoded)] = columns.target[apart.target_rows[donors]][:, list(group.encoded)]
            codes, proba = _answers(case, tail, raw)
        else:
            frame = _moved_frame(case, apart, group, rows, donors)
            codes, proba = _answers(case, case.subject.model, frame)
        return signals(codes, proba, [asked(w, moved, case.classes) for w in about.witnesses])

    if tail is None and not _has_frames(case):
        return []
    try:
        return harms(
            apart.source, apart.target, groups[:MOST_GROUPS], about.model, about.source, ask, case.seed
        )
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, InputError):
        # Another's model may refuse rows that nobody has; the document then says that harm is not known.
        if tail is not None:
            raise
        return []


def _tail(case: Case) -> Any:
    """What follows the encoder in one of our own learners, ready for encoded columns; None for another's model."""
    from whytransfer.problem.encode import Encoder

    steps = getattr(case.subject.model, "steps", None)
    if not case.subject.independent_of_source or not steps or not isinstance(steps[0][1], Encoder):
        return None
    if len(steps) < 2:
        return None
    return case.subject.model[1:]


def _has_frames(case: Case) -> bool:
    sizes = np.arange(1)
    kinds = [case.problem.source.take(sizes), case.problem.target.take(sizes)]
    return all(hasattr(rows, "iloc") or isinstance(rows, np.ndarray) for rows in kinds)


def _moved_frame(case: Case, apart: ToldApart, group: Group, rows: np.ndarray, donors: np.ndarray) -> Any:
    """Raw source rows whose columns of a group are those of their donors, in the container that the model knows."""
    problem = case.problem
    here = problem.source.take(apart.source_rows[rows]).copy()
    there = problem.target.take(apart.target_rows[donors])
    for name in group.names:
        j = problem.source.names.index(name)
        if isinstance(here, np.ndarray):
            here[:, j] = there[:, j]
        else:
            # The donor's column comes with its own type: the model has accepted that on the target.
            here[here.columns[j]] = there.iloc[:, j].set_axis(here.index)
    return here


def _answers(case: Case, model: Any, rows: Any) -> tuple[np.ndarray, np.ndarray | None]:
    """Codes and probabilities of a fitted model, the latter in the order of the problem's classes."""
    with one_thread(), warnings.catch_warnings():
        # What the model's library warns of was said when all rows were asked about.
        warnings.simplefilter("ignore")
        codes = case.problem.codes(model.predict(rows), what="predictions on moved rows")
        if case.subject.source.proba is None:
            return codes, None
        given = np.asarray(model.predict_proba(rows), dtype=float)
    known = case.problem.codes(model.classes_, what="classes of the probabilities")
    proba = np.zeros((len(codes), case.classes))
    proba[:, known] = given
    return codes, proba


def _fitted(name: str, rows: np.ndarray, labels: np.ndarray, seed: int) -> Any:
    with one_thread(), warnings.catch_warnings():
        # Iterations spent are no fault of a quick witness.
        warnings.simplefilter("ignore")
        return FAMILIES[name](rows, labels, seed).fit(rows, labels)


def asked(witness: Any, rows: np.ndarray, classes: int) -> np.ndarray:
    """What a fitted witness says, (n, K): classes that it has not seen get 0."""
    found = np.zeros((len(rows), classes))
    with one_thread():
        found[:, np.asarray(witness.classes_, dtype=int)] = witness.predict_proba(rows)
    return found


def _only_numbers(case: Case) -> bool:
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    table = case.problem.source.frame()
    if not hasattr(table, "columns"):
        return True
    return all(is_numeric_dtype(table[c]) and not is_bool_dtype(table[c]) for c in table.columns)


def _awakened(case: Case) -> tuple[str, ...]:
    """Raw columns of numbers that are constant in the source and vary in the target."""
    from pandas.api.types import is_numeric_dtype

    tables = case.problem.source.frame(), case.problem.target.frame()
    if not all(hasattr(t, "columns") for t in tables):
        return ()
    return tuple(
        str(name)
        for name in tables[0].columns
        if is_numeric_dtype(tables[0][name])
        and len(tables[0][name].dropna().unique()) == 1
        and len(tables[1][name].dropna().unique()) > FEWEST_ROWS
    )
