"""The PAC-Bayesian bound of 2016: disagreement on the target, and joint errors of the source times a ratio."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar

import numpy.typing as npt

from whytransfer.claims import Claim
from whytransfer.errors import InputError
from whytransfer.theorems.assumptions import within_radius
from whytransfer.theorems.base import Bound, Terms
from whytransfer.theorems.term import Term, read
from whytransfer.theorems.votes import ROWS, Ensemble


class PACBayesRatio(Bound):
    r"""R_T(G) ≤ ½ d_T(ρ) + B e_S(ρ) + η, if dT/dS ≤ B on the support of S; η = T(outside it).

    Germain, Habrard, Laviolette and Morvant (ICML 2016; arXiv 1506.04573) for q = ∞ (THEORY B8): B bounds the
    ratio of the joint laws of features and label; under covariate shift that of the marginals is the same.
    **Proof.** R_T ≤ ½ d_T + e_T (identity for two classes, see `pac_bayes_da`; inequality for more), and e_T =
    E_S (dT/dS) 1[both wrong] + what lies outside ≤ B e_S + η.

    No λ at all: of three terms d_T is measured on unlabelled target rows, e_S on labelled source rows, and B
    is assumed. `break_even` is closed: B* = (requirement − ½ d_T − η) / e_S; below 1 − η nothing suffices, since
    the ratio has mean 1 − η under S. From votes on rows that made neither ρ nor the voters, both terms are betting limits at
    δ/2. B can be refuted by samples (a set with T(A) > B S(A)), never confirmed.

    Better than B · R_S, the ball of that ratio, as soon as voters disagree where they are wrong: joint errors
    are rarer than errors. Vacuous when d_T is near its largest value, or e_S is not small against 1/B.

    Examples
    --------
    >>> bound = PACBayesRatio()
    >>> round(bound(ratio=2.0, target_disagreement=0.1, source_joint_error=0.04).upper, 6)
    0.13
    >>> round(bound.break_even(0.25, target_disagreement=0.1, source_joint_error=0.04), 6)
    5.0
    """

    __slots__ = ()

    name: ClassVar[str] = "pac_bayes_ratio"
    statement: ClassVar[str] = "R_T(G) <= d_T(rho) / 2 + B e_S(rho) + T(outside supp S)  if dT/dS <= B"
    reference: ClassVar[str | None] = "germain:16"
    unknown: ClassVar[str] = "ratio"
    needs: ClassVar[Mapping[str, str]] = {
        "ratio": "B, the largest ratio of target to source probability, >= 1 - eta, assumed",
        "target_disagreement": "d_T = T(h != h') of two random voters, 0..1",
        "source_joint_error": "e_S = S(h != y and h' != y) of two random voters, 0..1",
        "outside": "eta, the target's mass where the source has none, 0..1; 0 when left out",
        **ROWS,
    }

    def __call__(
        self,
        *,
        ratio: float,
        target_disagreement: Term | None = None,
        source_joint_error: Term | None = None,
        outside: Term = 0.0,
        source_votes: npt.ArrayLike | None = None,
        source_labels: npt.ArrayLike | None = None,
        target_votes: npt.ArrayLike | None = None,
        source_groups: npt.ArrayLike | None = None,
        target_groups: npt.ArrayLike | None = None,
        weights: npt.ArrayLike | None = None,
        delta: float = 0.05,
        n_classes: int = 2,
    ) -> Claim:
        """The claim ``target_error.pac_bayes_ratio``."""
        measured = Ensemble.read(
            target_disagreement=target_disagreement,
            source_joint_error=source_joint_error,
            source_votes=source_votes,
            source_labels=source_labels,
            target_votes=target_votes,
            source_groups=source_groups,
            target_groups=target_groups,
            weights=weights,
            delta=delta,
            n_classes=n_classes,
        )
        terms = Terms.of(self, *measured.readings, read("outside", outside))
        apart, both, missing = (r.value for r in terms.readings)
        _check_ratio(ratio, missing or 0.0)
        known = apart is not None and both is not None and missing is not None
        total = (apart or 0.0) / 2 + ratio * (both or 0.0) + (missing or 0.0) if known else None
        return terms.target_error(
            total,
            n_classes,
            assumptions=(within_radius("ratio", float(ratio), outside=missing or 0.0),),
            detail={
                "ratio": float(ratio),
                "majority_vote_upper": None if total is None else 2 * total,
                "convention": "error of a voter drawn at random (Gibbs), 0..1; d of two independent voters",
            },
        )

    def break_even(  # type: ignore[override]
        self,
        requirement: float,
        *,
        target_disagreement: Term | None = None,
        source_joint_error: Term | None = None,
        outside: Term = 0.0,
        source_votes: npt.ArrayLike | None = None,
        source_labels: npt.ArrayLike | None = None,
        target_votes: npt.ArrayLike | None = None,
        source_groups: npt.ArrayLike | None = None,
        target_groups: npt.ArrayLike | None = None,
        weights: npt.ArrayLike | None = None,
        delta: float = 0.05,
        n_classes: int = 2,
    ) -> float | None:
        """The value B* = (requirement − ½ d_T − η) / e_S, negative when ½ d_T + η alone exceed it; None: any ratio will do."""
        measured = Ensemble.read(
            target_disagreement=target_disagreement,
            source_joint_error=source_joint_error,
            source_votes=source_votes,
            source_labels=source_labels,
            target_votes=target_votes,
            source_groups=source_groups,
            target_groups=target_groups,
            weights=weights,
            delta=delta,
            n_classes=n_classes,
        )
        apart, both = (r.value for r in measured.readings)
        missing = read("outside", outside).value
        if apart is None or both is None or missing is None:
            return None
        slack = requirement - apart / 2 - missing
        return slack / both if both > 0 else (slack if slack < 0 else None)


def _check_ratio(ratio: float, outside: float) -> None:
    """The ratio has mean 1 − η under the source, so that its largest value is at least that."""
    least = max(0.0, 1.0 - outside)
    if not least <= ratio < math.inf:
        raise InputError(
            f"ratio: a density ratio has mean 1 - outside, so expected a finite B >= {least:g}, got {ratio:g}"
        )
