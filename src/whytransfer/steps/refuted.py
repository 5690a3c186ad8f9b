"""What was asserted of the shift and the rows contradict: radii that the domains are farther apart than, shares that target labels exclude."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from whytransfer.claims import Claim, Level, Status, figures
from whytransfer.steps.assumed import PREVALENCE, RADII, key_of, shares
from whytransfer.steps.break_even import BreakEven
from whytransfer.steps.case import Case
from whytransfer.steps.errors import labelled_units
from whytransfer.theorems.assumptions import prevalence_known

SUPREMA = ("divergence.half_line", "divergence.interval", "divergence.stump")
"""Their lower limits are lower limits of the total variation, of the columns and so of columns and labels together."""

LEAST: Mapping[str, Callable[[float], float]] = {
    "tv": lambda v: v,
    "kl": lambda v: 2 * v**2,
    "chi2": lambda v: 4 * v**2,
    "hellinger": lambda v: 1.0 - math.sqrt(1.0 - v**2),
    "ratio": lambda v: 1.0 / (1.0 - v),
}
"""The least radius of each kind at which two laws can be v apart in total variation, by data processing to the event on which they are.

Exact for two coins, with shares of (1 ± v)/2 or, for the ratio, an event that the target always shows; Pinsker's inequality for
the Kullback–Leibler divergence lies a little below its least value.
"""


LEVEL = 0.01
"""Of the test of asserted shares against target labels, all classes together."""


def radii(case: Case, divergences: Sequence[Claim]) -> dict[str, str]:
    """By assumption, what the proved lower limit of a supremum says against the radius that was asserted.

    Parameters
    ----------
    case : Case
        With what was asserted.
    divergences : sequence of Claim
        Those of the audit.
    """
    farthest = _farthest(divergences)
    if farthest is None:
        return {}
    least = _least(farthest)
    return {
        key: f"{_apart(farthest)}, which takes at least {figures.at_least(radius, 'radius')}"
        for key, radius in least.items()
        if key in case.assume and float(case.assume[key]) < radius
    }


def out_of_reach(breaks: Sequence[BreakEven], divergences: Sequence[Claim]) -> tuple[BreakEven, ...]:
    """The break-evens, those of balls with what speaks against them: that the domains are farther apart than their radius for sure (THEORY B12)."""
    farthest = _farthest(divergences)
    if farthest is None:
        return tuple(breaks)
    least = _least(farthest)

    def told(even: BreakEven) -> BreakEven:
        if (
            even.theorem != "ball"
            or even.value is None
            or not 0.0 <= even.value < least.get(even.unknown, 0.0)
        ):
            return even
        return replace(
            even,
            text=f"{even.text}; but {_apart(farthest)}, so that this route can't certify the requirement",
        )

    return tuple(told(even) for even in breaks)


def _farthest(divergences: Sequence[Claim]) -> Claim | None:
    """The proved claim that puts the domains farthest apart; None where none does."""
    known = [c for c in divergences if c.id in SUPREMA and c.level is Level.PROVED and c.lower]
    return max(known, key=lambda c: c.lower or 0.0, default=None)


def _least(farthest: Claim) -> dict[str, float]:
    """The least radius of each kind, by the key that asserts it."""
    apart = min(farthest.lower or 0.0, 1.0 - 1e-12)
    return {key_of(kind): LEAST[kind](apart) for kind in (*RADII, "ratio")}


def _apart(farthest: Claim) -> str:
    return (
        f"the domains differ by at least {figures.at_least(farthest.lower, 'radius')} on one set of rows ({farthest.id}, "
        f"{figures.sure(farthest.confidence)} sure)"
    )


def prevalence(case: Case) -> dict[str, str]:
    """What the labelled target rows say against the shares of the classes that were asserted."""
    rows, labels = case.labelled_target, case.problem.target.labels
    if not len(rows) or labels is None or not any(key.startswith(PREVALENCE) for key in case.assume):
        return {}
    limits, units = shares(case.problem.classes, case.assume), labelled_units(case)
    for code, (least, most) in enumerate(limits):
        is_class = np.asarray(labels[rows] == code)
        failure = LEVEL / (2 * len(limits))
        # Wrong labels move a share by no more than there are of them.
        lower = units.lower(is_class, failure) - case.label_noise
        upper = units.upper(is_class, failure) + case.label_noise
        if lower > most or upper < least:
            said = f"{case.problem.classes[code]!s} has a share between {figures.at_least(max(lower, 0.0))} and {figures.at_most(min(upper, 1.0))}"
            return {prevalence_known().id: f"target labels: {said}, level {LEVEL:g}"}
    return {}


def rejected(claims: Sequence[Claim], said: Mapping[str, str]) -> list[Claim]:
    """The claims, those that stand on a contradicted assumption with that assumption rejected, asserted or not.

    Parameters
    ----------
    claims : sequence of Claim
        Any.
    said : mapping of str to str
        By the id of an assumption, what contradicts it.
    """
    return [_rejected(c, said) if any(a.id in said for a in c.assumptions) else c for c in claims]


def _rejected(claim: Claim, said: Mapping[str, str]) -> Claim:
    known = [
        a.with_status(Status.REJECTED, test=said[a.id])
        if a.id in said and a.status is not Status.REJECTED
        else a
        for a in claim.assumptions
    ]
    return claim.standing_on(claim.level, tuple(known))


def notes(said: Mapping[str, str]) -> list[str]:
    """The same as warnings."""
    return [f"what was assumed is rejected: {id_}; {test}" for id_, test in said.items()]
