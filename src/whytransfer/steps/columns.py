"""The encoded columns of both domains, learned on the source's training rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whytransfer.models import Subject
from whytransfer.problem import Problem, Splits
from whytransfer.problem.encode import Encoder

MOST_CELLS = 60_000_000
"""Largest dense table, rows × columns (480 MB); beyond, the bounds and divergences are left out and that is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The encoded columns of both domains, learned on the source's training rows only.

    Parameters
    ----------
    source, target : ndarray of float64, shape (n, p) and (m, p)
        All rows of each domain; finite.
    names : tuple of str
        Of the encoded columns.
    origin : tuple of str
        The raw column each of them comes from.
    """

    source: np.ndarray
    target: np.ndarray
    names: tuple[str, ...]
    origin: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """The columns, or None with the reason among the warnings."""

    columns: Columns | None
    warnings: tuple[str, ...]


def encode(problem: Problem, splits: Splits, subject: Subject) -> Encoded:
    """Encode both domains with what was learned on the source's training rows only."""
    encoder = _encoder(subject)
    if encoder is None:
        encoder = Encoder().fit(problem.source.take(splits.source_train))
    names = tuple(str(name) for name in encoder.get_feature_names_out())
    cells = (problem.source.n + problem.target.n) * len(names)
    if not names or cells > MOST_CELLS:
        why = "no column varies" if not names else f"{cells:,} encoded cells are more than {MOST_CELLS:,}"
        note = f"divergences, bounds and the domain classifier were left out: {why}"
        return Encoded(columns=None, warnings=(*encoder.warnings, note))
    source, target = (
        _dense(encoder.transform(sample.take(np.arange(sample.n))))
        for sample in (problem.source, problem.target)
    )
    found = Columns(source=source, target=target, names=names, origin=tuple(encoder.origin))
    foreign = encoder.remarks(problem.target.take(np.arange(problem.target.n)))
    return Encoded(columns=found, warnings=(*encoder.warnings, *foreign))


def _encoder(subject: Subject) -> Encoder | None:
    """The encoder that our own learner has learned already on the very same rows; one that was given may have seen others."""
    if not subject.independent_of_source:
        return None
    steps = getattr(subject.model, "named_steps", {})
    fitted = steps.get("encode")
    return fitted if isinstance(fitted, Encoder) else None


def _dense(table: object) -> np.ndarray:
    toarray = getattr(table, "toarray", None)
    return np.ascontiguousarray(toarray() if toarray is not None else table, dtype=np.float64)
