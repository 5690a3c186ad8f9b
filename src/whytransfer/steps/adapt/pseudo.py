"""Candidates on pseudo-targets cut out of the labelled source: each is fitted anew on every cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.base import clone

from whytransfer.backtest import (
    CandidateRecord,
    LabelledRows,
    Wanted,
    make_cuts,
    pseudo_problems,
    score_candidates,
)
from whytransfer.methods import Method
from whytransfer.methods.domains import Domains
from whytransfer.overlap.two_samples import Floats, Integers
from whytransfer.steps.adapt.ground import Ground
from whytransfer.steps.adapt.tries import Tried
from whytransfer.steps.progress import step

PROBLEMS = 12
"""Pseudo-problems: a sign test shared by ten candidates at .05 passes with 11 of 12."""

MOST_ROWS = 1000
"""Labelled source rows that are cut, a sample drawn by the seed; each candidate is fitted on a part of them a dozen times."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OnColumns:
    """A method as the engine asks one: encoded columns and codes in, codes out.

    Parameters
    ----------
    name : str
        Of the candidate.
    method : Method
        Cloned for every problem.
    """

    name: str
    method: Method

    def fit_predict(self, Xs: Floats, ys: Integers, Xt: Floats) -> np.ndarray:
        """Class codes of the pseudo-target, shape (m,)."""
        centre, spread = Xs.mean(axis=0), Xs.std(axis=0)
        scale = np.where(spread > 0, spread, 1.0)
        source, target = ((rows - centre) / scale for rows in (Xs, Xt))
        # A cut may leave a class without rows: methods know the classes that are there.
        classes, codes = np.unique(ys, return_inverse=True)
        domains = Domains(
            source=source, codes=codes, target=target, classes=len(classes), seed=int(self.method.seed)
        )
        rule, _ = clone(self.method).rule_for(domains)
        return np.asarray(classes[rule.proba(target).argmax(axis=1)], dtype=np.int64)


def back_test(ground: Ground, tried: Sequence[Tried]) -> tuple[CandidateRecord | None, tuple[str, ...]]:
    """Errors of all candidates that learn from no target label; None without columns, rivals or cuts. And what there is to say.

    Cut are the source rows that train and those that choose: each candidate is fitted anew on every cut, so that any labelled rows will do;
    those that evaluate stay unseen.
    """
    able = [
        OnColumns(name=t.name, method=t.method) for t in tried if t.failed is None and affordable(t.method)
    ]
    rows = _rows(ground)
    if rows is None or len(able) < 2 or ground.case.overlap is None or ground.case.overlap.auc is None:
        return None, ()
    step("trying the candidates on pseudo-targets")
    wanted = Wanted.like(
        auc=ground.case.overlap.auc, rows=rows.n, target_rows=len(ground.splits.target_train)
    )
    cuts = make_cuts(rows, wanted, count=PROBLEMS, seed=ground.case.seed)
    if not cuts.cuts:
        return None, tuple(f"candidates on pseudo-targets: {reason}" for reason in cuts.left_out[:1])
    record = score_candidates(pseudo_problems(rows, cuts), able)
    said = f"candidates were compared on {len(record.kinds)} pseudo-targets cut from {rows.n} labelled source rows"
    return record, (said, *record.failures)


def affordable(method: Method) -> bool:
    """Whether it can be fitted a dozen times more: not networks; and what learns from target labels has none on pseudo-targets."""
    return not method.needs_target_labels and method.family != "deep"


def _rows(ground: Ground) -> LabelledRows | None:
    case = ground.case
    if case.columns is None:
        return None
    rng = np.random.default_rng(np.random.SeedSequence(case.seed, spawn_key=(54,)))
    # A problem made for the choice: it holds the rows that train and those that choose, and no other.
    kept = np.sort(rng.permutation(case.problem.source.n)[:MOST_ROWS])
    learned = case.columns.source[case.splits.source_train]
    spread = learned.std(axis=0)
    said = case.subject.source
    return LabelledRows(
        classes=case.classes,
        labels=case.problem.source.labels[kept],  # type: ignore[index]
        codes=said.codes[kept],
        proba=None if said.proba is None else said.proba[kept],
        columns=(case.columns.source[kept] - learned.mean(axis=0)) / np.where(spread > 0, spread, 1.0),
        blocks=np.unique(np.array(case.columns.origin, dtype=str), return_inverse=True)[1],
    )
