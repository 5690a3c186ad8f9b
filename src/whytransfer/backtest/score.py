"""How one estimator fared on pseudo-targets, and whether it failed even there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from whytransfer.overlap.two_samples import Floats

LEVEL = 0.05
"""Of the sign test that rejects an estimator."""

LEAST_PSEUDO = 10
"""Pseudo-targets below which nobody is rejected: nine losses out of ten is the least that a sign test at .05 could see."""

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
WITHIN = 0.05
"""Error units within which an estimate counts as near."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    r"""How one estimator fared.

    Parameters
    ----------
    pseudo_targets : int
        On which it gave an estimate.
    mae, bias : float
        Mean of \|estimate − truth\| and of estimate − truth.
    quantiles : tuple of float
        Of truth − estimate at .05, .25, .5, .75 and .95.
    within : float
        Share of pseudo-targets on which it lay within .05 of the truth.
    rank_correlation : float or None
        Spearman's, of estimate and truth; None where one of them does not vary.
    baseline_mae : float
        What "nothing changed" got on the same pseudo-targets.
    better, worse : int
        On how many it was nearer to, farther from the truth than "nothing changed".
    p_value : float
        Exact one-sided sign test of "no more often worse than better".
    rejected : str or None
        Why it is not to be trusted here; None where it may be.
    """

    pseudo_targets: int
    mae: float
    bias: float
    quantiles: tuple[float, ...]
    within: float
    rank_correlation: float | None
    baseline_mae: float
    better: int
    worse: int
    p_value: float
    rejected: str | None

    @classmethod
    def of(
        cls, estimates: Floats, truths: Floats, baseline: Floats, *, noise: float, guessing: float
    ) -> Score:
        """Score estimates, shape (P,) with P ≥ 1, beside "nothing changed" on the same pseudo-targets.

        `noise` is the mean standard error of the truths, and `guessing` the error of guessing, both in error units.
        """
        residual = truths - estimates
        miss, base = np.abs(residual), np.abs(truths - baseline)
        better, worse = _nearer_and_farther(miss, base)
        bias = float(-residual.mean())
        return cls(
            pseudo_targets=len(truths),
            mae=float(miss.mean()),
            bias=bias,
            quantiles=tuple(float(q) for q in np.quantile(residual, QUANTILES)),
            within=float((miss <= WITHIN).mean()),
            rank_correlation=rank_correlation(estimates, truths),
            baseline_mae=float(base.mean()),
            better=better,
            worse=worse,
            p_value=sign_test(worse, better),
            rejected=_failure(miss, base, np.abs(truths - guessing), bias=bias, noise=noise),
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "pseudo_targets": self.pseudo_targets,
            "mae": self.mae,
            "bias": self.bias,
            "quantiles": dict(zip((f"{q:g}" for q in QUANTILES), self.quantiles, strict=True)),
            "within": self.within,
            "rank_correlation": self.rank_correlation,
            "baseline_mae": self.baseline_mae,
            "better": self.better,
            "worse": self.worse,
            "p_value": self.p_value,
            "rejected": self.rejected,
        }


def _failure(miss: Floats, base: Floats, guess: Floats, *, bias: float, noise: float) -> str | None:
    """Why an estimator that misses by `miss` is rejected; its rivals miss by `base` and `guess`."""
    if len(miss) < LEAST_PSEUDO:
        return None
    rivals = [("1 − 1/K, which knows nothing", guess)]
    if bias < 0.0:
        rivals.insert(0, ("the source error itself, and too low", base))
    for title, other in rivals:
        nearer, farther = _nearer_and_farther(miss, other)
        p, excess = sign_test(farther, nearer), float(miss.mean() - other.mean())
        if p < LEVEL and excess > noise:
            return (
                f"on {farther} of {len(miss)} pseudo-targets it lay farther from the truth than {title} (p = {p:.2g}), "
                f"by {excess:.3f} on average, more than the {noise:.3f} that chance moves a truth"
            )
    return None


def _nearer_and_farther(miss: Floats, other: Floats) -> tuple[int, int]:
    """On how many pseudo-targets `miss` is smaller, and on how many larger, than `other`; rounding is no difference."""
    return int((miss < other - 1e-12).sum()), int((miss > other + 1e-12).sum())


def sign_test(worse: int, better: int) -> float:
    """P(at least `worse` of worse + better), each with probability 1/2; ties count for nobody.

    Examples
    --------
    >>> sign_test(9, 1)
    0.0107421875
    >>> sign_test(0, 0)
    1.0
    """
    from scipy.stats import binom

    return float(binom.sf(worse - 1, worse + better, 0.5)) if worse + better else 1.0


def rank_correlation(first: Floats, second: Floats) -> float | None:
    """Spearman's correlation with mid-ranks, in [−1, 1]; None where one does not vary.

    Examples
    --------
    >>> rank_correlation(np.array([1.0, 2.0, 3.0]), np.array([9.0, 8.0, 7.0]))
    -1.0
    """
    from scipy.stats import rankdata

    if len(first) < 2 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    a, b = (rankdata(v) - (len(v) + 1) / 2 for v in (first, second))
    return float(np.clip((a @ b) / np.sqrt((a @ a) * (b @ b)), -1.0, 1.0))
