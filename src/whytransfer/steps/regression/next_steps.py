"""What to do after an audit of predicted numbers, the cheapest first."""

from __future__ import annotations

import numpy as np

from whytransfer.metrics import Loss
from whytransfer.steps.case import Case
from whytransfer.verdict import Answer, Basis, Verdict


def next_steps(case: Case, loss: Loss, verdict: Verdict) -> list[dict[str, str]]:
    """Steps as the document holds them."""
    if verdict.basis is Basis.CERTIFIED and verdict.answer is Answer.WORKS:
        return [
            {
                "action": "stop",
                "text": "nothing more is needed: the requirement is certified for rows like those labelled",
            }
        ]
    if verdict.basis is Basis.CERTIFIED:
        text = "this model fails there: train with target labels, adapt it, or collect source rows like the target's"
        return [{"action": "adapt", "text": text}]
    steps = []
    if loss.cap is None:
        steps.append(
            {
                "action": "label",
                "text": f"declare how large one error is to count at most{_example(case)}: without a cap no number of labels certifies WORKS",
            }
        )
    labelled = len(case.labelled_target)
    if loss.cap is not None and (verdict.answer is Answer.UNDECIDED or not labelled):
        many = verdict.labels_needed
        which = (
            f"label {'more' if labelled else 'some'} target rows"
            if many is None
            else f"have {many} target rows in all"
            if labelled
            else f"label {many} target rows"
        )
        told = (
            "" if many is None else ": that settles it with probability .80 if the panel's estimate is right"
        )
        text = f"{which} drawn at random and pass them with --target-labels{told}; `whytransfer labels plan` draws them"
        steps.append({"action": "label", "text": text})
    if verdict.answer is Answer.FAILS:
        steps.append(
            {"action": "adapt", "text": "before you adapt or retrain, a few target labels show what is true"}
        )
    return steps


def _example(case: Case) -> str:
    """A cap as an example: the largest error on held-out source rows, which must not be read as a bound."""
    rows = np.concatenate([case.splits.source_choose, case.splits.source_evaluate])
    if not len(rows) or case.source_withheld:
        return " (--loss-cap)"
    largest = float(np.abs(case.subject.source.codes[rows] - case.problem.source.labels[rows]).max())  # type: ignore[index]
    return f" (--loss-cap; the largest error on held-out source rows is {largest:.3g})"
