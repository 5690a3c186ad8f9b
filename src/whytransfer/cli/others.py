"""The other commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from whytransfer.cli.later import not_yet


def adapt(
    source: Annotated[str, typer.Argument(metavar="SOURCE")],
    target: Annotated[str, typer.Argument(metavar="TARGET")],
    label: Annotated[str, typer.Option("--label", metavar="COL")] = "",
    out: Annotated[str, typer.Option(metavar="FILE")] = "predictions.parquet",
    save: Annotated[str | None, typer.Option(metavar="FILE.skops")] = None,
    methods: Annotated[list[str] | None, typer.Option(metavar="NAME")] = None,
    labels: Annotated[str | None, typer.Option(metavar="ROWS.csv")] = None,
) -> int:
    """Adapt the model to TARGET where that helps."""
    raise not_yet("adapt", "adapt")


def report(
    audit: Annotated[Path, typer.Argument(metavar="AUDIT.json", help="What `audit --json` wrote.")],
    html: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write the report; without it, print it.")
    ] = None,
) -> int:
    """Render a saved audit."""
    from whytransfer.report import render
    from whytransfer.report.console import stdout_console
    from whytransfer.result import Audit

    saved = Audit.from_json(audit)
    if html is None:
        render(saved.document, stdout_console())
    else:
        saved.to_html(html)
    return 0


def diff(
    old: Annotated[str, typer.Argument(metavar="OLD.json")],
    new: Annotated[str, typer.Argument(metavar="NEW.json")],
) -> int:
    """Say why a verdict changed."""
    raise not_yet("diff", "diff")


def compare(domains: Annotated[list[str], typer.Argument(metavar="A B [C ...]")]) -> int:
    """Compare several domains."""
    raise not_yet("compare", "compare")


def embed(
    folder: Annotated[str, typer.Argument(metavar="FOLDER")],
    out: Annotated[str, typer.Option(metavar="FILE")] = "features.parquet",
) -> int:
    """Turn images or text into columns."""
    raise not_yet("embed", "embed", "`whytransfer audit` takes tables of features today")


def calibrate(
    history: Annotated[str, typer.Argument(metavar="HISTORY")],
    out: Annotated[str, typer.Option(metavar="FILE")] = "reference.json",
) -> int:
    """Learn a reference class from your own transfers."""
    raise not_yet("calibrate", "calibrate")


def demo(
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the reports go.")] = Path("out"),
    seed: Annotated[int, typer.Option()] = 0,
) -> int:
    """Penguins: learn the sex of Adelie, transfer to Gentoo, then reveal the truth."""
    from whytransfer.demo import show

    show(out, seed)
    return 0
