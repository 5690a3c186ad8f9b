"""Whose errors the audit is about: found, trained, refitted, and asked whether it knew the source before."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from whytransfer.claims import NOT_TRAINED_ON_SOURCE, Assumption, Status
from whytransfer.errors import InputError
from whytransfer.models import Kind, Predictions, Subject, of_model, of_predictions, train
from whytransfer.models.learners import TITLES, learner
from whytransfer.models.regressors import ask as ask_numbers
from whytransfer.models.subject import ask, constant, one_line
from whytransfer.problem import Encoder, Problem, Splits
from whytransfer.steps.options import Options

REJECTED_BELOW = 0.05
FOLDS = 5


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
        put = ask_numbers if problem.numeric else ask
        target = put(self.subject.model, problem, "target")
        given = None if self.given is None else put(self.given, problem, "target")
        subject = replace(self.subject, target=target, given_target=given)
        notes = tuple(dict.fromkeys((*self.warnings, *target.notes)))
        return Found(subject=subject, not_trained=self.not_trained, warnings=notes)


def find(
    problem: Problem, splits: Splits, model: Any, predictions: Predictions | None, options: Options
) -> Found:
    """The predictor that all claims are about."""
    if isinstance(model, Taught):
        return model.asked(problem)
    if predictions is not None:
        if not isinstance(predictions, Predictions):
            raise InputError(
                f"predictions: expected wt.Predictions(source, target, ...), got {type(predictions).__name__}"
            )
        if model is not None:
            raise InputError("model and predictions exclude each other: give one of them")
        return declared_untrained(of_predictions(problem, predictions), options.trained_on_source)
    if model is None or isinstance(model, str):
        name = model or "logistic"
        title = f"{TITLES.get(name, name)} trained on the source's training rows"
        blank = nothing_varies(problem, splits)
        subject = blank or train(problem, splits, learner(name, options.seed), kind=Kind.TRAINED, title=title)
        return Found(subject=subject, not_trained=NOT_TRAINED_ON_SOURCE, warnings=subject.warnings)
    if not is_fitted(model):
        # An estimator that is more than its class can say what it is.
        title = f"{getattr(model, 'spoken', type(model).__name__)} trained on the source's training rows"
        subject = train(problem, splits, clone_of(model), kind=Kind.TRAINED, title=title)
        return Found(subject=subject, not_trained=NOT_TRAINED_ON_SOURCE, warnings=subject.warnings)
    return _given(problem, splits, model, options)


def nothing_varies(problem: Problem, splits: Splits) -> Subject | None:
    """The majority rule where no column tells the training rows apart; None where one does."""
    rows = splits.source_train
    if not len(rows) or Encoder().fit(problem.source.take(rows)).get_feature_names_out().size:
        return None
    counts = np.bincount(problem.source.labels[rows])  # type: ignore[index]
    note = "no column varies over the training rows: the model always predicts their most frequent class"
    return constant(problem, problem.classes[counts.argmax()], kind=Kind.TRAINED, note=note)


def is_fitted(model: Any) -> bool:
    """Whether a model can predict already: anything that is no scikit-learn estimator is taken to be fitted."""
    from sklearn.base import BaseEstimator
    from sklearn.exceptions import NotFittedError
    from sklearn.utils.validation import check_is_fitted

    if not hasattr(model, "predict"):
        raise InputError(
            f"model: expected an object with predict, a learner's name or None, got {type(model).__name__}"
        )
    if not isinstance(model, BaseEstimator):
        return True
    try:
        check_is_fitted(model)
    except NotFittedError:
        return False
    except TypeError:
        # scikit-learn's check wants a fit method; what has none can't be unfitted.
        return True
    return True


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
    return Found(subject=subject, not_trained=assumption, warnings=notes)


def declared_untrained(subject: Subject, trained_on_source: bool | None) -> Found:
    """A subject that nothing can be asked of again: what was said of its training is taken as said."""
    if trained_on_source:
        raise InputError(
            "trained_on_source: predictions can't be refitted; leave it out, or give predictions on source rows that the "
            "model has not seen"
        )
    if trained_on_source is False:
        return Found(
            subject=subject, not_trained=NOT_TRAINED_ON_SOURCE.with_status(Status.DECLARED), warnings=()
        )
    note = "whether the model was trained on these source rows is not known: claims about the source are conditional on it"
    return Found(subject=subject, not_trained=NOT_TRAINED_ON_SOURCE, warnings=(note,))


def _tested(problem: Problem, splits: Splits, subject: Subject) -> tuple[Assumption, tuple[str, ...]]:
    """Compare the model's errors with those of a clone that had not seen the rows (exact sign test)."""
    clone_codes = _cross_fitted(problem, splits, subject.model)
    if clone_codes is None:
        note = "the given model can't be cloned, so that nothing could test whether it was trained on these source rows"
        return NOT_TRAINED_ON_SOURCE, (note,)
    from scipy.stats import binomtest

    rows = np.sort(np.concatenate([splits.source_choose, splits.source_evaluate]))
    labels = problem.source.labels[rows]  # type: ignore[index]
    own, other = subject.source.codes[rows] != labels, clone_codes[rows] != labels
    better, worse = int((~own & other).sum()), int((own & ~other).sum())
    p = float(binomtest(better, better + worse, 0.5, alternative="greater").pvalue) if better + worse else 1.0
    test = f"exact sign test against a cross-fitted clone: right alone on {better} rows, wrong alone on {worse}, p = {p:.3g}"
    power = f"{better + worse} rows on which they differ; a model that overfits little looks the same"
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
    labels = problem.source.labels
    codes = np.full(problem.source.n, -1, dtype=np.int64)
    for k in range(FOLDS):
        seen, held = rows[fold != k], rows[fold == k]
        try:
            with warnings.catch_warnings():
                # What a clone's library warns of concerns the test only, not the model that is audited.
                warnings.simplefilter("ignore")
                fitted = clone_of(model).fit(problem.source.take(seen), problem.classes[labels[seen]])  # type: ignore[index]
                said = fitted.predict(problem.source.take(held))
            codes[held] = problem.codes(said, what="a clone's predictions")
        except (ValueError, TypeError):
            # A clone that can't be fitted alone (a prefitted part, say) can't serve as the witness; the caller says so.
            return None
    return codes


def folds(problem: Problem, rows: np.ndarray) -> np.ndarray:
    """A fold for each row, whole groups together."""
    groups = problem.source.groups
    units = (
        np.arange(len(rows))
        if groups is None
        else np.unique(groups[rows].astype(str), return_inverse=True)[1]
    )
    return np.asarray(units % FOLDS)


def clone_of(model: Any) -> Any:
    """An unfitted copy.

    Raises
    ------
    InputError
        Where the model can't be copied.
    """
    from sklearn.base import clone

    try:
        return clone(model)
    except (TypeError, RuntimeError) as error:
        raise InputError(
            f"model: can't be cloned ({one_line(error)}); give a scikit-learn estimator, or trained_on_source=False"
        ) from error
