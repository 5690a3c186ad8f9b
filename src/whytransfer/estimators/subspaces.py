"""Disagreement with models of random halves of the columns."""

from __future__ import annotations

from typing import Any, ClassVar

from whytransfer.errors import InputError
from whytransfer.estimators.base import Estimator, View
from whytransfer.estimators.disagreement import NO_COMMITTEE, gaps, shares
from whytransfer.models.committee import Votes
from whytransfer.models.subspaces import SUBSPACE


class SubspaceGap(Estimator):
    """err_T ≈ err_S + mean over models h' of halves of the columns of T(h ≠ h') − S(h ≠ h').

    As `disagreement`, with other members: each learned from a random half of the columns (Ho's random subspaces, 1998) and weighs as
    far as it reaches the model's source error. Models of other families that see all columns lean on the same ones,
    and where such a column changes its meaning all of them err together; half of the members here can't see it. Derived for
    this project; on tables that its members were not chosen on, closer than every other single estimate (docs/benchmarks/registry.md).
    Too low where every column that tells the label changes its meaning.
    """

    name: ClassVar[str] = "subspaces"
    title: ClassVar[str] = "disagreement with models of halves of the columns"
    reference: ClassVar[str | None] = "ho:98"
    assumption: ClassVar[str] = (
        "where the model errs more on the target than on the source, models of half of the columns contradict it as much more"
    )

    def estimate(self, view: View) -> float:
        """Source error plus the weighted mean gap; may leave [0, 1]."""
        found = _members(view)
        return float(view.source_error + shares(found) @ gaps(view, found))

    def detail(self, view: View) -> dict[str, Any]:
        """How many members there are, and between what their gaps lie."""
        found = _members(view)
        apart = gaps(view, found)
        return {
            "members": len(found.names),
            "least_gap": float(apart.min()),
            "largest_gap": float(apart.max()),
            "trust": float(found.weights.mean()),
        }

    def _lacks(self, view: View) -> str | None:
        return None if view.votes is not None and SUBSPACE in view.votes.families else NO_COMMITTEE


def _members(view: View) -> Votes:
    if view.votes is None or SUBSPACE not in view.votes.families:
        raise InputError(f"expected models of halves of the columns, but {NO_COMMITTEE}")
    return view.votes.only(SUBSPACE)
