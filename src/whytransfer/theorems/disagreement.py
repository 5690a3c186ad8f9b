"""Disagreement of two models: at least one of them is wrong where they differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from whytransfer.claims import Claim
from whytransfer.theorems.base import Terms, Theorem
from whytransfer.theorems.term import Side, Term, read


class Disagreement(Theorem):
    r"""max(err_T(h), err_T(h')) ≥ ½ T(h≠h'), for any two predictors.

    THEORY B10, derived for this project. **Proof.** Where h and h' differ at most one of them is right:
    err_T(h) + err_T(h') ≥ T(h≠h'). It assumes nothing, needs no label and any number of classes; the limit is
    proved when T(h≠h') has one (Clopper–Pearson on unlabelled target rows that chose neither model).
    `detail["error_sum_lower"]` is the limit of the sum.

    Vacuous (0) for models that agree everywhere, however wrong. The converse is false: agreement proves
    nothing.

    Examples
    --------
    >>> Disagreement()(disagreement=0.31).lower
    0.155
    """

    __slots__ = ()

    name: ClassVar[str] = "disagreement"
    statement: ClassVar[str] = "max(err_T(h), err_T(h')) >= T(h != h') / 2"
    reference: ClassVar[str | None] = None
    needs: ClassVar[Mapping[str, str]] = {
        "disagreement": "T(h != h'), 0..1; of a claim the lower limit is used",
        "n_classes": "number of classes, for the flag `vacuous`; 2 when left out",
    }

    def __call__(self, *, disagreement: Term, n_classes: int = 2) -> Claim:
        """The claim ``larger_target_error.disagreement``."""
        terms = Terms.of(self, read("disagreement", disagreement, Side.LOWER))
        apart = terms.total
        return terms.claim(
            id_="larger_target_error.disagreement",
            quantity="larger_target_error",
            lower=None if apart is None else apart / 2,
            guessing_error=terms.guessing_error(n_classes),
            detail={"error_sum_lower": apart, "convention": "the larger of the two target errors, 0..1"},
        )
