"""With target labels: how much of a change in error comes from the inputs, from their meaning, and from rows hardly seen before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from whytransfer.overlap import Overlap

LEAST_SHARED = 0.1
"""∫ min(S, T) below which the two domains share too little for anything to be compared on what they share."""

LEAST_EFFECTIVE = 20.0
"""Effective rows of each domain on the shared law, below which its errors there are hearsay."""

DRAWS = 400
"""Bootstrap samples: each percentile then has twenty beyond it."""

SIDE = 0.05
"""Failure probability of each limit; the limits are percentiles of the bootstrap, not a guarantee."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of the change in error, in error units, with its two one-sided bootstrap limits."""

    value: float
    lower: float
    upper: float

    def to_dict(self) -> dict[str, float]:
        """The JSON form."""
        return {"value": self.value, "lower": self.lower, "upper": self.upper}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decomposition:
    """err_T − err_S = inputs + meaning + unseen (DISDE; Cai, Namkoong and Yadlowsky 2023, section 2).

    Parameters
    ----------
    source_error, target_error : float
        On the labelled rows that were used.
    inputs : Part or None
        E_shared[R_S] − E_S[R_S]: rows that both domains know, harder ones more frequent (source → shared).
    meaning : Part or None
        E_shared[R_T] − E_shared[R_S]: the same rows, other errors (Y | X).
    unseen : Part or None
        E_T[R_T] − E_shared[R_T]: rows that the source hardly has (shared → target).
    effective : tuple of float
        Effective rows of source and target on the shared law.
    reason : str or None
        Why nothing is split, where it is not.
    """

    source_error: float
    target_error: float
    inputs: Part | None
    meaning: Part | None
    unseen: Part | None
    effective: tuple[float, float]
    reason: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        parts = {name: getattr(self, name) for name in ("inputs", "meaning", "unseen")}
        return {
            "source_error": self.source_error,
            "target_error": self.target_error,
            **{name: None if part is None else part.to_dict() for name, part in parts.items()},
            "effective": list(self.effective),
            "confidence": 1.0 - SIDE,
            "reason": self.reason,
        }


def shared_weights(overlap: Overlap) -> tuple[np.ndarray, np.ndarray]:
    """d(shared)/dS at the source rows and d(shared)/dT at the target rows, up to a factor; (n,), (m,), in [0, 1].

    The shared law has the density ∝ s·t/(s + t): high where both are. With w = t/s this is w/(1 + w) of S and
    1/(1 + w) of T, bounded both, whatever w is.
    """
    w = overlap.density_ratio
    return w[: overlap.n] / (1.0 + w[: overlap.n]), 1.0 / (1.0 + w[overlap.n :])


def decompose(
    source_wrong: np.ndarray, target_wrong: np.ndarray, labelled: np.ndarray, overlap: Overlap, seed: int
) -> Decomposition:
    """Split the change in error.

    Parameters
    ----------
    source_wrong : ndarray of bool, shape (n,)
        Errors on the source rows that `overlap` saw.
    target_wrong : ndarray of bool, shape (m,)
        Errors on its target rows; read where `labelled` only.
    labelled : ndarray of bool, shape (m,)
        Target rows with a label, drawn at random.
    overlap : Overlap
        Whose calibrated, cross-fitted ratio weighs the rows; the bootstrap keeps it fixed.
    seed : int
        Of the bootstrap.
    """
    here, there = shared_weights(overlap)
    return split_change(source_wrong, here, target_wrong[labelled], there[labelled], unshared(overlap), seed)


def split_change(
    source_wrong: np.ndarray,
    here: np.ndarray,
    target_wrong: np.ndarray,
    there: np.ndarray,
    reason: str | None,
    seed: int,
) -> Decomposition:
    """The same from weights that are known already.

    Parameters
    ----------
    source_wrong, target_wrong : ndarray of bool, shape (n,) and (k,)
        Errors on source rows and on labelled target rows.
    here, there : ndarray, shape (n,) and (k,)
        Their `shared_weights`.
    reason : str or None
        `unshared` of the overlap: why nothing can be split.
    seed : int
        Of the bootstrap.
    """
    missed, wrong = target_wrong.astype(float), source_wrong.astype(float)
    effective = (_effective(here), _effective(there))
    reason = reason or _too_few(effective)
    ends = (float(wrong.mean()), float(missed.mean()) if len(missed) else 0.0)
    parts: list[Part | None] = [None, None, None]
    if reason is None:
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(19,)))
        drawn = _split(*_resampled(wrong, here, rng), *_resampled(missed, there, rng))
        ones = np.ones((1, len(wrong))), np.ones((1, len(missed)))
        seen = _split(*_means(ones[0], wrong, here), *_means(ones[1], missed, there))
        parts = [_part(float(s[0]), d) for s, d in zip(seen, drawn, strict=True)]
    return Decomposition(
        source_error=ends[0],
        target_error=ends[1],
        inputs=parts[0],
        meaning=parts[1],
        unseen=parts[2],
        effective=effective,
        reason=reason,
    )


def unshared(overlap: Overlap) -> str | None:
    """Why the two domains share nothing on which their errors could be compared; None where they do."""
    if overlap.auc is None:
        return overlap.reason
    if overlap.no_overlap or overlap.shared_mass < LEAST_SHARED:
        return (
            f"the domains share {overlap.shared_mass:.2f} of their mass, less than {LEAST_SHARED}: there are no rows on which "
            "their errors could be compared"
        )
    return None


def _too_few(effective: tuple[float, float]) -> str | None:
    if min(effective) < LEAST_EFFECTIVE:
        return (
            f"what both domains share is known from {effective[0]:.0f} source and {effective[1]:.0f} labelled target rows "
            f"in effect, fewer than {LEAST_EFFECTIVE:.0f}: no split is told from that"
        )
    return None


def _effective(weights: np.ndarray) -> float:
    square = float((weights**2).sum())
    return float(weights.sum() ** 2 / square) if square > 0 else 0.0


def _resampled(
    wrong: np.ndarray, weights: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    counts = rng.multinomial(len(wrong), np.full(len(wrong), 1.0 / len(wrong)), size=DRAWS).astype(float)
    return _means(counts, wrong, weights)


def _means(counts: np.ndarray, wrong: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The error on the domain itself and on the shared law, one for each row of `counts`."""
    total = np.maximum(counts @ weights, np.finfo(float).tiny)
    return counts @ wrong / counts.sum(axis=1), counts @ (weights * wrong) / total


def _split(
    source: np.ndarray, source_shared: np.ndarray, target: np.ndarray, target_shared: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return source_shared - source, target_shared - source_shared, target - target_shared


def _part(value: float, drawn: np.ndarray) -> Part:
    lower, upper = (float(q) for q in np.quantile(drawn, [SIDE, 1.0 - SIDE]))
    return Part(value=value, lower=min(lower, value), upper=max(upper, value))
