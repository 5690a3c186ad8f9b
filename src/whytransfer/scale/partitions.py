"""A Parquet file, a folder of Parquet parts or an Arrow file, here or behind a URL, as partitions, each of which can be read alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whytransfer.errors import InputError
from whytransfer.scale.remote import SEPARATOR, is_url, opened, parts_below

ARROW, PARQUET = b"ARRO", b"PAR1"
STREAMED = ARROW, PARQUET
"""How files begin that have partitions."""

BATCH = 2**16
"""Rows that are in memory at once, for each thread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """Some rows of a table in a file: a row group of a Parquet file, or a whole Arrow file.

    Parameters
    ----------
    path : str
    group : int or None
        Row group; None for a whole Arrow file.
    first_row, rows : int
        Number of its first row in the table, and how many there are.
    keys : tuple of (str, value)
        What its folders say: ``country=fr`` is a column with one value.
    """

    path: str
    group: int | None
    first_row: int
    rows: int
    keys: tuple[tuple[str, Any], ...] = ()

    def batches(self) -> Iterator[tuple[int, Any]]:
        """Arrow tables of at most `BATCH` rows, each with the number of its first row.

        Raises
        ------
        InputError
            When the partition can't be read; it is named.
        """
        import pyarrow as pa

        from whytransfer.problem.arrow import without_index

        row = self.first_row
        try:
            for batch in self._read():
                if batch.num_rows:
                    yield row, self._with_keys(without_index(pa.Table.from_batches([batch])))
                    row += batch.num_rows
        except (pa.ArrowException, OSError, EOFError, ValueError, NotImplementedError) as error:
            raise unreadable(self.path, self.group, error) from None
        if row != self.first_row + self.rows:
            raise InputError(
                f"{self.path!r} changed while it was read: {row - self.first_row} rows where there were {self.rows}; run again"
            )

    def _read(self) -> Iterator[Any]:
        import pyarrow as pa
        import pyarrow.parquet as pq

        if self.group is not None:
            with _parquet(self.path) as source, pq.ParquetFile(source) as file:
                yield from file.iter_batches(batch_size=BATCH, row_groups=[self.group])
            return
        with _arrow(self.path) as source, pa.ipc.open_file(source) as file:
            for k in range(file.num_record_batches):
                whole = file.get_batch(k)
                for start in range(0, whole.num_rows, BATCH):
                    yield whole.slice(start, BATCH)

    def _with_keys(self, table: Any) -> Any:
        import pyarrow as pa

        for name, value in self.keys:
            table = table.append_column(name, pa.array([value] * len(table)))
        return table


def partitions_of(path: str) -> list[Partition]:
    """The partitions of a table, in the order of its files and row groups; only what the files say about themselves is read.

    Raises
    ------
    InputError
        When it is none of the three, or a part is damaged or has other columns than the first.
    """
    import pyarrow as pa

    files = files_of(path)
    found: list[Partition] = []
    first, row = None, 0
    for file, keys in files:
        try:
            names, sizes = _described(file)
        except (pa.ArrowException, OSError, EOFError, ValueError) as error:
            raise unreadable(file, None, error) from None
        if first is None:
            first = names
        if set(names) != set(first):
            odd = min(set(names) ^ set(first))
            raise InputError(
                f"{file!r} and {files[0][0]!r} differ in the column {odd!r}, expected parts of one table"
            )
        for group, size in sizes:
            found.append(Partition(path=file, group=group, first_row=row, rows=size, keys=keys))
            row += size
    return found


def rows_in(path: str) -> int | None:
    """How many rows a table has that can be streamed; None of a file of another form, which is read whole."""
    if is_url(path):
        streams = parts_below(path) is not None or _magic(path) in STREAMED
    else:
        file = Path(path)
        streams = file.is_dir() or (file.is_file() and _magic(path) in STREAMED)
    return sum(part.rows for part in partitions_of(path)) if streams else None


def files_of(path: str) -> list[tuple[str, tuple[tuple[str, Any], ...]]]:
    """The file, or the Parquet parts of a folder by path, with what their folders say."""
    below = _below(path)
    if below is None:
        return [(str(path), ())]
    parts = [
        (part, pieces)
        for part, pieces in below
        if pieces[-1].endswith(".parquet") and not any(piece.startswith((".", "_")) for piece in pieces)
    ]
    if not parts:
        raise InputError(f"the folder {path!r} holds no *.parquet files, expected the parts of one table")
    said = [[piece.partition("=") for piece in pieces[:-1] if "=" in piece] for _, pieces in parts]
    whole = {
        name: all(_is_whole(v) for row in said for k, _, v in row if k == name)
        for row in said
        for name, _, _ in row
    }
    return [
        (part, tuple((name, int(value) if whole[name] else value) for name, _, value in row))
        for (part, _), row in zip(parts, said, strict=True)
    ]


def _below(path: str) -> list[tuple[str, tuple[str, ...]]] | None:
    """The files of a folder by path, each with the pieces of its path below it; None where the path is no folder."""
    if is_url(path):
        found = parts_below(path)
        start = len(path.rstrip("/").partition(SEPARATOR)[2].strip("/").split("/"))
        pieces = [part.partition(SEPARATOR)[2].strip("/").split("/")[start:] for part in found or ()]
        return None if found is None else list(zip(found, map(tuple, pieces), strict=True))
    file = Path(path)
    if not file.is_dir():
        return None
    parts = sorted(part for part in file.rglob("*.parquet") if part.is_file())
    return [(str(part), part.relative_to(file).parts) for part in parts]


def unreadable(path: str, group: int | None, error: BaseException) -> InputError:
    """The refusal that names the partition."""
    where = "" if group is None else f", row group {group}"
    reason = " ".join(str(error).split())[:160]
    return InputError(f"the partition {path!r}{where} can't be read ({reason}); copy or write it again")


def _described(path: str) -> tuple[list[str], list[tuple[int | None, int]]]:
    """Names of the columns, and (row group, rows) of each partition of a file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if _magic(path) == ARROW:
        with _arrow(path) as source, pa.ipc.open_file(source) as table:
            rows = sum(table.get_batch(k).num_rows for k in range(table.num_record_batches))
            return list(table.schema.names), [(None, rows)]
    with _parquet(path) as source, pq.ParquetFile(source) as parquet:
        about = parquet.metadata
        return list(parquet.schema_arrow.names), [
            (g, about.row_group(g).num_rows) for g in range(about.num_row_groups)
        ]


def _parquet(path: str) -> AbstractContextManager[Any]:
    """A Parquet file as its reader takes it: mapped into memory, what was read of it would count as held."""
    return opened(path) if is_url(path) else nullcontext(path)


def _arrow(path: str) -> AbstractContextManager[Any]:
    """An Arrow file, mapped where it lies here: its batches are read where they are."""
    import pyarrow as pa

    mapped: AbstractContextManager[Any] = opened(path) if is_url(path) else pa.memory_map(path)
    return mapped


def _magic(path: str) -> bytes:
    with opened(path) if is_url(path) else Path(path).open("rb") as stream:
        return stream.read(4)


def _is_whole(value: str) -> bool:
    return value.isascii() and value.isdigit() and str(int(value)) == value
