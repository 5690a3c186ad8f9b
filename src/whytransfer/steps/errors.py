"""Claims about errors that were counted: on the source's held-out rows, on labelled target rows, and their difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from whytransfer.claims import Claim, Level, Unit
from whytransfer.claims.intervals import lower_limit, upper_limit
from whytransfer.steps.case import Case


def source_error(case: Case, delta: float | None = None) -> Claim:
    """The error of the model on the source, from its evaluation rows (Clopper–Pearson).

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
    wrong, share = case.source_wrong, case.budget.of("source_error") if delta is None else delta
    return _counted("source_error", "source_error", int(wrong.sum()), len(wrong), share, case).standing_on(
        level, assumptions
    )


def direct(case: Case) -> Claim | None:
    """The error on the target, counted on its labelled rows; None without any.

    The target's labels reached no training, choosing or adapting step, so that every labelled row may count.

    Where the target file is the whole target and all its rows are labelled, the error is known exactly.
    """
    rows = case.labelled_target
    if not len(rows):
        return None
    wrong = case.subject.certified.codes[rows] != case.problem.target.labels[rows]  # type: ignore[index]
    errors, k, delta = int(wrong.sum()), len(rows), case.budget.headline
    dependence = (*(() if case.whole else case.dependence("target")), *case.doubts(labels=True))
    level = Level.CONDITIONAL if dependence else Level.PROVED
    counted = _counted("target_error.direct", "target_error", errors, k, delta, case)
    claim = counted.with_detail(subject=str(case.subject.certified_kind))
    if case.whole and k == case.problem.target.n:
        exact = errors / k
        claim = replace(claim, lower=exact, upper=exact, theorem=None, citation=None).with_detail(
            population="file"
        )
    return claim.standing_on(level, dependence)


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
        unit=Unit.ERROR,
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


def _counted(id_: str, quantity: str, errors: int, n: int, delta: float, case: Case) -> Claim:
    upper = float(upper_limit(errors, n, delta))
    return Claim(
        id=id_,
        quantity=quantity,
        unit=Unit.ERROR,
        level=Level.PROVED,
        estimate=errors / n,
        lower=float(lower_limit(errors, n, delta)),
        upper=upper,
        confidence=1.0 - delta,
        theorem="clopper_pearson",
        citation="clopper-pearson:34",
        loss="zero_one",
        guessing_error=case.guessing_error,
        detail={
            "delta": delta,
            "errors": errors,
            "rows": n,
            "subject": str(case.subject.kind),
            "uninformative": upper >= case.majority_error,
        },
    )
