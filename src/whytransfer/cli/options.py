"""Options that several commands take, each with one meaning and one help."""

from __future__ import annotations

from typing import Annotated

import typer

DomainColumn = Annotated[
    str | None,
    typer.Option(metavar="COL", help="Column of SOURCE that names the source of each row: several sources."),
]
TaskOption = Annotated[
    str | None,
    typer.Option(
        metavar="classification|regression", help="What the labels are, where they don't say it themselves."
    ),
]
LossCap = Annotated[
    float | None,
    typer.Option(
        metavar="X",
        help="Of a quantity: errors beyond X count as X; an upper limit needs it, and a label plan.",
    ),
]
