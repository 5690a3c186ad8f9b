"""How far the inputs of the two domains are apart: one claim a divergence."""

from __future__ import annotations

import numpy as np

from whytransfer.claims import Claim
from whytransfer.divergences import divergence
from whytransfer.steps.case import Case

EXACT = ("half_line", "interval", "stump", "wasserstein1")
QUADRATIC = ("mmd", "energy")
MOST_ROWS = 2000
"""Rows per domain in the quadratic divergences of an audit; a larger sample is drawn and said."""

PERMUTATIONS = 199
SPENDING = ("half_line", "interval", "stump")
"""Those whose limits are certificates, so that they spend δ."""

NO_SHARE = 0.05
"""δ handed to divergences that certify nothing in an audit; nothing is spent."""


def divergences(case: Case) -> tuple[list[Claim], list[str]]:
    """The divergences between the evaluation rows of both domains, and what had to be left out or drawn.

    The encoding was learned on the source's training rows, so that the evaluation rows are fresh to it. The two
    kernel divergences see standardised columns: one column in grams must not drown the others.
    """
    if case.columns is None:
        return [], []
    source = case.columns.source[case.splits.source_evaluate]
    target = case.columns.target[case.splits.target_evaluate]
    warnings: list[str] = []
    claims = []
    for name in EXACT:
        delta = case.budget.of(f"divergence.{name}") if name in SPENDING else NO_SHARE
        claims.append(divergence(name, source, target, delta=delta, seed=case.seed))
    scaled = standardised(case, source), standardised(case, target)
    rng = np.random.default_rng(np.random.SeedSequence(case.seed, spawn_key=(71,)))
    left, right = (_at_most(rows, rng) for rows in scaled)
    if len(left) < len(source) or len(right) < len(target):
        warnings.append(
            f"mmd and energy were computed on a sample of {len(left)} source and {len(right)} target rows, drawn by the seed"
        )
    for name in QUADRATIC:
        if min(len(left), len(right)) >= 4:
            claim = divergence(name, left, right, permutations=PERMUTATIONS, seed=case.seed)
            claims.append(
                claim.with_detail(columns_are="encoded, standardised on the source's training rows")
            )
    if min(len(source), len(target)) >= 4:
        claims.append(divergence("domain_classifier", *scaled, permutations=PERMUTATIONS, seed=case.seed))
    return [case.cautious(_named(claim, case.columns.names)) for claim in claims], warnings


def standardised(case: Case, rows: np.ndarray) -> np.ndarray:
    """Columns in units of the source training rows' standard deviation."""
    train = case.columns.source[case.splits.source_train]  # type: ignore[union-attr]
    spread = train.std(axis=0)
    return np.asarray((rows - train.mean(axis=0)) / np.where(spread > 0, spread, 1.0))


def _at_most(rows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    if len(rows) <= MOST_ROWS:
        return rows
    return rows[np.sort(rng.choice(len(rows), MOST_ROWS, replace=False))]


def _named(claim: Claim, names: tuple[str, ...]) -> Claim:
    """The claim with the columns' own names in its detail, the most shifted ones only."""
    columns = claim.detail.get("columns")
    if not isinstance(columns, list):
        return claim
    named = [{**column, "name": names[i]} for i, column in enumerate(columns)]
    named.sort(key=lambda column: -float(column["value"]))
    return claim.with_detail(columns=named[:50])
