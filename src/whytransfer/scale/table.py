"""What is kept of a table: a summary a column, a reservoir of whole rows, and what rows of both tables are compared by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Self

import numpy as np

from whytransfer.errors import InputError
from whytransfer.scale.compared import Compared
from whytransfer.summaries import Categories, Counts, Duplicates, KernelMean, Moments, Quantiles, Reservoir


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberSummary:
    """A column of numbers, booleans or times (as seconds)."""

    counts: Counts = field(default_factory=Counts)
    moments: Moments = field(default_factory=Moments)
    quantiles: Quantiles = field(default_factory=Quantiles)

    def of(self, values: np.ndarray) -> Self:
        """Of numbers (n,), NaN where missing."""
        return type(self)(
            counts=self.counts.of(values),
            moments=self.moments.of(values),
            quantiles=self.quantiles.of(values),
        )

    def __add__(self, other: Self) -> Self:
        return type(self)(
            counts=self.counts + other.counts,
            moments=self.moments + other.moments,
            quantiles=self.quantiles + other.quantiles,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSummary:
    """Of a table in Arrow batches; ``empty.of(batch, first_row)`` and ``+``, as every summary.

    Parameters
    ----------
    reservoir : Reservoir
        Whole rows.
    columns : mapping of str to NumberSummary or Categories
    compared : Compared
        What the next two look at.
    contents : Duplicates
    kernel : KernelMean
    """

    reservoir: Reservoir = field(default_factory=Reservoir)
    columns: Mapping[str, NumberSummary | Categories] = field(default_factory=lambda: MappingProxyType({}))
    compared: Compared = field(default_factory=Compared)
    contents: Duplicates = field(default_factory=Duplicates)
    kernel: KernelMean = field(default_factory=KernelMean)

    @property
    def rows(self) -> int:
        """Rows seen."""
        return self.reservoir.n

    def of(self, table: Any, first_row: int = 0) -> Self:
        """Of an Arrow table whose first row has this number."""
        read = columns_of(table)
        return replace(
            self,
            reservoir=self.reservoir.of(table, first_row),
            columns=MappingProxyType({name: _summary(values) for name, values in read.items()}),
            contents=self.contents.of(self.compared.hashes(read, len(table))),
            kernel=self.kernel.of(self.compared.rows(read, len(table))),
        )

    def __add__(self, other: Self) -> Self:
        if not self.rows or not other.rows:
            return self if self.rows else other
        both = {name: _sum(name, one, other.columns[name]) for name, one in self.columns.items()}
        return replace(
            self,
            reservoir=self.reservoir + other.reservoir,
            columns=MappingProxyType(both),
            contents=self.contents + other.contents,
            kernel=self.kernel + other.kernel,
        )

    def __reduce__(self) -> tuple[Any, ...]:
        """A view of a mapping can't be sent to another process; the mapping can."""
        plain = {name: getattr(self, name) for name in self.__slots__}
        return _rebuilt, (type(self), {**plain, "columns": dict(self.columns)})


def _rebuilt(kind: type[TableSummary], parts: dict[str, Any]) -> TableSummary:
    return kind(**{**parts, "columns": MappingProxyType(parts["columns"])})


def _sum(
    name: str, one: NumberSummary | Categories, other: NumberSummary | Categories
) -> NumberSummary | Categories:
    if isinstance(one, NumberSummary) and isinstance(other, NumberSummary):
        return one + other
    if isinstance(one, Categories) and isinstance(other, Categories):
        return one + other
    if isinstance(one, NumberSummary) and isinstance(other, Categories) and not other.n:
        # A partition where a column is empty may call it anything.
        return one + NumberSummary().of(np.full(other.missing, np.nan))
    if isinstance(other, NumberSummary) and isinstance(one, Categories) and not one.n:
        return NumberSummary().of(np.full(one.missing, np.nan)) + other
    raise InputError(
        f"column {name!r} holds numbers in one partition and text in another; write it with one type"
    )


def columns_of(table: Any) -> dict[str, Any]:
    """The columns of an Arrow table as they are summarised: float64 with NaN where missing, or names."""
    return {name: _values(column) for name, column in zip(table.column_names, table.columns, strict=True)}


def _summary(values: Any) -> NumberSummary | Categories:
    """Of what `_values` read."""
    return NumberSummary().of(values) if isinstance(values, np.ndarray) else Categories().of(values)


def _values(column: Any) -> Any:
    """An Arrow column by its type: float64 with NaN where missing, of times seconds; else names, None where missing. Nested values count as text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_dictionary(kind):
        column = pc.cast(column, kind.value_type)
        kind = column.type
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        column = pc.cast(pc.cast(column, pa.timestamp("us")), pa.int64())
        return _numbers(column) / 1e6
    if (
        pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_boolean(kind)
        or pa.types.is_decimal(kind)
    ):
        return _numbers(column)
    if pa.types.is_null(kind):
        return [None] * len(column)
    if pa.types.is_nested(kind):
        return [None if v is None else str(v) for v in column.to_pylist()]
    return column


def _numbers(column: Any) -> np.ndarray:
    """Float64, NaN where missing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return np.asarray(pc.cast(column, pa.float64(), safe=False).to_numpy())
