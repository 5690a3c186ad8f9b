"""Every candidate fitted once, on the rows that train; one that fails is said, and the others go on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from whytransfer.errors import NotAvailableError
from whytransfer.io.journal import Arrays, digest, from_plain, kept, plain
from whytransfer.methods import Method
from whytransfer.methods.fitting import Training, last_training
from whytransfer.models.saved import model_bytes, model_from
from whytransfer.steps.adapt.aimed import learner_of
from whytransfer.steps.adapt.ground import Ground
from whytransfer.steps.adapt.request import name_of
from whytransfer.steps.progress import step

EXPECTED = (ValueError, ArithmeticError, np.linalg.LinAlgError, NotAvailableError)
"""How a method of this package says that it can't be fitted."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tried:
    """One candidate.

    Parameters
    ----------
    name : str
        Unique among the candidates.
    method : Method
        Fitted, unless it failed.
    proba : (m, K) array or None
        What it says of the target rows that it saw without labels; None where it failed.
    training : Training or None
        The rows of `Ground.sample` as its learner saw them, moved or weighted; None where it ends in several learners, or learned from other
        rows too. A sample, because as many copies of the source as there are candidates need not fit into memory.
    failed : str or None
        Why it could not be fitted.
    """

    name: str
    method: Method
    proba: np.ndarray | None = None
    training: Training | None = None
    failed: str | None = None

    @property
    def codes(self) -> np.ndarray:
        """Predicted classes of those rows, shape (m,); codes of the problem."""
        if self.proba is None:
            raise ValueError(f"{self.name} has failed: {self.failed}")
        return np.asarray(self.proba.argmax(axis=1), dtype=np.int64)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know of its fit."""
        return getattr(self.method, "notes_", ())


def attempt(ground: Ground, methods: tuple[Method, ...]) -> tuple[Tried, ...]:
    """Fit every candidate on the source rows that train and the target rows that methods see."""
    found = []
    seen = digest(ground.splits.source_train, ground.splits.target_train, ground.splits.target_choose)
    for method in methods:
        step(f"trying {name_of(method)}")
        found.append(
            kept(
                f"candidate {name_of(method)}",
                (seen, ground.labelled),
                partial(_tried, ground, method),
                write=_written,
                read=partial(_restored, method),
            )
        )
    return tuple(found)


def _written(tried: Tried) -> Arrays | None:
    """A candidate as arrays: the fitted method as a skops file, never a pickle; None for a foreign one, whose types are not known."""
    if tried.failed is not None:
        return plain(tried.failed)
    if tried.method.family == "foreign":
        return None
    found = {"model": np.frombuffer(model_bytes(tried.method), dtype=np.uint8)}
    parts = {"proba": tried.proba}
    if tried.training is not None:
        parts |= {f"training_{name}": getattr(tried.training, name) for name in ("rows", "codes", "weights")}
    return found | {name: part for name, part in parts.items() if part is not None}


def _restored(method: Method, arrays: Arrays) -> Tried:
    """The inverse of `_written`."""
    name = name_of(method)
    if "json" in arrays:
        return Tried(name=name, method=method, failed=str(from_plain(arrays)))
    training = None
    if "training_rows" in arrays:
        training = Training(
            rows=arrays["training_rows"],
            codes=arrays["training_codes"],
            weights=arrays.get("training_weights"),
        )
    fitted_method = model_from(arrays["model"].tobytes(), f"journal: {name}")
    return Tried(name=name, method=fitted_method, proba=arrays["proba"], training=training)


def fitted(ground: Ground, method: Method, known: np.ndarray | None = None) -> Method:
    """The method, fitted; one that learns from target labels sees those that `known` lets through, all by default."""
    target, labels = ground.shown(method, known)
    extra = {} if labels is None else {"target_y": labels}
    done: Method = method.fit(ground.source_rows, ground.source_labels, target=target, **extra)
    return done


def aligned(ground: Ground, method: Method, rows: np.ndarray) -> np.ndarray:
    """Class probabilities of target rows (positions), a column for each class of the problem: training may have missed some."""
    said = method.predict_proba(ground.problem.target.take(rows))
    full = np.zeros((len(rows), len(ground.problem.classes)))
    full[:, ground.problem.codes(method.classes_, what="the method's classes")] = said
    return full


def _tried(ground: Ground, method: Method) -> Tried:
    # A foreign estimator may raise anything at all; what it raised is said, and the others go on.
    caught = Exception if method.family == "foreign" else EXPECTED
    name = name_of(method)
    try:
        with last_training() as heard:
            done = fitted(ground, method)
        proba = aligned(ground, done, ground.splits.target_train)
    except caught as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        return Tried(name=name, method=method, failed=reason)
    return Tried(name=name, method=done, proba=proba, training=_sample(ground, done, heard))


def _sample(ground: Ground, method: Method, heard: list[Training]) -> Training | None:
    if not heard or len(heard[0].rows) != len(ground.source_labels) or learner_of(method) is None:
        return None
    found, kept = heard[0], ground.sample
    if (method.classes_[found.codes] != ground.source_labels).any():
        return None
    weights = None if found.weights is None else found.weights[kept]
    return Training(rows=found.rows[kept], codes=found.codes[kept], weights=weights)
