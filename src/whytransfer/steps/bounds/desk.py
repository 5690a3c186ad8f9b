"""What the bounds of an audit are worked out at: the case, one class of hypotheses on it, and the requirement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from whytransfer.claims import Assumption, Claim, Level, Unit, figures
from whytransfer.claims.intervals import Units
from whytransfer.models.committee import Committee
from whytransfer.steps.bounds.work import Work, asserted, flagged
from whytransfer.steps.break_even import BreakEven
from whytransfer.steps.case import Case
from whytransfer.steps.label_noise import widened

LABELS_RIGHT = Assumption(
    id="labels_right",
    text="all labels are right: a share of wrong ones was declared, and this claim has no form that allows for it",
)

WITHHELD = "withheld: the model was trained on the source rows that would have to judge it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What the bounds say."""

    claims: tuple[Claim, ...] = ()
    break_even: tuple[BreakEven, ...] = ()
    warnings: tuple[str, ...] = ()

    @classmethod
    def together(cls, parts: Iterable[Bounds]) -> Bounds:
        """All of them, in their order."""
        found = tuple(parts)
        return cls(
            claims=tuple(c for part in found for c in part.claims),
            break_even=tuple(b for part in found for b in part.break_even),
            warnings=tuple(w for part in found for w in part.warnings),
        )

    def to_dict(self) -> dict[str, Any]:
        """The JSON form, for the journal."""
        return {
            "claims": [claim.to_dict() for claim in self.claims],
            "break_even": [even.to_dict() for even in self.break_even],
            "warnings": list(self.warnings),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Bounds:
        """The inverse of `to_dict`."""
        return cls(
            claims=tuple(Claim.from_dict(claim) for claim in data["claims"]),
            break_even=tuple(BreakEven.from_dict(even) for even in data["break_even"]),
            warnings=tuple(data["warnings"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One case, with what all bounds of it read.

    Parameters
    ----------
    case : Case
        The case.
    limit : float
        The requirement as a limit on err_T.
    source : Claim
        The claim about the source error; what is derived from it alone spends nothing of its own.
    at_work : Work or None
        The class of hypotheses on the evaluation rows; None where there is none.
    committee : Committee or None
        Models of other families on the rows that taught the user's, where they were fitted already.
    spent : float
        What the limit itself may fail with: a rise is permitted over a limit of the source error.
    """

    case: Case
    limit: float
    source: Claim
    at_work: Work | None = None
    committee: Committee | None = None
    spent: float = 0.0

    @property
    def work(self) -> Work:
        """The class of hypotheses at work."""
        if self.at_work is None:
            raise ValueError("this bound needs a class of hypotheses at work")
        return self.at_work

    def sure(self, delta: float) -> str:
        """How surely a requirement holds that follows from this limit and from what else fails with `delta`."""
        return figures.sure(1.0 - delta - self.spent)

    def delta(self, claim_id: str) -> float:
        """The share of δ of one claim."""
        return self.case.budget.of(claim_id)

    def finished(
        self,
        claim: Claim,
        *,
        labels: bool = False,
        sourced: bool = False,
        errors: int | None = None,
        grouped: bool = False,
    ) -> Claim:
        """The claim with its flags, and with what its rows, and the user's assertions, make it stand on.

        Parameters
        ----------
        claim : Claim
            As the theorem made it.
        labels : bool
            Whether target labels entered it.
        sourced : bool
            Whether rows of the source judge the model in it, other than through the claim about the source error.
        errors : int or None
            How many errors against labels enter it as they were counted, each of which wrong labels move by no more than
            their share; None: it has no form that allows for wrong labels, and stands on their being right.
        grouped : bool
            Whether its limits are by the independent units of the rows.
        """
        if sourced:
            claim = standing(claim, self.case.source_standing()[1])
        if labels:
            claim = claim.with_detail(target_labels=True)
        noise = self.case.label_noise
        if noise and errors is None:
            claim = standing(claim, [LABELS_RIGHT])
        elif errors:
            claim = widened(claim, noise, errors=errors)
        return asserted(flagged(claim, self.case, labels=labels, grouped=grouped), self.case.assume)

    def footing(self, *, judged: bool) -> tuple[Assumption, ...]:
        """What anything that is worked out from these rows stands on, beside what its theorem assumes.

        Parameters
        ----------
        judged : bool
            Whether source rows judge the model in it.
        """
        bare = Claim(
            id="footing", quantity="target_error", unit=Unit.ERROR, level=Level.PROVED, loss="zero_one"
        )
        return self.finished(bare, sourced=judged, errors=0, grouped=True).assumptions

    def open(self, claim_id: str, theorem: str, assumption: Assumption, reason: str) -> Claim:
        """A bound without a number, and why."""
        return Claim(
            id=claim_id,
            quantity="target_error",
            unit=Unit.ERROR,
            level=Level.CONDITIONAL,
            theorem=theorem,
            loss="zero_one",
            assumptions=(assumption,),
            guessing_error=self.case.guessing_error,
            detail={"reason": reason},
        )


def standing(claim: Claim, more: Sequence[Assumption]) -> Claim:
    """The claim, conditional on what else it stands on."""
    known = {a.id for a in claim.assumptions}
    added = [a for a in more if a.id not in known]
    if not added or claim.level not in (Level.PROVED, Level.CONDITIONAL):
        return claim
    return claim.standing_on(Level.CONDITIONAL, (*claim.assumptions, *added))


def renamed(claim: Claim, claim_id: str, quantity: str) -> Claim:
    """The same claim under the id and the quantity that an audit gives it."""
    return replace(claim, id=claim_id, quantity=quantity)


def counted_share(name: str, hits: np.ndarray, units: Units, delta: float) -> Claim:
    """A share that was counted on fresh rows, with its upper limit by their independent units."""
    return Claim(
        id=f"{name}.counted",
        quantity=name,
        unit=Unit.ERROR,
        level=Level.PROVED,
        estimate=float(hits.mean()),
        upper=units.upper(hits, delta),
        confidence=1.0 - delta,
        loss="zero_one",
        detail={"delta": delta},
    )
