"""Names of the interface whose parts are not in this version: each answers with one clear line."""

from __future__ import annotations

from typing import Any, NoReturn

from whytransfer.errors import NotAvailableError


def _not_yet(name: str, part: str) -> NoReturn:
    raise NotAvailableError(f"wt.{name}: {part} are not in this version; wt.audit works today")


def adapt(
    problem: Any, methods: Any = "auto", learner: Any = None, target_labels: Any = None, seed: int = 0
) -> NoReturn:
    """Adapt a model to the target where that helps, or keep the source model.

    Raises
    ------
    NotAvailableError
        Always, in this version.
    """
    _not_yet("adapt", "adaptation methods")


def plan_labels(
    problem: Any,
    model: Any = None,
    tolerance: float | None = None,
    budget: int = 200,
    design: str = "auto",
    delta: float = 0.05,
    seed: int = 0,
) -> NoReturn:
    """Choose the target rows to label.

    Raises
    ------
    NotAvailableError
        Always, in this version.
    """
    _not_yet("plan_labels", "label plans")


def certify(plan: Any, labels: Any) -> NoReturn:
    """Say what the labels of a plan certify.

    Raises
    ------
    NotAvailableError
        Always, in this version.
    """
    _not_yet("certify", "label plans")


def make_scorer(name: str, target: Any = None) -> NoReturn:
    """A scikit-learn scorer by estimated target error.

    Raises
    ------
    NotAvailableError
        Always, in this version.
    """
    _not_yet("make_scorer", "scorers by estimated target error")


def cite(audit: Any) -> NoReturn:
    """BibTeX of what an audit ran.

    Raises
    ------
    NotAvailableError
        Always, in this version.
    """
    _not_yet("cite", "citations")


class TransferClassifier:
    """The scikit-learn estimator behind `adapt`.

    Raises
    ------
    NotAvailableError
        Always, in this version.
    """

    def __init__(self, learner: Any = None, methods: Any = "auto") -> None:
        _not_yet("TransferClassifier", "adaptation methods")


class ThreeArrays:
    """Lets a foreign ``fit(Xs, ys, Xt)`` join as a candidate.

    Raises
    ------
    NotAvailableError
        Always, in this version.
    """

    def __init__(self, estimator: Any) -> None:
        _not_yet("ThreeArrays", "adaptation methods")


class Baseline:
    """A source kept for nightly audits without its data."""

    @staticmethod
    def fit(problem_or_source: Any, model: Any) -> NoReturn:
        """Keep what an audit needs of the source.

        Raises
        ------
        NotAvailableError
            Always, in this version.
        """
        _not_yet("Baseline", "audits without the source data")
