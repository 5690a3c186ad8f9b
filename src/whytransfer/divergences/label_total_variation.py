"""The total variation distance of the two label marginals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from whytransfer.divergences.base import Findings, Laws
from whytransfer.divergences.label_rows import Labels, frequencies, label_codes, plain_labels
from whytransfer.divergences.permutation import Relabelled, relabelled_by
from whytransfer.divergences.request import Request
from whytransfer.divergences.sets import Largest, SetDivergence
from whytransfer.errors import InputError
from whytransfer.overlap import TwoSamples
from whytransfer.overlap.two_samples import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelTotalVariation(SetDivergence):
    """sup over sets of labels B of |P_S(Y ∈ B) − P_T(Y ∈ B)| = ½ Σ_y |P_S(y) − P_T(y)|, in [0, 1]; the rows do not matter.

    The supremum over all sets of labels is attained exactly by {y : P_T(y) > P_S(y)}, so that P1 gives the upper limit, whatever the
    number of classes; the lower limit is that of the best set of one half, on the other (THEORY B0). A label shift of this
    size moves the error of a classifier with the same class-conditional laws by at most as much.

    Parameters
    ----------
    ys, yt : array-like, (n,) and (m,)
        Labels of the source and of the target rows, of any one kind. Without both there is no estimate.

    Raises
    ------
    InputError
        When labels are missing, or not as many as rows.

    Examples
    --------
    >>> LabelTotalVariation(ys=["a", "b"], yt=["b", "b", "b"]).between([0, 0], [0, 0, 0])
    0.5
    """

    ys: Any = None
    yt: Any = None

    name: ClassVar[str] = "label_total_variation"
    convention: ClassVar[str] = (
        "sup over sets of labels of |P_S(Y in B) - P_T(Y in B)|, half the L1 distance, 0..1"
    )
    reference: ClassVar[str] = "zhao:19"
    laws: ClassVar[Laws] = Laws(largest=1.0, degree=0, monotone=True, supremum=True)
    of_labels: ClassVar[bool] = True

    def __post_init__(self) -> None:
        for name in ("ys", "yt"):
            object.__setattr__(self, name, plain_labels(name, getattr(self, name)))

    def between(self, Xs: Any, Xt: Any) -> float:
        """The plug-in value; InputError without labels."""
        coded = self._coded(TwoSamples.read(Xs, Xt))
        if coded is None:
            raise InputError("label_total_variation: expected ys= and yt=, the labels of both domains")
        return _value(coded[1])

    def measure(self, samples: TwoSamples, request: Request) -> Findings:
        """The exact supremum with both limits, and the shares of the classes."""
        coded = self._coded(samples)
        if coded is None:
            return Findings(estimate=None, reason="labels of both domains are needed: pass ys= and yt=")
        classes, labels = coded
        found = self.limits(labels, request)
        shares = zip(classes, *(share.tolist() for share in _shares(labels)), strict=True)
        inside = [int(code) for code in _heavier(labels)]
        return Findings(
            estimate=found.estimate,
            lower=found.lower,
            upper=found.upper,
            reason=found.reason,
            detail=dict(found.detail)
            | {
                "set": "label in {" + ", ".join(classes[code] for code in inside) + "}",
                "classes": [{"label": c, "source": s, "target": t} for c, s, t in shares],
            },
        )

    def largest(self, samples: TwoSamples) -> Largest:
        """The labels that are more frequent in the target, for samples of one column of codes."""
        heavier = _heavier(samples)

        def contains(rows: Floats) -> NDArray[np.bool_]:
            return np.isin(rows[:, 0], heavier)

        return Largest(
            value=_value(samples),
            rule=f"{len(heavier)} labels that are more frequent in the target",
            contains=contains,
            heavier_in_target=True,
            columns=[],
        )

    def relabel(self, samples: TwoSamples, request: Request) -> Relabelled | None:
        """The plug-in value under exchange of the domains of the labels; None without labels."""
        coded = self._coded(samples)
        return None if coded is None else relabelled_by(coded[1], request, _value)

    def _coded(self, samples: TwoSamples) -> tuple[list[str], TwoSamples] | None:
        """The classes, and the labels as two samples of one column of codes."""
        ys: Labels | None = self.ys
        yt: Labels | None = self.yt
        if ys is None or yt is None:
            return None
        classes, source, target = label_codes(ys, yt, samples)
        columns = (codes[:, np.newaxis].astype(np.float64) for codes in (source, target))
        return classes, TwoSamples(
            source=next(columns), target=next(columns), names=("label",), units=samples.units
        )


def _shares(labels: TwoSamples) -> tuple[Floats, Floats]:
    """Source and target shares of all codes up to the largest."""
    source, target = labels.source[:, 0].astype(np.int64), labels.target[:, 0].astype(np.int64)
    return frequencies(source, target, int(max(source.max(), target.max())) + 1)


def _heavier(labels: TwoSamples) -> Floats:
    """The codes that are more frequent in the target."""
    source, target = _shares(labels)
    return np.flatnonzero(target > source).astype(np.float64)


def _value(labels: TwoSamples) -> float:
    source, target = _shares(labels)
    return float(np.abs(target - source).sum()) / 2
