"""Compiled sums of a matrix over many random subsets of its rows and columns. Imported lazily: this module imports numba.

A label is one bit, and a product with a matrix of bits can read eight columns at once: the 256 sums of the columns that one byte can ask for
are made once and then looked up (Arlazarov, Dinic, Kronrod and Faradzhev 1970, "the four Russians"). With a thousand subsets or more, and in
single precision, it takes a quarter of the time of a matrix product in double precision.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from whytransfer.compiled import compiled

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Bytes = NDArray[np.uint8]

ROWS = 64
"""Rows summed together: two tables of 256 × 64 numbers and 2,000 lines of sums fit into the processor's second cache."""
COLUMNS = 16
"""Columns of two bytes, read in one pass over the sums."""


@compiled
def _fill(table: Singles, eight: Singles) -> None:
    """Set table[p] to the sum of the columns, lines of `eight`, that the bits of p ask for, the first by the highest bit."""
    for bit in range(8):
        line, half = eight[7 - bit], 1 << bit
        for p in range(half):
            for r in range(ROWS):
                table[half + p, r] = table[p, r] + line[r]


@compiled
def add_sums(strip: Singles, start: int, patterns: Bytes, out: Floats) -> None:
    """Add Σ_r Σ_c strip[r, c] z[start + r] z[c] to out, for every subset z.

    Parameters
    ----------
    strip : (R, C) array of float32
    start : int
        Which row of the whole matrix is the first of the strip.
    patterns : (G, B) array of uint8
        By subset, its 0/1 indicator as bytes, the first row in the highest bit; G even, zeros after the last row.
    out : (B,) array
        Changed in place.
    """
    rows, columns = strip.shape
    subsets = patterns.shape[1]
    first, second = np.zeros((256, ROWS), dtype=np.float32), np.zeros((256, ROWS), dtype=np.float32)
    sums = np.empty((subsets, ROWS), dtype=np.float32)
    part = np.zeros((COLUMNS, ROWS), dtype=np.float32)
    for row in range(0, rows, ROWS):
        height = min(ROWS, rows - row)
        sums[:] = 0.0
        part[:] = 0.0
        for column in range(0, columns, COLUMNS):
            for c in range(COLUMNS):
                for r in range(height):
                    part[c, r] = strip[row + r, column + c] if column + c < columns else np.float32(0.0)
            _fill(first, part[:8])
            _fill(second, part[8:])
            group = column // 8
            for z in range(subsets):
                total, one, two = sums[z], first[patterns[group, z]], second[patterns[group + 1, z]]
                for r in range(ROWS):
                    total[r] += one[r] + two[r]
        for z in range(subsets):
            for r in range(height):
                i = start + row + r
                out[z] += sums[z, r] * ((patterns[i >> 3, z] >> (7 - (i & 7))) & 1)


@compiled
def add_triangle(strip: Singles, start: int, sums: Floats) -> float:
    """Add the sums of rows and of columns of a strip left of the diagonal to sums (N,); the sum of squares of what was added."""
    squares = 0.0
    for r in range(len(strip)):
        row = 0.0
        for c in range(start + r):
            value = np.float64(strip[r, c])
            row += value
            squares += value * value
            sums[c] += value
        sums[start + r] += row
    return squares


@compiled
def centre(strip: Singles, start: int, shares: Singles) -> None:
    """Take shares[i] + shares[j] from every entry left of the diagonal, and set the others to 0."""
    for r in range(len(strip)):
        for c in range(start + r):
            strip[r, c] -= shares[start + r] + shares[c]
        strip[r, start + r :] = 0.0
