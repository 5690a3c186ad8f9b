"""Which columns moved, by how much, and what that looks like."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from whytransfer.threads import in_threads

BINS = 20
CATEGORIES = 12
EXACT_UP_TO = 10_000
"""Product of the sizes up to which Kolmogorov–Smirnov p-values are exact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureShift:
    """How one raw column moved between the domains.

    Parameters
    ----------
    name : str
        The raw column.
    shift : float
        The largest |S(A) − T(A)| over half-lines of its encoded columns, in [0, 1]: no rule "column ≤ t"
        can be met more or less often on the target by more than this.
    p_value : float
        Kolmogorov–Smirnov (exact up to `EXACT_UP_TO` pairs of rows), Bonferroni within the column, Holm over the columns; in (0, 1].
    histogram : dict
        Shares of the rows of each domain by bin (`edges`) or by category (`categories`).
    """

    name: str
    shift: float
    p_value: float
    histogram: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; `harm` is another question (`harm.harms`), and unknown here."""
        return {
            "name": self.name,
            "shift": self.shift,
            "harm": None,
            "p_value": self.p_value,
            "histogram": self.histogram,
        }


def feature_shifts(
    source: np.ndarray, target: np.ndarray, origin: tuple[str, ...], raw_source: Any, raw_target: Any
) -> list[FeatureShift]:
    """Every raw column's shift, the largest first.

    Parameters
    ----------
    source, target : ndarray of float64, shape (n, p) and (m, p)
        Encoded columns of rows that did not train the encoding.
    origin : tuple of str, length p
        The raw column of each encoded one.
    raw_source, raw_target : DataFrame or None
        The raw columns, for the histograms; None leaves the histograms to the encoded values.
    """
    best: dict[str, tuple[float, float, int]] = {}
    with warnings.catch_warnings():
        # Where the exact sum can't be carried out, SciPy says so and takes the asymptotic value.
        warnings.simplefilter("ignore", RuntimeWarning)
        compared = in_threads(lambda j: _compared(source[:, j], target[:, j]), range(len(origin)))
    for name, (shift, p) in zip(origin, compared, strict=True):
        seen = best.get(name)
        best[name] = (shift, p, 1) if seen is None else (max(seen[0], shift), min(seen[1], p), seen[2] + 1)
    names = list(best)
    p_values = _holm(np.array([min(1.0, best[name][1] * best[name][2]) for name in names]))
    first = {name: origin.index(name) for name in names}
    found = [
        FeatureShift(
            name=name,
            shift=best[name][0],
            p_value=float(p),
            histogram=_histogram(
                name, raw_source, raw_target, source[:, first[name]], target[:, first[name]]
            ),
        )
        for name, p in zip(names, p_values, strict=True)
    ]
    return sorted(found, key=lambda f: (-f.shift, names.index(f.name)))


def _compared(left: np.ndarray, right: np.ndarray) -> tuple[float, float]:
    """Kolmogorov–Smirnov distance and its p-value: exact for small samples, where the asymptotic one is too small."""
    from scipy.stats import ks_2samp

    few = len(left) * len(right) <= EXACT_UP_TO
    result = ks_2samp(left, right, method="exact" if few else "asymp")
    return float(result.statistic), float(result.pvalue)


def _holm(p_values: np.ndarray) -> np.ndarray:
    """Holm's step-down adjustment; never 0."""
    order = np.argsort(p_values, kind="stable")
    count = len(p_values)
    stepped = np.maximum.accumulate(p_values[order] * (count - np.arange(count)))
    adjusted = np.empty(count)
    adjusted[order] = np.clip(stepped, np.finfo(float).tiny, 1.0)
    return adjusted


def _histogram(
    name: str, raw_source: Any, raw_target: Any, source: np.ndarray, target: np.ndarray
) -> dict[str, Any]:
    if raw_source is not None and name in raw_source.columns:
        left, right = raw_source[name], raw_target[name]
        from pandas.api.types import is_bool_dtype, is_numeric_dtype

        numeric = is_numeric_dtype(left) and not is_bool_dtype(left) and is_numeric_dtype(right)
        if not numeric:
            return _by_category(left, right)
        source, target = (np.asarray(c.astype(float)) for c in (left, right))
    return _by_bin(source, target)


def _by_bin(source: np.ndarray, target: np.ndarray) -> dict[str, Any]:
    known = [c[np.isfinite(c)] for c in (source, target)]
    pooled = np.concatenate(known)
    if not len(pooled):
        return {"edges": [], "source": [], "target": []}
    # The outermost hundredths are gathered in the end bins: one far value must not flatten the picture.
    low, high = np.quantile(pooled, [0.005, 0.995])
    edges = np.linspace(low, high if high > low else low + 1.0, BINS + 1)
    counts = [np.histogram(np.clip(c, edges[0], edges[-1]), bins=edges)[0] for c in known]
    shares = [(c / max(1, len(values))).tolist() for c, values in zip(counts, known, strict=True)]
    return {"edges": edges.tolist(), "source": shares[0], "target": shares[1]}


def _by_category(left: Any, right: Any) -> dict[str, Any]:
    import pandas as pd

    words = [c.astype("object").where(c.notna(), "(missing)").map(str) for c in (left, right)]
    common = pd.concat(words).value_counts()
    # Ties in frequency are broken by name, so that the order depends on the data only.
    ranked = sorted(common.index, key=lambda value: (-int(common[value]), value))
    shown = ranked[:CATEGORIES]
    shares = [[float((w == value).mean()) for value in shown] for w in words]
    if len(ranked) > CATEGORIES:
        for values in shares:
            values.append(max(0.0, 1.0 - sum(values)))
        shown = [*shown, f"({len(ranked) - CATEGORIES} others)"]
    return {"categories": shown, "source": shares[0], "target": shares[1]}
