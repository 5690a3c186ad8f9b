"""Adapting with several sources: one model of all rows, each source alone, or the combination by where their rows lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, clone

from whytransfer.choice import SOURCE, Choice, Paired, keep
from whytransfer.claims import Assumption, Claim, Level, Unit, figures
from whytransfer.errors import InputError
from whytransfer.models.combined import DistributionWeighted
from whytransfer.models.learners import learner as learner_named
from whytransfer.overlap import DomainClassifier
from whytransfer.problem import Encoder, Problem, Splits
from whytransfer.steps.adapt.claims import doubts, loss_ceiling
from whytransfer.steps.adapt.ground import divided, met
from whytransfer.steps.adapt.records import Candidate
from whytransfer.steps.adapt.request import Request
from whytransfer.steps.adapt.run import NOTHING, Outcome
from whytransfer.steps.progress import step
from whytransfer.steps.sources import Sources, fitted
from whytransfer.steps.told_apart import MOST_ROWS, at_most

COMBINED = "distribution_weighted"
ALONE = "source."
FAILURE = 0.05
"""Of the comparison that may replace the model of all rows, divided among the candidates."""
FEWEST_ROWS = 20
"""Held-out source rows, or target rows, below which nothing is estimated."""

MIXTURE = Assumption(
    id="target_is_mixture",
    text="the target's rows are a mixture of the sources' rows, and labels depend on the columns as in the source a row is like",
)


class Kept(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A fitted model that an audit may "train": on the rows that trained it, it is what it is.

    Parameters
    ----------
    model : classifier
        Fitted.
    rows : int
        On how many rows, so that other rows are refused.
    said : str
        What it is, for a verdict's line.
    """

    def __init__(self, model: Any, rows: int, said: str) -> None:
        self.model = model
        self.rows = rows
        self.said = said

    def __sklearn_clone__(self) -> Kept:
        # A clone of the model would be unfitted, and its sources are not among the columns.
        return Kept(self.model, self.rows, self.said)

    def fit(self, X: Any, y: Any) -> Kept:
        """The model, as it was fitted.

        Raises
        ------
        InputError
            On other rows than those that trained it.
        """
        if len(y) != self.rows:
            raise InputError(f"expected the {self.rows} rows that trained the model, got {len(y)}")
        self.model_, self.classes_ = self.model, self.model.classes_
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Labels of rows (m, p), shape (m,)."""
        return np.asarray(self.model_.predict(X))

    def predict_proba(self, X: Any) -> np.ndarray:
        """Class probabilities, (m, K)."""
        return np.asarray(self.model_.predict_proba(X))

    @property
    def spoken(self) -> str:
        """What it is, for a verdict's line."""
        return self.said


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """What a candidate gains over the model of all rows: estimate and limits in error units, and on how many rows."""

    name: str
    rows: int
    gain: float
    lower: float
    upper: float

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"rows": self.rows, "gain": self.gain, "lower": self.lower, "upper": self.upper}


def adapted(
    problem: Problem, domains: Any, methods: Any, learner: Any, target_labels: Any, seed: int
) -> Outcome:
    """The model of all sources' rows together, unless another is shown to err less on the target."""
    if not (isinstance(methods, str) and methods == "auto"):
        raise InputError(
            "methods: with several sources the candidates are the sources and their combination; leave methods out"
        )
    request = Request.checked(problem, [], learner, target_labels, seed)
    sources = Sources.checked(problem, domains)
    splits = divided(problem.with_target_labels(None), request)
    step("training a model for each source")
    # Labelled rows compare the candidates: those that z was fitted on would be on its side.
    combined = fitted(problem, sources, splits.source_train, splits.target_train, learner, seed)
    models = {SOURCE: _pooled(problem, splits, learner, seed), COMBINED: combined}
    models |= {
        f"{ALONE}{name}": member for name, member in zip(combined.names_, combined.members_, strict=True)
    }
    labels = request.labelled[splits.target_choose]
    step("comparing them")
    apart = None
    if request.with_labels:
        gains, rule = _by_labels(problem, splits, models, labels), "target_labels"
    else:
        gains, rule = _by_mixture(problem, sources, splits, models, combined), "label_free"
        apart = _mixture_rejected(problem, sources, splits, combined, seed)
    choice = _choice(gains, rule, apart, len(labels))
    return _outcome(problem, splits, models, combined, gains, choice)


def _pooled(problem: Problem, splits: Splits, learner: Any, seed: int) -> Any:
    rows = splits.source_train
    labels = problem.classes[problem.source.labels[rows]]  # type: ignore[index]
    taken = problem.source.take(rows)
    if len(np.unique(labels)) < 2 or not Encoder().fit(taken).get_feature_names_out().size:
        raise InputError(
            "the training rows of all sources hold one class, or no column that varies: nothing can be learned"
        )
    named = learner is None or isinstance(learner, str)
    from sklearn.base import clone

    made = learner_named(learner or "logistic", seed) if named else clone(learner)
    return made.fit(taken, labels)


