"""How many there are, in words."""

from __future__ import annotations


def how_many(number: int, things: str) -> str:
    """A number of things; of one thing in the singular.

    Parameters
    ----------
    number : int
        How many, ≥ 0.
    things : str
        Their name in the plural, which ends in s.

    Examples
    --------
    >>> how_many(1, "target rows"), how_many(0, "labels"), how_many(1200, "rows"), how_many(1, "classes")
    ('1 target row', '0 labels', '1,200 rows', '1 class')
    """
    one = things.removesuffix("es") if things.endswith("sses") else things.removesuffix("s")
    return f"{number:,} {one if number == 1 else things}"
