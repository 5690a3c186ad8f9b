"""One thread for what is fitted or asked: the same bytes on any number of cores, and audits beside each other don't fight for them.

Sorting and counting, whose pieces don't depend on each other, may use more: the results come back in the order of the pieces.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")


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


def workers() -> int:
    """How many threads `in_threads` uses: ``NUMBA_NUM_THREADS`` where it is set, else the cores this process may use."""
    given = os.environ.get("NUMBA_NUM_THREADS", "")
    if given.isdigit() and int(given) > 0:
        return int(given)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_threads(work: Callable[[T], R], pieces: Iterable[T]) -> list[R]:
    """`work` on every piece, in the order of the pieces; for NumPy's sorts and compiled kernels, which don't hold Python's lock.

    Examples
    --------
    >>> in_threads(abs, [-2, 1])
    [2, 1]
    """
    waiting = list(pieces)
    count = min(workers(), len(waiting))
    if count < 2:
        return [work(piece) for piece in waiting]
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(work, waiting))
