"""A second process that watches the one that works, so that every end is told in one line.

A signal reaches Python only between two of its own steps, and compiled code may be long at one of them. The process
that the user started therefore forks before anything heavy is imported: the child works, the parent waits. The
parent hands signals on, ends a child that doesn't follow within `PATIENCE` seconds, and says in one line when
compiled code aborted or the system took the child for want of memory. When the parent itself is killed, the kernel
kills the child with it (``PR_SET_PDEATHSIG``), so that nothing is written by a run that was ended.

Where that can't be had (no Linux) the work is done in the one process that there is.
"""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import IO, NoReturn

BUG = 1
BAD_INPUT = 2
INTERRUPTED = 130
TERMINATED = 143
VERDICTS = (0, 10, 11, 12)
PATIENCE = 0.6
"""Seconds between a signal and the end of a child that doesn't follow it."""
SMALLEST = 900_000_000
"""Bytes of address space below which the libraries themselves can't be loaded (measured: docs/robustness.md)."""
PR_SET_PDEATHSIG = 1
SIGNALS = (signal.SIGINT, signal.SIGTERM)
_WANT_OF_MEMORY = re.compile(r"memory|failed to map|allocat|can't start new thread", re.IGNORECASE)


def watched(work: Callable[[], int]) -> int:
    """The exit code of `work`, done in a child process that is watched.

    Parameters
    ----------
    work : callable
        Returns the exit code; what it prints goes where this process prints.

    Returns
    -------
    int
        Its exit code; 130 after SIGINT, 143 after SIGTERM, 2 where memory was not enough. It returns in both processes:
        in the child with what `work` returned.
    """
    limit = _memory_limit()
    if limit is not None and limit < SMALLEST:
        return _say(
            f"memory is limited to {_size(limit)}, the libraries alone take {_size(SMALLEST)}; raise ulimit -v",
            BAD_INPUT,
        )
    if not sys.platform.startswith("linux"):
        return work()
    held = None if limit is None else _held_back()
    parent, received = os.getpid(), list[int]()

    def note(number: int, frame: FrameType | None) -> None:
        received.append(number)

    # Noted from before the fork on: a signal in between must not be lost.
    before = {number: signal.signal(number, note) for number in SIGNALS}
    child = os.fork()
    if child == 0:
        _become_worker(parent, held)
        return work()
    try:
        return _told(_wait(child, received), received, limit, held)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _become_worker(parent: int, held: IO[bytes] | None) -> None:
    import ctypes

    for number in SIGNALS:
        signal.signal(number, _stop)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it was killed in between
        os._exit(BUG)
    if held is not None:
        os.dup2(held.fileno(), sys.stderr.fileno())
        # Arrow's own allocator reserves a gigabyte of address space at once, most of what a limit leaves.
        os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    """Unwind once, silently: the parent tells, and compiled code that can't unwind would print a traceback."""
    for other in SIGNALS:
        signal.signal(other, signal.SIG_IGN)
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    raise KeyboardInterrupt


def _wait(child: int, received: list[int]) -> int:
    """The child's wait status. Signals are handed on, and the child is ended where it doesn't follow."""
    handed, deadline = 0, float("inf")
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status
        if len(received) > handed:
            os.kill(child, received[handed])
            handed += 1
            deadline = min(deadline, time.monotonic() + PATIENCE)
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
            return os.waitpid(child, 0)[1]
        time.sleep(0.01)


def _told(status: int, received: list[int], limit: int | None, held: IO[bytes] | None) -> int:
    """The exit code for an end of the child, told where the child couldn't."""
    code = os.waitstatus_to_exitcode(status)
    if code not in VERDICTS and (received or code == INTERRUPTED):
        terminated = received[:1] == [signal.SIGTERM]
        line = "\n" if sys.stderr.isatty() else ""
        print(line, end="", file=sys.stderr)  # noqa: T201  (below the line of progress)
        return _say("interrupted; no file was left half-written", TERMINATED if terminated else INTERRUPTED)
    if held is not None:
        return _told_under_limit(code, limit or 0, held)
    if code >= 0:
        return code
    if -code == signal.SIGKILL:
        return _say(
            "killed by the system, most likely for want of memory; give fewer rows or columns", BAD_INPUT
        )
    return _say(f"compiled code ended the process ({signal.Signals(-code).name}); please report it", BUG)


def _told_under_limit(code: int, limit: int, held: IO[bytes]) -> int:
    """What compiled code says of a lack of memory is no sentence: it is replaced by one."""
    held.seek(0)
    said = held.read().decode("utf-8", "replace")
    if code < 0 or (code == BUG and _WANT_OF_MEMORY.search(said)):
        return _say(
            f"memory is limited to {_size(limit)}, which was not enough; raise ulimit -v, or give fewer rows or columns",
            BAD_INPUT,
        )
    sys.stderr.write(said)
    return code


def _held_back() -> IO[bytes]:
    """A nameless file for what the child says on stderr."""
    import tempfile

    return tempfile.TemporaryFile()


def _memory_limit() -> int | None:
    """Bytes of ``ulimit -v``; None where there is no limit."""
    if sys.platform == "win32":
        return None
    import resource

    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    return None if limit == resource.RLIM_INFINITY else limit


def _size(number: float) -> str:
    return f"{number / 1e9:.2g} GB"


def _say(message: str, code: int) -> int:
    print(f"whytransfer: {message}", file=sys.stderr)  # noqa: T201
    return code
