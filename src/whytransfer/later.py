"""Names of the interface whose parts are not in this version: each answers with one clear line."""

from __future__ import annotations

from typing import Any, NoReturn

from whytransfer.errors import NotAvailableError


def _not_yet(name: str, part: str) -> NoReturn:
    raise NotAvailableError(f"wt.{name}: {part} are not in this version; wt.audit works today")


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


def cite(audit: Any) -> NoReturn:
    """BibTeX of what an audit ran.

    Raises
    ------
    NotAvailableError
        Always, in this version.
    """
    _not_yet("cite", "citations")


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
