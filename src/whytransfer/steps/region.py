"""The largest part of the target on which the model is expected to work: shaped on some rows, judged on others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from whytransfer.claims import Claim, figures
from whytransfer.diagnosis import Area, ErrorModel, Regions, find_regions, readable
from whytransfer.steps import why
from whytransfer.steps.bounds.desk import Desk, counted_share
from whytransfer.steps.case import Case
from whytransfer.theorems import Support
from whytransfer.verdict import Requirement

CLAIM = "region_error.support"

SIDE = 0.05
"""Failure probability of a limit that stands on its own, outside the joint confidence of the claims."""


QUANTILE = 0.95
"""Share of the region's target rows whose density ratio the domain classifier finds no larger: its largest ratios are noise."""


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
    apart, limit = case.apart, _limit(case, requirement)
    tables = case.problem.source.frame(), case.problem.target.frame()
    if about is None or apart is None or limit is None or not all(hasattr(t, "columns") for t in tables):
        return None
    rng = np.random.default_rng(np.random.SeedSequence(case.seed, spawn_key=(23,)))
    shaping, judging = case.units("target", np.arange(case.problem.target.n)).halves(rng)
    learning, source_judges = case.units("source").halves(rng)
    evaluated = case.splits.source_evaluate
    taught = np.isin(apart.source_rows, np.concatenate([case.splits.source_choose, evaluated[learning]]))
    model = ErrorModel.fit(about.source[taught], about.wrong[taught]) if taught.any() else about.model
    here, there = (readable(t, tables[0]) for t in tables)
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
        terms = _terms(case, region, area, share / 2 / len(region.found.areas))
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
    )
    desk = Desk(case=case, limit=region.required, source=source)
    return [desk.finished(told, sourced=True, grouped=True)]


def _terms(case: Case, region: Region, area: Area, delta: float) -> dict[str, Any] | None:
    """S(error, area) and T(outside), counted on the rows that judge; each limit fails with probability `delta`."""
    rows, target_rows = region.source_rows, region.target_rows
    if not min(len(rows), len(target_rows)):
        return None
    wrong = case.subject.source.codes[rows] != case.problem.source.labels[rows]  # type: ignore[index]
    hits, outside = np.asarray(wrong & region.here(area)[rows]), ~region.there(area)
    return {
        "region_error": counted_share("region_error", hits, case.units("source", rows), delta),
        "outside": float(outside.mean())
        if case.whole
        else counted_share("outside", outside[target_rows], case.units("target", target_rows), delta),
    }


def told(case: Case, region: Region | None) -> dict[str, Any]:
    """The regions as the document holds them; empty where nothing can be estimated."""
    if region is None:
        return {}
    found = region.found
    return {
        "required": region.required,
        "failing": [{**group.to_dict(), "fails": group.error > region.required} for group in found.failing],
        "works": _works(case, region) if region.named else None,
        "text": _text(region),
    }


def _works(case: Case, region: Region) -> dict[str, Any]:
    return {
        "rule": region.found.works_rule,
        "share": region.found.works_share,
        "estimated_error": region.found.works_error,
        "certificate": _certificate(case, region),
        "condition": _condition(case, region),
    }


def _certificate(case: Case, region: Region) -> dict[str, Any] | None:
    """The largest area that labelled target rows certify, of those that had no part in shaping it; else what they say of the expected one.

    Wrong labels may all lie in one area, so that with them nothing is said.
    """
    judges = np.intersect1d(case.labelled_target, region.target_rows)
    if case.label_noise or not region.there(region.expected)[judges].any():
        return None
    seen = [_judged(case, region, area, judges) for area in region.found.areas]
    passed = [one for one in seen if one is not None and one["answer"] == "works"]
    return passed[-1] if passed else seen[region.found.areas.index(region.expected)]


