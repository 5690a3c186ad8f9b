"""f-divergences seen through one event: D_f(T || S) ≥ D_f(Ber(T(A)) || Ber(S(A))) for every A (THEORY D9, B12).

The data-processing inequality makes any event a lower value. A = {score > c} is fixed on one half of the rows: a quarter
of each domain trains the score, another quarter chooses c, and, of two classifiers, the score. The other half counts the
rows inside A. No finite sample bounds an f-divergence of continuous laws from above.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from whytransfer.claims import Level
from whytransfer.claims.intervals import Units, hoeffding_term, lower_limit, upper_limit
from whytransfer.divergences.base import Divergence, Findings, Laws
from whytransfer.divergences.permutation import Relabelled, relabellings
from whytransfer.divergences.request import PERMUTE, SPLIT, Halves, Request
from whytransfer.overlap import DomainClassifier, TwoSamples, score_rows
from whytransfer.overlap.two_samples import Floats

MOST_VALUES = 64
"""A sample is discrete with few values when it has at most so many distinct rows, ..."""

ROWS_A_VALUE = 4
"""... each of them so often on average."""

THRESHOLDS = 64
"""Quantiles of the score that are tried as c."""

BOOSTED_ROWS = 80
"""Boosted trees are trained on no fewer rows: they could not split them."""

METHOD = "event fixed on a seeded half of each domain; corner of the {} at delta/2 a domain on the other"

Score = Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Event:
    """A = {score > threshold}, meant to be heavier in the target, and the rows that did not choose it.

    Parameters
    ----------
    kind : str
        What scores: ``"linear"``, ``"boosted"`` or ``"cells"``.
    threshold : float
        c.
    inside : (n + m,) array of bool
        Which of the evaluating rows are in A, the source first.
    n, m : int
        Evaluating rows of each domain.
    units : pair of Units or None
        What is independent of what among them; None: every row.
    """

    kind: str
    threshold: float
    inside: NDArray[np.bool_]
    n: int
    m: int
    units: tuple[Units, Units] | None = None

    def limits(self, failure: float) -> tuple[float, float]:
        """The lower limit of T(A) and the upper limit of S(A), at `failure` each."""
        source, target = self.units or (Units(n=self.n), Units(n=self.m))
        return target.lower(self.inside[self.n :], failure), source.upper(self.inside[: self.n], failure)

    @property
    def counts(self) -> tuple[int, int]:
        """Evaluating rows inside A: source, target."""
        return int(self.inside[: self.n].sum()), int(self.inside[self.n :].sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDivergence(Divergence):
    """Σ over cells of a convex term of target and source mass; exact for few values, else a value from an event."""

    level: ClassVar[Level] = Level.PROVED
    grouped: ClassVar[bool] = True
    laws: ClassVar[Laws] = Laws(symmetric=False, row_order=False, translation=False, supremum=True)

    @abstractmethod
    def terms(self, q: Floats, p: Floats) -> Floats:
        """The terms of cells of target mass q and source mass p; their sum over a partition is the divergence."""

    def upper_from(self, total_variation: float) -> float | None:
        """An upper value of this divergence where that of the total variation is known; None where none follows."""
        del total_variation
        return None

    def of_masses(self, q: Floats, p: Floats) -> float:
        """The divergence of two discrete laws, (u,) and (u,) probabilities of the same values; may be infinite."""
        return max(0.0, float(self.terms(q, p).sum()))

    def of_event(self, q: Any, p: Any) -> Floats:
        """D_f(Ber(q) || Ber(p)), elementwise."""
        q, p = np.asarray(q, dtype=np.float64), np.asarray(p, dtype=np.float64)
        return np.maximum(self.terms(q, p) + self.terms(1.0 - q, 1.0 - p), 0.0)

    def between(self, Xs: Any, Xt: Any) -> float:
        """The exact plug-in for few values; else the value of the event of seed 0, 0 where there is none."""
        samples = TwoSamples.read(Xs, Xt)
        masses = few_values(samples)
        if masses is not None:
            return self.of_masses(*masses)
        event = self.event(samples, Request())
        return 0.0 if event is None else self._observed(event)

    def measure(self, samples: TwoSamples, request: Request) -> Findings:
        """Plug-in or event value, the corner of an event below it, and P1 above it where that says something."""
        masses, event = few_values(samples), self.event(samples, request)
        upper, reasons = None, []
        if masses is not None:
            term = float(hoeffding_term(request.delta, *samples.effective))
            upper = self.upper_from(float(np.abs(masses[0] - masses[1]).sum()) / 2 + term)
            exact = self.of_masses(*masses)
            estimate = exact if np.isfinite(exact) else None
            if estimate is None:
                reasons.append("the plug-in is infinite: the target has a value that no source row has")
        else:
            estimate = None if event is None else self._observed(event)
        if upper is None:
            reasons.append("no upper limit: a law may have mass where no row fell")
        if event is None:
            reasons.append("a lower limit needs four rows of each domain")
        return Findings(
            estimate=estimate,
            lower=None if event is None else self._corner(*event.limits(request.delta / 2)),
            upper=upper,
            reason="; ".join(reasons) or None,
            detail=_detail(masses, event) | {"vacuous": self._is_vacuous(upper)},
        )

    def relabel(self, samples: TwoSamples, request: Request) -> Relabelled | None:
        """|T(A) − S(A)| of the event under relabelling of the rows that did not choose it: exact level."""
        event = self.event(samples, request)
        if event is None:
            return None
        n, m, total = event.n, event.m, int(event.inside.sum())
        blocks = relabellings(n, m, request.permutations, request.rng(PERMUTE), 9, units=event.units)
        in_target = np.concatenate([labels @ event.inside.astype(np.int64) for labels in blocks])
        s, t = event.counts
        return Relabelled(
            observed=abs(n * t - m * s) / (n * m),
            values=np.abs(n * in_target - m * (total - in_target)) / (n * m),
        )

    def event(self, samples: TwoSamples, request: Request) -> Event | None:
        """The event of one half with the rows of the other; None where a domain has fewer than four rows."""
        halves = Halves.of(samples, request.rng(SPLIT))
        stages = None if halves is None else Halves.of(halves.choose, request.rng(SPLIT))
        if halves is None or stages is None:
            return None
        train, choose, rows = stages.choose, stages.evaluate, halves.evaluate
        best: tuple[float, str, float, Score] | None = None
        for kind, score in _scores(train, request.seed, cells=few_values(samples) is not None):
            value, threshold = self._threshold(score(choose.source), score(choose.target), request.delta)
            if best is None or value > best[0]:
                best = value, kind, threshold, score
        if best is None:
            return None
        _, kind, threshold, score = best
        return Event(
            kind=kind,
            threshold=threshold,
            inside=score(rows.pooled) > threshold,
            n=rows.n,
            m=rows.m,
            units=rows.units,
        )

    def _threshold(self, source: Floats, target: Floats, delta: float) -> tuple[float, float]:
        """The best corner over thresholds, and the threshold; where all corners are 0, the largest T(A) − S(A)."""
        n, m = len(source), len(target)
        levels = np.linspace(0.0, 1.0, THRESHOLDS + 1)[:-1]
        cuts = np.unique(np.quantile(np.concatenate([source, target]), levels, method="inverted_cdf"))
        s = n - np.searchsorted(np.sort(source), cuts, side="right")
        t = m - np.searchsorted(np.sort(target), cuts, side="right")
        gain = t / m - s / n
        # Where rows hang together this is a guess at the corner, as good as any: other rows will judge it.
        q, p = (
            lower_limit(t.astype(np.float64), m, delta / 2),
            upper_limit(s.astype(np.float64), n, delta / 2),
        )
        corners = np.array([self._corner(*both) for both in zip(q.tolist(), p.tolist(), strict=True)])
        best = int((corners if corners.max() > 0 else gain).argmax())
        return float(corners[best] if corners[best] > 0 else min(0.0, gain[best] - 1.0)), float(cuts[best])

    def _corner(self, q: float, p: float) -> float:
        """D_f at the lower limit q of T(A) and the upper limit p of S(A); it grows as they part, and is 0 where they cross."""
        return float(self.of_event(q, p)) if q > p else 0.0

    def _observed(self, event: Event) -> float:
        """The divergence of the event's frequencies; half a row is added to every count where it would be infinite."""
        (s, t), n, m = event.counts, event.n, event.m
        value = float(self.of_event(t / m, s / n))
        return value if np.isfinite(value) else float(self.of_event((t + 0.5) / (m + 1), (s + 0.5) / (n + 1)))

    def _is_vacuous(self, upper: float | None) -> bool:
        return upper is not None and self.laws.largest is not None and upper >= self.laws.largest


