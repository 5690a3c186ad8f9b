"""From claims and a requirement to one of four answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from whytransfer.claims import EXCHANGEABLE_WITH_REFERENCE, Claim, Level, Status, Unit, figures
from whytransfer.wording import how_many

FEWEST_TARGET_ROWS = 20
"""Below it every answer is UNDECIDED: of twenty rows without a single error, .14 is still possible (exact, δ = .05)."""


def too_few(rows: int, what: str = "target") -> str | None:
    """Why nothing is said of a target (or another `what`) of so many rows; None where they are enough."""
    if rows >= FEWEST_TARGET_ROWS:
        return None
    return f"the {what} has {how_many(rows, 'rows')}, fewer than {FEWEST_TARGET_ROWS}: too few to say anything about it"


class Answer(StrEnum):
    """Does the model work on the target?

    Examples
    --------
    >>> [(answer.name, answer.exit_code) for answer in Answer]
    [('WORKS', 0), ('FAILS', 10), ('UNDECIDED', 11), ('NOT_COMPARABLE', 12)]
    """

    WORKS = "works"
    """The error there is within the requirement."""
    FAILS = "fails"
    """It is above."""
    UNDECIDED = "undecided"
    """Neither is shown; the reason says what would settle it."""
    NOT_COMPARABLE = "not_comparable"
    """Columns or label spaces differ."""

    @property
    def spoken(self) -> str:
        """As it is printed: ``NOT COMPARABLE``."""
        return self.value.replace("_", " ").upper()

    @property
    def exit_code(self) -> int:
        """The exit code of the command line: 0, 10, 11 or 12."""
        return _EXIT_CODES[self]


_EXIT_CODES = {Answer.WORKS: 0, Answer.FAILS: 10, Answer.UNDECIDED: 11, Answer.NOT_COMPARABLE: 12}


class Basis(StrEnum):
    """What an answer stands on, the strongest first.

    Examples
    --------
    >>> Basis.CERTIFIED.reaches(Basis.ESTIMATED), Basis.ESTIMATED.reaches(Basis.CERTIFIED)
    (True, False)
    """

    CERTIFIED = "certified"
    """A `proved` claim: independent draws, nothing else."""
    CONDITIONAL = "conditional"
    """A `conditional` claim: the assumptions that it lists."""
    ESTIMATED = "estimated"
    """An `estimated` claim: an interval earned on other transfers, not a guarantee."""

    def reaches(self, required: Basis) -> bool:
        """Whether this basis is at least as strong as the required one."""
        order = list(Basis)
        return order.index(self) <= order.index(required)


_BASIS_OF = {
    Level.PROVED: Basis.CERTIFIED,
    Level.CONDITIONAL: Basis.CONDITIONAL,
    Level.ESTIMATED: Basis.ESTIMATED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """What "works" means here.

    Parameters
    ----------
    value : float
        The limit, in error units.
    quantity : str
        What must not exceed it: ``"target_error"``, ``"error_drop"``, or ``"target_<metric>"``.
    kind : {"tolerance", "max_drop", "majority_error"}
        Where it comes from.
    title : str
        What it is called in a sentence; empty for the error and its rise.
    """

    value: float
    quantity: str
    kind: str
    title: str = ""

    @property
    def shown(self) -> str:
        """The limit as a figure."""
        return figures.required(self.value, self.kind)

    @property
    def text(self) -> str:
        """The requirement in words."""
        if self.title and self.kind == "majority_error":
            return (
                f"{self.title} on the target must be at most {self.shown}, that of always predicting the best constant of the "
                "source (no tolerance was given)"
            )
        if self.title and self.kind == "max_drop":
            return f"{self.title} on the target may exceed that on the source by at most {self.shown}"
        if self.title:
            return f"{self.title} on the target must be at most {self.shown} (the tolerance given)"
        if self.kind == "tolerance":
            return f"the error on the target must be at most {self.shown} (the tolerance given)"
        if self.kind == "max_drop":
            return f"the error on the target may exceed the error on the source by at most {self.shown}"
        return (
            f"the error on the target must be at most {self.shown}, the error of always predicting the source's "
            "most frequent class (no tolerance was given)"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One of four answers, what it stands on, and why.

    Parameters
    ----------
    answer : Answer
        WORKS, FAILS, UNDECIDED or NOT COMPARABLE.
    basis : Basis or None
        What the answer stands on; None where it stands on nothing (UNDECIDED, NOT COMPARABLE).
    requirement : Requirement or None
        What was asked; None when the domains can't be compared.
    reason : str
        One sentence.
    subject : str
        What the answer is about.
    labels_needed : int or None
        Target labels that settle the question with probability .80, if the panel's estimate is right.

    Examples
    --------
    >>> reason = "the target error is at most 0.1"
    >>> verdict = Verdict(answer=Answer.WORKS, basis=Basis.CERTIFIED, requirement=None, reason=reason, subject="a model")
    >>> verdict.exit_code
    0
    """

    answer: Answer
    basis: Basis | None
    requirement: Requirement | None
    reason: str
    subject: str
    labels_needed: int | None = None

    @property
    def exit_code(self) -> int:
        """0 WORKS, 10 FAILS, 11 UNDECIDED, 12 NOT COMPARABLE."""
        return self.answer.exit_code


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What `decide` found: the answer with its reason, and what contradicts it."""

    answer: Answer
    basis: Basis | None
    reason: str
    warnings: tuple[str, ...] = ()


def decide(
    claims: Sequence[Claim],
    requirement: Requirement,
    *,
    required: Basis = Basis.ESTIMATED,
    blocked: str | None = None,
    estimate_blocked: str | None = None,
    no_overlap: bool = False,
) -> Ruling:
    """Weigh the claims against the requirement (CONTRACT, section 3).

    Parameters
    ----------
    claims : sequence of Claim
        All claims; those about ``requirement.quantity`` can decide.
    requirement : Requirement
        WORKS needs an upper limit at or below it, FAILS a lower limit above it.
    required : Basis
        WORKS on a weaker basis becomes UNDECIDED.
    blocked : str or None
        Why nothing may be decided at all.
    estimate_blocked : str or None
        Why an estimate may not decide.
    no_overlap : bool
        The domains don't overlap: conditional claims can't decide.
    """
    if blocked:
        return Ruling(answer=Answer.UNDECIDED, basis=None, reason=blocked)
    findings = list(_findings(claims, requirement, estimate_blocked=estimate_blocked, no_overlap=no_overlap))
    if findings and all(basis is Basis.ESTIMATED for basis, _, _ in findings):
        # What a certificate decides wins anyhow, and the clash is said.
        estimate_blocked = contradicted(claims, requirement.quantity)
        findings = [] if estimate_blocked else findings
    if not findings:
        return Ruling(
            answer=Answer.UNDECIDED, basis=None, reason=_why_open(claims, requirement, estimate_blocked)
        )
    # The strongest basis wins; within one basis FAILS does, since a claim of harm is what must not be missed.
    order = list(Basis)
    # Among equals the sharpest limit speaks.
    basis, answer, claim = min(
        findings, key=lambda f: (order.index(f[0]), f[1] is Answer.WORKS, _sharpness(f[1], f[2]))
    )
    clashes = tuple(
        f"{other.id} says {opposite.spoken} on {'an' if weaker is Basis.ESTIMATED else 'a'} {weaker} basis, against {claim.id}, which wins"
        for weaker, opposite, other in findings
        if opposite is not answer
    )
    reason = _sentence(answer, claim, requirement)
    if answer is Answer.WORKS and not basis.reaches(required):
        held = f"{reason}; but that is {basis}, and {required} was required"
        return Ruling(answer=Answer.UNDECIDED, basis=None, reason=held, warnings=clashes)
    return Ruling(answer=answer, basis=basis, reason=reason, warnings=clashes)


def contradicted(claims: Sequence[Claim], quantity: str) -> str | None:
    """Why the panel's estimate of a quantity may not decide: what is proved leaves nothing of its interval."""
    about = [c for c in claims if c.quantity == quantity]
    proved = [c for c in about if c.level is Level.PROVED]
    for panel in (c for c in about if c.level is Level.ESTIMATED and c.id.endswith(".panel")):
        for claim in proved:
            if claim.lower is not None and panel.upper is not None and panel.upper < claim.lower:
                return f"{panel.id} is not trusted: it lies below all that {claim.id} leaves possible"
            if claim.upper is not None and panel.lower is not None and panel.lower > claim.upper:
                return f"{panel.id} is not trusted: it lies above all that {claim.id} leaves possible"
    return None


