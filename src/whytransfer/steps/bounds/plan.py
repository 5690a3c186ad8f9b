"""When a theorem runs in an audit, what it needs, and who works it out: a row of the table of bounds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from whytransfer.steps.bounds.desk import Bounds, Desk
from whytransfer.steps.case import Case
from whytransfer.steps.linear_score import linear_score

FEWEST_TO_CHOOSE = 5
"""Rows of each domain below which nothing is chosen on them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One thing that a theorem needs of a case, known before any row is scored."""

    text: str
    met: Callable[[Case], bool]


def assertion(*keys: str, example: str) -> Need:
    """An assertion of the user under any of these keys; a key that ends in a dot stands for all that begin with it."""

    def met(case: Case) -> bool:
        return any(
            given == key or (key.endswith(".") and given.startswith(key))
            for key in keys
            for given in case.assume
        )

    return Need(text=f"assume {example}", met=met)


def _rows(case: Case) -> bool:
    return (
        case.columns is not None
        and min(len(case.splits.source_evaluate), len(case.splits.target_evaluate)) > 0
    )


def _chosen(case: Case) -> bool:
    learned = len(case.splits.source_train) + len(case.splits.source_choose)
    return _rows(case) and min(learned, len(case.splits.target_choose)) >= FEWEST_TO_CHOOSE


def _unlabelled(case: Case) -> bool:
    return 0 < len(case.labelled_target) < case.problem.target.n


CLASSES = Need(text="a source of two classes or more", met=lambda case: case.classes >= 2)
BINARY = Need(text="a source of exactly two classes", met=lambda case: case.classes == 2)
SOURCE_ROWS = Need(
    text="source rows that trained nothing", met=lambda case: len(case.splits.source_evaluate) > 0
)
TARGET_ROWS = Need(text="target rows to score", met=lambda case: len(case.splits.target_evaluate) > 0)
ROWS = Need(text="encoded columns, and rows of both domains that trained nothing", met=_rows)
CHOSEN = Need(
    text=f"{FEWEST_TO_CHOOSE} rows of each domain to choose a critic, a region or cells on", met=_chosen
)
LABELS = Need(text="target labels", met=lambda case: len(case.labelled_target) > 0)
SOME_LABELS = Need(text="labels of some target rows, and rows without", met=_unlabelled)
PROBABILITIES = Need(
    text="a model that gives probabilities", met=lambda case: case.subject.target.proba is not None
)
LINEAR = Need(
    text="a linear model of two classes, such as --learner logistic",
    met=lambda case: linear_score(case) is not None,
)
TRAINED = Need(
    text="a model trained here",
    met=lambda case: case.subject.independent_of_source and len(case.splits.source_train) > 0,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One theorem in an audit.

    Parameters
    ----------
    name : str
        One of `whytransfer.theorems()`.
    needs : tuple of Need
        All of them; where one is missing the theorem is left out, or refused when it was asked for by name.
    terms : str
        What its terms are made of here.
    run : callable
        From the desk to what it says.
    ids : callable
        From the case to the ids of the claims that spend δ; each spends one share.
    on_request : bool
        Whether it runs only when it is asked for by name, because another claim says the same more sharply, its
        unseen part has no key to assert it by, or it is about something else than the model.
    judged_on_source : bool
        Whether source rows judge the model, so that it is withheld where the model was trained on them.
    of_class : bool
        Whether it is about the class of hypotheses at work.
    """

    name: str
    needs: tuple[Need, ...]
    terms: str
    run: Callable[[Desk], Bounds]
    ids: Callable[[Case], tuple[str, ...]]
    on_request: bool = False
    judged_on_source: bool = True
    of_class: bool = False

    def missing(self, case: Case) -> list[str]:
        """What it needs and the case does not have."""
        return [need.text for need in self.needs if not need.met(case)]


def one(claim_id: str) -> Callable[[Case], tuple[str, ...]]:
    """A single claim of a fixed id."""
    return lambda _: (claim_id,)
