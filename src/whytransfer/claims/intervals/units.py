"""What is independent of what among the rows of one domain, and the limits that follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from whytransfer.claims.intervals.betting import Betting
from whytransfer.claims.intervals.checks import FloatArray
from whytransfer.claims.intervals.chernoff import Chernoff
from whytransfer.claims.intervals.clopper_pearson import ClopperPearson, lower_limit, upper_limit
from whytransfer.claims.intervals.group_bets import IntArray, grouped_lower, grouped_upper, part_limits
from whytransfer.claims.intervals.grouped import (
    counted_lower,
    counted_most,
    counted_p_value,
    counted_upper,
    effective_rows,
)
from whytransfer.errors import InputError

Kind = Literal["rows", "groups", "blocks"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Units:
    """The independent units that the rows of one domain fall into.

    Parameters
    ----------
    n : int
        Number of rows.
    groups : ndarray of int64, shape (n,), or None
        The unit of each row, 0 … G − 1; None where every row is a unit of its own.
    kind : {"rows", "groups", "blocks"}
        Rows; groups that were named; blocks of rows next to each other in time.
    file : ndarray of int64, shape (H,), or None
        Rows of all units of the file that these were drawn from, where limits are about that file: of its groups, or 1 for each of
        its rows. None where limits are about a law, in groups of the sizes at hand.
    """

    n: int
    groups: NDArray[np.int64] | None = None
    kind: Kind = "rows"
    file: NDArray[np.int64] | None = None

    @classmethod
    def of(cls, labels: ArrayLike | None, n: int, kind: Kind = "groups") -> Units:
        """Units from a label a row, of any type; rows where there are none, or where no two rows share one.

        Raises
        ------
        InputError
            When there is not one label a row.

        Examples
        --------
        >>> Units.of(["a", "a", "b", "c"], 4).effective, Units.of([3, 1, 2], 3).kind
        (2.6666666666666665, 'rows')
        """
        if labels is None:
            return cls(n=n)
        values = np.asarray(labels)
        if values.shape != (n,):
            raise InputError(f"groups: expected one a row ({n}), got {values.shape}")
        values = values.astype(str) if values.dtype == object else values
        codes = np.unique(values, return_inverse=True)[1].ravel().astype(np.int64)
        if n == 0 or int(codes.max()) + 1 == n:
            return cls(n=n)
        return cls(n=n, groups=codes, kind=kind)

    def __post_init__(self) -> None:
        if (self.groups is None) != (self.kind == "rows"):
            raise ValueError("rows have no groups, groups and blocks have")

    @property
    def sizes(self) -> IntArray:
        """Rows of each unit, (G,)."""
        return np.ones(self.n, dtype=np.int64) if self.groups is None else np.bincount(self.groups)

    @property
    def count(self) -> int:
        """Number of units."""
        return self.n if self.groups is None else int(self.groups.max()) + 1

    @property
    def effective(self) -> float:
        """How many independent rows these are worth: n, or n² / Σ n_g²."""
        return float(self.n) if self.groups is None else effective_rows(self.sizes)

    def take(self, rows: NDArray[Any]) -> Units:
        """The units of some of the rows."""
        if self.groups is None:
            return Units(n=len(rows), file=self.file)
        codes = np.unique(self.groups[rows], return_inverse=True)[1].astype(np.int64)
        if self.file is None or not len(rows):
            return Units.of(codes, len(rows), self.kind)
        return Units(n=len(rows), groups=codes, kind=self.kind, file=self.file)

    @property
    def _largest(self) -> int | None:
        return None if self.file is None else int(self.file.max())

    def halves(self, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
        """Two random halves of the units, rows of one unit together; one unit: the first is empty.

        Halves by the number of units and not of rows: the unit that a cut through the rows falls into is a large one more often.
        """
        turn, before = rng.permutation(self.count), self.count // 2
        if self.groups is None:
            return turn[:before], turn[before:]
        first = np.isin(self.groups, turn[:before])
        return np.flatnonzero(first), np.flatnonzero(~first)

    def upper(self, losses: ArrayLike, failure: float) -> float:
        """The mean loss of a row is at most this, but for a probability of `failure`.

        Independent rows: Clopper–Pearson for losses of 0 and 1, betting for others. Groups and blocks: betting on their
        means (`grouped_upper`). Rows drawn from a file: Chernoff in the place of Clopper–Pearson, whose tails a draw without replacement may
        exceed; bets hold for it as they are. No rows: 1.
        """
        values = np.asarray(losses, dtype=np.float64)
        if self.groups is not None:
            return grouped_upper(values, self.groups, failure, self._largest)
        if _zero_one(values):
            return self.upper_of_count(float(values.sum()), failure)
        return Betting().upper_of(values, failure)

    def lower(self, losses: ArrayLike, failure: float) -> float:
        """The mean loss of a row is at least this, but for a probability of `failure`; as `upper`."""
        values = np.asarray(losses, dtype=np.float64)
        if self.groups is not None:
            return grouped_lower(values, self.groups, failure, self._largest)
        if _zero_one(values):
            return self.lower_of_count(float(values.sum()), failure)
        return Betting().lower_of(values, failure)

    def part(self, inside: ArrayLike, hits: ArrayLike, failure: float) -> tuple[float, float]:
        """Lower and upper limit, each at `failure`, of the share of hits among the rows of a part: (0, 1) where no row lies in it.

        Independent rows: those of the part count, as in `upper`. Groups and blocks: bets on shares (`part_limits`), because how many of a
        unit's rows lie in the part may go with how many of them hit.

        Parameters
        ----------
        inside, hits : array-like of bool, shape (n,)
            Whether each row lies in the part; whether it hits, which is read there only.
        failure : float
            δ.
        """
        part = np.asarray(inside, dtype=bool)
        hit = np.asarray(hits, dtype=bool) & part
        if not part.any():
            return 0.0, 1.0
        if self.groups is None:
            rows = self.take(np.flatnonzero(part))
            return rows.lower(hit[part], failure), rows.upper(hit[part], failure)
        hits_of, part_of = (np.bincount(self.groups, weights=kind).astype(np.int64) for kind in (hit, part))
        return part_limits(hits_of, part_of, self.sizes, failure, self._largest)

    def upper_of_count(self, errors: float, failure: float) -> float:
        """As `upper`, from the number of wrong rows alone, and rising with it (`counted_upper`)."""
        if self.groups is None and self.file is None:
            return float(upper_limit(int(errors), self.n, failure)) if self.n else 1.0
        return counted_upper(errors, self.sizes, failure, self.file)

    def lower_of_count(self, errors: float, failure: float) -> float:
        """As `lower`, from the number of wrong rows alone, and rising with it."""
        if self.groups is None and self.file is None:
            return float(lower_limit(int(errors), self.n, failure)) if self.n else 0.0
        return counted_lower(errors, self.sizes, failure, self.file)

    def most_errors(self, rate: float, failure: float) -> int:
        """The largest number of wrong rows at which a test of "error ≤ rate" at level `failure` does not reject.

        Rows: the exact binomial test. Groups and blocks: the bound of `counted_upper`.
        """
        if self.groups is not None:
            return counted_most(rate, self.sizes, failure)
        from scipy.stats import binom

        tail = binom.sf(np.arange(-1, self.n), self.n, rate)
        return int(np.flatnonzero(tail > failure).max())

    def p_value_of(self, errors: int, rate: float) -> float:
        """The probability of so many wrong rows or more where the error is at most `rate`; groups and blocks: a bound on it."""
        if self.groups is None:
            from scipy.stats import binom

            return float(binom.sf(errors - 1, self.n, rate))
        return counted_p_value(errors, rate, self.sizes)

    def counts(self, codes: IntArray, size: int) -> IntArray:
        """How many rows have each code 0 … size − 1: (size,); of groups and blocks, in each of them: (G, size).

        Such tables are what the theorems about counts read.

        Examples
        --------
        >>> Units.of(["a", "b", "a"], 3).counts(np.array([0, 1, 1]), 2).tolist()
        [[1, 1], [0, 1]]
        """
        if self.groups is None:
            return np.bincount(codes, minlength=size)
        return np.bincount(self.groups * size + codes, minlength=self.count * size).reshape(self.count, size)

    @property
    def theorem(self) -> str:
        """What the limits of a share of the rows rest on: exact of independent rows, bets on the means of groups and blocks."""
        return self._interval.name

    @property
    def citation(self) -> str:
        """The theorem's key in the bibliography."""
        return self._interval.reference

    @property
    def _interval(self) -> type[ClopperPearson | Chernoff | Betting]:
        if self.groups is not None:
            return Betting
        return ClopperPearson if self.file is None else Chernoff

    @property
    def said(self) -> dict[str, Any]:
        """What a claim says of them in its ``detail``: nothing for independent rows."""
        if self.groups is None:
            return {}
        return {"unit": self.kind, "groups": self.count, "effective": self.effective}


def _zero_one(values: FloatArray) -> bool:
    return bool(np.all((values == 0.0) | (values == 1.0)))
