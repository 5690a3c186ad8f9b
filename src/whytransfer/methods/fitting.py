"""Training the learner: with weights where it takes them, on resampled rows where it doesn't."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import numpy as np

from whytransfer.errors import InputError
from whytransfer.methods.domains import Domains, Floats, Integers
from whytransfer.methods.rules import Learned

RESAMPLE = 90
"""Key of the resampling's generator."""

FEW = 0.1
"""An effective sample below this share of the rows is worth a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Training:
    """The rows that a learner was trained on.

    Parameters
    ----------
    rows : (k, q) array
        In the learner's own coordinates.
    codes : (k,) array of int64
        Their classes.
    weights : (k,) array or None
        Of mean 1.
    """

    rows: Floats
    codes: Integers
    weights: Floats | None


_HEARD: ContextVar[list[Training] | None] = ContextVar("trainings", default=None)


def train(
    learner: Any,
    domains: Domains,
    notes: list[str],
    *,
    rows: Floats | None = None,
    codes: Integers | None = None,
    weights: Floats | None = None,
    keep_scale: bool = False,
) -> Learned:
    """A clone of `learner` fitted on the source rows, or on the rows given instead of them.

    Parameters
    ----------
    learner : classifier or None
        None for logistic regression.
    domains : Domains
        Whose source rows stand where `rows` and `codes` are left out.
    notes : list of str
        Gets what a reader should know.
    rows, codes : (k, q) and (k,) arrays, optional
        Other rows with their classes.
    weights : (k,) array, optional
        ≥ 0; scaled to mean 1 here. None, or all equal: none.
    keep_scale : bool
        Whether the columns' scales are the method's message: the default learner then leaves them as they are.

    Raises
    ------
    InputError
        When `learner` is no classifier, or refuses the rows.
    """
    rows = domains.source if rows is None else rows
    codes = domains.codes if codes is None else codes
    weights = _scaled(weights, notes)
    _tell(Training(rows=rows, codes=codes, weights=weights))
    if weights is not None and not (weights > 0).all():
        rows, codes, weights = rows[weights > 0], codes[weights > 0], weights[weights > 0]
    if len(np.unique(codes)) < 2:
        notes.append("the rows left for training hold one class only: it is always predicted")
        return Learned(model=_constant(int(codes[0])), classes=domains.classes)
    model = fresh(learner, domains.seed, keep_scale=keep_scale)
    key = None if weights is None else weight_parameter(model)
    extra = {}
    if weights is not None and key is not None:
        extra[key] = weights
    elif weights is not None:
        rows, codes = _resampled(model, rows, codes, weights, domains, notes)
    return Learned(model=_fitted(model, rows, codes, extra), classes=domains.classes)


@contextmanager
def last_training() -> Iterator[list[Training]]:
    """What a learner was trained on last inside; empty where none was. Of this context only."""
    heard: list[Training] = []
    token = _HEARD.set(heard)
    try:
        yield heard
    finally:
        _HEARD.reset(token)


def _tell(training: Training) -> None:
    heard = _HEARD.get()
    if heard is not None:
        # A method may train in dozens of rounds; what counts is what it ends in.
        heard[:] = [training]


def fresh(learner: Any, seed: int, *, keep_scale: bool = False) -> Any:
    """An unfitted clone of `learner`, or the default one, with or without its first step, which standardises."""
    from sklearn.base import clone

    from whytransfer.models.learners import learner as named

    if learner is None:
        # The methods have encoded the rows already.
        return named("logistic", seed)[2 if keep_scale else 1 :]
    if not (hasattr(learner, "fit") and hasattr(learner, "predict") and hasattr(learner, "get_params")):
        raise InputError(f"learner: expected an unfitted scikit-learn classifier, got {learner!r}")
    return clone(learner)


def weight_parameter(model: Any) -> str | None:
    """The name under which a model's ``fit`` takes weights, None where it doesn't; through a pipeline to its last step."""
    from sklearn.pipeline import Pipeline
    from sklearn.utils.validation import has_fit_parameter

    if isinstance(model, Pipeline):
        name, last = model.steps[-1]
        inner = weight_parameter(last)
        return None if inner is None else f"{name}__{inner}"
    return "sample_weight" if has_fit_parameter(model, "sample_weight") else None


def _fitted(model: Any, rows: Floats, codes: Integers, extra: dict[str, Floats]) -> Any:
    import sklearn

    # Under routing a pipeline would ask for requests that a caller's learner does not declare; the names above need none.
    with sklearn.config_context(enable_metadata_routing=False):
        try:
            return model.fit(rows, codes, **extra)
        except (ValueError, TypeError) as error:
            raise InputError(f"the learner can't be trained: {' '.join(str(error).split())}") from error


def _scaled(weights: Floats | None, notes: list[str]) -> Floats | None:
    if weights is None:
        return None
    total = weights.sum()
    if not np.isfinite(total) or total <= 0:
        notes.append("all weights vanish: the rows count alike")
        return None
    if np.ptp(weights) <= 1e-12 * weights.max():
        return None
    effective = total**2 / (weights**2).sum()
    if effective < FEW * len(weights):
        notes.append(f"the weights leave an effective sample of {effective:.0f} of {len(weights)} rows")
    return np.asarray(weights * (len(weights) / total))


def _resampled(
    model: Any, rows: Floats, codes: Integers, weights: Floats, domains: Domains, notes: list[str]
) -> tuple[Floats, Integers]:
    name = type(model.steps[-1][1] if hasattr(model, "steps") else model).__name__
    notes.append(f"{name} takes no weights: it is trained on {len(rows)} rows drawn with them")
    drawn = np.sort(domains.rng(RESAMPLE).choice(len(rows), size=len(rows), p=weights / weights.sum()))
    if len(np.unique(codes[drawn])) < 2:
        # Rows of one class teach nothing: the heaviest row of every class stays.
        heaviest = [int(np.flatnonzero(codes == c)[weights[codes == c].argmax()]) for c in np.unique(codes)]
        drawn = np.concatenate([drawn, heaviest])
    return rows[drawn], codes[drawn]


def _constant(code: int) -> Any:
    from sklearn.dummy import DummyClassifier

    return DummyClassifier(strategy="constant", constant=code).fit([[0.0]], [code])