def _findings(
    claims: Iterable[Claim], requirement: Requirement, *, estimate_blocked: str | None, no_overlap: bool
) -> Iterable[tuple[Basis, Answer, Claim]]:
    for claim in claims:
        if claim.quantity != requirement.quantity or not _may_decide(claim, estimate_blocked, no_overlap):
            continue
        if claim.upper is not None and claim.upper <= requirement.value:
            yield _BASIS_OF[claim.level], Answer.WORKS, claim
        elif claim.lower is not None and claim.lower > requirement.value:
            yield _BASIS_OF[claim.level], Answer.FAILS, claim


def _sharpness(answer: Answer, claim: Claim) -> float:
    limit = claim.upper if answer is Answer.WORKS else claim.lower
    return 0.0 if limit is None else limit if answer is Answer.WORKS else -limit


def _may_decide(claim: Claim, estimate_blocked: str | None, no_overlap: bool) -> bool:
    if claim.level is Level.PROVED:
        return True
    if claim.level is Level.CONDITIONAL:
        return not no_overlap and all(a.status is Status.DECLARED for a in claim.assumptions)
    if claim.level is Level.ESTIMATED:
        return claim.id.endswith(".panel") and estimate_blocked is None
    return False


def _sentence(answer: Answer, claim: Claim, requirement: Requirement) -> str:
    what = _what(requirement)
    relation = "at most" if answer is Answer.WORKS else "at least"
    unit = str(claim.unit) if claim.unit is Unit.LABEL else "error"
    limit = (
        figures.at_most(claim.upper, unit) if answer is Answer.WORKS else figures.at_least(claim.lower, unit)
    )
    compared = "within" if answer is Answer.WORKS else "above"
    return f"{what} is {relation} {limit} ({_how(claim)}), {compared} the required {requirement.shown}"


