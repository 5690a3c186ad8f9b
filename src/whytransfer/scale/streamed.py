"""A problem from two tables that are not held in memory: summaries of all rows, and a uniform sample of each for what needs rows."""

from __future__ import annotations

import math
from typing import Any

from whytransfer.errors import InputError
from whytransfer.problem import Problem
from whytransfer.problem.arrow import arrow_to_pandas
from whytransfer.scale.compared import Compared
from whytransfer.scale.engines import Engine, Threads
from whytransfer.scale.partitions import Partition, partitions_of, rows_in
from whytransfer.scale.table import NumberSummary, TableSummary, columns_of
from whytransfer.summaries import Categories, KernelMean, Reservoir
from whytransfer.summaries.reservoir import cutoff

LARGE = 200_000
"""Rows from which on a table is streamed instead of read."""

RESERVOIR = 100_000
"""Rows of each table that statistics, learners and certificates see: a share is then known to .4 %."""

FREQUENCIES = 128
"""Of the kernel mean: its standard error is about a tenth of MMD², √(2/128), and it costs as much as one sort of the rows."""

CERTAINTY = 0.05
"""Failure probability at which the width that a reservoir costs is told."""

SHOWN = 0.01, 0.25, 0.5, 0.75, 0.99


def is_large(*paths: str) -> bool:
    """Whether one of the tables has `LARGE` rows or more, and all are of a form that can be streamed."""
    try:
        sizes = [rows_in(path) for path in paths]
    except InputError:
        # Who reads it whole says what is wrong with it.
        return False
    return all(size is not None for size in sizes) and max(size or 0 for size in sizes) >= LARGE


def read_streamed(
    source: str,
    target: str,
    label: str,
    *,
    engine: Engine | None = None,
    size: int | None = None,
    seed: int = 0,
    **roles: Any,
) -> Problem:
    """The problem of two reservoirs, with what the summaries say of all rows in `Problem.streamed`.

    Parameters
    ----------
    source, target : path
        Parquet files, folders of Parquet parts or Arrow files.
    label : str
        The label column of the source.
    engine : Engine or None
        Who reads; threads of this process for None.
    size, seed : int
        Of each reservoir; `RESERVOIR` rows for None. The source's rows and the target's are drawn by different streams.
    **roles
        As `Problem.read`.

    Raises
    ------
    InputError
        When a partition can't be read (it is named), or as `Problem.read`.
    """
    engine = engine or Threads()
    size = RESERVOIR if size is None else size
    parts = {"source": partitions_of(source), "target": partitions_of(target)}
    for path, partitions in zip((source, target), parts.values(), strict=True):
        if not any(part.rows for part in partitions):
            raise InputError(f"{path!r} holds no rows, expected at least one; there is nothing to learn from")
    apart = {label, *(str(roles[role]) for role in ("group", "time", "weights") if roles.get(role))}
    compared = _compared(parts["source"], parts["target"], apart)
    kernel = KernelMean(
        columns=max(1, len(compared.numbers)),
        frequencies=FREQUENCIES,
        bandwidth=compared.bandwidth,
        seed=seed,
    )
    work = []
    for k, partitions in enumerate(parts.values()):
        rows, own = sum(part.rows for part in partitions), 2 * seed + k
        reservoir = Reservoir(size=size, seed=own, cutoff=cutoff(rows, size, own))
        work.append((partitions, TableSummary(reservoir=reservoir, compared=compared, kernel=kernel)))
    tables = dict(zip(parts, engine.run(work), strict=True))
    here, there = (arrow_to_pandas(found.reservoir.values) for found in tables.values())
    problem = Problem.read(here, there, label, **roles)
    return problem.with_streamed(said(tables["source"], tables["target"]), notes(tables))


def _compared(source: list[Partition], target: list[Partition], apart: set[str]) -> Compared:
    """What rows are compared by, from the first rows of both tables; `apart` are the columns that play a part of their own."""
    here, there = (_first_rows(partitions) for partitions in (source, target))
    return Compared.of(tuple(name for name in here if name in there and name not in apart), here, there)


def _first_rows(partitions: list[Partition]) -> dict[str, Any]:
    """The columns of the first batch of a table; none of an empty one."""
    for part in partitions:
        for _, table in part.batches():
            return columns_of(table)
    return {}


