"""How often the model is right among rows on which it is about as confident."""

from __future__ import annotations

from typing import Any

import numpy as np

BINS = 10
"""Bins of equal width, as reliability diagrams are usually drawn."""
FEWEST = 10
"""Rows of a bin below which it is joined to the next."""


def reliability(domain: str, confidence: np.ndarray, right: np.ndarray) -> dict[str, Any] | None:
    """The reliability curve of one domain, in bins of equally many rows; None with fewer than `FEWEST` rows.

    Parameters
    ----------
    domain : str
    confidence : ndarray of float64, shape (n,)
        The largest probability.
    right : ndarray of bool, shape (n,)
    """
    if len(right) < FEWEST:
        return None
    bins = max(1, min(BINS, len(right) // FEWEST))
    order = np.argsort(confidence, kind="stable")
    parts = np.array_split(order, bins)
    mean = [float(confidence[part].mean()) for part in parts]
    share = [float(right[part].mean()) for part in parts]
    sizes = [len(part) for part in parts]
    off = float(np.average(np.abs(np.array(mean) - np.array(share)), weights=sizes))
    return {"domain": domain, "confidence": mean, "right": share, "rows": sizes, "calibration_error": off}