def few_values(samples: TwoSamples) -> tuple[Floats, Floats] | None:
    """Target and source frequencies of the distinct rows, (u,) each; None where there are too many of them."""
    rows = samples.pooled
    if any(len(np.unique(column)) > MOST_VALUES for column in rows.T):
        return None
    distinct, codes = np.unique(rows, axis=0, return_inverse=True)
    u, codes = len(distinct), codes.ravel()
    if u > MOST_VALUES or (u > 1 and ROWS_A_VALUE * u > len(rows)):
        return None
    source, target = codes[: samples.n], codes[samples.n :]
    return np.bincount(target, minlength=u) / samples.m, np.bincount(source, minlength=u) / samples.n


def _scores(train: TwoSamples, seed: int, *, cells: bool) -> list[tuple[str, Score]]:
    """What may score a row: the frequencies of its value for few values, else classifiers of target against source."""
    if cells:
        return [("cells", _cell_score(train))]
    is_target = np.arange(train.n + train.m) >= train.n
    kinds = [k for k in DomainClassifier.KINDS if k != "boosted" or train.n + train.m >= BOOSTED_ROWS]

    def scored_by(kind: str) -> Score:
        return lambda rows: score_rows(kind, train.pooled, is_target, rows, seed)

    return [(kind, scored_by(kind)) for kind in kinds]


