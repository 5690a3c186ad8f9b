"""The rule that chooses. One file, two functions: without target labels, and with a handful of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from whytransfer.choice.choice import Choice, keep
from whytransfer.choice.evidence import SOURCE, Evidence, Setting
from whytransfer.choice.paired import Paired

LABEL_FREE = "label_free"
TARGET_LABELS = "target_labels"

MARGIN = 0.02
"""Gain on pseudo-targets, in error units, that a candidate must reach: what is smaller is not worth a change of the model."""

LEVEL = 0.05
"""Of the sign test over pseudo-targets, shared by all candidates."""

APART = 0.55
"""Lower limit of the domain classifier's AUC below which the marginals agree as far as anybody can see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelRule:
    """When k labelled target rows suffice to leave the source model.

    Parameters
    ----------
    prior_rows : float
        Imagined rows on which both are equally good: the gain is shrunk by k/(k + prior_rows).
    margin : float
        Least shrunk gain, in error units.
    level : float
        Largest p-value of the exact paired test, before anything is divided by the number of candidates.
    failure : float
        Failure probability of each limit of the gain, all candidates together.
    """

    prior_rows: float = 20.0
    margin: float = 0.01
    level: float = 0.1
    failure: float = 0.05

    def score(self, paired: Paired) -> float:
        """The shrunk gain."""
        return (paired.better - paired.worse) / (paired.rows + self.prior_rows)


BY_LABELS = LabelRule()


def choose(candidates: Sequence[Evidence], setting: Setting) -> Choice:
    """Choose without a target label.

    A candidate is chosen only if its gain on pseudo-targets beats the margin significantly; the source model is kept otherwise.

    Parameters
    ----------
    candidates : sequence of Evidence
        The source model first.
    setting : Setting
        What is known of the problem.
    """
    rivals = [c for c in candidates if c.name != SOURCE]
    if not rivals:
        return keep("there is no other candidate", LABEL_FREE)
    scores: dict[str, float | None] = {
        c.name: None if c.backtest is None else c.backtest.mean for c in rivals
    }
    if setting.auc_lower is None or setting.auc_lower < APART:
        return keep(unseen(setting), LABEL_FREE, scores)
    able = [c for c in rivals if c.collapse is None and c.backtest is not None]
    passed = [
        c
        for c in able
        if c.backtest is not None and c.backtest.mean >= MARGIN and c.backtest.p_value <= LEVEL / len(rivals)
    ]
    if not passed:
        return keep(
            "no candidate gained on pseudo-targets by more than chance and the margin", LABEL_FREE, scores
        )
    best = max(passed, key=lambda c: c.backtest.mean if c.backtest else 0.0)
    found = best.backtest
    if found is None:
        raise ValueError("a candidate passed without a back-test")
    return Choice(
        name=best.name,
        why=(
            f"on pseudo-targets cut from the source it erred less than the source model {found.better} times and more {found.worse} times "
            f"(p = {found.p_value:.2g}), by {found.mean:.3f} on average"
        ),
        rule=LABEL_FREE,
        scores=scores,
        gain=found.mean,
    )


def unseen(setting: Setting) -> str:
    """Why nothing is adapted where the domains look alike."""
    if setting.auc is None:
        return "no domain classifier could be fitted, so that nothing says what an adaptation would have to change"
    return (
        f"the rows of both domains look alike (AUC {setting.auc:.3f}, where .5 is chance): there is nothing to align, and a change of what the "
        "labels mean is seen by no method without target labels"
    )


def choose_by_labels(
    compared: Sequence[Paired], evidence: Sequence[Evidence], rule: LabelRule = BY_LABELS
) -> Choice:
    """Choose by labelled target rows that trained no candidate.

    Parameters
    ----------
    compared : sequence of Paired
        Every candidate but the source model.
    evidence : sequence of Evidence
        What is known without labels: a candidate that collapsed is never chosen.
    rule : LabelRule
        When the evidence suffices.
    """
    collapsed = {e.name for e in evidence if e.collapse is not None}
    scores: dict[str, float | None] = {p.name: rule.score(p) for p in compared}
    able = [p for p in compared if p.name not in collapsed]
    if not able:
        return keep("there is no other candidate", TARGET_LABELS, scores)
    best = max(able, key=rule.score)
    said = (
        f"on {best.rows} labelled target rows {best.name} is right alone on {best.better} and wrong alone on {best.worse} "
        f"(exact paired test, p = {best.p_value:.2g})"
    )
    if rule.score(best) < rule.margin or best.p_value > rule.level:
        return keep(f"{said}: too little to leave the source model", TARGET_LABELS, scores)
    failure = rule.failure / len(compared)
    return Choice(
        name=best.name,
        why=said,
        rule=TARGET_LABELS,
        scores=scores,
        gain=rule.score(best),
        lower=best.lower(failure),
        upper=best.upper(failure),
        confidence=1.0 - failure,
    )
