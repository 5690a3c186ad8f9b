"""Whose predicted numbers the audit is about, and whether it knew the source before."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import numpy as np

from whytransfer.claims import NOT_TRAINED_ON_SOURCE, Assumption, Status
from whytransfer.errors import InputError
from whytransfer.models import Kind, Predictions, Subject
from whytransfer.models.regressors import TITLES, ask, of_model, of_predictions, regressor, train
from whytransfer.problem import Problem, Splits
from whytransfer.steps.options import Options
from whytransfer.steps.subject import (
    FOLDS,
    REJECTED_BELOW,
    Found,
    Taught,
    clone_of,
    declared_untrained,
    folds,
    is_fitted,
)


def find(
    problem: Problem, splits: Splits, model: Any, predictions: Predictions | None, options: Options
) -> Found:
    """The predictor that all claims are about; as for classes, with regressors in the place of classifiers."""
    if isinstance(model, Taught):
        return model.asked(problem)
    if predictions is not None:
        if not isinstance(predictions, Predictions):
            raise InputError(
                f"predictions: expected wt.Predictions(source, target), got {type(predictions).__name__}"
            )
        if model is not None:
            raise InputError("model and predictions exclude each other: give one of them")
        return declared_untrained(of_predictions(problem, predictions), options.trained_on_source)
    if model is None or isinstance(model, str):
        estimator = regressor(model, options.seed)
        title = f"{TITLES[model or 'linear']} trained on the source's training rows"
        return _fresh(train(problem, splits, estimator, kind=Kind.TRAINED, title=title))
    if not is_fitted(model):
        title = f"{type(model).__name__} trained on the source's training rows"
        return _fresh(train(problem, splits, clone_of(model), kind=Kind.TRAINED, title=title))
    return _given(problem, splits, model, options)


def _fresh(subject: Subject) -> Found:
    return Found(subject=subject, not_trained=NOT_TRAINED_ON_SOURCE, warnings=subject.warnings)


def _given(problem: Problem, splits: Splits, model: Any, options: Options) -> Found:
    title = f"the given {type(model).__name__}"
    if options.trained_on_source:
        refit = f"{title}, refitted on the source's training rows"
        subject = train(problem, splits, clone_of(model), kind=Kind.REFIT, title=refit)
        subject = replace(subject, given_target=ask(model, problem, "target"))
        note = (
            "the given model was trained on these source rows: source-side claims are about a clone refitted on the "
            "training split; claims from target labels are about the given model"
        )
        return Found(subject=subject, not_trained=NOT_TRAINED_ON_SOURCE, warnings=(note, *subject.warnings))
    subject = of_model(problem, model, kind=Kind.GIVEN, title=title)
    if options.trained_on_source is False:
        return declared_untrained(subject, False)
    assumption, notes = _tested(problem, splits, subject)
    return Found(subject=subject, not_trained=assumption, warnings=(*subject.warnings, *notes))


def _tested(problem: Problem, splits: Splits, subject: Subject) -> tuple[Assumption, tuple[str, ...]]:
    """Is the model nearer to the labels than a clone that had not seen the rows? An exact sign test over rows."""
    clone = _cross_fitted(problem, splits, subject.model)
    if clone is None:
        note = "the given model can't be cloned, so that nothing could test whether it was trained on these source rows"
        return NOT_TRAINED_ON_SOURCE, (note,)
    from scipy.stats import binomtest

    rows = np.sort(np.concatenate([splits.source_choose, splits.source_evaluate]))
    labels = problem.source.labels[rows]  # type: ignore[index]
    own, other = np.abs(subject.source.codes[rows] - labels), np.abs(clone[rows] - labels)
    nearer, farther = int((own < other).sum()), int((own > other).sum())
    p = 1.0
    if nearer + farther:
        p = float(binomtest(nearer, nearer + farther, 0.5, alternative="greater").pvalue)
    test = f"exact sign test against a cross-fitted clone: nearer to the label on {nearer} rows, farther on {farther}, p = {p:.3g}"
    power = f"{nearer + farther} rows on which they differ; a model that overfits little looks the same"
    if p < REJECTED_BELOW:
        note = f"the given model knows these source rows ({test}): claims about the source are withheld"
        return NOT_TRAINED_ON_SOURCE.with_status(Status.REJECTED, test=test, power=power), (note,)
    return NOT_TRAINED_ON_SOURCE.with_status(Status.NOT_REJECTED, test=test, power=power), ()


def _cross_fitted(problem: Problem, splits: Splits, model: Any) -> np.ndarray | None:
    """Predictions for every labelled source row by clones that did not see it; None where it can't be cloned."""
    from sklearn.base import BaseEstimator

    if not isinstance(model, BaseEstimator) or not hasattr(model, "fit"):
        return None
    rows = np.sort(np.concatenate([splits.source_train, splits.source_choose, splits.source_evaluate]))
    fold = folds(problem, rows)
    said = np.full(problem.source.n, np.nan)
    for k in range(FOLDS):
        seen, held = rows[fold != k], rows[fold == k]
        try:
            with warnings.catch_warnings():
                # What a clone's library warns of concerns the test only, not the model that is audited.
                warnings.simplefilter("ignore")
                fitted = clone_of(model).fit(problem.source.take(seen), problem.source.labels[seen])  # type: ignore[index]
                said[held] = fitted.predict(problem.source.take(held))
        except (ValueError, TypeError):
            # A clone that can't be fitted alone can't serve as the witness; the caller says so.
            return None
    return said
