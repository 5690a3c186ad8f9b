"""From the files that ``whytransfer audit`` names to a problem: read whole, or by summaries and a sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from whytransfer.cli.material import is_photos, read_photos, read_texts
from whytransfer.errors import InputError, UnknownNameError

if TYPE_CHECKING:
    from whytransfer.features.photos import Photos
    from whytransfer.models import Predictions
    from whytransfer.problem import Problem


def column_of(path: str, name: str) -> Any:
    """The values of a column of the target, as they are written."""
    from whytransfer.problem.read import Wanted, read_table

    frame = read_table(path, wanted=Wanted(text=(name,)))
    columns = [str(column) for column in frame.columns]
    if name not in columns:
        raise UnknownNameError("column of the target for --by", name, columns)
    return frame.iloc[:, columns.index(name)]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Given:
    """What the files hold: the problem, predictions where they have columns of them, and the photographs where rows are such."""

    problem: Problem
    predictions: Predictions | None = None
    photos: Photos | None = None


def given_by(options: Mapping[str, Any], target: Any) -> Given:
    """What SOURCE and one of the targets hold."""
    from whytransfer.cli.inputs import predictions_of
    from whytransfer.problem import Problem
    from whytransfer.problem.read import read_table

    source, predictions = options["source"], None
    if is_photos(options):
        photos = read_photos(options, source, target)
        return Given(problem=photos.problem, photos=photos)
    if options["prediction"] is not None or options["proba"] is not None:
        frames = read_table(source), read_table(target)
        predictions, source, target = predictions_of(*frames, options["prediction"], options["proba"])
    if options["text"]:
        source, target = read_texts(options, source, target)
    roles = {
        "use_target_labels": options["use_target_labels"],
        "group": options["group"],
        "time": options["time"],
        "weights": options["weights"],
        "task": options["task"],
    }
    if streams(options, source, target):
        from whytransfer.scale import engine_of, read_streamed

        engine = engine_of(options["engine"], options["scheduler"])
        streamed = read_streamed(
            source, target, options["label"], engine=engine, seed=options["seed"], **roles
        )
        return Given(problem=streamed)
    problem = Problem.read(source, target, options["label"], target_labels=options["target_labels"], **roles)
    return Given(problem=problem, predictions=predictions)


_WHOLE = {
    "prediction": "--prediction",
    "proba": "--proba",
    "target_labels": "--target-labels",
    "target_is_whole": "--target-is-whole",
    "by": "--by",
    "domain": "--domain",
    "text": "--text",
}
"""What speaks of single rows of the files, or of all of them, so that these are read whole."""


def streams(options: Mapping[str, Any], source: Any, target: Any) -> bool:
    """Whether summaries and samples stand for the files: where one is large, lies behind a URL, or a scheduler was named."""
    from whytransfer.scale import Dask, engine_of, is_large, is_url, rows_in

    named = [flag for name, flag in _WHOLE.items() if options[name]]
    by_dask = isinstance(engine_of(options["engine"], options["scheduler"]), Dask)
    if not by_dask and not is_url(source) and not is_url(target):
        return not named and is_large(source, target)
    what = "--engine dask" if by_dask else "a URL"
    if named:
        raise InputError(
            f"{what} draws a sample of the rows, and {named[0]} speaks of single ones or of all; leave one of them out"
        )
    if None in (rows_in(source), rows_in(target)):
        raise InputError(f"{what} reads Parquet and Arrow files; write the tables as Parquet")
    return True
