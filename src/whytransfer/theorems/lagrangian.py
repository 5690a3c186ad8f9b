"""The Lagrangian bound: a hypothesis that is bad on the source is charged for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from whytransfer.claims import Claim
from whytransfer.theorems.assumptions import assumed_adaptability
from whytransfer.theorems.base import CONVENTION, Bound, Samples, Terms
from whytransfer.theorems.term import Term, read


class Lagrangian(Bound):
    r"""err_T(h) ≤ λ_H + sup over h' in H of [T(h≠h') − err_S(h')], for any predictor h.

    THEORY B4(b), derived for this project. The source error of h does not enter, h need not lie in H, and the
    bound is never larger than the disparity bound, because err_S(h) − S(h≠h') ≥ −err_S(h').

    **Proof.** With h* attaining λ_H: err_T(h) ≤ T(h≠h*) + err_T(h*) = [T(h≠h*) − err_S(h*)] + err_S(h*) +
    err_T(h*).

    **Finite samples.** With `n` and `m` the supremum is the exact maximum on n labelled source rows and m
    target rows, and sqrt((1/n + 1/m) ln(1/δ)/2) is added (P1: only h* must be covered). h must be independent
    of the target sample only: it may have been trained on these source rows.

    Exact for exact classes. Vacuous when hypotheses that are good on the source contradict h on the target;
    then the problem is hard for everybody (see `version_space`).

    Examples
    --------
    >>> round(Lagrangian()(lagrangian=0.447465, adaptability=0.15).upper, 6)
    0.597465
    """

    __slots__ = ()

    name: ClassVar[str] = "lagrangian"
    statement: ClassVar[str] = "err_T(h) <= lambda_H + sup_{h' in H} [T(h != h') - err_S(h')]"
    reference: ClassVar[str | None] = None
    unknown: ClassVar[str] = "adaptability"
    needs: ClassVar[Mapping[str, str]] = {
        "lagrangian": "sup over h' in H of T(h != h') - err_S(h'), -1..1",
        "adaptability": "lambda_H, the least sum of source and target error over H, 0..2",
        "n": "labelled source rows, when the supremum is that of the samples",
        "m": "target rows, when the supremum is that of the samples",
        "delta": "failure probability of the deviation, .05 when left out; used with n and m only",
        "n_classes": "number of classes, for the flag `vacuous`; 2 when left out",
    }

    def __call__(
        self,
        *,
        lagrangian: Term,
        adaptability: Term,
        n: float | None = None,
        m: float | None = None,
        delta: float = 0.05,
        n_classes: int = 2,
    ) -> Claim:
        """The claim ``target_error.lagrangian.<class>``."""
        samples = Samples.of(n, m, delta, lagrangian)
        terms = Terms.of(
            self,
            read(
                "lagrangian",
                lagrangian,
                samples.side,
                within=(-1.0, 1.0),
                of_class=True,
                about=("lagrangian_disagreement",),
            ),
            read("adaptability", adaptability, within=(0.0, 2.0), of_class=True, about=("adaptability",)),
        )
        total = terms.total
        return terms.target_error(
            None if total is None else total + samples.deviation,
            n_classes,
            delta=samples.spent,
            assumptions=assumed_adaptability(adaptability, terms.hypothesis_class),
            detail={
                "plug_in": terms.plug_in,
                **samples.said,
                "convention": CONVENTION,
            },
        )
