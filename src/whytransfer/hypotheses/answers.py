"""What an h answers, in whatever form it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from whytransfer.errors import InputError
from whytransfer.hypotheses.hypothesis import Hypothesis
from whytransfer.hypotheses.labels import Labels, Raw, as_labels
from whytransfer.hypotheses.rows import IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What an h answers on both samples, and the labels it answers in.

    Parameters
    ----------
    labels : Labels
    source, target : int array
        Codes on the source rows (empty where they were not asked for) and on the target rows.
    """

    labels: Labels
    source: IntArray
    target: IntArray

    @classmethod
    def of(
        cls,
        h: object,
        samples: tuple[object, object],
        *,
        seen: Sequence[object] = (),
        classes: Iterable[object] | None = None,
        source: bool = True,
    ) -> Answers:
        """The answers of `h` on the rows of `samples` (source, target).

        Parameters
        ----------
        h : object
            A `Hypothesis`, a fitted object with ``predict``, a callable, or the pair of its labels on both samples
            (whose first may be None where the source is not asked for).
        samples : pair
            The rows as the caller gave them: h may want its own kind of frame.
        seen : sequence of label arrays
            Other labels of the problem.
        classes : iterable, optional
            All labels, when what is seen does not show them all.
        source : bool
            Whether the answers on the source are needed.
        """
        rows = samples if source else (None, samples[1])
        if isinstance(h, tuple | list) and len(h) == 2:
            raw = [None if part is None else as_labels(part, "h") for part in h]
        else:
            answer = answering(h)
            raw = [None if part is None else as_labels(answer(part), "h") for part in rows]
        if raw[1] is None or (source and raw[0] is None):
            raise InputError(
                "h: expected its labels on both samples, got None for one; pass (on_source, on_target)"
            )
        given = [part for part in raw if part is not None]
        if isinstance(h, Hypothesis):
            codes_seen = np.arange(1 + max((int(part.max()) for part in given if len(part)), default=0))
            shown = [part for part in seen if len(as_labels(part, "labels"))]
            labels = Labels.of(*(shown or [codes_seen]), classes=classes)
            given = [_named(part, labels) for part in given]
        else:
            labels = Labels.of(*seen, *given, getattr(h, "classes_", ()), classes=classes)
        codes = [labels.code(part, "h") for part in given]
        return cls(
            labels=labels, source=codes[0] if source else np.zeros(0, dtype=np.int64), target=codes[-1]
        )


def answering(h: object) -> Callable[[object], object]:
    """How to ask `h` for its answers: its predict, or itself."""
    predict = getattr(h, "predict", None)
    if predict is not None:
        return predict  # type: ignore[no-any-return]
    if callable(h):
        return h
    raise InputError(
        f"h: expected a fitted object with predict, a callable or a pair of label arrays, got {type(h).__name__}"
    )


def _named(codes: Raw, labels: Labels) -> Raw:
    """The labels that a Hypothesis means by its codes."""
    if len(codes) and codes.max() >= len(labels):
        raise InputError(
            f"h answers code {codes.max()}, but only {len(labels)} labels are known; name them with classes=[...]"
        )
    return labels.classes[codes]
