"""disc_H: how differently the two domains can weigh a disagreement of two members of the class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from whytransfer.claims import Claim, Level, Unit
from whytransfer.hypotheses.answers import Answers
from whytransfer.hypotheses.extrema import Maximum
from whytransfer.hypotheses.labels import Labels
from whytransfer.hypotheses.terms.pool import Groups, Pool, check_probability, mismatch, unrounded
from whytransfer.hypotheses.terms.supremum import supremum_claim

if TYPE_CHECKING:
    from whytransfer.hypotheses.base import HypothesisClass

CONVENTION = "sup over pairs of |T(h≠h') − S(h≠h')|, in 0..1; half of d_HΔH (0..2)"


def discrepancy(
    oracle: HypothesisClass,
    Xs: object,
    Xt: object,
    *,
    h: object = None,
    delta: float = 0.05,
    classes: Sequence[object] | None = None,
    groups: Groups | None = None,
    target_is_whole: bool = False,
) -> Claim:
    """disc_H(S, T) = sup over h', h'' in H of |T(h'≠h'') − S(h'≠h'')|, half of d_HΔH (Ben-David et al. 2010; THEORY B2).

    Parameters
    ----------
    oracle : HypothesisClass
    Xs, Xt : array-like of shape (n,) or (n, p)
        Rows of the source and of the target.
    h : optional
        A model that need not belong to H: the supremum then is over H ∪ {h}, without which the three-term bound of a model
        outside H fails (THEORY B2). The limit holds for an h that is independent of both samples.
    delta : float
        Failure probability of the upper limit.
    classes : sequence, optional
        All labels; 0 and 1 when left out and `h` shows no others.
    groups : pair of array-like of shape (n,) and (m,), optional
        The group of every source and of every target row, None for a domain of independent rows: the limits then need
        independence between groups only (docs/theory/dependent_rows.md).
    target_is_whole : bool
        Whether the target rows are all there are, so that T^ is T and nothing is paid for them (THEORY F11).

    Returns
    -------
    Claim
        ``divergence.hdh.<name>``, in [0, 1]: the exact maximum on the samples, and the upper limit that adds one Hoeffding
        term. Without a pair oracle all values are None, with the reason.
    """
    check_probability(delta, "delta", strict=True)
    answers = None if h is None else Answers.of(h, (Xs, Xt), seen=(oracle.own_labels(),), classes=classes)
    labels = _labels(oracle, classes) if answers is None else answers.labels
    oracle.check_labels(len(labels))
    pool = Pool.of(oracle, Xs, Xt, labels, groups, target_is_whole)
    found = oracle.pairs(pool.rows, pool.weights, len(labels))
    if found is None:
        return _unknown(oracle, delta)
    if oracle.loss == "zero_one" and len(found.witnesses) == 2:
        one, other = (h.codes(pool.rows) for h in found.witnesses)
        found = unrounded(found, abs(pool.gap(one, other)))
    if answers is not None:
        pool.check(answers.source, answers.target)
        found = max([found, *_against(oracle, pool, answers)], key=lambda maximum: maximum.value)
    return supremum_claim(
        oracle,
        found,
        pool,
        labels,
        name="hdh",
        quantity="discrepancy",
        convention=CONVENTION,
        citation="ben-david:10",
        delta=delta,
        extra={"d_hdh": 2 * found.value, "joined_by_h": h is not None},
    )


def _labels(oracle: HypothesisClass, classes: Sequence[object] | None) -> Labels:
    own = oracle.own_labels()
    return Labels.of(own if len(own) else (0, 1), classes=classes)


def _against(oracle: HypothesisClass, pool: Pool, answers: Answers) -> list[Maximum]:
    """The suprema over h' in H of (T − S)(h ≠ h') and of (S − T)(h ≠ h')."""
    K = len(answers.labels)
    table = pool.table(mismatch(answers.source, K), mismatch(answers.target, K)) * pool.weights[:, None]
    codes = np.concatenate([answers.source, answers.target])
    found = []
    for sign in (1.0, -1.0):
        maximum = oracle.minimise(pool.rows, -sign * table).negated()
        if oracle.loss == "zero_one":
            maximum = unrounded(maximum, sign * pool.gap(maximum.witnesses[0].codes(pool.rows), codes))
        found.append(maximum)
    return found


def _unknown(oracle: HypothesisClass, delta: float) -> Claim:
    return Claim(
        id=f"divergence.hdh.{oracle.name}",
        quantity="discrepancy",
        unit=Unit.ERROR,
        level=Level.ESTIMATED,
        citation="ben-david:10",
        hypothesis_class=oracle.label,
        loss=oracle.loss,
        detail={
            "delta": delta,
            "convention": CONVENTION,
            "reason": f"the supremum over pairs of {oracle.label} has no exact algorithm here; "
            "use stumps, thresholds, intervals, unions or a finite class",
        },
    )
