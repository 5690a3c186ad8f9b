"""What differs between two audits, in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from whytransfer.claims import figures
from whytransfer.report import words
from whytransfer.report.terminal import heading, print_part, section
from whytransfer.wording import how_many

SHOWN = 12
"""Rows of a table that are printed; the JSON has all."""


def render_difference(told: Mapping[str, Any], console: Console) -> None:
    """Print a ``diff/1`` or ``diffs/1`` document."""
    for part in _several(told) if "parts" in told else _parts(told):
        print_part(console, part)


def _parts(told: Mapping[str, Any]) -> Iterator[RenderableType]:
    yield _line(told["verdict"])
    yield from section("Why", told["why"])
    yield from _claims(told["claims"])
    yield from section("Assumptions known in another way", [_assumption(a) for a in told["assumptions"]])
    yield from _features(told["features"])
    yield from section("New warnings", told["warnings"]["new"], "! ")
    yield from section("Warnings that are gone", told["warnings"]["gone"])


def _several(told: Mapping[str, Any]) -> Iterator[RenderableType]:
    yield _line(told["verdict"])
    lines = [f"{part['name']}: {_line(part['diff']['verdict']).plain}" for part in told["parts"]]
    yield from section("Each", lines)
    yield from section("Why", told["why"])
    gone = [
        f"{what}: {', '.join(told[key])}"
        for key, what in (("appeared", "new"), ("gone", "gone"))
        if told[key]
    ]
    yield from section("Others", gone)
    yield from section(
        "δ", [f"{was}; now: {is_}" for was, is_ in [told["sharing"]]] if told["sharing"] else []
    )


def _line(verdict: Mapping[str, Any]) -> Text:
    old, new = (_answer(verdict[when]) for when in ("old", "new"))
    if not verdict["changed"]:
        return Text(f"{new}, as before")
    return Text(f"{old}, and now {new}", style="bold")


def _answer(said: Mapping[str, Any]) -> str:
    basis = "" if said["basis"] is None else f" ({said['basis']})"
    return f"{words.ANSWERS[said['answer']]}{basis}"


def _claims(claims: Mapping[str, Any]) -> Iterator[RenderableType]:
    # Of a label that is a quantity, losses in its unit; numbers of two units share no table.
    unit = "label" if any(c["unit"] == "label" for c in claims["moved"]) else "error"
    moved = [c for c in claims["moved"] if c["unit"] == unit]
    moved.sort(
        key=lambda claim: (
            not claim["apart"],
            -max(abs(change or 0.0) for change in claim["change"].values()),
        )
    )
    if moved:
        named = "the unit of the label" if unit == "label" else "units of error"
        yield heading(f"Claims that moved most, in {named}")
        table = _table(("", "estimate", "at least", "at most"))
        for claim in moved[:SHOWN]:
            cells = [_from_to(claim, name, shown) for name, shown in _FIGURES]
            table.add_row(
                Text(words.clean(claim["id"]) + (" (limits apart)" if claim["apart"] else "")), *cells
            )
        yield Padding(table, (0, 0, 0, 2))
    rest = len(claims["moved"]) - min(len(moved), SHOWN)
    lines = [f"{how_many(rest, 'more claims')} moved: all are in the JSON"] if rest else []
    lines += [
        f"{what}: {', '.join(claims[key])}"
        for key, what in (("appeared", "new"), ("gone", "gone"))
        if claims[key]
    ]
    yield from section("Further claims", lines)


_FIGURES = (("estimate", figures.estimate), ("lower", figures.at_least), ("upper", figures.at_most))


def _from_to(claim: Mapping[str, Any], name: str, shown: Any) -> Text:
    was, is_ = (shown(claim[when][name], claim["unit"]) for when in ("old", "new"))
    return Text(is_ if was == is_ else f"{was} → {is_}")


def _assumption(entry: Mapping[str, Any]) -> str:
    was, is_ = ("not listed" if s is None else words.STATUSES[s] for s in entry["status"])
    test = f" ({entry['test']})" if entry["test"] else ""
    return f"{entry['text']}: {was}, now {is_}{test}; behind {', '.join(entry['claims'])}"


def _features(features: Mapping[str, Any]) -> Iterator[RenderableType]:
    if features["moved"]:
        yield heading("Columns")
        table = _table(("", "shift", "harm", "harmful"))
        for feature in features["moved"][:SHOWN]:
            pairs = [[figures.estimate(v) for v in feature[name]] for name in ("shift", "harm")]
            pairs.append(["yes" if v else "no" for v in feature["harmful"]])
            cells = [Text(was if was == is_ else f"{was} → {is_}") for was, is_ in pairs]
            table.add_row(Text(words.clean(feature["name"], longest=200)), *cells)
        yield Padding(table, (0, 0, 0, 2))
    rest = len(features["moved"]) - SHOWN
    lines = [f"{rest:,} more columns moved: all are in the JSON"] if rest > 0 else []
    lines += [
        f"{what}: {', '.join(features[key])}"
        for key, what in (("appeared", "new"), ("gone", "gone"))
        if features[key]
    ]
    yield from section("Further columns", lines)


def _table(names: tuple[str, ...]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(overflow="fold")
    for _ in names[1:]:
        table.add_column(justify="right", no_wrap=True)
    table.add_row(*(Text(name, style="dim") for name in names))
    return table
