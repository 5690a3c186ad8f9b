"""What is claimed of an adapted model beside its audit: how much worse it can be at most, what it gains, d and λ before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from whytransfer.choice import SOURCE, Choice, Paired
from whytransfer.claims import IID, Assumption, Claim, Level, Unit
from whytransfer.claims.intervals import Units
from whytransfer.divergences import divergence
from whytransfer.hypotheses import hypotheses
from whytransfer.methods import Method
from whytransfer.methods.rules import Mapped
from whytransfer.steps.adapt.ground import Ground
from whytransfer.steps.adapt.tries import Tried, aligned

DELTA = 0.05
"""One-sided failure probability of each claim here; they are made beside the audit's, and spend nothing of its budget."""

CLASS = "linear"
FEWEST_LABELLED = 10
"""Labelled target rows below which λ is not searched for: a linear rule learns so few by heart."""

LABELS_AT_RANDOM = Assumption(
    id="labelled_at_random",
    text="the target rows whose labels were learned from or chosen with are a random draw from the target",
)


def loss_ceiling(ground: Ground, source: Method, chosen: Method) -> Claim:
    """err_T(adapted) − err_T(source model) ≤ T(h_adapted ≠ h_source), counted on target rows that no step has seen.

    Where the two agree they are right or wrong together, so that the error can rise by no more than the share of rows on which
    they differ; nothing else is assumed.
    """
    made = Claim(
        id="loss_ceiling", quantity="loss_ceiling", unit=Unit.ERROR, level=Level.PROVED, loss="zero_one"
    )
    if chosen is source:
        return replace(
            made, estimate=0.0, lower=0.0, upper=0.0, detail={"reason": "the source model is kept"}
        )
    rows = ground.splits.target_evaluate
    if not len(rows):
        return made.with_detail(reason="no target row is left that no step has seen")
    codes = [aligned(ground, method, rows).argmax(axis=1) for method in (source, chosen)]
    differ = codes[0] != codes[1]
    units = _units(ground, rows)
    made = replace(
        made,
        estimate=float(differ.mean()),
        lower=units.lower(differ, DELTA),
        upper=units.upper(differ, DELTA),
        confidence=1.0 - DELTA,
        theorem="clopper_pearson" if units.groups is None else "betting",
        citation="clopper-pearson:34" if units.groups is None else "waudby-smith-ramdas:24",
        detail={"delta": DELTA, "rows": len(rows), "differ": int(differ.sum()), **units.said},
    )
    return _standing(ground, made)


def gain(choice: Choice, compared: Sequence[Paired]) -> Claim:
    """The expected gain: by the paired comparison where target labels chose, else by what the rule that chose knows."""
    paired = next((p for p in compared if p.name == choice.name), None)
    known = choice.lower is not None or choice.upper is not None
    return Claim(
        id="expected_gain",
        quantity="expected_gain",
        unit=Unit.ERROR,
        level=Level.CONDITIONAL if known and paired is not None and paired.fixed else Level.ESTIMATED,
        estimate=choice.gain,
        lower=choice.lower,
        upper=choice.upper,
        confidence=choice.confidence if known else None,
        loss="zero_one",
        assumptions=() if paired is None else (LABELS_AT_RANDOM,),
        detail={"rule": choice.rule, **({} if paired is None else {"compared": paired.to_dict()})},
    )


def distances(ground: Ground, chosen: Tried) -> list[Claim]:
    """Distance d and λ before and after, on target rows that no step has seen: aligning lowers the one, and can raise the other (THEORY C5)."""
    rows = ground.splits.target_evaluate
    training, method = chosen.training, chosen.method
    if len(rows) < 2 or training is None or len(training.rows) != len(ground.source_labels):
        return []
    before = (
        method.columns_.numbers(ground.source_rows, "source"),
        method.columns_.numbers(ground.problem.target.take(rows), "target"),
    )
    rule = method.rule_
    after = training.rows, rule.map.apply(before[1]) if isinstance(rule, Mapped) else before[1]
    pairs = [("", before)] if chosen.name == SOURCE else [("", before), (".adapted", after)]
    made = []
    for suffix, (here, there) in pairs:
        apart = divergence("domain_classifier", here, there, seed=ground.case.seed)
        made += [replace(apart, id=f"{apart.id}{suffix}"), _adaptability(ground, here, there, suffix)]
    return [claim for claim in made if claim is not None]


def _adaptability(ground: Ground, here: np.ndarray, there: np.ndarray, suffix: str) -> Claim | None:
    """λ of linear rules by the labels of evaluation rows; without labels, what no method without them can know."""
    labels = ground.problem.target.labels
    rows = ground.splits.target_evaluate
    known = np.zeros(len(rows), dtype=bool) if labels is None else labels[rows] >= 0
    if known.sum() < FEWEST_LABELLED:
        return None
    answers = ground.problem.classes[labels[rows][known]]  # type: ignore[index]
    claim = hypotheses(CLASS).adaptability(
        here, ground.source_labels, there[known], answers, seed=ground.case.seed
    )
    return replace(claim, id=f"adaptability.{CLASS}{suffix}")


def _units(ground: Ground, rows: np.ndarray) -> Units:
    groups = ground.problem.target.groups
    return Units.of(None if groups is None else groups[rows], len(rows))


def _standing(ground: Ground, claim: Claim) -> Claim:
    """Conditional where rows may depend on each other in time, or where somebody picked the labelled ones."""
    doubts = []
    if ground.problem.target.time is not None and ground.problem.target.groups is None:
        doubts.append(IID)
    if len(ground.splits.target_choose):
        doubts.append(LABELS_AT_RANDOM)
    return claim.standing_on(Level.CONDITIONAL, tuple(doubts)) if doubts else claim
