"""Parquet, Arrow and Feather files as pandas frames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from whytransfer.errors import InputError
from whytransfer.io import refuse_beyond_memory
from whytransfer.problem.arrow import arrow_to_pandas

if TYPE_CHECKING:
    import pandas as pd


def read_parquet(source: Path | IO[bytes], name: str) -> pd.DataFrame:
    """One Parquet file.

    Raises
    ------
    InputError
        When it is truncated or damaged.
    """
    import pyarrow.parquet as pq

    with _damage_said("Parquet", name), pq.ParquetFile(source) as file:
        _refuse_beyond_memory([file.metadata], name)
        return arrow_to_pandas(_sound(file.read()))


def _refuse_beyond_memory(described: Iterable[Any], name: str) -> None:
    """Runs of one value take a few bytes in a Parquet file and eight for each row and column in memory."""
    cells = sum(float(part.num_rows) * part.num_columns for part in described)
    refuse_beyond_memory(8.0 * cells, repr(name))


def _sound(table: Any) -> Any:
    """The table, once every offset and every text in it was checked: Arrow follows those of a damaged file out of memory."""
    table.validate(full=True)
    return table


def read_feather(source: Path | IO[bytes], name: str) -> pd.DataFrame:
    """One Feather (version 2) or Arrow IPC file."""
    import pyarrow as pa

    with (
        _damage_said("Arrow", name),
        pa.ipc.open_file(str(source) if isinstance(source, Path) else source) as file,
    ):
        return arrow_to_pandas(_sound(file.read_all()))


def read_arrow(source: IO[bytes], name: str) -> pd.DataFrame:
    """One Arrow IPC stream."""
    import pyarrow as pa

    with _damage_said("Arrow", name), pa.ipc.open_stream(source) as stream:
        return arrow_to_pandas(_sound(stream.read_all()))


def read_folder(folder: Path) -> pd.DataFrame:
    """All Parquet parts of a folder, in the order of their paths; ``key=value`` sub-folders become columns.

    Raises
    ------
    InputError
        When there are no parts, a part is damaged, or parts differ in their columns.
    """
    import pyarrow as pa
    import pyarrow.dataset as ds
    import pyarrow.parquet as pq

    parts = sorted(path for path in folder.rglob("*.parquet") if path.is_file() and not _hidden(path, folder))
    if not parts:
        raise InputError(
            f"the folder {str(folder)!r} holds no *.parquet files, expected the parts of one table (images? give --label-from folder)"
        )
    with _damage_said("Parquet", str(folder)):
        keys = _keys(parts, folder)
    described = []
    for part in parts:
        with _damage_said("Parquet", str(part)):
            described.append(pq.read_metadata(part))
    _refuse_beyond_memory(described, str(folder))
    tables = []
    for part in parts:
        with _damage_said("Parquet", str(part)):
            piece = ds.dataset(
                [str(part)], format="parquet", partitioning=keys, partition_base_dir=str(folder)
            )
            tables.append(piece.to_table())
    for part, table in zip(parts, tables, strict=True):
        if set(table.column_names) != set(tables[0].column_names):
            odd = sorted(set(table.column_names) ^ set(tables[0].column_names))
            raise InputError(
                f"{str(part)!r} and {str(parts[0])!r} differ in the column {odd[0]!r}, expected parts of one table"
            )
    with _damage_said("Parquet", str(folder)):
        return arrow_to_pandas(_sound(pa.concat_tables(tables, promote_options="permissive")))


def _keys(parts: list[Path], folder: Path) -> Any:
    """The ``key=value`` columns, their type decided from all folders together."""
    import pyarrow as pa
    import pyarrow.dataset as ds

    found = ds.dataset(
        [str(part) for part in parts],
        format="parquet",
        partition_base_dir=str(folder),
        partitioning=ds.partitioning(flavor="hive"),
    )
    inside = set(next(iter(found.get_fragments())).physical_schema.names)
    return ds.partitioning(
        pa.schema([field for field in found.schema if field.name not in inside]), flavor="hive"
    )


def _hidden(path: Path, folder: Path) -> bool:
    return any(piece.startswith((".", "_")) for piece in path.relative_to(folder).parts)


@contextmanager
def _damage_said(kind: str, name: str) -> Iterator[None]:
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError, EOFError, ValueError, NotImplementedError) as error:
        if isinstance(error, InputError):
            raise
        reason = " ".join(str(error).split())[:160]
        raise InputError(
            f"{name!r} is a damaged or truncated {kind} file ({reason}); copy or write it again"
        ) from None
