"""Disagreement with models of other families."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from whytransfer.errors import InputError
from whytransfer.estimators.base import Estimator, Floats, View
from whytransfer.models.committee import CRITICS, Votes
from whytransfer.models.subspaces import SUBSPACE

NO_COMMITTEE = "no committee of other models could be trained on these rows"

TRUSTED = 0.3
"""Weight from which a member counts in the maximum: about one standard error and .06 above the model's source error."""


def others(view: View) -> Votes:
    """The members that see all columns, were not pushed apart on the target and are of other families than the user's model.

    Raises
    ------
    InputError
        When there are none.
    """
    lacks = others_lack(view)
    if view.votes is None or lacks is not None:
        raise InputError(f"expected a committee, but {lacks}")
    return view.votes.without(CRITICS, SUBSPACE, view.votes.own or CRITICS)


def others_lack(view: View) -> str | None:
    """Why there are no such members; None where there are."""
    if view.votes is None or not set(view.votes.families) - {CRITICS, SUBSPACE, view.votes.own}:
        return NO_COMMITTEE
    return None


def shares(votes: Votes) -> Floats:
    """The members' weights as shares, shape (M,); equal ones where nobody is trusted."""
    total = float(votes.weights.sum())
    count = len(votes.weights)
    return votes.weights / total if total > 1e-9 else np.full(count, 1.0 / count)


def gaps(view: View, votes: Votes) -> Floats:
    """T(h ≠ h') − S(h ≠ h') of each member h', shape (M,), each in [−1, 1]."""
    on_target = (votes.target != view.target_codes).mean(axis=1)
    on_source = (votes.source != view.source_codes).mean(axis=1)
    return np.asarray(on_target - on_source)


def contested(view: View) -> Floats:
    """By target row, the trusted share of the members that contradict the model, shape (m,), in [0, 1]."""
    found = others(view)
    return np.asarray(shares(found) @ (found.target != view.target_codes))


class DisagreementGap(Estimator):
    """err_T ≈ err_S + mean over members h' of T(h ≠ h') − S(h ≠ h') (EVIDENCE 2b).

    The disparity of THEORY B3 with a handful of real witnesses in the place of the supremum: models of other
    families than the user's, fitted on the same training rows, each weighing as far as it reaches the model's
    source error. Right when the members err on the target as often, where they agree with the model and where they
    don't, as they do on the source. Too low where all families learn the same wrong thing.
    """

    name: ClassVar[str] = "disagreement"
    title: ClassVar[str] = "disagreement with models of other families"
    reference: ClassVar[str | None] = None
    assumption: ClassVar[str] = (
        "where the model errs more on the target than on the source, models of other families contradict it as much more"
    )

    def estimate(self, view: View) -> float:
        """Source error plus the weighted mean gap; may leave [0, 1]."""
        found = others(view)
        return float(view.source_error + shares(found) @ gaps(view, found))

    def largest(self, view: View) -> float:
        """Source error plus the largest gap of a trusted member; of all members where nobody is trusted."""
        found = others(view)
        trusted = found.weights >= TRUSTED
        apart = gaps(view, found)
        return float(view.source_error + apart[trusted if trusted.any() else slice(None)].max())

    def detail(self, view: View) -> dict[str, Any]:
        """Each member's disagreement on both domains and its weight, and the gaps by predicted class."""
        found = others(view)
        return {
            "members": [
                {
                    "name": name,
                    "source": float((found.source[i] != view.source_codes).mean()),
                    "target": float((found.target[i] != view.target_codes).mean()),
                    "weight": float(found.weights[i]),
                }
                for i, name in enumerate(found.names)
            ],
            "maximum": self.largest(view),
            "by_predicted_class": self._by_class(view, found),
        }

    def _by_class(self, view: View, found: Votes) -> list[dict[str, Any]]:
        """The weighted disagreement among the rows that the model gives each class; None where there are none."""
        on_source = shares(found) @ (found.source != view.source_codes)
        on_target = shares(found) @ (found.target != view.target_codes)
        said = []
        for k in range(view.classes):
            in_source, in_target = view.source_codes == k, view.target_codes == k
            said.append(
                {
                    "class": k,
                    "source": float(on_source[in_source].mean()) if in_source.any() else None,
                    "target": float(on_target[in_target].mean()) if in_target.any() else None,
                    "target_rows": int(in_target.sum()),
                }
            )
        return said

    def _lacks(self, view: View) -> str | None:
        return others_lack(view)
