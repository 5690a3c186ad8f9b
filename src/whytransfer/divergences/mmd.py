"""The maximum mean discrepancy with a Gaussian kernel."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from whytransfer.claims import Level, Unit
from whytransfer.claims.intervals import hoeffding_term
from whytransfer.divergences.base import Divergence, Findings, Laws
from whytransfer.divergences.critics import METHOD, lower_of_difference
from whytransfer.divergences.energy import distances
from whytransfer.divergences.fuse import MOST_ROWS, fuse_relabelled
from whytransfer.divergences.pairwise import PairSums, Pairwise, relabelled_contrasts, row_sums
from whytransfer.divergences.permutation import Relabelled
from whytransfer.divergences.request import SPLIT, Halves, Request, positive
from whytransfer.errors import InputError
from whytransfer.overlap import TwoSamples
from whytransfer.overlap.two_samples import Floats

EPSILON = float(np.finfo(np.float64).eps)
PRODUCT_ERROR = 1e-13
"""Largest error of an exponent that a matrix product may make: a tenth of what values defined on a sample promise."""
FEWEST_FOR_PRODUCT = 64
"""Rows of the smaller sample below which differences are taken, which are exact: they cost nothing there."""

MEDIAN_ROWS = 1000
"""The median heuristic looks at no more than this many choosing rows of each domain; the claim says how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A bandwidth with the rows that did not choose it."""

    bandwidth: float
    rows: TwoSamples
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MMD(Divergence):
    """√ of the biased V-statistic of MMD², kernel k(x, y) = exp(−‖x−y‖²/2s²), in [0, √2].

    With `bandwidth` given, s is fixed, all rows are used and the upper limit is MMD_b + √((1/n+1/m) ln(1/δ)), from P1 with
    oscillation √2 of the unit ball (THEORY D6, K = 1). Without it, s is the median distance between the pooled rows
    of a seeded half of each domain; estimate and lower limit use the other half only, and there is no
    upper limit. The lower limit is that of the unit-norm witness function of one half, on the other. All
    pairs, in tiles of 1024 rows. The unbiased U-statistic of MMD² is in ``detail`` (Gretton et al. 2012).

    The p-value is that of MMD-FUSE: one permutation test over Gaussian and Laplace kernels of 10 bandwidths each, whatever the
    bandwidth of the estimate (Biggs, Schrab and Gretton 2023; `fuse.fuse_relabelled`). ``detail["test"]`` says so.

    Parameters
    ----------
    bandwidth : float or None
        s, in raw units, chosen without looking at these rows.
    test : {"fuse", "single"}
        What is relabelled: the FUSE statistic, or MMD² at the bandwidth and the rows of the estimate.
    test_rows : int
        Rows of each domain that FUSE looks at, drawn where there are more; N rows in all need three matrices of half N².

    Raises
    ------
    InputError
        When the bandwidth is not a finite number above 0, the test is neither of the two, or it has fewer than two rows.

    Examples
    --------
    >>> round(MMD(bandwidth=1.0).between([0.0], [2.0]) ** 2, 6)  # 2(1 - exp(-2))
    1.729329
    """

    bandwidth: float | None = None
    test: Literal["fuse", "single"] = "fuse"
    test_rows: int = MOST_ROWS

    name: ClassVar[str] = "mmd"
    unit: ClassVar[Unit] = Unit.KERNEL
    convention: ClassVar[str] = (
        "root of the biased V-statistic of MMD^2, kernel exp(-|x-y|^2/(2 s^2)), 0..sqrt(2)"
    )
    reference: ClassVar[str] = "gretton:12"
    laws: ClassVar[Laws] = Laws(largest=math.sqrt(2.0), row_order=False, supremum=True)
    level: ClassVar[Level] = Level.PROVED
    grouped: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if self.bandwidth is not None:
            object.__setattr__(self, "bandwidth", positive("bandwidth", self.bandwidth))
        if self.test not in ("fuse", "single"):
            raise InputError(f"test: expected 'fuse' or 'single', got {self.test!r}")
        if self.test_rows < 2 or self.test_rows != int(self.test_rows):
            raise InputError(f"test_rows: expected a whole number of at least 2, got {self.test_rows}")

    def between(self, Xs: Any, Xt: Any) -> float:
        """The root of the V-statistic; without a bandwidth, on the half of the rows that did not choose it (seed 0)."""
        stage = self._stage(TwoSamples.read(Xs, Xt), Request())
        return _root(PairSums.of(stage.rows, gaussian(stage.bandwidth)).contrast)

    def measure(self, samples: TwoSamples, request: Request) -> Findings:
        """The V-statistic, P1 above it where the bandwidth is fixed, a witness function of one half below it."""
        stage = self._stage(samples, request)
        kernel, rows = gaussian(stage.bandwidth), stage.rows
        sums = PairSums.of(rows, kernel)
        estimate = _root(sums.contrast)
        halves = Halves.of(samples, request.rng(SPLIT))
        reasons, upper = [], None
        if self.bandwidth is not None:
            upper = estimate + math.sqrt(2.0) * float(hoeffding_term(request.delta, *rows.effective))
        else:
            reasons.append("an upper limit needs bandwidth=, fixed in advance")
        if halves is None:
            reasons.append("a lower limit needs two rows of each domain")
        return Findings(
            estimate=estimate,
            lower=None if halves is None else _held_out(halves, kernel, request.delta),
            upper=upper,
            reason="; ".join(reasons) or None,
            detail={
                "bandwidth": stage.bandwidth,
                "bandwidth_from": stage.how,
                "v_statistic": sums.contrast,
                "u_statistic": _u_statistic(sums),
                "source_rows": rows.n,
                "target_rows": rows.m,
                "test": self._test(samples),
                "lower_from": None if halves is None else f"witness function {METHOD}",
            },
        )

    def relabel(self, samples: TwoSamples, request: Request) -> Relabelled:
        """The FUSE statistic, or MMD² at one bandwidth on the rows that did not choose it, under relabelling."""
        if self._fuses(samples):
            return fuse_relabelled(samples, request, self.test_rows)
        stage = self._stage(samples, request)
        return relabelled_contrasts(stage.rows, gaussian(stage.bandwidth), request, sign=1.0)

    def _fuses(self, samples: TwoSamples) -> bool:
        """Whether the test is FUSE: the unbiased statistic needs two rows of each domain."""
        return self.test == "fuse" and min(samples.n, samples.m) > 1

    def _test(self, samples: TwoSamples) -> str:
        if not self._fuses(samples):
            return "MMD^2 at the bandwidth of the estimate, on its rows"
        return (
            "MMD-FUSE: Gaussian and Laplace kernels of 10 bandwidths each on "
            f"{min(samples.n, self.test_rows)} source and {min(samples.m, self.test_rows)} target rows; not at the bandwidth of the estimate"
        )

    def _stage(self, samples: TwoSamples, request: Request) -> Stage:
        if self.bandwidth is not None:
            return Stage(bandwidth=self.bandwidth, rows=samples, how="given")
        halves = Halves.of(samples, request.rng(SPLIT))
        if halves is None:
            # One row in a domain can't be split. Its own distance says nothing: a bandwidth of 1 is as good as any.
            return Stage(bandwidth=1.0, rows=samples, how="1, because a domain has a single row")
        choose = halves.choose
        source, target = choose.source[:MEDIAN_ROWS], choose.target[:MEDIAN_ROWS]
        return Stage(
            bandwidth=_median_distance(np.concatenate([source, target])),
            rows=halves.evaluate,
            how=f"median distance between {len(source)} source and {len(target)} target rows of a seeded half; "
            "the estimate uses the other half",
        )


def gaussian(bandwidth: float) -> Pairwise:
    """The kernel exp(−‖x−y‖²/2s²) as a function of two blocks of rows."""

    def kernel(a: Floats, b: Floats) -> Floats:
        # Scaled rows first: s may be so small that s² underflows.
        a, b = a / bandwidth, b / bandwidth
        matrix = _halved_by_product(a, b)
        if matrix is None:
            from scipy.spatial.distance import cdist

            matrix = cdist(a, b, "sqeuclidean")
            matrix *= -0.5
        return np.exp(matrix, out=matrix)

    return kernel


def _halved_by_product(a: Floats, b: Floats) -> Floats | None:
    """−‖x−y‖²/2 = ⟨x, y⟩ − ‖x‖²/2 − ‖y‖²/2 around a common centre, by one matrix product; None where that is not exact enough.

    The product rounds by at most about p·ε·(largest ‖x‖²), which may not exceed `PRODUCT_ERROR`; differences have no such error, and
    take several times longer from a few columns on.
    """
    if min(len(a), len(b)) < FEWEST_FOR_PRODUCT:
        return None
    centre = (a.mean(axis=0) + b.mean(axis=0)) / 2
    a, b = a - centre, b - centre
    of_a, of_b = np.einsum("ij,ij->i", a, a), np.einsum("ij,ij->i", b, b)
    if not a.shape[1] * EPSILON * max(of_a.max(), of_b.max()) <= PRODUCT_ERROR:
        return None
    matrix: Floats = a @ b.T
    matrix -= of_a[:, np.newaxis] / 2
    matrix -= of_b / 2
    return np.minimum(matrix, 0.0, out=matrix)


def _root(contrast: float) -> float:
    return math.sqrt(max(contrast, 0.0))


def _u_statistic(sums: PairSums) -> float | None:
    """The unbiased estimate of MMD²: pairs of a row with itself (k = 1) left out; None with a single row."""
    n, m = sums.n, sums.m
    if min(n, m) < 2:
        return None
    within = (sums.within_source - n) / (n * (n - 1)) + (sums.within_target - m) / (m * (m - 1))
    return within - 2 * sums.between / (n * m)


def _median_distance(rows: Floats) -> float:
    """The median distance between two different rows; where it is 0, the mean distance; where that is 0, 1."""
    matrix = distances(rows, rows)
    pairs = matrix[np.triu_indices(len(rows), k=1)]
    return float(np.median(pairs)) or float(pairs.mean()) or 1.0


def _held_out(halves: Halves, kernel: Pairwise, delta: float) -> float:
    """A lower limit of E_T f − E_S f from one half, f being the unit-norm witness of the other: |f| ≤ 1."""
    choose, rows = halves.choose, halves.evaluate
    norm = _root(PairSums.of(choose, kernel).contrast)
    if norm == 0.0:
        return 0.0

    def witness(at: Floats) -> Floats:
        on_target = row_sums(at, choose.target, kernel) / choose.m
        return (on_target - row_sums(at, choose.source, kernel) / choose.n) / norm

    return lower_of_difference(witness(rows.source), witness(rows.target), -1.0, 1.0, delta, rows.units)
