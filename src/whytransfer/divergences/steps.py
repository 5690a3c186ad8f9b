"""One column of two samples as a step function: everything one-dimensional is read off it.

At the distinct pooled values z_1 < … < z_u the **gap** is the integer

    D_j = n·#{target ≤ z_j} − m·#{source ≤ z_j} = nm (G(z_j) − F(z_j)),

F and G the two empirical distribution functions. Equal values enter together, integers are exact: a supremum over
half-lines is max |D|/(nm) to the last bit, W1 is Σ |D_j| (z_{j+1} − z_j)/(nm).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whytransfer.divergences.permutation import Labels
from whytransfer.overlap.two_samples import Floats, Integers


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Steps:
    """One column of two samples, sorted once.

    Parameters
    ----------
    values : (u,) array
        The distinct pooled values, ascending.
    order : (N,) array of int
        Pooled rows (source first) from small to large.
    last : (u,) array of int
        Position in `order` of the last row of each distinct value.
    gaps : (u,) array of int64
        D_j = nm (G − F) at each distinct value; the last is 0.
    """

    values: Floats
    order: Integers
    last: Integers
    gaps: Integers

    @classmethod
    def of(cls, source: Floats, target: Floats) -> Steps:
        """Sort one column, (n,) and (m,): O(N log N).

        Examples
        --------
        >>> steps = Steps.of(np.array([0.0, 1.0]), np.array([1.0, 2.0, 2.0]))
        >>> steps.values.tolist(), steps.gaps.tolist()
        ([0.0, 1.0, 2.0], [-3, -4, 0])
        """
        n, m = len(source), len(target)
        pooled = np.concatenate([source, target])
        order = np.argsort(pooled)
        ordered = pooled[order]
        last = np.append(np.flatnonzero(ordered[1:] != ordered[:-1]), n + m - 1)
        targets = np.cumsum(order >= n, dtype=np.int64)[last]
        return cls(values=ordered[last], order=order, last=last, gaps=(n + m) * targets - m * (last + 1))

    @property
    def widths(self) -> Floats:
        """The distances between neighbouring values, and 0 after the last: (u,)."""
        return np.append(np.diff(self.values), 0.0)

    def relabelled(self, labels: Labels) -> Integers:
        """The gaps of other domain labels of the same rows: (B, N) labels to (B, u) gaps."""
        N, m = labels.shape[1], int(labels[0].sum())
        targets = np.cumsum(labels[:, self.order], axis=1, dtype=np.int64)[:, self.last]
        gaps: Integers = N * targets - m * (self.last + 1)
        return gaps
