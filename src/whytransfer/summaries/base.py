"""What every summary has in common: one pass over rows in pieces, and pieces that add up.

``empty.of(A) + empty.of(B)`` says of the rows of A and B together what ``empty.of(A ++ B)`` says: the same where a summary is exact,
the same within a stated error where it is not. The empty summary changes nothing. So a table is summarised wherever its parts lie,
``reduce(add, map(empty.of, parts))``, by threads and by machines in the same line.

Adding floating-point numbers is associative only up to rounding: parts are added in their order, which does not depend on who was done first.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from whytransfer.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary(ABC):
    """What is kept of rows that are not kept. Immutable; ``a + b`` makes a third one."""

    name: ClassVar[str]
    exact: ClassVar[bool]
    """Whether adding up loses nothing but rounding."""
    bound: ClassVar[str]
    """In words: how far what it says may be from what the rows would say, and with which certainty."""

    @abstractmethod
    def of(self, values: Any, first_row: int = 0) -> Self:
        """The summary of some rows, with the parameters of this one.

        Parameters
        ----------
        values : array or table
            What this summary reads, one entry a row.
        first_row : int
            Number of the first of these rows in the whole table, for summaries that look at it.
        """

    @abstractmethod
    def __add__(self, other: Self) -> Self:
        """The summary of the rows of both."""


def same(what: str, one: object, other: object) -> None:
    """Refuse to add summaries of different parameters."""
    if one != other:
        raise InputError(f"summaries of different {what} can't be added: {one} and {other}")
