"""``whytransfer lab``: worlds whose truth is known."""

from __future__ import annotations

import json as json_module
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from whytransfer.errors import InputError

if TYPE_CHECKING:
    from whytransfer.lab.table import XiTable

DEFAULT_XI = ("0.1", "0.01", "0.001")


def lab(
    world: Annotated[
        str | None,
        typer.Argument(
            metavar="WORLD", help="xi, or another name of wt.lab.worlds(); not needed with --html."
        ),
    ] = None,
    xi: Annotated[
        list[str] | None,
        typer.Option(metavar="NUMBER", help="Gap between neighbouring points, 0.1 or 1/7; may be repeated."),
    ] = None,
    json: Annotated[
        str | None, typer.Option(metavar="FILE|-", help="Write the numbers; - is stdout.")
    ] = None,
    html: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write the page of the theory, to play with.")
    ] = None,
) -> int:
    """Show a world whose truth is known; xi is the article's counter-example, with its errata."""
    from whytransfer.cli.output import refuse_unwritable

    if world is None and html is None:
        raise InputError("WORLD is missing: give xi or another name of wt.lab.worlds(), or --html FILE")
    if world is None and json is not None:
        raise InputError("--json writes the numbers of a world: name one, such as xi")
    if world != "xi" and xi:
        raise InputError("--xi is the gap of the world xi: name that world, or leave the option out")
    refuse_unwritable({"html": html, "json": json}, [])
    told = None if world is None else _told(world, tuple(xi or DEFAULT_XI))
    if html is not None:
        from whytransfer.io import write_atomically
        from whytransfer.lab.page import to_html

        write_atomically(Path(html), to_html())
    if told is not None:
        _put(*told, json)
    return 0


def _told(world: str, gaps: tuple[str, ...]) -> tuple[Any, str]:
    """The numbers of a world, as a document and as text."""
    if world == "xi":
        tables = _tables(gaps)
        return {"world": "xi", "tables": [t.to_dict() for t in tables]}, _as_text(tables)
    document = _truth(world)
    return document, _columns([document, *document.get("beside", [])])


def _tables(values: tuple[str, ...]) -> list[XiTable]:
    from whytransfer.lab.table import xi_table

    return [xi_table(value) for value in values]


def _truth(name: str) -> dict[str, Any]:
    from whytransfer.lab import WORLDS
    from whytransfer.names import resolve

    world = resolve("world", name, WORLDS)()
    found, *beside = [
        {"world": name, "parameters": repr(w), "truth": {k: _finite(v) for k, v in w.truth.items()}}
        for w in (world, *world.beside())
    ]
    return found | ({"beside": beside} if beside else {})


def _finite(value: float) -> float | None:
    """JSON has no infinity; the text says it."""
    return value if math.isfinite(value) else None


def _columns(worlds: list[dict[str, Any]]) -> str:
    """A line a quantity and a column a world, under the parameters of each where there are several."""
    keys = list(dict.fromkeys(key for w in worlds for key in w["truth"]))
    cells = [["", *(w["parameters"] for w in worlds)]] if len(worlds) > 1 else []
    for key in keys:
        values = (w["truth"].get(key, "") for w in worlds)
        cells.append([key, *("infinite" if v is None else f"{v}" for v in values)])
    widths = [max(len(row[i]) for row in cells) for i in range(len(worlds) + 1)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    )


def _as_text(tables: list[XiTable]) -> str:
    """One column a ξ, the errata of the first below; a quantity that a coarse comb lacks is left blank."""
    keys = list(dict.fromkeys(row.key for table in tables for row in table.rows))
    rows = {row.key: row for table in tables for row in table.rows}
    values = [{row.key: row.decimal for row in table.rows} for table in tables]
    lines = [table.title for table in tables]
    head = ["", "in n"] + [f"ξ = {table.world.step}" for table in tables]
    cells = [head] + [[rows[k].text, rows[k].formula, *(v.get(k, "") for v in values)] for k in keys]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    lines += [
        "",
        *("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in cells),
    ]
    lines += ["", f"What the article says, at ξ = {tables[0].world.step}"]
    for erratum in tables[0].errata:
        lines += ["", f"“{erratum.said}”: {erratum.verdict}.", f"  {erratum.holds}"]
    return "\n".join(lines)


def _put(document: Any, text: str, target: str | None) -> None:
    written = json_module.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    if target == "-":
        sys.stdout.write(written)
        return
    if target is not None:
        from whytransfer.io import write_atomically

        write_atomically(Path(target), written)
    sys.stdout.write(text + "\n")
