"""Who maps partitions to summaries: threads of this process, or the workers of a Dask scheduler. The same sum, in the same order."""

from __future__ import annotations

import ctypes
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, reduce
from itertools import islice
from operator import add
from typing import Any

from whytransfer.errors import InputError
from whytransfer.scale.partitions import Partition
from whytransfer.scale.table import TableSummary
from whytransfer.threads import one_thread, workers

KEPT, SHARED = 256 * 2**20, 32 * 2**20
"""Bytes: of freed memory that stays with the process, and from which on an array is mapped alone (glibc allows no more). A batch of 125,000 rows and 51
columns is 51 MB, its columns are 1 MB each."""


@lru_cache(maxsize=1)
def keep_memory() -> bool:
    """Ask the C library not to give memory back after every array, once a process; whether it can be asked (glibc only).

    Streaming makes and drops arrays of a megabyte by the thousand. Mapped and unmapped one by one they cost more than the work on them, most of
    all in Dask's workers, which start with a trim threshold of 64 kB.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError, TypeError):
        # macOS, musl, Windows: their allocators have no such switch.
        return False
    trim_threshold, mmap_threshold = -1, -3  # malloc.h
    return bool(mallopt(trim_threshold, KEPT) and mallopt(mmap_threshold, SHARED))


def summarise(partition: Partition, empty: TableSummary) -> TableSummary:
    """One partition, batch by batch; what a worker does."""
    keep_memory()
    return reduce(add, (empty.of(table, row) for row, table in partition.batches()), empty)


FAN_IN = 16
"""Neighbours that are added together: a tree whose form depends on the number of partitions and on nothing else."""


def total(summaries: Sequence[TableSummary]) -> TableSummary:
    """The sum of neighbours, in their order."""
    return reduce(add, summaries)


Work = tuple[Sequence[Partition], TableSummary]
"""A table's partitions, at least one, and the summary of none of its rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine(ABC):
    """Partitions to summaries, summaries to their sum: the partitions decide the result, not who did which of them when."""

    @abstractmethod
    def run(self, tables: Sequence[Work]) -> list[TableSummary]:
        """Of each table the sum of its partitions' summaries, `FAN_IN` neighbours at a time, and so on.

        All tables at once: whoever has nothing left to do in one goes on with the next.

        Raises
        ------
        InputError
            When a partition can't be read; it is named.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Threads(Engine):
    """Threads of this process; `threads.workers` says how many."""

    def run(self, tables: Sequence[Work]) -> list[TableSummary]:
        """In a pool; added up as they come in, so that few summaries wait.

        BLAS keeps to one thread meanwhile: its own threads beside those of the pool wait for each other, which doubled the processor time.
        """
        with one_thread():
            found = self._map([(part, empty) for partitions, empty in tables for part in partitions])
            levels = [
                [total(list(islice(found, size))) for size in _sizes(len(partitions))]
                for partitions, _ in tables
            ]
        for level in levels:
            while len(level) > 1:
                level[:] = [total(level[i : i + FAN_IN]) for i in range(0, len(level), FAN_IN)]
        return [level[0] for level in levels]

    def _map(self, work: Sequence[tuple[Partition, TableSummary]]) -> Iterator[TableSummary]:
        ahead = workers() + 1
        with ThreadPoolExecutor(workers()) as pool:
            waiting = deque(pool.submit(summarise, *one) for one in work[:ahead])
            for one in work[ahead:]:
                yield waiting.popleft().result()
                waiting.append(pool.submit(summarise, *one))
            while waiting:
                yield waiting.popleft().result()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dask(Engine):
    """The workers of a Dask scheduler, which must see the files under the same paths and have this version installed.

    A worker that dies is no loss: the scheduler gives its partitions to another one, and a partition gives the same summary wherever it is read.

    Parameters
    ----------
    scheduler : str
        Address, such as ``tcp://host:8786``.
    timeout : float
        Seconds to wait for its first answer.
    alone : float
        Seconds without a single worker after which nobody is waited for: one that died is started again in a few.
    """

    scheduler: str
    timeout: float = 10.0
    alone: float = 60.0

    def run(self, tables: Sequence[Work]) -> list[TableSummary]:
        """One task a partition and one for every `FAN_IN` summaries; workers add up, and the last sums alone come here."""
        try:
            from distributed import Client
        except ImportError:
            raise InputError(
                "--engine dask needs dask.distributed: pip install 'whytransfer[dask]'"
            ) from None
        try:
            client = Client(self.scheduler, timeout=self.timeout)  # type: ignore[no-untyped-call]
        except (OSError, ValueError, ImportError) as error:
            raise InputError(
                f"no Dask scheduler answers at {self.scheduler!r} ({error}); start one or correct the address"
            ) from None
        with client:
            sums = [self._submitted(client, *table) for table in tables]
            return [self._awaited(client, one) for one in sums]

    def _submitted(self, client: Any, partitions: Sequence[Partition], empty: TableSummary) -> Any:
        """The future of a table's sum."""
        level = [client.submit(summarise, partition, empty, pure=False) for partition in partitions]
        while len(level) > 1:
            level = [
                client.submit(total, level[i : i + FAN_IN], pure=False) for i in range(0, len(level), FAN_IN)
            ]
        return level[0]

    def _awaited(self, client: Any, last: Any) -> TableSummary:
        """The last sum, as long as there is somebody to work on it."""
        step = min(1.0, self.alone)
        waited = 0.0
        while True:
            try:
                found: TableSummary = last.result(timeout=step)
            except TimeoutError:
                waited = 0.0 if client.scheduler_info()["workers"] else waited + step
                if waited >= self.alone:
                    raise InputError(
                        f"the Dask scheduler at {self.scheduler!r} has had no worker for {self.alone:g} s; start workers there and run again"
                    ) from None
            else:
                return found


def _sizes(count: int) -> list[int]:
    """How many partitions each first sum takes."""
    return [min(FAN_IN, count - start) for start in range(0, count, FAN_IN)]


def engine_of(name: str, scheduler: str | None) -> Engine:
    """The engine that the command line names.

    Raises
    ------
    InputError
        For another name, Dask without a scheduler, or a scheduler for threads.
    """
    if name == "threads":
        if scheduler is not None:
            raise InputError("--scheduler is for --engine dask; add it, or leave the address out")
        return Threads()
    if name != "dask":
        raise InputError(f"--engine: expected threads or dask, got {name!r}")
    if scheduler is None:
        raise InputError("--engine dask needs --scheduler ADDRESS, such as tcp://host:8786")
    return Dask(scheduler=scheduler)
