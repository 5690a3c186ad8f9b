"""The three-term bound of Ben-David et al.: source error, discrepancy of the marginals, adaptability."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from whytransfer.claims import Assumption, Claim
from whytransfer.claims.intervals import hoeffding_term
from whytransfer.errors import InputError
from whytransfer.names import resolve
from whytransfer.theorems.assumptions import assumed_adaptability, model_in_class
from whytransfer.theorems.base import (
    CONVENTION,
    SOURCE_ERROR,
    Bound,
    Terms,
    agree_on_rows,
    check_delta,
    check_size,
    check_sizes,
    shown,
)
from whytransfer.theorems.term import Side, Term, read
from whytransfer.theorems.vc import divergence_term

FORMS = {
    "sharp": "one Hoeffding term (P1): only the pair that attains the population's supremum must be covered",
    "published": "4 sqrt((2d ln(2m') + ln(2/delta)) / m')",
}

DISCREPANCY_HINT = "the discrepancy is half of d_HΔH; pass d_hdh / 2"


class HDH(Bound):
    r"""err_T(h) ≤ err_S(h) + disc_H(S, T) + λ_H, for h in H.

    disc_H = sup over h', h'' in H of \|S(h'≠h'') − T(h'≠h'')\| = ½ d_HΔH in [0, 1]; λ_H = inf over H of err_S
    + err_T, a sum, in [0, 2]. [BenDavid2010]_, Theorem 2 with its population terms (THEORY B2).

    **Proof.** With h* attaining λ_H: err_T(h) ≤ T(h≠h*) + err_T(h*) ≤ S(h≠h*) + disc_H + err_T(h*) ≤ err_S(h)
    + err_S(h*) + disc_H + err_T(h*). Only the triangle inequality is used, so any number of classes and any
    metric loss will do; that {h≠h*} is one of the sets of the supremum is where h in H is needed. For h
    outside H the discrepancy must be that of H ∪ {h} (`hypotheses(...).discrepancy(..., h=model)`; λ_H stays
    an upper value of λ of H ∪ {h}); without that, it fails.

    **Finite samples.** `form="sharp"`: with `n` and `m`, the discrepancy is the exact maximum on n source and
    m target rows and sqrt((1/n + 1/m) ln(1/δ)/2) is added (P1, THEORY B0). `form="published"` adds 4 sqrt((2d
    ln(2m') + ln(2/δ))/m') with m' = min(n, m) and d the VC dimension; larger than the sharp term, hence valid
    with it. Without `n` and `m` a plain discrepancy is the population's, and of a Claim the upper limit is
    used.

    Exact for classes whose pair supremum is exact (thresholds, intervals, stumps, finite); a surrogate's
    discrepancy is refused. Vacuous whenever some pair of hypotheses separates the domains, even if neither is
    near the model: the disparity and the version-space bounds are never larger.

    References
    ----------
    .. [BenDavid2010] S. Ben-David, J. Blitzer, K. Crammer, A. Kulesza, F. Pereira, J. Vaughan,
       A theory of learning from different domains, Machine Learning 79 (2010).

    Examples
    --------
    >>> round(HDH()(source_error=0.156120, discrepancy=0.382925, adaptability=0.15).upper, 6)
    0.689045
    >>> round(HDH().break_even(0.6, source_error=0.156120, discrepancy=0.382925), 6)
    0.060955
    """

    __slots__ = ()

    name: ClassVar[str] = "hdh"
    statement: ClassVar[str] = "err_T(h) <= err_S(h) + disc_H(S, T) + lambda_H  for h in H"
    reference: ClassVar[str | None] = "ben-david:10"
    unknown: ClassVar[str] = "adaptability"
    needs: ClassVar[Mapping[str, str]] = {
        "source_error": "error of the model on the source, 0..1",
        "discrepancy": "disc_H = half of d_HdH, 0..1; of H joined by the model when it is outside H",
        "adaptability": "lambda_H, the least sum of source and target error over H, 0..2",
        "form": '"sharp" or "published": which deviation is added to a discrepancy of samples; "sharp" when left out',
        "n": "unlabelled source rows, when the discrepancy is that of the samples",
        "m": "unlabelled target rows, when the discrepancy is that of the samples",
        "d": 'VC dimension of H, for form="published"',
        "delta": "failure probability of the deviation, .05 when left out; used with n and m only",
        "n_classes": "number of classes, for the flag `vacuous`; 2 when left out",
    }

    def __call__(
        self,
        *,
        source_error: Term,
        discrepancy: Term,
        adaptability: Term,
        form: str = "sharp",
        n: float | None = None,
        m: float | None = None,
        d: int | None = None,
        delta: float = 0.05,
        n_classes: int = 2,
    ) -> Claim:
        """The claim ``target_error.hdh.<class>``."""
        meaning = resolve("form", form, FORMS)
        deviation, spent = _deviation(form, n, m, d, delta)
        agree_on_rows(n, m, discrepancy)
        side = Side.UPPER if n is None else Side.POINT
        terms = Terms.of(
            self,
            read("source_error", source_error, about=SOURCE_ERROR),
            read(
                "discrepancy", discrepancy, side, of_class=True, about=("discrepancy",), hint=DISCREPANCY_HINT
            ),
            read("adaptability", adaptability, within=(0.0, 2.0), of_class=True, about=("adaptability",)),
        )
        total = terms.total
        detail = {
            "form": form,
            "deviation": deviation,
            "plug_in": terms.plug_in,
            "n": shown(n),
            "m": shown(m),
        }
        return terms.target_error(
            None if total is None else total + deviation,
            n_classes,
            delta=spent,
            assumptions=(
                *assumed_adaptability(adaptability, terms.hypothesis_class),
                *_membership(discrepancy, terms),
            ),
            detail=detail | {"deviation_form": meaning if n is not None else None, "convention": CONVENTION},
        )


def _membership(discrepancy: Term, terms: Terms) -> tuple[Assumption, ...]:
    if isinstance(discrepancy, Claim) and discrepancy.detail.get("joined_by_h"):
        return ()
    return (model_in_class(terms.hypothesis_class, asserted=not isinstance(discrepancy, Claim)),)


def _deviation(
    form: str, n: float | None, m: float | None, d: int | None, delta: float
) -> tuple[float, float]:
    """What is added to an in-sample discrepancy, and the δ it spends."""
    if n is None and m is None:
        if form == "published":
            raise InputError(
                'form="published": expected n, m (unlabelled rows) and d (VC dimension), got none of them'
            )
        return 0.0, 0.0
    n, m = check_sizes(n, m)
    delta = check_delta(delta)
    if form == "sharp":
        return float(hoeffding_term(delta, n, m)), delta
    if d is None:
        raise InputError('form="published": expected d, the VC dimension of the class, got none')
    return divergence_term(check_size("m'", min(n, m)), check_size("d", d), delta), delta
