"""Adapting a model of a quantity: candidates, what labelled target rows say of them, and a choice that keeps the source model unless it gains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.utils.validation import check_is_fitted

from whytransfer.choice import SOURCE, Choice, keep
from whytransfer.claims import Claim, Level, Unit
from whytransfer.errors import InputError
from whytransfer.methods.numeric import (
    ASSUMPTIONS,
    BLIND,
    JOINT,
    NUMERIC_METHODS,
    TITLES,
    WITH_LABELS,
    NumericMethod,
)
from whytransfer.metrics import Loss
from whytransfer.names import resolve
from whytransfer.problem import Problem, Splits, splits_of
from whytransfer.steps.adapt.claims import LABELS_AT_RANDOM
from whytransfer.steps.adapt.ground import TARGET_SHARES, without_spent
from whytransfer.steps.adapt.records import Candidate
from whytransfer.steps.adapt.run import NOTHING, Outcome
from whytransfer.steps.progress import step

Floats = NDArray[np.float64]

SOURCE_SHARES = (0.7, 0.0, 0.3)
"""Train, choose, evaluate: candidates are compared on target labels, so that no source row is spent on choosing."""

FEWEST_LABELS = 10
"""Labelled target rows below which nothing is chosen: a t interval of fewer differences is wider than any gain worth having."""
FOLDS = 5
FAILURE = 0.05
"""Of the comparison that may replace the source model, divided among the candidates."""

ABSOLUTE = Loss(name="absolute")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """What a candidate gains over the source model on labelled target rows that trained neither of them.

    Parameters
    ----------
    name : str
        Of the candidate.
    rows : int
        k labelled rows.
    mean, lower, upper : float
        Mean of |h_source − y| − |h_candidate − y|, in the unit of the label, with limits by Student's t, each at `FAILURE` over the
        number of candidates.
    crossed : bool
        Whether it learns from labels, so that siblings that did not see a row were judged on it.
    """

    name: str
    rows: int
    mean: float
    lower: float
    upper: float
    crossed: bool

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "rows": self.rows,
            "gain": self.mean,
            "lower": self.lower,
            "upper": self.upper,
            "cross_fitted": self.crossed,
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tried:
    """A fitted candidate, or why it could not be fitted."""

    name: str
    method: NumericMethod | None
    failed: str | None = None


class AimedNumbers(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """`method` towards `target`: an estimator of ``fit(X, y)``, as an audit trains one.

    Parameters
    ----------
    method : NumericMethod
        Unfitted.
    target : rows
        Target rows.
    target_y : (m,) array or None
        Labels, NaN where unknown.
    """

    def __init__(self, method: NumericMethod, target: Any, target_y: Any = None) -> None:
        self.method = method
        self.target = target
        self.target_y = target_y

    def fit(self, X: Any, y: Any) -> AimedNumbers:
        """Fit a clone of the method on source rows (n, p) with labels (n,)."""
        self.method_ = clone(self.method).fit(X, y, target=self.target, target_y=self.target_y)
        return self

    def predict(self, X: Any) -> Floats:
        """Numbers for target rows, (m,)."""
        check_is_fitted(self, "method_")
        return np.asarray(self.method_.predict(X))


def adapted(problem: Problem, methods: Any, learner: Any, target_labels: Any, seed: int) -> Outcome:
    """Adapt where labelled target rows show a gain, else keep the source model."""
    labels = _labels(problem, target_labels)
    names = _names(methods, with_labels=bool(np.isfinite(labels).any()))
    splits = _splits(problem, labels, seed)
    if not len(splits.source_train):
        raise InputError("the source has no labelled row to train on; give rows with their labels")
    step("fitting the candidates")
    tried = [_fit(problem, splits, labels, name, learner, seed) for name in (SOURCE, *names)]
    source = tried[0].method
    if source is None:
        raise InputError(f"the source model could not be fitted: {tried[0].failed}")
    step("comparing them on labelled target rows")
    gains = _gains(problem, splits, labels, tried)
    choice = _choice(gains, rivals=len(names), named=methods != "auto", k=len(splits.target_choose))
    chosen = next(t for t in tried if t.name == choice.name)
    model = chosen.method
    if model is None:
        raise ValueError("a candidate that could not be fitted was chosen")
    shown, known = _shown(problem, splits, labels, chosen.name)
    return Outcome(
        choice=choice,
        candidates=_records(tried, gains, choice),
        claims=(_ceiling(problem, splits, source, model), _gain(choice, gains)),
        warnings=_warnings(problem, splits, tried, chosen),
        model=model,
        splits=splits,
        audited=AimedNumbers(clone(model), shown, known),
    )


def _labels(problem: Problem, given: Any) -> Floats:
    """Target labels that may be learned from, NaN elsewhere."""
    if given is None:
        return np.full(problem.target.n, np.nan)
    labels = problem.with_target_labels(given).target.labels
    return np.full(problem.target.n, np.nan) if labels is None else np.asarray(labels, dtype=np.float64)


def _names(methods: Any, *, with_labels: bool) -> tuple[str, ...]:
    if isinstance(methods, str) and methods == "auto":
        return (*BLIND, JOINT, *WITH_LABELS) if with_labels else ()
    if isinstance(methods, str) or not isinstance(methods, Sequence):
        raise InputError(
            f"methods: expected 'auto' or a list of names, got {methods!r}; one method alone is a list of one"
        )
    known = dict.fromkeys(NUMERIC_METHODS, True)
    for name in methods:
        if not isinstance(name, str):
            raise InputError(
                f"methods: of a quantity expected names among {', '.join(NUMERIC_METHODS)}, got {type(name).__name__}"
            )
        resolve("method for a quantity", name, known)
    twice = next((name for name in methods if list(methods).count(name) > 1), None)
    if twice is not None:
        raise InputError(f"methods: {twice!r} stands there twice, expected each candidate once")
    needing = next((name for name in methods if name in WITH_LABELS and not with_labels), None)
    if needing is not None:
        raise InputError(
            f"methods: {needing} learns from target labels; give some with target_labels= (--labels)"
        )
    return tuple(name for name in methods if name != SOURCE)


def _splits(problem: Problem, labels: Floats, seed: int) -> Splits:
    blind = problem.with_target_labels(None)
    drawn = splits_of(blind, seed, source_shares=SOURCE_SHARES, target_shares=TARGET_SHARES)
    said = tuple(w for w in drawn.warnings if "choosing" not in w)
    return without_spent(problem, drawn, np.flatnonzero(np.isfinite(labels)), said)


def _shown(
    problem: Problem, splits: Splits, labels: Floats, name: str, known: np.ndarray | None = None
) -> tuple[Any, Floats | None]:
    """Raw target rows that a method sees, with a label or NaN for each where it learns from labels."""
    rows = splits.target_train
    if name not in WITH_LABELS:
        return problem.target.take(rows), None
    joining = splits.target_choose if known is None else splits.target_choose[known]
    values = np.concatenate([np.full(len(rows), np.nan), labels[joining]])
    return problem.target.take(np.concatenate([rows, joining])), values


def _fit(problem: Problem, splits: Splits, labels: Floats, name: str, learner: Any, seed: int) -> Tried:
    try:
        return Tried(name=name, method=_fitted(problem, splits, labels, NumericMethod(name, learner, seed)))
    except InputError as error:
        # One candidate less; an adaptation says who failed and goes on with the others.
        return Tried(name=name, method=None, failed=str(error))


def _fitted(
    problem: Problem,
    splits: Splits,
    labels: Floats,
    method: NumericMethod,
    known: np.ndarray | None = None,
) -> NumericMethod:
    shown, values = _shown(problem, splits, labels, method.method, known)
    rows = splits.source_train
    y = problem.source.labels[rows]  # type: ignore[index]
    return method.fit(problem.source.take(rows), y, target=shown, target_y=values)


def _gains(problem: Problem, splits: Splits, labels: Floats, tried: Sequence[Tried]) -> list[Gain]:
    """Every candidate beside the source model on labelled target rows; none where there are too few."""
    rows = splits.target_choose
    rivals = [t for t in tried[1:] if t.method is not None]
    if len(rows) < FEWEST_LABELS or not rivals or tried[0].method is None:
        return []
    taken, y = problem.target.take(rows), labels[rows]
    kept = np.abs(tried[0].method.predict(taken) - y)
    found = []
    for rival in rivals:
        if rival.method is None:
            continue
        said = (
            _crossed(problem, splits, labels, rival.method)
            if rival.method.needs_target_labels
            else rival.method.predict(taken)
        )
        found.append(
            _paired(rival.name, kept - np.abs(said - y), _units(problem, rows), len(rivals), rival.method)
        )
    return found


def _crossed(problem: Problem, splits: Splits, labels: Floats, method: NumericMethod) -> Floats:
    """By labelled row, what a sibling says that did not see its label; whole groups together."""
    rows = splits.target_choose
    units = _units(problem, rows)
    rng = np.random.default_rng(np.random.SeedSequence(method.seed, spawn_key=(55,)))
    fold = rng.permutation(int(units.max()) + 1)[units] % min(FOLDS, int(units.max()) + 1)
    said = np.empty(len(rows))
    for k in np.unique(fold):
        held = fold == k
        sibling = _fitted(problem, splits, labels, clone(method), known=~held)
        said[held] = sibling.predict(problem.target.take(rows[held]))
    return said


def _units(problem: Problem, rows: np.ndarray) -> np.ndarray:
    groups = problem.target.groups
    if groups is None:
        return np.arange(len(rows))
    return np.asarray(np.unique(groups[rows].astype(str), return_inverse=True)[1])


def _paired(name: str, gains: Floats, units: np.ndarray, rivals: int, method: NumericMethod) -> Gain:
    """Student's t of the paired differences; of groups, of the sums of their rows (ratio estimate)."""
    from scipy.stats import t

    mean = float(gains.mean())
    sums = np.bincount(units, weights=gains - mean)
    g = len(sums)
    error = float(np.sqrt((sums**2).sum() * g / max(g - 1, 1))) / len(gains)
    width = float(t.ppf(1.0 - FAILURE / rivals, max(g - 1, 1))) * error
    return Gain(
        name=name,
        rows=len(gains),
        mean=mean,
        lower=mean - width,
        upper=mean + width,
        crossed=method.needs_target_labels,
    )


