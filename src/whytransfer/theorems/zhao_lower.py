"""Zhao's lower bound: an invariant representation cannot help when the labels have shifted."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar

from whytransfer.claims import Claim, Unit
from whytransfer.names import resolve
from whytransfer.theorems.base import Terms, Theorem
from whytransfer.theorems.term import Side, Term, read

LARGEST = {"bits": 1.0, "nats": math.log(2.0)}
"""The largest Jensen–Shannon divergence in each unit."""


class ZhaoLower(Theorem):
    r"""err_S(h) + err_T(h) ≥ ½ (d_JS(S_Y, T_Y) − d_JS(S_Z, T_Z))², if the first distance is the larger; d_JS = sqrt(JS).

    Zhao, des Combes, Zhang and Gordon (ICML 2019), Theorem 4.3, for X → Z → Ŷ (THEORY B10). **Proof.** d_JS
    is a metric; JS ≤ TV in bits, and TV(D_Y, D_Ŷ) ≤ err_D(h) by coupling, so d_JS(S_Y, T_Y) ≤ sqrt(err_S) +
    d_JS(S_Z, T_Z) + sqrt(err_T), and (a + b)² ≤ 2(a² + b²). In nats JS is smaller still: valid, and weaker by
    the factor ln 2.

    Exact for populations. From samples it needs an upper limit of the representation's JS, which no sample of
    a continuous law gives: there it is a statement about an assumed alignment. Vacuous (0) when the
    representation differs as much as the labels.

    Examples
    --------
    >>> from whytransfer.theorems.laws import jensen_shannon
    >>> round(ZhaoLower()(label_js=jensen_shannon(0.5, 0.9), representation_js=0.0).lower, 4)
    0.0734
    """

    __slots__ = ()

    name: ClassVar[str] = "zhao_lower"
    statement: ClassVar[str] = (
        "err_S(h) + err_T(h) >= (d_JS(S_Y, T_Y) - d_JS(S_Z, T_Z))^2 / 2,  d_JS = sqrt(JS)"
    )
    reference: ClassVar[str | None] = "zhao:19"
    needs: ClassVar[Mapping[str, str]] = {
        "label_js": "Jensen-Shannon divergence of the label marginals; of a claim (in nats) the lower limit is used",
        "representation_js": "Jensen-Shannon divergence of Z; of a claim (in nats) the upper limit is used",
        "unit": '"bits" (0..1) or "nats" (0..ln 2): of plain numbers, and of the inequality; "bits" when left out',
    }

    def __call__(self, *, label_js: Term, representation_js: Term, unit: str = "bits") -> Claim:
        """The claim ``error_sum_lower.zhao_lower``."""
        within = (0.0, resolve("unit", unit, LARGEST))
        labels = read("label_js", label_js, Side.LOWER, within=within, unit=Unit.NATS)
        z = read("representation_js", representation_js, Side.UPPER, within=within, unit=Unit.NATS)
        terms = Terms.of(self, labels, z)
        lower = None
        if labels.value is not None and z.value is not None:
            factors = [math.log(2.0) if r.claim is not None and unit == "bits" else 1.0 for r in (labels, z)]
            apart = math.sqrt(max(0.0, labels.value / factors[0])) - math.sqrt(max(0.0, z.value / factors[1]))
            lower = max(0.0, apart) ** 2 / 2
        return terms.claim(
            id_="error_sum_lower.zhao_lower",
            quantity="error_sum",
            lower=lower,
            detail={"unit": unit, "convention": "source error plus target error, 0..2"},
        )
