"""What a plan keeps of the source, so that labels can split the change in error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shared:
    """Errors and weights on the law that source and target share (DISDE; `whytransfer.diagnosis.decompose`).

    Parameters
    ----------
    source_wrong : ndarray of bool, shape (n,)
        Whether the model errs on each held-out source row that the domain classifier saw.
    source_weights : ndarray of float64, shape (n,)
        d(shared)/dS there, up to a factor.
    target_weights : ndarray of float64, shape (planned,)
        d(shared)/dT at the planned rows, in draw order; NaN where the classifier did not see the row.
    reason : str or None
        Why the domains share too little, where they do.
    """

    source_wrong: NDArray[np.bool_]
    source_weights: NDArray[np.float64]
    target_weights: NDArray[np.float64]
    reason: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; a row that was not seen has null."""
        return {
            "source_wrong": [int(wrong) for wrong in self.source_wrong],
            "source_weights": [float(w) for w in self.source_weights],
            "target_weights": [None if np.isnan(w) else float(w) for w in self.target_weights],
            "reason": self.reason,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], planned: int) -> Shared:
        """From the JSON form.

        Raises
        ------
        ValueError
            When the lengths contradict each other.
        """
        found = cls(
            source_wrong=np.array([bool(wrong) for wrong in values["source_wrong"]], dtype=bool),
            source_weights=np.array(values["source_weights"], dtype=np.float64),
            target_weights=np.array(
                [np.nan if w is None else float(w) for w in values["target_weights"]], dtype=np.float64
            ),
            reason=None if values["reason"] is None else str(values["reason"]),
        )
        if len(found.source_wrong) != len(found.source_weights) or len(found.target_weights) != planned:
            raise ValueError("shared: numbers of weights that contradict each other")
        return found
