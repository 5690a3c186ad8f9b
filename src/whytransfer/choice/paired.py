"""Two candidates on the same labelled target rows: what one gains over the other, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whytransfer.backtest.score import sign_test
from whytransfer.claims.intervals.betting import Betting


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Paired:
    """One candidate and the source model on k labelled target rows that trained neither.

    Parameters
    ----------
    name : str
        Of the candidate.
    wrong, source_wrong : (k,) arrays of bool
        Whether each errs on each row.
    fixed : bool
        Whether one and the same candidate was judged on all rows. Methods that learn from target labels are cross-fitted: each row is judged by a
        sibling that did not see its label, so that limits are estimates.
    """

    name: str
    wrong: NDArray[np.bool_]
    source_wrong: NDArray[np.bool_]
    fixed: bool = True

    @property
    def rows(self) -> int:
        """Labelled target rows, k."""
        return len(self.wrong)

    @property
    def better(self) -> int:
        """Rows on which it is right and the source model wrong."""
        return int((self.source_wrong & ~self.wrong).sum())

    @property
    def worse(self) -> int:
        """Rows on which it is wrong and the source model right."""
        return int((self.wrong & ~self.source_wrong).sum())

    @property
    def gain(self) -> float:
        """err(source model) − err(candidate) on these rows, in [−1, 1]."""
        return (self.better - self.worse) / max(self.rows, 1)

    @property
    def p_value(self) -> float:
        """Exact one-sided McNemar test of "it errs no less often": P(at least `better` of better + worse), each with probability 1/2."""
        return sign_test(self.better, self.worse)

    def lower(self, failure: float) -> float:
        """The gain on the target's law is at least this, but for a probability of `failure`: betting on paired differences.

        Valid at finite k for independent draws from the target; in [−1, 1].
        """
        return 2.0 * Betting().lower_of(self._halved, failure) - 1.0 if self.rows else -1.0

    def upper(self, failure: float) -> float:
        """The gain is at most this; as `lower`."""
        return 2.0 * Betting().upper_of(self._halved, failure) - 1.0 if self.rows else 1.0

    @property
    def _halved(self) -> NDArray[np.float64]:
        """(difference + 1)/2, in {0, 1/2, 1}."""
        return (self.source_wrong.astype(np.float64) - self.wrong + 1.0) / 2.0

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "rows": self.rows,
            "better": self.better,
            "worse": self.worse,
            "gain": self.gain,
            "p_value": self.p_value,
            "cross_fitted": not self.fixed,
        }
