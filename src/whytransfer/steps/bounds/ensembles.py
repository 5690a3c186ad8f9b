"""What models of other families say: PAC-Bayesian bounds about one of them drawn at random, and disagreement with the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from whytransfer.claims import Assumption, Claim, Level, Unit, figures
from whytransfer.models.committee import Committee
from whytransfer.steps import panel
from whytransfer.steps.bounds.chosen import Chooser
from whytransfer.steps.bounds.desk import Bounds, Desk, renamed
from whytransfer.steps.bounds.drawn_file import law_limit, of_file, share
from whytransfer.steps.break_even import BreakEven
from whytransfer.theorems import Disagreement, PACBayesDA, PACBayesKL, PACBayesRatio
from whytransfer.theorems.votes import disagreements

ABOUT = "a member of the committee drawn at random; the committee was fitted on the training rows, each member counts alike"

GAP_UNKNOWN = Assumption(
    id="joint_errors_differ_at_most",
    text="how much more often two random voters err together on the target than on the source: not estimable without target labels",
)

RATIO_UNKNOWN = Assumption(
    id="ratio",
    text="how much more likely an event can be in the target than in the source: not asserted (ratio)",
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Voters:
    """What the members of the committee say on the evaluation rows, codes (M, n) and (M, m), and the labels (n,)."""

    source: np.ndarray
    target: np.ndarray
    labels: np.ndarray
    groups: tuple[np.ndarray | None, np.ndarray | None]
    whole: bool

    @classmethod
    def of(cls, desk: Desk) -> _Voters | None:
        """None where no committee can be fitted."""
        case, made = desk.case, _committee(desk)
        if made is None or case.columns is None or case.problem.source.labels is None:
            return None
        chooser, rows = Chooser.of(case), case.splits.source_evaluate
        return cls(
            source=made.predict(chooser.standard(case.columns.source[rows])),
            target=made.predict(chooser.standard(case.columns.target[case.target_rows])),
            labels=case.problem.source.labels[rows],
            groups=(
                case.units("source").groups,
                case.units("target").groups,
            ),
            whole=case.whole,
        )

    def terms(self, delta: float, classes: int, *, of_law: bool = False) -> dict[str, Any]:
        """As both theorems about the target take them; `of_law`: about the law that the rows of a whole file come from."""
        target: dict[str, Any] = {"target_votes": self.target, "target_groups": self.groups[1]}
        if self.whole and not of_law:
            # All the target's rows voted: their disagreement is known.
            target = {"target_disagreement": float(disagreements(self.target).mean())}
        return target | {
            "source_votes": self.source,
            "source_labels": self.labels,
            "source_groups": self.groups[0],
            "delta": delta,
            "n_classes": classes,
        }


def _committee(desk: Desk) -> Committee | None:
    """The one that the panel asked, else one of its own."""
    return panel.committee(desk.case) if desk.committee is None else desk.committee


def pac_bayes_kl(desk: Desk) -> Bounds:
    """The committee's mean error on the source, with a prior that is the posterior: uniform, fixed by the training rows."""
    case, voters = desk.case, _Voters.of(desk)
    if voters is None:
        return Bounds(warnings=(NO_COMMITTEE.format("pac_bayes_kl"),))
    claim = PACBayesKL()(
        error=float((voters.source != voters.labels).mean()),
        n=len(voters.labels),
        divergence=0.0,
        delta=desk.delta("ensemble_source_error.pac_bayes_kl"),
        n_classes=case.classes,
    )
    made = renamed(claim, "ensemble_source_error.pac_bayes_kl", "ensemble_source_error")
    return Bounds(claims=(desk.finished(made.with_detail(about=ABOUT)),))


