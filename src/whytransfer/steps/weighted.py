"""An audit whose rows have weights: what can be weighed is, what can't is left out, and both are said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whytransfer.claims import Assumption, Claim, Level, Unit
from whytransfer.claims.intervals.weighted import effective_sample, weighted_lower, weighted_upper
from whytransfer.errors import InputError
from whytransfer.problem import Problem
from whytransfer.steps import errors
from whytransfer.steps.case import Case
from whytransfer.steps.options import Options
from whytransfer.steps.run import Findings, in_order
from whytransfer.steps.weighted_answer import judged

Floats = NDArray[np.float64]

NO_LARGEST = (
    "the largest weight of the rows at hand says nothing of weights that were not drawn: declare with max_weight (--max-weight) what no weight "
    "exceeds"
)
OF_TARGET = frozenset(
    {
        "target_error",
        "error_drop",
        "region_error",
        "disagreement",
        "adaptability",
        "error_sum",
        "larger_target_error",
        "excess_target_error",
        "ensemble_target_error",
    }
)
"""Quantities that target rows enter, and that have no form by weights but for those named in `reweighed`."""

OF_SOURCE = frozenset({"source_error", "ensemble_source_error", "bayes_error"})
"""Quantities of the source alone; `source_error` itself is weighed, what further theorems say of it is not."""

UNWEIGHED = "the panel and the other estimators have no form for weighted target rows, and their limits come from transfers without weights"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Weighed:
    """Losses of some rows as shares of the largest one, with their weights.

    Parameters
    ----------
    shares, weights : ndarray, shape (n,)
        Losses in [0, 1], or beyond where there is no largest one, and weights ≥ 0.
    top : float or None
        What a share of 1 means, as a mean of ρ^r; None where losses have no largest value.
    """

    shares: Floats
    weights: Floats
    top: float | None

    @property
    def mean(self) -> float:
        """Σ w X / Σ w."""
        return float(self.weights @ self.shares / self.weights.sum())


def check(problem: Problem, options: Options) -> None:
    """Refuse what has no weighted form, before anything is computed.

    Raises
    ------
    InputError
        In one line.
    """
    if not weighted(problem):
        if options.max_weight is not None:
            raise InputError(
                "max_weight: the rows have no weights; name their column with weights (--weights), or leave it out"
            )
        return
    if options.metric is not None or options.label_noise:
        what = f"metric {options.metric.name}" if options.metric is not None else "label_noise"
        raise InputError(f"{what} has no form for weighted rows; leave it or the weights out")
    if options.max_weight is None:
        return
    for sample, what in ((problem.source, "source"), (problem.target, "target")):
        if sample.weights is not None and sample.weights.max() > options.max_weight:
            raise InputError(
                f"max_weight: {what} row {int(sample.weights.argmax())} has the weight {sample.weights.max():g}, more than the {options.max_weight:g} that "
                "was declared"
            )


def weighted(problem: Problem) -> bool:
    """Whether rows of either domain have weights."""
    return any(s.weights is not None for s in (problem.source, problem.target))


def reweighed(problem: Problem, found: Findings, options: Options) -> Findings:
    """The findings with claims about the weighted laws in the place of those about the unweighted ones."""
    case = found.case
    if not weighted(problem) or case is None:
        return found
    claims = {c.id: c for c in found.claims}
    dropped: list[str] = []
    if problem.source.weights is not None:
        dropped = [id_ for id_, c in claims.items() if c.quantity in OF_SOURCE and id_ != "source_error"]
        claims = {id_: c for id_, c in claims.items() if id_ not in dropped}
        claims["source_error"] = _source(case, claims["source_error"], options)
    if problem.target.weights is not None:
        kept = {"target_error.direct", "target_error.panel"}
        dropped += [id_ for id_, c in claims.items() if c.quantity in OF_TARGET and id_ not in kept]
        claims = {id_: c for id_, c in claims.items() if id_ not in dropped}
        claims["target_error.panel"] = _silent(claims["target_error.panel"])
        if "target_error.direct" in claims:
            claims["target_error.direct"] = _direct(case, claims["target_error.direct"], options)
        claims |= {c.id: c for c in _estimates(case, options)}
        dropped = [id_ for id_ in dropped if id_ not in claims]
    else:
        claims = {id_: c for id_, c in claims.items() if not id_.startswith("error_drop")}
    told = [*claims.values(), *errors.drops(list(claims.values()), options.max_drop)]
    return judged(found, case, in_order(told), options, dropped)


def _silent(panel: Claim) -> Claim:
    return replace(
        panel,
        estimate=None,
        lower=None,
        upper=None,
        confidence=None,
        assumptions=(),
        detail={"reason": UNWEIGHED},
    )


def _losses(case: Case, options: Options, domain: str, rows: NDArray[np.int64]) -> Weighed:
    sample = case.problem.source if domain == "source" else case.problem.target
    said = case.subject.source if domain == "source" else case.subject.certified
    labels, weights = sample.labels[rows], sample.weights[rows]  # type: ignore[index]
    if options.loss is None:
        return Weighed(shares=(said.codes[rows] != labels).astype(np.float64), weights=weights, top=1.0)
    powers = options.loss.powers(said.codes[rows], labels)
    if options.loss.largest is None:
        return Weighed(shares=powers, weights=weights, top=None)
    top = options.loss.largest**options.loss.power
    return Weighed(shares=np.minimum(powers / top, 1.0), weights=weights, top=top)


def _source(case: Case, before: Claim, options: Options) -> Claim:
    rows = case.splits.source_evaluate
    if before.estimate is None or not len(rows):
        return before
    tied = case.units("source", errors=True).groups is not None
    return _claim(
        before, _losses(case, options, "source", rows), case.budget.of("source_error"), options, tied=tied
    )


def _direct(case: Case, before: Claim, options: Options) -> Claim:
    rows = case.labelled_target
    weighed = _losses(case, options, "target", rows)
    delta = case.budget.headline
    if case.whole and len(rows) == case.problem.target.n and weighed.weights.any():
        exact = _measured(weighed, weighed.mean, options)
        return replace(
            before,
            estimate=exact,
            lower=exact,
            upper=exact,
            theorem=None,
            citation=None,
            detail={**_said(weighed, options), "delta": delta, "population": "file"},
        )
    tied = errors.labelled_units(case).groups is not None
    if case.whole:
        return _claim(
            before,
            weighed,
            delta,
            options,
            tied=tied,
            reason="weighted limits are about the law that rows come from, and only some of this file's rows are labelled",
        )
    return _claim(before, weighed, delta, options, tied=tied)


def _claim(
    before: Claim, weighed: Weighed, delta: float, options: Options, *, tied: bool, reason: str | None = None
) -> Claim:
    """The claim about the weighted law: with exact limits where a largest weight was declared and rows are independent."""
    if tied:
        reason = "weighted limits have no form by groups or blocks"
    elif options.max_weight is None:
        reason = reason or NO_LARGEST
    elif weighed.top is None:
        reason = reason or before.detail.get("reason") or "losses have no largest value"
    elif not weighed.weights.any():
        reason = "all of these rows weigh nothing"
    lower = upper = None
    if reason is None and options.max_weight is not None:
        lower = _measured(
            weighed, weighted_lower(weighed.shares, weighed.weights, options.max_weight, delta), options
        )
        upper = _measured(
            weighed, weighted_upper(weighed.shares, weighed.weights, options.max_weight, delta), options
        )
    known = bool(weighed.weights.any())
    return replace(
        before,
        level=before.level if reason is None else Level.ESTIMATED,
        estimate=_measured(weighed, weighed.mean, options) if known else None,
        lower=lower,
        upper=upper,
        confidence=None if reason else 1.0 - delta,
        theorem="betting" if reason is None else None,
        citation="waudby-smith-ramdas:24" if reason is None else None,
        detail={
            **_said(weighed, options),
            "subject": before.detail.get("subject"),
            **({"delta": delta} if reason is None else {"reason": reason}),
        },
    )


def _measured(weighed: Weighed, mean: float, options: Options) -> float:
    """A mean share in the unit of the claim."""
    value = mean * (1.0 if weighed.top is None else weighed.top)
    return value if options.loss is None else options.loss.measured(value)


def _said(weighed: Weighed, options: Options) -> dict[str, Any]:
    return {
        "rows": len(weighed.weights),
        "effective_sample_size": effective_sample(weighed.weights),
        "max_weight": options.max_weight,
        "convention": "mean over rows by their weights",
    }


def _estimates(case: Case, options: Options) -> list[Claim]:
    """Average confidence, difference of confidences and thresholded confidence, every row by its weight; without limits.

    A row of weight 2 counts as that row twice: the estimates are functions of weighted means and of a weighted quantile only.
    """
    if options.loss is not None or case.source_withheld:
        return []
    rows = np.sort(np.concatenate([case.splits.source_choose, case.splits.source_evaluate]))
    here, there = case.subject.source.proba, case.subject.target.proba
    weights_t = case.problem.target.weights
    if here is None or there is None or not len(rows) or weights_t is None or not weights_t.any():
        return []
    given = case.problem.source.weights
    weights_s = np.ones(len(rows)) if given is None else given[rows]
    if not weights_s.any():
        return []
    wrong = (case.subject.source.codes[rows] != case.problem.source.labels[rows]).astype(np.float64)  # type: ignore[index]
    sure_s, sure_t = here[rows].max(axis=1), there.max(axis=1)
    error = float(weights_s @ wrong / weights_s.sum())
    average_s, average_t = (
        float(w @ sure / w.sum()) for w, sure in ((weights_s, sure_s), (weights_t, sure_t))
    )
    threshold = weighted_quantile(sure_s, weights_s, error)
    below = float(weights_t @ (sure_t < threshold) / weights_t.sum())
    told = {
        "ac": (1.0 - average_t, "the model's probabilities are calibrated on the target"),
        "doc": (
            min(max(error + average_s - average_t, 0.0), 1.0),
            "the model is as over-confident on the target as on the source",
        ),
        "atc": (below, "the confidence below which rows are wrong is the same on the target"),
    }
    return [
        Claim(
            id=f"target_error.{name}",
            quantity="target_error",
            unit=Unit.ERROR,
            level=Level.ESTIMATED,
            estimate=value,
            loss="zero_one",
            assumptions=(Assumption(id=f"holds_{name}", text=text),),
            guessing_error=case.guessing_error,
            detail={
                "effective_sample_size": effective_sample(weights_t),
                "convention": "mean over rows by their weights",
            },
        )
        for name, (value, text) in told.items()
    ]


def weighted_quantile(values: Floats, weights: Floats, share: float) -> float:
    """The least value below which at least `share` of the weight lies, or more than all values where none has so much.

    >>> weighted_quantile(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 1.0]), 0.5)
    3.0
    """
    order = np.argsort(values, kind="stable")
    ranked = values[order]
    # Weight strictly below each value; equal values have the same.
    total = np.concatenate([[0.0], np.cumsum(weights[order])])
    below = total[np.searchsorted(ranked, ranked, side="left")] / total[-1]
    enough = np.flatnonzero(below >= share - 1e-12)
    return float(ranked[enough[0]]) if len(enough) else float(np.nextafter(ranked[-1], np.inf))
