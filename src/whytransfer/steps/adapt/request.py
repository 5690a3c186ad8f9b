"""What `adapt` was asked: checked, and turned into objects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import clone

from whytransfer.choice import SOURCE, plausible
from whytransfer.errors import InputError
from whytransfer.methods import METHODS, Method, SourceOnly
from whytransfer.models.learners import learner as learner_named
from whytransfer.names import resolve
from whytransfer.problem import Problem
from whytransfer.steps.options import Options
from whytransfer.verdict import Basis

AUTO = "auto"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Request:
    """Who may compete, with which learner, and what may be learned from.

    Parameters
    ----------
    named : tuple of Method or None
        Candidates beside the source model; None for those of the diagnosed kind of shift.
    learner : classifier or None
        Unfitted; None for logistic regression.
    labelled : (m,) array of int64
        Codes of target labels that may be learned from, −1 elsewhere.
    seed : int
        The one seed.
    """

    named: tuple[Method, ...] | None
    learner: Any
    labelled: np.ndarray
    seed: int

    @classmethod
    def checked(cls, problem: Problem, methods: Any, learner: Any, target_labels: Any, seed: int) -> Request:
        """The request, or one sentence about what can't be used."""
        seed = options_of(seed).seed
        learner = _learner(learner, seed)
        named = None if isinstance(methods, str) and methods == AUTO else _methods(methods, learner, seed)
        return cls(named=named, learner=learner, labelled=_labelled(problem, target_labels), seed=seed)

    @property
    def source(self) -> Method:
        """The source model, trained in the same way as every candidate."""
        return SourceOnly(self.learner, seed=self.seed)

    @property
    def with_labels(self) -> bool:
        """Whether there is a target label to learn from."""
        return bool((self.labelled >= 0).any())

    def candidates(self, shift: str) -> tuple[Method, ...]:
        """Unfitted candidates beside the source model, for a diagnosed kind of shift."""
        if self.named is not None:
            return self.named
        return tuple(
            METHODS[name](self.learner, seed=self.seed) for name in plausible(shift, labels=self.with_labels)
        )


def name_of(method: Method) -> str:
    """The method's name; a foreign one's is that of its class.

    >>> name_of(SourceOnly())
    'source'
    """
    own = getattr(method, "name", None)
    return str(own) if own is not None else f"three_arrays.{type(method.estimator).__name__}"


def options_of(seed: int) -> Options:
    """Those of an audit that nobody asked anything of."""
    return Options.checked(
        tolerance=None,
        max_drop=None,
        assume=None,
        require=Basis.ESTIMATED,
        delta=0.05,
        population="law",
        seed=seed,
        trained_on_source=None,
        theorems=None,
        examples=True,
        label_noise=0.0,
    )


def _learner(given: Any, seed: int) -> Any:
    """None, or an unfitted classifier on encoded columns."""
    if given is None:
        return None
    if isinstance(given, str):
        return learner_named(given, seed)[1:]
    if not all(hasattr(given, part) for part in ("fit", "predict", "get_params")):
        raise InputError(
            f"learner: expected a name, an unfitted scikit-learn classifier or None, got {given!r}"
        )
    return clone(given)


def _methods(given: Any, learner: Any, seed: int) -> tuple[Method, ...]:
    if isinstance(given, (str, Method)) or not isinstance(given, Sequence):
        raise InputError(
            f"methods: expected 'auto' or a list of names and methods, got {given!r}; one method alone is a list of one"
        )
    made = [_method(item, learner, seed) for item in given]
    kept = [method for method in made if name_of(method) != SOURCE]
    names = [name_of(method) for method in kept]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"methods: {twice!r} stands there twice, expected each candidate once")
    return tuple(kept)


def _method(item: Any, learner: Any, seed: int) -> Method:
    if isinstance(item, str):
        return resolve("method", item, METHODS)(learner, seed=seed)
    if not isinstance(item, Method):
        raise InputError(
            f"methods: expected names and methods, got {item!r}; wrap an estimator with fit(Xs, ys, Xt) in wt.ThreeArrays"
        )
    unfitted: Method = clone(item)
    return (
        unfitted.set_params(learner=clone(learner))
        if unfitted.learner is None and learner is not None
        else unfitted
    )


def _labelled(problem: Problem, given: Any) -> np.ndarray:
    if given is None:
        return np.full(problem.target.n, -1, dtype=np.int64)
    with_them = problem.with_target_labels(None).with_target_labels(given)
    if with_them.mismatch and not problem.with_target_labels(None).mismatch:
        raise InputError(f"target_labels: expected labels of the source, but {with_them.mismatch}")
    labels = with_them.target.labels
    return np.full(problem.target.n, -1, dtype=np.int64) if labels is None else labels
