"""The ``whytransfer/plan/1`` document: a plan as JSON, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from whytransfer.claims import Assumption
from whytransfer.errors import InputError
from whytransfer.io import parse_json, read_document
from whytransfer.labels.number_plan import SCHEMA_ID as NUMBERS_ID
from whytransfer.labels.number_plan import NumberPlan
from whytransfer.labels.number_plan import from_document as numbers_from
from whytransfer.labels.plan import LabelPlan
from whytransfer.labels.shared_law import Shared

SCHEMA_ID = "whytransfer/plan/1"


def to_document(plan: LabelPlan) -> dict[str, Any]:
    """Plain JSON values in a fixed order; nothing is rounded."""
    names = list(plan.predictions)
    labels = [_plain(value) for value in plan.classes.tolist()]
    inclusion = plan.inclusion
    rows = [
        {
            "row": int(plan.rows[i]),
            "order": i,
            "batch": int(plan.batches[i]),
            "stratum": int(plan.strata[i]),
            "inclusion": float(inclusion[i]),
            "predicted_error": None if plan.predicted_error is None else float(plan.predicted_error[i]),
            "predictions": {name: labels[int(plan.predictions[name][i])] for name in names},
        }
        for i in range(plan.n)
    ]
    return {
        "schema": SCHEMA_ID,
        "version": version("whytransfer"),
        "digest": plan.digest,
        "source": dict(plan.source),
        "label": plan.label,
        "classes": labels,
        "features": list(plan.names),
        "requirement": {"value": plan.requirement, "kind": plan.requirement_kind},
        "tolerance": plan.requirement,
        "delta": plan.delta,
        "spends": dict(plan.spends),
        "seed": plan.seed,
        "design": plan.design,
        "way": plan.way,
        "population": plan.population,
        "label_noise": plan.label_noise,
        "majority_error": plan.majority_error,
        "subject": plan.subject,
        "candidates": names,
        "contested": {name: list(counts) for name, counts in plan.contested.items()},
        "sizes": {"target": plan.m, "labels": plan.n},
        "strata": [
            {"rows": size, "drawn": drawn} for size, drawn in zip(plan.sizes, plan.drawn, strict=True)
        ],
        "standing": [a.to_dict() for a in plan.standing],
        "forecast": dict(plan.forecast),
        "warnings": list(plan.warnings),
        "shared": None if plan.shared is None else plan.shared.to_dict(),
        "cells": None if plan.cells is None else [list(row) for row in plan.cells],
        "rows": rows,
    }


def to_text(plan: LabelPlan) -> str:
    """The document as JSON, two spaces, one newline at the end."""
    return json.dumps(to_document(plan), ensure_ascii=True, allow_nan=False, indent=2) + "\n"


def from_file(path: Path) -> LabelPlan | NumberPlan:
    """The plan in a file, for classes or for a quantity."""
    text = read_document(
        path, "plan", "it was written beside the sheet by `whytransfer labels plan`, name it with --plan"
    )
    document = parse_json(text, f"plan {path}", "give what `whytransfer labels plan` wrote")
    return from_document(document, str(path))


def from_document(document: Any, what: str = "plan") -> LabelPlan | NumberPlan:
    """The plan that `to_document` wrote, or `NumberPlan.to_json`.

    Raises
    ------
    InputError
        For another schema, a missing key, or values that contradict each other.
    """
    name = document.get("schema") if isinstance(document, Mapping) else None
    if name not in (SCHEMA_ID, NUMBERS_ID):
        raise InputError(
            f"{what}: expected schema {SCHEMA_ID!r}, got {name!r}; give what `whytransfer labels plan` wrote"
        )
    try:
        return numbers_from(document, what) if name == NUMBERS_ID else _checked(_read(document), what)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"{what}: damaged ({type(error).__name__}: {error}); take the file that `whytransfer labels plan` wrote"
        ) from None


def _read(document: Mapping[str, Any]) -> LabelPlan:
    rows = sorted(document["rows"], key=lambda row: int(row["order"]))
    classes = _classes(document["classes"])
    predicted = [row["predicted_error"] for row in rows]

    def column(key: str) -> np.ndarray:
        return np.array([int(row[key]) for row in rows], dtype=np.int64)

    return LabelPlan(
        digest=str(document["digest"]),
        source=dict(document["source"]),
        label=str(document["label"]),
        classes=classes,
        requirement=float(document["requirement"]["value"]),
        requirement_kind=str(document["requirement"]["kind"]),
        delta=float(document["delta"]),
        spends={str(k): float(v) for k, v in document["spends"].items()},
        seed=int(document["seed"]),
        design=_one_of(document["design"], ("fixed", "sequential")),
        way=_one_of(document["way"], ("uniform", "stratified", "disagreement")),
        population=_one_of(document["population"], ("law", "file")),
        sizes=tuple(int(s["rows"]) for s in document["strata"]),
        drawn=tuple(int(s["drawn"]) for s in document["strata"]),
        rows=column("row"),
        strata=column("stratum"),
        batches=column("batch"),
        predictions=_predictions([str(name) for name in document["candidates"]], rows, classes),
        predicted_error=None if any(p is None for p in predicted) else np.array(predicted, dtype=np.float64),
        contested={str(k): tuple(int(c) for c in v) for k, v in document["contested"].items()},
        subject=str(document["subject"]),
        names=tuple(str(name) for name in document["features"]),
        label_noise=float(document["label_noise"]),
        majority_error=float(document["majority_error"]),
        standing=tuple(Assumption.from_dict(a) for a in document["standing"]),
        forecast=dict(document["forecast"]),
        warnings=tuple(str(w) for w in document["warnings"]),
        shared=_shared(document.get("shared"), len(rows)),
        cells=_cells(document.get("cells"), len(rows), len(document["features"])),
    )


def _predictions(
    candidates: list[str], rows: list[Mapping[str, Any]], classes: np.ndarray
) -> dict[str, np.ndarray]:
    """Codes of what each candidate says of the rows; the class 1 and the class "1" are two."""
    code = {(type(value) is str, value): i for i, value in enumerate(classes.tolist())}

    def of(name: str) -> list[int]:
        return [code[(type(v) is str, v)] for v in (row["predictions"][name] for row in rows)]

    return {name: np.array(of(name), dtype=np.int64) for name in candidates}


def _checked(plan: LabelPlan, what: str) -> LabelPlan:
    """Whoever edits a plan by hand must not get a certificate that its numbers can't carry."""
    counts = tuple(int(c) for c in np.bincount(plan.strata, minlength=len(plan.drawn)))
    wrong = next(
        (
            text
            for bad, text in (
                (not plan.predictions, "no candidate"),
                (counts != plan.drawn, f"rows a stratum {counts}, and {plan.drawn} drawn"),
                (len(np.unique(plan.rows)) != plan.n, "a row stands twice"),
                (
                    plan.n == 0 or plan.rows.min() < 0 or plan.rows.max() >= plan.m,
                    f"rows outside 0 … {plan.m - 1}",
                ),
                (not 0.0 < plan.delta < 1.0, f"delta {plan.delta}"),
                (not 0.0 <= plan.requirement <= 1.0, f"requirement {plan.requirement}"),
                ("target_error.direct" not in plan.spends, "no share of delta for target_error.direct"),
                (not sum(plan.spends.values()) <= plan.delta * (1 + 1e-9), "shares of delta exceed it"),
                (any(not v > 0 for v in plan.spends.values()), "a share of delta that is not positive"),
            )
            if bad
        ),
        None,
    )
    if wrong is not None:
        raise InputError(f"{what}: damaged ({wrong}); take the file that `whytransfer labels plan` wrote")
    # The draw checks its own sizes.
    _ = plan.draws
    return plan


def _shared(given: Any, n: int) -> Shared | None:
    return None if given is None else Shared.from_dict(given, n)


def _cells(given: Any, n: int, width: int) -> tuple[tuple[str, ...], ...] | None:
    if given is None:
        return None
    cells = tuple(tuple(str(cell) for cell in row) for row in given)
    if len(cells) != n or any(len(row) != width for row in cells):
        raise ValueError(f"cells: expected {n} rows of {width}")
    return cells


def _classes(values: list[Any]) -> np.ndarray:
    if values and all(isinstance(v, bool) for v in values):
        return np.array(values, dtype=bool)
    if values and all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in values):
        return np.array(values, dtype=np.int64 if all(isinstance(v, int) for v in values) else np.float64)
    classes = np.empty(len(values), dtype=object)
    classes[:] = [str(v) for v in values]
    return classes


def _one_of(value: Any, known: tuple[str, ...]) -> Any:
    if value not in known:
        raise ValueError(f"{value!r} is none of {', '.join(known)}")
    return value


def _plain(value: Any) -> Any:
    return value if isinstance(value, (str, bool, int, float)) else str(value)
