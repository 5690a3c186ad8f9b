"""Whether a given model was trained on the source rows that are to judge it: it beside clones that have not seen them."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from whytransfer.claims import NOT_TRAINED_ON_SOURCE, Assumption, Status
from whytransfer.models import Subject
from whytransfer.models.given import clone_of
from whytransfer.problem import Problem, Splits
from whytransfer.steps.case import Case

REJECTED_BELOW = 0.05
"""Level of the sign test: a rejection withholds claims, so that it need not be rarer."""
FOLDS = 5
"""Of the clones: each learns from four fifths of the rows, nearly as many as the model may have seen."""


def tested(problem: Problem, splits: Splits, subject: Subject) -> tuple[Assumption, tuple[str, ...]]:
    """`NOT_TRAINED_ON_SOURCE` after an exact sign test, and what there is to say of it.

    On rows that a split leaves for judging, how often is the model nearer to the label than a clone that was cross-fitted on them, among
    the rows on which one is nearer? Of classes: how often is it right alone.
    """
    clone = _cross_fitted(problem, splits, subject.model)
    if clone is None:
        note = "the given model can't be cloned, so that nothing could test whether it was trained on these source rows"
        return NOT_TRAINED_ON_SOURCE, (note,)
    rows = np.sort(np.concatenate([splits.source_choose, splits.source_evaluate]))
    own, other = _losses(problem, subject.source.codes, rows), _losses(problem, clone, rows)
    nearer, farther = int((own < other).sum()), int((own > other).sum())
    p = _at_least(nearer, nearer + farther)
    ahead, behind = ("nearer to the label", "farther") if problem.numeric else ("right alone", "wrong alone")
    test = f"exact sign test against a cross-fitted clone: {ahead} on {nearer} rows, {behind} on {farther}, p = {p:.3g}"
    power = f"{nearer + farther} rows on which they differ; a model that overfits little looks the same"
    if p < REJECTED_BELOW:
        note = f"the given model knows these source rows ({test}): claims about the source are withheld"
        return NOT_TRAINED_ON_SOURCE.with_status(Status.REJECTED, test=test, power=power), (note,)
    return NOT_TRAINED_ON_SOURCE.with_status(Status.NOT_REJECTED, test=test, power=power), ()


def outdone(case: Case, others: np.ndarray | None) -> str | None:
    """Why no estimate is trusted: nobody knows whether the model was trained on the source, and it does better there than all of ours; else None.

    A model that nobody can fit again has no clone to be held against. In its place stands the committee's member that errs least on the held-out
    rows, which it has not seen: that it is outdone shows a better model, or one that knows the rows, and nothing here tells the two apart. The rows that
    choose it judge it, too, which flatters it: the model has to do better still to be doubted, and no claim comes of it.

    Parameters
    ----------
    case : Case
    others : ndarray or None
        What the committee's members say on the source rows that the domain classifier saw, (M, n): codes of classes, or numbers.
    """
    known = case.subject.independent_of_source or case.not_trained.status is not Status.UNTESTED
    if known or case.apart is None or others is None or not others.size:
        return None
    problem, rows = case.problem, case.apart.source_rows
    labels = problem.source.labels[rows]  # type: ignore[index]
    own = _distances(problem, case.subject.source.codes[rows], labels)
    theirs = _distances(problem, others, labels)
    best = theirs[theirs.mean(axis=1).argmin()]
    nearer, farther = int((own < best).sum()), int((own > best).sum())
    if _at_least(nearer, nearer + farther) >= REJECTED_BELOW:
        return None
    done = "it is nearer to the label than" if problem.numeric else "it alone is right, and not"
    return (
        f"nobody said whether the model was trained on these source rows, and on {nearer} of {len(rows)} held-out ones {done} the best of our models, which "
        f"has not seen them (the other way round on {farther}): it may know these rows, so that no estimate is trusted; say trained_on_source=False "
        "(--trained-on-source no) if it was not, or give source rows that it has not seen"
    )


def _at_least(heads: int, tosses: int) -> float:
    """P(Bin(tosses, 1/2) ≥ heads), 1 without a toss."""
    from scipy.stats import binomtest

    return float(binomtest(heads, tosses, 0.5, alternative="greater").pvalue) if tosses else 1.0


def _losses(problem: Problem, said: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """How far what was said of source rows is from their labels; of classes 1[wrong]."""
    return _distances(problem, said[rows], problem.source.labels[rows])  # type: ignore[index]


def _distances(problem: Problem, said: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """How far what was said, (n,) or (M, n), is from the labels, (n,); of classes 1[wrong]."""
    return np.asarray(np.abs(said - labels) if problem.numeric else said != labels, dtype=np.float64)


def _cross_fitted(problem: Problem, splits: Splits, model: Any) -> np.ndarray | None:
    """Predictions (codes of classes, or numbers) for every labelled source row by clones that did not see it, shape (n,), NaN elsewhere.

    None where the model can't be cloned.
    """
    from sklearn.base import BaseEstimator

    if not isinstance(model, BaseEstimator) or not hasattr(model, "fit"):
        return None
    rows = np.sort(np.concatenate([splits.source_train, splits.source_choose, splits.source_evaluate]))
    fold = _folds(problem, rows)
    said = np.full(problem.source.n, np.nan)
    for k in range(FOLDS):
        seen, held = rows[fold != k], rows[fold == k]
        labels = problem.source.labels[seen]  # type: ignore[index]
        try:
            with warnings.catch_warnings():
                # What a clone's library warns of concerns the test only, not the model that is audited.
                warnings.simplefilter("ignore")
                answers = labels if problem.numeric else problem.classes[labels]
                fitted = clone_of(model).fit(problem.source.take(seen), answers)
                told = fitted.predict(problem.source.take(held))
            said[held] = told if problem.numeric else problem.codes(told, what="a clone's predictions")
        except (ValueError, TypeError):
            # A clone that can't be fitted alone (a prefitted part, say) can't serve as the witness; the caller says so.
            return None
    return said


def _folds(problem: Problem, rows: np.ndarray) -> np.ndarray:
    """A fold for each row, whole groups together."""
    groups = problem.source.groups
    units = (
        np.arange(len(rows))
        if groups is None
        else np.unique(groups[rows].astype(str), return_inverse=True)[1]
    )
    return np.asarray(units % FOLDS)
