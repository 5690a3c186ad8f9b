"""The optimal transport dataset distance: rows and labels are moved together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from whytransfer.claims import Level, Unit
from whytransfer.divergences.base import Divergence, Findings, Laws
from whytransfer.divergences.label_rows import Labels, label_codes, plain_labels
from whytransfer.divergences.permutation import Relabelled, relabellings
from whytransfer.divergences.request import PERMUTE, SUBSET, Request
from whytransfer.divergences.transport import Transport
from whytransfer.errors import InputError
from whytransfer.overlap import TwoSamples
from whytransfer.overlap.two_samples import Floats, Integers

MOST_ROWS = 2048
"""Rows of each domain that are moved, drawn without replacement where there are more; class laws are read off all rows."""

EXACT_ROWS = 500
"""Rows of one class that enter an exact distance between two classes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetDistance(Divergence):
    """√ min over couplings of E[‖x − x'‖² + W2²(S(X | y), T(X | y'))], in the raw units of the columns.

    The OTDD of Alvarez-Melis and Fusi (2020, equation 4, p = 2): a label is the law of the rows that bear it, so that the two domains need not
    share a label. W2² between classes: of the Gaussians of their means and covariances (divided by the rows of the class; Bures),
    or exact between the class samples (500 evenly spaced rows of each where there are more). The cost is that of a coupling by network simplex; the
    dual value stands beside it. Zero does not mean equal laws: with Gaussian classes only means and covariances of the classes are compared. No limits.

    Parameters
    ----------
    ys, yt : array-like, (n,) and (m,)
        Labels of the source and of the target rows. Without both there is no estimate.
    target_labels : {"given", "pseudo"}
        What `yt` are; the claim says so. Pseudo-labels make it a distance to what a model takes the target for.
    classes : {"gaussian", "exact"}
        How the distance between two classes is computed.

    Raises
    ------
    InputError
        On missing labels, not as many as rows, or another word for an option.

    Examples
    --------
    >>> DatasetDistance(ys=["a", "a"], yt=["b", "b"]).between([0.0, 0.0], [4.0, 4.0])  # √(rows 16 + labels 16)
    5.656854249492381
    """

    ys: Any = None
    yt: Any = None
    target_labels: Literal["given", "pseudo"] = "given"
    classes: Literal["gaussian", "exact"] = "gaussian"

    name: ClassVar[str] = "dataset_distance"
    unit: ClassVar[Unit] = Unit.FEATURE
    convention: ClassVar[str] = (
        "optimal transport dataset distance, p = 2, root of the cost, raw units, not standardised, 0 and up"
    )
    reference: ClassVar[str] = "alvarez-melis:20"
    laws: ClassVar[Laws] = Laws(degree=1)
    level: ClassVar[Level] = Level.ESTIMATED
    grouped: ClassVar[bool] = True
    of_labels: ClassVar[bool] = True

    def __post_init__(self) -> None:
        for name in ("ys", "yt"):
            object.__setattr__(self, name, plain_labels(name, getattr(self, name)))
        for name, options in (("target_labels", ("given", "pseudo")), ("classes", ("gaussian", "exact"))):
            if getattr(self, name) not in options:
                raise InputError(f"{name}: expected {' or '.join(options)}, got {getattr(self, name)!r}")

    def between(self, Xs: Any, Xt: Any) -> float:
        """The root of the coupling's cost; InputError without labels."""
        found = self.measure(TwoSamples.read(Xs, Xt), Request())
        if found.estimate is None:
            raise InputError("dataset_distance: expected ys= and yt=, the labels of both domains")
        return found.estimate

    def measure(self, samples: TwoSamples, request: Request) -> Findings:
        """The root of the cost of the coupling, with the distances between the classes."""
        coded = self._coded(samples)
        if coded is None:
            return Findings(estimate=None, reason="labels of both domains are needed: pass ys= and yt=")
        names, source, target = coded
        between = self._between_classes(samples, source, target)
        s, t = _rows(samples, request)
        found = Transport.of(
            _cost(samples.source[s], samples.target[t], between[np.ix_(source[s], target[t])])
        )
        return Findings(
            estimate=float(np.sqrt(found.upper)),
            reason="no limits: the distances between classes are estimates, too",
            detail={
                "labels": f"target labels {self.target_labels}",
                "classes": f"{self.classes} W2 between classes",
                "dual": float(np.sqrt(found.lower)),
                "coupling": float(np.sqrt(found.upper)),
                "class_distances": [
                    {"source": names[i], "target": names[j], "value": float(np.sqrt(between[i, j]))}
                    for i in np.unique(source)
                    for j in np.unique(target)
                ],
                "source_rows": len(s),
                "target_rows": len(t),
            },
        )

    def relabel(self, samples: TwoSamples, request: Request) -> Relabelled | None:
        """The distance after exchanging rows with their labels between the domains; None without labels."""
        coded = self._coded(samples)
        if coded is None:
            return None
        _, source, target = coded
        s, t = _rows(samples, request)
        rows = samples.take(s, t)
        codes = np.concatenate([source[s], target[t]])

        def value(of_source: Integers, of_target: Integers) -> float:
            pooled = rows.pooled
            two = TwoSamples(source=pooled[of_source], target=pooled[of_target], names=rows.names)
            y, z = codes[of_source], codes[of_target]
            cost = _cost(two.source, two.target, self._between_classes(two, y, z)[np.ix_(y, z)])
            return float(np.sqrt(Transport.of(cost).upper))

        n, m, rng = rows.n, rows.m, request.rng(PERMUTE)
        values = [
            value(np.flatnonzero(labels == 0), np.flatnonzero(labels == 1))
            for block in relabellings(n, m, request.permutations, rng, 1, units=rows.units)
            for labels in block
        ]
        return Relabelled(observed=value(np.arange(n), n + np.arange(m)), values=np.array(values))

    def _coded(self, samples: TwoSamples) -> tuple[list[str], Integers, Integers] | None:
        ys: Labels | None = self.ys
        yt: Labels | None = self.yt
        return None if ys is None or yt is None else label_codes(ys, yt, samples)

    def _between_classes(self, samples: TwoSamples, source: Integers, target: Integers) -> Floats:
        """W2² of every class of the source and of the target: (K, K), 0 where a domain lacks the class."""
        K = int(max(source.max(), target.max())) + 1
        between = np.zeros((K, K))
        parts = {int(j): samples.target[target == j] for j in np.unique(target)}
        for i in np.unique(source):
            rows = samples.source[source == i]
            for j, others in parts.items():
                between[i, j] = (gaussian_w2 if self.classes == "gaussian" else exact_w2)(rows, others)
        return between


