"""Coverage of the certificates that count, on rows in groups with intra-class correlation ½; their forms for rows must fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import whytransfer as wt
from tests.simulations.dependence import UNEQUAL, templates
from tests.simulations.direct import RIGHT
from tests.simulations.further import CUTS
from tests.simulations.harness import Section
from tests.simulations.ledger import DELTA, Ledger
from whytransfer.claims.intervals import Units

LARGE = np.full(20, 40)

EDGES = np.array([0.3, 0.6])
"""Cells of x: [0, .3], (.3, .6], (.6, 1]."""


def grouped_certificates(seed: np.random.SeedSequence, repeats: int = 2_000) -> Section:
    """Every theorem that counts rows, by groups and, as the control, by rows."""
    rng, ledger = np.random.default_rng(seed), Ledger()
    for part, sizes in PARTS:
        kind = "20 groups of 40" if sizes is LARGE else "20 groups of 1 to 30"
        for _ in range(repeats):
            part(ledger, kind, Rows(rng, sizes))
    return ledger.section(
        "Certificates of rows in groups",
        f"{repeats} draws a cell, intra-class correlation ½ in every function of a row; limits one-sided at δ = {DELTA}. S is uniform "
        "on [0, 1], T on [½, 1], y = 1[x > .3] with one label in ten flipped and the model 1[x > .6], unless another world is named. "
        "Controls: the same theorem on the same rows with each row taken for independent.",
    )


class Rows:
    """Draws of rows in groups of the given sizes, the rows of a group alike with chance ½ in pairs."""

    def __init__(self, rng: np.random.Generator, sizes: np.ndarray) -> None:
        self.rng, self.sizes = rng, sizes
        self.groups = np.repeat(np.arange(len(sizes)), sizes)

    @property
    def drawn(self) -> int:
        """How many independent draws stand behind the rows: one a row, and one a group."""
        return len(self.groups) + len(self.sizes)

    def of(self, *values: np.ndarray) -> tuple[np.ndarray, ...]:
        """The rows' values from those of the independent draws, which fall together."""
        which = templates(self.rng, self.sizes, icc=True)
        return tuple(value[which] for value in values)

    def table(self, codes: np.ndarray, size: int, by_group: bool) -> np.ndarray:
        """How many rows have each code: in all, or in each group."""
        if not by_group:
            return np.bincount(codes, minlength=size)
        return Units.of(self.groups, len(codes)).counts(codes, size)

    def labelled(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Source rows: x, label, whether the model errs."""
        x = self.rng.random(self.drawn)
        x, y = self.of(x, (x > 0.3) ^ (self.rng.random(self.drawn) < 0.1))
        return x, y, (x > 0.6) != y

    def there(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Target rows: x, label, whether the model errs."""
        x = 0.5 + self.rng.random(self.drawn) / 2
        x, y = self.of(x, (x > 0.3) ^ (self.rng.random(self.drawn) < 0.1))
        return x, y, (x > 0.6) != y


def _both(
    ledger: Ledger,
    world: str,
    name: str,
    truth: float,
    make: Callable[[bool], wt.Claim],
    *,
    lower: bool = False,
    control: bool = True,
) -> None:
    """The claim by groups and, unless it is so wide that it would hold here, the control by rows."""
    for by_group in (True, False) if control else (True,):
        claim = make(by_group)
        limits: dict[str, Any] = {"upper": claim.upper} | ({"lower": claim.lower} if lower else {})
        ledger.see(name if by_group else f"{name}, by rows", world, truth, control=not by_group, **limits)


def _cells(ledger: Ledger, world: str, rows: Rows) -> None:
    x, _, wrong = rows.labelled()
    there, _, _ = rows.there()
    cell, visited = (np.searchsorted(EDGES, z) for z in (x, there))

    def make(by_group: bool) -> wt.Claim:
        seen = rows.table(wrong * 3 + cell, 6, by_group)
        return wt.theorem(
            "cells",
            source_counts=seen[..., :3] + seen[..., 3:],
            source_errors=seen[..., 3:],
            target_counts=rows.table(visited, 3, by_group),
            delta=DELTA,
        )

    _both(ledger, world, "cells", 0.26, make, lower=True)


def _prevalence(ledger: Ledger, world: str, rows: Rows) -> None:
    # A class of share .2 that is never found, and as many rows called it that are not of it: the largest error there is.
    (said,) = rows.of((rows.rng.random(rows.drawn) < 0.2).astype(int))

    def make(by_group: bool) -> wt.Claim:
        return wt.theorem(
            "prevalence", prevalence=0.2, predicted_counts=rows.table(said, 2, by_group), delta=DELTA
        )

    _both(ledger, f"{world}, class never found", "prevalence", 0.4, make)


def _label_shift(ledger: Ledger, world: str, rows: Rows) -> None:
    rng, k = rows.rng, rows.drawn
    y, there = rng.random(k) < 0.5, rng.random(k) < 0.9
    said = rng.normal(np.where(y, 1.0, -1.0)) > 0
    pairs, seen = (
        *rows.of(2 * said + y),
        *rows.of((rng.normal(np.where(there, 1.0, -1.0)) > 0).astype(int)),
    )

    def make(by_group: bool) -> wt.Claim:
        table = rows.table(pairs, 4, by_group)
        return wt.theorem(
            "label_shift_lp",
            confusion_counts=table.reshape(*table.shape[:-1], 2, 2),
            predicted_counts=rows.table(seen, 2, by_group),
            delta=DELTA,
        )

    _both(ledger, f"{world}, label shift", "label_shift_lp", 1 - RIGHT, make, lower=True)


def _weights(ledger: Ledger, world: str, rows: Rows) -> None:
    x, _, wrong = rows.labelled()
    for form in ("best", "betting", "hoeffding", "cortes"):

        def make(by_group: bool, form: str = form) -> wt.Claim:
            return wt.theorem(
                "importance_weighting",
                weights=2.0 * (x > 0.5),
                losses=wrong.astype(float),
                groups=rows.groups if by_group else None,
                largest_weight=2.0,
                form=form,
                delta=DELTA,
            )

        _both(ledger, world, f"importance_weighting, {form}", 0.26, make)


def _predictions(ledger: Ledger, world: str, rows: Rows) -> None:
    # Predictions that know nothing, so that all of the error's variance is left in the second part.
    _, _, wrong = rows.there()
    doubt = np.full(len(wrong), 0.26)
    for form in ("betting", "hoeffding"):

        def make(by_group: bool, form: str = form) -> wt.Claim:
            given = rows.groups if by_group else None
            return wt.theorem(
                "ppi",
                losses=wrong.astype(float),
                labelled=doubt,
                unlabelled=doubt,
                labelled_groups=given,
                unlabelled_groups=given,
                form=form,
                delta=DELTA,
            )

        _both(ledger, world, f"ppi, {form}", 0.26, make, lower=True, control=form == "betting")


def _voters(ledger: Ledger, world: str, rows: Rows) -> None:
    x, y, _ = rows.labelled()
    there, _, _ = rows.there()
    votes = {
        "source_votes": (x > CUTS[:, None]).astype(int),
        "source_labels": y.astype(int),
        "target_votes": (there > CUTS[:, None]).astype(int),
        "delta": DELTA,
    }
    # As in `further`: the Gibbs error on the target, and the joint errors of both domains.
    truth = (0.1 + 0.26 + 0.58) / 3
    gap = (truth - 1.2 / 9) - (0.34 - 0.8 / 9)
    for name, term in (("pac_bayes_ratio", {"ratio": 2.0}), ("pac_bayes_da", {"joint_error_gap": gap})):

        def make(by_group: bool, name: str = name, term: dict[str, float] = term) -> wt.Claim:
            given = rows.groups if by_group else None
            return wt.theorem(name, **term, **votes, source_groups=given, target_groups=given)

        _both(ledger, f"{world}, three voters", name, truth, make, control=name == "pac_bayes_da")


def _transport(ledger: Ledger, world: str, rows: Rows) -> None:
    # y = 1[x > ½]; whoever lies within .1 of the cut moved over it with its label: the first term alone is the error.
    (x,) = rows.of(rows.rng.random(rows.drawn))

    def make(by_group: bool) -> wt.Claim:
        return wt.theorem(
            "transport_labels",
            cost=0.1,
            kind="largest",
            wrong=np.zeros(len(x)),
            distances=np.abs(x - 0.5),
            radii=[0.1],
            groups=rows.groups if by_group else None,
            delta=DELTA,
        )

    _both(ledger, f"{world}, moved by .1", "transport_labels, largest", 0.2, make)


PARTS: tuple[tuple[Callable[[Ledger, str, Rows], None], np.ndarray], ...] = (
    (_cells, UNEQUAL),
    (_cells, LARGE),
    (_prevalence, UNEQUAL),
    (_label_shift, LARGE),
    (_weights, LARGE),
    (_predictions, LARGE),
    (_voters, LARGE),
    (_transport, UNEQUAL),
)
