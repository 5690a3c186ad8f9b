"""Overlap-aware disparity: Dis² that asks its critic only where the source does not reach."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from whytransfer.claims import Claim
from whytransfer.theorems.assumptions import critic_dominates, overlap_no_worse
from whytransfer.theorems.base import (
    SOURCE_ERROR,
    Terms,
    Theorem,
    agree_on_rows,
    check_delta,
    check_sizes,
    shown,
)
from whytransfer.theorems.dis2 import dis2_term
from whytransfer.theorems.term import Side, Term, read


class ODD(Theorem):
    r"""err_T(h) ≤ err^_S(h) + Δ^_out(h, h') + sqrt((n + 4m) ln(1/δ)/(2nm)), Δ_out(h, h') = T(h≠h', X∉O) − S(h≠h', X∉O).

    After Mishra and Liu (UAI 2025, arXiv 2506.14978), whose objective asks for disagreement outside the
    overlap O only; the statement is derived here (THEORY B5 has the abstract only). h' is a critic and O a
    region, both fixed by other rows. It assumes that

    1. in the overlap, the target brings no more errors: T(h≠Y, X∈O) ≤ S(h≠Y, X∈O). Under covariate shift that
       follows from O ⊆ {dT_X/dS_X ≤ 1}; else nothing implies it;
    2. outside, the truth is no worse than the critic: Δ_out(h, Y) ≤ Δ_out(h, h').

    **Proof.** err_T(h) − err_S(h) = [T − S](h≠Y, X∈O) + Δ_out(h, Y) ≤ 0 + Δ_out(h, h'). With h, h' and O
    fixed, a source row enters as 1[h≠Y] − 1[h≠h', X∉O], of range 2, and a target row with range 1: the term
    of Dis².

    A conditional estimate that never decides a verdict: neither assumption can be tested without target
    labels. With O empty it is Dis². Vacuous when the domains do not overlap and a critic separates them.

    Examples
    --------
    >>> claim = ODD()(source_error=0.1, outside_gap=0.05, n=1000, m=1000)
    >>> round(claim.upper, 6), str(claim.level), claim.detail["decides"]
    (0.236541, 'conditional', False)
    """

    __slots__ = ()

    name: ClassVar[str] = "odd"
    statement: ClassVar[str] = (
        "err_T(h) <= err^_S(h) + [T - S](h != h', outside the overlap) + sqrt((n + 4m) ln(1/delta) / (2 n m))"
    )
    reference: ClassVar[str | None] = "mishra:25"
    needs: ClassVar[Mapping[str, str]] = {
        "source_error": "error rate of the model on the n held-out source rows, 0..1",
        "outside_gap": "T(h != h', x not in O) - S(h != h', x not in O) on the held-out rows, -1..1",
        "n": "held-out source rows",
        "m": "held-out target rows",
        "delta": "failure probability, .05 when left out",
        "critic": 'what the critic is, for the assumption; "linear" when left out',
        "region": 'what the overlap is, for the assumption; "domain classifier" when left out',
        "n_classes": "number of classes, for the flag `vacuous`; 2 when left out",
    }

    def __call__(
        self,
        *,
        source_error: Term,
        outside_gap: Term,
        n: float,
        m: float,
        delta: float = 0.05,
        critic: str = "linear",
        region: str = "domain classifier",
        n_classes: int = 2,
    ) -> Claim:
        """The claim ``target_error.odd``."""
        n, m = check_sizes(n, m)
        agree_on_rows(n, m, source_error, outside_gap)
        deviation = dis2_term(n, m, check_delta(delta))
        terms = Terms.of(
            self,
            read("source_error", source_error, Side.POINT, about=SOURCE_ERROR),
            read("outside_gap", outside_gap, Side.POINT, within=(-1.0, 1.0)),
        )
        total = terms.total
        return terms.claim(
            id_="target_error.odd",
            estimate=total,
            upper=None if total is None else total + deviation,
            delta=delta,
            assumptions=(critic_dominates(critic, "outside the overlap"), overlap_no_worse(region)),
            guessing_error=terms.guessing_error(n_classes),
            detail={
                "deviation": deviation,
                "n": shown(n),
                "m": shown(m),
                "critic": critic,
                "region": region,
                "decides": False,
            },
        )
