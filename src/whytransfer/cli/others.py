"""The other commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from whytransfer.cli.later import not_yet


def report(
    audit: Annotated[str, typer.Argument(metavar="AUDIT.json", help="What `audit --json` wrote.")],
    html: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write the report; without any form, print it.")
    ] = None,
    markdown: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write a comment for a pull request; - is stdout.")
    ] = None,
    junit: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write a JUnit file; - is stdout.")
    ] = None,
) -> int:
    """Render a saved audit."""
    from whytransfer.cli.output import refuse_unwritable, write_forms
    from whytransfer.io import read_document
    from whytransfer.report import from_json, render
    from whytransfer.report.console import stdout_console
    from whytransfer.report.validate import SCHEMA_ID, SEVERAL_ID

    asked = {"html": html, "markdown": markdown, "junit": junit}
    refuse_unwritable(asked, [audit])
    text = read_document(audit, "audit", "give what `audit --json` wrote")
    document = from_json(text, SCHEMA_ID, SEVERAL_ID)
    write_forms(document, asked)
    if not any(asked.values()):
        render(document, stdout_console())
    return 0


def diff(
    old: Annotated[str, typer.Argument(metavar="OLD.json", help="What an earlier `audit --json` wrote.")],
    new: Annotated[str, typer.Argument(metavar="NEW.json", help="What a later one wrote.")],
    json: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write the differences; - is stdout.")
    ] = None,
) -> int:
    """Say why a verdict changed, and what moved between two saved audits."""
    import sys
    from pathlib import Path

    from whytransfer.cli.output import refuse_unwritable
    from whytransfer.diff import diff as run
    from whytransfer.io import write_atomically
    from whytransfer.report import render_difference, to_json
    from whytransfer.report.console import stdout_console
    from whytransfer.result import Audit

    refuse_unwritable({"json": json}, [old, new])
    told = run(Audit.from_json(old), Audit.from_json(new)).document
    if json is not None and json != "-":
        write_atomically(Path(json), to_json(told))
    if json == "-":
        sys.stdout.write(to_json(told))
    else:
        render_difference(told, stdout_console())
    return 0


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
    history: Annotated[
        str,
        typer.Argument(
            metavar="HISTORY",
            help="Your past transfers: a folder of audits with target labels, or CSV or JSON lines with data_set, target_error and "
            "audit (the file).",
        ),
    ],
    out: Annotated[
        str, typer.Option(metavar="FILE", help="The reference class; - is stdout.")
    ] = "reference.json",
    name: Annotated[str, typer.Option(help="Whose transfers these are, for the reports.")] = "own transfers",
) -> int:
    """Learn a reference class from your own past transfers, for `audit --reference FILE`."""
    import json
    import sys

    from whytransfer.backtest import calibrate as fit
    from whytransfer.backtest import read_history
    from whytransfer.io import write_atomically

    found, data = fit(read_history(history), name=name)
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False) + "\n"
    if out == "-":
        sys.stdout.write(text)
    else:
        write_atomically(out, text)
    record = found.record.get("panel") or found.record["panel_votes"]
    held = (
        f"; on data sets left out the upper limit held {record['upper_holds']:.1%}"
        if "upper_holds" in record
        else ""
    )
    sys.stderr.write(f"{len(found.positions)} transfers of {found.data_sets} data sets{held}\n")
    return 0


def demo(
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the reports go.")] = Path("out"),
    seed: Annotated[int, typer.Option()] = 0,
) -> int:
    """Penguins: learn the sex of Adelie, transfer to Gentoo, then reveal the truth."""
    from whytransfer.demo import show

    show(out, seed)
    return 0
