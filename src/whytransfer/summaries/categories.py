"""How often each category occurs, in a memory that is stated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar, Self

from whytransfer.summaries.base import Summary, same


@dataclass(frozen=True, slots=True, kw_only=True)
class Categories(Summary):
    """Counts of at most `most` categories (Misra and Gries 1982, added up after Agarwal et al. 2012).

    As long as there are no more than `most`, every count is exact. With more, all counts are lowered by the largest count that has no place,
    and what is lowered is carried along: no count is too large, and none is too small by more than `error` ≤ n/(most + 1).

    Parameters
    ----------
    most : int
        Categories that are kept.
    n, missing : int
        Values seen, and missing ones beside them.
    error : int
    counts : mapping of str to int

    Examples
    --------
    >>> dict((Categories().of(["a", "b"]) + Categories().of(["a", None])).counts)
    {'a': 2, 'b': 1}
    """

    name: ClassVar[str] = "categories"
    exact: ClassVar[bool] = False
    bound: ClassVar[str] = (
        "no count too large, none too small by more than `error` ≤ n/(most + 1), always; exact up to `most` categories"
    )

    most: int = 1000
    n: int = 0
    missing: int = 0
    error: int = 0
    counts: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, values: Any, first_row: int = 0) -> Self:
        """Of values (n,) of any kind, read as text; None and NaN are missing."""
        counts: dict[str, int] = {}
        missing = 0
        for value, count in _counted(values):
            if value is None or value != value:  # noqa: PLR0124  (NaN differs from itself)
                missing += count
            else:
                counts[str(value)] = counts.get(str(value), 0) + count
        return self._lowered(sum(counts.values()), missing, 0, counts)

    def __add__(self, other: Self) -> Self:
        same("size", self.most, other.most)
        counts = dict(self.counts)
        for name, count in other.counts.items():
            counts[name] = counts.get(name, 0) + count
        return self._lowered(self.n + other.n, self.missing + other.missing, self.error + other.error, counts)

    def _lowered(self, n: int, missing: int, error: int, counts: dict[str, int]) -> Self:
        if len(counts) > self.most:
            low = sorted(counts.values(), reverse=True)[self.most]
            error += low
            counts = {name: count - low for name, count in counts.items() if count > low}
        # By name: the order in which parts came leaves no trace.
        ordered = MappingProxyType(dict(sorted(counts.items())))
        return type(self)(most=self.most, n=n, missing=missing, error=error, counts=ordered)

    def __reduce__(self) -> tuple[Any, ...]:
        """A view of a mapping can't be sent to another process; the mapping can."""
        return _rebuilt, (type(self), self.most, self.n, self.missing, self.error, dict(self.counts))


def _rebuilt(
    kind: type[Categories], most: int, n: int, missing: int, error: int, counts: dict[str, int]
) -> Categories:
    return kind(most=most, n=n, missing=missing, error=error, counts=MappingProxyType(counts))


def _counted(values: Any) -> Iterable[tuple[Any, int]]:
    """Distinct values with their counts; Arrow counts by itself."""
    if hasattr(values, "value_counts") and hasattr(values, "null_count"):
        return [(pair["values"], pair["counts"]) for pair in values.value_counts().to_pylist()]
    counts: dict[Any, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return counts.items()
