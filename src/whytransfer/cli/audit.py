"""``whytransfer audit``: the main job."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast, get_type_hints

import typer

from whytransfer.cli.config import read_config, typed
from whytransfer.cli.files import refuse_missing
from whytransfer.cli.inputs import refuse_contradictions
from whytransfer.cli.journal import begin, journalled
from whytransfer.cli.material import (
    FINETUNE,
    EncoderNames,
    LabelFrom,
    SkipBroken,
    TextColumn,
    fine_tuned,
    is_photos,
    label_of,
    read_photos,
    refuse_mixed,
    told,
    told_each,
)
from whytransfer.cli.options import DomainColumn, LossCap, TaskOption
from whytransfer.cli.tables import Given, column_of, given_by
from whytransfer.cli.unusable import refuse_unknown, refuse_unusable
from whytransfer.errors import InputError
from whytransfer.wording import of_whom

if TYPE_CHECKING:
    from whytransfer.result import Audit
    from whytransfer.several import Audits

SourceFile = Annotated[
    str,
    typer.Argument(
        metavar="SOURCE", help="Labelled rows the model learns from: a file or a folder of Parquet."
    ),
]
TargetFiles = Annotated[
    list[str], typer.Argument(metavar="TARGET", help="Rows the model must work on; several share δ.")
]
LabelColumn = Annotated[str, typer.Option("--label", metavar="COL", help="Column that holds the label.")]


def audit(
    context: typer.Context,
    source: SourceFile,
    target: TargetFiles,
    label: LabelColumn = "",
    tolerance: Annotated[
        float | None, typer.Option(help="WORKS means: error (or the --metric) on the target at most this.")
    ] = None,
    max_drop: Annotated[float | None, typer.Option(help="WORKS means: error rises by at most this.")] = None,
    target_labels: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Target labels for evaluation only: row,label or one label a row."),
    ] = None,
    use_target_labels: Annotated[
        bool, typer.Option("--use-target-labels", help="Evaluate with the label column of TARGET.")
    ] = False,
    labels: Annotated[
        str | None, typer.Option("--labels", metavar="ROWS.csv", help="Labels one may learn or choose with.")
    ] = None,
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
        str | None,
        typer.Option(
            metavar="COL,COL", help="Columns with its class probabilities, in sorted order of the classes."
        ),
    ] = None,
    trained_on_source: Annotated[
        str | None, typer.Option(metavar="yes|no", help="Was the given model trained on SOURCE?")
    ] = None,
    save_model: Annotated[
        str | None, typer.Option(metavar="FILE.skops", help="Save the model that was audited.")
    ] = None,
    assume: Annotated[
        list[str] | None,
        typer.Option(metavar="K=V,...", help="Assumptions you assert, e.g. class=stumps,sigma=.05,tau=.1."),
    ] = None,
    theorem: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="Only this bound; repeat it for several. Any of whytransfer.theorems()."
        ),
    ] = None,
    require: Annotated[
        str,
        typer.Option(
            metavar="BASIS", help="certified, conditional or estimated: WORKS on less becomes UNDECIDED."
        ),
    ] = "estimated",
    delta: Annotated[
        float, typer.Option(help="Failure probability of all certificates together, per side.")
    ] = 0.05,
    label_noise: Annotated[float, typer.Option(help="Largest share of wrong labels: limits widen.")] = 0.0,
    metric: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="What is judged: error, balanced_error, f1, auc or cost:FILE; of a quantity error (absolute), rmse or huber:KNEE; --tolerance limits it as a loss.",
        ),
    ] = "error",
    loss_cap: LossCap = None,
    task: TaskOption = None,
    by: Annotated[
        str | None,
        typer.Option(metavar="COL", help="A verdict for each value of this column of TARGET; δ is shared."),
    ] = None,
    target_is_whole: Annotated[
        bool, typer.Option("--target-is-whole", help="TARGET holds every row there will ever be.")
    ] = False,
    weights: Annotated[
        str | None, typer.Option(metavar="COL", help="Column of row weights, in either file or both.")
    ] = None,
    max_weight: Annotated[
        float | None,
        typer.Option(metavar="X", help="What no weight exceeds: without it weighted claims have no limits."),
    ] = None,
    group: Annotated[
        str | None, typer.Option(metavar="COL", help="Column of groups: their rows stay together.")
    ] = None,
    time: Annotated[str | None, typer.Option(metavar="COL", help="Column of times.")] = None,
    domain: DomainColumn = None,
    text: TextColumn = None,
    label_from: LabelFrom = None,
    encoder: EncoderNames = None,
    html: Annotated[str | None, typer.Option(metavar="FILE", help="Write the report.")] = None,
    json: Annotated[str | None, typer.Option(metavar="FILE", help="Write the result; - is stdout.")] = None,
    markdown: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write a comment for a pull request; - is stdout.")
    ] = None,
    junit: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write a JUnit file; - is stdout.")
    ] = None,
    reference: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="A reference class of your own transfers, from `whytransfer calibrate`."
        ),
    ] = None,
    no_examples: Annotated[
        bool, typer.Option("--no-examples", help="Leave cells of user data out of the output.")
    ] = False,
    seed: Annotated[int, typer.Option(help="The one seed; same seed, same bytes.")] = 0,
    time_budget: Annotated[
        float | None,
        typer.Option(metavar="S", help="Seconds after which further steps are skipped, and said."),
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print the verdict line only; warnings go to stderr.")
    ] = False,
    engine: Annotated[
        str, typer.Option(metavar="threads|dask", help="Where partitions are read.")
    ] = "threads",
    scheduler: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Dask scheduler.")] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a run like this one that was ended before its end.")
    ] = False,
    skip_broken: SkipBroken = False,
    timings: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write wall times and the date.")
    ] = None,
    config: Annotated[
        str | None, typer.Option(metavar="FILE.toml", help="Options from a file; the command line wins.")
    ] = None,
) -> int:
    """Will a model trained on SOURCE work on TARGET?

    Exit code: 0 works, 10 fails, 11 undecided, 12 not comparable, 2 bad input. Of several targets or
    sub-groups the worst: fails, else not comparable, else undecided, else works.
    """
    given = dict(context.params)
    options = _with_config(context, given, config)
    _refuse_labels(options)
    return _audit(options)


def _with_config(context: typer.Context, given: dict[str, Any], config: str | None) -> dict[str, Any]:
    positional = {"source", "target", "config"}
    found = read_config(None if config is None else Path(config), set(given) - positional)
    hints = get_type_hints(audit)
    found = {name: typed(name, value, hints[name]) for name, value in found.items()}
    defaulted = {name for name in given if "DEFAULT" in str(context.get_parameter_source(name))}
    return {**given, **{name: value for name, value in found.items() if name in defaulted}}


def _refuse_labels(options: dict[str, Any]) -> None:
    if options["labels"]:
        raise InputError(
            "--labels: an audit learns from no target label; `whytransfer adapt --labels` does, and --target-labels evaluates with them"
        )
    refuse_mixed(options)
    options["label"] = label_of(options)
    refuse_contradictions(options)


def _audit(options: dict[str, Any]) -> int:
    from whytransfer.cli.output import Output

    several = len(options["target"]) > 1 or options["by"] is not None
    _refuse_mixtures(options)
    output = Output.of(options)
    refuse_missing(options)
    refuse_unknown(options)
    asked = _asked(options)
    refuse_unusable(asked, options["task"])
    with journalled(options):
        with output.progress() as step:
            step("reading the files")
            result = _each(options, asked) if several else _one(options, asked)
        output.write(result)
    return result.exit_code


def _refuse_mixtures(options: dict[str, Any]) -> None:
    from whytransfer.cli.output import refuse_pages_on_stdout

    targets, by = options["target"], options["by"]
    if len(targets) > 1 or by is not None:
        refuse_pages_on_stdout(options["html"])
    if len(targets) > 1 and by is not None:
        raise InputError(
            "--by and several targets exclude each other: cut one target, or audit several whole ones"
        )
    if len(targets) > 1 and options["target_labels"]:
        raise InputError(
            "--target-labels names rows of one target; with several, give each file its label column and --use-target-labels"
        )
    if [options["source"], *targets].count("-") > 1:
        raise InputError("two tables can't both come from standard input: give a file for one of them")
    if by is not None and "-" in (options["source"], targets[0]):
        raise InputError("--by reads the target twice: give a file, not standard input")
    if options["domain"] is not None:
        _refuse_with_sources(options)


def _refuse_with_sources(options: dict[str, Any]) -> None:
    """What speaks of one model of one source."""
    if len(options["target"]) > 1 or options["by"] is not None:
        raise InputError("--domain judges one target: leave --by and further targets out")
    given = next((flag for name, flag in _ONE_SOURCE.items() if options[name]), None)
    if given is not None or is_photos(options):
        raise InputError(
            f"--domain trains a model for each source of a table: leave {given or '--label-from'} out"
        )


_ONE_SOURCE = {
    "model": "--model",
    "prediction": "--prediction",
    "trained_on_source": "--trained-on-source",
    "text": "--text",
}


def _asked(options: dict[str, Any]) -> dict[str, Any]:
    """What is asked of each audit, by the names of the API."""
    from whytransfer.cli.inputs import assumptions, model_of, trained

    return {
        "model": model_of(options["model"], options["learner"]),
        "tolerance": options["tolerance"],
        "max_drop": options["max_drop"],
        "assume": assumptions(options["assume"]),
        "require": options["require"],
        "delta": options["delta"],
        "population": "file" if options["target_is_whole"] else "law",
        "seed": options["seed"],
        "trained_on_source": trained(options["trained_on_source"]),
        "theorems": options["theorem"] or None,
        "examples": not options["no_examples"],
        "reference": options["reference"],
        "label_noise": options["label_noise"],
        "metric": options["metric"],
        "loss_cap": options["loss_cap"],
        "max_weight": options["max_weight"],
        "time_budget": options["time_budget"],
    }


def _one(options: dict[str, Any], asked: dict[str, Any]) -> Audit:
    from whytransfer.audit import audit as run

    if is_photos(options) and len(options["encoder"] or ()) > 1:
        from whytransfer.cli.encoders import compared

        source, target = options["source"], options["target"][0]
        best, photos = compared(
            options["encoder"],
            lambda name: read_photos(options, source, target, name),
            run,
            asked,
        )
        return cast("Audit", told(best, photos, examples=not options["no_examples"]))
    domains = None
    if options["domain"] is not None:
        from whytransfer.cli.inputs import taken_out, told_apart

        frame, domains = taken_out(options["source"], options["domain"])
        column = options["domain"]
        options = {**options, "source": frame, "domain": told_apart(column, domains)}
    given = given_by(options, options["target"][0])
    begin("audit", options, [given.problem], given.predictions)
    named = {} if domains is None else {"domains": domains, "column": column}
    if options["learner"] == FINETUNE and given.photos is not None:
        asked = {**asked, "model": fine_tuned(options, given.photos)}
    audit = run(given.problem, predictions=given.predictions, **named, **asked)
    return cast("Audit", told(audit, given.photos, examples=not options["no_examples"]))


def _each(options: dict[str, Any], asked: dict[str, Any]) -> Audits:
    """A verdict a sub-group, or a target."""
    from whytransfer.cli.output import names_of
    from whytransfer.several import audit_each

    targets, by = options["target"], options["by"]
    if by is not None:
        whole = given_by(options, targets[0])
        begin("audit", options, [whole.problem], whole.predictions)
        values = column_of(targets[0], by)
        return audit_each(whole.problem, predictions=whole.predictions, by=values, column=by, **asked)
    read = {
        name: _of_target(options, name, target)
        for name, target in zip(names_of(targets, "target"), targets, strict=True)
    }
    problems = {name: given.problem for name, given in read.items()}
    said = {name: given.predictions for name, given in read.items() if given.predictions is not None}
    begin("audit", options, problems.values(), said)
    photos = {name: given.photos for name, given in read.items() if given.photos is not None}
    found = audit_each(problems, predictions=said or None, **asked)
    return cast("Audits", told_each(found, photos, examples=not options["no_examples"]))


def _of_target(options: dict[str, Any], name: str, target: str) -> Given:
    """What SOURCE and one of several targets hold; what can't be used is told with its name."""
    try:
        return given_by(options, target)
    except InputError as error:
        raise InputError(of_whom(str(error), Path(options["source"]).name, name)) from error