def _choice(gains: Sequence[Gain], *, rivals: int, named: bool, k: int) -> Choice:
    if not k:
        why = (
            "the label is a quantity, and no record of other transfers shows that an alignment of the columns lowers such losses: "
            "without target labels no gain can be shown; give some with --labels (target_labels=)"
        )
        return keep(why, NOTHING, refused=True)
    if not rivals:
        return keep("no other candidate was given", NOTHING, refused=named)
    if not gains:
        return keep(
            f"{k} labelled target rows are too few to compare candidates, {FEWEST_LABELS} are needed, or none could be fitted",
            "target_labels",
            refused=True,
        )
    scores: dict[str, float | None] = {g.name: g.mean for g in gains}
    best = max(gains, key=lambda g: g.lower)
    if best.lower <= 0.0:
        why = (
            f"no candidate is shown to be nearer to the labels of {k} target rows: the surest, {best.name}, gains {best.mean:.4g}, at least "
            f"{best.lower:.4g} ({100 * (1 - FAILURE):g}% sure of all {len(gains)} candidates together)"
        )
        return keep(why, "target_labels", {SOURCE: 0.0, **scores})
    return Choice(
        name=best.name,
        why=f"on {best.rows} labelled target rows its mean absolute error is {best.mean:.4g} lower, at least {best.lower:.4g}",
        rule="target_labels",
        scores={SOURCE: 0.0, **scores},
        gain=best.mean,
        lower=best.lower,
        upper=best.upper,
        confidence=1.0 - FAILURE / len(gains),
    )


