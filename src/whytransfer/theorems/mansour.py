"""Mansour, Mohri and Rostamizadeh: the model is compared with a hypothesis of the source, not with the labels."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from whytransfer.claims import Assumption, Claim, Unit
from whytransfer.errors import InputError
from whytransfer.names import resolve
from whytransfer.theorems.assumptions import model_in_class, optima_known
from whytransfer.theorems.base import CONVENTION, Bound, Samples, Terms
from whytransfer.theorems.hdh import DISCREPANCY_HINT
from whytransfer.theorems.term import Reading, Term, read

FORMS = {
    "triangle": "0/1 or absolute loss: the sum of the four terms",
    "spectral": "squared loss of linear functions of norm at most Lambda: roots of mean squares are added",
}

SQUARED = frozenset({"squared"})


class Mansour(Bound):
    r"""err_T(h) ≤ S(h≠g) + disc_H(S, T) + T(g≠g') + err_T(g'), for h, g, g' in H.

    [Mansour2009]_ has for g and g' the best of H on the source and on the target (THEORY B6); the
    proof uses nothing of the kind, so g may be a source model that was fitted on other rows, which makes the
    first term measurable. It has the disagreement with g in place of err_S(h), and is better than HΔH when
    the source is noisy and g near g': on label noise the source error enters once and not three times.

    **Proof.** err_T(h) ≤ T(h≠g) + T(g≠g') + err_T(g'), and \|T(h≠g) − S(h≠g)\| ≤ disc_H. As for HΔH, a model
    outside H needs the discrepancy of H ∪ {h}. With `n` and `m` the discrepancy is the exact maximum on the
    samples and sqrt((1/n + 1/m) ln(1/δ)/2) is added (P1), however g was chosen; but the rows that measure S(h≠g)
    must have chosen neither g nor h.

    **Squared loss** has no triangle inequality (THEORY E16: d = 0 and λ = (a − b)²/2 against an error of (a −
    b)²), so the sum of terms is refused. `form="spectral"` is for linear functions with ‖w‖ ≤ Λ, where sup
    over pairs of \|E_T(h − h')² − E_S(h − h')²\| = 4Λ² ‖C_S − C_T‖₂, C = E xxᵀ uncentred: exact. Roots of
    mean squares are a norm, so

        err_T(h) ≤ [ sqrt(E_S(h − g)² + 4Λ² ‖C_S − C_T‖₂) + sqrt(E_T(g − g')²) + sqrt(E_T(g' − Y)²) ]²,

    in units of the squared label. It is tight on E16. `n` and `m` do not apply: the claim `second_moment`
    with its radius has its own limit.

    Vacuous like HΔH. The two target terms need target labels, or are assumed; `break_even` solves for the first.

    References
    ----------
    .. [Mansour2009] Y. Mansour, M. Mohri, A. Rostamizadeh, Domain adaptation: learning bounds and algorithms,
       COLT 2009.

    Examples
    --------
    >>> bound = Mansour()
    >>> round(bound(source_disagreement=0.05, discrepancy=0.2, optima_differ=0.0, best_target_error=0.1).upper, 6)
    0.35
    >>> round(bound(source_disagreement=0.0, second_moment=3.0, norm=1.0, optima_differ=0.0,
    ...             best_target_error=0.0, form="spectral").upper, 6)
    12.0
    """

    __slots__ = ()

    name: ClassVar[str] = "mansour"
    statement: ClassVar[str] = (
        "err_T(h) <= S(h != g) + disc_H(S, T) + T(g != g') + err_T(g')  for h, g, g' in H"
    )
    reference: ClassVar[str | None] = "mansour:09"
    unknown: ClassVar[str] = "optima_differ"
    needs: ClassVar[Mapping[str, str]] = {
        "source_disagreement": "S(h != g), 0..1; spectral: E_S (h - g)^2",
        "optima_differ": "T(g != g'), 0..1; spectral: E_T (g - g')^2",
        "best_target_error": "err_T(g'), 0..1; spectral: E_T (g' - y)^2",
        "discrepancy": "disc_H = half of d_HdH, 0..1 (triangle); of H joined by the model when it is outside H",
        "second_moment": "spectral norm of E_S xx' - E_T xx', uncentred (spectral)",
        "norm": "Lambda, the largest norm of the weights of h, g and g' (spectral)",
        "form": '"triangle" or "spectral"; "triangle" when left out',
        "n": "unlabelled source rows, when the discrepancy is that of the samples",
        "m": "unlabelled target rows, when the discrepancy is that of the samples",
        "delta": "failure probability of the deviation, .05 when left out; used with n and m only",
        "n_classes": "number of classes, for the flag `vacuous`; 2 when left out",
    }

    def __call__(
        self,
        *,
        source_disagreement: Term,
        optima_differ: Term,
        best_target_error: Term,
        discrepancy: Term | None = None,
        second_moment: Term | None = None,
        norm: float | None = None,
        form: str = "triangle",
        n: float | None = None,
        m: float | None = None,
        delta: float = 0.05,
        n_classes: int = 2,
    ) -> Claim:
        """The claim ``target_error.mansour.<class>``.

        Raises
        ------
        UnitError
            Squared loss without `form="spectral"`.
        """
        resolve("form", form, FORMS)
        known = {"optima_differ": optima_differ, "best_target_error": best_target_error}
        if form == "spectral":
            if (
                second_moment is None
                or norm is None
                or discrepancy is not None
                or n is not None
                or m is not None
            ):
                raise InputError(
                    'form="spectral": expected second_moment and norm, and no discrepancy, n or m'
                )
            return self._spectral(source_disagreement, known, second_moment, norm)
        if discrepancy is None or second_moment is not None or norm is not None:
            raise InputError('form="triangle": expected discrepancy, and no second_moment or norm')
        return self._triangle(source_disagreement, known, discrepancy, n, m, delta, n_classes)

    def _triangle(
        self,
        source: Term,
        known: Mapping[str, Term],
        discrepancy: Term,
        n: float | None,
        m: float | None,
        delta: float,
        n_classes: int,
    ) -> Claim:
        samples = Samples.of(n, m, delta, discrepancy)
        terms = Terms.of(
            self,
            read("source_disagreement", source),
            read(
                "discrepancy",
                discrepancy,
                samples.side,
                of_class=True,
                about=("discrepancy",),
                hint=DISCREPANCY_HINT,
            ),
            *(read(name, term) for name, term in known.items()),
        )
        total = terms.total
        joined = isinstance(discrepancy, Claim) and discrepancy.detail.get("joined_by_h")
        member = model_in_class(terms.hypothesis_class, asserted=not isinstance(discrepancy, Claim))
        return terms.target_error(
            None if total is None else total + samples.deviation,
            n_classes,
            delta=samples.spent,
            assumptions=(*_asserted(terms), *(() if joined else (member,))),
            detail={
                "form": "triangle",
                "plug_in": terms.plug_in,
                **samples.said,
                "convention": CONVENTION,
            },
        )

    def _spectral(self, source: Term, known: Mapping[str, Term], second_moment: Term, norm: float) -> Claim:
        parts = _Squares.of(source, known, second_moment, norm)
        terms = Terms.of(self, *parts.readings)
        total = parts.total
        return terms.claim(
            id_="target_error.mansour.linear",
            upper=total,
            assumptions=_asserted(terms),
            loss="squared",
            detail={
                "form": "spectral",
                "discrepancy": parts.discrepancy,
                "norm": norm,
                "convention": "mean squared error, squared units of the label; no share of wrong answers",
            },
        )

    def break_even(self, requirement: float, **terms: Any) -> float | None:
        """How much g and g' may differ on the target; for squares the roots are subtracted and the sign is kept."""
        base = self(optima_differ=0.0, **terms).upper
        if base is None or terms.get("form") != "spectral":
            return None if base is None else requirement - base
        slack = math.sqrt(max(0.0, requirement)) - math.sqrt(base)
        return math.copysign(slack * slack, slack)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Squares:
    """The mean squares of the spectral form."""

    readings: tuple[Reading, ...]
    norm: float

    @classmethod
    def of(cls, source: Term, known: Mapping[str, Term], second_moment: Term, norm: float) -> _Squares:
        """Checked."""
        if not 0.0 < norm < math.inf:
            raise InputError(f"norm: expected a finite number above 0, got {norm:g}")
        squares = {"source_disagreement": source, **known}
        readings = [
            read(name, term, within=(0.0, math.inf), losses=SQUARED) for name, term in squares.items()
        ]
        moment = read(
            "second_moment", second_moment, within=(0.0, math.inf), unit=Unit.MOMENT, about=("divergence",)
        )
        return cls(readings=(*readings, moment), norm=norm)

    @property
    def discrepancy(self) -> float | None:
        """4Λ² ‖C_S − C_T‖₂ (E17)."""
        value = self.readings[-1].value
        return None if value is None else 4 * self.norm**2 * value

    @property
    def total(self) -> float | None:
        """The square of the sum of the roots."""
        source, differ, best = (r.value for r in self.readings[:3])
        if source is None or differ is None or best is None or self.discrepancy is None:
            return None
        return float((math.sqrt(source + self.discrepancy) + math.sqrt(differ) + math.sqrt(best)) ** 2)


def _asserted(terms: Terms) -> tuple[Assumption, ...]:
    """The target terms that were given as plain numbers."""
    plain = [
        r.value
        for r in terms.readings
        if r.name in ("optima_differ", "best_target_error") and r.claim is None
    ]
    values = [v for v in plain if v is not None]
    return (optima_known(sum(values)),) if values else ()
