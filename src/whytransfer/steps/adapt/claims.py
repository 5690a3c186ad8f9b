"""What is claimed of an adapted model beside its audit: how much worse it can be at most, what it gains, d and λ before and after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from whytransfer.choice import SOURCE, Choice, Paired
from whytransfer.claims import EXCHANGEABLE_WITH_REFERENCE, IID, Assumption, Claim, Level, Unit
from whytransfer.claims.intervals import Units
from whytransfer.divergences import divergence
from whytransfer.hypotheses import hypotheses
from whytransfer.methods.rules import Mapped
from whytransfer.overlap.two_samples import Floats, Integers
from whytransfer.problem import Problem, Sample, Splits
from whytransfer.steps.adapt.ground import SAMPLE, Ground
from whytransfer.steps.adapt.tries import Tried
from whytransfer.steps.bounds.counted import ENCODING_FIXED
from whytransfer.steps.case import LABELS_AT_RANDOM
from whytransfer.steps.independence import copied, domains_independent

DELTA = 0.05
"""One-sided failure probability of each claim here; they are made beside the audit's, and spend nothing of its budget."""

CLASS = "linear"
FEWEST_LABELLED = 10
"""Labelled target rows below which λ is not searched for: a linear rule learns so few by heart."""


def loss_ceiling(
    problem: Problem, splits: Splits, differ: Callable[[Integers], NDArray[np.bool_]] | None
) -> Claim:
    """err_T(adapted) − err_T(source model) ≤ T(h_adapted ≠ h_source), counted on target rows that no step has seen.

    Where the two agree they are right or wrong together, so that the error can rise by no more than the share of rows on which
    they differ; nothing else is assumed.

    Parameters
    ----------
    problem : Problem
        With the groups and times of its target rows.
    splits : Splits
        ``target_evaluate``: the rows that count; ``target_choose``: those that were learned from or chosen with.
    differ : callable or None
        Whether the two differ, for positions of target rows (m,); None where the source model is kept.
    """
    made = Claim(
        id="loss_ceiling", quantity="loss_ceiling", unit=Unit.ERROR, level=Level.PROVED, loss="zero_one"
    )
    if differ is None:
        return replace(
            made, estimate=0.0, lower=0.0, upper=0.0, detail={"reason": "the source model is kept"}
        )
    rows = splits.target_evaluate
    if not len(rows):
        return made.with_detail(reason="no target row is left that no step has seen")
    apart, units = differ(rows), _units(problem.target, rows)
    made = replace(
        made,
        estimate=float(apart.mean()),
        lower=units.lower(apart, DELTA),
        upper=units.upper(apart, DELTA),
        confidence=1.0 - DELTA,
        theorem=units.theorem,
        citation=units.citation,
        detail={"delta": DELTA, "rows": len(rows), "differ": int(apart.sum()), **units.said},
    )
    return _standing(problem, splits, made)


def gain(choice: Choice, compared: Sequence[Paired], problem: Problem) -> Claim:
    """The expected gain: with the limits of the paired comparison where target labels chose, else with those that other transfers gave.

    The paired comparison takes every row for independent.
    """
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
        assumptions=()
        if choice.kept
        else (EXCHANGEABLE_WITH_REFERENCE,)
        if paired is None
        else doubts(problem, labelled=True, by_groups=False),
        detail={"rule": choice.rule, **({} if paired is None else {"compared": paired.to_dict()})},
    )


def distances(ground: Ground, chosen: Tried) -> list[Claim]:
    """Distance d and λ before and after, on target rows that no step has seen: aligning lowers the one, and can raise the other (THEORY C5).

    After, the source rows are those that the learner was trained on, moved by a map that was learned on these very rows: both
    figures are estimates then. At most `SAMPLE` rows of each domain, drawn by the seed.
    """
    rows, training, method = ground.splits.target_evaluate, chosen.training, chosen.method
    if len(rows) < 2:
        return []
    rng = np.random.default_rng(np.random.SeedSequence(ground.case.seed, spawn_key=(57,)))
    kept, rows = ground.sample, np.sort(rng.permutation(rows)[:SAMPLE])
    here = method.columns_.numbers(ground.source_rows, "source")[kept]
    there = method.columns_.numbers(ground.problem.target.take(rows), "target")
    made = [_apart(ground, here, there), _adaptability(ground, here, there, kept, rows)]
    if chosen.name != SOURCE and training is not None:
        rule = method.rule_
        here, there = training.rows, rule.map.apply(there) if isinstance(rule, Mapped) else there
        after = _apart(ground, here, there), _adaptability(ground, here, there, kept, rows)
        made += [_estimated(replace(claim, id=f"{claim.id}.adapted")) for claim in after]
    return made


