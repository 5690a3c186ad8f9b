"""The rule that chooses, with and without target labels: expected gain, unless the risk of harm is too large."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from whytransfer.choice.belief import Belief
from whytransfer.choice.choice import Choice, keep
from whytransfer.choice.evidence import SOURCE, Evidence, Setting
from whytransfer.choice.kinds import AGREED, ALIKE, KINDS, RESTORED, kind_of
from whytransfer.choice.paired import Paired
from whytransfer.choice.priors import Priors, shipped

LABEL_FREE = "label_free"
TARGET_LABELS = "target_labels"

HARM = 0.01
"""What counts as harm: more than one point of error."""

LEAST = 0.015
"""Expected gain, in error units, below which a change of the model is not worth it: half as much again as counts as harm. What is expected to gain less
moves few rows, and on those the two differ by little more than chance."""

RISK = 0.25
"""Largest believed probability of harm without labels. Beliefs are doubtful on purpose (`priors.DOUBT`): on data sets left out, harm came far more
seldom (docs/benchmarks/adapt.md)."""

RISK_WITH_LABELS = 0.05
"""The same with labels, which most transfers leave the source model with."""

HEDGED = "half_aligned"
"""The one candidate that may be chosen without labels where no lost class shares are put back: the source model keeps half the say in it. Whoever
overrules the source model alone is a rescue or a disaster, and nothing but the shares told which."""

FOREIGN = "support"
"""The diagnosed kind of shift in which target rows lie where the source has none."""

CONFIDENCE = 0.95
"""One-sided, of the limits of a believed gain."""

FAILURE = 0.05
"""Failure probability of each limit of a gain counted on labels, all candidates together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Believed:
    """A candidate with what is believed of its gain."""

    name: str
    kind: str
    belief: Belief

    @property
    def gain(self) -> float:
        """Expected, in error units."""
        return self.belief.mean

    @property
    def risk(self) -> float:
        """P(the error rises by more than `HARM`)."""
        return self.belief.below(-HARM)


def choose(candidates: Sequence[Evidence], setting: Setting, priors: Priors | None = None) -> Choice:
    """Choose without a target label.

    Every candidate is believed to fare as candidates of its name fared in other people's transfers of the same kind (`choice.kinds`,
    `choice.priors`). Chosen is the largest expected gain among those whose risk of harm is small, that either put lost class shares back or
    leave the source model half the say, and for whose gain the source model's estimated error leaves `room`; else the source model is kept.

    Parameters
    ----------
    candidates : sequence of Evidence
        The source model first.
    setting : Setting
        What is known of the problem.
    priors : Priors, optional
        Another table than the shipped one.
    """
    table = shipped() if priors is None else priors
    rivals = _rivals(candidates)
    if not rivals:
        return keep("there is no other candidate", LABEL_FREE)
    kinds = {c.name: kind_of(c, candidates, setting) for c in rivals}
    if ALIKE in kinds.values():
        return keep(unseen(setting), LABEL_FREE, dict.fromkeys(kinds))
    open_to = [c for c in rivals if able(c) and (c.name == HEDGED or kinds[c.name] in (RESTORED, AGREED))]
    source = next(c for c in candidates if c.name == SOURCE)
    roomy = [c for c in open_to if (left := room(c, source, setting)) is None or left >= LEAST]
    believed = [
        Believed(name=c.name, kind=kinds[c.name], belief=Belief.of(table.of(kinds[c.name], c.name), c.moved))
        for c in roomy
    ]
    scores: dict[str, float | None] = {c.name: None for c in rivals} | {b.name: b.gain for b in believed}
    best = safest(believed, RISK)
    if best is None:
        why = _nothing(kinds) if roomy or not open_to else _no_room(open_to, source, setting)
        return keep(why, LABEL_FREE, scores)
    prior = table.of(best.kind, best.name)
    return Choice(
        name=best.name,
        why=(
            f"{KINDS[best.kind]}: on {prior.sets} data sets where this was so, {best.name} was right alone on {prior.better:.0%} and wrong alone on "
            f"{prior.worse:.0%} of the rows whose label it changed".replace("%", " %")
        ),
        rule=LABEL_FREE,
        scores=scores,
        gain=best.gain,
        lower=best.belief.quantile(1.0 - CONFIDENCE),
        upper=best.belief.quantile(CONFIDENCE),
        confidence=CONFIDENCE,
    )


