"""A scikit-learn scorer by estimated target error: model selection for a target without labels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from whytransfer.errors import InputError
from whytransfer.names import resolve

if TYPE_CHECKING:
    import numpy as np

    from whytransfer.estimators import View
    from whytransfer.methods.met import Met
    from whytransfer.problem import Problem

HALVES = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TargetError:
    """−(estimated target error) of a fitted model, from labelled rows that did not train it and unlabelled target rows.

    The estimate is err_S on those rows plus the rise by which models of other families contradict the model more on the target, and by which its
    target probabilities cost more to give the source's labels: .8 of the larger and .2 of the smaller.
    It is an estimate of the error of one model; between ways of adapting it does not rank (an alignment moves all families alike), which is
    what `adapt` is for.

    Parameters
    ----------
    target : rows
        Unlabelled target rows with the same columns.
    seed : int
        Of the committee.
    """

    target: Any
    seed: int = 0

    def __repr__(self) -> str:
        return f"TargetError(target=<{type(self.target).__name__}>, seed={self.seed})"

    @property
    def met_(self) -> Met:
        """The target rows by which a search chooses, by hashes."""
        from whytransfer.methods.met import Met
        from whytransfer.problem import Encoder

        return Met.of(Encoder().fit(self.target), self.target)

    def __call__(self, estimator: Any, X: Any, y: Any) -> float:
        """The score on held-out source rows (n, p) with their labels (n,); at most 0, the greater the better.

        Raises
        ------
        InputError
            When the columns differ, or the rows are too few for any estimate.
        """
        import numpy as np

        from whytransfer.problem import Problem

        problem = Problem(X, y, self.target)
        problem.refuse_numeric(
            "make_scorer",
            "no estimate without target labels was seen to choose better than the loss on held-out rows: use scoring='neg_mean_absolute_error', then audit what it chose",
        )
        if problem.mismatch:
            raise InputError(f"target_error: the rows can't be compared with the target: {problem.mismatch}")
        views = _views(problem, estimator, self.seed)
        errors = np.average([view.source_error for view in views], weights=[view.n for view in views])
        rise = np.mean([_rise(view) for view in views])
        return -float(np.clip(errors + rise, 0.0, 1.0))


def make_scorer(name: str, target: Any = None) -> TargetError:
    """A scikit-learn scorer by estimated target error, for ``GridSearchCV(scoring=...)`` and ``cross_val_score``.

    Parameters
    ----------
    name : {"target_error"}
        What is estimated; the scorer gives its negative.
    target : array-like or frame, shape (m, p)
        Unlabelled target rows.

    Returns
    -------
    TargetError
        A callable ``(estimator, X, y)``: minus the estimated target error of a fitted estimator, in [−1, 0].

    Raises
    ------
    UnknownNameError
        For any other name.
    InputError
        Without target rows.

    References
    ----------
    docs/estimators.md (`panel_votes`) has the estimate and what it is made of.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> rng = np.random.default_rng(0)
    >>> X, y = rng.normal(size=(200, 2)), rng.integers(0, 2, 200)
    >>> scorer = make_scorer("target_error", target=X + 1)
    >>> -1 <= scorer(LogisticRegression().fit(X, y), X, y) <= 0
    True
    """
    kind = resolve("scorer", name, {"target_error": TargetError})
    if target is None:
        raise InputError("make_scorer: expected target= with unlabelled target rows, got none")
    return kind(target=target)


def _views(problem: Problem, estimator: Any, seed: int) -> list[View]:
    """The labelled rows in two halves, each judged by the committee that the other half taught; without one, all rows at once."""
    import numpy as np

    from whytransfer.models.committee import Committee
    from whytransfer.models.family import family_of

    whole = _view(problem, estimator, seed)
    here, there = _columns(problem)
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(61,)))
    turn, found = rng.permutation(whole.n) % HALVES, []
    for half in range(HALVES):
        taught, judged = turn != half, turn == half
        labels, codes = whole.source_labels, whole.source_codes
        others = Committee.fit(here[taught], labels[taught], classes=whole.classes, seed=seed)
        if others is None:
            return [whole]
        own = family_of(estimator)
        votes = others.votes(here[judged], labels[judged], codes[judged], there, whole.target_codes, own=own)
        proba = None if whole.source_proba is None else whole.source_proba[judged]
        found.append(
            replace(
                whole,
                source_labels=labels[judged],
                source_codes=codes[judged],
                source_proba=proba,
                votes=votes,
            )
        )
    return found


def _view(problem: Problem, estimator: Any, seed: int) -> View:
    """What the estimators may see, without a committee."""
    from whytransfer.backtest.view import View
    from whytransfer.models.subject import Kind, of_model

    said = of_model(problem, estimator, kind=Kind.GIVEN, title="the model")
    rows = problem.source.labelled
    return View(
        classes=len(problem.classes),
        source_labels=problem.source.labels[rows],  # type: ignore[index]
        source_codes=said.source.codes[rows],
        target_codes=said.target.codes,
        source_proba=None if said.source.proba is None else said.source.proba[rows],
        target_proba=said.target.proba,
        seed=seed,
    )


def _columns(problem: Problem) -> tuple[np.ndarray, np.ndarray]:
    """Encoded columns of the labelled rows and of the target, in units of the former's standard deviations."""
    from whytransfer.methods.columns import Columns

    rows = problem.source.take(problem.source.labelled)
    columns = Columns.of(rows)
    return columns.numbers(rows, "source"), columns.numbers(problem.target.rows, "target")


def _rise(view: View) -> float:
    """How much the error is expected to rise.

    Raises
    ------
    InputError
        When neither estimator has anything to stand on.
    """
    from whytransfer.backtest.profile import LARGER
    from whytransfer.estimators import DisagreementGap, TransportGap

    asked = [DisagreementGap(), TransportGap()]
    why = [one.applies(view) for one in asked]
    rises = [
        one.estimate(view) - view.source_error for one, lacks in zip(asked, why, strict=True) if lacks is None
    ]
    if not rises:
        raise InputError(f"target_error: can't be estimated, {why[0]}; give more held-out rows (fewer folds)")
    return float(LARGER * max(rises) + (1.0 - LARGER) * min(rises))
