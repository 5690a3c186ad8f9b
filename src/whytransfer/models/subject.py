"""The subject of an audit: the one predictor that all claims are about, and what it says on every row."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar

import numpy as np

from whytransfer.errors import InputError
from whytransfer.models.predictions import Predictions
from whytransfer.problem import Problem, Splits

Answers = TypeVar("Answers")


class Kind(StrEnum):
    """Where the subject comes from."""

    TRAINED = "trained"
    GIVEN = "given"
    REFIT = "refit"
    PREDICTIONS = "predictions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the subject says on the rows of one domain.

    Parameters
    ----------
    codes : ndarray of int64, shape (n,)
        Predicted classes, as positions in `Problem.classes`; where the label is a quantity, float64: the predicted numbers.
    proba : ndarray of float64, shape (n, K), or None
        Probabilities of the classes, where the subject gives them.
    notes : tuple of str
        What its library warned of while it was asked.
    """

    codes: np.ndarray
    proba: np.ndarray | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One predictor with its predictions on both domains.

    Parameters
    ----------
    kind : Kind
        Trained here on the training split, given fitted, refitted clone of a given one, or predictions only.
    title : str
        What it is, for the verdict line.
    model : object or None
        The fitted predictor on raw rows; None where only predictions were given.
    source, target : Said
        What it says on every row.
    warnings : tuple of str
        What came up while it was trained.
    given_target : Said or None
        What the given model says on the target, where the subject is its refitted clone.
    """

    kind: Kind
    title: str
    model: Any
    source: Said
    target: Said
    warnings: tuple[str, ...] = ()
    given_target: Said | None = None

    @property
    def certified(self) -> Said:
        """What claims from target labels are about: the given model where a refitted clone stands for it."""
        return self.target if self.given_target is None else self.given_target

    @property
    def certified_kind(self) -> Kind:
        """Whom claims from target labels are about."""
        return self.kind if self.given_target is None else Kind.GIVEN

    @property
    def independent_of_source(self) -> bool:
        """Whether the evaluation rows of the source can't have taught it: true by construction only."""
        return self.kind in (Kind.TRAINED, Kind.REFIT)


def train(problem: Problem, splits: Splits, estimator: Any, *, kind: Kind, title: str) -> Subject:
    """Fit an unfitted estimator on the source's training rows.

    Rows of one class teach nothing: the subject then always predicts that class, and that is said.
    """
    rows = splits.source_train
    labels = problem.classes[problem.source.labels[rows]]  # type: ignore[index]
    if not len(rows):
        raise InputError("the source has no labelled row to train on; give rows with their labels")
    seen = np.unique(problem.source.labels[rows])  # type: ignore[index]
    if len(seen) < 2:
        only = problem.classes[seen[0]]
        shown = problem.classes[seen].tolist()[0]
        note = f"the training rows hold one class only, {shown!r}: the model always predicts it"
        return constant(problem, only, kind=kind, note=note)
    model, notes = fitted(estimator, problem.source.take(rows), labels)
    return of_model(problem, model, kind=kind, title=title, notes=notes)