def _apart(ground: Ground, here: Floats, there: Floats) -> Claim:
    return divergence("domain_classifier", here, there, seed=ground.case.seed).with_detail(
        rows={"source": len(here), "target": len(there)}
    )


def _adaptability(ground: Ground, here: Floats, there: Floats, kept: Integers, rows: Integers) -> Claim:
    """λ of linear rules by the labels of evaluation rows; without labels, what is left is the part that the source shows."""
    labels = ground.problem.target.labels
    known = np.zeros(len(rows), dtype=bool) if labels is None else labels[rows] >= 0
    own = ground.source_labels[kept]
    if known.sum() < FEWEST_LABELLED:
        return Claim(
            id=f"adaptability.{CLASS}",
            quantity="adaptability",
            unit=Unit.ERROR,
            level=Level.ESTIMATED,
            hypothesis_class=CLASS,
            detail={"reason": "not estimable without target labels"},
        )
    answers = ground.problem.classes[labels[rows][known]]  # type: ignore[index]
    units = (
        _units(ground.problem.source, ground.splits.source_train[kept]),
        _units(ground.problem.target, rows[known]),
    )
    claim = hypotheses(CLASS).adaptability(
        here,
        own,
        there[known],
        answers,
        seed=ground.case.seed,
        groups=None if all(u.groups is None for u in units) else (units[0].groups, units[1].groups),
    )
    # The columns were encoded with what these very source rows teach.
    claim = claim.standing_on(Level.CONDITIONAL, (ENCODING_FIXED,))
    in_time = ground.problem.source.time is not None and units[0].groups is None
    return _standing(ground.problem, ground.splits, claim, *((IID,) if in_time else ()))


def _estimated(claim: Claim) -> Claim:
    """The same figure as an estimate without limits."""
    return replace(claim, level=Level.ESTIMATED, lower=None, upper=None, confidence=None)


def _units(sample: Sample, rows: np.ndarray) -> Units:
    return Units.of(None if sample.groups is None else sample.groups[rows], len(rows))


def doubts(problem: Problem, *, labelled: bool, by_groups: bool) -> tuple[Assumption, ...]:
    """What a claim from target rows stands on: that rows don't hang together in ways its limits don't know, and that nobody picked them.

    And what is rejected, as in an audit: that rows are no copies of each other, and stand in one domain only.

    Parameters
    ----------
    problem : Problem
        With the groups and times of its target rows.
    labelled : bool
        Whether rows whose label was learned from or chosen with play a part.
    by_groups : bool
        Whether its limits are by groups.
    """
    groups, timed = problem.target.groups, problem.target.time is not None
    tied = groups is not None and len(np.unique(groups.astype(str))) < problem.target.n
    hang_together = not by_groups if tied else timed
    copies = copied(problem.with_target_labels(None))
    found = (
        copies or (IID if hang_together else None),
        LABELS_AT_RANDOM if labelled else None,
        domains_independent(problem),
    )
    return tuple(a for a in found if a is not None)


def _standing(problem: Problem, splits: Splits, claim: Claim, *more: Assumption) -> Claim:
    """Conditional on `more`, and where rows may depend on each other in time, or where somebody picked the labelled ones."""
    found = doubts(problem, labelled=bool(len(splits.target_choose)), by_groups=True)
    stands = tuple(dict.fromkeys((*claim.assumptions, *more, *found)))
    return claim.standing_on(Level.CONDITIONAL, stands) if stands else claim
