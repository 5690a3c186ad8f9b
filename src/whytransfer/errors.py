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
    """Base of every exception that whytransfer raises on purpose.

    Examples
    --------
    >>> import whytransfer as wt
    >>> try:
    ...     wt.interval("clopper_pearson", errors=5, n=4)
    ... except wt.WhyTransferError as error:
    ...     print(type(error).__name__)
    InputError
    """


class InputError(WhyTransferError, ValueError):
    """What was given can't be used; the message says what, what was expected, what came, and how to mend it. A `ValueError`; exit code 2.

    Examples
    --------
    >>> import whytransfer as wt
    >>> try:
    ...     wt.interval("clopper_pearson", errors=5, n=4)
    ... except wt.InputError as error:
    ...     print(error)
    the number of errors must lie between 0 and n = 4, got 5
    """


class UnknownNameError(InputError, KeyError):
    """A name that is not in the list of possible ones. An `InputError` and a `KeyError`.

    Parameters
    ----------
    kind : str
        What was named, in the singular: ``"divergence"``.
    name : str
        What was given.
    known : iterable of str
        All possible names.

    Examples
    --------
    >>> import whytransfer as wt
    >>> try:
    ...     wt.divergence("half_lime", [0.0], [1.0])
    ... except wt.UnknownNameError as error:
    ...     print(str(error).partition(" known")[0])
    unknown divergence 'half_lime': did you mean 'half_line'?
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
    """Two quantities that can't be combined: their unit, hypothesis class or loss differs. An `InputError` and a `TypeError`.

    Examples
    --------
    A Wasserstein distance and a λ of thresholds are no bound together:

    >>> import whytransfer as wt
    >>> distance = wt.divergence("wasserstein1", [0.0, 1.0], [1.0, 2.0])
    >>> try:
    ...     wt.theorem("hdh", source_error=0.1, discrepancy=distance, adaptability=0.1)
    ... except wt.UnitError as error:
    ...     print(str(error).partition(",")[0])
    discrepancy: divergence.wasserstein1 is a distance between rows
    """


class SurrogateError(WhyTransferError, TypeError):
    """An upper value of a supremum was asked of a class that only approximates it (THEORY: table in B0). A `TypeError`.

    Examples
    --------
    No exact algorithm finds the linear rules that differ most, and what a search finds is no upper limit:

    >>> import whytransfer as wt
    >>> found = wt.hypotheses("linear").discrepancy([[0.0], [1.0]], [[1.0], [2.0]])
    >>> try:
    ...     wt.theorem("hdh", source_error=0.1, discrepancy=found, adaptability=0.1)
    ... except wt.SurrogateError as error:
    ...     print(str(error).partition(";")[0])
    discrepancy: divergence.hdh.linear is only estimated
    """


class NotCertified(WhyTransferError):  # noqa: N818  (the contract names it)
    """The verdict does not reach the basis that was required of `Audit.require`.

    Examples
    --------
    >>> import whytransfer as wt
    >>> problem = wt.lab.gaussians(mean=1.0).sample(60, 60, seed=0)
    >>> nothing = wt.certify(wt.plan_labels(problem, "stump", tolerance=0.4, budget=30), {})
    >>> try:
    ...     nothing.require("certified")
    ... except wt.NotCertified as error:
    ...     print(str(error).partition(":")[0])
    undecided, where WORKS (certified) is required
    """


class NotAvailableError(WhyTransferError):
    """A part of the public interface that this version does not have, or that needs an extra which is not installed. Exit code 2.

    Examples
    --------
    >>> import whytransfer as wt
    >>> issubclass(wt.NotAvailableError, wt.WhyTransferError)
    True
    """
