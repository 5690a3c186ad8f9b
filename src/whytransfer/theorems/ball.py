"""Worst-case balls: the largest target error within a stated divergence of the source, and the break-even radius."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from whytransfer.claims import Claim
from whytransfer.errors import InputError
from whytransfer.names import resolve
from whytransfer.theorems.assumptions import within_radius
from whytransfer.theorems.base import SOURCE_ERROR, Bound, Terms
from whytransfer.theorems.term import Side, Term, read


@dataclass(frozen=True, slots=True)
class Kind(ABC):
    """One divergence between Bernoulli laws. By data processing the ball's worst case is the worst Bernoulli law."""

    smallest: ClassVar[float] = 0.0
    """The radius of T = S."""

    @abstractmethod
    def worst(self, p: float, radius: float) -> float:
        """max{q ≥ p : D(Ber(q) || Ber(p)) ≤ radius}, in [p, 1]."""

    @abstractmethod
    def radius(self, p: float, q: float) -> float:
        """D(Ber(q) || Ber(p)) for q ≥ p; infinite where no ball reaches q."""


class TotalVariation(Kind):
    """|q − p|."""

    __slots__ = ()

    def worst(self, p: float, radius: float) -> float:
        """The sum, p + ρ."""
        return min(1.0, p + radius)

    def radius(self, p: float, q: float) -> float:
        """The difference, q − p."""
        return q - p


class ChiSquare(Kind):
    """(q − p)² / (p(1 − p)); a Rényi-2 ball d₂ is the chi-square ball of radius d₂ − 1."""

    __slots__ = ()

    def worst(self, p: float, radius: float) -> float:
        """The value p + sqrt(ρ p(1 − p)), capped at 1."""
        return min(1.0, p + math.sqrt(radius * p * (1 - p)))

    def radius(self, p: float, q: float) -> float:
        """Infinite for p in {0, 1} unless q = p."""
        if q == p:
            return 0.0
        return (q - p) ** 2 / (p * (1 - p)) if 0 < p < 1 else math.inf


class KullbackLeibler(Kind):
    """kl(q || p) in nats, the target first."""

    __slots__ = ()

    def worst(self, p: float, radius: float) -> float:
        """By bisection on the increasing function kl(. || p); the upper end, so that rounding is on the safe side."""
        if p in (0.0, 1.0) or self.radius(p, 1.0) <= radius:
            return p if p == 0.0 else 1.0
        low, high = p, 1.0
        for _ in range(70):
            middle = (low + high) / 2
            low, high = (middle, high) if self.radius(p, middle) <= radius else (low, middle)
        return high

    def radius(self, p: float, q: float) -> float:
        """The sum q ln(q/p) + (1 − q) ln((1 − q)/(1 − p))."""
        if q == p:
            return 0.0
        if p in (0.0, 1.0):
            return math.inf
        return q * math.log(q / p) + (0.0 if q == 1.0 else (1 - q) * math.log((1 - q) / (1 - p)))


class Hellinger(Kind):
    """1 − sqrt(pq) − sqrt((1 − p)(1 − q)), the squared Hellinger distance in [0, 1]."""

    __slots__ = ()

    def worst(self, p: float, radius: float) -> float:
        """With p = sin²a and q = sin²b the affinity is cos(b − a)."""
        if radius >= 1.0:
            return 1.0
        angle = math.asin(math.sqrt(p)) + math.acos(1.0 - radius)
        return 1.0 if angle >= math.pi / 2 else max(p, math.sin(angle) ** 2)

    def radius(self, p: float, q: float) -> float:
        """Never above 1."""
        return max(0.0, 1.0 - math.sqrt(p * q) - math.sqrt((1 - p) * (1 - q)))


class Ratio(Kind):
    """sup dT/dS ≤ B: T is part of S with share at least 1/B (CVaR)."""

    __slots__ = ()

    smallest: ClassVar[float] = 1.0

    def worst(self, p: float, radius: float) -> float:
        """B p, capped at 1."""
        return min(1.0, radius * p)

    def radius(self, p: float, q: float) -> float:
        """The ratio q / p; the other event, (1 − q)/(1 − p) ≤ 1, never binds."""
        return q / p if p > 0 else (1.0 if q == 0 else math.inf)


KINDS: dict[str, Kind] = {
    "tv": TotalVariation(),
    "chi2": ChiSquare(),
    "kl": KullbackLeibler(),
    "hellinger": Hellinger(),
    "ratio": Ratio(),
}


