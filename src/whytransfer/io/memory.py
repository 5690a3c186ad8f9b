"""How much memory may still be taken, asked before a file takes it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from whytransfer.errors import InputError

GIGABYTE = 1e9


def available() -> float:
    """Bytes that this process may still take: what the machine has free, and what ``ulimit -v`` leaves; infinite where neither is known."""
    return min(_free(), _left_by_limit())


def refuse_beyond_memory(needed: float, what: str) -> None:
    """Refuse what can't fit.

    Parameters
    ----------
    needed : float
        Bytes that it takes at the very least.
    what : str
        What it is, for the message.

    Raises
    ------
    InputError
        With both numbers.
    """
    free = available()
    if needed > free:
        raise InputError(
            f"{what} needs at least {needed / GIGABYTE:.1f} GB of memory and {free / GIGABYTE:.1f} GB are free; "
            "give fewer rows or columns, or use a machine with more"
        )


def _free() -> float:
    """What the machine can give without swapping, where Linux says so; else all that it has."""
    meminfo = Path("/proc/meminfo")
    lines = meminfo.read_text(encoding="ascii").splitlines() if meminfo.is_file() else []
    for line in lines:
        if line.startswith("MemAvailable:"):
            return float(line.split()[1]) * 1024
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (ValueError, OSError, AttributeError):
        return float("inf")


def _left_by_limit() -> float:
    if sys.platform == "win32":
        return float("inf")
    import resource

    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit == resource.RLIM_INFINITY:
        return float("inf")
    try:
        taken = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    except OSError:
        taken = 0  # not Linux: the limit itself is the best that is known
    return float(max(limit - taken, 0))