def _cell_score(train: TwoSamples) -> Score:
    """(T(v) + ½/m) / (T(v) + S(v) + ½/m + ½/n) of the training rows; ½-ish for a value that they lack."""
    counts: dict[tuple[float, ...], list[int]] = {}
    for domain, rows in enumerate((train.source, train.target)):
        for row in rows.tolist():
            counts.setdefault(tuple(row), [0, 0])[domain] += 1

    def score(rows: Floats) -> Floats:
        both = np.array([counts.get(tuple(row), (0, 0)) for row in rows.tolist()]) + 0.5
        s, t = both[:, 0] / train.n, both[:, 1] / train.m
        return np.asarray(t / (s + t))

    return score


def _detail(masses: tuple[Floats, Floats] | None, event: Event | None) -> dict[str, Any]:
    exact = "exact plug-in of the frequencies of all distinct rows (biased upwards)"
    detail: dict[str, Any] = {
        "estimate_is": exact
        if masses is not None
        else "value of the held-out event: a lower value of the divergence",
        "distinct_rows": None if masses is None else len(masses[0]),
        "test": "|T(A) - S(A)| of the held-out event",
        "lower_from": None,
    }
    if event is not None:
        s, t = event.counts
        detail["lower_from"] = {
            "method": METHOD.format("Clopper-Pearson limits" if event.units is None else "limits by units"),
            "score": event.kind,
            "threshold": event.threshold,
            "source_rows": event.n,
            "source_rows_inside": s,
            "target_rows": event.m,
            "target_rows_inside": t,
        }
    return detail
