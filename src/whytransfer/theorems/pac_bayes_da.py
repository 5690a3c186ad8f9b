"""The PAC-Bayesian domain adaptation bound of 2013: disagreement of voters, and one unknown term."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy.typing as npt

from whytransfer.claims import Claim
from whytransfer.errors import InputError
from whytransfer.names import resolve
from whytransfer.theorems.assumptions import joint_errors_differ_at_most
from whytransfer.theorems.base import Bound, Terms
from whytransfer.theorems.term import Reading, Term, read
from whytransfer.theorems.votes import ROWS, Ensemble, plain

FORMS = {
    "identity": "d_T / 2 + e_S + (e_T - e_S)",
    "published": "R_S + |d_T - d_S| / 2 + |e_T - e_S|",
}


class PACBayesDA(Bound):
    r"""R_T(G) ≤ ½ d_T(ρ) + e_S(ρ) + (e_T(ρ) − e_S(ρ)), for the Gibbs error of voters drawn from ρ.

    d_D = P(h ≠ h') and e_D = P(h ≠ Y and h' ≠ Y) for two independent voters from ρ. For two classes R_D(G) = ½
    d_D + e_D exactly (E25), so the bound is R_S + ½(d_T − d_S) + (e_T − e_S) and tight. `form="published"` is
    that of Germain, Habrard, Laviolette and Morvant (ICML 2013), R_S + ½\|d_T − d_S\| + \|e_T
    − e_S\|, never smaller (THEORY B8).

    **Proof.** With w the weight of the voters that are wrong at a row, R is the mean of w = w(1 − w) + w², e
    that of w², and d that of 1 − Σ_k v_k² ≥ 1 − (1 − w)² − w² = 2w(1 − w), v_k being the weight that votes
    for k; equality for two classes. So R_T ≤ ½ d_T + e_T for any number of classes; the published form needs
    two.

    d_T needs no label and e_S source labels only: of a finite ensemble both are exactly computable row by row.
    From votes on rows that did not make ρ or the voters, each is a betting limit at δ/2. `joint_error_gap` =
    e_T − e_S is the λ of this bound: unknown, assumed, and what `break_even` solves for. The majority vote
    errs at most twice as often (`detail["majority_vote_upper"]`).

    Vacuous when voters disagree on every target row; silent about voters that agree and are wrong together,
    which is the gap.

    Examples
    --------
    >>> claim = PACBayesDA()(target_disagreement=0.3, source_joint_error=0.175, joint_error_gap=0.0)
    >>> round(claim.upper, 6)
    0.325
    """

    __slots__ = ()

    name: ClassVar[str] = "pac_bayes_da"
    statement: ClassVar[str] = "R_T(G) <= d_T(rho) / 2 + e_S(rho) + (e_T(rho) - e_S(rho))"
    reference: ClassVar[str | None] = "germain:13"
    unknown: ClassVar[str] = "joint_error_gap"
    needs: ClassVar[Mapping[str, str]] = {
        "joint_error_gap": "e_T - e_S, -1..1 (published: its absolute value), assumed",
        "target_disagreement": "d_T = T(h != h') of two random voters, 0..1",
        "source_joint_error": "e_S = S(h != y and h' != y) of two random voters, 0..1 (identity)",
        "source_error": "R_S, error of a random voter on the source, 0..1 (published)",
        "source_disagreement": "d_S = S(h != h'), 0..1 (published)",
        "form": '"identity" or "published" (population values, two classes); "identity" when left out',
        **ROWS,
    }

    def __call__(
        self,
        *,
        joint_error_gap: Term,
        target_disagreement: Term | None = None,
        source_joint_error: Term | None = None,
        source_error: Term | None = None,
        source_disagreement: Term | None = None,
        form: str = "identity",
        source_votes: npt.ArrayLike | None = None,
        source_labels: npt.ArrayLike | None = None,
        target_votes: npt.ArrayLike | None = None,
        source_groups: npt.ArrayLike | None = None,
        target_groups: npt.ArrayLike | None = None,
        weights: npt.ArrayLike | None = None,
        delta: float = 0.05,
        n_classes: int = 2,
    ) -> Claim:
        """The claim ``target_error.pac_bayes_da``."""
        resolve("form", form, FORMS)
        gap = read("joint_error_gap", joint_error_gap, within=(-1.0, 1.0))
        if form == "published":
            _check_published(n_classes, gap, source_joint_error, source_votes, source_labels, target_votes)
            parts = (
                plain("source_error", source_error),
                plain("source_disagreement", source_disagreement),
                plain("target_disagreement", target_disagreement),
            )
            terms = Terms.of(self, *parts, gap)
            total = _published(*parts, gap)
        else:
            if source_error is not None or source_disagreement is not None:
                raise InputError('source_error and source_disagreement belong to form="published"')
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
            terms = Terms.of(self, *measured.readings, gap)
            total = _identity(*measured.readings, gap)
        asserted = (
            () if gap.claim is not None or gap.value is None else (joint_errors_differ_at_most(gap.value),)
        )
        return terms.target_error(
            total,
            n_classes,
            assumptions=asserted,
            detail={
                "form": form,
                "majority_vote_upper": None if total is None else 2 * total,
                "convention": "error of a voter drawn at random (Gibbs), 0..1; d of two independent voters",
            },
        )


def _check_published(n_classes: int, gap: Reading, *others: object) -> None:
    """Two classes, and population values."""
    if n_classes != 2 or any(other is not None for other in others):
        raise InputError('form="published": two classes, and population values of R_S, d_S and d_T only')
    if gap.claim is not None:
        raise InputError(
            'joint_error_gap: form="published" has its absolute value, which a limit of one side does not give'
        )


def _identity(apart: Reading, both: Reading, gap: Reading) -> float | None:
    if apart.value is None or both.value is None or gap.value is None:
        return None
    return apart.value / 2 + both.value + gap.value


def _published(error: Reading, source: Reading, target: Reading, gap: Reading) -> float | None:
    if error.value is None or source.value is None or target.value is None or gap.value is None:
        return None
    return error.value + abs(target.value - source.value) / 2 + abs(gap.value)
