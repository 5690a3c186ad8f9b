"""λ from the source and the labels of a plan: with its interval and its two parts."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import numpy as np

from whytransfer.claims import Assumption, Claim, Level, Unit
from whytransfer.errors import InputError
from whytransfer.hypotheses import Stumps
from whytransfer.labels import Filled, LabelPlan, uniform_part
from whytransfer.labels.direct import assumptions, chance, standing
from whytransfer.problem import Encoder, Problem, read_table
from whytransfer.problem.read import Wanted

SOURCE_AS_PLANNED = Assumption(
    id="source_as_planned",
    text="the source that was given is the one that the plan was made with, and its rows are independent of each other",
)
"""Untested where the digests differ: it is another file then, or the plan knew groups or times that this one is read without."""


def adaptability(plan: LabelPlan, filled: Filled, source: Any) -> Claim:
    """λ of decision stumps, from the source's rows and the uniformly drawn part of the labels.

    Valid once, when all of that part is labelled; in a sequential design too, where one may have stopped before: this limit is made
    at one moment only, which was fixed beforehand. Columns are encoded with what the first half of the source rows teaches;
    the other half is what λ is counted on.
    Silent where a row of that part is not labelled, or the features of the planned rows are not at hand.
    It spends half of what the plan declared for the headline, which keeps the other half (`certificate`).
    """
    failure = plan.headline / 2
    rows = uniform_part(plan)
    reason = None
    if not len(rows) or (filled.codes[rows] < 0).any():
        reason = "a row of the uniformly drawn part has no label"
    elif plan.label_noise:
        reason = "labels may be wrong: λ would be known to twice their share only; `whytransfer audit --label-noise` widens it"
    features = _features(plan, filled)
    if features is None:
        reason = "the sheet has lost feature columns or rows: give the sheet as it was written"
    if reason is not None:
        return Claim(
            id="adaptability.stumps",
            quantity="adaptability",
            unit=Unit.ERROR,
            level=Level.PROVED,
            hypothesis_class="stumps",
            loss="zero_one",
            detail={"reason": reason, "convention": "sum of two errors, 0..2"},
        )
    problem = _problem(plan, source, features)
    labelled = np.flatnonzero(problem.source.labelled)
    rng = np.random.default_rng(np.random.SeedSequence(plan.seed, spawn_key=(33,)))
    turn = rng.permutation(labelled)
    learn, count = np.sort(turn[: len(turn) // 2]), np.sort(turn[len(turn) // 2 :])
    encoder = Encoder().fit(problem.source.take(learn))
    claim = Stumps().adaptability(
        encoder.transform(problem.source.take(count)),
        problem.classes[problem.source.labels[count]],  # type: ignore[index]
        encoder.transform(problem.target.take(rows)),
        plan.classes[filled.codes[rows]],
        delta=failure - chance(plan),
        seed=plan.seed,
        classes=problem.classes.tolist(),
    )
    claim = replace(claim, confidence=1.0 - failure).with_detail(delta=failure, rows=len(rows))
    other = () if problem.source.digest == plan.source["digest"] else (SOURCE_AS_PLANNED,)
    return standing(claim, (*assumptions(plan), *other))


def _features(plan: LabelPlan, filled: Filled) -> Any:
    """Features of the planned rows in draw order: those of the plan, else the cells of the sheet."""
    if plan.frame is not None:
        return plan.frame
    if filled.cells is None:
        return None
    import io

    import pandas as pd

    # As text files are read everywhere: types by what the cells hold.
    text = pd.DataFrame(filled.cells).to_csv(index=False)
    return pd.read_csv(io.StringIO(text))


def _problem(plan: LabelPlan, source: Any, features: Any) -> Problem:
    beside = Wanted(beside=(plan.label,))
    table = read_table(source, wanted=beside) if isinstance(source, (str, os.PathLike)) else source
    if hasattr(table, "columns"):
        # What groups rows, tells their time or weighs them is a column of the file and none of the sheet.
        table = table[[name for name in table.columns if str(name) in {*plan.names, plan.label}]]
    problem = Problem.read(table, features, label=plan.label, task="classification")
    if problem.mismatch:
        raise InputError(f"source: it can't be compared with the sheet: {problem.mismatch}")
    if problem.classes.tolist() != plan.classes.tolist():
        raise InputError(
            "source: its labels are not those of the plan; give the source that the plan was made with"
        )
    return problem
