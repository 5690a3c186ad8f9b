"""Arrow tables as pandas frames, without losing large whole numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whytransfer.io.digest import EXACT_FLOATS

if TYPE_CHECKING:
    import pandas as pd


def arrow_to_pandas(table: Any) -> pd.DataFrame:
    """The columns of a `pyarrow.Table` as a pandas frame with a fresh index.

    Dates become datetimes; an index that pandas wrote into the file is dropped; a column of whole numbers with
    missing values becomes float64, as pandas has it, unless it holds numbers that float64 would round
    (beyond 2**53): then it becomes pandas' ``Int64``.
    """
    table = without_index(table)
    frame: pd.DataFrame = table.to_pandas(date_as_object=False)
    for name, series in _large_whole_numbers(table).items():
        frame[name] = series
    return frame


def without_index(table: Any) -> Any:
    """The table without the columns that pandas wrote for its index, and without pandas' notes.

    The notes are somebody's JSON in the file and may be damaged; Arrow's own types say all that is needed.
    """
    try:
        notes = table.schema.pandas_metadata
    except ValueError:
        notes = None
    index = notes.get("index_columns") if isinstance(notes, dict) else None
    dropped = {name for name in index if isinstance(name, str)} if isinstance(index, list) else set()
    kept = [position for position, name in enumerate(table.column_names) if name not in dropped]
    return table.select(kept).replace_schema_metadata(None)


def _large_whole_numbers(table: Any) -> dict[str, pd.Series]:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    kept: dict[str, pd.Series] = {}
    for name, values in zip(table.column_names, table.columns, strict=True):
        if not (pa.types.is_integer(values.type) and values.null_count and values.null_count < len(values)):
            continue
        ends = pc.min_max(values)
        if max(abs(ends["min"].as_py()), abs(ends["max"].as_py())) > EXACT_FLOATS:
            dtype = pd.UInt64Dtype() if pa.types.is_unsigned_integer(values.type) else pd.Int64Dtype()
            kept[name] = values.to_pandas(types_mapper={values.type: dtype}.get)
    return kept
