"""The other commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from whytransfer.cli.material import EncoderName, SkipBroken, TextColumn
from whytransfer.cli.options import LossCap, TaskOption
from whytransfer.wording import how_many


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
    from whytransfer.cli.output import refuse_pages_on_stdout, refuse_unwritable, write_forms
    from whytransfer.report import read_saved, render
    from whytransfer.report.console import stdout_console
    from whytransfer.report.validate import SCHEMA_ID, SEVERAL_ID

    asked = {"html": html, "markdown": markdown, "junit": junit}
    refuse_unwritable(asked, [audit])
    document = read_saved(audit, SCHEMA_ID, SEVERAL_ID)
    if document["schema"] == SEVERAL_ID:
        refuse_pages_on_stdout(html)
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
    from whytransfer.several import read_audit

    refuse_unwritable({"json": json}, [old, new])
    told = run(read_audit(old), read_audit(new)).document
    if json is not None and json != "-":
        write_atomically(Path(json), to_json(told))
    if json == "-":
        sys.stdout.write(to_json(told))
    else:
        render_difference(told, stdout_console())
    return 0


def compare(
    domains: Annotated[
        list[str], typer.Argument(metavar="A B [C ...]", help="Labelled tables, two to twelve.")
    ],
    label: Annotated[
        str, typer.Option("--label", metavar="COL", help="Column that holds the label in all of them.")
    ] = "",
    learner: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="logistic (default), boosted, stump or tree2; of a quantity linear (default) or boosted.",
        ),
    ] = None,
    group: Annotated[
        str | None, typer.Option(metavar="COL", help="Column of groups: their rows stay together.")
    ] = None,
    time: Annotated[str | None, typer.Option(metavar="COL", help="Column of times.")] = None,
    delta: Annotated[
        float, typer.Option(help="Failure probability of all certificates of all pairs together, per side.")
    ] = 0.05,
    label_noise: Annotated[float, typer.Option(help="Largest share of wrong labels: limits widen.")] = 0.0,
    metric: Annotated[
        str, typer.Option(metavar="NAME", help="Of a quantity: error (absolute), rmse or huber:KNEE.")
    ] = "error",
    loss_cap: LossCap = None,
    task: TaskOption = None,
    json: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write the comparison; - is stdout.")
    ] = None,
    seed: Annotated[int, typer.Option(help="The one seed; same seed, same bytes.")] = 0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> int:
    """Compare labelled domains: errors and disagreement of their models both ways, λ, and how far they are apart."""
    import sys

    from whytransfer.cli.output import Output, names_of, refuse_unwritable
    from whytransfer.cli.unusable import refuse_metric, refuse_unknown, refuse_unusable
    from whytransfer.compare import compare as run
    from whytransfer.errors import InputError
    from whytransfer.io import write_atomically
    from whytransfer.problem.read import refuse_missing
    from whytransfer.report import render_comparison, to_json
    from whytransfer.report.console import stdout_console

    if not label:
        raise InputError("--label COL is missing: name the column that holds the label in all domains")
    refuse_unwritable({"json": json}, domains)
    for domain in domains:
        refuse_missing(domain)
    asked = {"delta": delta, "seed": seed, "label_noise": label_noise, "metric": metric, "loss_cap": loss_cap}
    refuse_unknown({"task": task, "learner": learner})
    refuse_metric(metric)
    refuse_unusable(asked, task)
    files = dict(zip(names_of(domains, "domain"), domains, strict=True))
    with Output(html=None, json=json, save_model=None, timings=None, quiet=quiet).progress() as step:
        step("reading the files")
        told = run(files, label, learner, group=group, time=time, task=task, **asked).document  # type: ignore[arg-type]
    if json is not None and json != "-":
        write_atomically(Path(json), to_json(told))
    if json == "-":
        sys.stdout.write(to_json(told))
    else:
        render_comparison(told, stdout_console())
    return 0


def embed(
    folder: Annotated[
        str,
        typer.Argument(
            metavar="FOLDER",
            help="Images: a folder (a sub-folder a class, or flat), or a CSV of path,label; with --text a table.",
        ),
    ],
    out: Annotated[
        str,
        typer.Option(
            metavar="FILE.parquet",
            help="The features, and the labels where there are any, as a table for `audit`.",
        ),
    ] = "features.parquet",
    label: Annotated[
        str,
        typer.Option("--label", metavar="COL", help="What the label column is called; `label` by default."),
    ] = "",
    text: TextColumn = None,
    encoder: EncoderName = None,
    skip_broken: SkipBroken = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> int:
    """Turn images or a text column into columns of a table.

    The paths of images are the table's index: pandas shows them, and an audit leaves them out.
    """
    from whytransfer.cli.material import embedded

    return embedded(dict(locals()))


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
    sys.stderr.write(
        f"{how_many(len(found.positions), 'transfers')} of {how_many(found.data_sets, 'data sets')}{held}\n"
    )
    return 0


def demo(
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the reports go.")] = Path("out"),
    seed: Annotated[int, typer.Option(help="The one seed; same seed, same bytes.")] = 0,
) -> int:
    """Penguins: learn the sex of Adelie, transfer to Gentoo, then reveal the truth."""
    from whytransfer.demo import show
    from whytransfer.errors import InputError

    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"--out {out}: can't be made a folder ({error.strerror}); give another name"
        ) from None
    show(out, seed)
    return 0
