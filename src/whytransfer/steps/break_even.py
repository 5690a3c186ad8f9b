"""How large the part that nobody sees may be before a bound exceeds the requirement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from whytransfer.claims import Assumption, figures
from whytransfer.claims.assumption import KNOWN_AS

PROMISES = ("the requirement holds", " will do", "they may differ")
"""What a sentence about a break-even says where some value of its unknown is enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEven:
    """How large the part that nobody sees may be before a bound exceeds the requirement.

    Parameters
    ----------
    theorem : str
        Which bound.
    hypothesis_class : str
        Whose λ; "any" for a bound that is about no class.
    adaptability : float or None
        The largest λ; negative: not even λ = 0 suffices. None: the bound is not about λ.
    sigma_tau : sequence of (float, float)
        (σ, the largest τ): if some member errs at most σ on the source and τ on the target, the requirement holds.
    text : str
        The same in words.
    assumptions : sequence of Assumption
        What it stands on beside its unknown.
    unknown : str
        What nobody sees: "adaptability", "sigma_tau", "level", a key of `assume` such as "radius.tv", or another term of
        the theorem.
    value : float or None
        The largest value of it; negative: not even 0 suffices. None: any value will do, or the bound is withheld.
    """

    theorem: str
    hypothesis_class: str
    unknown: str
    value: float | None
    adaptability: float | None = None
    sigma_tau: tuple[tuple[float, float], ...] = ()
    text: str = ""
    assumptions: tuple[Assumption, ...] = ()

    def standing_on(self, assumptions: Sequence[Assumption]) -> BreakEven:
        """The same, standing on these assumptions, which its text names where it promises something."""
        said = " and ".join(f"{a.text} ({KNOWN_AS[a.status]})" for a in assumptions)
        promised = said and any(words in self.text for words in PROMISES)
        text = f"{self.text}, provided that {said}" if promised else self.text
        return replace(self, text=text, assumptions=tuple(assumptions))

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "theorem": self.theorem,
            "hypothesis_class": self.hypothesis_class,
            "lambda": self.adaptability,
            "sigma_tau": [list(pair) for pair in self.sigma_tau],
            "unknown": self.unknown,
            "value": self.value,
            "text": self.text,
            "assumptions": [a.to_dict() for a in self.assumptions],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> BreakEven:
        """The inverse of `to_dict`."""
        pairs = tuple((float(sigma), float(tau)) for sigma, tau in data["sigma_tau"])
        same = {name: data[name] for name in ("theorem", "hypothesis_class", "unknown", "value", "text")}
        known = tuple(Assumption.from_dict(a) for a in data.get("assumptions", ()))
        return cls(**same, adaptability=data["lambda"], sigma_tau=pairs, assumptions=known)


def in_words(title: str, name: str, even: float | None, delta: float, least: float | None) -> str:
    """The largest λ in a sentence.

    Parameters
    ----------
    title, name : str
        Of the bound and of its class.
    even : float or None
        The largest λ; None where the bound is withheld.
    delta : float
        Failure probability of what was measured.
    least : float or None
        The proved lower limit of λ: where it exceeds `even`, no label can make this route work (THEORY C4).
    """
    if even is None:
        return f"{title}: withheld, an assumption behind it is rejected"
    if even < 0:
        return f"{title}: even λ = 0 of {name} would not be enough"
    if least is not None and least > even:
        return (
            f"{title}: λ of {name} would have to be at most {figures.at_most(even)}, and it is at least {figures.at_least(least)}: this "
            "route can't certify the requirement, whatever the labels"
        )
    return (
        f"{title}: the requirement holds ({figures.sure(1.0 - delta)} sure) if λ of {name}, which nobody sees without target "
        f"labels, is at most {figures.at_least(even)}"
    )


def pairs_in_words(name: str, pairs: Sequence[tuple[float, float]], delta: float) -> str:
    """The most generous (σ, τ) of the frontier in a sentence."""
    useful = [(s, t) for s, t in pairs if t >= 0]
    if not useful:
        return f"version-space bound: no (σ, τ) of {name} that the source does not reject would be enough"
    sigma, tau = max(useful, key=lambda pair: pair[0] + pair[1])
    return (
        f"version-space bound: the requirement holds ({figures.sure(1.0 - delta)} sure) if some member of {name} errs at most σ = {figures.at_least(sigma)} on the source and at "
        f"most τ = {figures.at_least(tau)} on the target"
    )
