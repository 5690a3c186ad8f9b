"""The audit of an adapted model, and what of the adaptation stands in its document."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import numpy as np

from whytransfer.errors import InputError
from whytransfer.io.journal import about
from whytransfer.metrics import Loss
from whytransfer.problem import Problem, Splits, make_splits
from whytransfer.steps import regression
from whytransfer.steps.adapt.request import options_of
from whytransfer.steps.adapt.run import Outcome
from whytransfer.steps.run import Findings, compared, not_comparable

_NOBODY = np.empty(0, dtype=np.int64)

UNSEEN = "the audit looks at the target rows that no step of the adaptation has seen, and at none of the source rows on which the model was chosen"


def audited(problem: Problem, outcome: Outcome, seed: int) -> Findings:
    """Audit the adapted model on what no step of the adaptation has seen.

    Raises
    ------
    InputError
        When no target row is left for that.
    """
    options, splits = options_of(seed), outcome.splits
    if problem.mismatch or splits is None:
        return _with_adaptation(not_comparable(problem, options), outcome, None)
    if not len(splits.target_evaluate):
        raise InputError(
            "adapt: no target row is left for an audit; the target is too small, or all of its labels were learned from"
        )
    part = problem.with_rows(target=splits.target_evaluate)
    inner = _inner(part, splits, seed)
    if problem.numeric:
        asking = replace(options, loss=Loss(name="absolute"))
        found = regression.answered(part, outcome.audited, None, asking, splits=inner)
    else:
        with about("the audit of the adapted model", outcome.choice.name):
            found = compared(part, outcome.audited, None, options, splits=inner)
    return _with_adaptation(found, outcome, _in_the_file(inner, splits))


def _inner(part: Problem, splits: Splits, seed: int) -> Splits:
    """The parts of the audit: the source rows that evaluate, and the rows of the part in the shares of any audit."""
    drawn = make_splits(part, np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(2,))))
    return Splits(
        source_train=splits.source_train,
        source_choose=_NOBODY,
        source_evaluate=splits.source_evaluate,
        target_choose=drawn.target_choose,
        target_evaluate=drawn.target_evaluate,
        warnings=(UNSEEN,),
        picked=bool(len(splits.target_choose)),
    )


def _in_the_file(inner: Splits, splits: Splits) -> Splits:
    """The same with target rows by their position in the file."""
    rows = splits.target_evaluate
    return replace(
        inner,
        target_train=splits.target_train,
        target_choose=rows[inner.target_choose],
        target_evaluate=rows[inner.target_evaluate],
    )


def _with_adaptation(found: Findings, outcome: Outcome, splits: Splits | None) -> Findings:
    warnings = tuple(dict.fromkeys((*found.document["warnings"], *outcome.warnings)))
    document = {
        **found.document,
        **summary(outcome),
        "warnings": list(warnings),
    }
    return replace(found, warnings=warnings, splits=splits, document=document)


def summary(outcome: Outcome) -> dict[str, Any]:
    """What a document says of an adaptation: every candidate, the choice with its claims, and the warnings."""
    return {
        "candidates": [candidate.to_dict() for candidate in outcome.candidates],
        "adaptation": adaptation(outcome),
        "warnings": list(outcome.warnings),
    }


def adaptation(outcome: Outcome) -> dict[str, Any]:
    """The choice, and the claims that stand beside those of the audit."""
    rows = outcome.splits
    return {
        "choice": outcome.choice.to_dict(),
        "setting": None
        if outcome.setting is None
        else {**asdict(outcome.setting), "shares": list(outcome.setting.shares)},
        "claims": [claim.to_dict() for claim in outcome.claims],
        "rows": {}
        if rows is None
        else {
            name: len(getattr(rows, name))
            for name in (
                "source_train",
                "source_choose",
                "source_evaluate",
                "target_train",
                "target_choose",
                "target_evaluate",
            )
        },
    }
