"""The labels that settle it: which target rows to label, and what the labels prove. Straight lines, no mathematics."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whytransfer.errors import InputError
from whytransfer.problem import Problem
from whytransfer.result import Audit

if TYPE_CHECKING:
    from whytransfer.labels import Filled, LabelPlan
    from whytransfer.labels.number_plan import NumberPlan
    from whytransfer.models import Predictions
    from whytransfer.steps.certificate import Certified

__all__ = ["certify", "plan_labels"]


MOST_LABELS = 200
"""The budget where none is given: what a few people label in a day."""


def plan_labels(
    problem: Problem,
    model: Any = None,
    tolerance: float | None = None,
    budget: int = MOST_LABELS,
    design: str = "auto",
    delta: float = 0.05,
    seed: int = 0,
    *,
    way: str = "auto",
    population: str = "law",
    candidates: Mapping[str, Any] | None = None,
    predictions: Predictions | None = None,
    per_class: bool = False,
    label_noise: float = 0.0,
    repeat: int | None = None,
    trained_on_source: bool | None = None,
    metric: str = "error",
    loss_cap: float | None = None,
) -> LabelPlan | NumberPlan:
    """Which target rows to label, and how many it takes.

    Parameters
    ----------
    problem : Problem
        The two samples; labels of the target that are known already choose no row.
    model : object, str or None
        As in `audit`: a fitted model, an unfitted estimator, the name of a learner; None is ``"logistic"``.
    tolerance : float, optional
        WORKS means err_T ≤ tolerance; None: the error of always predicting the source's most frequent class.
    budget : int
        Labels that can be had, from 1 to the rows of the target; the default is all rows of a target that has fewer.
    design : {"auto", "fixed", "sequential"}
        ``"fixed"`` (and ``"auto"``): exact, valid once, at the planned number of labels; an earlier look gets a longer
        limit. ``"sequential"``: valid after every label, so that one may stop as soon as it is settled.
    delta : float
        Failure probability per side of everything that is certified with this plan.
    seed : int
        Of the draw: the same seed draws the same rows for the same model; for another given model others, since those of an earlier plan may have taught it.
    way : {"auto", "uniform", "stratified", "disagreement"}
        Which rows: all alike; more where the model is likely to err; those on which candidates disagree. ``"auto"``
        stratifies a fixed design where that is expected to save labels, and follows disagreement where there are candidates.
    population : {"law", "file"}
        Whether certificates are about the law that the target rows come from, or about the rows of the file.
    candidates : mapping of str to model or array-like, optional
        Further models to choose from: fitted ones, or what each predicts on every target row, shape (m,).
    predictions : Predictions, optional
        What a model said, in the place of a model.
    per_class : bool
        Whether the error of each class is to be limited too; the headline then has half of δ.
    label_noise : float
        Largest share of wrong labels, in [0, .5).
    repeat : int, optional
        This is the t-th of ever more certificates of one model (nightly runs, each with labels of its own): it gets
        δ · 6 / (π² t²), so that all of them together fail with probability δ at most.
    trained_on_source : bool, optional
        As in `audit`.
    metric, loss_cap
        As in `audit`, where the label is a quantity, which needs a cap; `way`, `design`, `candidates`, `per_class` and `label_noise` are about
        classes: rows are drawn uniformly, and limits are valid after every label.

    Returns
    -------
    LabelPlan or NumberPlan
        Frozen: ``.rows`` (positions in the target, in draw order), ``.power`` (the curve), ``.to_csv(path)``.

    Raises
    ------
    InputError
        On unusable input, in one sentence.

    References
    ----------
    docs/theory/labels.md proves the limits: Buehler (1957) for draws, Wang and Tsiatis (1987) for the boundary of sequential ones.

    Examples
    --------
    >>> import whytransfer as wt
    >>> world = wt.lab.gaussians(mean=1.0)
    >>> plan = wt.plan_labels(world.sample(200, 300, seed=0), tolerance=0.3, budget=40)
    >>> len(plan.rows), plan.design
    (40, 'fixed')
    """
    from whytransfer.audit import options_of
    from whytransfer.labels.repeat import share_of_repeat
    from whytransfer.steps import labelling
    from whytransfer.steps.regression import labelling as of_numbers

    if not isinstance(problem, Problem):
        raise InputError(
            f"plan_labels: expected a Problem, got {type(problem).__name__}; make one with wt.Problem.read(source, target, label=...)"
        )
    problem.refuse_streamed("a label plan")
    if problem.numeric:
        _refuse_what_is_of_classes(
            way=way not in ("auto", "uniform"),
            candidates=bool(candidates),
            per_class=per_class,
            label_noise=bool(label_noise),
        )
    elif loss_cap is not None or metric != "error":
        raise InputError(
            "metric and loss_cap of a label plan are about a quantity, and the labels are classes"
        )
    if budget == MOST_LABELS:
        budget = min(budget, max(1, problem.target.n))
    options = options_of(
        numeric=problem.numeric,
        tolerance=tolerance,
        require="certified",
        delta=delta if repeat is None else share_of_repeat(delta, repeat),
        population=population,
        seed=seed,
        trained_on_source=trained_on_source,
        label_noise=label_noise,
        metric=metric,
        loss_cap=loss_cap,
    )
    if problem.numeric:
        return of_numbers.make_plan(problem, model, predictions, options, budget=budget)
    return labelling.make_plan(
        problem,
        model,
        predictions,
        options,
        budget=budget,
        design=design,
        way=way,
        candidates=dict(candidates or {}),
        per_class=per_class,
    )


def _refuse_what_is_of_classes(**asked: bool) -> None:
    given = next((name for name, used in asked.items() if used), None)
    if given is not None:
        raise InputError(
            f"{given}: a label plan for a quantity draws uniformly and judges one model; leave it out"
        )


def certify(plan: LabelPlan | NumberPlan, labels: Any, *, source: Any = None) -> Audit:
    """Say what the labels of a plan prove.

    Parameters
    ----------
    plan : LabelPlan or NumberPlan
        From `plan_labels`, or read back.
    labels : path, mapping or array-like
        The filled sheet (CSV); a mapping from row to label; or an array aligned with ``plan.rows``. Missing (None, NaN, an
        empty cell) is not yet labelled.
    source : path or data frame, optional
        The labelled source: λ of decision stumps is then limited too, with half of the headline's δ.

    Returns
    -------
    Audit
        ``verdict`` and ``claims`` (`target_error.direct` first), and the ``whytransfer/audit/1`` document. It has no model.

    Raises
    ------
    InputError
        In one line with its row: a label that is no class, a row that is not in the plan, a row with two labels.

    References
    ----------
    As `plan_labels`: docs/theory/labels.md.

    Examples
    --------
    >>> import whytransfer as wt
    >>> world = wt.lab.gaussians(mean=1.0)
    >>> problem = world.sample(300, 300, seed=0)
    >>> plan = wt.plan_labels(problem, tolerance=0.4, budget=60)
    >>> truth = problem.classes[problem.target.labels]
    >>> wt.certify(plan, truth[plan.rows]).verdict.answer
    <Answer.WORKS: 'works'>
    """
    from whytransfer.labels import LabelPlan
    from whytransfer.labels.number_plan import NumberPlan
    from whytransfer.steps.certificate import certificate
    from whytransfer.steps.planned_adaptability import adaptability

    if isinstance(plan, NumberPlan):
        if source is not None:
            raise InputError("source: λ is limited from labels of classes only; leave it out")
        from whytransfer.steps.regression.certificate import certificate as certificate_of_numbers

        return _audit(certificate_of_numbers(plan, _filled(plan, labels)))
    if not isinstance(plan, LabelPlan):
        raise InputError(
            f"certify: expected a plan, got {type(plan).__name__}; make one with wt.plan_labels or LabelPlan.read"
        )
    filled = _filled(plan, labels)
    further = () if source is None else (adaptability(plan, filled, source),)
    return _audit(certificate(plan, filled, further, shared=source is not None))


def _audit(found: Certified) -> Audit:
    return Audit(
        verdict=found.verdict,
        claims=found.claims,
        warnings=found.warnings,
        model=None,
        splits=None,
        document=found.document,
    )


def _filled(plan: LabelPlan | NumberPlan, labels: Any) -> Filled:
    """Labels in any of their forms."""
    from whytransfer.labels.sheet import gather, read

    if isinstance(labels, (str, os.PathLike)):
        return read(plan, Path(labels))
    if isinstance(labels, Mapping):
        return gather(plan, list(labels.items()), "labels")
    if getattr(labels, "columns", None) is not None:
        raise InputError(
            "labels: expected a path, a mapping from row to label or one label for each row of the plan, got a data frame; "
            f"give dict(zip(frame['row'], frame[{plan.label!r}]))"
        )
    try:
        values = list(labels)
    except TypeError:
        raise InputError(
            "labels: expected a path, a mapping from row to label or one label for each row of the plan, got "
            f"{type(labels).__name__}"
        ) from None
    if len(values) != plan.n:
        raise InputError(
            f"labels: expected {plan.n}, one for each row of the plan in its order, got {len(values)}; "
            "give a mapping from row to label, or None where a label is missing"
        )
    return gather(plan, list(zip(plan.rows.tolist(), values, strict=True)), "labels")
