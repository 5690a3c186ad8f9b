"""The margin disparity bound: scorers in the place of rules, their doubt in the place of their disagreement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from whytransfer.claims import Claim
from whytransfer.hypotheses.margins import margin_loss_name
from whytransfer.theorems.assumptions import assumed_margin_adaptability
from whytransfer.theorems.base import (
    SOURCE_ERROR,
    Bound,
    Samples,
    Terms,
)
from whytransfer.theorems.term import METRIC_LOSSES, Reading, Side, Term, read


class MarginDisparity(Bound):
    r"""err_T(h_f) ≤ err_S(h_f) + sup over f' in F of [E_T Φ_ρ(ρ_f'(x, h_f(x))) − E_S of the same] + λ^ρ.

    THEORY B3; Zhang, Liu, Long and Jordan (ICML 2019), whose form has the margin error err_S^ρ(f) ≥ err_S(h_f) in the place
    of err_S(h_f): the 0/1 error is enough, as the proof shows, and either may be given. f gives each of K ≥ 2 classes
    a score and answers h_f, the largest; ρ_f(x, y) = ½ (f(x, y) − max over y' ≠ y of f(x, y')); Φ_ρ(t) is 1 for t ≤ 0,
    0 for t ≥ ρ, and 1 − t/ρ between. λ^ρ is the least sum of the *margin* errors E_S Φ_ρ(ρ_f*(x, y)) and
    E_T Φ_ρ(ρ_f*(x, y)) over F: never below λ of the rules h_f*, which may not stand in for it. f need not be in F.

    **Proof.** For f* let u = Φ_ρ(ρ_f*(x, h_f(x))) and v = Φ_ρ(ρ_f*(x, y)). (1) 1[h_f ≠ y] ≤ u + v: where h_f ≠ y, f* has
    a positive margin at one label at most, so that u or v is 1. (2) u ≤ 1[h_f ≠ y] + v: where h_f = y, u = v. With f* attaining
    λ^ρ: err_T(h_f) ≤ E_T u + E_T v = [E_T − E_S] u + E_S u + E_T v ≤ [E_T − E_S] u + err_S(h_f) + E_S v + E_T v.

    **Finite samples.** With `n` and `m`, source error and disparity are those of the same rows, and one term
    sqrt((4/n + 1/m) ln(1/δ)/2) is added: only f* must be covered; a source row enters as 1[h_f ≠ y] − u in [−1, 1], both
    ends attained, a target row as u in [0, 1]. f and F must be independent of both samples. Without them, upper limits
    are added and their δ with them. The Rademacher terms of the published form are not needed, and not quoted.

    Exact where F is a finite list that is maximised over exactly; the maximum that a trained network finds is a lower
    value and is refused. Vacuous when a scorer is sure of h_f on the source and contradicts it on the target.

    Examples
    --------
    >>> MarginDisparity()(source_error=0.0, margin_disparity=0.25, adaptability=0.75, rho=0.5).upper
    1.0
    """

    __slots__ = ()

    name: ClassVar[str] = "margin_disparity"
    statement: ClassVar[str] = (
        "err_T(h_f) <= err_S(h_f) + sup_{f' in F} [E_T Phi_rho(rho_f'(x, h_f(x))) - E_S same] + lambda^rho_F"
    )
    reference: ClassVar[str | None] = "zhang:19"
    unknown: ClassVar[str] = "adaptability"
    needs: ClassVar[Mapping[str, str]] = {
        "source_error": "error of the model on the source, 0..1; its margin error is never smaller and may stand in",
        "margin_disparity": "sup over f' in F of E_T Phi_rho(margin of f' at the model's answer) - E_S of the same, -1..1",
        "adaptability": "lambda^rho_F, the least sum of source and target margin error over F, 0..2",
        "rho": "the margin at which the loss reaches 0, above 0, in the unit of the scores; fixed in advance",
        "n": "source rows, when source error and disparity are those of the same samples",
        "m": "target rows, when source error and disparity are those of the same samples",
        "delta": "failure probability of the deviation, .05 when left out; used with n and m only",
        "n_classes": "number of classes, for the flag `vacuous`; 2 when left out",
    }

    def __call__(
        self,
        *,
        source_error: Term,
        margin_disparity: Term,
        adaptability: Term,
        rho: float,
        n: float | None = None,
        m: float | None = None,
        delta: float = 0.05,
        n_classes: int = 2,
    ) -> Claim:
        """The claim ``target_error.margin_disparity.<class>``."""
        losses = frozenset({margin_loss_name(rho)})
        samples = Samples.of(n, m, delta, margin_disparity, source_error, ranges=(2.0, 1.0))
        about = ("margin_disparity",)
        terms = Terms.of(
            self,
            _source_error(source_error, samples.side, losses),
            read(
                "margin_disparity",
                margin_disparity,
                samples.side,
                within=(-1, 1),
                of_class=True,
                about=about,
                losses=losses,
            ),
            read(
                "adaptability",
                adaptability,
                within=(0, 2),
                of_class=True,
                about=("adaptability",),
                losses=losses,
            ),
        )
        total = terms.total
        return terms.target_error(
            None if total is None else total + samples.deviation,
            n_classes,
            loss="zero_one",
            delta=samples.spent,
            assumptions=assumed_margin_adaptability(adaptability, terms.hypothesis_class, float(rho)),
            detail={
                "rho": float(rho),
                "plug_in": terms.plug_in,
                **samples.said,
                "convention": "errors in 0..1; adaptability is a sum of two margin errors, 0..2",
            },
        )


def _source_error(term: Term, side: Side, losses: frozenset[str]) -> Reading:
    """The source error in 0/1 loss or in margin loss, without its loss: the statement itself joins the two."""
    reading = read(
        "source_error", term, side, about=SOURCE_ERROR, losses=losses | (METRIC_LOSSES - {"absolute"})
    )
    return replace(reading, claim=reading.claim and replace(reading.claim, loss=None))
