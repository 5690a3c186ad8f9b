"""A theorem: terms in, a Claim out. The parts can't be mixed, and nothing is spent without being counted."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from whytransfer.claims import Assumption, Claim, Level, Status, Unit
from whytransfer.claims.intervals import hoeffding_term
from whytransfer.errors import InputError
from whytransfer.theorems.term import Reading, Side, Term, check_agreement, representation_of

CONVENTION = "errors and discrepancies in 0..1; adaptability is a sum of two errors, 0..2"
"""How the numbers of the bounds are to be read."""

SOURCE_ERROR = ("source_error", "error")
"""What a claim that enters as the source error may be about."""


class Theorem(ABC):
    """A statement that turns terms into a Claim.

    A subclass writes the class data below and `__call__` with its terms as keyword-only parameters; the
    parameters and the keys of `needs` are the same names (a test compares them).
    """

    __slots__ = ()

    name: ClassVar[str]
    statement: ClassVar[str]
    """The inequality, in one line."""
    reference: ClassVar[str | None]
    """Key in the bibliography; None for a statement that is proved in its own docstring."""
    needs: ClassVar[Mapping[str, str]]
    """What each term means, with its range."""

    @abstractmethod
    def __call__(self, *args: Any, **terms: Any) -> Claim:
        """The claim that follows from the terms."""


class Bound(Theorem):
    """An upper limit of the target error with one term that nobody can measure without target labels."""

    __slots__ = ()

    unknown: ClassVar[str]
    """That term: "adaptability", "tau", ..."""

    def break_even(self, requirement: float, **terms: Any) -> float | None:
        """How large the unknown term may be before the bound exceeds the requirement (THEORY C4).

        Parameters
        ----------
        requirement : float
            The largest target error that is acceptable.
        **terms
            All terms but the unknown one.

        Returns
        -------
        float or None
            Negative: not even a value of 0 suffices. None: the bound is withheld, because an assumption is
            rejected.
        """
        upper = self(**{self.unknown: 0.0}, **terms).upper
        return None if upper is None else requirement - upper


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one theorem, checked against each other.

    Parameters
    ----------
    theorem : Theorem
        Who reads them.
    readings : sequence of Reading
        The terms. Class and loss of those that depend on a class must agree, and their δ add up to less than
        1.

    Raises
    ------
    UnitError
        Different classes or losses.
    InputError
        Nothing of δ is left.
    """

    theorem: Theorem
    readings: tuple[Reading, ...]

    def __post_init__(self) -> None:
        check_agreement(self.readings)
        if self.delta >= 1.0:
            raise InputError(
                f"{self.theorem.name}: the terms fail with probability up to {self.delta:g}; use a smaller delta"
            )

    @classmethod
    def of(cls, theorem: Theorem, *readings: Reading) -> Terms:
        """The terms of `theorem`."""
        return cls(theorem, readings)

    @property
    def delta(self) -> float:
        """What the terms spend together (union bound)."""
        return sum(r.delta for r in self.readings)

    @property
    def known(self) -> bool:
        """Whether every term has a number; one is missing when an assumption behind it was rejected."""
        return all(r.known for r in self.readings)

    @property
    def total(self) -> float | None:
        """The sum of the terms, None when one is missing."""
        return sum(r.value for r in self.readings if r.value is not None) if self.known else None

    @property
    def plug_in(self) -> float | None:
        """The sum of the point values: what the bound would be if the samples were the populations."""
        values = [r.plug_in for r in self.readings]
        return sum(v for v in values if v is not None) if None not in values else None

    @property
    def hypothesis_class(self) -> str | None:
        """The class that the terms are about."""
        return next(
            (r.claim.hypothesis_class for r in self.readings if r.of_class and r.claim is not None), None
        )

    @property
    def loss(self) -> str:
        """The loss that the terms are about; 0/1 where none says."""
        return next((r.claim.loss for r in self.readings if r.claim is not None and r.claim.loss), "zero_one")

    @property
    def assumptions(self) -> tuple[Assumption, ...]:
        """What the terms stand on, each assumption once; a rejection outweighs every other status."""
        return _merged(a for r in self.readings if r.claim is not None for a in r.claim.assumptions)

    def guessing_error(self, n_classes: int) -> float:
        """1 − 1/K: as the terms say, else with K = `n_classes`."""
        claims = [r.claim for r in self.readings if r.claim is not None]
        said = [c.guessing_error for c in claims if c.guessing_error]
        said += [1.0 - 1.0 / c.detail["labels"] for c in claims if isinstance(c.detail.get("labels"), int)]
        return max(said) if said else 1.0 - 1.0 / n_classes

    def claim(
        self,
        *,
        id_: str,
        quantity: str = "target_error",
        lower: float | None = None,
        upper: float | None = None,
        estimate: float | None = None,
        delta: float = 0.0,
        assumptions: Sequence[Assumption] = (),
        guessing_error: float | None = None,
        detail: Mapping[str, Any] | None = None,
        loss: str | None = None,
        level: Level | None = None,
    ) -> Claim:
        """What follows: level, confidence, class, loss, assumptions and δ are taken from the terms.

        Parameters
        ----------
        delta : float
            What the theorem itself spends, beside its terms.
        assumptions : sequence of Assumption
            What the theorem itself assumes; any makes the claim conditional.
        detail : mapping
            Further plain values; the value of each term is added under "terms".
        loss : str, optional
            The loss of the conclusion, where it is another than that of the terms, or the terms don't say.
        level : Level, optional
            For what no finite sample proves, such as a limit of large samples.
        """
        spent = self.delta + delta
        if spent >= 1.0:
            raise InputError(f"{self.theorem.name}: delta adds up to {spent:g}; it must stay below 1")
        facts: dict[str, Any] = {"delta": spent, "terms": {r.name: r.value for r in self.readings}}
        if (representation := representation_of(self.readings)) is not None:
            facts["representation"] = representation
        if not self.known:
            lower = upper = estimate = None
            facts["reason"] = "an assumption behind a term is rejected: " + ", ".join(
                a.id for a in self.assumptions if a.status is Status.REJECTED
            )
        return Claim(
            id=id_,
            quantity=quantity,
            unit=Unit.ERROR,
            level=level or self._level(assumptions),
            estimate=estimate,
            lower=lower,
            upper=upper,
            # A limit that spends no δ holds with certainty and carries no confidence.
            confidence=None if (lower is None and upper is None) or spent == 0.0 else 1.0 - spent,
            theorem=self.theorem.name,
            citation=self.theorem.reference,
            hypothesis_class=self.hypothesis_class,
            loss=loss or self.loss,
            assumptions=_merged((*self.assumptions, *assumptions)),
            guessing_error=guessing_error,
            detail=facts | dict(detail or {}),
        )

    def target_error(self, upper: float | None, n_classes: int, **more: Any) -> Claim:
        """An upper limit of the target error with the id ``target_error.<theorem>.<class>``."""
        suffix = f".{self.hypothesis_class}" if self.hypothesis_class else ""
        return self.claim(
            id_=f"target_error.{self.theorem.name}{suffix}",
            upper=upper,
            guessing_error=self.guessing_error(n_classes),
            **more,
        )

    def _level(self, extra: Sequence[Assumption]) -> Level:
        conditional = any(r.claim is not None and r.claim.level is Level.CONDITIONAL for r in self.readings)
        rejected = any(a.status is Status.REJECTED for a in self.assumptions)
        return Level.CONDITIONAL if extra or conditional or rejected else Level.PROVED


