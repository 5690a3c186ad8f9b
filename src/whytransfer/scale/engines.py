"""Who maps partitions to summaries: threads of this process, or the workers of a Dask scheduler. The same sum, in the same order."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import reduce
from operator import add

from whytransfer.errors import InputError
from whytransfer.scale.partitions import Partition
from whytransfer.scale.table import TableSummary
from whytransfer.threads import workers


def summarise(partition: Partition, empty: TableSummary) -> TableSummary:
    """One partition, batch by batch; what a worker does."""
    return reduce(add, (empty.of(table, row) for row, table in partition.batches()), empty)


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine(ABC):
    """``reduce(add, map(summarise, partitions))``: the partitions decide the result, not who did which of them when."""

    def run(self, partitions: Sequence[Partition], empty: TableSummary) -> TableSummary:
        """The summary of all partitions.

        Raises
        ------
        InputError
            When one of them can't be read; it is named.
        """
        return reduce(add, self.map(partitions, empty), empty)

    @abstractmethod
    def map(self, partitions: Sequence[Partition], empty: TableSummary) -> Iterator[TableSummary]:
        """The summaries of the partitions, in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Threads(Engine):
    """Threads of this process; `threads.workers` says how many."""

    def map(self, partitions: Sequence[Partition], empty: TableSummary) -> Iterator[TableSummary]:
        """In a pool; a few partitions ahead of the sum, so that few summaries wait."""
        with ThreadPoolExecutor(workers()) as pool:
            ahead = workers() + 1
            waiting = [pool.submit(summarise, partition, empty) for partition in partitions[:ahead]]
            for k in range(len(partitions)):
                found = waiting[k].result()
                if k + ahead < len(partitions):
                    waiting.append(pool.submit(summarise, partitions[k + ahead], empty))
                yield found


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
    """

    scheduler: str
    timeout: float = 10.0

    def map(self, partitions: Sequence[Partition], empty: TableSummary) -> Iterator[TableSummary]:
        """One task a partition; only summaries travel."""
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
            futures = [client.submit(summarise, partition, empty, pure=False) for partition in partitions]
            for future in futures:
                yield future.result()


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