def _codes(problem: Problem, model: Any, rows: Any) -> NDArray[np.int64]:
    return problem.codes(model.predict(rows), "predictions")


def _by_labels(
    problem: Problem, splits: Splits, models: dict[str, Any], labels: NDArray[np.int64]
) -> list[Gain]:
    """Paired with the model of all rows on labelled target rows, exact at finite numbers (betting), Bonferroni."""
    taken = problem.target.take(splits.target_choose)
    kept = _codes(problem, models[SOURCE], taken) != labels
    found = []
    for name, model in models.items():
        if name == SOURCE:
            continue
        pair = Paired(name=name, wrong=_codes(problem, model, taken) != labels, source_wrong=kept)
        failure = FAILURE / (len(models) - 1)
        found.append(
            Gain(
                name=name,
                rows=pair.rows,
                gain=pair.gain,
                lower=pair.lower(failure),
                upper=pair.upper(failure),
            )
        )
    return found


def _by_mixture(
    problem: Problem,
    sources: Sources,
    splits: Splits,
    models: dict[str, Any],
    combined: DistributionWeighted,
) -> list[Gain]:
    """On held-out source rows, each source weighing as much as in the target's mixture; limits by the normal law, Bonferroni."""
    from scipy.stats import norm

    rows = splits.source_choose
    if len(rows) < FEWEST_ROWS or not len(splits.target_train):
        return []
    weights = _mixture_weights(sources, rows, combined)
    if weights is None:
        return []
    taken, labels = problem.source.take(rows), problem.source.labels[rows]  # type: ignore[index]
    kept = (_codes(problem, models[SOURCE], taken) != labels).astype(float)
    quantile = float(norm.ppf(1.0 - FAILURE / (len(models) - 1)))
    found = []
    for name, model in models.items():
        if name == SOURCE:
            continue
        won = kept - (_codes(problem, model, taken) != labels)
        mean = float(weights @ won)
        width = quantile * float(np.sqrt(weights**2 @ (won - mean) ** 2))
        found.append(Gain(name=name, rows=len(rows), gain=mean, lower=mean - width, upper=mean + width))
    return found


def _mixture_weights(
    sources: Sources, rows: NDArray[np.int64], combined: DistributionWeighted
) -> NDArray[np.float64] | None:
    """z_k over the number of these rows that source k has, summing to one; None where a source that counts has none."""
    weights = np.zeros(len(rows))
    for share, name in zip(combined.mixture_, combined.names_, strict=True):
        own = sources.of_row[rows] == name
        if own.any():
            weights[own] = share / own.sum()
    total = float(weights.sum())
    # A source without a held-out row that makes up more than a hundredth of the target can't be judged.
    return weights / total if total > 0.99 else None


def _mixture_rejected(
    problem: Problem, sources: Sources, splits: Splits, combined: DistributionWeighted, seed: int
) -> str | None:
    """Why the target is no mixture of the sources: a classifier tells its rows from source rows drawn in the shares z."""
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(58,)))
    rows = splits.source_choose
    weights = _mixture_weights(sources, rows, combined)
    if weights is None or len(splits.target_train) < FEWEST_ROWS:
        return "too few rows to tell whether the target is a mixture of the sources"
    drawn = _drawn_once(sources, rows, combined, rng)
    target = at_most(splits.target_train, MOST_ROWS, rng)
    encoder = combined.gate_[:-1]
    here, there = (
        np.asarray(_dense(encoder.transform(part)), dtype=np.float64)
        for part in (problem.source.take(drawn), problem.target.take(target))
    )
    seen = DomainClassifier.fit(here, there, seed=seed)
    if seen.auc_lower is not None and seen.auc_lower > 0.5:
        return (
            f"the target is no mixture of the sources: its rows are told from source rows in the estimated shares with AUC {seen.auc:.3f}, at "
            f"least {figures.at_least(seen.auc_lower)}"
        )
    return None


