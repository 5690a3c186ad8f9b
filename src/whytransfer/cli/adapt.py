"""``whytransfer adapt``: a model for the target where one is shown to help, else the source model."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from whytransfer.cli.files import read_by, refuse_missing
from whytransfer.cli.inputs import taken_out, told_apart
from whytransfer.cli.journal import begin, journalled
from whytransfer.cli.material import (
    FINETUNE,
    EncoderName,
    LabelFrom,
    SkipBroken,
    TextColumn,
    is_photos,
    label_of,
    read_photos,
    read_texts,
    refuse_mixed,
)
from whytransfer.cli.options import DomainColumn, TaskOption
from whytransfer.cli.unusable import refuse_unknown, refuse_unusable
from whytransfer.errors import InputError

if TYPE_CHECKING:
    from whytransfer.adapt import Adapted
    from whytransfer.cli.output import Output
    from whytransfer.features import Photos
    from whytransfer.problem import Problem

NOT_COMPARABLE = 12
FORMATS = (".parquet", ".csv")


def adapt(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="Labelled rows: a file or a folder of Parquet.")
    ],
    target: Annotated[str, typer.Argument(metavar="TARGET", help="Rows to predict.")],
    label: Annotated[str, typer.Option("--label", metavar="COL", help="Column that holds the label.")] = "",
    out: Annotated[
        str,
        typer.Option(
            metavar="FILE", help="Predictions, .parquet or .csv: row, prediction, a probability a class."
        ),
    ] = "predictions.parquet",
    save: Annotated[
        str | None, typer.Option(metavar="FILE.skops", help="Save the model; `audit --model` takes it.")
    ] = None,
    methods: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME,...",
            help="Candidates beside the source model; `source` alone keeps it. Default: those of the diagnosed kind of shift.",
        ),
    ] = None,
    labels: Annotated[
        str | None,
        typer.Option(metavar="ROWS.csv", help="Target labels one may learn or choose with: row,label."),
    ] = None,
    learner: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="logistic (default), boosted, stump or tree2; of a quantity linear (default) or boosted.",
        ),
    ] = None,
    target_labels: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Target labels for evaluation only: row,label or one a row."),
    ] = None,
    use_target_labels: Annotated[
        bool, typer.Option("--use-target-labels", help="Evaluate with the label column of TARGET.")
    ] = False,
    group: Annotated[
        str | None, typer.Option(metavar="COL", help="Column of groups: their rows stay together.")
    ] = None,
    time: Annotated[str | None, typer.Option(metavar="COL", help="Column of times.")] = None,
    domain: DomainColumn = None,
    task: TaskOption = None,
    text: TextColumn = None,
    label_from: LabelFrom = None,
    encoder: EncoderName = None,
    skip_broken: SkipBroken = False,
    html: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write the report of the model's audit.")
    ] = None,
    json: Annotated[str | None, typer.Option(metavar="FILE", help="Write the audit; - is stdout.")] = None,
    seed: Annotated[int, typer.Option(help="The one seed; same seed, same bytes.")] = 0,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print the choice only; warnings go to stderr.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a run like this one that was ended before its end.")
    ] = False,
) -> int:
    """Adapt the model to TARGET where that is shown to help, and predict.

    Exit code: 0 predictions were written (the source model kept included), 12 not comparable, 2 bad input.
    """
    return _adapt(dict(locals()))


def _adapt(options: dict[str, Any]) -> int:
    from whytransfer.cli.output import Output, refuse_unwritable

    refuse_mixed(options)
    if options["learner"] == FINETUNE:
        raise InputError(
            "--learner finetune is for `audit` and `labels plan`: adaptation works on features; leave it out here"
        )
    options["label"] = label_of(options)
    if Path(options["out"]).suffix not in FORMATS:
        raise InputError(f"--out {options['out']}: expected a name that ends in {' or '.join(FORMATS)}")
    written = {name: options[name] for name in ("out", "save", "html", "json")}
    refuse_unwritable(written, read_by(options))
    refuse_missing(options)
    options["methods"] = _named(options["methods"])
    refuse_unknown(options)
    refuse_unusable({"seed": options["seed"]}, options["task"])
    output = Output(
        html=options["html"], json=options["json"], save_model=None, timings=None, quiet=options["quiet"]
    )
    with journalled(options):
        return _run(options, output)


def _run(options: Mapping[str, Any], output: Output) -> int:
    from whytransfer.adapt import adapt as run
    from whytransfer.cli.output import note

    with output.progress() as step:
        step("reading the files")
        domains = None
        if options["domain"] is not None:
            if is_photos(options) or options["text"]:
                raise InputError("--domain names a column of a table: leave --label-from and --text out")
            frame, domains = taken_out(options["source"], options["domain"])
            options = {**options, "source": frame, "domain": told_apart(options["domain"], domains)}
        problem, photos = _read(options)
        begin("adapt", options, [problem])
        adapted = run(
            problem,
            methods=options["methods"],
            learner=options["learner"],
            target_labels=options["labels"],
            seed=options["seed"],
            domains=domains,
        )
        if options["html"] or options["json"]:
            step("auditing the model")
            adapted.audit  # noqa: B018  (made here, so that its steps are shown)
    if photos is not None:
        note(photos.warnings)
    return _write(problem, adapted, options, None if photos is None else photos.target.names)


def _read(options: Mapping[str, Any]) -> tuple[Problem, Photos | None]:
    """The problem, and the photographs where rows are such."""
    from whytransfer.problem import Problem

    if is_photos(options):
        photos = read_photos(options, options["source"], options["target"])
        return photos.problem, photos
    source, target = options["source"], options["target"]
    if options["text"]:
        source, target = read_texts(options, source, target)
    problem = Problem.read(
        source,
        target,
        label=options["label"],
        target_labels=options["target_labels"],
        use_target_labels=options["use_target_labels"],
        group=options["group"],
        time=options["time"],
        task=options["task"],
    )
    return problem, None


def _named(given: Sequence[str] | None) -> Any:
    """``["coral,em", "tca"]`` as a list of names; the automatic candidates where none was given."""
    return (
        "auto" if not given else [name.strip() for part in given for name in part.split(",") if name.strip()]
    )


def _write(problem: Any, adapted: Adapted, options: Mapping[str, Any], names: list[str] | None) -> int:
    """Write what was asked for, then print the choice."""
    from whytransfer.cli.output import note
    from whytransfer.report import render_adaptation
    from whytransfer.report.console import stdout_console

    comparable = problem.mismatch is None
    if comparable:
        _predict(problem, adapted, Path(options["out"]), names)
        if options["save"]:
            adapted.save(options["save"])
    if options["html"]:
        adapted.audit.to_html(options["html"])
    if options["json"] and options["json"] != "-":
        adapted.to_json(options["json"])
    if options["json"] == "-":
        sys.stdout.write(adapted.to_json())
    else:
        summary = adapted.summary()
        render_adaptation(summary, stdout_console(), brief=options["quiet"])
        if options["quiet"]:
            note(summary["warnings"])
    return 0 if comparable else NOT_COMPARABLE


def _predict(problem: Any, adapted: Adapted, path: Path, names: list[str] | None) -> None:
    """Row, path where rows are photographs, prediction and a probability a class, whole or not at all."""
    import numpy as np
    import pandas as pd

    from whytransfer.io import write_atomically

    rows = problem.target.take(np.arange(problem.target.n))
    frame = pd.DataFrame({"row": np.arange(problem.target.n), "prediction": adapted.predict(rows)})
    if names is not None:
        frame.insert(1, "path", names)
    if not problem.numeric:
        for name, column in zip(adapted.classes_, adapted.predict_proba(rows).T, strict=True):
            frame[f"probability_{name}"] = column
    if path.suffix == ".csv":
        write_atomically(path, frame.to_csv(index=False))
    else:
        written = BytesIO()
        frame.to_parquet(written, index=False)
        write_atomically(path, written.getvalue())
