"""Whose errors the audit is about: found, trained, refitted, and asked whether it knew the source before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from whytransfer.claims import NOT_TRAINED_ON_SOURCE, Assumption, Status
from whytransfer.errors import InputError
from whytransfer.models import Kind, Predictions, Said, Subject, learners, numeric_subject, regressors
from whytransfer.models import subject as classifiers
from whytransfer.models.given import clone_of, is_fitted
from whytransfer.problem import Encoder, Problem, Splits
from whytransfer.steps.knew_source import tested
from whytransfer.steps.options import Options


@dataclass(frozen=True, slots=True, kw_only=True)
class _Makers:
    """What makes subjects of one kind of label: classes, or a quantity.

    Parameters
    ----------
    named : callable
        From the problem, its splits, a learner's name (None for the default) and a seed to the subject that was trained.
    train, ask, of_model, of_predictions : callable
        As those of `models.subject`.
    predictions : str
        What `wt.Predictions` is given.
    """

    named: Callable[[Problem, Splits, str | None, int], Subject]
    train: Callable[..., Subject]
    ask: Callable[[Any, Problem, str], Said]
    of_model: Callable[..., Subject]
    of_predictions: Callable[[Problem, Predictions], Subject]
    predictions: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The subject, how it is known that it was not trained on the source's evaluation rows, and what was said."""

    subject: Subject
    not_trained: Assumption
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """A subject that was found before, for a problem with the same source rows: it is asked about the target only.

    Parameters
    ----------
    subject : Subject
        With what it says on every source row; what it says on a target is left behind.
    given : object or None
        The given model, where the subject is its refitted clone.
    not_trained : Assumption
        How it is known that the subject was not trained on the source's evaluation rows.
    warnings : tuple of str
        What was said when it was found.
    """

    subject: Subject
    given: Any
    not_trained: Assumption
    warnings: tuple[str, ...]

    @classmethod
    def of(cls, found: Found, model: Any) -> Taught:
        """From what was found for `model`."""
        given = model if found.subject.kind is Kind.REFIT else None
        return cls(subject=found.subject, given=given, not_trained=found.not_trained, warnings=found.warnings)

    def asked(self, problem: Problem) -> Found:
        """The same subject, asked about the target of this problem."""
        ask = _makers(problem).ask
        target = ask(self.subject.model, problem, "target")
        given = None if self.given is None else ask(self.given, problem, "target")
        subject = replace(self.subject, target=target, given_target=given)
        notes = tuple(dict.fromkeys((*self.warnings, *target.notes)))
        return Found(subject=subject, not_trained=self.not_trained, warnings=notes)


def find(
    problem: Problem, splits: Splits, model: Any, predictions: Predictions | None, options: Options
) -> Found:
    """The predictor that all claims are about.

    Raises
    ------
    InputError
        Where both a model and predictions are given, or either is none; where a model can't be trained, cloned or asked.
    """
    make = _makers(problem)
    if isinstance(model, Taught):
        return model.asked(problem)
    if predictions is not None:
        if not isinstance(predictions, Predictions):
            raise InputError(
                f"predictions: expected wt.Predictions({make.predictions}), got {type(predictions).__name__}"
            )
        if model is not None:
            raise InputError("model and predictions exclude each other: give one of them")
        return _declared(make.of_predictions(problem, predictions), options.trained_on_source)
    if model is None or isinstance(model, str):
        return _fresh(make.named(problem, splits, model, options.seed))
    if not is_fitted(model):
        # An estimator that is more than its class can say what it is.
        title = f"{getattr(model, 'spoken', type(model).__name__)} trained on the source's training rows"
        return _fresh(make.train(problem, splits, clone_of(model), kind=Kind.TRAINED, title=title))
    return _fitted(make, problem, splits, model, options)


def as_given(model: Any, subject: Subject) -> Any:
    """The fitted model as it was given, behind the refitted clone that stands for it on the source; None where nobody gave one."""
    if isinstance(model, Taught):
        model = subject.model if model.given is None else model.given
    return model if subject.kind in (Kind.GIVEN, Kind.REFIT) else None