def _merged(assumptions: Iterable[Assumption]) -> tuple[Assumption, ...]:
    """Each once, rejected where it was rejected anywhere; one that is made of two values is two."""
    merged: dict[tuple[str, str], Assumption] = {}
    for a in assumptions:
        if (a.id, a.text) not in merged or a.status is Status.REJECTED:
            merged[a.id, a.text] = a
    return tuple(merged.values())


def check_delta(delta: float) -> float:
    """`delta` when it lies strictly between 0 and 1.

    Raises
    ------
    InputError
        Otherwise.
    """
    if not 0.0 < delta < 1.0:
        raise InputError(f"delta: expected a failure probability strictly between 0 and 1, got {delta}")
    return float(delta)


def check_size(name: str, size: float) -> int:
    """`size` when it is a whole number of at least one row.

    Raises
    ------
    InputError
        Otherwise.
    """
    if not math.isfinite(size) or size != int(size) or size < 1:
        raise InputError(f"{name}: expected a whole number of rows, at least 1, got {size}")
    return int(size)


def shown(size: float | None) -> int | str | None:
    """A size as `detail` holds it; the whole population is a word, since JSON has no infinity."""
    if size is None:
        return None
    return "population" if math.isinf(size) else int(size)


def check_sizes(n: float | None, m: float | None) -> tuple[float, float]:
    """Source rows and target rows, both given; ``math.inf`` for a domain whose rows are the whole population.

    Raises
    ------
    InputError
        When only one is given, or one is no whole number of rows.
    """
    if n is None or m is None:
        raise InputError("expected both n (source rows) and m (target rows), got only one of them")
    sizes = (("n", n), ("m", m))
    first, second = (size if size == math.inf else float(check_size(name, size)) for name, size in sizes)
    return first, second


