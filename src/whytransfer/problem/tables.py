"""Two tables taken apart into features and columns with a role."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from whytransfer.errors import InputError
from whytransfer.problem.delimited import WORDS
from whytransfer.problem.native import column, column_names, has_names, native_rows, select
from whytransfer.problem.read import Wanted, is_archive, read_table, refuse_missing
from whytransfer.problem.schema import nearest_name
from whytransfer.wording import how_many

Pair = tuple[Any, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """What is known beside the features, each for (source, target), None where it is not."""

    labels: Pair
    groups: Pair = (None, None)
    time: Pair = (None, None)
    weights: Pair = (None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """Features of both domains in their own containers, the roles taken out.

    Parameters
    ----------
    source, target : native rows
        Features only.
    roles : Roles
        Labels, groups, times, weights.
    label_name : str or None
        Name of the label column.
    warnings : tuple of str
        What was said while taking them apart.
    words : pair of mappings
        What a text file's reader took for missing labels, and in how many cells.
    """

    source: Any
    target: Any
    roles: Roles
    label_name: str | None = None
    warnings: tuple[str, ...] = ()
    words: tuple[Mapping[str, int], Mapping[str, int]] = ({}, {})

    @classmethod
    def read(
        cls,
        source: Any,
        target: Any,
        *,
        label: str,
        target_labels: Any,
        use_target_labels: bool,
        columns: Mapping[str, str | None],
    ) -> Tables:
        """Read both and take the roles out; see `Problem.read`.

        Parameters
        ----------
        columns : mapping
            Column name of each of ``groups``, ``time``, ``weights``, None where there is none.
        """
        named = {role: name for role, name in columns.items() if name is not None}
        _refuse_two_roles({"label": label, **named})
        warnings: list[str] = []
        for given in (source, target, target_labels):
            if isinstance(given, (str, os.PathLike)):
                refuse_missing(os.fspath(given))
        ours = _loaded(source, "source", label, named)
        theirs = _loaded(target, "target", label, named)
        label = _label_of_archive(label, ours, source, warnings)
        _refuse_one_column(ours, theirs, label)
        taken = {role: _taken(ours, theirs, role, name, warnings) for role, name in named.items()}
        ys = column(ours, _place(ours, label, "source", "label"))
        yt = _target_label(theirs, label, warnings, use=use_target_labels, others=target_labels)
        for names in (column_names(ours), column_names(theirs)):
            warnings += [_index_sentence(name) for name in names if name.startswith("Unnamed: ")]
        dropped = {label, *named.values()}
        return cls(
            source=_without(ours, dropped, "source"),
            target=_without(theirs, dropped, "target"),
            roles=Roles(labels=(ys, yt if target_labels is None else target_labels), **taken),
            label_name=label,
            warnings=tuple(dict.fromkeys(warnings)),
            words=(_words(ours), _words(theirs) if use_target_labels else {}),
        )


def _loaded(given: Any, what: str, label: str, named: Mapping[str, str]) -> Any:
    if isinstance(given, (str, os.PathLike)):
        text = (named["groups"],) if "groups" in named else ()
        return read_table(given, wanted=Wanted(text=text, beside=(label, *named.values()), label=label))
    rows = native_rows(given, what)
    if not has_names(rows):
        raise InputError(
            f"{what}: an array has no column names, so no column {label!r} can be found; "
            "pass a path or a data frame, or use Problem(Xs, ys, Xt) for arrays"
        )
    return rows


def _label_of_archive(label: str, ours: Any, source: Any, warnings: list[str]) -> str:
    names = column_names(ours)
    if label in names or "y" not in names:
        return label
    if isinstance(source, (str, os.PathLike)) and is_archive(source):
        warnings.append(f"the label of an NPZ file is its array 'y'; it was read for {label!r}")
        return "y"
    return label


def _refuse_two_roles(roles: Mapping[str, str]) -> None:
    seen: dict[str, str] = {}
    for role, name in roles.items():
        if name in seen:
            raise InputError(
                f"column {name!r} is named as {seen[name]} and as {role}, expected one role for a column"
            )
        seen[name] = role


def _refuse_one_column(ours: Any, theirs: Any, label: str) -> None:
    for what, rows, expected in (
        ("source", ours, f"the label {label!r} and at least one feature"),
        ("target", theirs, ""),
    ):
        names = column_names(rows)
        if len(names) == 1 and (expected or names[0] not in column_names(ours)):
            raise InputError(
                f"{what}: only one column, {names[0][:60]!r}, expected {expected or 'the columns of the source'}; "
                "is it separated by something else than comma, semicolon, tab or bar?"
            )


def _place(rows: Any, name: str, what: str, role: str) -> int:
    names = column_names(rows)
    if name in names:
        return names.index(name)
    near = nearest_name(name, names)
    hint = f"did you mean {near!r}? " if near else ""
    shown = ", ".join(repr(other) for other in names[:10]) + (", …" if len(names) > 10 else "")
    raise InputError(f"{what}: no {role} column {name!r}; {hint}columns are {shown}")


def _taken(ours: Any, theirs: Any, role: str, name: str, warnings: list[str]) -> Pair:
    """A role's column in both; it may be missing in one of them, and that is said."""
    here, there = name in column_names(ours), name in column_names(theirs)
    if not here and not there:
        _place(ours, name, "source", role)
    if here != there:
        warnings.append(f"the {role} column {name!r} is in the {'source' if here else 'target'} only")
    return (
        column(ours, _place(ours, name, "source", role)) if here else None,
        column(theirs, _place(theirs, name, "target", role)) if there else None,
    )


def _target_label(theirs: Any, label: str, warnings: list[str], *, use: bool, others: Any) -> Any:
    if use:
        return column(theirs, _place(theirs, label, "target", "label"))
    if label in column_names(theirs):
        known = int(column(theirs, _place(theirs, label, "target", "label")).notna().sum())
        if known:
            given = "" if others is None else "; the labels given beside it are used"
            warnings.append(
                f"the target has the label column {label!r} ({how_many(known, 'labels')}): set aside and used for nothing{given}"
                + (
                    ""
                    if others is not None
                    else "; use_target_labels (--use-target-labels) evaluates with it"
                )
            )
    return None


def _words(rows: Any) -> Mapping[str, int]:
    """Words of the label column that a text file's reader took for missing labels, and how often."""
    return dict(getattr(rows, "attrs", {}).get(WORDS, {}))


def _index_sentence(name: str) -> str:
    return f"column {name!r} looks like a row index that pandas wrote; it is used as a feature: leave it out"


def _without(rows: Any, dropped: set[str], what: str) -> Any:
    names = column_names(rows)
    kept = [position for position, name in enumerate(names) if name not in dropped]
    if not kept:
        raise InputError(
            f"{what}: no feature columns beside {', '.join(sorted(map(repr, names)))}, expected at least one"
        )
    return select(rows, kept)
