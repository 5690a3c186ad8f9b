"""The Lagrangian form of the version-space bound, and its localised form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from whytransfer.claims import Claim, Level, Unit
from whytransfer.claims.intervals import hoeffding_term
from whytransfer.errors import UnitError
from whytransfer.hypotheses.answers import Answers
from whytransfer.hypotheses.labels import Labels
from whytransfer.hypotheses.terms.landscape import Landscape
from whytransfer.hypotheses.terms.pool import (
    Groups,
    Pool,
    check_probability,
    errors_allowed,
    mismatch,
    unrounded,
)
from whytransfer.hypotheses.terms.supremum import NO_LOWER, NOT_EXACT, supremum_claim

if TYPE_CHECKING:
    from whytransfer.hypotheses.base import HypothesisClass
    from whytransfer.hypotheses.rows import IntArray


def lagrangian(
    oracle: HypothesisClass,
    h: object,
    Xs: object,
    ys: object,
    Xt: object,
    *,
    level: float | None = None,
    delta: float = 0.05,
    classes: Sequence[object] | None = None,
    groups: Groups | None = None,
    target_is_whole: bool = False,
) -> Claim:
    """Largest value over h' in H of T(h≠h') − err_S(h'), over err_S(h') ≤ `level` when it is given (THEORY B4(b); Zhang et al. 2020).

    λ_H + this bounds err_T(h), for any h, in H or not; with `level` = λ_H it is the localised form. Never above the disparity
    plus err_S(h). `h` must be independent of the target rows only; it may have been trained on the source rows.

    Parameters
    ----------
    oracle : HypothesisClass
        Of loss 1[h(x) ≠ y] when `level` is given.
    h : object
        A fitted object with predict, a `Hypothesis`, a callable, or a pair of label arrays (the first, on Xs, may be None).
    Xs, ys : array-like
        Labelled source rows.
    Xt : array-like
        Target rows.
    level : float, optional
        The largest source error of an h' of interest, in [0, 1].
    delta : float
        Failure probability of the upper limit.
    classes : sequence, optional
        All labels, where `ys` and `h` don't show them all.
    groups : pair of array-like of shape (n,) and (m,), optional
        The group of every source and of every target row, None for a domain of independent rows: the limits then need
        independence between groups only (docs/theory/dependent_rows.md).
    target_is_whole : bool
        Whether the target rows are all there are, so that T^ is T and nothing is paid for them (THEORY F11).

    Returns
    -------
    Claim
        ``divergence.lagrangian.<name>`` or ``divergence.localised.<name>``, in [−1, 1]. The upper limit adds
        sqrt((1/n + 1/m) ln(1/δ) / 2). Localised: δ/2 for that, δ/2 for the test of `Units.most_errors` by which the h' are kept.
        Where h was trained on these source rows, the upper limit is one of err_T(h) − λ_H, which is what the bound needs,
        and not of the population's supremum, whose maximiser then hangs on the rows.
    """
    check_probability(delta, "delta", strict=True)
    answers = Answers.of(h, (Xs, Xt), seen=(ys, oracle.own_labels()), classes=classes, source=False)
    labels, codes = answers.labels, answers.labels.code(ys, "ys")
    oracle.check_labels(len(labels))
    pool = Pool.of(oracle, Xs, Xt, labels, groups, target_is_whole)
    pool.check(codes, answers.target)
    if level is not None:
        return _localised(
            oracle,
            pool,
            labels,
            (codes, answers.target),
            check_probability(level, "level", strict=False),
            delta,
        )
    table = pool.table(mismatch(codes, len(labels)) / pool.n, -mismatch(answers.target, len(labels)) / pool.m)
    found = oracle.minimise(pool.rows, table).negated()
    if oracle.loss == "zero_one":
        critic = found.witnesses[0].codes(pool.rows)
        found = unrounded(found, pool.gap(critic, np.concatenate([codes, answers.target])))
    return supremum_claim(
        oracle,
        found,
        pool,
        labels,
        name="lagrangian",
        quantity="lagrangian_disagreement",
        convention="max over h' of T(h≠h') − err_S(h'), in −1..1; λ is added to it",
        citation="zhang:20",
        delta=delta,
    )


def _localised(
    oracle: HypothesisClass,
    pool: Pool,
    labels: Labels,
    codes: tuple[IntArray, IntArray],
    level: float,
    delta: float,
) -> Claim:
    zero_one_only(oracle, "the localised form")
    allowed, kept = errors_allowed(level, pool.n), pool.units[0].most_errors(level, delta / 2)
    landscape = Landscape.of(oracle, pool, *codes, len(labels), most=max(allowed, kept), price=1.0)
    on_sample = landscape.largest(allowed)
    inverted = landscape.largest(kept) if oracle.exact else on_sample
    upper = None
    if oracle.exact and inverted.value is not None:
        upper = inverted.value + float(hoeffding_term(delta / 2, *pool.effective))
    reason = NO_LOWER if oracle.exact else NOT_EXACT
    if upper is None and oracle.exact:
        reason = f"every rule of {oracle.label} has a source error above {level}, by its test"
    return Claim(
        id=f"divergence.localised.{oracle.name}",
        quantity="localised_disagreement",
        unit=Unit.ERROR,
        level=Level.PROVED if oracle.exact else Level.WITNESS,
        estimate=on_sample.value,
        upper=upper,
        confidence=None if upper is None else 1 - delta,
        citation="zhang:20",
        hypothesis_class=oracle.label,
        loss=oracle.loss,
        detail={
            "delta": delta,
            "exact": landscape.method == "enumeration",
            "method": landscape.method,
            "level": level,
            "errors_allowed": allowed,
            "errors_not_rejected": kept,
            "rules": [] if on_sample.witness is None else [on_sample.witness.describe(labels.names)],
            "labels": len(labels),
            "source_rows": pool.n,
            "target_rows": pool.m,
            "convention": "max of T(h≠h') − err_S(h') over err_S(h') ≤ level, in −1..1; λ is added to it",
            "reason": reason,
        }
        | pool.said,
    )


def zero_one_only(oracle: HypothesisClass, what: str) -> None:
    """Refuse a class whose loss is not 1[h(x) ≠ y]: its errors can't be counted."""
    if oracle.loss != "zero_one":
        raise UnitError(
            f"{what} counts errors: expected the loss zero_one, got {oracle.loss} of {oracle.label}"
        )