def agree_on_rows(n: float | None, m: float | None, *terms: Term) -> None:
    """Refuse sizes that are not those of the samples a term was computed on, or count rows that come in groups; ``math.inf`` passes.

    Raises
    ------
    InputError
        With the sizes of both, or the number of independent rows that the groups are worth.
    """
    for term in terms:
        if not isinstance(term, Claim):
            continue
        # Terms of a class say source_rows and target_rows; divergences say n and m, errors n.
        for name, size, key in (("n", n, "source_rows"), ("m", m, "target_rows")):
            if size is None or not math.isfinite(size):
                continue
            known = term.detail.get(key, term.detail.get(name))
            if isinstance(known, int) and size != known:
                raise InputError(
                    f"{name}: expected the {known} rows that {term.id} was computed on, got {size:g}"
                )
            if (worth := _grouped(name, term)) is not None:
                raise InputError(
                    f"{name}: the rows that {term.id} was computed on come in groups, worth {worth:.6g} independent rows, got "
                    f"{size:g}; leave n and m out, so that its own limit is used, or hand in its estimate as a number with {name}={int(worth)}"
                )


def _grouped(name: str, claim: Claim) -> float | None:
    """How many independent rows a claim's source (n) or target rows (m) are worth, where they come in groups."""
    said = claim.detail.get("source_units" if name == "n" else "target_units")
    if not said and name == "n":
        # An error says it of its only rows.
        said = claim.detail
    worth = said.get("effective") if said and "groups" in said else None
    return float(worth) if isinstance(worth, (int, float)) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """The rows that terms were computed on, where a theorem adds one deviation of its own for all of them; or populations.

    Parameters
    ----------
    n, m : float or None
        Source rows and target rows; None: the terms are populations', or claims whose own limits are read.
    side : Side
        What of a claim enters.
    spent : float
        δ of the deviation.
    deviation : float
        P1: sqrt((r_S²/n + r_T²/m) ln(1/δ)/2), 0 without rows.
    """

    n: float | None
    m: float | None
    side: Side
    spent: float
    deviation: float

    @classmethod
    def of(
        cls,
        n: float | None,
        m: float | None,
        delta: float,
        *terms: Term,
        ranges: tuple[float, float] = (1.0, 1.0),
    ) -> Samples:
        """The samples of `terms`, in which a source row enters with the first of `ranges` and a target row with the second.

        Raises
        ------
        InputError
            When only one size is given, or one that a term contradicts.
        """
        if n is None and m is None:
            return cls(n=None, m=None, side=Side.UPPER, spent=0.0, deviation=0.0)
        n, m = check_sizes(n, m)
        agree_on_rows(n, m, *terms)
        spent = check_delta(delta)
        deviation = float(hoeffding_term(spent, n, m, ranges=ranges))
        return cls(n=n, m=m, side=Side.POINT, spent=spent, deviation=deviation)

    @property
    def said(self) -> dict[str, Any]:
        """What a claim says of them in its ``detail``."""
        return {"deviation": self.deviation, "n": shown(self.n), "m": shown(self.m)}