def _drawn_once(
    sources: Sources,
    rows: NDArray[np.int64],
    combined: DistributionWeighted,
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Held-out source rows in the shares z, none twice: a row that stands twice gives itself away."""
    counts = {name: np.flatnonzero(sources.of_row[rows] == name) for name in combined.names_}
    counted = [
        (share, counts[name])
        for share, name in zip(combined.mixture_, combined.names_, strict=True)
        if share > 0.01
    ]
    size = min(len(own) / share for share, own in counted)
    parts = [rows[rng.permutation(own)[: max(1, int(share * size))]] for share, own in counted]
    return np.sort(np.concatenate(parts))


def _dense(table: Any) -> Any:
    return table.toarray() if hasattr(table, "toarray") else table


def _choice(gains: Sequence[Gain], rule: str, apart: str | None, k: int) -> Choice:
    if not gains:
        return keep("too few rows can be compared to choose among the sources", NOTHING, refused=True)
    scores: dict[str, float | None] = {SOURCE: 0.0, **{g.name: g.gain for g in gains}}
    if apart is not None:
        return keep(
            f"{apart}: without target labels no gain can be shown; give some with --labels",
            rule,
            scores,
            refused=True,
        )
    best = max(gains, key=lambda g: g.lower)
    where = f"{k} labelled target rows" if k else "held-out source rows in the shares of the target's mixture"
    if best.lower <= 0.0:
        why = f"no candidate is shown to err less on {where}: the surest, {best.name}, gains {best.gain:.3f}, at least {figures.at_least(best.lower)}"
        return keep(why, rule, scores)
    return Choice(
        name=best.name,
        why=f"on {where} it errs {best.gain:.3f} less than one model of all rows, at least {figures.at_least(best.lower)}",
        rule=rule,
        scores=scores,
        gain=best.gain,
        lower=best.lower,
        upper=best.upper,
        # All candidates' limits hold together so surely, and so do those of whichever is chosen by them.
        confidence=1.0 - FAILURE,
    )


def _outcome(
    problem: Problem,
    splits: Splits,
    models: dict[str, Any],
    combined: DistributionWeighted,
    gains: Sequence[Gain],
    choice: Choice,
) -> Outcome:
    said = f"the adapted model ({_title(choice.name)})" if not choice.kept else "one model of all sources"
    kept = Kept(models[choice.name], len(splits.source_train), said)

    def differ(rows: np.ndarray) -> np.ndarray:
        taken = problem.target.take(rows)
        return np.asarray(
            _codes(problem, models[SOURCE], taken) != _codes(problem, models[choice.name], taken)
        )

    ceiling = loss_ceiling(problem, splits, None if choice.kept else differ)
    model = clone(kept).fit(None, np.empty(len(splits.source_train)))
    if not choice.kept:
        model.met_ = met(problem, splits, combined.gate_.named_steps["encode"])
    return Outcome(
        choice=choice,
        candidates=_candidates(models, combined, gains, choice),
        claims=(ceiling, _gain(problem, splits, combined, choice)),
        warnings=tuple(dict.fromkeys((*problem.warnings, *splits.warnings))),
        model=model,
        splits=splits,
        audited=kept,
    )


def _candidates(
    models: Mapping[str, Any], combined: DistributionWeighted, gains: Sequence[Gain], choice: Choice
) -> tuple[Candidate, ...]:
    """What the document keeps of each of the models."""
    found = {gain.name: gain for gain in gains}
    shares = dict(zip(combined.names_, combined.mixture_, strict=True))
    return tuple(
        Candidate(
            name=name,
            title=_title(name),
            family="sources",
            assumption=MIXTURE.text if name == COMBINED else "labels depend on the columns there as here",
            chosen=name == choice.name,
            score=choice.scores.get(name),
            evidence=None,
            compared=found[name].to_dict() if name in found else None,
            failed=None,
            notes=(f"share of the target's mixture: {shares[name.removeprefix(ALONE)]:.3f}",)
            if name.startswith(ALONE)
            else (),
        )
        for name in models
    )


def _gain(problem: Problem, splits: Splits, combined: DistributionWeighted, choice: Choice) -> Claim:
    """What the chosen model is expected to gain over that of all sources."""
    by_labels = choice.rule == "target_labels"
    # Where every target row is labelled, z had to be fitted on rows that compare.
    fresh = choice.name != COMBINED or not len(np.intersect1d(splits.target_train, splits.target_choose))
    stands = doubts(problem, labelled=True, by_groups=False) if by_labels else (MIXTURE,)
    return Claim(
        id="expected_gain",
        quantity="expected_gain",
        unit=Unit.ERROR,
        level=Level.CONDITIONAL if choice.lower is not None and by_labels and fresh else Level.ESTIMATED,
        estimate=choice.gain,
        lower=choice.lower,
        upper=choice.upper,
        confidence=choice.confidence,
        loss="zero_one",
        assumptions=() if choice.kept else stands,
        detail={
            "rule": choice.rule,
            "mixture": {str(k): float(v) for k, v in zip(combined.names_, combined.mixture_, strict=True)},
        },
    )


def _title(name: str) -> str:
    if name == SOURCE:
        return "one model of all sources"
    if name == COMBINED:
        return "the combination by where the sources' rows lie"
    return f"the model of {name.removeprefix(ALONE)} alone"
