"""The margin disparity: how differently the two domains can weigh the doubt of a scorer about the answers of one fixed model."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from whytransfer.claims import Claim, Level, Unit
from whytransfer.claims.intervals import Units
from whytransfer.errors import InputError
from whytransfer.hypotheses.extrema import Maximum, upper_of_supremum
from whytransfer.hypotheses.finite import MODELS_INDEPENDENT
from whytransfer.hypotheses.rows import FloatArray, IntArray
from whytransfer.hypotheses.terms.pool import Groups, check_probability
from whytransfer.hypotheses.terms.supremum import NO_LOWER, NOT_EXACT

CONVENTION = "max over f' of E_T Φ_ρ(margin of f' at the model's answer) − E_S of the same, in −1..1"


def margin_loss_name(rho: float) -> str:
    """The name of the loss Φ_ρ in claims, so that terms of two margins can't be mixed.

    >>> margin_loss_name(0.25)
    'margin(0.25)'
    """
    if not 0.0 < rho < math.inf:
        raise InputError(f"rho: expected a finite margin above 0, got {rho}")
    return f"margin({float(rho)!r})"


def margin_losses(scores: ArrayLike, codes: ArrayLike, rho: float) -> FloatArray:
    """Φ_ρ of the margin of `scores` at the labels `codes`: 1 at margins ≤ 0, 0 from ρ on, linear between (Zhang et al. 2019).

    Parameters
    ----------
    scores : array-like of shape (..., n, K)
        Scores of K >= 2 classes, finite, in any unit.
    codes : array-like of int, shape (n,)
        The label of each row at which the margin, half the lead over the best other class, is taken.
    rho : float
        ρ > 0, in the unit of the scores.

    Returns
    -------
    ndarray of float64, shape (..., n)
        In [0, 1].

    Raises
    ------
    InputError
        On other shapes, scores that are not finite, or codes outside 0..K-1.

    Examples
    --------
    >>> margin_losses([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]], [0, 0, 0], rho=0.4).tolist()
    [0.0, 0.75, 1.0]
    """
    margin_loss_name(rho)
    table, labels = np.asarray(scores, dtype=np.float64), np.asarray(codes)
    if table.ndim < 2 or table.shape[-1] < 2 or labels.shape != table.shape[-2:-1]:
        raise InputError(
            f"scores: expected K >= 2 scores for each of {len(np.atleast_1d(labels))} rows, got shape {table.shape}"
        )
    if not np.isfinite(table).all():
        raise InputError("scores: expected finite numbers, got some that are not")
    if labels.dtype.kind not in "iu" or (
        labels.size and not 0 <= labels.min() <= labels.max() < table.shape[-1]
    ):
        raise InputError(f"codes: expected whole numbers from 0 to {table.shape[-1] - 1}")
    chosen = labels[:, None] == np.arange(table.shape[-1])
    best_other = np.where(chosen, -np.inf, table).max(axis=-1)
    at_label = np.where(chosen, table, -np.inf).max(axis=-1)
    margin = (at_label - best_other) / 2
    return np.asarray(1.0 - np.clip(margin / rho, 0.0, 1.0))


def margin_disparity(
    scores: tuple[ArrayLike, ArrayLike],
    answers: tuple[IntArray, IntArray],
    *,
    rho: float,
    name: str = "scorers",
    delta: float = 0.05,
    groups: Groups | None = None,
    target_is_whole: bool = False,
    exact: bool = True,
) -> Claim:
    """Largest value over scorers f' of E_T Φ_ρ(margin of f' at h_f(x)) − E_S of the same, for fixed answers h_f (THEORY B3).

    Parameters
    ----------
    scores : pair of array-like, shapes (L, n, K) and (L, m, K)
        What each of L scorers, fixed without these rows, gives the K classes on the source and on the target.
    answers : pair of int arrays, shapes (n,) and (m,)
        The model's codes there; the model is fixed without these rows, and need not be among the scorers.
    rho : float
        ρ > 0, fixed in advance, in the unit of the scores.
    name : str
        Of the class of scorers, for the claim.
    delta : float
        Failure probability of the upper limit.
    groups : pair of array-like of shape (n,) and (m,), optional
        The group of every source and of every target row, None for a domain of independent rows.
    target_is_whole : bool
        Whether the target rows are all there are, so that T^ is T and nothing is paid for them (THEORY F11).
    exact : bool
        Whether the scorers are the whole class. False: they are what a search in a larger one found, a witness without limits.

    Returns
    -------
    Claim
        ``divergence.margin_disparity.<name>``, in [−1, 1]. Upper limit, as a supremum alone: the exact maximum plus
        sqrt((1/n + 1/m) ln(1/δ)/2) (P1), a row entering with Φ_ρ in [0, 1].

    Raises
    ------
    InputError
        On scores or answers that don't fit each other.

    Examples
    --------
    One scorer, sure of the model's answers on the source, that contradicts one of two on the target:

    >>> import numpy as np
    >>> scores = np.array([[[2.0, 0.0], [0.0, 2.0]]]), np.array([[[2.0, 0.0], [2.0, 0.0]]])
    >>> margin_disparity(scores, (np.array([0, 1]), np.array([0, 1])), rho=1.0).estimate
    0.5
    """
    check_probability(delta, "delta", strict=True)
    losses = [margin_losses(s, a, rho) for s, a in zip(scores, answers, strict=True)]
    if any(values.ndim != 2 or 0 in values.shape for values in losses) or len(losses[0]) != len(losses[1]):
        shapes = " and ".join(str(np.shape(s)) for s in scores)
        raise InputError(f"scores: expected (L, n, K) and (L, m, K) with rows in both domains, got {shapes}")
    gaps = losses[1].mean(axis=1) - losses[0].mean(axis=1)
    best = int(gaps.argmax())
    named = (None, None) if groups is None else groups
    n, m = (values.shape[1] for values in losses)
    units = Units.of(named[0], n), Units.of(None if target_is_whole else named[1], m)
    sizes = units[0].effective, math.inf if target_is_whole else units[1].effective
    found = Maximum(value=float(gaps[best]), witnesses=(), exact=exact)
    upper = upper_of_supremum(found, delta, *sizes) if exact else None
    return Claim(
        id=f"divergence.margin_disparity.{name}",
        quantity="margin_disparity",
        unit=Unit.ERROR,
        level=Level.CONDITIONAL if exact else Level.WITNESS,
        estimate=found.value,
        upper=upper,
        confidence=None if upper is None else 1 - delta,
        citation="zhang:19",
        hypothesis_class=name,
        loss=margin_loss_name(rho),
        assumptions=(MODELS_INDEPENDENT,),
        detail={
            "delta": delta,
            "exact": exact,
            "rho": float(rho),
            "rules": [f"scorer {best}"],
            "scorers": len(gaps),
            "labels": int(np.shape(scores[0])[-1]),
            "source_rows": n,
            "target_rows": m,
            "convention": CONVENTION,
            "reason": NO_LOWER if exact else NOT_EXACT,
        }
        | {f"{side}_units": u.said for side, u in zip(("source", "target"), units, strict=True) if u.said}
        | ({"population": "file"} if target_is_whole else {}),
    )
