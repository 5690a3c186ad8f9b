"""What an estimator of the target error is: a number from labelled source rows and unlabelled target rows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What an estimator may see: held-out source rows with labels, target rows without.

    Parameters
    ----------
    wrong : ndarray of bool, shape (n,)
        Whether the model errs on each held-out source row.
    source_proba : ndarray of float64, shape (n, K)
        The model's class probabilities on the same rows.
    target_proba : ndarray of float64, shape (m, K)
        The model's class probabilities on the target rows.
    """

    wrong: np.ndarray
    source_proba: np.ndarray
    target_proba: np.ndarray

    @property
    def source_error(self) -> float:
        """The error on the held-out source rows."""
        return float(self.wrong.mean())


class Estimator(ABC):
    """An estimate of the target error without target labels. None of them is a guarantee."""

    name: ClassVar[str]
    title: ClassVar[str]
    reference: ClassVar[str]
    assumption: ClassVar[str]
    """What would have to hold for it to be right, in plain words."""

    @abstractmethod
    def estimate(self, view: View) -> float:
        """The estimated target error, not clipped to [0, 1]."""
