"""Tables that are larger than memory, or than one machine: partitions are mapped to summaries, and summaries are added up."""

from whytransfer.scale.engines import Dask, Engine, Threads, engine_of
from whytransfer.scale.partitions import Partition, partitions_of, rows_in
from whytransfer.scale.remote import is_url
from whytransfer.scale.streamed import LARGE, RESERVOIR, is_large, read_streamed
from whytransfer.scale.table import TableSummary

__all__ = [
    "LARGE",
    "RESERVOIR",
    "Dask",
    "Engine",
    "Partition",
    "TableSummary",
    "Threads",
    "engine_of",
    "is_large",
    "is_url",
    "partitions_of",
    "read_streamed",
    "rows_in",
]
