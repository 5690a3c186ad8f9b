"""Claims about errors that were counted: on the source's held-out rows, on labelled target rows, and their difference."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from whytransfer.claims import Assumption, Claim, Level, Unit
from whytransfer.claims.intervals import Units
from whytransfer.labels.draws import Draws
from whytransfer.steps import label_noise
from whytransfer.steps.case import Case
from whytransfer.steps.independence import Choice
from whytransfer.steps.ties import sizes_uninformative


def source_error(case: Case, delta: float | None = None) -> Claim:
    """The error of the model on the source, from its evaluation rows: Clopper–Pearson, or betting on groups or blocks.

    Parameters
    ----------
    case : Case
        The case.
    delta : float, optional
        Failure probability of each limit; the claim's own share of the budget by default.
    """
    level, assumptions = case.source_standing()
    reason = None
    if case.source_withheld:
        reason = "withheld: the model was trained on these rows, so that its error on them says little"
    elif not len(case.splits.source_evaluate):
        reason = "the source has too few labelled rows to hold any back"
    if reason is not None:
        return Claim(
            id="source_error",
            quantity="source_error",
            unit=Unit.ERROR,
            level=level,
            loss="zero_one",
            assumptions=assumptions,
            guessing_error=case.guessing_error,
            detail={"reason": reason},
        )
    share = case.budget.of("source_error") if delta is None else delta
    units = case.units("source", errors=True)
    claim = _counted("source_error", case.source_wrong, units, share, case, str(case.subject.kind))
    return _standing(claim.with_detail(**case.ties[0].said(errors=True)), assumptions)


def direct(case: Case) -> Claim | None:
    """The error on the target, counted on its labelled rows; None without any.

    The target's labels reached no training, choosing or adapting step, so that every labelled row may count.

    Where the target file is the whole target and all its rows are labelled, the error is known exactly.
    """
    rows = case.labelled_target
    if not len(rows):
        return None
    wrong = case.subject.certified.codes[rows] != case.problem.target.labels[rows]  # type: ignore[index]
    units, k, noise = labelled_units(case), len(rows), case.label_noise
    claim = _counted(
        "target_error.direct", wrong, units, case.budget.headline, case, str(case.subject.certified_kind)
    )
    dependence = () if units.kind == "rows" else case.dependence("target", errors=True, grouped=True)
    if not case.whole:
        claim = claim.with_detail(**case.ties[1].said(errors=True))
    elif k == case.problem.target.n:
        exact = float(wrong.mean())
        claim = replace(
            claim,
            lower=max(0.0, exact - noise),
            upper=min(1.0, exact + noise),
            theorem=None,
            citation=None,
        ).with_detail(population="file")
        return _standing(claim, case.doubts(labels=True))
    elif units.groups is None:
        claim = _drawn_from_file(claim, wrong, case)
    return _standing(claim, (*dependence, *case.doubts(labels=True)))


def _drawn_from_file(claim: Claim, wrong: np.ndarray, case: Case) -> Claim:
    """The claim with the exact limits of a draw without replacement.

    The binomial ones are longer, and where δ is a tenth or more they may miss more often than that: the tail of a
    hypergeometric law lies below the binomial one far from the mean only.
    """
    k, noise, failure = len(wrong), case.label_noise, case.budget.headline
    draws = Draws(sizes=(case.problem.target.n,), drawn=(k,), population="file")
    # As for independent rows: the limits at the observed count move, and those at the worst true count are met too.
    errors, changed = int(wrong.sum()), math.floor(noise * k + 1e-9)
    lower = min(draws.lower((errors,), failure) - noise, draws.lower((max(errors - changed, 0),), failure))
    upper = max(draws.upper((errors,), failure) + noise, draws.upper((min(errors + changed, k),), failure))
    return replace(
        claim,
        lower=max(0.0, lower),
        upper=min(1.0, upper),
        theorem=None,
        citation=Draws.reference,
    ).with_detail(population="file", uninformative=upper >= case.majority_error)


def labelled_units(case: Case) -> Units:
    """What is independent of what among the labelled target rows.

    Where the file is the whole target its rows are fixed and only the choice of the labelled ones is random: rows that were
    chosen one by one count one by one, however they resemble each other. Groups that are labelled whole or not at all were
    chosen as groups among those of the file, and count as such; so do rows that stand together more often than rows chosen one by one, whose claims are
    conditional (`labelled_at_random`).
    """
    rows = case.labelled_target
    if not case.whole:
        return case.units("target", rows, errors=True)
    groups = case.ties[1].groups
    if groups is None or Choice.seen(groups, case.problem.target.labelled).of == "rows":
        return Units(n=len(rows), file=np.ones(case.problem.target.n, dtype=np.int64))
    # Groups of one row too: those that were not drawn may be larger.
    codes = np.unique(groups[rows], return_inverse=True)[1].astype(np.int64)
    return Units(n=len(rows), groups=codes, kind="groups", file=np.bincount(groups))


def drops(claims: Sequence[Claim], max_drop: float | None) -> list[Claim]:
    """Every claim about the target error as a claim about its rise over the source error, where that is asked for."""
    source = next(c for c in claims if c.id == "source_error")
    if max_drop is None:
        return []
    made = (drop(c, source) for c in claims if c.quantity == "target_error")
    return [c for c in made if c is not None]


def drop(target: Claim, source: Claim) -> Claim | None:
    """err_T − err_S from two claims that hold together; None where one of them is silent.

    Their failure probabilities add (union bound); for claims of one audit they were declared already.
    """
    if target.detail.get("subject", source.detail.get("subject")) != source.detail.get("subject"):
        # A certificate about the given model and an error of its refitted clone: their difference is nobody's.
        return None
    if target.delta is None or source.delta is None or (target.lower is None and target.upper is None):
        return None
    lower = None if target.lower is None or source.upper is None else target.lower - source.upper
    upper = None if target.upper is None or source.lower is None else target.upper - source.lower
    known = target.estimate is not None and source.estimate is not None
    weakest = max((target.level, source.level), key=list(Level).index)
    return Claim(
        id=target.id.replace("target_error", "error_drop", 1),
        quantity="error_drop",
        unit=target.unit,
        level=weakest,
        estimate=target.estimate - source.estimate if known else None,  # type: ignore[operator]
        lower=lower,
        upper=upper,
        confidence=1.0 - target.delta - source.delta,
        theorem=target.theorem,
        citation=target.citation,
        hypothesis_class=target.hypothesis_class,
        loss=target.loss,
        assumptions=tuple(dict.fromkeys((*target.assumptions, *source.assumptions))),
        # It holds whenever its two parts do, and spends nothing of its own.
        detail={"delta": 0.0, "delta_of_parts": target.delta + source.delta, "from": [target.id, source.id]},
    )


def _counted(id_: str, wrong: np.ndarray, units: Units, delta: float, case: Case, subject: str) -> Claim:
    lower, upper = label_noise.limits(wrong, units, delta, case.label_noise)
    claim = Claim(
        id=id_,
        quantity=id_.split(".", maxsplit=1)[0],
        unit=Unit.ERROR,
        level=Level.PROVED,
        estimate=float(wrong.mean()),
        lower=lower,
        upper=upper,
        confidence=1.0 - delta,
        theorem=units.theorem,
        citation=units.citation,
        loss="zero_one",
        guessing_error=case.guessing_error,
        detail={
            "delta": delta,
            "errors": int(wrong.sum()),
            "rows": units.n,
            "subject": subject,
            "uninformative": upper >= case.majority_error,
            **units.said,
        },
    )
    informative = sizes_uninformative(wrong, units)
    claim = label_noise.listed(claim, case.label_noise)
    return claim if informative is None else _standing(claim, (informative,))


def _standing(claim: Claim, more: Sequence[Assumption]) -> Claim:
    """The claim, conditional where there is more that it stands on."""
    if not more:
        return claim
    return claim.standing_on(Level.CONDITIONAL, tuple(dict.fromkeys((*claim.assumptions, *more))))
