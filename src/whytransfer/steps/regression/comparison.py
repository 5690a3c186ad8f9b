"""Two domains whose label is a quantity: losses both ways, how far their models are apart, and what one of a few rules does in both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whytransfer.claims import Budget, Claim, Level, Unit
from whytransfer.claims.intervals import Units
from whytransfer.metrics import Loss
from whytransfer.models.regressor_committee import MOST_ROWS, committee
from whytransfer.steps import gaps
from whytransfer.steps.case import Case
from whytransfer.steps.regression.bounds import CLASS
from whytransfer.steps.regression.counted import NO_CAP, Counted, counted, cut_at, direct, source_error

Floats = NDArray[np.float64]

DISAGREEMENT = "disagreement.models"
ADAPTABILITY = f"adaptability.{CLASS}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Held:
    """What the rules of a finite class say on labelled rows of one domain that taught none of them.

    Parameters
    ----------
    said : ndarray of float64, shape (M, n)
        Predicted numbers.
    labels : ndarray of float64, shape (n,)
        What is true.
    units : Units
        What is independent of what.
    """

    said: Floats
    labels: Floats
    units: Units

    @property
    def cut(self) -> float | None:
        """Where errors on other rows are cut without a cap, by what any rule is off on these; None where none is."""
        return cut_at(self.said, self.labels)


def claims(
    case: Case, back: Case | None, loss: Loss, delta: float, names: tuple[str, str], *, both_ways: bool
) -> tuple[Claim, ...]:
    """The claims of one ordered pair of domains; who spends is declared before any row is scored.

    Parameters
    ----------
    case, back : Case
        The pair, and the pair in the other order; None where that one can't be compared.
    loss : Loss
        What is measured.
    delta : float
        Failure probability per side of all of them together.
    names : pair of str
        Of the two domains.
    both_ways : bool
        Whether to tell here what holds in either order.
    """
    spend = ["source_error"] + ([DISAGREEMENT] if back is not None else [])
    if both_ways and case.columns is not None:
        spend += [f"divergence.{name}" for name in gaps.SPENDING]
        spend += [ADAPTABILITY] if back is not None else []
    case = replace(case, budget=Budget.declare(delta, spend))
    found = [source_error(case, loss), direct(case, loss)]
    if back is not None:
        found.append(_disagreement(case, back, loss))
    if ADAPTABILITY in spend and back is not None:
        found.append(_adaptability(case, back, loss, names))
    if both_ways:
        found += gaps.divergences(case)
    return tuple(claim for claim in found if claim is not None)


def least_sum(here: Held, there: Held, loss: Loss, delta: float) -> tuple[Counted, int]:
    """λ = min over the M rules of R_S + R_T with limits, and the rule whose measured sum is least.

    Lower: the rule that is best in truth is fixed, so that only its own two limits have to hold, each at δ/2; the least sum of lower limits is
    below its. Upper: every rule's sum is at least λ, but whose limit is least is known from these rows only, so that all 2M have to hold.
    Without a cap the errors of a domain are cut far beyond the largest one of any rule in the other, which these rows had no part in (`cut_at`); a cut
    by the same rule's would cut those of a rule that is good there and bad here, of all rules the one that tells most.

    Parameters
    ----------
    here, there : Held
        Both domains, n ≥ 1 rows each, the same rules in the same order.
    loss : Loss
        What is measured.
    delta : float
        Failure probability of each limit.
    """
    rules = range(len(here.said))
    cuts = there.cut, here.cut

    def pairs(share: float) -> list[tuple[Counted, Counted]]:
        return [
            (
                counted(here.said[r], here.labels, here.units, share, loss, cuts[0]),
                counted(there.said[r], there.labels, there.units, share, loss, cuts[1]),
            )
            for r in rules
        ]

    below = pairs(delta / 2)
    above = [] if loss.cap is None else pairs(delta / 2 / len(here.said))
    values = [s.value + t.value for s, t in below]
    # Where no rule is off in the other domain there is nothing to cut at, and no limit but 0.
    lower = min((s.lower or 0.0) + (t.lower or 0.0) for s, t in below)
    uppers = [s.upper + t.upper for s, t in above if s.upper is not None and t.upper is not None]
    doubts = (c.informative for pair in below for c in pair if c.informative is not None)
    best = int(np.argmin(values))
    return (
        Counted(
            value=values[best],
            lower=lower,
            upper=min(uppers) if uppers else None,
            informative=next(doubts, None),
        ),
        best,
    )


def _adaptability(case: Case, back: Case, loss: Loss, names: tuple[str, str]) -> Claim:
    """The least sum of both losses that one rule reaches: of the two models, and of five families taught by the training rows of both."""
    blank = _blank(ADAPTABILITY, "adaptability", loss, "the committee and both models need held-out rows")
    here, there = _fresh(case), _fresh(back)
    if not len(here) or not len(there):
        return blank
    rules, said_here, said_there = _rules(case, back, here, there, names)
    delta = case.budget.of(ADAPTABILITY)
    found, best = least_sum(
        Held(said=said_here, labels=_labels(case, here), units=case.units("source", here)),
        Held(said=said_there, labels=_labels(back, there), units=case.units("target", there)),
        loss,
        delta,
    )
    made = _limited(blank, found, delta)
    detail = {
        "delta": delta,
        "rows": {"source": len(here), "target": len(there)},
        "rule": rules[best],
        "members": list(rules),
        "convention": f"sum of two losses, each {loss.title}, in the unit of the label",
        **({"reason": NO_CAP} if found.upper is None else {}),
    }
    made = replace(made, hypothesis_class=CLASS, detail=detail)
    return case.cautious(made, labels=True, grouped=True)


def _rules(
    case: Case, back: Case, here: np.ndarray, there: np.ndarray, names: tuple[str, str]
) -> tuple[tuple[str, ...], Floats, Floats]:
    """Names of the rules of the class, and what they say on held-out rows of both domains, (M, n) and (M, m)."""
    if case.columns is None:
        raise ValueError("λ needs encoded columns")
    rng = np.random.default_rng(np.random.SeedSequence(case.seed, spawn_key=(71,)))
    # As many of each at most: the larger domain must not be the only one that teaches.
    taught = [_some(one.splits.source_train, MOST_ROWS // 2, rng) for one in (case, back)]
    columns = np.concatenate([case.columns.source[taught[0]], case.columns.target[taught[1]]])
    labels = np.concatenate([_labels(case, taught[0]), _labels(back, taught[1])])
    centre, spread = columns.mean(axis=0), columns.std(axis=0)
    scale = np.where(spread > 0, spread, 1.0)
    members = committee(
        (columns - centre) / scale,
        labels,
        (case.columns.source[here] - centre) / scale,
        (case.columns.target[there] - centre) / scale,
        seed=case.seed,
    )
    rules = (
        f"model of {names[0]}",
        f"model of {names[1]}",
        *(f"{name} taught by both" for name in members.names),
    )
    ours = case.subject.source.codes[here], case.subject.target.codes[there]
    theirs = back.subject.target.codes[here], back.subject.source.codes[there]
    return (
        rules,
        np.stack([ours[0], theirs[0], *members.source]),
        np.stack([ours[1], theirs[1], *members.target]),
    )


def _disagreement(case: Case, back: Case, loss: Loss) -> Claim:
    """How far the models of both domains are apart on rows of the target that taught neither."""
    rows = _fresh(back)
    blank = _blank(DISAGREEMENT, "disagreement", loss, "no row was held back")
    if not len(rows):
        return blank
    delta, units, elsewhere = case.budget.of(DISAGREEMENT), back.units("source", rows), _fresh(case)
    floor = cut_at(case.subject.source.codes[elsewhere], back.subject.target.codes[elsewhere])
    found = counted(
        case.subject.target.codes[rows], back.subject.source.codes[rows], units, delta, loss, floor
    )
    detail = {
        "delta": delta,
        "rows": len(rows),
        "convention": f"{loss.title} of one model against the other, in the unit of the label",
        **units.said,
        **({"reason": NO_CAP} if found.upper is None else {}),
    }
    return back.cautious(replace(_limited(blank, found, delta), detail=detail), grouped=True)


def _limited(blank: Claim, found: Counted, delta: float) -> Claim:
    limited = found.lower is not None or found.upper is not None
    made = replace(
        blank,
        estimate=found.value,
        lower=found.lower,
        upper=found.upper,
        confidence=1.0 - delta if limited else None,
        theorem="betting" if limited else None,
        citation="waudby-smith-ramdas:24" if limited else None,
    )
    doubt = found.informative
    return made if doubt is None else made.standing_on(Level.CONDITIONAL, (doubt,))


def _blank(id_: str, quantity: str, loss: Loss, reason: str) -> Claim:
    detail: dict[str, Any] = {"reason": reason}
    return Claim(
        id=id_, quantity=quantity, unit=Unit.LABEL, level=Level.PROVED, loss=loss.name, detail=detail
    )


def _fresh(case: Case) -> np.ndarray:
    """Labelled rows of the case's source that taught its model nothing, ascending."""
    return np.sort(np.concatenate([case.splits.source_choose, case.splits.source_evaluate]))


def _labels(case: Case, rows: np.ndarray) -> Floats:
    labels: Floats = np.asarray(case.problem.source.labels, dtype=np.float64)
    return np.asarray(labels[rows])


def _some(rows: np.ndarray, most: int, rng: np.random.Generator) -> np.ndarray:
    return rows if len(rows) <= most else np.sort(rng.choice(rows, most, replace=False))
