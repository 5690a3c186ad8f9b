"""What every adaptation method has in common: labelled source rows and unlabelled target rows in, a classifier out.

A method is a scikit-learn classifier with one more argument: ``fit(X, y, *, target=Xt)``. The argument is requested by
default under scikit-learn's metadata routing, so that methods work inside ``Pipeline`` (with ``transform_input=["target"]`` where
steps before it change the columns) and ``GridSearchCV``. A fitted method predicts **target** rows: several methods map the
two domains differently.
"""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from whytransfer.errors import InputError
from whytransfer.methods.columns import Columns
from whytransfer.methods.domains import Domains, Floats
from whytransfer.methods.labels import known_labels, source_labels
from whytransfer.methods.met import Met
from whytransfer.methods.rules import Rule
from whytransfer.threads import one_thread

FAMILIES = (
    "none",
    "reweighting",
    "label_shift",
    "kernel",
    "moments",
    "subspace",
    "transport",
    "self_training",
    "few_labels",
    "deep",
    "foreign",
)


class Method(ClassifierMixin, BaseEstimator, ABC):  # type: ignore[misc]
    """One way to adapt a learner to unlabelled target rows.

    Parameters
    ----------
    learner : classifier or None
        An unfitted scikit-learn classifier, trained on encoded columns in units of the source's standard deviations; None
        for logistic regression. Weights reach it where its ``fit`` takes ``sample_weight``; otherwise the rows are
        resampled by them, which is said in ``notes_``.
    seed : int
        Fixes everything that is drawn.

    Attributes
    ----------
    classes_ : ndarray, shape (K,)
        The labels of the source, sorted.
    notes_ : tuple of str
        What a reader should know: rows drawn, weights clipped, what the learner warned of.
    met_ : Met or None
        The target rows that it was adapted to, by hashes; None of the source model, which depends on none.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    family: ClassVar[str]
    reference: ClassVar[str | None]
    """The citation key of its source; None where it is nobody's."""
    assumption: ClassVar[str]
    """What would have to hold for it to help, in plain words."""
    transforms_source: ClassVar[bool] = False
    """Whether the learner sees changed source columns: λ may rise then (Johansson et al. 2019; THEORY E12)."""
    memory: ClassVar[str] = "n·d"
    """How memory grows with n rows, d columns and the stated number of landmarks; never faster than n·d + landmarks²."""
    needs_target_labels: ClassVar[bool] = False

    def __init__(self, learner: Any = None, *, seed: int = 0) -> None:
        self.learner = learner
        self.seed = seed

    @abstractmethod
    def _adapt(self, domains: Domains, notes: list[str]) -> Rule:
        """Learn from the two domains a rule for target rows; sentences for the reader go to `notes`."""

    def rule_for(self, domains: Domains) -> tuple[Rule, tuple[str, ...]]:
        """The rule for two domains whose columns are encoded already, and what a reader should know; nothing is kept here."""
        notes: list[str] = []
        with one_thread(), _warnings_to(notes):
            rule = self._adapt(domains, notes)
        return rule, tuple(dict.fromkeys(notes))

    def _fit(self, X: Any, y: Any, target: Any, target_y: Any = None) -> Self:
        if target is None:
            raise InputError(
                f"{type(self).__name__}.fit: expected target= with unlabelled target rows, got none"
            )
        labels = source_labels(y)
        columns = Columns.of(X)
        source, rows = columns.numbers(X, "source"), columns.numbers(target, "target")
        labels.check_rows(len(source))
        domains = Domains(
            source=source,
            codes=labels.codes,
            target=rows,
            classes=len(labels.classes),
            seed=int(self.seed),
            target_codes=known_labels(target_y, labels.classes, len(rows)),
        )
        self.rule_, notes = self.rule_for(domains)
        self.columns_ = columns
        self.met_ = None if self.family == "none" else Met.of(columns.encoder, target, _known(domains))
        self.classes_ = labels.classes
        self.n_features_in_ = columns.n_features
        self.notes_ = tuple(dict.fromkeys((*columns.notes, *notes)))
        return self

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        inputs = tags.input_tags
        inputs.allow_nan = inputs.sparse = inputs.categorical = inputs.string = True
        return tags

    def predict_proba(self, X: Any) -> Floats:
        """Class probabilities of target rows, shape (m, K), in the order of ``classes_``.

        Those of the learner. They are calibrated on the target only if the method's assumption holds.
        """
        check_is_fitted(self, "rule_")
        with one_thread():
            return self.rule_.proba(self.columns_.numbers(X, "rows"))

    def predict(self, X: Any) -> np.ndarray:
        """The most probable label of target rows, shape (m,); of equal ones the first."""
        proba = self.predict_proba(X)
        return np.asarray(self.classes_[proba.argmax(axis=1)])


class LabelFree(Method):
    """A method that sees no target label."""

    def fit(self, X: Any, y: Any, *, target: Any = None) -> Self:
        """Adapt to `target`.

        Parameters
        ----------
        X : array-like or frame, shape (n, p)
            Source rows: numbers, text, dates, missing values.
        y : array-like, shape (n,)
            Their labels, of any type.
        target : array-like or frame, shape (m, p)
            Target rows with the same columns.

        Raises
        ------
        InputError
            Without target rows, with one class only, with missing labels, or where the columns differ.
        """
        return self._fit(X, y, target)

    # Requested wherever a router asks: a method without its target rows is no method.
    __metadata_request__fit: ClassVar[dict[str, bool]] = {"target": True}


class FewLabels(Method):
    """A method that learns from a few target labels as well."""

    needs_target_labels: ClassVar[bool] = True

    def fit(self, X: Any, y: Any, *, target: Any = None, target_y: Any = None) -> Self:
        """Adapt to `target`, of which some labels are known.

        Parameters
        ----------
        X, y, target
            As in every method.
        target_y : array-like, shape (m,)
            Labels of the target rows; missing (None, NaN) where unknown, and −1 where that is no class of the source.

        Raises
        ------
        InputError
            As in every method, and when no target label is known or one is no class of the source.
        """
        if target_y is None:
            raise InputError(
                f"{type(self).__name__}.fit: expected target_y= with some labels of the target rows, got none"
            )
        return self._fit(X, y, target, target_y)

    __metadata_request__fit: ClassVar[dict[str, bool]] = {"target": True, "target_y": True}


def _known(domains: Domains) -> np.ndarray | None:
    """Which target rows have a label that was seen, shape (m,)."""
    return None if domains.target_codes is None else domains.target_codes >= 0


@contextmanager
def _warnings_to(notes: list[str]) -> Iterator[None]:
    """What the learner's library warns of goes to the notes."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    notes.extend(f"while fitting: {' '.join(str(w.message).split())}" for w in caught)
