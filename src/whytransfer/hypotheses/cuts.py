"""Rules on one column: one answer on each piece between cuts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from whytransfer.hypotheses.hypothesis import Hypothesis
from whytransfer.hypotheses.rows import FloatArray, IntArray, Ties


@dataclass(frozen=True, slots=True, kw_only=True)
class Cuts(Hypothesis):
    """Answers pieces[i] for edges[i − 1] < x <= edges[i].

    Parameters
    ----------
    edges : tuple of float
        Increasing cuts, finite; none for a constant rule.
    pieces : tuple of int
        One code more than there are edges.

    Examples
    --------
    >>> rule = Cuts(edges=(0.5, 2.0), pieces=(0, 1, 0))
    >>> rule.predict([0.5, 1.0, 2.0, 3.0]).tolist()
    [0, 1, 1, 0]
    >>> rule.rule
    '1 if 0.5 < x <= 2, else 0'
    """

    edges: tuple[float, ...]
    pieces: tuple[int, ...]

    @classmethod
    def around(cls, ties: Ties, inside: npt.NDArray[np.bool_]) -> Cuts:
        """The rule that answers 1 on the groups of `ties` marked `inside` (G,), and 0 on the others."""
        codes = inside.astype(np.int64)
        changes = np.flatnonzero(codes[1:] != codes[:-1]) + 1
        pieces = codes[np.concatenate([[0], changes])]
        return cls(edges=tuple(ties.cut(int(c)) for c in changes), pieces=tuple(int(k) for k in pieces))

    @classmethod
    def between(cls, ties: Ties, first: int, last: int, *, inside: int = 1) -> Cuts:
        """The rule that answers `inside` on the groups first..last − 1 and 1 − `inside` elsewhere."""
        mask = np.full(len(ties.values), inside != 1)
        mask[first:last] = inside == 1
        return cls.around(ties, mask)

    def codes(self, rows: FloatArray) -> IntArray:
        """The codes on `rows` (n, 1)."""
        piece = np.searchsorted(np.asarray(self.edges, dtype=np.float64), rows[:, 0], side="left")
        return np.asarray(self.pieces, dtype=np.int64)[piece]

    def describe(self, classes: Sequence[object]) -> str:
        """The pieces that answer the second label, or the one answer of a constant rule."""
        if not self.edges:
            return f"always {classes[self.pieces[0]]}"
        low, high = (None, *self.edges), (*self.edges, None)
        parts = [_piece(a, b) for a, b, k in zip(low, high, self.pieces, strict=True) if k == 1]
        return f"{classes[1]} if {' or '.join(parts)}, else {classes[0]}"


def _piece(low: float | None, high: float | None) -> str:
    if low is None:
        return f"x <= {high:.6g}"
    return f"x > {low:.6g}" if high is None else f"{low:.6g} < x <= {high:.6g}"
