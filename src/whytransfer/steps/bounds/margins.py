"""The margin disparity of the user's model against a committee of scorers: how much doubt there is of it on the target alone."""

from __future__ import annotations

import numpy as np

from whytransfer.claims import Assumption, Claim, figures
from whytransfer.hypotheses import margin_disparity as disparity_of_scorers
from whytransfer.models.committee import Committee
from whytransfer.steps import panel
from whytransfer.steps.bounds.chosen import Chooser
from whytransfer.steps.bounds.desk import Bounds, Desk
from whytransfer.steps.bounds.ensembles import NO_COMMITTEE
from whytransfer.steps.break_even import BreakEven
from whytransfer.steps.errors import source_error
from whytransfer.theorems import MarginDisparity
from whytransfer.threads import one_thread

RHO = 0.25
"""ρ, fixed before any row is looked at: a member is sure where its first class is half a probability ahead of every other."""

ID = "target_error.margin_disparity"

MARGIN_LAMBDA_UNKNOWN = Assumption(
    id="margin_adaptability",
    text="λ^ρ, the least sum of source and target margin error over the committee: not estimable without target labels, and there "
    "is no key to assert it by",
)


def margin_disparity(desk: Desk) -> Bounds:
    """How large λ^ρ of the committee may be; the claim itself stays open in it."""
    committee = panel.committee(desk.case) if desk.committee is None else desk.committee
    if committee is None or desk.case.columns is None:
        return Bounds(warnings=(NO_COMMITTEE.format("margin_disparity"),))
    delta = desk.delta(ID)
    # The members learned from training rows only, and the list is not cut down by what they say here.
    value = MarginDisparity().break_even(
        desk.limit,
        source_error=source_error(desk.case, delta / 2),
        margin_disparity=disparity(desk, committee, delta / 2),
        rho=RHO,
        n_classes=desk.case.classes,
    )
    breaks = BreakEven(
        theorem="margin_disparity",
        hypothesis_class="committee",
        unknown="margin_adaptability",
        value=value,
        text=_in_words(value, desk.sure(delta)),
    )
    reason = "λ^ρ of the committee is not known, and there is no key to assert it by"
    claim = desk.open(ID, "margin_disparity", MARGIN_LAMBDA_UNKNOWN, reason)
    return Bounds(claims=(claim.with_detail(rho=RHO, scorers=list(committee.names)),), break_even=(breaks,))


def disparity(desk: Desk, committee: Committee, delta: float) -> Claim:
    """The exact supremum over the members on the evaluation rows, with its upper limit."""
    case = desk.case
    if case.columns is None:
        raise ValueError("a committee needs encoded columns")
    chooser, s, t = Chooser.of(case), case.splits.source_evaluate, case.target_rows
    return disparity_of_scorers(
        (
            scores(committee, chooser.standard(case.columns.source[s])),
            scores(committee, chooser.standard(case.columns.target[t])),
        ),
        (case.subject.source.codes[s], case.subject.target.codes[t]),
        rho=RHO,
        name="committee",
        delta=delta,
        groups=(case.units("source").groups, case.units("target").groups),
        target_is_whole=case.whole,
    )


def scores(committee: Committee, columns: np.ndarray) -> np.ndarray:
    """Probabilities of the classes by each member, (M, n, K); of a member that gives none, 1 for what it answers."""
    said = committee.predict(columns)
    table: np.ndarray = np.equal(said[:, :, None], np.arange(committee.classes)).astype(np.float64)
    for row, member in zip(table, committee.members, strict=True):
        if hasattr(member, "predict_proba"):
            row[:] = 0.0
            with one_thread():
                row[:, member.classes_] = member.predict_proba(columns)
    return table


def _in_words(value: float | None, sure: str) -> str:
    if value is None:
        return "margin disparity: withheld"
    if value < 0:
        return "margin disparity: not even a member without margin errors on both domains would be enough"
    return (
        f"margin disparity: the requirement holds ({sure} sure) if some member of the committee has margin errors "
        f"(margin {RHO:g}) on source and target that add up to at most {figures.at_least(value)}"
    )
