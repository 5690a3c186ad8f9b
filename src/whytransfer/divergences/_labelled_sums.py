"""Compiled sums of a matrix over many random subsets of its rows and columns. Imported lazily: this module imports numba.

A label is one bit, and a product with a matrix of bits can read eight columns at once: the 256 sums of the columns that one byte can ask for
are made once and then looked up (Arlazarov, Dinic, Kronrod and Faradzhev 1970, "the four Russians"). With a thousand subsets or more it takes
about half the time of a matrix product, and the sums are as exact.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from whytransfer.compiled import compiled

Floats = NDArray[np.float64]
Bytes = NDArray[np.uint8]

ROWS = 64
"""Rows summed together: two tables of 256 × 64 numbers fit into the processor's second cache."""
COLUMNS = 16
"""Columns of two bytes, read in one pass over the sums."""


@compiled
def _fill(table: Floats, eight: Floats) -> None:
    """Set table[p] to the sum of the columns, lines of `eight`, that the bits of p ask for, the first by the highest bit."""
    for bit in range(8):
        line, half = eight[7 - bit], 1 << bit
        for p in range(half):
            for r in range(ROWS):
                table[half + p, r] = table[p, r] + line[r]


@compiled
def add_sums(strip: Floats, start: int, patterns: Bytes, out: Floats) -> None:
    """Add Σ_r Σ_c strip[r, c] z[start + r] z[c] to out, for every subset z.

    Parameters
    ----------
    strip : (R, C) array
    start : int
        Which row of the whole matrix is the first of the strip.
    patterns : (G, B) array of uint8
        By subset, its 0/1 indicator as bytes, the first row in the highest bit; G even, zeros after the last row.
    out : (B,) array
        Changed in place.
    """
    rows, columns = strip.shape
    subsets = patterns.shape[1]
    first, second = np.zeros((256, ROWS)), np.zeros((256, ROWS))
    sums = np.empty((subsets, ROWS))
    part = np.zeros((COLUMNS, ROWS))
    for row in range(0, rows, ROWS):
        height = min(ROWS, rows - row)
        sums[:] = 0.0
        part[:] = 0.0
        for column in range(0, columns, COLUMNS):
            for c in range(COLUMNS):
                for r in range(height):
                    part[c, r] = strip[row + r, column + c] if column + c < columns else 0.0
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
