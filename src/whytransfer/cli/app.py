"""The commands."""

from __future__ import annotations

from typing import Annotated

import typer

from whytransfer.cli.adapt import adapt
from whytransfer.cli.audit import audit
from whytransfer.cli.lab import lab
from whytransfer.cli.others import calibrate, compare, demo, diff, embed, report
from whytransfer.cli.plans import labels

app = typer.Typer(
    name="whytransfer",
    help="Will a model trained here work there? If not, why, and what is the cheapest thing that would make it work?",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version as installed

        typer.echo(f"whytransfer {installed('whytransfer')}")
        raise typer.Exit


@app.callback()
def whytransfer(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and leave.")
    ] = False,
) -> None:
    """Audit transfers between data sets."""


app.command()(audit)
for command in (adapt, report, diff, compare, embed, calibrate, lab, demo):
    app.command()(command)
app.add_typer(labels, name="labels")
