"""What becomes of corrections for label shift where the rows of the target reject it."""

from __future__ import annotations

from collections.abc import Sequence

from whytransfer.claims import Claim, Status
from whytransfer.diagnosis import LabelShiftTest, Shift
from whytransfer.estimators import ESTIMATORS
from whytransfer.theorems.assumptions import LABEL_SHIFT


def rejected(shift: Shift | None) -> LabelShiftTest | None:
    """The test, where it rejects label shift; it reads the columns, not only the predictions as the programme of B13 does."""
    test = None if shift is None else shift.label_shift
    return test if test is not None and test.rejected else None


def withheld(shift: Shift | None) -> dict[str, str]:
    """The estimators that stand on label shift, where it is rejected, and why: they make no claim."""
    test = rejected(shift)
    if test is None:
        return {}
    return {name: test.text for name, kind in ESTIMATORS.items() if kind.on_label_shift}


def doubted(claims: Sequence[Claim], shift: Shift | None) -> list[Claim]:
    """The claims, those that stand on label shift with that assumption rejected where it is, asserted or not."""
    test = rejected(shift)
    if test is None:
        return list(claims)
    return [_doubted(c, test) if any(a.id == LABEL_SHIFT.id for a in c.assumptions) else c for c in claims]


def _doubted(claim: Claim, test: LabelShiftTest) -> Claim:
    said = f"no shares of the source's classes explain the target's columns (p = {test.p_value:.2g}, level {test.level:g})"
    known = [
        a.with_status(Status.REJECTED, test=said)
        if a.id == LABEL_SHIFT.id and a.status is not Status.REJECTED
        else a
        for a in claim.assumptions
    ]
    return claim.standing_on(claim.level, tuple(known))
