"""Laws on finitely many classes: reading them, boxes around them, and two distances between them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from whytransfer.claims.intervals import part_limits
from whytransfer.errors import InputError

FloatArray = npt.NDArray[np.float64]
Law = float | npt.ArrayLike
"""K probabilities that add up to 1; or one number, the probability of class 1 of two."""

ROUNDING = 1e-9
"""By how much probabilities may miss 1, and 0: sums of a few hundred of them are good to less."""


def as_law(name: str, law: Law) -> FloatArray:
    """`law` as K probabilities, float64 (K,).

    Raises
    ------
    InputError
        When they are not probabilities, or don't add up to 1 within 1e-9.

    >>> as_law("prevalence", 0.25).tolist()
    [0.75, 0.25]
    """
    p = np.asarray(law, dtype=np.float64)
    if p.ndim == 0:
        p = np.array([1.0 - p, p])
    if p.ndim != 1 or p.size < 2:
        raise InputError(f"{name}: expected the probabilities of K >= 2 classes, got shape {p.shape}")
    if not np.isfinite(p).all() or (p < -ROUNDING).any() or abs(p.sum() - 1.0) > ROUNDING:
        raise InputError(f"{name}: expected probabilities that add up to 1, got {p.tolist()}")
    return np.clip(p, 0.0, 1.0)


def as_box(name: str, law: Law) -> FloatArray:
    """`law` as a lower and an upper value of each probability, float64 (K, 2).

    Parameters
    ----------
    name : str
    law : float, (K,) or (K, 2) array-like
        Probabilities, or their lower and upper values.

    Raises
    ------
    InputError
        When no law lies in the box.
    """
    box = np.asarray(law, dtype=np.float64)
    if box.ndim < 2:
        p = as_law(name, law)
        return np.stack([p, p], axis=1)
    if box.ndim != 2 or box.shape[1] != 2 or box.shape[0] < 2:
        raise InputError(f"{name}: expected K probabilities or K pairs (lower, upper), got shape {box.shape}")
    low, high = box[:, 0], box[:, 1]
    if not np.isfinite(box).all() or (low > high).any() or (low < 0).any() or (high > 1).any():
        raise InputError(f"{name}: expected 0 <= lower <= upper <= 1 for each class, got {box.tolist()}")
    if low.sum() > 1.0 + ROUNDING or high.sum() < 1.0 - ROUNDING:
        raise InputError(f"{name}: no probabilities within these limits add up to 1: {box.tolist()}")
    return box


def as_counts(name: str, counts: npt.ArrayLike, ndim: int) -> npt.NDArray[np.int64]:
    """`counts` as whole numbers, int64, at least one of them positive: of `ndim` dimensions, or one more, the first for groups.

    Raises
    ------
    InputError
        Otherwise.
    """
    values = np.asarray(counts, dtype=np.float64)
    whole = np.isfinite(values).all() and (values >= 0).all() and (values == np.floor(values)).all()
    if values.ndim not in (ndim, ndim + 1) or not whole or values.sum() < 1:
        raise InputError(
            f"{name}: expected whole counts in {ndim} dimension(s), or {ndim + 1} with a table for each group, at least one "
            "row in all"
        )
    return values.astype(np.int64)


def box_of_counts(
    counts: npt.NDArray[np.int64], failure: float, rows: npt.NDArray[np.int64] | None = None
) -> FloatArray:
    """Limits of each class's probability, (K, 2), each of the 2K limits failing with `failure`.

    Parameters
    ----------
    counts : (K,) or (G, K) array
        Rows of each class: Clopper–Pearson; or of each class in each group: betting on groups (`part_limits`).
    failure : float
    rows : (G,) array, optional
        All rows of each group, where the counts are of some of them only; their sum when left out.

    Returns
    -------
    ndarray
        Where there are no rows at all nothing is known: [0, 1].
    """
    some = counts.sum(axis=-1)
    every = some if rows is None or counts.ndim == 1 else rows
    return np.array([part_limits(counts[..., k], some, every, failure) for k in range(counts.shape[-1])])


def total_variation(p: Law, q: Law) -> float:
    """½ Σ|p_k − q_k|, in [0, 1].

    >>> round(total_variation(0.5, 0.9), 12)
    0.4
    """
    a, b = as_law("p", p), as_law("q", q)
    return 0.5 * float(np.abs(a - b).sum())


def jensen_shannon(p: Law, q: Law, unit: str = "bits") -> float:
    """The Jensen–Shannon divergence, in bits (0..1) or nats (0..ln 2).

    >>> round(jensen_shannon(0.5, 0.9), 6)
    0.146793
    """
    a, b = as_law("p", p), as_law("q", q)
    middle = (a + b) / 2
    nats = sum(0.5 * float(np.sum(x[x > 0] * np.log(x[x > 0] / middle[x > 0]))) for x in (a, b))
    return max(0.0, float(nats / np.log(2.0)) if unit == "bits" else float(nats))
