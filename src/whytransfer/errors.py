"""The exceptions of whytransfer.

::

    WhyTransferError
    ├── InputError            what was given can't be used: what, expected, got, how to mend    (exit code 2)
    │   ├── UnknownNameError  a name that is not in the list; the nearest one is suggested
    │   └── UnitError         quantities of different units, classes or losses were combined
    ├── SurrogateError        an upper value of a supremum was asked of a class that only approximates it
    ├── NotCertified     `Audit.require(...)`: the verdict does not reach the basis asked for
    └── NotAvailableError     a part of the public interface that this version does not have yet  (exit code 2)
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class WhyTransferError(Exception):
    """Base of every exception that whytransfer raises on purpose."""


class InputError(WhyTransferError, ValueError):
    """What was given can't be used; the message says what, what was expected, what came, and how to mend it."""


class UnknownNameError(InputError, KeyError):
    """A name that is not in the list of possible ones.

    Parameters
    ----------
    kind : str
        What was named, in the singular: ``"divergence"``.
    name : str
        What was given.
    known : iterable of str
        All possible names.
    """

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.kind, self.name, self.known = kind, name, tuple(sorted(known))
        close = difflib.get_close_matches(str(name), self.known, n=1)
        hint = f"did you mean {close[0]!r}? " if close else ""
        super().__init__(f"unknown {kind} {name!r}: {hint}known are {', '.join(self.known)}")

    def __str__(self) -> str:
        # KeyError would show the repr of the message.
        return str(self.args[0])


class UnitError(InputError, TypeError):
    """Two quantities that can't be combined: their unit, hypothesis class or loss differs."""


class SurrogateError(WhyTransferError, TypeError):
    """An upper value of a supremum was asked of a class that only approximates it (THEORY: table in B0)."""


class NotCertified(WhyTransferError):  # noqa: N818  (the contract names it)
    """The verdict does not reach the basis that was required."""


class NotAvailableError(WhyTransferError):
    """A part of the public interface that this version does not have yet."""
