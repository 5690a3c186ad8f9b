"""Whether the two domains have the same columns, of the same kinds."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from whytransfer.problem.columns import PLAIN_NUMBER, Kind, kind_of
from whytransfer.problem.native import column_names, has_names, is_sparse

if TYPE_CHECKING:
    import pandas as pd

MOST_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """How the target's columns correspond to the source's.

    Parameters
    ----------
    positions : tuple of int or None
        Position in the target of every source column; None when some are missing.
    warnings : tuple of str
        Columns that were set aside, or taken by position.
    mismatch : str or None
        Why the two can't be compared.
    """

    positions: tuple[int, ...] | None
    warnings: tuple[str, ...] = ()
    mismatch: str | None = None


def aligned(source: Any, target: Any) -> Alignment:
    """Match columns by name, in any order; by position where one side has no names.

    Parameters
    ----------
    source, target : native rows
        See `whytransfer.problem.native.native_rows`.
    """
    ours, theirs = column_names(source), column_names(target)
    if not (has_names(source) and has_names(target)):
        return _by_position(source, target)
    place = {name: position for position, name in enumerate(theirs)}
    missing = [name for name in ours if name not in place]
    known = set(ours)
    extra = [name for name in theirs if name not in known]
    if missing:
        return Alignment(positions=None, mismatch=_missing_sentence(missing, extra, theirs))
    warnings: tuple[str, ...] = ()
    if extra:
        warnings = (f"the target has {_columns(extra)}, which the source has not: set aside",)
    return Alignment(positions=tuple(place[name] for name in ours), warnings=warnings)


def _by_position(source: Any, target: Any) -> Alignment:
    p, q = source.shape[1], target.shape[1]
    if p != q:
        return Alignment(
            positions=None,
            mismatch=f"the source has {p} columns and the target has {q}, and not both name them",
        )
    warnings: tuple[str, ...] = ()
    if has_names(source) != has_names(target):
        nameless = "target" if has_names(source) else "source"
        warnings = (f"the columns of the {nameless} have no names and are matched by position",)
    return Alignment(positions=tuple(range(p)), warnings=warnings)


def _missing_sentence(missing: list[str], extra: list[str], theirs: tuple[str, ...]) -> str:
    parts = []
    for name in missing[:MOST_SHOWN]:
        near = nearest_name(name, extra) or nearest_name(name, theirs)
        parts.append(f"{name!r}" + (f" (the nearest name there is {near!r})" if near else ""))
    rest = f" and {len(missing) - MOST_SHOWN} more" if len(missing) > MOST_SHOWN else ""
    word = "column" if len(missing) == 1 else "columns"
    return f"the target lacks the source's {word} {', '.join(parts)}{rest}"


def nearest_name(name: str, others: list[str] | tuple[str, ...]) -> str | None:
    """The name among `others` that is written most alike, case and spaces aside."""
    folded = {" ".join(other.split()).casefold(): other for other in others}
    close = difflib.get_close_matches(" ".join(name.split()).casefold(), folded, n=1)
    return folded[close[0]] if close else None


def different_kinds(source: Any, target: Any) -> str | None:
    """A sentence about the columns that hold another kind of thing in the target, None when there are none.

    Integers and floats are one kind, true/false goes with 0 and 1, categories go with text (categories that are
    numbers with numbers), and a column without any value goes with everything.

    Parameters
    ----------
    source, target : pandas.DataFrame or CSR matrix
        Tidied frames with the same columns in the same order.
    """
    if is_sparse(source) or is_sparse(target):
        frame = target if is_sparse(source) else source
        if is_sparse(frame):
            return None
        texts = [str(name) for name in frame.columns if kind_of(frame[name]) in (Kind.TEXT, Kind.DATE)]
        return f"{_columns(texts)}: no numbers, but the other domain is a sparse matrix" if texts else None
    found = []
    for position, (name, ours, theirs) in enumerate(
        zip(source.columns, source.dtypes, target.dtypes, strict=True)
    ):
        if ours == theirs and ours.kind in "biufM":
            continue
        difference = _difference(source.iloc[:, position], target.iloc[:, position])
        if difference:
            found.append(f"column {str(name)!r} holds {difference}")
    if not found:
        return None
    rest = f" (and {len(found) - 3} more columns differ)" if len(found) > 3 else ""
    return "; ".join(found[:3]) + rest


def _difference(here: pd.Series, there: pd.Series) -> str | None:
    kinds = (kind_of(here), kind_of(there))
    if kinds[0] is kinds[1] or not here.notna().any() or not there.notna().any():
        return None
    if set(kinds) == {Kind.NUMBER, Kind.BOOLEAN}:
        numbers = here if kinds[0] is Kind.NUMBER else there
        if set(np.unique(numbers.dropna().to_numpy(dtype=np.float64))) <= {0.0, 1.0}:
            return None
    if (
        Kind.TEXT in kinds
        and Kind.NUMBER in kinds
        and _numbers_as_categories(here if kinds[0] is Kind.TEXT else there)
    ):
        return None
    return f"{kinds[0]} in the source{_example(here, kinds)} but {kinds[1]} in the target{_example(there, kinds)}"


def _numbers_as_categories(series: pd.Series) -> bool:
    import pandas as pd

    return isinstance(series.dtype, pd.CategoricalDtype) and all(
        PLAIN_NUMBER.fullmatch(str(category)) for category in series.cat.categories
    )


def _example(series: pd.Series, kinds: tuple[Kind, Kind]) -> str:
    """A cell that shows the difference, for text only: the first one that is no number where the other side is."""
    if kind_of(series) is not Kind.TEXT:
        return ""
    cells = series.dropna().astype(object)
    odd = next(
        (cell for cell in cells if Kind.NUMBER in kinds and not PLAIN_NUMBER.fullmatch(str(cell))),
        cells.iloc[0],
    )
    return f" (such as {str(odd)[:40]!r})"


def _columns(names: list[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:MOST_SHOWN])
    rest = f" and {len(names) - MOST_SHOWN} more" if len(names) > MOST_SHOWN else ""
    return f"the {'column' if len(names) == 1 else 'columns'} {shown}{rest}"