def pac_bayes_da(desk: Desk) -> Bounds:
    """Open in the difference of the joint errors."""
    id_, voters = "ensemble_target_error.pac_bayes_da", _Voters.of(desk)
    if voters is None:
        return Bounds(warnings=(NO_COMMITTEE.format("pac_bayes_da"),))
    delta = desk.delta(id_)
    # Joint errors against true labels are at most so much more frequent than against these.
    limit = desk.limit - desk.case.label_noise
    value = PACBayesDA().break_even(limit, **voters.terms(delta, desk.case.classes))
    text = (
        f"PAC-Bayesian bound: a random member of the committee meets the requirement ({desk.sure(delta)} sure) if two of "
        f"them err together on the target at most {figures.at_least(value)} more often than on the source"
        if value is not None
        else "PAC-Bayesian bound: withheld"
    )
    breaks = BreakEven(
        theorem="pac_bayes_da",
        hypothesis_class="committee",
        unknown="joint_error_gap",
        value=value,
        text=text,
    )
    claim = desk.open(
        id_, "pac_bayes_da", GAP_UNKNOWN, "the difference of the joint errors has no key to assert it by"
    )
    said = renamed(claim, id_, "ensemble_target_error").with_detail(about=ABOUT)
    return Bounds(claims=(said,), break_even=(breaks,))


def pac_bayes_ratio(desk: Desk) -> Bounds:
    """With the asserted ratio, else open in it."""
    id_, voters = "ensemble_target_error.pac_bayes_ratio", _Voters.of(desk)
    if voters is None:
        return Bounds(warnings=(NO_COMMITTEE.format("pac_bayes_ratio"),))
    delta, part = desk.delta(id_), share(desk, id_)
    terms = voters.terms(part, desk.case.classes, of_law=True)
    value = PACBayesRatio().break_even(law_limit(desk, part), **terms)
    text = _ratio_in_words(value, desk.sure(delta), right=not desk.case.label_noise)
    breaks = BreakEven(
        theorem="pac_bayes_ratio", hypothesis_class="committee", unknown="ratio", value=value, text=text
    )
    if "ratio" in desk.case.assume:
        claim = PACBayesRatio()(ratio=float(desk.case.assume["ratio"]), **terms)
        made = desk.finished(of_file(desk, renamed(claim, id_, "ensemble_target_error"), part), grouped=True)
    else:
        made = renamed(
            desk.open(id_, "pac_bayes_ratio", RATIO_UNKNOWN, "no ratio was asserted"),
            id_,
            "ensemble_target_error",
        )
    return Bounds(claims=(made.with_detail(about=ABOUT),), break_even=(breaks,))


NO_COMMITTEE = "{} was left out: no committee can be fitted on these training rows"


def disagreement(desk: Desk) -> Bounds:
    """The member that contradicts the model most often on the choosing rows, counted on the evaluation rows: one of both errs."""
    case, made = desk.case, _committee(desk)
    if made is None or case.columns is None:
        return Bounds(warnings=(NO_COMMITTEE.format("disagreement"),))
    chooser = Chooser.of(case)
    apart = [np.mean(said != chooser.said[1]) for said in made.predict(chooser.target)]
    partner = int(np.argmax(apart))
    rows = case.target_rows
    said = made.predict(chooser.standard(case.columns.target[rows]))[partner]
    hits = said != case.subject.target.codes[rows]
    delta = desk.delta("larger_target_error.disagreement")
    counted = Claim(
        id="disagreement.counted",
        quantity="disagreement",
        unit=Unit.ERROR,
        level=Level.PROVED,
        estimate=float(hits.mean()),
        lower=case.units("target", rows).lower(hits, delta),
        confidence=1.0 - delta,
        loss="zero_one",
        detail={"delta": delta},
    )
    # Where the file is the whole target the share is known.
    term = float(hits.mean()) if case.whole else counted
    claim = Disagreement()(disagreement=term, n_classes=case.classes)
    known = claim.with_detail(partner=made.names[partner], disagreement=float(hits.mean()))
    return Bounds(claims=(desk.finished(known, errors=0, grouped=True),))


def _ratio_in_words(value: float | None, sure: str, *, right: bool) -> str:
    who = "a random member of the committee meets the requirement"
    if value is None:
        return f"PAC-Bayesian bound by a ratio: {who} whatever the ratio"
    if value < 1.0:
        return "PAC-Bayesian bound by a ratio: not even a target like the source would be enough"
    return (
        f"PAC-Bayesian bound by a ratio: {who} ({sure} sure) if no event is more than {figures.at_least(value)} times as "
        f"likely in the target as in the source{'' if right else ', and all labels are right'}"
    )