def choose_by_labels(
    compared: Sequence[Paired],
    evidence: Sequence[Evidence],
    setting: Setting,
    priors: Priors | None = None,
) -> Choice:
    """Choose by labelled target rows that trained no candidate: the same rule, beliefs updated by the paired comparison.

    Parameters
    ----------
    compared : sequence of Paired
        Every candidate but the source model.
    evidence : sequence of Evidence
        What is known without labels; the source model first.
    setting : Setting
        What is known of the problem.
    priors : Priors, optional
        Another table than the shipped one.
    """
    table = shipped() if priors is None else priors
    rivals = _rivals(evidence)
    pairs = {p.name: p for p in compared}
    believed = [
        _updated(c, evidence, setting, pairs[c.name], table) for c in rivals if c.name in pairs and able(c)
    ]
    scores: dict[str, float | None] = {c.name: None for c in rivals} | {b.name: b.gain for b in believed}
    best = safest(believed, RISK_WITH_LABELS)
    if best is None:
        return keep(_too_little(believed, pairs), TARGET_LABELS, scores)
    paired, failure = pairs[best.name], FAILURE / len(compared)
    lower, upper = paired.lower(failure), paired.upper(failure)
    return Choice(
        name=best.name,
        why=f"{_counted(paired)}; with what such candidates did elsewhere, a gain of {best.gain:.3f} is expected, and harm with probability {best.risk:.2f}",
        rule=TARGET_LABELS,
        scores=scores,
        # A belief that the counted limits exclude is corrected by them.
        gain=min(max(best.gain, lower), upper),
        lower=lower,
        upper=upper,
        # Of whichever candidate is chosen, and not of this one alone: it was chosen by the rows that limit it.
        confidence=1.0 - FAILURE,
    )


def safest(believed: Sequence[Believed], most_risk: float) -> Believed | None:
    """The largest expected gain of at least `LEAST` at a risk of at most `most_risk`; None where there is none."""
    for one in sorted(believed, key=lambda b: -b.gain):
        if one.gain < LEAST:
            return None
        if one.risk <= most_risk:
            return one
    return None


def able(candidate: Evidence) -> bool:
    """Whether it may be chosen at all: it changes some prediction, and its predictions are not degenerate."""
    return candidate.moved > 0 and candidate.collapse is None


def room(candidate: Evidence, source: Evidence, setting: Setting) -> float | None:
    """The most that a candidate can gain if the committee is right about the source model; None where it was not asked, or can't know.

    T(h ≠ h') ≤ err_T(h) + err_T(h') by the triangle inequality, so that the gain err_T(h) − err_T(h') is at most 2 err_T(h) − T(h ≠ h'). The
    committee's estimate of err_T(h) is the source error and the rise by disagreement. Where class shares truly changed, models of other families
    stand by the source model, and every alignment that puts the shares back contradicts it on more rows than it can be wrong on.

    Parameters
    ----------
    candidate, source : Evidence
        Of h' and of the source model h.
    setting : Setting
        What is known of the problem.
    """
    error = _estimated(source, setting)
    return None if error is None else 2.0 * error - candidate.moved


def unseen(setting: Setting) -> str:
    """Why nothing is adapted where the domains look alike."""
    if setting.auc is None:
        return "no domain classifier could be fitted, so that nothing says what an adaptation would have to change"
    return (
        f"the rows of both domains look alike (AUC {setting.auc:.3f}, where .5 is chance): there is nothing to align, and a change of what the "
        "labels mean is seen by no method without target labels"
    )


def _estimated(source: Evidence, setting: Setting) -> float | None:
    """The source model's error on the target by the committee's disagreement; None where no committee was asked, or where it can't know.

    Where target rows lie beyond the source and the source model's predictions are degenerate there, models taught by the same rows agree
    because all of them extrapolate into one class. On Gentoo they put an error of .47 at .02.
    """
    if source.contested is None or setting.source_error is None:
        return None
    if source.collapse is not None and setting.shift == FOREIGN:
        return None
    return max(setting.source_error + source.contested, 0.0)


def _no_room(candidates: Sequence[Evidence], source: Evidence, setting: Setting) -> str:
    least, error = min(candidates, key=lambda c: c.moved), _estimated(source, setting)
    return (
        f"models of other families put the source model's error at {error:.3f}, and every candidate that might be chosen contradicts it on {least.moved:.3f} "
        "of the rows or more: if they are right, none can gain (err_T(h) − err_T(h') ≤ 2 err_T(h) − T(h ≠ h'))"
    )


def _rivals(candidates: Sequence[Evidence]) -> list[Evidence]:
    return [c for c in candidates if c.name != SOURCE]


def _updated(
    candidate: Evidence, candidates: Sequence[Evidence], setting: Setting, paired: Paired, table: Priors
) -> Believed:
    kind = kind_of(candidate, candidates, setting)
    belief = Belief.of(table.of(kind, candidate.name), candidate.moved).seen(
        paired.better, paired.worse, paired.rows
    )
    return Believed(name=candidate.name, kind=kind, belief=belief)


def _nothing(kinds: Mapping[str, str]) -> str:
    said = "; ".join(dict.fromkeys(KINDS[kind] for kind in kinds.values()))
    return f"{said}: no candidate gained elsewhere in such transfers without a considerable risk of harm"


def _counted(paired: Paired) -> str:
    return f"on {paired.rows} labelled target rows {paired.name} is right alone on {paired.better} and wrong alone on {paired.worse}"


def _too_little(believed: Sequence[Believed], pairs: Mapping[str, Paired]) -> str:
    if not pairs:
        return "there is no other candidate"
    if not believed:
        return "every other candidate changes no prediction, or its predictions are degenerate"
    best = max(believed, key=lambda b: b.gain)
    return f"{_counted(pairs[best.name])}: expected gain {best.gain:.3f}, probability of harm {best.risk:.2f}, too little to leave the source model"
