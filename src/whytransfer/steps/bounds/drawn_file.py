"""A bound whose assumption is about laws, where the target file is all there is: the file is one draw, and may err more often than its law.

Suprema over a class compare the file itself with the source, and λ, σ and τ can be asserted of the file. But no file has the
law of the label given the features, or the features given the label, or lies within a divergence of the source: those are statements about the law that its
rows come from. So such a bound is worked out for the law first, and then allows for the draw.
"""

from __future__ import annotations

import math
from dataclasses import replace

from whytransfer.claims import Claim
from whytransfer.claims.intervals import Units, hoeffding_term
from whytransfer.models.combined import DistributionWeighted
from whytransfer.steps.bounds.desk import Desk, standing
from whytransfer.steps.case import OF_NO_MODEL
from whytransfer.steps.met import TAUGHT_NOTHING
from whytransfer.theorems.ball import KINDS

HALVINGS = 60
"""Of the search for a limit: beyond double precision."""


def share(desk: Desk, claim_id: str) -> float:
    """The δ of the terms of such a bound: half of its share where the other half allows for the draw of the file."""
    delta = desk.delta(claim_id)
    return delta / 2 if desk.case.whole else delta


def of_file(desk: Desk, claim: Claim, delta: float) -> Claim:
    """The claim about the law as one about the file, whose error deviates from it but for a further `delta`; as it is where the law is asked for.

    Given a model that none of these rows taught, errors on independent rows are independent of each other: P(their mean ≥ x) ≤ exp(−m kl(x ‖ p)) for x above the law's error p
    (Hoeffding 1963, theorem 1), and the largest x that this leaves rises with p. Of groups: Hoeffding's term for their effective number of rows.
    """
    case = desk.case
    if not case.whole or (claim.lower is None and claim.upper is None):
        return claim
    units, spent = case.units("target"), (claim.delta or 0.0) + delta
    made = replace(
        claim,
        lower=None if claim.lower is None else 1.0 - _worst(1.0 - claim.lower, units, delta),
        upper=None if claim.upper is None else max(claim.upper, _worst(claim.upper, units, delta)),
        confidence=1.0 - spent,
    ).with_detail(delta=spent, population="file", of_the_law=[claim.lower, claim.upper])
    adapted = len(case.splits.target_train) or isinstance(case.subject.model, DistributionWeighted)
    met = TAUGHT_NOTHING if adapted else None if claim.quantity in OF_NO_MODEL else case.met.rows
    return standing(made, [*case.dependence("target", grouped=True), *([] if met is None else [met])])


def law_limit(desk: Desk, delta: float) -> float:
    """The largest error of the law at which that of the file stays within the requirement, but for `delta`; negative where none does."""
    if not desk.case.whole or desk.limit >= 1.0:
        return desk.limit
    units = desk.case.units("target")
    if _worst(0.0, units, delta) > desk.limit:
        return desk.limit - _worst(0.0, units, delta)
    low, high = 0.0, max(desk.limit, 0.0)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _worst(middle, units, delta) <= desk.limit else (low, middle)
    return low


def _worst(error: float, units: Units, delta: float) -> float:
    """The largest share of errors that rows of a law with this error show, but for `delta`; an error beyond 1 stays what it is."""
    if error >= 1.0 or not units.n:
        return max(error, 1.0)
    p = max(error, 0.0)
    if units.groups is not None:
        return min(1.0, p + float(hoeffding_term(delta, units.effective)))
    return KINDS["kl"].worst(p, -math.log(delta) / units.n)
