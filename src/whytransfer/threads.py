"""One thread for what is fitted or asked: the same bytes on any number of cores, and audits beside each other don't fight for them."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any


def one_thread() -> AbstractContextManager[Any]:
    """Within it, BLAS and OpenMP of every library loaded so far use one thread (EVIDENCE section 4).

    Examples
    --------
    >>> with one_thread():
    ...     total = 1 + 1
    """
    return _libraries(len(sys.modules)).limit(limits=1)  # type: ignore[no-any-return]


@lru_cache(maxsize=1)
def _libraries(modules: int) -> Any:  # noqa: ARG001  (the key: a library that was not there before came with a module)
    """The numeric libraries in memory; finding them reads the process's memory map, milliseconds that hundreds of fits would pay."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
