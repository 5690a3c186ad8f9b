"""The total-variation lower bound: what a shift of the labels costs a model whose predictions don't shift."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from whytransfer.claims import Claim
from whytransfer.theorems.base import Terms, Theorem
from whytransfer.theorems.term import Side, Term, read


class TVLower(Theorem):
    r"""err_S(h) + err_T(h) ≥ TV(S_Y, T_Y) − TV(S_Ŷ, T_Ŷ) ≥ TV(S_Y, T_Y) − TV(S_Z, T_Z), for every h through Z.

    THEORY B10, derived for this project; any number of classes. **Proof.** The pair (Y, Ŷ) couples D_Y with
    D_Ŷ, so TV(D_Y, D_Ŷ) ≤ err_D(h) in each domain D; the triangle inequality from S_Y over S_Ŷ and T_Ŷ to T_Y
    does the rest; h is a function of Z, so that the predictions differ at most as much as Z does.

    With the predictions' TV the limit is about this h; with the representation's TV it is about every h on Z,
    hence a lower limit of λ on Z. Companion of `zhao_lower`, usually sharper; neither dominates. A limit from
    samples takes the lower limit of the first and the upper limit of the second. Vacuous (0) when the labels
    shift no more than the predictions.

    Examples
    --------
    >>> TVLower()(label_tv=0.4, prediction_tv=0.0).lower
    0.4
    """

    __slots__ = ()

    name: ClassVar[str] = "tv_lower"
    statement: ClassVar[str] = "err_S(h) + err_T(h) >= TV(S_Y, T_Y) - TV(S_Z, T_Z)"
    reference: ClassVar[str | None] = None
    needs: ClassVar[Mapping[str, str]] = {
        "label_tv": "TV of the label marginals, 0..1; of a claim the lower limit is used",
        "prediction_tv": "TV of the prediction's law (for this h) or of the representation's (for every h), 0..1; upper limit",
    }

    def __call__(self, *, label_tv: Term, prediction_tv: Term) -> Claim:
        """The claim ``error_sum_lower.tv_lower``."""
        labels = read("label_tv", label_tv, Side.LOWER)
        predictions = read("prediction_tv", prediction_tv, Side.UPPER)
        terms = Terms.of(self, labels, predictions)
        gap = None if labels.value is None or predictions.value is None else labels.value - predictions.value
        return terms.claim(
            id_="error_sum_lower.tv_lower",
            quantity="error_sum",
            lower=None if gap is None else max(0.0, gap),
            detail={"gap": gap, "convention": "source error plus target error, 0..2"},
        )
