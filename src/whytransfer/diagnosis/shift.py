"""The kind of shift, as far as it can be seen: by tests at a stated level, each with what it can't say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from whytransfer.diagnosis.concept import LEVEL, ConceptTest, LabelledRows, concept_test, same_classes
from whytransfer.diagnosis.label_shift import LabelShiftTest, label_shift_test
from whytransfer.diagnosis.scores import Samples, halves
from whytransfer.diagnosis.subspace import Subspace, subspace
from whytransfer.diagnosis.support import Foreign, foreign_rows
from whytransfer.diagnosis.visible import visible_p_value
from whytransfer.overlap import Overlap
from whytransfer.wording import p_told

FAMILY = 0.01
"""Level of five kinds together: visible shift, support, new class, subspace and concept get a fifth each. Label shift is asked about
only after a shift is visible, and at this level of its own. So a false alarm of any kind has at most this probability where nothing
moved, and at most .018 where other shares of the classes moved the inputs (the whole of it and four fifths)."""

UNSEEN = "a change of what the labels mean can't be seen without target labels"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """What kind of shift the data show.

    Parameters
    ----------
    kind : str
        ``none_visible``, ``covariate``, ``label``, ``covariate_or_label``, ``support``, ``new_class``, ``subspace`` or ``concept``.
    text : str
        What that means and what it can't say.
    p_value : float
        Of "the inputs have one law in both domains", in (0, 1].
    level : float
        Of that test; a fifth of `FAMILY`.
    foreign_share, foreign_lower : float
        Share of the target rows where the source has none, and its lower limit.
    label_shift : LabelShiftTest or None
        None where it could not be asked.
    concept : ConceptTest or None
        None without target labels, or without rows that both domains have.
    """

    kind: str
    text: str
    p_value: float
    level: float
    foreign_share: float
    foreign_lower: float
    label_shift: LabelShiftTest | None
    concept: ConceptTest | None

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "kind": self.kind,
            "text": self.text,
            "p_value": self.p_value,
            "level": self.level,
            "family_level": FAMILY,
            "foreign_share": self.foreign_share,
            "foreign_lower": self.foreign_lower,
            "label_shift": None if self.label_shift is None else self.label_shift.to_dict(),
            "concept": None if self.concept is None else self.concept.to_dict(),
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Seen:
    """All that the tests found, before it is given one name."""

    samples: Samples
    overlap: Overlap
    p_value: float
    foreign: Foreign
    lost: Subspace
    label_shift: LabelShiftTest | None
    concept: ConceptTest | None
    same_classes: float | None

    @property
    def visible(self) -> bool:
        return self.p_value <= LEVEL


def kind_of_shift(
    samples: Samples,
    overlap: Overlap,
    rows: LabelledRows,
    *,
    origin: tuple[str, ...],
    awakened: tuple[str, ...] = (),
) -> Shift:
    """Name the shift.

    Parameters
    ----------
    samples : Samples
        Labelled source rows and target rows that the tests learn from and read; those of `rows` or more.
    overlap : Overlap
        The domain classifier on `rows`.
    rows : LabelledRows
        The rows it saw, with what is known of their labels.
    origin : tuple of str
        The raw column of each encoded one.
    awakened : tuple of str
        Raw columns that vary in the target only.
    """
    parts = halves(samples)
    foreign = foreign_rows(rows.source, rows.target, overlap.neighbours, LEVEL)
    tested = concept_test(rows, overlap)
    seen = _Seen(
        samples=samples,
        overlap=overlap,
        p_value=visible_p_value(samples, parts),
        foreign=foreign,
        lost=subspace(rows.source, rows.target, origin, awakened),
        label_shift=label_shift_test(samples, parts=parts, level=FAMILY),
        concept=tested,
        same_classes=same_classes(rows) if tested is not None else None,
    )
    kind, text = _named(seen, rows)
    return Shift(
        kind=kind,
        text=text,
        p_value=seen.p_value,
        level=LEVEL,
        foreign_share=foreign.share,
        foreign_lower=foreign.lower,
        label_shift=seen.label_shift,
        concept=tested,
    )


def _named(seen: _Seen, rows: LabelledRows) -> tuple[str, str]:
    """The first kind that the tests speak for, with its sentence."""
    meaning = _meaning(seen)
    if _changed_meaning(seen):
        also = "; the inputs differ as well" if seen.visible else ""
        return "concept", f"{meaning}{also}"
    if seen.lost:
        return "subspace", f"{_subspace_text(seen.lost)}; {meaning}"
    if seen.foreign.named and seen.foreign.apart and _rest_unchanged(seen, rows):
        return "new_class", (
            f"{_percent(seen.foreign.share)} of the target rows stand apart from every source row, and the others look as the "
            f"source does but for the shares of its classes: they may belong to a class that the source does not know; {meaning}"
        )
    if seen.foreign.named or seen.overlap.no_overlap:
        return "support", f"{_support_text(seen)}; {meaning}"
    compared = f"{p_told(seen.p_value)}, domain classifier AUC {seen.overlap.auc:.3f}"
    if not seen.visible:
        return "none_visible", f"no difference of the inputs is visible ({compared}); {meaning}"
    return _inputs(seen, compared, meaning)


def _inputs(seen: _Seen, compared: str, meaning: str) -> tuple[str, str]:
    test = seen.label_shift
    if test is None:
        return "covariate_or_label", f"the inputs differ ({compared}); {meaning}"
    if test.rejected:
        return "covariate", (
            f"the inputs differ ({compared}), and not by the shares of the classes alone: {test.text}; that errors at the same "
            f"inputs stayed the same (covariate shift) is an assumption; {meaning}"
        )
    if test.has_power:
        return "label", (
            f"the inputs differ ({compared}) as they would if the classes had become more or less frequent: {test.text}; another "
            f"shift that looks exactly like that can't be excluded; {meaning}"
        )
    return "covariate_or_label", (
        f"the inputs differ ({compared}); whether the classes became more or less frequent, or the rows within them changed, "
        f"can't be told apart here: {test.text}; {meaning}"
    )


def _changed_meaning(seen: _Seen) -> bool:
    """Whether labels changed at the same inputs, and other shares of unchanged classes don't explain that.

    Other shares of overlapping classes change P(y | x) too. Without a visible shift of the inputs they don't explain it: shares
    that move labels by this much would move the inputs.
    """
    if seen.concept is None or not seen.concept.rejected:
        return False
    by_shares = (
        seen.visible
        and seen.same_classes is not None
        and seen.same_classes > FAMILY
        and seen.label_shift is not None
        and not seen.label_shift.rejected
    )
    return not by_shares


def _signed(change: float) -> str:
    return f"{change:+.3f}".replace("-", "−")


def _meaning(seen: _Seen) -> str:
    test = seen.concept
    if test is None:
        return UNSEEN
    if test.rejected:
        return (
            f"where both domains have rows, the labels are not what they were ({p_told(test.p_value)}): the model's error there "
            f"changed by {_signed(test.effect)}"
        )
    return (
        f"the target labels show no change of meaning where both domains have rows ({p_told(test.p_value)}; a change of the "
        f"error by {test.least:.2f} would have been seen with probability .80)"
    )


def _rest_unchanged(seen: _Seen, rows: LabelledRows) -> bool:
    """Whether the target rows that have neighbours could come from the source's classes."""
    rest = rows.target[~seen.foreign.rows & ~seen.overlap.neighbours.alone]
    if len(rest) < 40:
        return False
    samples = replace(seen.samples, target=rest)
    return not label_shift_test(samples, level=LEVEL).rejected


def _support_text(seen: _Seen) -> str:
    share = f"{_percent(seen.foreign.share)} of the target rows lie where the source has none (at least {_percent(seen.foreign.lower)})"
    if seen.overlap.no_overlap:
        return (
            f"a classifier tells the domains apart almost surely (AUC {seen.overlap.auc:.3f}); {share}. What holds there can't "
            "be learned from the source. That is not failure, but nothing seen on the source speaks against it"
        )
    return (
        f"{share}: beyond its edges, or far from every row. What holds there can't be learned from the source"
    )


def _subspace_text(lost: Subspace) -> str:
    parts = []
    if lost.constant:
        parts.append(f"constant in the target, not in the source: {_some(lost.constant)}")
    if lost.awakened:
        parts.append(f"constant in the source, not in the target: {_some(lost.awakened)}")
    if lost.directions:
        parts.append(f"{lost.directions} combinations of columns are constant in one domain only")
    return "; ".join(parts)


def _some(names: tuple[str, ...], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"


def _percent(share: float) -> str:
    return f"{np.floor(1000 * share) / 10:.1f} %"
