"""The class of hypotheses that the bounds of an audit are about, and its λ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from whytransfer.claims import Assumption, Claim, Status, figures
from whytransfer.errors import InputError
from whytransfer.hypotheses import HypothesisClass, hypotheses
from whytransfer.steps.bounds.work import Work, rows_of
from whytransfer.steps.case import Case

CLASS = "stumps"
"""The class of the bounds: exact, quick, and the smallest that reads every column."""

SURROGATES = ("linear",)
"""Classes whose λ has an upper limit only, shown when target labels are there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AtWork:
    """One class at work, with its λ and that of the surrogates; or why there is none."""

    work: Work | None = None
    claims: tuple[Claim, ...] = ()
    warnings: tuple[str, ...] = ()


def class_name(assume: Mapping[str, float | str]) -> str:
    """The class that was asserted something of, or the default."""
    return str(assume.get("class", CLASS))


def spenders(case: Case, surrogates: tuple[str, ...]) -> list[str]:
    """Ids of the claims about λ, each of which spends δ."""
    if misfit(case) is not None:
        return []
    named = [class_name(case.assume), *(surrogates if len(case.labelled_target) else ())]
    return [f"adaptability.{name}" for name in named]


def misfit(case: Case) -> str | None:
    """Why no class of hypotheses can be put to work on these rows; None where one can.

    Raises
    ------
    InputError
        When the class that was asserted something of reads another number of columns.
    """
    if case.columns is None or case.classes < 2:
        return "no columns or no second class"
    if not (len(case.splits.source_evaluate) and len(case.splits.target_evaluate)):
        return "no rows to score"
    name = class_name(case.assume)
    oracle = hypotheses(name)
    if oracle.binary and case.classes > 2:
        return f"{name} is a class of binary rules and the source has {case.classes} classes"
    if oracle.columns is not None and case.columns.source.shape[1] != oracle.columns:
        raise InputError(
            f"assume class={name}: it reads {oracle.columns} column, the data have {case.columns.source.shape[1]}; use stumps"
        )
    return None


def at_work(case: Case, limit: float, surrogates: tuple[str, ...]) -> AtWork:
    """The class on the evaluation rows, its λ, and whether what was assumed of it is rejected."""
    why = misfit(case)
    if why is not None:
        said = why.startswith(class_name(case.assume))
        return AtWork(warnings=(f"bounds were left out: {why}",) if said else ())
    oracle = named_class(class_name(case.assume), case)
    work = Work(case=case, oracle=oracle, rows=rows_of(case), limit=limit)
    measured = work.adaptability(oracle, case.budget.of(f"adaptability.{work.name}"))
    work = replace(work, refuted=_refuted(measured, case.assume), least=measured.lower)
    others = surrogates if len(case.labelled_target) else ()
    more = [work.adaptability(named_class(s, case), case.budget.of(f"adaptability.{s}")) for s in others]
    notes = () if work.refuted is None else (f"what was assumed is rejected: {work.refuted.test}",)
    return AtWork(work=work, claims=(measured, *more), warnings=notes)


def named_class(name: str, case: Case) -> HypothesisClass:
    """The class, with the columns' names for its rules where it takes them."""
    oracle = hypotheses(name)
    if not hasattr(oracle, "features") or case.columns is None:
        return oracle
    return replace(oracle, features=case.columns.names)  # type: ignore[type-var]


def _refuted(measured: Claim, assume: Mapping[str, float | str]) -> Assumption | None:
    """The assertion that the proved lower limit of λ contradicts; σ + τ is one about λ too."""
    asserted = float(assume["lambda"]) if "lambda" in assume else None
    if "sigma" in assume:
        both = float(assume["sigma"]) + float(assume["tau"])
        asserted = both if asserted is None else min(asserted, both)
    if asserted is None or measured.lower is None or asserted >= measured.lower:
        return None
    least = figures.at_least(measured.lower)
    return Assumption(
        id="adaptability_at_most",
        text=f"some member of {measured.hypothesis_class} has a source and a target error that add up to at most {asserted:g}",
        status=Status.REJECTED,
        test=f"λ of {measured.hypothesis_class} is at least {least}, {figures.sure(measured.confidence)} sure",
    )
