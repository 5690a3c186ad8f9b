"""The claims that labels of a plan make about the first candidate: its error, and its error among each class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whytransfer.claims import Assumption, Claim, Level, Unit
from whytransfer.claims.assumption import declared
from whytransfer.claims.intervals import Betting, Chernoff, ClopperPearson
from whytransfer.labels.draws import Draws
from whytransfer.labels.horizon import Horizon
from whytransfer.labels.judge import Limits, judge
from whytransfer.labels.plan import LabelPlan
from whytransfer.labels.sheet import Filled

Integers = NDArray[np.int64]

METHODS = {
    "planned": "exact at the planned number of labels",
    "early": "anytime limit of an early look",
    "sequential": "valid after every label of the plan",
    "endless": "valid after every label, however many there will be",
    "none": "no label yet",
}
"""What `detail.method` means."""

CHANCE = 1e-6
"""Probability that the uniformly drawn part of a stratified draw is none, at most; whoever stands on that part pays for it."""

CHANCE_SHARE = 0.1
"""… and at most this share of the least δ that a claim of the plan has: a tiny δ must not be used up by it."""


def target_error(plan: LabelPlan, filled: Filled, failure: float) -> Claim:
    """The error of the first candidate on the target, from the labels of the plan."""
    found = judge(plan, filled, failure)
    theorem, citation = _source(plan, found.method)
    claim = Claim(
        id="target_error.direct",
        quantity="target_error",
        unit=Unit.ERROR,
        level=Level.PROVED,
        estimate=found.estimate,
        lower=found.lower if found.estimate is None else min(found.lower, found.estimate),
        upper=found.upper if found.estimate is None else max(found.upper, found.estimate),
        confidence=1.0 - failure,
        theorem=theorem,
        citation=citation,
        loss="zero_one",
        guessing_error=1.0 - 1.0 / max(len(plan.classes), 2),
        detail=_detail(plan, filled, found, failure),
    )
    return standing(claim, assumptions(plan))


def assumptions(plan: LabelPlan) -> tuple[Assumption, ...]:
    """What every claim from these labels stands on beside the draw."""
    if not plan.label_noise:
        return plan.standing
    noise = declared("label_noise", f"at most {plan.label_noise:.4g} of the labels are wrong")
    return (*plan.standing, noise)


def standing(claim: Claim, more: Sequence[Assumption]) -> Claim:
    """The claim, conditional where it stands on something other than a declared share of wrong labels."""
    if not more:
        return claim
    # As everywhere: a declared share of wrong labels is like a declared range, and the level stays.
    weaker = any(a.id != "label_noise" for a in more)
    return claim.standing_on(Level.CONDITIONAL if weaker else claim.level, (*claim.assumptions, *more))


def _source(plan: LabelPlan, method: str) -> tuple[str | None, str]:
    if method in ("endless", "early"):
        return "betting", Betting.reference
    if method == "sequential":
        return None, Horizon.reference
    if len(plan.sizes) == 1 and plan.population == "law":
        return "clopper_pearson", ClopperPearson.reference
    return None, Draws.reference


def _detail(plan: LabelPlan, filled: Filled, found: Limits, failure: float) -> dict[str, Any]:
    return {
        "delta": failure,
        "errors": found.errors,
        "rows": found.rows,
        "planned": plan.n,
        "labelled": filled.labelled,
        "skipped": filled.skipped,
        "subject": plan.subject_name,
        "design": plan.design,
        "way": plan.way,
        "population": plan.population,
        "strata": [
            {"rows": size, "drawn": drawn} for size, drawn in zip(plan.sizes, plan.drawn, strict=True)
        ],
        "method": found.method,
        "meaning": METHODS[found.method],
        "uninformative": found.upper >= plan.majority_error,
    }


# ---------------------------------------------------------------- each class


def class_errors(plan: LabelPlan, filled: Filled) -> list[Claim]:
    """The error among rows of each class, from the uniformly drawn part of the labels; silent until all rows are labelled.

    Given how many of the drawn rows belong to a class they are a random draw from its rows, so that each class has its own
    exact limit. Claims about the file use Chernoff's limit, which holds for draws without replacement too (Hoeffding 1963).
    """
    names = [(code, f"class_error.{value}") for code, value in enumerate(plan.classes.tolist())]
    return [_class_error(plan, filled, name, code) for code, name in names if name in plan.spends]


def _class_error(plan: LabelPlan, filled: Filled, name: str, code: int) -> Claim:
    rows = uniform_part(plan)
    failure = plan.spends[name]
    common: dict[str, Any] = {
        "id": name,
        "quantity": "class_error",
        "unit": Unit.ERROR,
        "level": Level.PROVED,
        "loss": "zero_one",
    }
    said = {"class": str(plan.classes[code]), "population": plan.population}
    left = failure - chance(plan)
    if filled.labelled < plan.n:
        reason = "not all planned rows are labelled, and a row without a label may belong to any class"
        return Claim(**common, detail={**said, "reason": reason})
    inside = rows[filled.codes[rows] == code]
    errors = int((plan.predictions[plan.subject_name][inside] != code).sum())
    by_law = plan.population == "law"
    kind = ClopperPearson() if by_law else Chernoff()
    noise = bool(plan.label_noise)
    claim = Claim(
        **common,
        estimate=errors / len(inside) if len(inside) else None,
        # A wrong label moves a row into another class: nothing is left to limit.
        lower=0.0 if noise else kind.lower(errors, len(inside), left),
        upper=1.0 if noise else kind.upper(errors, len(inside), left),
        confidence=1.0 - failure,
        theorem=kind.name,
        citation=kind.reference,
        detail={**said, "delta": failure, "errors": errors, "rows": len(inside)},
    )
    return standing(claim, assumptions(plan))


def uniform_part(plan: LabelPlan) -> Integers:
    """Planned rows (places in draw order) that are together a uniform draw from the file, chosen without their labels.

    As many rows as a uniform draw could have without asking a stratum for more than it has labels, but for a
    probability of `chance`; how many come from each stratum is drawn as a uniform draw would have it, and they are
    its first rows in draw order.
    """
    if len(plan.sizes) == 1:
        return np.arange(plan.n)
    rng = np.random.default_rng(np.random.SeedSequence(plan.seed, spawn_key=(31,)))
    size = _safe_size(plan.sizes, plan.drawn, chance(plan))
    parts = rng.multivariate_hypergeometric(plan.sizes, size)
    taken = [
        np.flatnonzero(plan.strata == h)[: min(part, drawn)]
        for h, (part, drawn) in enumerate(zip(parts, plan.drawn, strict=True))
    ]
    return np.sort(np.concatenate(taken))


def chance(plan: LabelPlan) -> float:
    """Probability that `uniform_part` is no uniform draw: 0 where all labels are one."""
    if len(plan.sizes) == 1:
        return 0.0
    return min(CHANCE, CHANCE_SHARE * min(plan.spends.values()))


def _safe_size(sizes: tuple[int, ...], drawn: tuple[int, ...], failure: float) -> int:
    from scipy.stats import hypergeom

    least, most = 0, sum(drawn) + 1
    while most - least > 1:
        middle = (least + most) // 2
        over = sum(
            float(hypergeom.sf(d, sum(sizes), size, middle)) for size, d in zip(sizes, drawn, strict=True)
        )
        if over <= failure:
            least = middle
        else:
            most = middle
    return least
