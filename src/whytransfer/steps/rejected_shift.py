"""What becomes of claims that stand on a kind of shift which the rows of the target reject: label shift, covariate shift."""

from __future__ import annotations

from whytransfer.diagnosis import LabelShiftTest, Shift
from whytransfer.diagnosis.concept import LEVEL
from whytransfer.estimators import ESTIMATORS
from whytransfer.theorems.assumptions import COVARIATE_SHIFT, LABEL_SHIFT
from whytransfer.wording import p_told


def _label_shift(shift: Shift | None) -> LabelShiftTest | None:
    """The test, where it rejects label shift; it reads the columns, not only the predictions as the programme of B13 does."""
    test = None if shift is None else shift.label_shift
    return test if test is not None and test.rejected else None


def withheld(shift: Shift | None) -> dict[str, str]:
    """The estimators that stand on label shift, where it is rejected, and why: they make no claim."""
    test = _label_shift(shift)
    if test is None:
        return {}
    return {name: test.text for name, kind in ESTIMATORS.items() if kind.on_label_shift}


def rejections(shift: Shift | None) -> dict[str, str]:
    """By assumption about the kind of shift, the test that rejects it."""
    found, columns = {}, _label_shift(shift)
    if columns is not None:
        found[LABEL_SHIFT.id] = (
            f"no shares of the source's classes explain the target's columns ({p_told(columns.p_value)}, level {columns.level:g})"
        )
    labels = None if shift is None else shift.concept
    if labels is not None and labels.rejected:
        # Whatever moved them, other shares of the classes too: the law of the label given the columns is another.
        found[COVARIATE_SHIFT.id] = (
            f"where both domains have rows, the target's labels are not those that the source's columns tell ({p_told(labels.p_value)}, "
            f"level {LEVEL:g})"
        )
    return found
