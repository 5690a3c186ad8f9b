"""Pairs of stumps: the supremum of |Σ w_i 1[h(x_i) ≠ h'(x_i)]|, which is disc_H for H = stumps.

Which sets {h ≠ h'} are there? Let h read column i and h' column j ≠ i. The plane falls into four quadrants;
on a quadrant h answers one of two labels (a, b), and h' one of (c, d). The quadrants where they *agree* are
the edges of the graph of equal labels between {a, b} and {c, d}, and equality is transitive: three edges
imply the fourth. So the agreement set is one of

* nothing, or everything;
* two quadrants that share a label of one stump: a half-line of one column;
* two opposite quadrants (a = c, b = d, or a = d, b = c): {x_i <= s} xor {x_j <= t}, or its complement;
* a **single quadrant** (say a = c, with b, d and a all different): only with three labels or more.

Weights of total 0 make a set and its complement the same, up to the sign. In the same column three zones
arise, and every union of them is a disagreement set with two labels already: half-lines, intervals and
complements. Hence, for |·| and total 0: intervals of each column (THEORY D2), xor of two columns (D3), and,
for K >= 3, the single quadrants. More than three labels add nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from whytransfer.errors import InputError
from whytransfer.hypotheses.extrema import Maximum
from whytransfer.hypotheses.rows import FloatArray, IntArray, as_rows
from whytransfer.hypotheses.sorted_columns import SortedColumns, check_features
from whytransfer.hypotheses.stump import Stump
from whytransfer.hypotheses.stumps import attained, best_stump, disagreement


@dataclass(frozen=True, slots=True, kw_only=True)
class PairMaximum(Maximum):
    """The largest disagreement difference of a pair, with its set.

    Parameters
    ----------
    event : str
        The set {h ≠ h'} in words, up to complement.
    """

    event: str


@dataclass(frozen=True, slots=True)
class _Form:
    """One shape of set on two columns, as `_kernels.sweep_pair` reads it."""

    start: float
    step: float
    shifts: tuple[float, float]


ROUNDING = 1e-14
"""A set of two columns must be worth more than this over the best of one column: the sums carry rounding."""

_XOR = _Form(1.0, -2.0, (1.0, 1.0))
_QUADRANTS = (_Form(0.0, 1.0, (0.0, -1.0)), _Form(1.0, -1.0, (0.0, 1.0)))


@dataclass(frozen=True, slots=True)
class _Found:
    """A value with the form, the two columns and the two cuts that attain it (`form` None: an interval)."""

    value: float
    form: _Form | None
    columns: tuple[int, int]
    cuts: tuple[int, int]
    shift: float = 0.0


def stump_pairs_supremum(
    X: object,
    weights: FloatArray,
    n_labels: int = 2,
    *,
    h: IntArray | None = None,
    features: Sequence[str] = (),
) -> PairMaximum:
    """The exact maximum of |Σ_i w_i 1[h(x_i) ≠ h'(x_i)]| over all pairs of stumps.

    Parameters
    ----------
    X : array-like of shape (N, p), or SortedColumns
    weights : array of shape (N,)
        Signed, of total 0: +1/n on source rows and −1/m on target rows give disc_H in [0, 1].
    n_labels : int
        Labels that the stumps may answer; from three on single quadrants count too.
    h : int array of shape (N,), optional
        Codes of a fixed predictor that joins the class (H ∪ {h}, THEORY B2): pairs (h, h') count too.
    features : sequence of str
        Names of the columns, for the rules.

    Returns
    -------
    PairMaximum
        ``exact`` is True; `witnesses` are two stumps, or the one stump that stands against `h`.

    Raises
    ------
    InputError
        When the weights don't fit the rows or don't cancel.

    Notes
    -----
    Same column: prefix sums. Two columns: a sweep over the one with more distinct values while a tree over
    the other's keeps all its thresholds; O(Σ_pairs N log u), u the smaller number of distinct values.

    Examples
    --------
    >>> rows = np.array([[0.0, 0.0], [1.0, 1.0], [0.0, 1.0], [1.0, 0.0]])
    >>> found = stump_pairs_supremum(rows, np.array([0.5, 0.5, -0.5, -0.5]))
    >>> found.value, found.event
    (1.0, '(x0 <= 0.5) xor (x1 <= 0.5)')
    """
    columns = X if isinstance(X, SortedColumns) else SortedColumns.of(as_rows(X))
    check_features(features, columns.X)
    w = _checked(weights, columns.n)
    best = max((_interval(columns, j, w) for j in range(columns.p)), key=lambda found: found.value)
    if n_labels > 1:
        best = _over_pairs(columns, w, (_XOR,) if n_labels == 2 else (_XOR, *_QUADRANTS), best)
    result = _named(columns, w, best, features, n_labels)
    if h is None:
        return result
    single = _against(columns, w, h, n_labels, features)
    return single if single.value > result.value else result


def operations(X: object, n_labels: int = 2) -> int:
    """How many node updates `stump_pairs_supremum` makes, about 3 ns each: Σ_pairs N (1 + log2 u), thrice for K >= 3."""
    columns = X if isinstance(X, SortedColumns) else SortedColumns.of(as_rows(X))
    sizes = sorted(columns.size(j) for j in range(columns.p) if columns.distinct(j) > 1)
    # In ascending order each is the smaller one of all pairs with a later one.
    steps = sum(size.bit_length() * (len(sizes) - 1 - i) for i, size in enumerate(sizes))
    return columns.n * (steps * (1 if n_labels == 2 else 3) + columns.p)


def _checked(weights: FloatArray, n: int) -> FloatArray:
    """Finite weights that fit the rows and cancel."""
    w = np.ascontiguousarray(weights, dtype=np.float64)
    if w.shape != (n,) or not np.isfinite(w).all():
        raise InputError(f"weights: expected {n} finite numbers, got shape {w.shape}")
    if abs(w.sum()) > 1e-9 * max(1.0, float(np.abs(w).sum())):
        raise InputError(
            f"weights: expected a total of 0, got {w.sum():.6g}; give source rows +1/n and target rows -1/m"
        )
    return w


def _interval(columns: SortedColumns, j: int, w: FloatArray) -> _Found:
    """D2: intervals of one column; the largest difference of two prefix sums is the largest minus the smallest."""
    sums = columns.prefix_sums(j, w[:, None])[:, 0]
    low, high = sorted((int(sums.argmin()), int(sums.argmax())))
    return _Found(float(sums.max() - sums.min()), None, (j, j), (low, high))


def _over_pairs(columns: SortedColumns, w: FloatArray, forms: tuple[_Form, ...], best: _Found) -> _Found:
    """D3: every pair of columns that are not constant; the one with fewer distinct values carries the tree."""
    varying = [j for j in range(columns.p) if columns.distinct(j) > 1]
    if len(varying) < 2:
        return best
    from whytransfer.hypotheses._kernels import sweep_pair

    last = {j: columns.last(j) for j in varying}
    for pair in combinations(varying, 2):
        i, j = sorted(pair, key=columns.distinct, reverse=True)
        for form in forms:
            value, taken, shift = sweep_pair(
                columns.order[i], last[i], columns.rank[j], columns.size(j), w,
                form.start, form.step, form.shifts[0], form.shifts[1],
            )  # fmt: skip
            if value > best.value + ROUNDING:
                cut = int(columns.rank[i][columns.order[i][int(taken) - 1]]) + 1 if taken else 0
                best = _Found(float(value), form, (i, j), (cut, 0), float(shift))
    return best


def _named(
    columns: SortedColumns, w: FloatArray, found: _Found, features: Sequence[str], n_labels: int
) -> PairMaximum:
    """The two stumps of a maximum; the value is summed anew over their disagreement set."""

    def stump(side: int, cut: int, below: int, above: int) -> Stump:
        j = found.columns[side]
        name = features[j] if features else None
        return Stump(column=j, threshold=columns.threshold(j, cut), below=below, above=above, feature=name)

    (i, j), (cut, other) = found.columns, found.cuts
    labels = ((0, 1), (0, 1)) if n_labels > 1 else ((0, 0), (0, 0))
    if found.form is None:
        first, second = stump(0, cut, *labels[0]), stump(1, other, *labels[1])
        event = _between(first, second)
    else:
        entered = columns.rank[i] < cut
        inserted = columns.prefix_sums(j, np.where(entered, w, 0.0)[:, None])[:, 0]
        mass = columns.prefix_sums(j, w[:, None])[:, 0]
        sums = found.form.start * mass + found.form.step * inserted + found.shift * w[entered].sum()
        other = int(np.abs(sums).argmax())
        labels, event = _quadrant(found)
        first, second = stump(0, cut, *labels[0]), stump(1, other, *labels[1])
        event = event.format(first.event, second.event)
    differ = first.codes(columns.X) != second.codes(columns.X)
    return PairMaximum(value=abs(float(w[differ].sum())), witnesses=(first, second), exact=True, event=event)


def _quadrant(found: _Found) -> tuple[tuple[tuple[int, int], tuple[int, int]], str]:
    """Labels (below, above) of both stumps, and the words, of a xor or of the quadrant on which the two agree."""
    if found.form is _XOR:
        return ((0, 1), (0, 1)), "({}) xor ({})"
    if found.form is _QUADRANTS[0]:
        both = found.shift == 0.0
        return (((0, 1), (0, 2)), "({}) and ({})") if both else (((0, 1), (2, 0)), "({}) and not ({})")
    only_second = found.shift == 0.0
    return (
        (((1, 0), (0, 2)), "not ({}) and ({})")
        if only_second
        else (((1, 0), (2, 0)), "not ({}) and not ({})")
    )


def _between(first: Stump, second: Stump) -> str:
    """An interval of one column in words; its ends may be infinite."""
    if first.threshold in {-np.inf, second.threshold}:
        return second.event
    name = first.feature or f"x{first.column}"
    if second.threshold == np.inf:
        return f"{name} > {first.threshold:.6g}"
    return f"{first.threshold:.6g} < {second.event}"


def _against(
    columns: SortedColumns, w: FloatArray, h: IntArray, n_labels: int, features: Sequence[str]
) -> PairMaximum:
    """The largest |Σ w 1[h ≠ h']| over single stumps h': two calls of the oracle."""
    table = disagreement(np.asarray(h, dtype=np.int64), n_labels, w)
    ends = [best_stump(columns, sign * table, features) for sign in (1.0, -1.0)]
    values = [abs(attained(stump, columns.X, table)) for stump in ends]
    stump = ends[int(np.argmax(values))]
    return PairMaximum(
        value=max(values), witnesses=(stump,), exact=True, event=f"h differs from: {stump.rule}"
    )
