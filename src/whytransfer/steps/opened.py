"""How every audit begins: rows split, the model trained or asked, columns encoded, the domains told apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from whytransfer.claims import IID, Budget
from whytransfer.models import Predictions
from whytransfer.problem import Problem, Splits, splits_of
from whytransfer.steps import columns, subject, ties
from whytransfer.steps.case import Case
from whytransfer.steps.independence import copied, domains_independent, label_note, labelled_at_random
from whytransfer.steps.met import meeting
from whytransfer.steps.options import Options
from whytransfer.steps.progress import step
from whytransfer.steps.told_apart import tell_apart


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Opened:
    """A case before anybody is declared to spend δ.

    Parameters
    ----------
    case : Case
        With a budget that nobody shares yet.
    notes : tuple of str
        What was said while rows were split, the model was trained and columns were encoded.
    doubts : tuple of str
        What speaks against the labels and the overlap.
    """

    case: Case
    notes: tuple[str, ...]
    doubts: tuple[str, ...]


def opened(
    problem: Problem,
    model: Any,
    predictions: Predictions | None,
    options: Options,
    splits: Splits | None = None,
) -> Opened:
    """Split, train or ask the model, encode, and tell the domains apart.

    `splits` are those of an adaptation, whose rows have parts already; without them the seed splits.
    """
    splits = splits_of(problem, options.seed) if splits is None else splits
    step("training the model, or asking it")
    found = subject.find(problem, splits, model, predictions, options)
    step("encoding the columns")
    encoded = columns.encode(problem, splits, found.subject)
    step("telling the domains apart")
    fresh = len(splits.source_choose) + len(splits.source_evaluate)
    comparable = encoded.columns is not None and fresh > 0
    apart = tell_apart(encoded.columns, splits, options.seed) if comparable else None  # type: ignore[arg-type]
    whole = options.population == "file"
    met = meeting(problem, [subject.as_given(model, found.subject)], whole=whole)
    case = Case(
        problem=problem,
        splits=splits,
        subject=found.subject,
        columns=encoded.columns,
        apart=apart,
        budget=Budget.declare(options.delta, ()),
        assume=options.assume,
        seed=options.seed,
        whole=whole,
        not_trained=found.not_trained,
        across=domains_independent(problem),
        label_noise=options.label_noise,
        ties=ties.find(problem, splits, found.subject, encoded.columns, options.seed),
        copies=(copied(problem, "source"), None if whole else copied(problem)),
        chosen=labelled_at_random(problem, encoded.columns, found.subject, whole=whole),
        met=met,
    )
    notes = (*splits.warnings, *found.warnings, *encoded.warnings)
    doubts = [*label_note(problem), *met.notes]
    if case.chosen is not None:
        look = (
            "are copies; name in --group which of them are one case"
            if case.chosen.id == IID.id
            else "look chosen"
        )
        doubts.append(
            f"the labelled target rows {look} ({case.chosen.test}): what they certify is conditional"
        )
    doubts += [
        f"rows are copies of each other ({a.test}): what is counted on them is conditional; name in --group which of them are one case"
        for a in case.copies
        if a is not None and a != case.chosen
    ]
    return Opened(case=case, notes=notes, doubts=(*doubts, *(() if apart is None else apart.warnings)))
