"""Claims about losses that were counted: on the source's held-out rows, and on labelled target rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whytransfer.claims import Assumption, Claim, Level, Unit
from whytransfer.claims.intervals import Units
from whytransfer.metrics import Loss
from whytransfer.steps.case import Case
from whytransfer.steps.errors import labelled_units
from whytransfer.steps.ties import sizes_uninformative

Floats = NDArray[np.float64]

NO_CAP = (
    "no sample limits the mean of a loss from above that may be arbitrarily large in rare rows: declare with loss_cap "
    "(--loss-cap) as how large an error is to count at most"
)

WIDE = 10.0
"""Lower limits of an uncapped loss are cut at so many times the largest error that other rows show: a bettor loses nothing by a cut that is too
high (limits at 3 and at 1,000 times agree to 1 % where the errors are alike), and where the model fails, a cut at the largest error itself cost a third of the limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A mean loss on rows, in the unit of the label, with one-sided limits; None where there is none.

    `informative` is the rejected assumption that groups of all sizes are off alike, None where nothing speaks against it.
    """

    value: float
    lower: float | None
    upper: float | None
    informative: Assumption | None = None


def counted(
    answers: Floats, labels: Floats, units: Units, delta: float, loss: Loss, floor: float | None = None
) -> Counted:
    """The measured loss on these rows.

    With a cap both limits are exact (betting on ρ^r / ρ(cap)^r in [0, 1]). Without one there is a lower limit only: the loss is
    nowhere smaller than the same loss capped at `floor`, for whatever number was fixed without a look at these rows.

    Parameters
    ----------
    answers, labels : ndarray, shape (n,)
        Predicted numbers and labels, n ≥ 1.
    units : Units
        What is independent of what.
    delta : float
        Failure probability of each limit.
    loss : Loss
        What is measured.
    floor : float or None
        The cap of the lower limit where the loss has none; None: no lower limit either.
    """
    value = loss.measured(float(loss.powers(answers, labels).mean()))
    bounded = loss if loss.cap is not None or floor is None else loss.capped(floor)
    if bounded.largest is None:
        return Counted(value=value, lower=None, upper=None)
    top = bounded.largest**bounded.power
    # Rounding may put a share a hair above 1.
    shares = np.minimum(bounded.powers(answers, labels) / top, 1.0)
    lower = bounded.measured(top * units.lower(shares, delta))
    upper = bounded.measured(top * units.upper(shares, delta)) if loss.cap is not None else None
    return Counted(
        value=value,
        lower=min(lower, value),
        upper=None if upper is None else max(upper, value),
        informative=sizes_uninformative(shares, units),
    )


def source_error(case: Case, loss: Loss) -> Claim:
    """The loss on the source's evaluation rows."""
    level, standing = case.source_standing()
    rows, delta = case.splits.source_evaluate, case.budget.of("source_error")
    reason = None
    if case.source_withheld:
        reason = "withheld: the model was trained on these rows, so that its error on them says little"
    elif not len(rows):
        reason = "the source has too few labelled rows to hold any back"
    if reason is not None:
        return _blank("source_error", loss, level, standing, reason)
    labels = case.problem.source.labels[rows]  # type: ignore[index]
    units = case.units("source", errors=True)
    found = counted(
        case.subject.source.codes[rows], labels, units, delta, loss, _floor(case, rows_of="choose")
    )
    claim = _claim("source_error", found, loss, delta, units, standing, str(case.subject.kind))
    return claim.with_detail(**case.ties[0].said(errors=True))


def direct(case: Case, loss: Loss) -> Claim | None:
    """The loss on the labelled target rows, none of which trained or chose anything; None without any."""
    rows = case.labelled_target
    if not len(rows):
        return None
    labels = case.problem.target.labels[rows]  # type: ignore[index]
    answers, units, delta = case.subject.certified.codes[rows], labelled_units(case), case.budget.headline
    found = counted(answers, labels, units, delta, loss, _floor(case, rows_of="held"))
    whole = case.whole and len(rows) == case.problem.target.n
    if whole:
        found = Counted(value=found.value, lower=found.value, upper=found.value)
    tied = () if units.groups is None or whole else case.dependence("target", errors=True, grouped=True)
    standing = (*tied, *case.doubts(labels=True))
    claim = _claim(
        "target_error.direct", found, loss, delta, units, standing, str(case.subject.certified_kind)
    )
    if whole:
        claim = claim.with_detail(population="file")
    return claim.with_detail(**({} if case.whole else case.ties[1].said(errors=True)))


def _floor(case: Case, *, rows_of: str) -> float | None:
    """`WIDE` times the largest error on source rows other than those that are scored: where the lower limit of an uncapped loss is cut."""
    splits = case.splits
    rows = splits.source_choose
    if rows_of == "held":
        rows = np.concatenate([splits.source_choose, splits.source_evaluate])
    return cut_at(case.subject.source.codes[rows], case.problem.source.labels[rows])  # type: ignore[index]


def cut_at(said: Floats, against: Floats) -> float | None:
    """`WIDE` times the largest distance on rows other than those that are scored; None where there is none."""
    most = float(np.abs(said - against).max()) if len(against) else 0.0
    return WIDE * most if most > 0.0 else None


def _claim(
    id_: str,
    found: Counted,
    loss: Loss,
    delta: float,
    units: Units,
    standing: tuple[Assumption, ...],
    subject: str,
) -> Claim:
    stands = tuple(dict.fromkeys((*standing, *(() if found.informative is None else (found.informative,)))))
    limited = found.lower is not None or found.upper is not None
    exact = found.lower == found.upper == found.value
    detail: dict[str, Any] = {
        "rows": units.n,
        "subject": subject,
        "loss_cap": loss.cap,
        "convention": f"{loss.title}, in the unit of the label",
        **units.said,
    }
    if found.upper is None:
        detail["reason"] = NO_CAP
    return Claim(
        id=id_,
        quantity=id_.split(".", maxsplit=1)[0],
        unit=Unit.LABEL,
        level=Level.CONDITIONAL if stands else Level.PROVED,
        estimate=found.value,
        lower=found.lower,
        upper=found.upper,
        confidence=1.0 - delta if limited else None,
        theorem="betting" if limited and not exact else None,
        citation="waudby-smith-ramdas:24" if limited and not exact else None,
        loss=loss.name,
        assumptions=stands,
        detail={**({"delta": delta} if limited else {}), **detail},
    )


def _blank(id_: str, loss: Loss, level: Level, standing: tuple[Assumption, ...], reason: str) -> Claim:
    return Claim(
        id=id_,
        quantity=id_.split(".", maxsplit=1)[0],
        unit=Unit.LABEL,
        level=level,
        loss=loss.name,
        assumptions=standing,
        detail={"reason": reason},
    )