def break_even_radius(kind: str, source_error: float, requirement: float) -> float | None:
    """The radius at which the worst case reaches the requirement; None when no radius does, negative when none is needed.

    Parameters
    ----------
    kind : {"tv", "chi2", "kl", "hellinger", "ratio"}
    source_error, requirement : float
        In [0, 1].

    >>> [round(break_even_radius(kind, 0.1, 0.2), 6) for kind in ("tv", "chi2", "kl", "hellinger", "ratio")]
    [0.1, 0.111111, 0.044403, 0.010051, 2.0]
    """
    shape = resolve("kind of ball", kind, KINDS)
    if requirement < source_error:
        return requirement - source_error
    radius = shape.radius(source_error, min(requirement, 1.0))
    return radius if math.isfinite(radius) else None


class Ball(Bound):
    r"""err_T(h) ≤ max{ q : D(Ber(q) \|\| Ber(err_S(h))) ≤ ρ }, if D(T \|\| S) ≤ ρ for the joint laws.

    THEORY B12, derived by data processing: the event {h(X) ≠ Y} alone is looked at, and a two-point law
    attains the value, so that it is tight in the ball. `kind`: "tv" (p + ρ), "chi2" (p + sqrt(ρp(1 − p))),
    "kl" (of T from S, nats), "hellinger" (squared, in [0, 1]), "ratio" (dT/dS ≤ B: min(1, Bp); a
    sub-population of mass ≥ 1/B). The laws are those of features and label together; under covariate shift
    the marginals' divergence is the same number.

    Exact and closed form; no target rows enter, and none can certify the radius: it is an assumption. Samples
    can only refute it, from below. `detail["break_even_radius"]` says how far the target may be when a
    requirement is given. The lower limit is the mirror image, from the source error's lower limit. Vacuous
    once the ball reaches 1 − 1/K.

    Examples
    --------
    >>> round(Ball()(source_error=0.1, radius=0.1, kind="chi2").upper, 6)
    0.194868
    >>> Ball()(source_error=0.1, radius=0.05, kind="tv", requirement=0.2).detail["break_even_radius"]
    0.1
    """

    __slots__ = ()

    name: ClassVar[str] = "ball"
    statement: ClassVar[str] = "err_T(h) <= max{q : D(Ber(q) || Ber(err_S(h))) <= rho}  if D(T || S) <= rho"
    reference: ClassVar[str | None] = None
    unknown: ClassVar[str] = "radius"
    needs: ClassVar[Mapping[str, str]] = {
        "source_error": "error of the model on the source, 0..1",
        "radius": "rho, the assumed divergence of the joint laws, >= 0 (ratio: B >= 1)",
        "kind": '"tv", "chi2", "kl", "hellinger" or "ratio"',
        "requirement": "an error; the break-even radius is then given in detail (optional)",
        "n_classes": "number of classes, for the flag `vacuous`; 2 when left out",
    }

    def __call__(
        self,
        *,
        source_error: Term,
        radius: float,
        kind: str,
        requirement: float | None = None,
        n_classes: int = 2,
    ) -> Claim:
        """The claim ``target_error.ball.<kind>``."""
        shape = resolve("kind of ball", kind, KINDS)
        if not math.isfinite(radius) or radius < shape.smallest:
            raise InputError(
                f"radius: expected a finite number of at least {shape.smallest:g} for kind={kind!r}, got {radius:g}"
            )
        error = read("source_error", source_error, about=SOURCE_ERROR)
        terms = Terms.of(self, error)
        p = None if error.value is None else min(1.0, error.value)
        # The source error's lower limit, mirrored: 1 − err is the error of the opposite answer.
        least = source_error.lower if isinstance(source_error, Claim) else p
        lower = None if least is None else _best(kind, max(0.0, least), radius)
        plug_in = None if error.plug_in is None else shape.worst(error.plug_in, radius)
        detail = {"kind": kind, "radius": float(radius), "plug_in": plug_in, "convention": shape.__doc__}
        if requirement is not None and p is not None:
            detail |= {
                "requirement": requirement,
                "break_even_radius": break_even_radius(kind, p, requirement),
            }
        return terms.claim(
            id_=f"target_error.ball.{kind}",
            upper=None if p is None else shape.worst(p, radius),
            lower=lower,
            guessing_error=terms.guessing_error(n_classes),
            assumptions=(within_radius(kind, float(radius)),),
            detail=detail,
        )

    def break_even(self, requirement: float, *, source_error: Term, kind: str) -> float | None:  # type: ignore[override]
        """The radius at which the bound reaches the requirement; negative when the source error is already above it."""
        p = read("source_error", source_error, Side.UPPER).value
        return None if p is None else break_even_radius(kind, min(1.0, p), requirement)


def _best(kind: str, p: float, radius: float) -> float:
    """The least target error in the ball; never above p, which 1 − (1 − p) may be by rounding."""
    return min(p, max(0.0, 1.0 - KINDS[kind].worst(1.0 - p, radius)))
