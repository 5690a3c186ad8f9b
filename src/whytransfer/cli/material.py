"""What commands read where rows are photographs or texts: the options, the progress bar, and the problem."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from whytransfer.errors import InputError, UnknownNameError
from whytransfer.io.caches import cache_folder

if TYPE_CHECKING:
    from whytransfer.features import Photos

LabelFrom = Annotated[
    str | None,
    typer.Option(
        metavar="folder",
        help="SOURCE and TARGET are images: folders with a sub-folder a class (TARGET may lie flat), or CSVs of path,label.",
    ),
]
TextColumn = Annotated[str | None, typer.Option("--text", metavar="COL", help="Text column to embed.")]
SkipBroken = Annotated[
    bool, typer.Option("--skip-broken", help="Leave out images that can't be used, and say which.")
]
EncoderNames = Annotated[
    list[str] | None,
    typer.Option(
        "--encoder",
        metavar="NAME",
        help="What embeds images or text, as of `embed`; repeat it for several of images: the audit says which transfers.",
    ),
]
EncoderName = Annotated[
    str | None,
    typer.Option(
        "--encoder",
        metavar="NAME",
        help="What embeds images (efficientnet-lite0; timm:MODEL:FILE or torchvision:MODEL:FILE, .safetensors) or text (wordllama; "
        "sentence-transformers:FOLDER).",
    ),
]


def is_photos(options: Mapping[str, Any]) -> bool:
    """Whether the command was told that its inputs are images."""
    given = options.get("label_from")
    if given is None:
        return False
    if given != "folder":
        raise UnknownNameError("value of --label-from", str(given), ["folder"])
    return True


def _one_encoder(options: Mapping[str, Any]) -> str | None:
    """The encoder that was named; several are for one audit of images."""
    given = options.get("encoder")
    if given is None or isinstance(given, str):
        return given
    if len(given) > 1:
        raise InputError(
            "several encoders are compared by an audit of images with one target; give one --encoder here"
        )
    return str(given[0]) if given else None


def label_of(options: Mapping[str, Any]) -> str:
    """The name of the label column; that of images has a default."""
    if options["label"]:
        return str(options["label"])
    if is_photos(options):
        from whytransfer.features import LABEL

        return LABEL
    images = "; of images give --label-from folder" if Path(str(options["source"])).is_dir() else ""
    raise InputError(f"--label COL is missing: name the column that holds the label{images}")


def refuse_mixed(options: Mapping[str, Any]) -> None:
    """Refuse options that speak of something that isn't there."""
    photos = is_photos(options)
    if photos and options.get("text"):
        raise InputError(
            "--label-from and --text exclude each other: rows are images, or rows of a table with a text column"
        )
    if options.get("skip_broken") and not photos:
        raise InputError("--skip-broken is about images: give --label-from folder too")
    several = isinstance(options.get("encoder"), list) and len(options["encoder"]) > 1
    if several and options.get("resume"):
        raise InputError(
            "--resume goes on with one audit, and several encoders are several; leave one of them out"
        )
    if options.get("encoder") and not (photos or options.get("text")):
        raise InputError("--encoder is about images and text: give --label-from folder or --text COL too")
    refuse_finetune(options)
    columns = ("group", "time", "weights", "prediction", "proba", "by", "domain")
    named = next((name for name in columns if photos and options.get(name)), None)
    if named is not None:
        raise InputError(
            f"--{named} names a column, and images have none; embed them first (`whytransfer embed`) and add the column"
        )


def read_photos(options: Mapping[str, Any], source: str, target: str, encoder: str | None = None) -> Photos:
    """The two sets of images as a problem, with a bar for whoever watches; `encoder` is one of several."""
    from whytransfer.features import read_photos as read

    with bar(quiet=bool(options.get("quiet"))) as progress:
        return read(
            source,
            target,
            label=label_of(options),
            encoder=encoder or _one_encoder(options),
            skip_broken=bool(options.get("skip_broken")),
            use_target_labels=bool(options.get("use_target_labels")),
            target_labels=options.get("target_labels"),
            progress=progress,
        )


def read_texts(options: Mapping[str, Any], source: Any, target: Any) -> tuple[Any, Any]:
    """Both tables with their text column embedded."""
    from whytransfer.features import read_with_text, text_encoder

    encoder = text_encoder(_one_encoder(options))
    group = options.get("group")
    found = []
    with bar(quiet=bool(options.get("quiet"))) as progress:
        for what, path in (("source", source), ("target", target)):
            found.append(
                read_with_text(
                    path,
                    str(options["text"]),
                    encoder,
                    what=what,
                    text_columns=(group,) if group else (),
                    progress=_of(progress, f"embedding the {what}'s texts"),
                )
            )
    return found[0], found[1]


def _of(progress: Callable[[str, int, int], None], text: str) -> Callable[[int, int], None]:
    return lambda done, of: progress(text, done, of)


