"""How far the inputs of the two domains are apart: one claim a divergence."""

from __future__ import annotations

import numpy as np

from whytransfer.claims import Claim
from whytransfer.claims.intervals import Units
from whytransfer.divergences import DIVERGENCES
from whytransfer.divergences.domain_classifier import DomainClassifierAUC
from whytransfer.divergences.request import Request
from whytransfer.io.journal import digest, from_plain, kept, kept_now, plain
from whytransfer.overlap import TwoSamples
from whytransfer.steps.case import Case
from whytransfer.steps.told_apart import MOST_ROWS, ToldApart, at_most

EXACT = ("half_line", "interval", "stump", "wasserstein1")
SPENDING = (*EXACT, "mmd")
"""Those with `proved` limits, which spend δ."""

PERMUTATIONS = 199
"""p-values down to .005: they describe a distance, and decide nothing."""
FEWEST_ROWS = 4
"""Rows a domain needs for a half to choose on and a half to judge on."""

MOST_COLUMNS = 50
"""Columns listed in `detail`, the most shifted ones; all of them enter the value."""

UNSPENT = 0.05
"""One-sided failure probability of limits that are estimates: no part of the budget."""


def divergences(case: Case) -> list[Claim]:
    """The divergences between rows of both domains that trained nothing.

    The encoding was learned on the source's training rows, so that the evaluation rows are fresh to it. The
    kernel distances and the classifier see standardised columns: one column in grams must not drown the others.
    """
    if case.columns is None or case.apart is None:
        return []
    samples = TwoSamples(
        source=case.columns.source[case.splits.source_evaluate],
        target=case.columns.target[case.splits.target_evaluate],
        names=case.columns.names,
        units=_units(case, case.splits.source_evaluate, case.splits.target_evaluate),
    )
    if min(samples.n, samples.m) < FEWEST_ROWS:
        return []
    claims = [
        _measured(name, samples, Request(delta=case.budget.of(f"divergence.{name}"), seed=case.seed))
        for name in EXACT
    ]
    claims += _standardised(case, case.apart)
    return [_timed(case, case.cautious(_shortened(claim), grouped=True)) for claim in claims]


def _standardised(case: Case, apart: ToldApart) -> list[Claim]:
    names = () if case.columns is None else case.columns.names
    # The distances of all pairs of rows: as many as in an audit of small tables.
    rng = np.random.default_rng(np.random.SeedSequence(case.seed, spawn_key=(3, 1)))
    here, there = (at_most(np.arange(len(rows)), MOST_ROWS, rng) for rows in (apart.source, apart.target))
    units = _units(case, apart.source_rows[here], apart.target_rows[there])
    samples = TwoSamples(source=apart.source[here], target=apart.target[there], names=names, units=units)
    certified = Request(delta=case.budget.of("divergence.mmd"), permutations=PERMUTATIONS, seed=case.seed)
    estimated = Request(delta=UNSPENT, permutations=PERMUTATIONS, seed=case.seed)
    claims = [
        _measured("mmd", samples, certified),
        _measured("energy", samples, estimated),
        DomainClassifierAUC().claim_from(apart.overlap, apart.source, apart.target, estimated),
    ]
    said = "encoded, in units of the source training rows' standard deviation"
    return [claim.with_detail(columns_are=said) for claim in claims]


def _measured(name: str, samples: TwoSamples, request: Request) -> Claim:
    # Large samples are read once for all divergences, and only where a journal is kept.
    if kept_now() and "content" not in samples.known:
        samples.known["content"] = digest(samples.source, samples.target)
    return kept(
        f"divergence {name}",
        (samples.known.get("content"), repr(request)),
        lambda: DIVERGENCES[name]().claim_of(samples, request),
        write=lambda claim: plain(claim.to_dict()),
        read=lambda arrays: Claim.from_dict(from_plain(arrays)),
    )


def _units(case: Case, source: np.ndarray, target: np.ndarray) -> tuple[Units, Units] | None:
    """What is independent of what among these rows; None where every row is independent."""
    units = case.units("source", source), case.units("target", target)
    return None if all(u.groups is None for u in units) else units


def _timed(case: Case, claim: Claim) -> Claim:
    """The claim with the tests in time that did not reject, where it has limits that need independence."""
    said = {**case.ties[0].said(errors=False), **case.ties[1].said(errors=False)}
    return claim.with_detail(**said) if said and claim.confidence is not None else claim


def _shortened(claim: Claim) -> Claim:
    """The claim with its most shifted columns only."""
    columns = claim.detail.get("columns")
    if not isinstance(columns, list):
        return claim
    ranked = sorted(columns, key=lambda column: -float(column["value"]))
    return claim.with_detail(columns=ranked[:MOST_COLUMNS])
