"""How far the inputs of the two domains are apart: one claim a divergence."""

from __future__ import annotations

from whytransfer.claims import Claim
from whytransfer.divergences import divergence
from whytransfer.divergences.base import Request
from whytransfer.divergences.domain_classifier import DomainClassifierAUC
from whytransfer.steps.case import Case
from whytransfer.steps.told_apart import ToldApart

EXACT = ("half_line", "interval", "stump", "wasserstein1")
SPENDING = (*EXACT, "mmd")
"""Those with `proved` limits, which spend δ."""

PERMUTATIONS = 199
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
    source = case.columns.source[case.splits.source_evaluate]
    target = case.columns.target[case.splits.target_evaluate]
    if min(len(source), len(target)) < FEWEST_ROWS:
        return []
    claims = [
        divergence(name, source, target, delta=case.budget.of(f"divergence.{name}"), seed=case.seed)
        for name in EXACT
    ]
    claims += _standardised(case, case.apart)
    return [case.cautious(_named(claim, case.columns.names)) for claim in claims]


def _standardised(case: Case, apart: ToldApart) -> list[Claim]:
    said = {"columns_are": "encoded, in units of the source training rows' standard deviation"}
    kernel = divergence(
        "mmd",
        apart.source,
        apart.target,
        permutations=PERMUTATIONS,
        delta=case.budget.of("divergence.mmd"),
        seed=case.seed,
    )
    energy = divergence(
        "energy", apart.source, apart.target, permutations=PERMUTATIONS, delta=UNSPENT, seed=case.seed
    )
    request = Request(permutations=PERMUTATIONS, delta=UNSPENT, seed=case.seed)
    classifier = DomainClassifierAUC().claim_from(apart.overlap, apart.source, apart.target, request)
    return [claim.with_detail(**said) for claim in (kernel, energy, classifier)]


def _named(claim: Claim, names: tuple[str, ...]) -> Claim:
    """The claim with the columns' own names in its detail, the most shifted ones only."""
    columns = claim.detail.get("columns")
    if not isinstance(columns, list):
        return claim
    named = [{**column, "name": name} for column, name in zip(columns, names, strict=True)]
    named.sort(key=lambda column: -float(column["value"]))
    return claim.with_detail(columns=named[:MOST_COLUMNS])
