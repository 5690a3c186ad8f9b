"""The one place where a name from the outside becomes an object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from whytransfer.errors import UnknownNameError

T = TypeVar("T")


def resolve(kind: str, name: str, known: Mapping[str, T]) -> T:
    """What `name` stands for among `known`.

    Parameters
    ----------
    kind : str
        What is named, in the singular, for the message.
    name : str
        The name given.
    known : mapping of str to T
        Every possible name.

    Raises
    ------
    UnknownNameError
        With the nearest name and the full list.
    """
    try:
        return known[name]
    except (KeyError, TypeError):
        raise UnknownNameError(kind, name, known) from None


def registered(namespace: Mapping[str, object], base: type[T]) -> dict[str, type[T]]:
    """The concrete subclasses of `base` that a package's ``__init__`` exports, by their ``name``.

    The export line is the registration: no decorator runs, nothing is scanned.
    """
    found = {
        str(value.name): value  # type: ignore[attr-defined]
        for value in namespace.values()
        if isinstance(value, type)
        and issubclass(value, base)
        and value is not base
        and hasattr(value, "name")
    }
    return dict(sorted(found.items()))
