"""The parts of a baseline as bytes, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from whytransfer.baseline.archive import array_bytes, array_of, table_bytes, table_of
from whytransfer.baseline.rows import PARTS, ROLES, Kept
from whytransfer.claims import Assumption
from whytransfer.errors import InputError
from whytransfer.models import Kind, Said, Subject
from whytransfer.models.saved import model_bytes, model_from
from whytransfer.problem.assemble import TASKS
from whytransfer.steps.subject import Taught

_NOTHING = Said(codes=np.empty(0, dtype=np.int64), proba=None)
"""A subject that was kept has not been asked about any target yet."""


def kept_parts(kept: Kept) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The rows: what is plain about them, and the rest as files."""
    about = {
        "named": kept.named,
        "blank": kept.blank,
        "task": kept.task,
        "classes": kept.classes.tolist(),
        "label_name": kept.label_name,
        "columns": list(map(str, getattr(kept.table, "columns", []))),
    }
    arrays = {"labels": kept.labels, **kept.parts}
    arrays |= {name: getattr(kept, name) for name in ROLES if getattr(kept, name) is not None}
    return about, {
        **table_bytes(kept.table),
        **{f"{name}.npy": array_bytes(_plain(values)) for name, values in arrays.items()},
    }


def _plain(values: np.ndarray) -> np.ndarray:
    return values.astype(str) if values.dtype == object else values


def kept_of(about: Mapping[str, Any], parts: Mapping[str, bytes]) -> Kept:
    """The rows that `kept_parts` wrote."""
    arrays = {name: array_of(parts[f"{name}.npy"], name) for name in ("labels", *PARTS)}
    known = {name: array_of(parts[f"{name}.npy"], name) if f"{name}.npy" in parts else None for name in ROLES}
    if known["groups"] is not None:
        known["groups"] = known["groups"].astype(object)
    classes, task = about["classes"], about.get("task", "classification")
    if task not in TASKS:
        raise InputError(f"baseline: unknown task {task!r}; save it again")
    text = any(isinstance(value, str) for value in classes)
    return Kept(
        table=table_of(parts),
        named=bool(about["named"]),
        blank=bool(about["blank"]),
        task=task,
        classes=np.array(classes, dtype=object if text else None),
        labels=arrays["labels"],
        **known,
        label_name=about["label_name"],
        parts={name: arrays[name] for name in PARTS},
    )


def taught_parts(taught: Taught) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The model: what is plain about it, and the rest as files."""
    subject = taught.subject
    if subject.model is None:
        raise InputError("baseline: there is no model to save")
    about = {
        "kind": str(subject.kind),
        "title": subject.title,
        "not_trained": taught.not_trained.to_dict(),
        "warnings": list(taught.warnings),
    }
    parts = {
        "model.skops": model_bytes(subject.model),
        "said_codes.npy": array_bytes(subject.source.codes),
    }
    if subject.source.proba is not None:
        parts["said_proba.npy"] = array_bytes(subject.source.proba)
    if taught.given is not None:
        parts["given.skops"] = model_bytes(taught.given)
    return about, parts


def taught_of(about: Mapping[str, Any], parts: Mapping[str, bytes], what: str) -> Taught:
    """The model that `taught_parts` wrote."""
    proba = array_of(parts["said_proba.npy"], "said_proba") if "said_proba.npy" in parts else None
    source = Said(codes=array_of(parts["said_codes.npy"], "said_codes"), proba=proba)
    subject = Subject(
        kind=Kind(about["kind"]),
        title=str(about["title"]),
        model=model_from(parts["model.skops"], what),
        source=source,
        target=_NOTHING,
    )
    return Taught(
        subject=subject,
        given=model_from(parts["given.skops"], what) if "given.skops" in parts else None,
        not_trained=Assumption.from_dict(about["not_trained"]),
        warnings=tuple(about["warnings"]),
    )


def fit_together(kept: Kept, said: Said) -> bool:
    """Whether every part is about the same rows and the same classes, or about finite numbers where the label is a quantity."""
    n, classes = kept.n, len(kept.classes)
    about_rows = [kept.labels, said.codes, *(getattr(kept, name) for name in ROLES)]
    if any(values is not None and values.shape != (n,) for values in about_rows):
        return False
    places = np.concatenate([kept.parts[name] for name in PARTS])
    return (
        (_numbers(kept.labels, said) if kept.numeric else _codes(kept.labels, said, classes))
        and kept.table.shape[0] == n
        and (said.proba is None or said.proba.shape == (n, classes))
        and places.dtype.kind == "i"
        and len(np.unique(places)) == len(places)
        and bool(((places >= 0) & (places < n)).all())
    )


def _codes(labels: np.ndarray, said: Said, classes: int) -> bool:
    codes = np.concatenate([labels, said.codes])
    return codes.dtype.kind == "i" and bool(((codes >= -1) & (codes < classes)).all())


def _numbers(labels: np.ndarray, said: Said) -> bool:
    """Labels are numbers or missing, answers numbers; nothing has a probability."""
    plain = labels.dtype.kind == said.codes.dtype.kind == "f" and said.proba is None
    return plain and not np.isinf(labels).any() and bool(np.isfinite(said.codes).all())
