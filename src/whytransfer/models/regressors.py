"""Learners of a quantity, the committee that stands beside them, and the subject of an audit that predicts numbers."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from whytransfer.errors import InputError
from whytransfer.models.learners import Standardise
from whytransfer.models.predictions import Predictions
from whytransfer.models.subject import Kind, Said, Subject, one_line
from whytransfer.names import resolve
from whytransfer.problem import Encoder, Problem, Splits
from whytransfer.problem.quantities import numbers_of
from whytransfer.threads import one_thread

Floats = NDArray[np.float64]

MOST_ROWS = 2000
"""Training rows of the committee, as for classes (`committee.MOST_ROWS`)."""


def _linear(seed: int) -> list[tuple[str, Any]]:  # noqa: ARG001  (nothing is random)
    from sklearn.linear_model import RidgeCV

    # Strengths in units of standardised columns; the generalised cross-validation of RidgeCV looks at the training rows only.
    return [("scale", Standardise()), ("fit", RidgeCV(alphas=np.logspace(-2, 4, 13)))]


def _boosted(seed: int) -> list[tuple[str, Any]]:
    from sklearn.ensemble import HistGradientBoostingRegressor

    trees = HistGradientBoostingRegressor(max_leaf_nodes=15, early_stopping=False, random_state=seed)
    return [("fit", trees)]


_LEARNERS = {"linear": _linear, "boosted": _boosted}

TITLES = {"linear": "ridge regression", "boosted": "gradient-boosted trees"}


def regressor(name: str | None, seed: int = 0) -> Pipeline:
    """An unfitted pipeline that accepts raw rows and predicts a number.

    Parameters
    ----------
    name : {"linear", "boosted"} or None
        Ridge regression on standardised encoded columns (the default); gradient-boosted trees.
    seed : int
        Of the learner's own randomness.

    Raises
    ------
    UnknownNameError
        For any other name, those of classifiers included.
    """
    chosen = name or next(iter(_LEARNERS))
    return Pipeline([("encode", Encoder()), *resolve("learner of a quantity", chosen, _LEARNERS)(seed)])


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
    with warnings.catch_warnings(record=True) as caught, one_thread():
        warnings.simplefilter("always")
        try:
            fitted = estimator.fit(taken, labels)
        except (ValueError, TypeError) as error:
            raise InputError(f"the model can't be trained on the source: {one_line(error)}") from error
    said = tuple(dict.fromkeys(f"while training: {one_line(w.message)}" for w in caught))
    return of_model(problem, fitted, kind=kind, title=title, notes=said)


def of_model(problem: Problem, model: Any, *, kind: Kind, title: str, notes: tuple[str, ...] = ()) -> Subject:
    """The subject that a fitted model of a quantity is."""
    source, target = ask(model, problem, "source"), ask(model, problem, "target")
    said = tuple(dict.fromkeys((*notes, *source.notes, *target.notes)))
    return Subject(kind=kind, title=title, model=model, source=source, target=target, warnings=said)


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
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            answers = model.predict(sample.take(np.arange(sample.n)))
    except Exception as error:
        # A foreign model may raise anything at all; it is passed on as bad input with its cause, never hidden.
        raise InputError(
            f"the model's predict fails on the {domain} rows: {type(error).__name__}: {one_line(error)}; "
            "give a fitted model that accepts the raw columns of the file without the label"
        ) from error
    notes = tuple(dict.fromkeys(f"while predicting: {one_line(w.message)}" for w in caught))
    return replace(_said(answers, sample.n, domain), notes=notes)


def _said(answers: Any, n: int, domain: str) -> Said:
    values = numbers_of(answers, f"predictions on the {domain}")
    if len(values) != n or not np.isfinite(values).all():
        raise InputError(
            f"predictions on the {domain}: expected {n} finite numbers, one a row, got {int(np.isfinite(values).sum())} in {len(values)} rows"
        )
    return Said(codes=values, proba=None)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Panel:
    """What regressors of several families say on rows that taught none of them.

    Parameters
    ----------
    names : tuple of str
        The M members.
    source, target : ndarray of float64, shapes (M, n) and (M, m)
        Predicted numbers on the given rows.
    """

    names: tuple[str, ...]
    source: Floats
    target: Floats


def committee(columns: Floats, labels: Floats, source: Floats, target: Floats, *, seed: int) -> Panel:
    """Fit one quick regressor of each family on training rows and ask all of them about other rows.

    Parameters
    ----------
    columns, labels : ndarray, shapes (r, p) and (r,)
        Standardised columns and labels of source training rows; `MOST_ROWS` of them are drawn where there are more.
    source, target : ndarray, shapes (n, p) and (m, p)
        Rows to predict, standardised alike.
    seed : int
        For the draw and the members' own randomness.
    """
    from sklearn.ensemble import ExtraTreesRegressor, HistGradientBoostingRegressor
    from sklearn.kernel_ridge import KernelRidge
    from sklearn.linear_model import RidgeCV
    from sklearn.neighbors import KNeighborsRegressor

    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(21,)))
    if len(columns) > MOST_ROWS:
        rows = np.sort(rng.choice(len(columns), MOST_ROWS, replace=False))
        columns, labels = columns[rows], labels[rows]
    centre, width = float(labels.mean()), float(labels.std()) or 1.0
    # The kernel's width: mean squared distance of standardised rows is 2p.
    gamma = 1.0 / (2.0 * max(columns.shape[1], 1))
    members = {
        "linear": RidgeCV(alphas=np.logspace(-2, 4, 13)),
        "boosted": HistGradientBoostingRegressor(
            max_iter=60, max_leaf_nodes=15, early_stopping=False, random_state=seed
        ),
        "neighbours": KNeighborsRegressor(n_neighbors=min(15, len(columns)), weights="distance"),
        "trees": ExtraTreesRegressor(n_estimators=60, min_samples_leaf=3, random_state=seed, n_jobs=1),
        "kernel": KernelRidge(alpha=1.0, kernel="rbf", gamma=gamma),
    }
    said: list[tuple[Floats, Floats]] = []
    with one_thread():
        for member in members.values():
            fitted = member.fit(columns, (labels - centre) / width)
            said.append((centre + width * fitted.predict(source), centre + width * fitted.predict(target)))
    return Panel(
        names=tuple(members), source=np.stack([s for s, _ in said]), target=np.stack([t for _, t in said])
    )
