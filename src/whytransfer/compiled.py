"""Compiling a kernel: once in a machine's life where the code can be kept, and without Python's lock.

Only modules whose name starts with an underscore compile; they are imported when a function first needs them, because numba takes
longer to import than most work on a few rows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """The function as machine code, kept on disk, for the types that it is called with.

    Where there is nowhere to keep it (a read-only installation without a home) it is compiled in every process.
    """
    from numba import njit

    try:
        return cast("F", njit(cache=True, nogil=True)(function))
    except RuntimeError:
        return cast("F", njit(nogil=True)(function))
