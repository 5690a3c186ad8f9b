"""The subject of an audit that predicts numbers: trained, given fitted, or known by its predictions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from whytransfer.errors import InputError
from whytransfer.models.predictions import Predictions
from whytransfer.models.subject import Kind, Said, Subject, answered, asked, fitted
from whytransfer.problem import Encoder, Problem, Splits
from whytransfer.problem.quantities import numbers_of
from whytransfer.threads import one_thread


def train(problem: Problem, splits: Splits, estimator: Any, *, kind: Kind, title: str) -> Subject:
    """Fit an unfitted regressor on the source's training rows; rows of one value, or without a column that varies, give a constant."""
    rows = splits.source_train
    if not len(rows):
        raise InputError("the source has no labelled row to train on; give rows with their labels")
    labels = problem.source.labels[rows]  # type: ignore[index]
    taken = problem.source.take(rows)
    if labels.min() == labels.max() or not Encoder().fit(taken).get_feature_names_out().size:
        from sklearn.dummy import DummyRegressor

        value = float(np.median(labels))
        note = f"the training rows tell nothing apart: the model always predicts {value:g}"
        model = DummyRegressor(strategy="constant", constant=value).fit([[0.0]], [value])
        return of_model(
            problem, model, kind=kind, title=f"the model that always predicts {value:g}", notes=(note,)
        )
    with one_thread():
        model, notes = fitted(estimator, taken, labels)
    return of_model(problem, model, kind=kind, title=title, notes=notes)


def of_model(problem: Problem, model: Any, *, kind: Kind, title: str, notes: tuple[str, ...] = ()) -> Subject:
    """The subject that a fitted model of a quantity is."""
    return asked(problem, model, ask, kind=kind, title=title, notes=notes)


def of_predictions(problem: Problem, predictions: Predictions) -> Subject:
    """The subject behind given predicted numbers."""
    if predictions.proba_source is not None or predictions.proba_target is not None:
        raise InputError("the label is a quantity: give predicted numbers, and no probabilities (--proba)")
    said = [
        _said(given, n, domain)
        for given, n, domain in (
            (predictions.source, problem.source.n, "source"),
            (predictions.target, problem.target.n, "target"),
        )
    ]
    title = "the model behind the given predictions"
    return Subject(kind=Kind.PREDICTIONS, title=title, model=None, source=said[0], target=said[1])


def ask(model: Any, problem: Problem, domain: str) -> Said:
    """The numbers that a fitted model predicts on all rows of one domain."""
    sample = problem.source if domain == "source" else problem.target
    rows = sample.take(np.arange(sample.n))
    answers, notes = answered(lambda: model.predict(rows), domain)
    return replace(_said(answers, sample.n, domain), notes=notes)


def _said(answers: Any, n: int, domain: str) -> Said:
    values = numbers_of(answers, f"predictions on the {domain}")
    if len(values) != n or not np.isfinite(values).all():
        raise InputError(
            f"predictions on the {domain}: expected {n} finite numbers, one a row, got {int(np.isfinite(values).sum())} in {len(values)} rows"
        )
    return Said(codes=values, proba=None)
