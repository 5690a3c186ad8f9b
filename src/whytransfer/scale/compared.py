"""What rows of both tables are compared by: the contents of the columns they share, and their numbers in common units."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from whytransfer.problem.twins import bits_of_numbers, mixed

FARTHEST = 1e6
"""Units from the centre at which a number is cut: an infinite one has no angle."""

MEDIAN_ROWS = 500
"""Rows whose distances give the bandwidth: 125,000 pairs, whose median is known to a third of a percent of the ranks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Which columns, and the units of the numbers among them, as the first rows of the source have them.

    Parameters
    ----------
    contents : tuple of str
        Columns of both tables that make up a row's content.
    numbers : tuple of str
        Those among them that hold numbers in the first rows of both tables.
    centre, scale : tuple of float
        Mean and standard deviation (1 where it is 0) of these.
    bandwidth : float
        Median distance of first rows in these units.
    """

    contents: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    centre: tuple[float, ...] = ()
    scale: tuple[float, ...] = ()
    bandwidth: float = 1.0

    @classmethod
    def of(cls, contents: tuple[str, ...], source: Mapping[str, Any], target: Mapping[str, Any]) -> Self:
        """From the first rows of both tables, by column: arrays of numbers, or names."""
        from scipy.spatial.distance import pdist

        numbers = tuple(
            name
            for name in contents
            if all(isinstance(table.get(name), np.ndarray) for table in (source, target))
        )
        known = [source[name][np.isfinite(source[name])] for name in numbers]
        spread = [float(values.std()) if len(values) else 0.0 for values in known]
        found = cls(
            contents=contents,
            numbers=numbers,
            centre=tuple(float(values.mean()) if len(values) else 0.0 for values in known),
            scale=tuple(value if value > 0 and np.isfinite(value) else 1.0 for value in spread),
        )
        rows = found.rows({name: source[name][:MEDIAN_ROWS] for name in numbers}, MEDIAN_ROWS)
        apart = float(np.median(pdist(rows))) if numbers and len(rows) > 1 else 0.0
        return cls(
            contents=contents,
            numbers=numbers,
            centre=found.centre,
            scale=found.scale,
            bandwidth=apart if apart > 0 else 1.0,
        )

    def rows(self, read: Mapping[str, Any], count: int) -> np.ndarray:
        """The numbers of so many rows in units of their spread, (count, numbers); a missing one counts as the mean."""
        if not self.numbers:
            return np.zeros((0, 1))
        size = min([count, *(len(read[name]) for name in self.numbers)])
        found = np.zeros((size, len(self.numbers)), order="F")
        for j, (name, centre, scale) in enumerate(zip(self.numbers, self.centre, self.scale, strict=True)):
            if isinstance(read[name], np.ndarray):  # else a partition where the column is empty
                found[:, j] = (read[name] - centre) / scale
        found[np.isnan(found)] = 0.0
        return np.clip(found, -FARTHEST, FARTHEST, out=found)

    def hashes(self, read: Mapping[str, Any], count: int) -> np.ndarray:
        """A hash of the content of each of so many rows, (count,) uint64; none without columns."""
        if not self.contents:
            return np.zeros(0, dtype=np.uint64)
        total = np.zeros(count, dtype=np.uint64)
        for name in self.contents:
            # By name, as the tables may have their columns in another order.
            place = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")
            values = read[name]
            bits = bits_of_numbers(values) if isinstance(values, np.ndarray) else _bits_of_names(values)
            total += mixed(bits, np.full(1, place, dtype=np.uint64))
        return total


def _bits_of_names(values: Any) -> np.ndarray:
    """A hash of each name, 0 where it is missing."""
    import pandas as pd
    import pyarrow as pa

    column = (
        values if hasattr(values, "dictionary_encode") else pa.chunked_array([pa.array(values, pa.string())])
    )
    coded = column.dictionary_encode().combine_chunks()
    coded = coded.chunk(0) if isinstance(coded, pa.ChunkedArray) else coded
    words = np.array([*map(str, coded.dictionary.to_pylist()), ""], dtype=object)
    known = pd.util.hash_array(words)
    known[-1] = 0
    codes: np.ndarray = coded.indices.fill_null(len(words) - 1).to_numpy(zero_copy_only=False)
    return np.asarray(known[codes])