def _judged(case: Case, region: Region, area: Area, judges: np.ndarray) -> dict[str, Any] | None:
    rows = judges[region.there(area)[judges]]
    if not len(rows):
        return None
    labels, tried = case.problem.target.labels, len(region.found.areas)
    wrong = np.asarray(case.subject.certified.codes[rows] != labels[rows])  # type: ignore[index]
    units = case.units("target", rows, errors=True)
    lower, upper = units.lower(wrong, SIDE / tried), units.upper(wrong, SIDE / tried)
    return {
        "rule": area.rule,
        "share": float(region.there(area)[region.target_rows].mean()),
        "rows": len(rows),
        "wrong": int(wrong.sum()),
        "lower": lower,
        "upper": upper,
        "answer": "works"
        if upper <= region.required
        else "fails"
        if lower > region.required
        else "undecided",
        "confidence": 1.0 - SIDE,
        "text": f"exact limits from labelled rows that did not shape the rule, for all {tried} nested areas together; on their own, "
        "outside the joint confidence of the claims; for labels drawn at random",
    }


def _condition(case: Case, region: Region) -> dict[str, Any] | None:
    """Without labels: the largest area that the support bound keeps within the requirement at the density ratio that is found there.

    Beside that ratio the largest that would do, and the least that it must be somewhere in the area, T(G)/S(G). Where no area
    will do, the largest that is not refuted; else the expected one.
    """
    if case.source_withheld or case.label_noise or case.overlap is None:
        return None
    seen = [_ratios(case, region, area) for area in region.found.areas]
    for answers in ({"any", "met"}, {"open"}):
        fitting = [one for one in seen if one is not None and one["answer"] in answers]
        if fitting:
            return fitting[-1]
    return seen[region.found.areas.index(region.expected)]


def _ratios(case: Case, region: Region, area: Area) -> dict[str, Any] | None:
    delta = SIDE / 2 / len(region.found.areas)
    terms, apart = _terms(case, region, area, delta), case.apart
    inside = None if apart is None else region.there(area)[apart.target_rows]
    if terms is None or apart is None or inside is None or not inside.any():
        return None
    rows = region.target_rows, region.source_rows
    mass = case.units("target", rows[0]).lower(region.there(area)[rows[0]].astype(float), delta)
    known = case.units("source", rows[1]).upper(region.here(area)[rows[1]].astype(float), delta)
    at_most = Support().break_even_within(region.required, **terms)
    estimated = float(np.quantile(apart.overlap.density_ratio[apart.overlap.n :][inside], QUANTILE))
    least = mass / known
    answer = (
        "any"
        if at_most is None
        else "refuted"
        if least > at_most
        else "met"
        if max(estimated, least) <= at_most
        else "open"
    )
    return {
        "rule": area.rule,
        "share": float(region.there(area)[rows[0]].mean()),
        "ratio_at_most": at_most,
        "ratio_estimated": estimated,
        "ratio_at_least": least,
        "answer": answer,
        "confidence": 1.0 - SIDE,
        "text": _condition_text(area.rule, region.required, at_most, estimated, least, answer),
    }


def _condition_text(
    rule: str, limit: float, at_most: float | None, estimated: float, least: float, answer: str
) -> str:
    same = "if errors at the same inputs stayed the same (covariate shift, not testable without labels)"
    begun = f"on {rule} the error is at most {limit:.3g} ({figures.sure(1.0 - SIDE)} sure) {same}"
    if at_most is None:
        return begun
    words = {
        "met": f"the domain classifier finds at most {estimated:.2f} times on {100 * QUANTILE:.0f} % of its rows",
        "open": f"the domain classifier finds up to {estimated:.2f} times on {100 * QUANTILE:.0f} % of its rows",
        "refuted": f"but as a whole it is at least {least:.2f} times as likely",
    }
    return (
        f"{begun} and no set of inputs there is more than {at_most:.2f} times as likely in the target as in the source; "
        f"{words[answer]}"
    )


def _text(region: Region) -> str:
    found, limit = region.found, region.required
    if not region.named:
        return f"no readable part of the target has an estimated error of at most {limit:.3g}"
    return (
        f"expected to work on {100 * float(found.works_share or 0.0):.0f} % of the target: {found.works_rule} "
        f"(estimated error {found.works_error:.3f}, required {limit:.3g})"
    )


def _limit(case: Case, requirement: Requirement | None) -> float | None:
    if requirement is None or requirement.value is None:
        return None
    if requirement.quantity == "target_error":
        return float(requirement.value)
    return float(requirement.value) + case.source_error if len(case.splits.source_evaluate) else None
