"""``whytransfer labels``: which target rows to label, and what the labels certify."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from whytransfer.cli.files import read_by, refuse_missing
from whytransfer.cli.inputs import refuse_contradictions
from whytransfer.cli.material import (
    FINETUNE,
    EncoderName,
    LabelFrom,
    SkipBroken,
    TextColumn,
    fine_tuned,
    is_photos,
    label_of,
    read_photos,
    read_texts,
    refuse_mixed,
)
from whytransfer.cli.options import LossCap, TaskOption
from whytransfer.cli.tables import Given
from whytransfer.cli.unusable import refuse_metric, refuse_unknown, refuse_unusable
from whytransfer.errors import InputError

if TYPE_CHECKING:
    from whytransfer.claims import Assumption
    from whytransfer.labels import LabelPlan
    from whytransfer.labels.number_plan import NumberPlan

labels = typer.Typer(help="Plan target labels and certify with them.", rich_markup_mode=None)

Sheet = Annotated[str, typer.Argument(metavar="ROWS.csv", help="The sheet, as far as it is filled in.")]
PlanFile = Annotated[
    str | None,
    typer.Option("--plan", metavar="FILE", help="The plan; by default rows.plan.json beside rows.csv."),
]


@labels.command()
def plan(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="Labelled rows the model learns from.")],
    target: Annotated[str, typer.Argument(metavar="TARGET", help="Rows the model must work on.")],
    label: Annotated[str, typer.Option("--label", metavar="COL", help="Column that holds the label.")] = "",
    tolerance: Annotated[
        float | None,
        typer.Option(help="WORKS means: error at most this; default: the source's majority error."),
    ] = None,
    budget: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Labels that can be had; default: 200, or all rows of TARGET where they are fewer.",
        ),
    ] = None,
    out: Annotated[
        str, typer.Option(metavar="FILE", help="The sheet; its plan goes beside it, as FILE.plan.json.")
    ] = "rows.csv",
    design: Annotated[
        str,
        typer.Option(
            metavar="fixed|sequential", help="Exact at the planned number, or valid after every label."
        ),
    ] = "fixed",
    way: Annotated[
        str, typer.Option(metavar="auto|uniform|stratified|disagreement", help="Which rows.")
    ] = "auto",
    model: Annotated[
        str | None, typer.Option(metavar="FILE.skops", help="A fitted model, saved with skops.")
    ] = None,
    learner: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="logistic (default), boosted, stump or tree2; of a quantity linear (default) or boosted; of images finetune too.",
        ),
    ] = None,
    prediction: Annotated[
        str | None, typer.Option(metavar="COL", help="Column with a model's predictions, in both files.")
    ] = None,
    proba: Annotated[
        str | None, typer.Option(metavar="COL,COL", help="Columns with its class probabilities.")
    ] = None,
    candidate: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE.skops", help="A further model to choose from; repeat it for several."),
    ] = None,
    trained_on_source: Annotated[
        str | None, typer.Option(metavar="yes|no", help="Was the given model trained on SOURCE?")
    ] = None,
    target_is_whole: Annotated[
        bool, typer.Option("--target-is-whole", help="TARGET holds every row there will ever be.")
    ] = False,
    per_class: Annotated[
        bool, typer.Option("--per-class", help="Limit the error of each class too; the error gets delta/2.")
    ] = False,
    label_noise: Annotated[float, typer.Option(help="Largest share of wrong labels: limits widen.")] = 0.0,
    metric: Annotated[
        str, typer.Option(metavar="NAME", help="Of a quantity: error (absolute), rmse or huber:KNEE.")
    ] = "error",
    loss_cap: LossCap = None,
    task: TaskOption = None,
    delta: Annotated[float, typer.Option(help="Failure probability of all certificates, per side.")] = 0.05,
    repeat: Annotated[
        int | None,
        typer.Option(
            metavar="T", help="This is the T-th certificate of a series: it gets delta * 6 / (pi T)^2."
        ),
    ] = None,
    group: Annotated[str | None, typer.Option(metavar="COL", help="Column of groups.")] = None,
    time: Annotated[str | None, typer.Option(metavar="COL", help="Column of times.")] = None,
    text: TextColumn = None,
    label_from: LabelFrom = None,
    encoder: EncoderName = None,
    skip_broken: SkipBroken = False,
    seed: Annotated[int, typer.Option(help="The same seed draws the same rows.")] = 0,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print the names of the files only; warnings go to stderr.")
    ] = False,
) -> int:
    """Choose the target rows to label: a sheet to fill in, and the plan that judges it.

    Writes nothing but the two files, and never overwrites a sheet that is there.
    """
    from whytransfer.certify import MOST_LABELS, plan_labels
    from whytransfer.cli.inputs import model_of, trained
    from whytransfer.cli.output import note

    options = dict(locals())
    refuse_mixed(options)
    options["label"] = label_of(options)
    refuse_contradictions(options)
    refuse_missing(options)
    refuse_unknown(options)
    refuse_metric(metric)
    refuse_unusable({**options, "trained_on_source": None}, task)
    sheet = _free(out, read_by(options))
    given, shown = _given(options)
    tuned = None if learner != FINETUNE or given.photos is None else fine_tuned(options, given.photos)
    made = plan_labels(
        given.problem,
        model=model_of(model, learner) if tuned is None else tuned,
        tolerance=tolerance,
        budget=MOST_LABELS if budget is None else budget,
        design=design,
        delta=delta,
        seed=seed,
        way=way,
        population="file" if target_is_whole else "law",
        candidates=_models(candidate or []),
        predictions=given.predictions,
        per_class=per_class,
        label_noise=label_noise,
        repeat=repeat,
        trained_on_source=trained(trained_on_source),
        metric=metric,
        loss_cap=loss_cap,
    )
    if shown is not None:
        # People label photographs and texts, not the numbers that a network made of them.
        made = dataclasses.replace(made, frame=shown.iloc[made.rows], names=tuple(map(str, shown.columns)))
    beside = made.to_csv(sheet)
    if not quiet:
        _print_plan(made)
    typer.echo(f"{sheet}\n{beside}")
    note(made.warnings)
    return 0


@labels.command(name="next")
def following(
    rows: Sheet,
    out: Annotated[
        str, typer.Option(metavar="FILE", help="The sheet with the labels so far and the next batch.")
    ] = "rows2.csv",
    plan: PlanFile = None,
) -> int:
    """Write a sheet with the rows labelled so far and the next batch to label."""
    from whytransfer.labels.sheet import continued

    sheet, target = Path(rows), _free(out, (rows,))
    made = _plan(sheet, plan)
    found = continued(made, sheet, target)
    typer.echo(f"{found.sheet}\n{found.plan}\n{found.text}")
    return 0


@labels.command()
def certify(
    rows: Sheet,
    plan: PlanFile = None,
    source: Annotated[
        str | None,
        typer.Option(metavar="SOURCE", help="The source, for λ with its two parts; the error gets delta/2."),
    ] = None,
    json: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write the audit/1 document; - is stdout.")
    ] = None,
    html: Annotated[str | None, typer.Option(metavar="FILE", help="Write the report.")] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print the verdict line only; warnings go to stderr.")
    ] = False,
) -> int:
    """Say what the labels certify, and whether to go on labelling.

    Exit code: 0 works, 10 fails, 11 undecided, 2 bad input.
    """
    from whytransfer.certify import certify as run
    from whytransfer.cli.output import print_answer

    inputs = [rows, *([] if plan is None else [plan]), *([] if source is None else [source])]
    for name, path in (("--json", json), ("--html", html)):
        if path not in (None, "-"):
            _writable(name, str(path), inputs)
    made = _plan(Path(rows), plan)
    if source is not None:
        refuse_missing({"source": source})
    result = run(made, rows, source=source)
    if html:
        result.to_html(html)
    if json and json != "-":
        result.to_json(json)
    if json == "-":
        sys.stdout.write(result.to_json())
    else:
        print_answer(result.document, quiet=quiet)
    return result.verdict.exit_code


def _plan(sheet: Path, given: str | None) -> LabelPlan | NumberPlan:
    from whytransfer.labels import LabelPlan
    from whytransfer.labels.sheet import plan_beside

    if not sheet.is_file():
        raise InputError(f"{sheet}: there is no such sheet; `whytransfer labels plan` writes one")
    path = plan_beside(sheet) if given is None else Path(given)
    if not path.is_file():
        raise InputError(
            f"{path}: the plan of {sheet} is not there; name it with --plan: without it nobody knows how the rows were drawn"
        )
    return LabelPlan.read(path)


def _given(options: dict[str, Any]) -> tuple[Given, Any]:
    """What SOURCE and TARGET hold, and what people are shown of the target where that is not its columns."""
    from whytransfer.cli.inputs import predictions_of
    from whytransfer.cli.output import note
    from whytransfer.problem import Problem
    from whytransfer.problem.read import read_table

    here, there, predictions, shown = options["source"], options["target"], None, None
    if is_photos(options):
        import pandas as pd

        photos = read_photos(options, here, there)
        note(photos.warnings)
        return Given(problem=photos.problem, photos=photos), pd.DataFrame({"path": photos.target.names})
    if options["prediction"] is not None or options["proba"] is not None:
        frames = read_table(here), read_table(there)
        predictions, here, there = predictions_of(*frames, options["prediction"], options["proba"])
    label, group, time = options["label"], options["group"], options["time"]
    if options["text"]:
        shown = there if predictions is not None else read_table(there)
        shown = shown.drop(columns=[name for name in (label, group, time) if name in shown.columns])
        here, there = read_texts(options, here, there)
    problem = Problem.read(here, there, label=label, group=group, time=time, task=options["task"])
    return Given(problem=problem, predictions=predictions), shown


def _models(files: list[str]) -> dict[str, Any]:
    from whytransfer.models.saved import load_model

    found = {}
    for file in files:
        name = Path(file).stem
        if name in found:
            raise InputError(f"--candidate: two files are called {name}; name them differently")
        found[name] = load_model(Path(file))
    return found


def _free(out: str, inputs: Sequence[str]) -> Path:
    """Where a sheet may be written: never over one that somebody may have filled in."""
    _writable("--out", out, inputs)
    path = Path(out)
    if path.exists():
        raise InputError(f"--out {out}: that file is there already and may hold labels; give another name")
    return path


def _writable(flag: str, path: str, inputs: Sequence[str]) -> None:
    if Path(path).resolve() in {Path(p).resolve() for p in inputs}:
        raise InputError(f"{flag} {path}: that is an input file; give another name")
    if Path(path).is_dir() or not Path(path).absolute().parent.is_dir():
        raise InputError(f"{flag} {path}: expected a file in a folder that exists")


def _print_plan(made: LabelPlan | NumberPlan) -> None:
    """The curve that is shown before anyone labels."""
    from whytransfer.claims import figures
    from whytransfer.labels.number_plan import NumberPlan

    if isinstance(made, NumberPlan):
        _print_numbers(made)
        return
    typer.echo(
        f"{made.n} of {made.m} target rows, {made.design} design, drawn {made.way}; required: error at most {figures.required(made.requirement, made.requirement_kind)}"
    )
    for index, (size, drawn) in enumerate(zip(made.sizes, made.drawn, strict=True)):
        if len(made.sizes) > 1:
            typer.echo(f"  stratum {index}: {drawn} of {size} rows")
    sequential = made.design == "sequential"
    typer.echo(
        "\n  if the error is   then       labels at power .80   this plan settles it"
        + ("   after, on average" if sequential else "")
    )
    for entry in made.power:
        needed = "more than there are" if entry["labels"] is None else str(entry["labels"])
        after = f"   {entry['expected']:17.0f}" if sequential else ""
        typer.echo(
            f"  {entry['true_error']:13.3f}   {entry['answer'].upper():6}  {needed:>20}   {entry['probability']:20.2f}{after}"
        )
    _print_standing(made.standing)
    _print_savings(made.forecast.get("savings") or {})
    typer.echo("")


def _print_numbers(made: NumberPlan) -> None:
    """The curve of a plan for a quantity."""
    from whytransfer.claims import figures

    typer.echo(
        f"{made.n} of {made.m} target rows, drawn uniformly, valid after every label; required: {made.loss.title} at most {figures.required(made.requirement, made.requirement_kind)}"
    )
    if made.power:
        typer.echo(
            "\n  If errors there are those here times a factor:\n"
            "       true loss   then       labels at power .80   this plan settles it"
        )
    for entry in made.power:
        needed = "more than there are" if entry["labels"] is None else str(entry["labels"])
        typer.echo(
            f"  {entry['true_error']:14.4g}   {entry['answer'].upper():6}  {needed:>20}   {entry['probability']:20.2f}"
        )
    if made.power:
        _print_standing(made.standing)
    typer.echo("")


def _print_standing(standing: Sequence[Assumption]) -> None:
    """That nothing of the curve above comes true where the plan's certificates are conditional."""
    if standing:
        names = " and ".join(f"{a.id} ({a.status})" for a in standing)
        typer.echo(
            f"  These figures take the rows for independent draws that the model has not met: as it is, certificates stand on {names} and settle nothing."
        )


def _print_savings(saved: Mapping[str, Any]) -> None:
    """What strata and predictions are worth on this data, and what others report."""
    if saved.get("expected") is None:
        return
    typer.echo(
        f"\nStrata are expected to take {_percent(saved)} off the variance of a uniform draw's estimate, on {saved['pseudo_targets']} "
        "pseudo-targets cut from the source; exact limits turn about two thirds of that into labels saved."
    )
    powered = saved["prediction_powered"]
    if powered["expected"] is not None:
        typer.echo(
            f"Predictions of the errors alone (prediction-powered inference) would take {_percent(powered)} off."
        )
    low, high = saved["published"]
    typer.echo(f"Published savings are {100 * low:.0f} to {100 * high:.0f} %, not multiples.")


def _percent(saved: Mapping[str, Any]) -> str:
    expected, low, high = (round(100 * saved[name]) for name in ("expected", "low", "high"))
    return f"{expected} % ({low} to {high} %)"