def fitted(estimator: Any, rows: Any, labels: Any) -> tuple[Any, tuple[str, ...]]:
    """The estimator fitted on these rows, and what it warned of.

    Raises
    ------
    InputError
        When it can't be fitted, with the reason that it gave.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            model = estimator.fit(rows, labels)
        except (ValueError, TypeError) as error:
            raise InputError(f"the model can't be trained on the source: {one_line(error)}") from error
    return model, tuple(dict.fromkeys(f"while training: {one_line(w.message)}" for w in caught))


def constant(problem: Problem, label: Any, *, kind: Kind, note: str) -> Subject:
    """The subject that always predicts one label."""
    from sklearn.dummy import DummyClassifier

    model = DummyClassifier(strategy="constant", constant=[label]).fit([[0.0]], [label])
    shown = np.asarray(label).item()  # 1, and not np.int64(1)
    return of_model(
        problem, model, kind=kind, title=f"the model that always predicts {shown!r}", notes=(note,)
    )


def of_model(problem: Problem, model: Any, *, kind: Kind, title: str, notes: tuple[str, ...] = ()) -> Subject:
    """The subject that a fitted model is."""
    return asked(problem, model, ask, kind=kind, title=title, notes=notes)


def asked(
    problem: Problem,
    model: Any,
    ask: Callable[[Any, Problem, str], Said],
    *,
    kind: Kind,
    title: str,
    notes: tuple[str, ...],
) -> Subject:
    """The subject of a fitted model, which `ask` asks about the rows of ``"source"`` and of ``"target"``."""
    source, target = ask(model, problem, "source"), ask(model, problem, "target")
    said = tuple(dict.fromkeys((*notes, *source.notes, *target.notes)))
    return Subject(kind=kind, title=title, model=model, source=source, target=target, warnings=said)


def of_predictions(problem: Problem, predictions: Predictions) -> Subject:
    """The subject behind given predictions."""
    source = _said(
        problem, predictions.source, predictions.proba_source, problem.classes, problem.source.n, "source"
    )
    target = _said(
        problem, predictions.target, predictions.proba_target, problem.classes, problem.target.n, "target"
    )
    return Subject(
        kind=Kind.PREDICTIONS,
        title="the model behind the given predictions",
        model=None,
        source=source,
        target=target,
    )


def one_line(message: object) -> str:
    """A message without its line breaks."""
    return " ".join(str(message).split())


def ask(model: Any, problem: Problem, domain: str) -> Said:
    """What a fitted model says on all rows of one domain."""
    sample = problem.source if domain == "source" else problem.target
    rows = sample.take(np.arange(sample.n))

    def answers() -> tuple[Any, Any]:
        return model.predict(rows), model.predict_proba(rows) if hasattr(model, "predict_proba") else None

    (labels, proba), notes = answered(answers, domain)
    said = _said(problem, labels, proba, getattr(model, "classes_", problem.classes), sample.n, domain)
    return replace(said, notes=notes)


def answered(answers: Callable[[], Answers], domain: str) -> tuple[Answers, tuple[str, ...]]:
    """What a model answers about the rows of one domain, and what it warned of.

    Raises
    ------
    InputError
        When it fails: a foreign model may raise anything at all; it is passed on as bad input with its cause, never hidden.
    """
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            found = answers()
    except Exception as error:
        raise InputError(
            f"the model's predict fails on the {domain} rows: {type(error).__name__}: {one_line(error)}; "
            "give a fitted model that accepts the raw columns of the file without the label"
        ) from error
    return found, tuple(dict.fromkeys(f"while predicting: {one_line(w.message)}" for w in caught))


def _said(problem: Problem, labels: Any, proba: Any, columns: Any, n: int, domain: str) -> Said:
    codes = problem.codes(labels, what=f"predictions on the {domain}")
    if len(codes) != n:
        raise InputError(f"predictions on the {domain}: expected {n}, one a row, got {len(codes)}")
    if (codes < 0).any():
        raise InputError(
            f"predictions on the {domain}: every row needs a label of the source ({_some(problem.classes)}), "
            f"got {int((codes < 0).sum())} missing or unknown ones"
        )
    return Said(
        codes=codes, proba=None if proba is None else _probabilities(problem, proba, columns, n, domain)
    )


def _probabilities(problem: Problem, proba: Any, columns: Any, n: int, domain: str) -> np.ndarray:
    try:
        values = np.asarray(proba, dtype=float)
    except (TypeError, ValueError):
        raise InputError(
            f"probabilities on the {domain}: expected numbers, got values that are none"
        ) from None
    if values.ndim not in (1, 2):
        raise InputError(
            f"probabilities on the {domain}: expected a row a row and a column a class, got {values.shape}"
        )
    codes = problem.codes(columns, what="classes of the probabilities")
    if len(codes) == 2 and (values.ndim == 1 or values.shape[1] == 1):
        second = values.reshape(-1)
        values = np.column_stack([1.0 - second, second])
    if values.ndim != 2 or values.shape != (n, len(codes)) or (codes < 0).any():
        raise InputError(
            f"probabilities on the {domain}: expected shape ({n}, {len(problem.classes)}), a column for each class "
            f"of the source in sorted order, got {values.shape}"
        )
    if not np.isfinite(values).all() or (values < 0).any() or (np.abs(values.sum(axis=1) - 1.0) > 1e-3).any():
        raise InputError(
            f"probabilities on the {domain}: each row must be finite, not negative and sum to one"
        )
    aligned = np.zeros((n, len(problem.classes)))
    aligned[:, codes] = values
    return aligned


def _some(classes: np.ndarray, most: int = 6) -> str:
    shown = ", ".join(repr(c) for c in classes[:most].tolist())
    return shown + (", …" if len(classes) > most else "")
