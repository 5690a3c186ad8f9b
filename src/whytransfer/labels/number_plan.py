"""A label plan where the label is a quantity: a uniform draw in order, and by what the labels will be judged."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whytransfer.claims import Assumption, figures
from whytransfer.errors import InputError
from whytransfer.metrics import Loss, loss

SCHEMA_ID = "whytransfer/plan-numbers/1"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NumberPlan:
    """Which target rows to label with a number, in which order, and by what the labels will be judged.

    Parameters
    ----------
    digest : str
        SHA-256 of the target's features.
    label : str
        Name of the label column of the sheet.
    requirement, requirement_kind : float, str
        What "works" means, in the unit of the label, and where it comes from.
    delta : float
        Failure probability of each limit.
    seed : int
        Of the draw.
    loss : Loss
        What is measured, with its cap.
    m : int
        Rows of the target file.
    rows, batches : ndarray of int64, shape (n,)
        0-based positions in the target file in draw order, and the batch of each, counted from 1.
    predictions : ndarray of float64, shape (n,)
        What the model says of these rows.
    source : mapping
        ``rows``, ``labelled``, ``digest`` of the source file.
    subject : str
        Who the model is, in words.
    names : tuple of str
        Feature columns of the sheet.
    standing : tuple of Assumption
        What a certificate stands on beside the draw.
    power : tuple of mapping
        For a grid of true losses: ``true_error``, ``answer``, ``labels``, ``probability``.
    warnings : tuple of str
        What was said while it was made.
    cells : tuple of tuple of str, or None
        Feature cells of the planned rows, where a sheet was continued.
    frame : data frame or None
        Features of the planned rows in draw order; None after it was read back.
    """

    digest: str
    label: str
    requirement: float
    requirement_kind: str
    delta: float
    seed: int
    loss: Loss
    m: int
    rows: NDArray[np.int64]
    batches: NDArray[np.int64]
    predictions: NDArray[np.float64]
    source: Mapping[str, Any] = field(default_factory=dict)
    subject: str = "the model"
    names: tuple[str, ...] = ()
    standing: tuple[Assumption, ...] = ()
    power: tuple[Mapping[str, Any], ...] = ()
    warnings: tuple[str, ...] = ()
    cells: tuple[tuple[str, ...], ...] | None = field(default=None, repr=False)
    frame: Any = field(default=None, repr=False)

    def __repr__(self) -> str:
        return f"NumberPlan({self.n:,} of {self.m:,} target rows; {self.loss.title} at most {figures.required(self.requirement, self.requirement_kind)})"

    @property
    def n(self) -> int:
        """Labels planned."""
        return len(self.rows)

    def to_csv(self, path: str | Path) -> Path:
        """Write the sheet to fill in, and the plan beside it; the path of the plan."""
        from whytransfer.labels.sheet import write

        return write(self, Path(path))

    def to_json(self) -> str:
        """The ``whytransfer/plan-numbers/1`` document as text; the same plan gives the same bytes."""
        document = {
            "schema": SCHEMA_ID,
            "version": version("whytransfer"),
            "digest": self.digest,
            "source": dict(self.source),
            "label": self.label,
            "features": list(self.names),
            "requirement": {"value": self.requirement, "kind": self.requirement_kind},
            "loss": self.loss.to_dict(),
            "delta": self.delta,
            "seed": self.seed,
            "sizes": {"target": self.m, "labels": self.n},
            "subject": self.subject,
            "standing": [a.to_dict() for a in self.standing],
            "power": [dict(entry) for entry in self.power],
            "warnings": list(self.warnings),
            "cells": None if self.cells is None else [list(row) for row in self.cells],
            "rows": [
                {"row": int(row), "order": i, "batch": int(batch), "prediction": float(said)}
                for i, (row, batch, said) in enumerate(
                    zip(self.rows, self.batches, self.predictions, strict=True)
                )
            ],
        }
        return json.dumps(document, ensure_ascii=True, allow_nan=False, indent=2) + "\n"


def from_document(document: Mapping[str, Any], what: str) -> NumberPlan:
    """The plan that `NumberPlan.to_json` wrote; of a damaged one whatever error its values lead to.

    Raises
    ------
    InputError
        For values that contradict each other.
    """
    return _checked(_read(document), what)


def _read(document: Mapping[str, Any]) -> NumberPlan:
    rows = sorted(document["rows"], key=lambda row: int(row["order"]))
    told = document["loss"]
    name = str(told["name"]) if told["knee"] is None else f"{told['name']}:{float(told['knee'])!r}"
    cells = document.get("cells")
    return NumberPlan(
        digest=str(document["digest"]),
        source=dict(document["source"]),
        label=str(document["label"]),
        names=tuple(str(name) for name in document["features"]),
        requirement=float(document["requirement"]["value"]),
        requirement_kind=str(document["requirement"]["kind"]),
        delta=float(document["delta"]),
        seed=int(document["seed"]),
        loss=loss(name, float(told["cap"])),
        m=int(document["sizes"]["target"]),
        rows=np.array([int(row["row"]) for row in rows], dtype=np.int64),
        batches=np.array([int(row["batch"]) for row in rows], dtype=np.int64),
        predictions=np.array([float(row["prediction"]) for row in rows]),
        subject=str(document["subject"]),
        standing=tuple(Assumption.from_dict(a) for a in document["standing"]),
        power=tuple(dict(entry) for entry in document["power"]),
        warnings=tuple(str(w) for w in document["warnings"]),
        cells=None if cells is None else tuple(tuple(str(c) for c in row) for row in cells),
    )


def _checked(plan: NumberPlan, what: str) -> NumberPlan:
    """Whoever edits a plan by hand must not get a certificate that its numbers can't carry."""
    wrong = next(
        (
            text
            for bad, text in (
                (
                    plan.n == 0 or len(np.unique(plan.rows)) != plan.n,
                    "a row stands twice, or none is planned",
                ),
                (plan.n and not (plan.rows.min() >= 0 and plan.rows.max() < plan.m), "rows outside the file"),
                (not 0.0 < plan.delta < 1.0, f"delta {plan.delta}"),
                (not np.isfinite(plan.predictions).all(), "a prediction that is no number"),
                (not (np.isfinite(plan.requirement) and plan.requirement >= 0.0), "the requirement"),
                (plan.cells is not None and len(plan.cells) != plan.n, "cells of other rows"),
            )
            if bad
        ),
        None,
    )
    if wrong:
        raise InputError(f"{what}: damaged ({wrong}); take the file that `whytransfer labels plan` wrote")
    return plan
