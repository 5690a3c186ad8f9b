"""``whytransfer labels``: which target rows to label, and what the labels certify."""

from __future__ import annotations

from typing import Annotated

import typer

from whytransfer.cli.later import not_yet

labels = typer.Typer(help="Plan target labels and certify with them.", rich_markup_mode=None)

INSTEAD = "`whytransfer audit ... --target-labels FILE` certifies with labels of randomly drawn rows today"


@labels.command()
def plan(
    source: Annotated[str, typer.Argument(metavar="SOURCE")],
    target: Annotated[str, typer.Argument(metavar="TARGET")],
    label: Annotated[str, typer.Option("--label", metavar="COL")] = "",
    tolerance: Annotated[float | None, typer.Option()] = None,
    budget: Annotated[int, typer.Option()] = 200,
    out: Annotated[str, typer.Option(metavar="FILE")] = "rows.csv",
    design: Annotated[str, typer.Option(metavar="fixed|sequential")] = "fixed",
) -> int:
    """Choose the target rows to label."""
    raise not_yet("labels plan", "labels", INSTEAD)


@labels.command(name="next")
def following(
    rows: Annotated[str, typer.Argument(metavar="ROWS.csv")],
    out: Annotated[str, typer.Option(metavar="FILE")] = "rows2.csv",
) -> int:
    """Choose the next batch of a sequential plan."""
    raise not_yet("labels next", "labels", INSTEAD)


@labels.command()
def certify(
    rows: Annotated[str, typer.Argument(metavar="ROWS.csv")],
    plan: Annotated[str | None, typer.Option(metavar="FILE")] = None,
    source: Annotated[str | None, typer.Option(metavar="SOURCE")] = None,
    json: Annotated[str | None, typer.Option(metavar="FILE")] = None,
) -> int:
    """Say what the labels certify."""
    raise not_yet("labels certify", "labels", INSTEAD)
