"""The region that works, as the document holds it: its rule, and what labels or the density ratio say of it on rows that did not shape it."""

from __future__ import annotations

from typing import Any

import numpy as np

from whytransfer.claims import figures
from whytransfer.claims.assumption import KNOWN_AS
from whytransfer.claims.intervals import Units
from whytransfer.diagnosis import Area
from whytransfer.steps.case import Case
from whytransfer.steps.errors import labelled_units
from whytransfer.steps.region import Region, terms_of
from whytransfer.theorems import Support

SIDE = 0.05
"""Failure probability of a limit that stands on its own, outside the joint confidence of the claims."""


QUANTILE = 0.95
"""Share of the region's target rows whose density ratio the domain classifier finds no larger: its largest ratios are noise."""


def told(case: Case, region: Region | None, *, foreign: bool) -> dict[str, Any]:
    """The regions as the document holds them; empty where nothing can be estimated. `foreign`: target rows lie where the source has none."""
    if region is None:
        return {}
    return {
        "required": region.required,
        "failing": [
            {
                **group.to_dict(),
                "within": group.within and region.holds,
                "fails": group.error > region.required,
            }
            for group in region.found.failing
        ],
        "works": _works(case, region) if region.named else None,
        "text": _text(region, foreign=foreign),
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

    Wrong labels may all lie in one area, so that with them nothing is said; nor where something speaks against the rows: that they are
    independent, or were labelled at random.
    """
    judges = np.intersect1d(case.labelled_target, region.target_rows)
    doubtful = bool(case.label_noise or case.doubts(labels=True) or case.copies[1])
    if doubtful or not region.there(region.expected)[judges].any():
        return None
    seen = [_judged(case, region, area, judges) for area in region.found.areas]
    passed = [one for one in seen if one is not None and one["answer"] == "works"]
    return passed[-1] if passed else seen[region.found.areas.index(region.expected)]


def _judged(case: Case, region: Region, area: Area, judges: np.ndarray) -> dict[str, Any] | None:
    rows = judges[region.there(area)[judges]]
    if not len(rows):
        return None
    tried, codes = len(region.found.areas), case.subject.certified.codes
    missed = np.asarray(codes[judges] != case.problem.target.labels[judges])  # type: ignore[index]
    # Groups are judged with all their rows: how many of them lie in the area may go with how many are wrong there.
    inside = region.there(area)[judges]
    lower, upper = _units(case, judges).part(inside, missed, SIDE / tried)
    return {
        "rule": area.rule,
        "share": float(region.there(area)[region.target_rows].mean()),
        "rows": len(rows),
        "wrong": int(missed[inside].sum()),
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


def _units(case: Case, judges: np.ndarray) -> Units:
    """What is independent of what among some of the labelled rows; of a whole file as they were chosen."""
    if not case.whole:
        return case.units("target", judges, errors=True)
    return labelled_units(case).take(np.flatnonzero(np.isin(case.labelled_target, judges)))


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
    terms, apart = terms_of(case, region, area, delta), case.apart
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
        "text": _condition_text(area.rule, region.required, at_most, estimated, least, answer)
        + "".join(f"; provided that {a.text} ({KNOWN_AS[a.status]})" for a in case.source_standing()[1]),
    }


def _condition_text(
    rule: str, limit: float, at_most: float | None, estimated: float, least: float, answer: str
) -> str:
    same = "if errors at the same inputs stayed the same (covariate shift, not testable without labels)"
    begun = f"on {rule} the error is at most {limit:.3g} ({figures.sure(1.0 - SIDE)} sure) {same}"
    if at_most is None:
        return begun
    words = {
        "met": f"the domain classifier finds at most {_times(estimated)} times on {100 * QUANTILE:.0f} % of its rows",
        "open": f"the domain classifier finds up to {_times(estimated)} times on {100 * QUANTILE:.0f} % of its rows",
        "refuted": f"but as a whole it is at least {_times(least)} times as likely",
    }
    return (
        f"{begun} and no set of inputs there is more than {_times(at_most)} times as likely in the target as in the source; "
        f"{words[answer]}"
    )


def _times(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio < 100.0 else figures.general(ratio)


def _text(region: Region, *, foreign: bool) -> str:
    found, limit = region.found, region.required
    if not region.named:
        return f"no readable part of the target has an estimated error of at most {limit:.3g}"
    share = f"{100 * float(found.works_share or 0.0):.0f} % of the target"
    if foreign:
        # What the errors were learned on says nothing of such rows, however small the estimate.
        return (
            f"on {share}, {found.works_rule}, the estimated error is {found.works_error:.3f} (required {limit:.3g}); the source has no row "
            "like many of the target's, so that this is a guess"
        )
    if not region.holds:
        return (
            f"no readable part is expected to work: on what the rows that shaped the rules speak for, {found.works_rule} ({share}), the others have an "
            f"estimated error of {found.works_error:.3f} (required {limit:.3g})"
        )
    whole = "on the whole " if any(group.within and group.error > limit for group in found.failing) else ""
    return (
        f"expected to work {whole}on {share}: {found.works_rule} (estimated error {found.works_error:.3f}, required {limit:.3g}), "
        "if errors at the same inputs stayed the same"
    )
