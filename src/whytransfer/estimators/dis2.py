"""Disagreement discrepancy with trained critics, as an estimate."""

from __future__ import annotations

from typing import Any, ClassVar

from whytransfer.errors import InputError
from whytransfer.estimators.base import Estimator, View
from whytransfer.models.committee import CRITICS, Votes

NO_CRITICS = "no critic was trained to contradict the model on the target"


def critics(view: View) -> Votes:
    """The members of the committee that were pushed apart on the target.

    Raises
    ------
    InputError
        When there are none.
    """
    if view.votes is None or CRITICS not in view.votes.families:
        raise InputError(f"expected a committee with critics, but {NO_CRITICS}")
    return view.votes.only(CRITICS)


def critics_lack(view: View) -> str | None:
    """Why there are no critics; None where there are."""
    return NO_CRITICS if view.votes is None or CRITICS not in view.votes.families else None


class DisagreementDiscrepancy(Estimator):
    """err_T ≈ err_S + max(0, max over critics h' of T(h ≠ h') − S(h ≠ h')) (Dis²; Rosenfeld and Garg, NeurIPS 2023).

    Their bound without its deviation term, as an estimate (THEORY B5). Critics are trained on other rows to agree
    with the model on the source and to contradict it on the target; the model itself is a critic too, whose gap is
    0. Mostly too high, because the critics look for the worst; too low where they are too weak to find it.
    """

    name: ClassVar[str] = "dis2"
    title: ClassVar[str] = "disagreement discrepancy"
    reference: ClassVar[str | None] = "rosenfeld:23"
    assumption: ClassVar[str] = "the true labels contradict the model no more than the strongest critic does"

    def estimate(self, view: View) -> float:
        """Source error plus the largest gap; at least the source error, may exceed 1."""
        return view.source_error + self._gap(view)

    def detail(self, view: View) -> dict[str, Any]:
        """The largest gap and the number of critics."""
        return {"gap": self._gap(view), "critics": len(critics(view).names)}

    def _gap(self, view: View) -> float:
        found = critics(view)
        on_target = (found.target != view.target_codes).mean(axis=1)
        on_source = (found.source != view.source_codes).mean(axis=1)
        return max(0.0, float((on_target - on_source).max()))

    def _lacks(self, view: View) -> str | None:
        return critics_lack(view)
