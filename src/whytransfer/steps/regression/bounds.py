"""Bounds for a metric loss: what passes from one model of a finite class to another by the triangle inequality alone.

R is the measured loss, (E ρ^r)^(1/r), which obeys R(h, y) ≤ R(h, h*) + R(h*, y) in either domain. The class is the committee of
the audit: regressors of several families, fixed by the source's training rows.

* `disparity` (THEORY B3): R_T(h) ≤ R_S(h) + max over h' of [R_T(h, h') − R_S(h, h')] + λ, λ = min over the class of R_S + R_T;
* `version_space` (THEORY B4 a): R_T(h) ≤ τ + max of R_T(h, h') over the h' that may have R_S(h') ≤ σ, if some member is within σ here and τ there.

One fixed h* carries both proofs, so that its own limits have to hold and no others: the maximum over limits of all members is above
h*'s, whichever it is (THEORY P1), and no union over the class is paid. All limits need a cap.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whytransfer.claims import Assumption, Claim, Level, Status, Unit, declared, figures
from whytransfer.claims.intervals import Units
from whytransfer.metrics import Loss
from whytransfer.models.regressor_committee import Opinions
from whytransfer.steps.break_even import BreakEven
from whytransfer.steps.case import Case
from whytransfer.steps.regression.counted import NO_CAP

Floats = NDArray[np.float64]

CLASS = "finite"
IDS = {name: f"target_error.{name}.{CLASS}" for name in ("disparity", "version_space")}
PARTS = 3
"""Limits in the disparity bound that share its δ: R_S(h), R_S(h, h*), R_T(h, h*)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounded:
    """What the bounds say: claims, break-evens, warnings."""

    claims: tuple[Claim, ...] = ()
    break_even: tuple[BreakEven, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """The rows that the bounds look at: what the model and the members say, the labels of the source, what is independent."""

    here: Floats
    there: Floats
    labels: Floats
    members: Opinions
    units: tuple[Units, Units]
    whole: bool = False


def spenders(loss: Loss, theorems: tuple[str, ...] | None) -> list[str]:
    """Who spends δ: nobody without a cap, else each bound that was not left out."""
    if loss.cap is None:
        return []
    return [id_ for name, id_ in IDS.items() if theorems is None or name in theorems]


def evaluate(case: Case, loss: Loss, rows: Rows | None, allowed: float, asked: list[str]) -> Bounded:
    """Every bound that was declared to spend; `allowed` is the largest loss on the target that meets the requirement."""
    if case.source_withheld or rows is None or not len(rows.here) or not len(rows.there):
        return Bounded()
    if loss.cap is None:
        return Bounded(warnings=(f"bounds over the committee were left out: {NO_CAP}",))
    found = []
    if IDS["disparity"] in asked:
        found.append(_disparity(case, loss, rows, allowed))
    if IDS["version_space"] in asked:
        found.append(_version_space(case, loss, rows, allowed))
    return Bounded(
        claims=tuple(c for one in found for c in one.claims),
        break_even=tuple(b for one in found for b in one.break_even),
        warnings=tuple(w for one in found for w in one.warnings),
    )


def _upper(
    loss: Loss, said: Floats, against: Floats, units: Units, delta: float, *, exact: bool = False
) -> float:
    """The measured loss of `said` against `against` is at most this, but for δ; exact where the rows are all there are."""
    top = _top(loss)
    shares = np.minimum(loss.powers(said, against) / top, 1.0)
    return loss.measured(top * (float(shares.mean()) if exact else units.upper(shares, delta)))


def _lower(loss: Loss, said: Floats, against: Floats, units: Units, delta: float) -> float:
    top = _top(loss)
    return loss.measured(top * units.lower(np.minimum(loss.powers(said, against) / top, 1.0), delta))


def _top(loss: Loss) -> float:
    return float(loss.largest or 0.0) ** loss.power


def _disparity(case: Case, loss: Loss, rows: Rows, allowed: float) -> Bounded:
    delta = case.budget.of(IDS["disparity"])
    part = delta / PARTS
    source, target = rows.units
    error = _upper(loss, rows.here, rows.labels, source, part)
    gaps = [
        _upper(loss, there, rows.there, target, part, exact=rows.whole)
        - _lower(loss, here, rows.here, source, part)
        for here, there in zip(rows.members.source, rows.members.target, strict=True)
    ]
    rest, worst = error + max(gaps), rows.members.names[int(np.argmax(gaps))]
    room = allowed - rest
    text = (
        f"disparity bound over the committee: the requirement holds ({figures.sure(1.0 - delta)} sure) if λ, the least sum of both losses "
        f"of one member, is at most {figures.at_least(room, 'label')}"
        if room >= 0.0
        else "disparity bound over the committee: even λ = 0 would not be enough"
    )
    even = BreakEven(
        theorem="disparity",
        hypothesis_class=CLASS,
        unknown="adaptability",
        value=room,
        adaptability=room,
        text=text,
    )
    given = case.assume.get("lambda")
    if given is None:
        claim = _claim(case, loss, "disparity", None, delta, rows, (), without=rest, rule=worst)
        return Bounded(claims=(claim,), break_even=(even,))
    asserted = declared(
        "lambda", f"some member of the committee has losses that sum to at most {given:g} over both domains"
    )
    claim = _claim(
        case, loss, "disparity", rest + float(given), delta, rows, (asserted,), without=rest, rule=worst
    )
    return Bounded(claims=(claim,), break_even=(even,))


def _version_space(case: Case, loss: Loss, rows: Rows, allowed: float) -> Bounded:
    delta = case.budget.of(IDS["version_space"])
    even = _frontier(loss, rows, allowed, delta)
    if "sigma" not in case.assume:
        return Bounded(
            claims=(_claim(case, loss, "version_space", None, delta, rows, ()),), break_even=(even,)
        )
    # What was asserted was asserted before: one member, and so its limits alone, must hold.
    sigma, tau, part = float(case.assume["sigma"]), float(case.assume["tau"]), delta / 2
    members = _limits(loss, rows, part)
    kept = [apart for least, apart in members if least <= sigma]
    stated = f"some member of the committee has a loss of at most {sigma:g} on the source and {tau:g} on the target"
    if kept:
        asserted = declared("sigma_tau", stated)
        claim = _claim(case, loss, "version_space", tau + max(kept), delta, rows, (asserted,))
        return Bounded(claims=(claim,), break_even=(even,))
    lowest = figures.at_least(min(least for least, _ in members), "label")
    test = f"every member's loss on the source is at least {lowest}, each limit at {part:.3g}"
    rejected = Assumption(id="sigma_tau", text=stated, status=Status.REJECTED, test=test)
    withheld = "withheld: what was assumed is rejected"
    claim = _claim(case, loss, "version_space", None, delta, rows, (rejected,), reason=withheld)
    return Bounded(claims=(claim,), break_even=(even,), warnings=(f"assume sigma, tau: rejected, {test}",))


def _limits(loss: Loss, rows: Rows, failure: float) -> list[tuple[float, float]]:
    """Of each member: its loss here, from below, and how far it is from the model there, from above."""
    source, target = rows.units
    return [
        (
            _lower(loss, here, rows.labels, source, failure),
            _upper(loss, there, rows.there, target, failure, exact=rows.whole),
        )
        for here, there in zip(rows.members.source, rows.members.target, strict=True)
    ]


def _frontier(loss: Loss, rows: Rows, allowed: float, delta: float) -> BreakEven:
    """For each σ that a member may have, the largest τ that meets the requirement."""
    # σ and τ are picked by the rows: the limits of all members hold together, whichever stands behind them.
    members = _limits(loss, rows, delta / 2 / len(rows.members.names))
    pairs = [
        (sigma, allowed - max(apart for least, apart in members if least <= sigma))
        for sigma in sorted(least for least, _ in members)
    ]
    best = next((pair for pair in pairs if pair[1] >= 0.0), None)
    text = (
        "version space of the committee: no σ and τ would be enough"
        if best is None
        else f"version space of the committee: the requirement holds ({figures.sure(1.0 - delta)} sure) if some member has a loss of at most "
        f"{figures.at_least(best[0], 'label')} here and {figures.at_least(best[1], 'label')} there"
    )
    return BreakEven(
        theorem="version_space",
        hypothesis_class=CLASS,
        unknown="sigma_tau",
        value=None,
        sigma_tau=tuple(pairs),
        text=text,
    )


def _claim(
    case: Case,
    loss: Loss,
    name: str,
    upper: float | None,
    delta: float,
    rows: Rows,
    asserted: tuple[Assumption, ...],
    *,
    without: float | None = None,
    rule: str | None = None,
    reason: str | None = None,
) -> Claim:
    _, standing = case.source_standing()
    unseen = "lambda" if name == "disparity" else "sigma_tau"
    open_ = Assumption(id=unseen, text="not estimable without target labels")
    assumptions = tuple(dict.fromkeys((*(asserted or (open_,)), *standing)))
    why = reason or ("λ is not known" if name == "disparity" else "σ and τ were not asserted")
    detail = {
        "delta": delta,
        "rows": {"source": len(rows.here), "target": len(rows.there)},
        "members": list(rows.members.names),
        "convention": f"{loss.title}, in the unit of the label",
        **({} if without is None else {"without_the_unseen_part": without}),
        **({} if rule is None else {"rule": rule}),
        **({} if upper is not None else {"reason": why}),
    }
    claim = Claim(
        id=IDS[name],
        quantity="target_error",
        unit=Unit.LABEL,
        level=Level.CONDITIONAL,
        upper=upper,
        confidence=None if upper is None else 1.0 - delta,
        theorem=name,
        hypothesis_class=CLASS,
        loss=loss.name,
        assumptions=assumptions,
        detail=detail,
    )
    return case.cautious(claim, grouped=True)