def _makers(problem: Problem) -> _Makers:
    return _OF_NUMBERS if problem.numeric else _OF_CLASSES


def _fresh(subject: Subject, *said: str) -> Found:
    """A subject that was trained here, on the training split alone."""
    return Found(subject=subject, not_trained=NOT_TRAINED_ON_SOURCE, warnings=(*said, *subject.warnings))


def _classifier(problem: Problem, splits: Splits, name: str | None, seed: int) -> Subject:
    """Of the learner of this name; the majority rule where nothing varies."""
    name = name or "logistic"
    title = f"{learners.TITLES.get(name, name)} trained on the source's training rows"
    blank = nothing_varies(problem, splits)
    return blank or classifiers.train(
        problem, splits, learners.learner(name, seed), kind=Kind.TRAINED, title=title
    )


def _regressor(problem: Problem, splits: Splits, name: str | None, seed: int) -> Subject:
    """Of the learner of this name."""
    estimator = regressors.regressor(name, seed)
    title = f"{regressors.TITLES[name or 'linear']} trained on the source's training rows"
    return numeric_subject.train(problem, splits, estimator, kind=Kind.TRAINED, title=title)


def nothing_varies(problem: Problem, splits: Splits) -> Subject | None:
    """The majority rule where no column tells the training rows apart; None where one does."""
    rows = splits.source_train
    if not len(rows) or Encoder().fit(problem.source.take(rows)).get_feature_names_out().size:
        return None
    counts = np.bincount(problem.source.labels[rows])  # type: ignore[index]
    note = "no column varies over the training rows: the model always predicts their most frequent class"
    return classifiers.constant(problem, problem.classes[counts.argmax()], kind=Kind.TRAINED, note=note)


def _fitted(make: _Makers, problem: Problem, splits: Splits, model: Any, options: Options) -> Found:
    title = f"the given {type(model).__name__}"
    if options.trained_on_source:
        refit = f"{title}, refitted on the source's training rows"
        subject = make.train(problem, splits, clone_of(model), kind=Kind.REFIT, title=refit)
        note = (
            "the given model was trained on these source rows: source-side claims are about a clone refitted on the "
            "training split; claims from target labels are about the given model"
        )
        return _fresh(replace(subject, given_target=make.ask(model, problem, "target")), note)
    subject = make.of_model(problem, model, kind=Kind.GIVEN, title=title)
    if options.trained_on_source is False:
        return _declared(subject, False)
    assumption, notes = tested(problem, splits, subject)
    return Found(subject=subject, not_trained=assumption, warnings=(*subject.warnings, *notes))


def _declared(subject: Subject, trained_on_source: bool | None) -> Found:
    """A subject that nothing can be asked of again: what was said of its training is taken as said."""
    if trained_on_source:
        raise InputError(
            "trained_on_source: predictions can't be refitted; leave it out, or give predictions on source rows that the "
            "model has not seen"
        )
    if trained_on_source is False:
        declared = NOT_TRAINED_ON_SOURCE.with_status(Status.DECLARED)
        return Found(subject=subject, not_trained=declared, warnings=subject.warnings)
    note = "whether the model was trained on these source rows is not known: claims about the source are conditional on it"
    return Found(subject=subject, not_trained=NOT_TRAINED_ON_SOURCE, warnings=(*subject.warnings, note))


_OF_CLASSES = _Makers(
    named=_classifier,
    train=classifiers.train,
    ask=classifiers.ask,
    of_model=classifiers.of_model,
    of_predictions=classifiers.of_predictions,
    predictions="source, target, ...",
)
_OF_NUMBERS = _Makers(
    named=_regressor,
    train=numeric_subject.train,
    ask=numeric_subject.ask,
    of_model=numeric_subject.of_model,
    of_predictions=numeric_subject.of_predictions,
    predictions="source, target",
)
