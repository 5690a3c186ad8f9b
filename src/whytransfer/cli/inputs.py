"""What the command line hands to the API: assumptions, models, predictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from whytransfer.errors import InputError, UnknownNameError


def assumptions(given: Sequence[str] | None) -> dict[str, float | str] | None:
    """``["class=stumps,sigma=.05", "tau=.1"]`` as a mapping; numbers become floats.

    Raises
    ------
    InputError
        When an item is not ``key=value``, or a key comes twice.
    """
    if not given:
        return None
    found: dict[str, float | str] = {}
    for item in (part.strip() for text in given for part in text.split(",")):
        key, equals, value = item.partition("=")
        if not (key and equals and value):
            raise InputError(
                f"--assume: expected KEY=VALUE,..., got {item!r}; for example class=stumps,sigma=.05,tau=.1"
            )
        if key in found:
            raise InputError(f"--assume: {key} is given twice")
        try:
            found[key] = float(value)
        except ValueError:
            found[key] = value
    return found


def refuse_contradictions(options: Mapping[str, Any]) -> None:
    """Refuse what options say of a model that can't all be meant, before any table is read.

    Raises
    ------
    InputError
        For a model that is given in two ways or in none, and for the label column as predictions.
    """
    given = {f"--{name}": options[name] for name in ("model", "learner", "prediction") if options[name]}
    if len(given) > 1:
        raise InputError(f"{' and '.join(given)} exclude each other: give one of them")
    if options["trained_on_source"] and not given.keys() & {"--model", "--prediction"}:
        raise InputError(
            "--trained-on-source is about a model that is given, and here one is trained: add --model or --prediction, or leave it out"
        )
    if options.get("save_model") and options["prediction"]:
        raise InputError(
            "--save-model: there is no model to save, only predictions are given; leave one of them out"
        )
    named = [options["prediction"], *columns_of(options["proba"])]
    if options["label"] in named:
        raise InputError(
            f"column {options['label']!r} is named as --label and as predictions, expected one role for a column; name the columns that hold "
            "what the model said"
        )


def columns_of(proba: str | None) -> list[str]:
    """The columns that ``--proba`` names."""
    return [column.strip() for column in proba.split(",")] if proba else []


def trained(answer: str | None) -> bool | None:
    """``yes``, ``no`` or nothing."""
    if answer is None:
        return None
    if answer not in ("yes", "no"):
        raise InputError(f"--trained-on-source: expected yes or no, got {answer!r}")
    return answer == "yes"


def model_of(model: str | None, learner: str | None) -> Any:
    """The fitted model of a file, the name of a learner, or None for the default."""
    if model is None:
        return learner
    from whytransfer.models.saved import load_model

    return load_model(Path(model))


def taken_out(source: str, column: str) -> tuple[Any, Any]:
    """A table without one of its columns, and the values of that column as they are written.

    Raises
    ------
    UnknownNameError
        Where the table has no such column.
    """
    from whytransfer.problem.read import Wanted, read_table

    frame = read_table(source, wanted=Wanted(text=(column,)))
    names = [str(name) for name in frame.columns]
    if column not in names:
        raise UnknownNameError("column of SOURCE for --domain", column, names)
    place = names.index(column)
    return frame.drop(columns=frame.columns[place]), frame.iloc[:, place]


def told_apart(column: str, values: Any) -> list[str]:
    """A column that was taken out, for the journal: its name, and what stands in it."""
    text = "\n".join(map(str, values))
    return [column, sha256(text.encode("utf-8", errors="surrogatepass")).hexdigest()]


def predictions_of(source: Any, target: Any, prediction: str | None, proba: str | None) -> Any:
    """Take the prediction columns out of both frames; None when no column was named.

    Returns
    -------
    tuple
        (predictions or None, source frame without those columns, target frame without them).
    """
    if prediction is None:
        if proba is not None:
            raise InputError("--proba needs --prediction: name the column of the predicted labels too")
        return None, source, target
    from whytransfer.models import Predictions

    columns = columns_of(proba)
    for name, frame in (("SOURCE", source), ("TARGET", target)):
        missing = [c for c in (prediction, *columns) if c not in frame.columns]
        if missing:
            option = "--prediction" if missing[0] == prediction else "--proba"
            raise UnknownNameError(f"column of {name} for {option}", missing[0], map(str, frame.columns))
    picked = Predictions(
        source[prediction].to_numpy(),
        target[prediction].to_numpy(),
        _probabilities(source, columns, "SOURCE") if columns else None,
        _probabilities(target, columns, "TARGET") if columns else None,
    )
    rest = [prediction, *columns]
    return picked, source.drop(columns=rest), target.drop(columns=rest)


def _probabilities(frame: Any, columns: list[str], name: str) -> Any:
    try:
        return frame[columns].to_numpy(dtype=float)
    except (ValueError, TypeError):
        raise InputError(
            f"--proba: {' and '.join(map(repr, columns))} of {name}: text, expected numbers, the model's probabilities of the classes"
        ) from None