FINETUNE = "finetune"
"""The learner that needs images."""


def fine_tuned(options: Mapping[str, Any], photos: Photos) -> Any:
    """The unfitted network of ``--learner finetune``, the frozen blocks' share of the work done."""
    from whytransfer.features.finetune import FineTuned, Maps

    with bar(quiet=bool(options.get("quiet"))) as progress:
        maps = Maps(photos, cache=cache_folder(), progress=progress)
    return FineTuned(maps, seed=options["seed"])


def refuse_finetune(options: Mapping[str, Any]) -> None:
    """Refuse what a fine-tuned network can't be asked for, before any image is read."""
    if options.get("learner") != FINETUNE:
        return
    if not is_photos(options):
        raise InputError("--learner finetune trains a network on images: give --label-from folder too")
    if options.get("model"):
        raise InputError("--model and --learner exclude each other: give one of them")
    if options.get("save_model") or options.get("save"):
        raise InputError(
            "--learner finetune: the trained network can't be saved as .skops in this version; leave out the file"
        )
    if len(options.get("encoder") or ()) > 1 and not isinstance(options["encoder"], str):
        raise InputError("--learner finetune trains one encoder, efficientnet-lite0; leave out --encoder")
    target = options["target"]
    if not isinstance(target, str) and len(target) > 1:
        raise InputError("--learner finetune takes one target")


def told(audit: Any, photos: Photos | None, *, examples: bool) -> Any:
    """The audit with what there is to say of its photographs; itself where there are none."""
    if photos is None:
        return audit
    from whytransfer.features import with_photos

    document = with_photos(audit.document, photos, examples=examples)
    return replace(audit, document=document, warnings=(*photos.warnings, *audit.warnings))


def told_each(audits: Any, photos: Mapping[str, Photos], *, examples: bool) -> Any:
    """The same for several audits."""
    if not photos:
        return audits
    each = {name: told(audit, photos.get(name), examples=examples) for name, audit in audits.audits.items()}
    listed = [{**one, "audit": each[one["name"]].document} for one in audits.document["audits"]]
    return replace(audits, audits=each, document={**audits.document, "audits": listed})


def embedded(options: Mapping[str, Any]) -> int:
    """``whytransfer embed``: one table of features, written whole or not at all."""
    from io import BytesIO

    from whytransfer.cli.output import refuse_unwritable
    from whytransfer.io import write_atomically

    if Path(options["out"]).suffix != ".parquet":
        raise InputError(f"--out {options['out']}: expected a name that ends in .parquet")
    refuse_unwritable({"out": options["out"]}, [options["folder"]])
    frame = _embedded_table(options) if options["text"] else _embedded_images(options)
    written = BytesIO()
    frame.to_parquet(written, index=True if frame.index.name else None)
    write_atomically(options["out"], written.getvalue())
    return 0


def _embedded_table(options: Mapping[str, Any]) -> Any:
    from whytransfer.features import read_with_text, text_encoder

    if options["skip_broken"]:
        raise InputError("--skip-broken is about images: leave it out")
    with bar(quiet=options["quiet"]) as progress:
        return read_with_text(
            options["folder"],
            options["text"],
            text_encoder(options["encoder"]),
            what="table",
            progress=_of(progress, "embedding the texts"),
        )


def _embedded_images(options: Mapping[str, Any]) -> Any:
    from whytransfer.features import LABEL, image_encoder, read_domain, refuse_unusable

    label = options["label"] or LABEL
    with bar(quiet=options["quiet"]) as progress:
        domain = read_domain(
            options["folder"],
            image_encoder(options["encoder"]),
            label=label,
            cache=cache_folder(),
            progress=_of(progress, "embedding the images"),
        )
    for sentence in refuse_unusable([("images", domain.embedded)], skip=options["skip_broken"]):
        sys.stderr.write(f"note: {sentence}\n")
    return domain.frame(label, named=True)


@contextmanager
def bar(*, quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on stderr where that is a terminal; elsewhere a line for each text, once the work has taken a few seconds."""
    if quiet or not sys.stderr.isatty():
        from whytransfer.cli.output import SHOWN_AFTER

        seen: set[str] = set()
        started = time.perf_counter()

        def say(text: str, done: int, of: int) -> None:
            if not quiet and text not in seen and time.perf_counter() - started > SHOWN_AFTER:
                seen.add(text)
                sys.stderr.write(f"{text} ({of}) …\n")
                sys.stderr.flush()

        yield say
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    # The step that is shown on this line makes room for the bar.
    sys.stderr.write("\r\x1b[2K")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        tasks: dict[str, Any] = {}

        def advance(text: str, done: int, of: int) -> None:
            if text not in tasks:
                tasks[text] = shown.add_task(text, total=of)
            shown.update(tasks[text], completed=done)

        yield advance
