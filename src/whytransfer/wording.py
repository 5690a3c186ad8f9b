"""How many there are, and who is meant, in words."""

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


def p_told(value: float) -> str:
    """A p-value in a sentence; below what a law of large samples can carry only that it is smaller.

    Examples
    --------
    >>> p_told(0.0015), p_told(4.5e-308)
    ('p = 0.0015', 'p < 0.0001')
    """
    return f"p = {value:.2g}" if value >= 0.0001 else "p < 0.0001"


def of_whom(said: str, source: str, target: str) -> str:
    """What was said of a source and a target, where there are several of either: told by their names.

    Parameters
    ----------
    said : str
        A refusal; one about a single domain begins with ``source: `` or ``target: ``.
    source, target : str
        What they are called.

    Examples
    --------
    >>> of_whom("target: no label column 'y'", "oslo.csv", "porto.csv")
    "porto.csv: no label column 'y'"
    >>> of_whom("label column 'y' is empty in the source", "oslo.csv", "porto.csv")
    "oslo.csv (source), porto.csv (target): label column 'y' is empty in the source"
    """
    domain, _, rest = said.partition(": ")
    if domain in ("source", "target"):
        return f"{source if domain == 'source' else target}: {rest}"
    if source in said or target in said:
        return said
    return f"{source} (source), {target} (target): {said}"
