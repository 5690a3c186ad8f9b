"""Several labelled sources and one target: which source transfers, are the sources compatible, and how much each should say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from whytransfer.backtest import Reference
from whytransfer.claims import NOT_TRAINED_ON_SOURCE, Budget, Claim
from whytransfer.errors import InputError
from whytransfer.models import Kind
from whytransfer.models.combined import DistributionWeighted
from whytransfer.models.given import is_fitted
from whytransfer.models.subject import of_model
from whytransfer.problem import Problem, Splits, splits_of
from whytransfer.steps import comparison, errors, panel, weighted
from whytransfer.steps.measured import answered
from whytransfer.steps.options import Options
from whytransfer.steps.progress import step
from whytransfer.steps.run import WEIGHTS_UNUSED, Findings, prepare
from whytransfer.steps.subject import Found, Taught

MOST_SOURCES = 8
"""Sources that are compared, 56 ordered pairs."""
FEWEST_ROWS = 40
"""Labelled rows of a source: half of them train its model, and 20 are left to judge it."""

UNWEIGHED = "single sources and pairs of sources are counted without weights: claims about the combination alone weigh their rows"
"""Said where rows have weights, and in ``detail.weights`` of every claim that has none of them."""

WHOLE, EACH, PAIRS = 1 / 2, 1 / 4, 1 / 4
"""How δ is shared: the audit of the combination, which is judged; the claims about single sources; those about pairs of sources."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sources:
    """Which source row belongs to which source.

    Parameters
    ----------
    names : tuple of str
        The K sources, sorted.
    of_row : ndarray of str, shape (n,)
        The source of every source row.
    """

    names: tuple[str, ...]
    of_row: np.ndarray

    @classmethod
    def checked(cls, problem: Problem, domains: Any) -> Sources:
        """The sources, or one sentence about why there are none.

        Raises
        ------
        InputError
            When there is not one name a source row, a name is missing, there are fewer than two or more than `MOST_SOURCES` sources, or one has
            too few labelled rows.
        """
        import pandas as pd

        given = pd.Series(np.asarray(domains, dtype=object).reshape(-1))
        if len(given) != problem.source.n:
            raise InputError(f"domains: expected {problem.source.n}, one a source row, got {len(given)}")
        if given.isna().any():
            row = int(np.flatnonzero(given.isna())[0])
            raise InputError(f"domains: row {row} of the source names none, expected the source of every row")
        names = given.astype(str).to_numpy()
        kinds = tuple(np.unique(names.astype(str)).tolist())
        if not 2 <= len(kinds) <= MOST_SOURCES:
            raise InputError(
                f"domains: expected two to {MOST_SOURCES} sources, got {len(kinds)}; with one, leave --domain out, with more, merge some"
            )
        for name in kinds:
            labelled = int((problem.source.labelled & (names == name)).sum())
            if labelled < FEWEST_ROWS:
                raise InputError(
                    f"domains: source {name!r} has {labelled} labelled rows, expected at least {FEWEST_ROWS}; merge it with another, or leave it out"
                )
        return cls(names=kinds, of_row=names.astype(str))

    def rows(self, name: str) -> np.ndarray:
        """Positions of the rows of a source."""
        return np.flatnonzero(self.of_row == name)


def audited(
    problem: Problem, domains: Any, model: Any, options: Options, reference: Reference, column: str | None
) -> Findings:
    """The audit of the distribution-weighted combination, with every source alone and every pair of sources beside it.

    Parameters
    ----------
    problem : Problem
        All sources together as its source.
    domains : array-like, shape (n,)
        The source of every source row.
    model : object, str or None
        Unfitted, or the name of a learner: what every source trains.
    options : Options
        Their δ is that of everything together.
    reference : Reference
        As in an audit.
    column : str or None
        What `domains` is called.
    """
    sources = Sources.checked(problem, domains)
    if model is not None and not isinstance(model, str) and is_fitted(model):
        raise InputError(
            "domains: every source trains a model of its own, so that a fitted one can't be given; name a learner (--learner) or leave it out"
        )
    if options.metric is not None:
        raise InputError("domains: several sources are judged by the error; leave metric out")
    splits = splits_of(problem, options.seed)
    step("training a model for each source")
    combined = fitted(problem, sources, splits.source_train, _choosing(splits), model, options.seed)
    title = f"the combination of {len(sources.names)} sources by where their rows lie"
    subject = of_model(problem, combined, kind=Kind.TRAINED, title=title)
    taught = Taught.of(
        Found(subject=subject, not_trained=NOT_TRAINED_ON_SOURCE, warnings=subject.warnings), None
    )
    scored, spent = _unspent(problem, splits, options)
    found = answered(scored, taught, None, replace(options, delta=options.delta * WHOLE), reference, splits)
    weighed = weighted.weighted(problem)
    notes = [note for note in (spent, UNWEIGHED if weighed else None) if note is not None]
    found = replace(found, warnings=(*found.warnings, *notes))
    found.document["warnings"].extend(notes)
    told = {
        "column": column,
        "sharing": f"the combination has {WHOLE:g} of δ, the {len(sources.names)} sources {EACH:g} and their pairs {PAIRS:g}, each equal parts, so that "
        "all claims hold together (union bound)",
        "combination": "distribution_weighted",
        "each": _each(problem, sources, combined, model, options, reference),
        "pairs": _pairs(problem, sources, model, options),
    }
    document = {**found.document, "delta": options.delta, "sources": told}
    return replace(found, document=document)