SPOKEN = {"direct": "from target labels", "panel": "by a panel of estimators"}
"""How a reason names the claims that are not named by their id, by the last part of it."""


def _how(claim: Claim) -> str:
    """How a claim is known, and how surely: ``certified from target labels, 97.5% sure``."""
    level = {
        Level.PROVED: "certified",
        Level.CONDITIONAL: f"if {' and '.join(a.id for a in claim.assumptions)} (declared),",
    }.get(claim.level, "estimated")
    source = SPOKEN.get(claim.id.rpartition(".")[2], f"by {claim.id}")
    like = ""
    if claim.level is Level.ESTIMATED:
        like = ", standing on the assumption that this transfer is like the reference transfers"
        untested = (a for a in claim.assumptions if a.status is Status.UNTESTED)
        more = [a.text for a in untested if a.id != EXCHANGEABLE_WITH_REFERENCE.id]
        like += "".join(f", and that {text} (not tested)" for text in more)
    return f"{level} {source}, {figures.sure(claim.confidence)} sure{like}"


def _what(requirement: Requirement) -> str:
    """What is judged, in a sentence."""
    if requirement.quantity == "error_drop":
        return f"the rise of {requirement.title or 'the error'}"
    if requirement.quantity == "target_error":
        return f"{requirement.title} on the target" if requirement.title else "the target error"
    return requirement.title


def _why_open(claims: Sequence[Claim], requirement: Requirement, estimate_blocked: str | None) -> str:
    if estimate_blocked:
        return f"no certificate reaches a decision, and {estimate_blocked}"
    about = [c for c in claims if c.quantity == requirement.quantity and c.says_something]
    proved = next((c for c in about if c.level is Level.PROVED), None)
    panel = next((c for c in about if c.id.endswith(".panel")), None)
    if proved is not None and proved.unit is Unit.LABEL and proved.upper is None and proved.lower is not None:
        # A mean without a cap has a lower limit only, whatever the number of labels.
        floor = f"{_what(requirement)} is at least {figures.at_least(proved.lower, str(proved.unit))} ({_how(proved)})"
        return f"{floor}, and {proved.detail.get('reason', 'it has no upper limit')}"
    best = proved or panel
    held = next((c for c in about if c.level is Level.CONDITIONAL and c.id.endswith(".direct")), None)
    doubts = () if held is None else tuple(a for a in held.assumptions if a.status is not Status.DECLARED)
    if held is not None and doubts and (best is None or best.lower is None or best.upper is None):
        # There are target labels, but something speaks against what they stand on.
        unit = str(held.unit) if held.unit is Unit.LABEL else "error"
        return (
            f"{held.id} decides nothing: it stands on {' and '.join(f'{a.id} ({a.status})' for a in doubts)}; if that holds, it is at "
            f"least {figures.at_least(held.lower, unit)} and at most {figures.at_most(held.upper, unit)}"
        )
    if best is None or best.lower is None or best.upper is None:
        withheld = next(
            (c.detail.get("reason") for c in claims if c.id == "source_error" and c.detail.get("reason")),
            None,
        )
        if requirement.quantity == "error_drop" and withheld:
            return f"a rise over the error on the source can't be judged: {withheld}"
        silent = next(
            (
                c
                for c in claims
                if c.id.endswith(".panel") and (not requirement.title or c.quantity == requirement.quantity)
            ),
            None,
        )
        why = silent.detail.get("reason") if silent is not None else None
        what = _what(requirement) if requirement.title else "the target error"
        if silent is not None and silent.estimate is not None and not why:
            unit = str(silent.unit) if silent.unit is Unit.LABEL else "error"
            return (
                f"{what} is estimated to be {figures.estimate(silent.estimate, unit)}, and no limit is known without target labels: an estimate "
                "alone decides nothing"
            )
        return f"nothing can be said about {what} without target labels: {why or 'no limit applies'}"
    unit = str(best.unit) if best.unit is Unit.LABEL else "error"
    return (
        f"{_what(requirement)} lies between {figures.at_least(best.lower, unit)} and {figures.at_most(best.upper, unit)} "
        f"({_how(best)}), and the required {requirement.shown} lies in between"
    )