def gaussian_w2(rows: Floats, others: Floats) -> float:
    """‖m − m'‖² + tr(C + C' − 2 (C^½ C' C^½)^½) of two samples (k, p), (l, p), covariances divided by k and l.

    Examples
    --------
    >>> gaussian_w2(np.array([[-1.0], [1.0]]), np.array([[0.0], [4.0]]))  # means 2 apart, deviations 1 and 2
    5.0
    """
    apart = rows.mean(axis=0) - others.mean(axis=0)
    first, second = rows - rows.mean(axis=0), others - others.mean(axis=0)
    first, second = first / np.sqrt(len(first)), second / np.sqrt(len(second))
    # The trace of (C^½ C' C^½)^½ is the nuclear norm of A Bᵀ for any A, B with AᵀA = C and BᵀB = C'.
    shared = float(np.linalg.svd(_small(first) @ _small(second).T, compute_uv=False).sum())
    return max(float(apart @ apart + (first**2).sum() + (second**2).sum()) - 2 * shared, 0.0)


def _small(rows: Floats) -> Floats:
    """At most p rows (k, p) with the same XᵀX: the triangle of a QR decomposition."""
    if len(rows) <= rows.shape[1]:
        return rows
    return np.asarray(np.linalg.qr(rows).R)


def exact_w2(rows: Floats, others: Floats) -> float:
    """The squared W2 distance of two samples (k, p), (l, p); `EXACT_ROWS` evenly spaced ones where there are more."""
    first, second = (
        X[np.linspace(0, len(X) - 1, min(len(X), EXACT_ROWS)).astype(np.int64)] for X in (rows, others)
    )
    return Transport.of(_cost(first, second, 0.0)).upper


def _rows(samples: TwoSamples, request: Request) -> tuple[Integers, Integers]:
    """Which rows are moved: all, or `MOST_ROWS` random ones of a domain."""
    rng = request.rng(SUBSET)
    source, target = (np.sort(rng.permutation(size)[:MOST_ROWS]) for size in (samples.n, samples.m))
    return source.astype(np.int64), target.astype(np.int64)


def _cost(source: Floats, target: Floats, labels: Floats | float) -> Floats:
    """Squared distances plus the cost of the labels."""
    from scipy.spatial.distance import cdist

    cost: Floats = cdist(source, target, "sqeuclidean")
    cost += labels
    return cost
