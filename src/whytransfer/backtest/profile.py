"""What is known of a transfer problem without a single target label, in seven numbers."""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Label-free features of one transfer problem, on which other people's transfers are compared with it.

    Parameters
    ----------
    auc : float
        AUC of the better domain classifier, cross-fitted; 0.5 (same law) to 1 (no overlap).
    source_error : float
        Held-out error on the source, 0 to 1.
    ac, doc, atc : float
        The label-free estimates of the target error.
    majority : float
        Share of the most frequent source class.
    classes : int
        Number of classes.
    """

    auc: float
    source_error: float
    ac: float
    doc: float
    atc: float
    majority: float
    classes: int

    @classmethod
    def names(cls) -> list[str]:
        """The features in their fixed order."""
        return [f.name for f in fields(cls)]

    def position(self) -> np.ndarray:
        """Where the problem lies among others, shape (7,): gaps instead of levels where levels say nothing."""
        separation = max(0.0, 2.0 * self.auc - 1.0)
        return np.array(
            [
                separation,
                self.source_error,
                self.ac - self.source_error,
                self.doc - self.source_error,
                self.atc - self.source_error,
                self.majority,
                np.log(self.classes),
            ]
        )

    def predictors(self, name: str = "panel") -> np.ndarray:
        """What centre and width of an interval depend on.

        For the panel the position, shape (8,); for a single estimator only what no estimate enters, shape (5,), so that
        its interval is its own: the residual on all estimates would be the same for each of them. The separation
        stands there squared too, because residuals grow faster than linearly as the domains come apart.
        """
        position = self.position()
        kept = position if name == "panel" else position[[0, 1, 5, 6]]
        return np.append(kept, position[0] ** 2)

    def values(self) -> list[float]:
        """The features as plain numbers, in the order of `names`."""
        return [float(v) for v in astuple(self)]
