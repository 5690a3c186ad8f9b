"""Target rows that the given model met before: what is claimed of it from them stands on an assumption (docs/decisions.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from whytransfer.claims import Assumption
from whytransfer.methods.met import Seen, met_by
from whytransfer.problem import Problem

TAUGHT_NOTHING = Assumption(
    id="file_taught_nothing",
    text="the model errs on the rows of the file as on others of their law: it was adapted to some of them",
)
LABELS_TAUGHT_NOTHING = Assumption(
    id="labels_taught_nothing",
    text="the model errs on the labelled rows as on the others of the file: labels of some of them taught or chose it",
)

AGAIN = 0.05
"""Level at which rows whose label a model has seen stand among the labelled ones of a file more often than in a draw that knows nothing of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """What claims about a model that has met target rows stand on.

    Parameters
    ----------
    rows : Assumption or None
        Of claims about the law from all rows of the target; None where the model has met none of them, or no more than chance explains.
    labelled : Assumption or None
        Of claims from the labelled rows: about the law, or, where the file is the target, about the file.
    notes : tuple of str
        What there is to say.
    """

    rows: Assumption | None = None
    labelled: Assumption | None = None
    notes: tuple[str, ...] = ()


def meeting(problem: Problem, models: Sequence[Any], *, whole: bool) -> Meeting:
    """What any of these models has met of this target.

    Parameters
    ----------
    problem : Problem
        With the labels of the target that claims see.
    models : sequence
        Fitted ones as they were given; None, or anything else, has met nothing.
    whole : bool
        Whether the target file is the whole target.
    """
    found = [_of_model(problem, model, whole=whole) for model in models]
    return Meeting(
        rows=next((one.rows for one in found if one.rows is not None), None),
        labelled=next((one.labelled for one in found if one.labelled is not None), None),
        notes=tuple(dict.fromkeys(note for one in found for note in one.notes)),
    )


def _of_model(problem: Problem, model: Any, *, whole: bool) -> Meeting:
    target, known = problem.target, problem.target.labelled
    behind = met_by(model, target.take(np.arange(target.n)))
    if behind is None:
        return Meeting()
    seen = behind[0].among(behind[1])
    again = seen.labelled & known
    taught = bool(again.any()) and (not whole or _more_often(known, seen.labelled))
    by_labels = LABELS_TAUGHT_NOTHING if whole else TAUGHT_NOTHING
    met_labelled = taught if whole else taught or seen.beyond_chance(known)
    return Meeting(
        rows=TAUGHT_NOTHING if seen.beyond_chance() else None,
        labelled=by_labels if met_labelled else None,
        notes=tuple(_notes(seen, whole=whole, taught=int(again.sum()) if taught else 0)),
    )


def _more_often(known: np.ndarray, taught: np.ndarray) -> bool:
    """Whether more of the labelled rows taught the model than a draw of as many from the file would show; all of a file are no draw."""
    from scipy.stats import hypergeom

    n, k = len(known), int(known.sum())
    return k < n and float(hypergeom.sf((known & taught).sum() - 1, n, taught.sum(), k)) < AGAIN


def _notes(seen: Seen, *, whole: bool, taught: int) -> list[str]:
    n, met = len(seen.rows), int(seen.rows.sum())
    said = []
    if taught:
        name = (LABELS_TAUGHT_NOTHING if whole else TAUGHT_NOTHING).id
        said.append(
            f"the labels of {taught} target rows taught or chose the given model, and count among those that score it: what they say is conditional ({name}); "
            "score it by labels of other rows"
        )
    if whole or not met:
        return said
    if seen.beyond_chance():
        said.append(
            f"the given model was adapted to {met} of the {n} target rows, or chosen by them, and errs less there than on fresh rows of their law (by one to three points "
            f"from forty rows): what it is claimed to do in the law is conditional ({TAUGHT_NOTHING.id}); a certificate about the rows of this file "
            "(--target-is-whole), or from rows that it has not met, is not"
        )
    else:
        said.append(
            f"{met} of the {n} target rows equal rows that the given model was adapted to, no more than chance explains: certificates take them for other cases"
        )
    return said
