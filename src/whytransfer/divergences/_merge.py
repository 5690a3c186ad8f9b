"""Compiled walks along two sorted columns. Imported lazily: this module imports numba.

Sorting values alone is several times faster than sorting their positions, and a walk along both sorted samples then sees
every gap of the two distribution functions once. Which sample the next value comes from is what no processor can guess, so
the walks move on by sums of comparisons and not by branches.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from whytransfer.compiled import compiled

Sorted = NDArray[np.float64] | NDArray[np.float32]

STRIDE = 4096
"""Steps summed apart before they join the total, so that rounding grows with the strides and not with the rows."""


@compiled
def transport_cost(source: Sorted, target: Sorted) -> float:
    """∫ |F⁻¹ − G⁻¹| = W1 of two sorted samples, (n,) and (m,), of one floating type.

    Row i of the source holds the mass from i/n to (i + 1)/n, row j of the target that from j/m to (j + 1)/m: in units of 1/(nm) the ends are
    whole numbers, and which of them comes next depends on n and m alone.
    """
    n, m = len(source), len(target)
    i, j, moved = 0, 0, 0
    end_source, end_target = m, n
    total = 0.0
    while i < n:
        partial = 0.0
        # Within this stride neither sample can be used up before its last mass is moved.
        for _ in range(min(STRIDE, n - i, m - j)):
            end = min(end_source, end_target)
            partial += abs(np.float64(source[i]) - np.float64(target[j])) * (end - moved)
            moved = end
            next_source, next_target = end_source <= end_target, end_target <= end_source
            i += next_source
            end_source += m * next_source
            j += next_target
            end_target += n * next_target
        total += partial
    return total / n / m


@compiled
def largest_gaps(source: Sorted, target: Sorted) -> tuple[int, int, float, float]:
    """The largest and the smallest gap D_j = n·#{target ≤ z_j} − m·#{source ≤ z_j}, and the values z_j where they stand first.

    Parameters
    ----------
    source, target : (n,) and (m,) arrays of one floating type
        Ascending, no NaN.

    Returns
    -------
    highest, lowest : int
        ≥ 0 and ≤ 0, as D = 0 before the first value.
    at_highest, at_lowest : float
        −∞ where the extreme is that 0.
    """
    # Unsigned positions: signed ones would be checked for counting from the end.
    n, m = np.uint64(len(source)), np.uint64(len(target))
    of_source, of_target = np.int64(n), np.int64(m)
    i, j = np.uint64(0), np.uint64(0)
    gap, highest, lowest = np.int64(0), np.int64(0), np.int64(0)
    at_highest, at_lowest = -np.inf, -np.inf
    previous = min(source[0], target[0])
    while i < n and j < m:
        a, b = source[i], target[j]
        z = min(b, a)
        # Equal values enter together: the gap at a value is known when the next one comes.
        if z != previous:
            if gap > highest:
                highest, at_highest = gap, float(previous)
            elif gap < lowest:
                lowest, at_lowest = gap, float(previous)
        previous = z
        from_source, from_target = np.uint64(a <= b), np.uint64(b <= a)
        gap += of_source * np.int64(from_target) - of_target * np.int64(from_source)
        i += from_source
        j += from_target
    # One sample is used up. Rows equal to its last value are still to come in, then the gap goes straight back to 0.
    while i < n and source[i] == previous:
        gap -= of_target
        i += np.uint64(1)
    while j < m and target[j] == previous:
        gap += of_source
        j += np.uint64(1)
    if gap > highest:
        highest, at_highest = gap, float(previous)
    elif gap < lowest:
        lowest, at_lowest = gap, float(previous)
    return int(highest), int(lowest), at_highest, at_lowest
