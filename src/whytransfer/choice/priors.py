"""The table of the choice: how each candidate fared in each kind of transfer, on real problems with known labels."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources

import numpy as np

from whytransfer.choice.belief import Prior
from whytransfer.methods.domains import Floats

SCHEMA = "whytransfer/priors/1"

DOUBT = (0.4, 0.5)
"""Shares of contradicted rows on which a candidate is right alone and wrong alone, before anything is known of it: the classic alignments lose
somewhat more than they win (EVIDENCE section 3)."""

DOUBTFUL_SETS = 2
"""Imagined data sets with `DOUBT` in every cell, and with the common spread in every kind: a few lucky sets promise little."""

STRENGTHS = (1.0, 100.0)
"""Limits of a table's strength: a prior is worth a row at least, and is learned from some dozen data sets at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fared:
    """How one candidate ended in one transfer.

    Parameters
    ----------
    data_set, kind, name : str
        Where, of which kind (`choice.kinds`), and which candidate.
    moved, better, worse : float
        Shares of the target rows on which it contradicts the source model, is right alone, is wrong alone.
    """

    data_set: str
    kind: str
    name: str
    moved: float
    better: float
    worse: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Priors:
    """A prior for each kind of transfer and candidate.

    Parameters
    ----------
    table : mapping of (kind, name) to Prior
        What was learned.
    strength : float
        Of the priors that the table does not have.
    """

    table: Mapping[tuple[str, str], Prior]
    strength: float

    def of(self, kind: str, name: str) -> Prior:
        """What the table says; `DOUBT` where it says nothing."""
        unknown = Prior(better=DOUBT[0], worse=DOUBT[1], strength=self.strength, sets=0)
        return self.table.get((kind, name), unknown)

    def to_json(self) -> str:
        """One line a cell."""
        cells = [
            json.dumps({"kind": kind, "name": name, **{k: float(f"{v:.3g}") for k, v in asdict(p).items()}})
            for (kind, name), p in sorted(self.table.items())
        ]
        return (
            f'{{"schema": "{SCHEMA}", "strength": {self.strength:.3g}, "cells": [\n'
            + ",\n".join(cells)
            + "\n]}\n"
        )

    @classmethod
    def from_json(cls, text: str) -> Priors:
        """What `to_json` wrote."""
        document = json.loads(text)
        table = {
            (c["kind"], c["name"]): Prior(
                better=c["better"], worse=c["worse"], strength=c["strength"], sets=int(c["sets"])
            )
            for c in document["cells"]
        }
        return cls(table=table, strength=float(document["strength"]))


def fit_priors(fared: Sequence[Fared]) -> Priors:
    """Learn the table; each data set counts as one in each cell.

    Shares are ratios of means over data sets, with `DOUBTFUL_SETS` imagined ones. A strength serves all candidates of a kind, since few sets tell little of
    a spread: with D the moved share and b, w the shares, a belief has Var(gain) = D²(b + w − (b − w)²)/(s + 1), and s is what makes the sum of these over
    the kind that of the squares of gain − D(b − w).
    """
    cells: dict[tuple[str, str], list[Fared]] = {}
    for one in fared:
        if one.moved > 0:
            cells.setdefault((one.kind, one.name), []).append(one)
    shares = {cell: _shares(rows) for cell, rows in cells.items()}
    spreads = {cell: _spread(rows, *shares[cell]) for cell, rows in cells.items()}
    common = _strength(list(spreads.values()), None)
    strengths = {
        kind: _strength([spread for (own, _), spread in spreads.items() if own == kind], common)
        for kind in {kind for kind, _ in cells}
    }
    table = {
        cell: Prior(
            better=b, worse=w, strength=strengths[cell[0]], sets=len({one.data_set for one in cells[cell]})
        )
        for cell, (b, w) in shares.items()
    }
    return Priors(table=table, strength=common)


def _strength(spreads: Sequence[Spread], otherwise: float | None) -> float:
    """The strength of all these cells; with imagined sets in which it is `otherwise`, if given."""
    if not spreads:
        return STRENGTHS[0]
    expected, squares = sum(s.expected for s in spreads), sum(s.squares for s in spreads)
    if otherwise is not None:
        doubt = DOUBTFUL_SETS * len(spreads) / sum(s.sets for s in spreads)
        expected, squares = expected * (1.0 + doubt), squares + doubt * expected / (otherwise + 1.0)
    return float(np.clip(expected / max(squares, 1e-12) - 1.0, *STRENGTHS))


def _shares(rows: Sequence[Fared]) -> tuple[float, float]:
    weights, moved, better, worse = _columns(rows)
    sets, total = weights.sum(), weights @ moved
    b, w = (
        float((sets * (weights @ part) / total + DOUBTFUL_SETS * doubt) / (sets + DOUBTFUL_SETS))
        for part, doubt in zip((better, worse), DOUBT, strict=True)
    )
    return b, w


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Of one cell: sums over data sets of D²(b + w − (b − w)²), and of the squares of gain − D(b − w)."""

    expected: float
    squares: float
    sets: int


def _spread(rows: Sequence[Fared], b: float, w: float) -> Spread:
    weights, moved, better, worse = _columns(rows)
    return Spread(
        expected=float((b + w - (b - w) ** 2) * (weights @ moved**2)),
        squares=float(weights @ (better - worse - moved * (b - w)) ** 2),
        sets=round(weights.sum()),
    )


def _columns(rows: Sequence[Fared]) -> tuple[Floats, Floats, Floats, Floats]:
    """Weights that make each data set one; moved, better, worse."""
    count = Counter(one.data_set for one in rows)
    parts = (
        [1.0 / count[one.data_set] for one in rows],
        *([getattr(one, k) for one in rows] for k in ("moved", "better", "worse")),
    )
    weights, moved, better, worse = (np.array(part) for part in parts)
    return weights, moved, better, worse


@cache
def shipped() -> Priors:
    """The table that comes with the package: `benchmarks/adapt.py` writes it."""
    return Priors.from_json(resources.files("whytransfer.choice").joinpath("priors.json").read_text("utf-8"))
