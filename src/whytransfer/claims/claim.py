"""A claim: what is said, how surely, and what it stands on. No figure leaves the product without one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from whytransfer.claims import figures
from whytransfer.claims.assumption import Assumption, Status
from whytransfer.claims.level import Level, Unit


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Claim:
    """One figure with its interval, its level of evidence and its assumptions.

    ``lower`` and ``upper`` are each a one-sided limit at ``confidence``; both hold jointly with
    probability at least ``2 * confidence - 1``. A limit that can't be given is None, never 0, 1 or NaN.

    Parameters
    ----------
    id : str
        Stable id, such as ``"target_error.direct"``.
    quantity : str
        What it is about, such as ``"target_error"``.
    unit : Unit
        What the number measures.
    level : Level
        The evidence.
    estimate, lower, upper : float or None
        Point value and one-sided limits; None where nothing can be said.
    confidence : float or None
        1 − δ of each limit, in (0, 1); None for a witness, and where there is no limit.
    theorem, citation, hypothesis_class, loss : str or None
        The published result it rests on (a name of `whytransfer.theorems()`), its key in the
        bibliography, the class of hypotheses and the loss it is about.
    assumptions : tuple of Assumption
        What it stands on.
    guessing_error : float or None
        1 − 1/K for an error of K classes: what guessing reaches, and where an upper limit is vacuous.
    detail : mapping
        Plain JSON values: δ spent, sizes, p-value, convention, parts. Frozen.

    Raises
    ------
    ValueError
        When a value is not finite, or the parts contradict each other.

    Examples
    --------
    >>> import whytransfer as wt
    >>> claim = wt.interval("clopper_pearson", errors=5, n=100, side="upper")
    >>> claim.estimate, round(claim.upper, 4), claim.confidence, claim.level, claim.vacuous
    (0.05, 0.1023, 0.95, <Level.PROVED: 'proved'>, False)
    >>> Claim.from_dict(claim.to_dict()) == claim
    True
    """

    id: str
    quantity: str
    unit: Unit
    level: Level
    estimate: float | None = None
    lower: float | None = None
    upper: float | None = None
    confidence: float | None = None
    theorem: str | None = None
    citation: str | None = None
    hypothesis_class: str | None = None
    loss: str | None = None
    assumptions: tuple[Assumption, ...] = ()
    guessing_error: float | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("estimate", "lower", "upper", "confidence", "guessing_error"):
            value = getattr(self, name)
            if value is None:
                continue
            if not math.isfinite(value):
                raise ValueError(f"claim {self.id!r}: {name} must be finite or None, got {value}")
            object.__setattr__(self, name, float(value))
        if self.confidence is not None and not 0.0 < self.confidence < 1.0:
            raise ValueError(
                f"claim {self.id!r}: confidence must lie strictly between 0 and 1, got {self.confidence}"
            )
        _check_plain(self.detail, self.id)
        if self.level is Level.WITNESS and self.confidence is not None:
            raise ValueError(f"claim {self.id!r}: a witness has no confidence, got {self.confidence}")
        if self.level is Level.PROVED and any(a.status is Status.REJECTED for a in self.assumptions):
            raise ValueError(f"claim {self.id!r}: a rejected assumption can't stand behind a proved claim")
        if self.lower is not None and self.upper is not None and self.lower > self.upper:
            raise ValueError(f"claim {self.id!r}: lower {self.lower} exceeds upper {self.upper}")
        object.__setattr__(self, "detail", MappingProxyType(dict(self.detail)))

    @property
    def vacuous(self) -> bool:
        """Whether the upper limit is no better than guessing: upper ≥ 1 − 1/K."""
        return (
            self.upper is not None and self.guessing_error is not None and self.upper >= self.guessing_error
        )

    @property
    def p_value(self) -> float | None:
        """The p-value of the test that came with it, None when no test was made."""
        value = self.detail.get("p_value")
        return None if value is None else float(value)

    @property
    def delta(self) -> float | None:
        """Failure probability of each limit: as `detail` declares it, else 1 − confidence."""
        if self.confidence is None:
            return None
        # 1 − confidence has lost digits; a claim that spent nothing of its own (a difference) still can fail.
        return float(self.detail.get("delta") or 0.0) or round(1.0 - self.confidence, 15)

    @property
    def says_something(self) -> bool:
        """Whether there is any number in it."""
        return any(v is not None for v in (self.estimate, self.lower, self.upper))

    def standing_on(self, level: Level, assumptions: tuple[Assumption, ...]) -> Claim:
        """The same figures at another level of evidence, standing on these assumptions."""
        return replace(self, level=level, assumptions=assumptions)

    def with_detail(self, **more: Any) -> Claim:
        """The same claim, with more said in `detail`."""
        return replace(self, detail={**self.detail, **more})

    def __float__(self) -> float:
        if self.estimate is None:
            raise ValueError(
                f"claim {self.id!r} has no estimate: {self.detail.get('reason', 'nothing can be said')}"
            )
        return self.estimate

    def __str__(self) -> str:
        if not self.says_something:
            return f"{self.id}: nothing can be said ({self.detail.get('reason', 'no evidence')})"
        unit = str(self.unit)
        value = "unknown" if self.estimate is None else figures.estimate(self.estimate, unit)
        limits = [
            f"{word} {shown(limit, unit)}"
            for word, shown, limit in (
                ("at least", figures.at_least, self.lower),
                ("at most", figures.at_most, self.upper),
            )
            if limit is not None
        ]
        each = "each " if len(limits) > 1 else ""
        sure = f", {each}{figures.sure(self.confidence)} sure" if self.confidence else ""
        surely = f" ({', '.join(limits)}{sure})" if limits else ""
        needs = f", if {' and '.join(a.id for a in self.assumptions)}" if self.assumptions else ""
        return f"{self.id} = {value}{surely}, {self.level}{needs}"

    def __repr__(self) -> str:
        return str(self)

    def __reduce__(self) -> tuple[Any, ...]:
        # A mapping proxy does not pickle; a claim does.
        values = {name: getattr(self, name) for name in self.__slots__}
        return _rebuild, (values | {"detail": dict(self.detail)},)

    def to_dict(self) -> dict[str, Any]:
        """The JSON form of the `whytransfer/audit/1` schema."""
        return {
            "id": self.id,
            "quantity": self.quantity,
            "estimate": self.estimate,
            "lower": self.lower,
            "upper": self.upper,
            "confidence": self.confidence,
            "level": str(self.level),
            "unit": str(self.unit),
            "theorem": self.theorem,
            "citation": self.citation,
            "hypothesis_class": self.hypothesis_class,
            "loss": self.loss,
            "vacuous": self.vacuous,
            "assumptions": [a.to_dict() for a in self.assumptions],
            "guessing_error": self.guessing_error,
            "detail": dict(self.detail),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Claim:
        """The claim that `to_dict` wrote; keys that this version does not know are ignored."""
        known = {name: data[name] for name in cls.__slots__ if name in data}
        known["unit"], known["level"] = Unit(known["unit"]), Level(known["level"])
        known["assumptions"] = tuple(Assumption.from_dict(a) for a in known.get("assumptions", ()))
        return cls(**known)


def _check_plain(value: Any, where: str) -> None:
    """Refuse what JSON can't hold: it would surface far from where it was put in."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            _check_plain(inner, f"{where}.{key}")
    elif isinstance(value, (list, tuple)):
        for inner in value:
            _check_plain(inner, where)
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"detail of {where}: expected a finite number or None, got {value}")
    elif value is not None and type(value) not in (str, int, bool):
        raise ValueError(f"detail of {where}: expected plain JSON values, got {type(value).__name__}")


def _rebuild(values: dict[str, Any]) -> Claim:
    return Claim(**values)
