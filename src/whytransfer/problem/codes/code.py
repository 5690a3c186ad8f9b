"""What all codes have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from enum import StrEnum
from typing import Any


class Reason(StrEnum):
    """Why a column gives no outputs, or fewer; the value is how it is said."""

    EMPTY = "without any value in the training rows, left out"
    CONSTANT = "with one value only in the training rows, left out"
    GAPS_ONLY = "with one value only where present, of which only the gaps are used"


class Code(ABC):
    """Numbers for one column, or for a block of columns of one kind.

    Attributes
    ----------
    names : tuple of str
        Names of the k outputs.
    origin : tuple of str
        The raw column that each output comes from.
    places : tuple of int
        Position in the raw table that each output comes from; outputs of all codes are sorted by it.
    dropped : dict of str to Reason
        Raw columns that give no outputs, or fewer.
    """

    names: tuple[str, ...]
    origin: tuple[str, ...]
    places: tuple[int, ...]
    dropped: dict[str, Reason]

    @abstractmethod
    def encode(self, frame: Any) -> Any:
        """(n, k) float64 without NaN, from a tidied frame (or CSR matrix) with the columns of the training rows."""

    def remarks(self, frame: Any) -> tuple[str, ...]:
        """Sentences about values in `frame` that were not there in training."""
        del frame
        return ()


def listed(names: Sequence[str]) -> str:
    """Up to five names, and how many more.

    >>> listed(["a", "b"])
    "'a', 'b'"
    """
    shown = ", ".join(repr(name) for name in names[:5])
    return shown + (f" and {len(names) - 5} more" if len(names) > 5 else "")