def notes(tables: dict[str, TableSummary]) -> tuple[str, ...]:
    """What was drawn, and the width it costs, in a sentence a table."""
    told = []
    for domain, found in tables.items():
        kept = len(found.reservoir.values)
        if kept == found.rows:
            continue
        told.append(
            f"{domain}: {found.rows:,} rows were streamed; summaries are of all of them, learners and certificates use a uniform sample "
            f"of {kept:,}, which is row numbers by a seeded hash; a share counted on it is known to ±{100 * width(kept):.2f} % "
            f"(Hoeffding, {100 * (1 - CERTAINTY):g} % sure each way) where all rows would give ±{100 * width(found.rows):.2f} %"
        )
    source, target = tables["source"], tables["target"]
    both, seen = source.contents.shared(target.contents)
    # As many as chance would repeat within one table are no news across two: three standard deviations more are.
    alike = seen * max(source.contents.repeated or 0.0, target.contents.repeated or 0.0)
    if both - alike > 3.0 * math.sqrt(both + alike):
        told.append(
            f"{both} of {seen} distinct contents, drawn by their hashes from all rows, stand in source and target alike: where these are "
            "the same cases, the domains are not independent and certificates don't hold; leave them out of one table"
        )
    return tuple(told)


def width(rows: int) -> float:
    """Hoeffding's term of a share of so many rows, one side at `CERTAINTY`."""
    return math.sqrt(math.log(1.0 / CERTAINTY) / (2.0 * rows))


def said(source: TableSummary, target: TableSummary) -> dict[str, Any]:
    """What the summaries say of all rows, as plain JSON values."""
    return {
        "source": _sizes(source),
        "target": _sizes(target),
        **_rows_compared(source, target),
        "columns": [
            {"name": name, **_both(column, target.columns.get(name))}
            for name, column in source.columns.items()
        ],
    }


def _rows_compared(source: TableSummary, target: TableSummary) -> dict[str, Any]:
    """Contents in both tables, and the kernel distance of all rows with its error over the seed; nothing of what was not compared."""
    found: dict[str, Any] = {}
    both, seen = source.contents.shared(target.contents)
    if seen:
        found["contents"] = {
            "shared": both / seen,
            "looked_at": seen,
            "within": source.contents.off(seen, CERTAINTY),
            "repeated_in_source": source.contents.repeated,
            "repeated_in_target": target.contents.repeated,
        }
    if source.kernel.n and target.kernel.n:
        found["kernel_mean"] = {
            "mmd_squared": source.kernel.squared_distance(target.kernel),
            "standard_error": source.kernel.spread(target.kernel),
            "within": source.kernel.within(CERTAINTY),
            "bandwidth": source.kernel.bandwidth,
            "frequencies": source.kernel.frequencies,
            "columns": source.kernel.columns,
        }
    return found


def _sizes(table: TableSummary) -> dict[str, Any]:
    kept = len(table.reservoir.values)
    return {"rows": table.rows, "reservoir": kept, "width": width(kept), "width_of_all": width(table.rows)}


def _both(source: NumberSummary | Categories, target: NumberSummary | Categories | None) -> dict[str, Any]:
    """One column in both tables; of numbers, the largest gap of the distribution functions of all rows with its error."""
    found: dict[str, Any] = {"source": _one(source), "target": None if target is None else _one(target)}
    if (
        isinstance(source, NumberSummary)
        and isinstance(target, NumberSummary)
        and source.moments.n
        and target.moments.n
    ):
        gap, within = source.quantiles.largest_gap(target.quantiles)
        found["half_line"] = {"estimate": gap, "within": within}
    return found


def _one(column: NumberSummary | Categories) -> dict[str, Any]:
    if isinstance(column, Categories):
        first = sorted(column.counts.items(), key=lambda pair: (-pair[1], pair[0]))[:10]
        return {
            "rows": column.n + column.missing,
            "missing": column.missing,
            "most_frequent": dict(first),
            "within": column.error,
        }
    moments, quantiles = column.moments, column.quantiles
    return {
        "rows": column.counts.rows,
        "missing": column.counts.missing,
        "mean": moments.mean if moments.n else None,
        "variance": moments.variance,
        "least": moments.least if moments.n else None,
        "largest": moments.largest if moments.n else None,
        "quantiles": {str(share): quantiles.quantile(share) for share in SHOWN},
        "rank_error": quantiles.error,
    }
