"""Bounds that stand on an assertion about the shift itself: a ball around the source, shares of classes, label shift."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from whytransfer.claims import Claim, Level
from whytransfer.errors import InputError, UnknownNameError
from whytransfer.steps.case import Case
from whytransfer.steps.errors import source_error
from whytransfer.steps.work import asserted, flagged
from whytransfer.theorems import THEOREMS

RADII = ("tv", "kl", "chi2", "hellinger")
PREVALENCE = "prevalence."
TRUE = (True, 1, 1.0, "yes", "true")


def spenders(assume: Mapping[str, Any], *, withheld: bool = False) -> list[str]:
    """Ids of the claims that the assertions call for."""
    kinds = [kind for kind in (*RADII, "ratio") if _key(kind) in assume]
    declared = [] if withheld else [f"target_error.ball.{kind}" for kind in kinds]
    if any(key.startswith(PREVALENCE) for key in assume):
        declared.append("target_error.prevalence")
    if assume.get("label_shift") in TRUE:
        declared.append("target_error.label_shift_lp")
    return declared


def claims(case: Case) -> list[Claim]:
    """One claim an assertion; conditional, and able to decide because somebody asserted it."""
    made = []
    for id_ in spenders(case.assume, withheld=case.source_withheld):
        delta = case.budget.of(id_)
        if id_ == "target_error.prevalence":
            claim = THEOREMS["prevalence"]()(
                prevalence=_shares(case), predicted_counts=_predicted(case), delta=delta
            )
        elif id_ == "target_error.label_shift_lp":
            if case.source_withheld:
                continue
            claim = _label_shift(case, delta)
        else:
            claim = _ball(case, id_.rsplit(".", 1)[1], delta)
        made.append(flagged(claim, case, labels=False))
    return made


def check(assume: Mapping[str, Any]) -> None:
    """Refuse values that no assertion of this kind can have."""
    for kind in (*RADII, "ratio"):
        value = assume.get(_key(kind))
        least = 1.0 if kind == "ratio" else 0.0
        if value is not None and not (isinstance(value, (int, float)) and least <= value < np.inf):
            raise InputError(f"assume {_key(kind)}: expected a number of at least {least:g}, got {value!r}")
    for key, value in assume.items():
        if key.startswith(PREVALENCE) and not (isinstance(value, (int, float)) and 0.0 <= value <= 1.0):
            raise InputError(
                f"assume {key}: expected the class's share in the target, from 0 to 1, got {value!r}"
            )
    if "label_shift" in assume and assume["label_shift"] not in TRUE:
        raise InputError(f"assume label_shift: expected true, or leave it out, got {assume['label_shift']!r}")


def _key(kind: str) -> str:
    return "ratio" if kind == "ratio" else f"radius.{kind}"


def _ball(case: Case, kind: str, delta: float) -> Claim:
    radius = float(case.assume[_key(kind)])
    return THEOREMS["ball"]()(
        source_error=source_error(case, delta), radius=radius, kind=kind, n_classes=case.classes
    )


def _label_shift(case: Case, delta: float) -> Claim:
    rows, k = case.splits.source_evaluate, case.classes
    counts = np.zeros((k, k), dtype=np.int64)
    np.add.at(counts, (case.subject.source.codes[rows], case.problem.source.labels[rows]), 1)  # type: ignore[index]
    claim = THEOREMS["label_shift_lp"]()(
        confusion_counts=counts, predicted_counts=_predicted(case), delta=delta
    )
    _, standing = case.source_standing()
    claim = asserted(claim)
    return claim.standing_on(Level.CONDITIONAL, (*claim.assumptions, *standing))


def _predicted(case: Case) -> np.ndarray:
    """How many target rows the model gives each class, shape (K,)."""
    rows = case.splits.target_evaluate
    return np.bincount(case.subject.target.codes[rows], minlength=case.classes)


def _shares(case: Case) -> list[tuple[float, float]]:
    """Limits of every class's share in the target: what was asserted, and the rest for the others together."""
    names = [str(c) for c in case.problem.classes]
    said = {k.removeprefix(PREVALENCE): float(v) for k, v in case.assume.items() if k.startswith(PREVALENCE)}
    for name in said:
        if name not in names:
            raise UnknownNameError("class of the source", name, names)
    rest = 1.0 - sum(said.values())
    open_ = [name for name in names if name not in said]
    if rest < -1e-9 or (not open_ and rest > 1e-9):
        raise InputError(
            f"assume prevalence: the shares add up to {1.0 - rest:g}; those of all classes must add up to 1"
        )
    rest = max(rest, 0.0)
    least = rest if len(open_) == 1 else 0.0
    return [(said[name], said[name]) if name in said else (least, rest) for name in names]
