"""The largest part of the target on which the model is expected to work: shaped on some rows, judged on others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from whytransfer.claims import Claim
from whytransfer.diagnosis import Area, ErrorModel, Regions, find_regions, readable
from whytransfer.steps import why
from whytransfer.steps.bounds.desk import Desk, counted_share
from whytransfer.steps.case import Case
from whytransfer.theorems import Support
from whytransfer.verdict import Requirement

CLAIM = "region_error.support"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Region:
    """Readable parts of the target, and the rows that had no part in shaping them.

    Parameters
    ----------
    found : Regions
        What the shaping rows said.
    required : float
        The largest error that counts as working.
    source_rows, target_rows : ndarray of int64
        Positions in the files of the rows that may judge: evaluation rows of the source, and target rows.
    m : int
        Rows of the target file: `found` knows of them first, and then of those of the source file.
    """

    found: Regions
    required: float
    source_rows: np.ndarray
    target_rows: np.ndarray
    m: int

    @property
    def named(self) -> bool:
        """Whether there is a part on which the model is expected to work."""
        return self.found.works_rule is not None

    @property
    def holds(self) -> bool:
        """Whether the rows that did not shape that part estimate so, too."""
        return self.named and (self.found.works_error or 0.0) <= self.required

    @property
    def expected(self) -> Area:
        """That part, as one of the nested areas; of them all the best leaf where there is none."""
        return next((a for a in self.found.areas if a.rule == self.found.works_rule), self.found.areas[0])

    def here(self, area: Area) -> np.ndarray:
        """By row of the source file, whether it lies in the area."""
        return area.inside[self.m :]

    def there(self, area: Area) -> np.ndarray:
        """By row of the target file, whether it lies in the area."""
        return area.inside[: self.m]


def spenders(case: Case, theorems: Sequence[str] | None) -> list[str]:
    """The claim about the region spends where the support bound may: with a ratio and covariate shift asserted."""
    asked = theorems is None or Support.name in theorems
    asserted = {"ratio", "covariate_shift"} <= set(case.assume)
    return [CLAIM] if asked and asserted and why.ready(case) is not None and not case.source_withheld else []


def shape(case: Case, about: why.Errors | None, requirement: Requirement | None) -> Region | None:
    """Shape the region; None where errors can't be estimated, or rules can't be read.

    What shapes it are half of the target rows, and the model's errors on the source's choosing rows and on half of its evaluation
    rows; groups and blocks stay together. The other halves judge.
    """
    apart, tables = case.apart, (case.problem.source.frame(), case.problem.target.frame())
    if about is None or apart is None or not all(hasattr(t, "columns") for t in tables):
        return None
    rng = np.random.default_rng(np.random.SeedSequence(case.seed, spawn_key=(23,)))
    shaping, judging = case.units("target", np.arange(case.problem.target.n)).halves(rng)
    learning, source_judges = case.units("source").halves(rng)
    limit = _limit(case, requirement, learning)
    if limit is None:
        return None
    evaluated = case.splits.source_evaluate
    taught = np.isin(apart.source_rows, np.concatenate([case.splits.source_choose, evaluated[learning]]))
    model = ErrorModel.fit(about.source[taught], about.wrong[taught]) if taught.any() else about.model
    # Medians and frequent categories, too, are those of rows that don't judge.
    known = tables[0].iloc[np.setdiff1d(np.arange(case.problem.source.n), evaluated[source_judges])]
    here, there = (readable(t, known) for t in tables)
    both = replace(there, values=np.concatenate([there.values, here.values]))
    found = find_regions(
        both,
        apart.target_rows,
        model.predict(about.target),
        np.isin(apart.target_rows, shaping),
        limit,
    )
    if found is None:
        return None
    return Region(
        found=found,
        required=limit,
        source_rows=evaluated[source_judges] if taught.any() else evaluated[:0],
        target_rows=np.sort(judging),
        m=case.problem.target.n,
    )


def claims(case: Case, region: Region | None, source: Claim) -> list[Claim]:
    """What the support bound says of the error within an area, where its ratio was asserted (THEORY B9).

    All nested areas are tried, each at its part of the claim's share of δ; the largest within the requirement is
    the claim, or the one that was expected to work where none is.
    """
    if CLAIM not in case.budget.others or region is None:
        return []
    share, ratio = case.budget.of(CLAIM), float(case.assume["ratio"])
    made = []
    for area in region.found.areas:
        terms = terms_of(case, region, area, share / 2 / len(region.found.areas))
        if terms is None:
            return []
        made.append((area, Support().within(ratio=ratio, n_classes=case.classes, **terms)))
    passed = [pair for pair in made if pair[1].upper is not None and pair[1].upper <= region.required]
    area, claim = passed[-1] if passed else next(pair for pair in made if pair[0] is region.expected)
    told = replace(claim, confidence=1.0 - share if claim.upper is not None else None).with_detail(
        delta=share,
        rule=area.rule,
        share=float(region.there(area)[region.target_rows].mean()),
        required=region.required,
        areas_tried=len(made),
        population="law",
    )
    desk = Desk(case=case, limit=region.required, source=source)
    return [desk.finished(told, sourced=True, grouped=True)]


def terms_of(case: Case, region: Region, area: Area, delta: float) -> dict[str, Any] | None:
    """S(error, area) and T(outside), counted on the rows that judge; each limit fails with probability `delta`."""
    rows, target_rows = region.source_rows, region.target_rows
    if not min(len(rows), len(target_rows)):
        return None
    wrong = case.subject.source.codes[rows] != case.problem.source.labels[rows]  # type: ignore[index]
    hits, outside = np.asarray(wrong & region.here(area)[rows]), ~region.there(area)
    return {
        "region_error": counted_share("region_error", hits, case.units("source", rows), delta),
        # Of the law that the rows come from, also where they are all there are: the ratio is one of laws (`drawn_file`).
        "outside": counted_share("outside", outside[target_rows], case.units("target", target_rows), delta),
    }


def _limit(case: Case, requirement: Requirement | None, learning: np.ndarray) -> float | None:
    """The largest error that counts as working; a permitted rise is one over the error on the half of the source rows that shapes."""
    if requirement is None or requirement.value is None:
        return None
    if requirement.quantity == "target_error":
        return float(requirement.value)
    return float(requirement.value) + float(case.source_wrong[learning].mean()) if len(learning) else None
