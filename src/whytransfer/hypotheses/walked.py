"""What a walk along all columns says of every stump, kept for the next question about the same rows."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from whytransfer.hypotheses.rows import IntArray
from whytransfer.hypotheses.sorted_columns import SortedColumns


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Walked:
    """For every number of errors e that there can be, the stumps with e errors.

    Parameters
    ----------
    best : (E + 1,) array of int64
        The largest gain among them, −1 where there is none.
    stumps : (E + 1,) array of int64
        How many they are, each rule once.
    holder : (E + 1, 4) array of int64
        Column, cut, label below and label above of the first with that gain: constants, then by column, label below, cut and label above.
    """

    best: IntArray
    stumps: IntArray
    holder: IntArray

    @classmethod
    def of(cls, columns: SortedColumns, errors: IntArray, gains: IntArray) -> Walked:
        """Of sorted rows with what each answer costs in errors and wins in gains, (N, K) each, whole numbers of at least 0."""
        from whytransfer.hypotheses._stump_walks import walk_frontier

        possible = int(errors.max(axis=1).sum())
        best, stumps = np.full(possible + 1, -1, dtype=np.int64), np.zeros(possible + 1, dtype=np.int64)
        holder = np.zeros((possible + 1, 4), dtype=np.int64)
        for label, (wrong, gain) in enumerate(zip(errors.sum(axis=0), gains.sum(axis=0), strict=True)):
            stumps[wrong] += 1
            if gain > best[wrong]:
                best[wrong], holder[wrong] = gain, (0, 0, label, label)
        counts = np.concatenate([errors, gains], axis=1)
        # In bytes, the counts of all rows stay in the processor's second cache from one column to the next.
        counts = counts.astype(np.int8 if counts.max() <= np.iinfo(np.int8).max else np.int64)
        sums, where = np.empty(counts.shape, dtype=np.int64), np.zeros((possible + 1, 3), dtype=np.int64)
        for j in range(columns.p):
            before = best.copy()
            walk_frontier(columns.rank[j], columns.distinct(j), counts, best, stumps, where, sums)
            raised = best > before
            holder[raised, 0], holder[raised, 1:] = j, where[raised]
        return cls(best=best, stumps=stumps, holder=holder)


@dataclass(slots=True)
class WalkedMemo:
    """The last walks: the version-space bounds ask the same errors and gains for many levels. A hit needs the same sorted rows and equal content."""

    kept: tuple[tuple[SortedColumns, IntArray, IntArray, Walked], ...] = field(default=())
    capacity: int = 4

    def of(self, columns: SortedColumns, errors: IntArray, gains: IntArray) -> Walked:
        """The walk along `columns`."""
        for known, wrong, won, found in self.kept:
            if known is columns and np.array_equal(wrong, errors) and np.array_equal(won, gains):
                return found
        found = Walked.of(columns, errors, gains)
        self.kept = ((columns, errors.copy(), gains.copy(), found), *self.kept)[: self.capacity]
        return found
