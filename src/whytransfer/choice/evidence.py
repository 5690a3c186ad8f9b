"""What is known of each way to adapt before anybody has judged it: evidence, without a single target label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from whytransfer.backtest.candidates import Gain

SOURCE = "source"
"""The name of the candidate that all others are compared with: the source model, kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What is known of the problem as a whole.

    Parameters
    ----------
    columns : {"features", "numbers", "mixed"}
        ``features``: many numeric columns without meaning of their own, as image and text features are (`choice.columns`); ``numbers``:
        a table of numbers; ``mixed``: a table with categories, text, dates or gaps.
    shift : str
        The diagnosed kind of shift, as in ``diagnosis.shift.kind``.
    classes, n, m, p : int
        K; source training rows; target rows that methods see; encoded columns.
    auc : float or None
        Of the domain classifier; None where none could be fitted.
    auc_lower : float or None
        Its one-sided 95 % lower limit.
    source_error : float or None
        Error of the source model on source rows that trained nothing; None where there are none.
    shares : tuple of float
        Shares of the classes in the source, K of them.
    coarse : float
        Share of the encoded columns that hold codes or counts, not measurements (`kinds.coarse_share`); 1 where nobody looked.
    """

    columns: str
    shift: str
    classes: int
    n: int
    m: int
    p: int
    auc: float | None
    auc_lower: float | None
    source_error: float | None
    shares: tuple[float, ...]
    coarse: float = 1.0

    @property
    def majority_error(self) -> float:
        """The error of always predicting the source's most frequent class, in [0, 1)."""
        return 1.0 - max(self.shares)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known of one candidate without a target label; the source model is the first of all candidates.

    Shares and rates are counted on the target rows that the methods saw; no row on which a claim is judged is among them.

    Parameters
    ----------
    name, family : str
        Of the method.
    transforms_source : bool
        Whether the learner saw changed source columns.
    moved : float
        T(h ≠ h_source), the share of rows on which it contradicts the source model; 0 for the source model.
    predicted : tuple of float
        Shares of the classes among its predictions, K of them.
    share_distance : float
        Total variation between `predicted` and the source's shares, in [0, 1]. If the classes kept their shares, the target
        error is at least this (THEORY B10).
    collapse : str or None
        Why its predictions are degenerate, in one sentence; such a candidate is never chosen.
    rise : float or None
        Estimated rise of the error over the source's: how much more it costs to give its target probabilities the source's labels than it
        costs the source model on source rows (the estimator `cot_gap`, with the source side of the source model).
    contested : float or None
        Estimated rise by disagreement: how much more the committee contradicts it on the target than it contradicts the source model on the
        source.
    backtest : Gain or None
        What it gained over the source model on pseudo-targets cut from the source; None where none were cut or it failed on them.
    reverse : float or None
        Circular validation: the error, on labelled source rows, of the same method trained backwards from target rows with its predictions.
    weighted : float or None
        Importance-weighted error on source rows that trained nothing; None for candidates that change the source's columns.
    auc : float or None
        Of a linear domain classifier between the source rows as the learner saw them and the target rows as it sees them; None where it saw
        target rows too.
    floor : float or None
        The learner's cross-fitted error on the source rows as it saw them: part of any λ after adapting, which may have risen.
    """

    name: str
    family: str
    transforms_source: bool
    moved: float
    predicted: tuple[float, ...]
    share_distance: float
    collapse: str | None = None
    rise: float | None = None
    contested: float | None = None
    backtest: Gain | None = None
    reverse: float | None = None
    weighted: float | None = None
    auc: float | None = None
    floor: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        plain = {name: getattr(self, name) for name in self.__slots__}
        return {
            **plain,
            "predicted": list(self.predicted),
            "backtest": None if self.backtest is None else self.backtest.to_dict(),
        }