def _records(tried: Sequence[Tried], gains: Sequence[Gain], choice: Choice) -> tuple[Candidate, ...]:
    compared = {gain.name: gain.to_dict() for gain in gains}
    return tuple(
        Candidate(
            name=t.name,
            title=TITLES[t.name],
            family="quantity",
            assumption=ASSUMPTIONS[t.name],
            chosen=t.name == choice.name,
            score=choice.scores.get(t.name),
            evidence=None,
            compared=compared.get(t.name),
            failed=t.failed,
            notes=() if t.method is None else t.method.notes_,
        )
        for t in tried
    )


def _ceiling(problem: Problem, splits: Splits, source: NumericMethod, chosen: NumericMethod) -> Claim:
    """By the triangle inequality the mean absolute error rises by no more than both models differ.

    On the rows at hand that is certain; for the law it is an estimate, because predictions have no range that was declared.
    """
    rows = splits.target_evaluate
    blank = Claim(
        id="loss_ceiling", quantity="loss_ceiling", unit=Unit.LABEL, level=Level.ESTIMATED, loss="absolute"
    )
    if chosen is source:
        return Claim(
            id="loss_ceiling",
            quantity="loss_ceiling",
            unit=Unit.LABEL,
            level=Level.PROVED,
            estimate=0.0,
            lower=0.0,
            upper=0.0,
            loss="absolute",
            detail={"reason": "the source model is kept"},
        )
    if not len(rows):
        return blank.with_detail(reason="no target row is left that no step has seen")
    taken = problem.target.take(rows)
    differ = ABSOLUTE.powers(source.predict(taken), chosen.predict(taken))
    return Claim(
        id="loss_ceiling",
        quantity="loss_ceiling",
        unit=Unit.LABEL,
        level=Level.ESTIMATED,
        estimate=float(differ.mean()),
        loss="absolute",
        detail={
            "rows": len(rows),
            "convention": "mean absolute difference of both models' answers, in the unit of the label",
        },
    )


def _gain(choice: Choice, gains: Sequence[Gain]) -> Claim:
    found = next((g for g in gains if g.name == choice.name), None)
    return Claim(
        id="expected_gain",
        quantity="expected_gain",
        unit=Unit.LABEL,
        level=Level.ESTIMATED,
        estimate=choice.gain,
        lower=choice.lower,
        upper=choice.upper,
        confidence=choice.confidence,
        loss="absolute",
        assumptions=() if found is None else (LABELS_AT_RANDOM,),
        detail={"rule": choice.rule, **({} if found is None else {"compared": found.to_dict()})},
    )


def _warnings(problem: Problem, splits: Splits, tried: Sequence[Tried], chosen: Tried) -> tuple[str, ...]:
    failed = [f"{t.name} could not be fitted: {t.failed}" for t in tried if t.failed is not None]
    notes = [] if chosen.method is None else [f"{chosen.name}: {note}" for note in chosen.method.notes_]
    return tuple(dict.fromkeys((*problem.warnings, *splits.warnings, *failed, *notes)))
