"""The disparity discrepancy: how differently the two domains can weigh a disagreement with one fixed model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from whytransfer.claims import Claim
from whytransfer.hypotheses.answers import Answers
from whytransfer.hypotheses.terms.pool import Groups, Pool, check_probability, mismatch, unrounded
from whytransfer.hypotheses.terms.supremum import supremum_claim

if TYPE_CHECKING:
    from whytransfer.hypotheses.base import HypothesisClass


def disparity(
    oracle: HypothesisClass,
    h: object,
    Xs: object,
    Xt: object,
    *,
    delta: float = 0.05,
    classes: Sequence[object] | None = None,
    groups: Groups | None = None,
    target_is_whole: bool = False,
) -> Claim:
    """Largest value over h' in H of T(h≠h') − S(h≠h') for a fixed h, which need not belong to H (Kuroki et al. 2019; THEORY B3).

    Never above the discrepancy of H ∪ {h}. Any number of labels; `h` must be independent of both samples.

    Parameters
    ----------
    oracle : HypothesisClass
    h : object
        A fitted object with predict, a `Hypothesis`, a callable, or a pair of label arrays (on Xs, on Xt).
    Xs, Xt : array-like of shape (n,) or (n, p)
    delta : float
        Failure probability of the upper limit.
    classes : sequence, optional
        All labels, where h need not show them all (a member h' may answer any of them).
    groups : pair of array-like of shape (n,) and (m,), optional
        The group of every source and of every target row, None for a domain of independent rows: the limits then need
        independence between groups only (docs/theory/dependent_rows.md).
    target_is_whole : bool
        Whether the target rows are all there are, so that T^ is T and nothing is paid for them (THEORY F11).

    Returns
    -------
    Claim
        ``divergence.disparity.<name>``, in [−1, 1]: the exact maximum on the samples; the upper limit, as a supremum alone,
        adds sqrt((1/n + 1/m) ln(1/δ) / 2). A surrogate gives a witness without limits.
    """
    check_probability(delta, "delta", strict=True)
    answers = Answers.of(h, (Xs, Xt), seen=(oracle.own_labels(),), classes=classes)
    labels = answers.labels
    oracle.check_labels(len(labels))
    pool = Pool.of(oracle, Xs, Xt, labels, groups, target_is_whole)
    pool.check(answers.source, answers.target)
    table = (
        pool.table(mismatch(answers.source, len(labels)), mismatch(answers.target, len(labels)))
        * pool.weights[:, None]
    )
    found = oracle.minimise(pool.rows, -table).negated()
    if oracle.loss == "zero_one":
        critic = found.witnesses[0].codes(pool.rows)
        found = unrounded(found, pool.gap(critic, np.concatenate([answers.source, answers.target])))
    return supremum_claim(
        oracle,
        found,
        pool,
        labels,
        name="disparity",
        quantity="disparity",
        convention="max over h' of T(h≠h') − S(h≠h'), in −1..1",
        citation="kuroki:19",
        delta=delta,
    )