def _unspent(problem: Problem, splits: Splits, options: Options) -> tuple[Problem, str | None]:
    """The problem whose labelled target rows had no part in the combination, and what was taken out.

    z is what suits the rows that chose it best: on them the combination errs less than it does on others. Of a file that is the whole
    target the error on its very rows is asked for, whatever chose z, and only the choice of the labelled ones is random.
    """
    known, chosen = problem.target.labelled, _choosing(splits)
    spent = int(known[chosen].sum())
    if options.population == "file" or not spent or problem.target.labels is None:
        return problem, None
    kept = known.copy()
    kept[chosen] = False
    labels = np.full(problem.target.n, None, dtype=object)
    labels[kept] = problem.classes[problem.target.labels[kept]]
    note = f"{spent} labelled target rows chose how much each source says: their labels leave what is said of the combination"
    return problem.with_target_labels(labels if kept.any() else None), note


def _choosing(splits: Splits) -> np.ndarray:
    """The target rows that z is fitted on."""
    return splits.target_choose if len(splits.target_choose) else splits.target_train


def fitted(
    problem: Problem,
    sources: Sources,
    rows: np.ndarray,
    chosen: np.ndarray,
    model: Any,
    seed: int,
) -> DistributionWeighted:
    """The combination, fitted on the source's training `rows`; z on the target rows `chosen`, which may judge it no more."""
    labels = problem.classes[problem.source.labels[rows]]  # type: ignore[index]
    target = problem.target.take(chosen) if len(chosen) else None
    return DistributionWeighted(model, seed).fit(
        problem.source.take(rows), labels, domains=sources.of_row[rows], target=target
    )


def _each(
    problem: Problem,
    sources: Sources,
    combined: DistributionWeighted,
    model: Any,
    options: Options,
    reference: Reference,
) -> list[dict[str, Any]]:
    """Every source alone: its weight, its model's error at home and, counted or estimated, there."""
    share = options.delta * EACH / len(sources.names)
    told = []
    for name in sources.names:
        step(f"source {name}")
        part = problem.with_rows(source=sources.rows(name))
        case, notes = prepare(part, model, None, replace(options, delta=share))
        notes = [note for note in notes if note != WEIGHTS_UNUSED]
        # Half of its share for what is counted on the target, half for the error at home.
        case = replace(case, budget=Budget.declare(share, ("source_error",)))
        seen = panel.view(case, panel.committee(case))
        estimate = panel.claims(case, panel.describe(case, seen), reference)[0]
        counted = errors.direct(case)
        made = [errors.source_error(case), *([] if counted is None else [counted]), estimate]
        told.append(
            {
                "name": name,
                "rows": int(part.source.n),
                "labelled": int(part.source.labelled.sum()),
                "weight": float(combined.mixture_[combined.names_.index(name)])
                if name in combined.names_
                else 0.0,
                "claims": _told(problem, made),
                "warnings": list(dict.fromkeys(notes)),
            }
        )
    return told


def _pairs(problem: Problem, sources: Sources, model: Any, options: Options) -> list[dict[str, Any]]:
    """Every ordered pair of sources: who learns for whom, and, once a pair, λ and how far they are apart."""
    pairs = [(a, b) for a in sources.names for b in sources.names if a != b]
    problems = {(a, b): problem.between(sources.rows(a), sources.rows(b)) for a, b in pairs}
    # The target may be known whole; a source that stands in its place is a sample as before.
    each = replace(
        options, delta=options.delta * PAIRS / len(pairs), assume={}, max_drop=None, population="law"
    )
    found = comparison.compared(problems, model, each)
    return [
        {"from": a, "to": b, "reason": pair.reason, "claims": _told(problem, pair.claims)}
        for (a, b), pair in found.items()
    ]


def _told(problem: Problem, claims: Iterable[Claim]) -> list[dict[str, Any]]:
    """The claims as the document holds them, those of weighted rows with what their weights were used for."""
    said = {"weights": UNWEIGHED} if weighted.weighted(problem) else {}
    return [claim.with_detail(**said).to_dict() for claim in claims]
