"""The bounds of an audit: which theorems apply, who spends which δ, what they say and how tight each is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from whytransfer.claims import Claim
from whytransfer.errors import InputError
from whytransfer.io.journal import digest, from_plain, kept, plain
from whytransfer.models.committee import Committee
from whytransfer.steps.bounds import at_work
from whytransfer.steps.bounds.at_work import CLASS, SURROGATES
from whytransfer.steps.bounds.desk import WITHHELD, Bounds, Desk
from whytransfer.steps.bounds.plan import Plan
from whytransfer.steps.bounds.shift import radii
from whytransfer.steps.bounds.table import PLANS
from whytransfer.steps.bounds.tightness import against_labels, with_tightness
from whytransfer.steps.case import Case
from whytransfer.verdict import Requirement


def chosen(case: Case, theorems: Sequence[str] | None) -> tuple[Plan, ...]:
    """The theorems that run: those asked for, or all that apply without being asked for.

    Raises
    ------
    InputError
        When one that was asked for by name needs what the case does not have.
    """
    if theorems is None:
        return tuple(p for p in PLANS.values() if not p.on_request and not _missing(p, case))
    asked = tuple(plan for name, plan in PLANS.items() if name in theorems)
    for plan in asked:
        missing = _missing(plan, case)
        if missing:
            raise InputError(f"theorem {plan.name}: it needs {'; and '.join(missing)}")
    return asked


def _missing(plan: Plan, case: Case) -> list[str]:
    missing = plan.missing(case)
    if plan.of_class and not missing:
        why = at_work.misfit(case)
        return [] if why is None else [f"a class of hypotheses that fits the data ({why})"]
    return missing


def spenders(case: Case, theorems: Sequence[str] | None) -> list[str]:
    """Ids of the claims of this step that spend δ, declared before any row is scored."""
    declared = at_work.spenders(case, SURROGATES)
    return declared + [id_ for plan in chosen(case, theorems) for id_ in plan.ids(case)]


def evaluate(
    case: Case,
    counted: Sequence[Claim],
    requirement: Requirement,
    theorems: Sequence[str] | None,
    committee: Committee | None = None,
    *,
    allows: Callable[[str], bool] = bool,
    what: str = "bounds",
) -> Bounds:
    """Every bound that applies, with λ from target labels, from what was assumed, or left open.

    `allows` is asked before λ of the classes is measured, by the name `what`, and before each theorem, by its own.

    `committee` is the one that the panel asked; without it the theorems about a committee fit their own.
    """
    plans = chosen(case, theorems)
    if not allows(what):
        return Bounds()
    source = next(c for c in counted if c.id == "source_error")
    limit, spent = _limit(requirement, source)
    found = at_work.at_work(case, limit, SURROGATES)
    desk = Desk(case=case, limit=limit, source=source, at_work=found.work, committee=committee, spent=spent)
    held = _held(desk)
    parts = [
        _standing(_kept(plan, desk, held), desk, judged=plan.judged_on_source)
        for plan in plans
        if allows(f"the theorem {plan.name}")
    ]
    if theorems is None and "ball" not in {plan.name for plan in plans}:
        parts.append(_standing(Bounds(break_even=radii(desk)), desk, judged=True))
    together = Bounds.together(parts)
    return Bounds(
        claims=(*found.claims, *with_tightness(together.claims, counted)),
        break_even=together.break_even,
        warnings=(*found.warnings, *together.warnings),
    )


def _standing(found: Bounds, desk: Desk, *, judged: bool) -> Bounds:
    """The same, its break-evens standing on what the rows make them stand on."""
    footing = desk.footing(judged=judged)
    return replace(found, break_even=tuple(even.standing_on(footing) for even in found.break_even))


def _kept(plan: Plan, desk: Desk, held: str) -> Bounds:
    return kept(
        f"theorem {plan.name}",
        (held,),
        lambda: _worked_out(plan, desk),
        write=lambda found: plain(found.to_dict()),
        read=lambda arrays: Bounds.from_dict(from_plain(arrays)),
    )


def _held(desk: Desk) -> str:
    """What bounds read, for the journal: the limit, the columns, and what the model says."""
    case, said = desk.case, desk.case.subject
    columns = () if case.columns is None else (case.columns.source, case.columns.target)
    return digest(repr(desk.limit), *columns, said.source.codes, said.target.codes)


def _worked_out(plan: Plan, desk: Desk) -> Bounds:
    if plan.judged_on_source and desk.case.source_withheld:
        claims = (desk.open(id_, plan.name, desk.case.not_trained, WITHHELD) for id_ in plan.ids(desk.case))
        if plan.of_class:
            claims = (replace(c, hypothesis_class=desk.work.oracle.label) for c in claims)
        return Bounds(claims=tuple(claims))
    return plan.run(desk)


def _limit(requirement: Requirement, source: Claim) -> tuple[float, float]:
    """The requirement as a limit on err_T, and its δ: a permitted rise is added to the lower limit of err_S, which may fail."""
    if requirement.quantity == "target_error" or not source.lower:
        return requirement.value, 0.0
    return requirement.value + source.lower, source.delta or 0.0


__all__ = ["CLASS", "PLANS", "SURROGATES", "Bounds", "against_labels", "chosen", "evaluate", "spenders"]
