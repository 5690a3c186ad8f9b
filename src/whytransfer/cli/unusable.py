"""Names and numbers that no table could make right: refused before one is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from whytransfer.cli.material import FINETUNE, is_photos
from whytransfer.errors import InputError, UnknownNameError
from whytransfer.names import resolve


def refuse_unknown(options: Mapping[str, Any]) -> None:
    """Refuse the first option that takes one of several names and was given another.

    Parameters
    ----------
    options : mapping
        A command's options by parameter name; those that it has not are left alone.

    Raises
    ------
    UnknownNameError
        With the nearest name.
    """
    from whytransfer.problem.assemble import TASKS

    task = options.get("task")
    if task is not None:
        resolve("task", task, dict.fromkeys(TASKS))
    if "design" in options:
        from whytransfer.steps.labelling import DESIGNS, WAYS

        resolve("design", options["design"], dict.fromkeys(DESIGNS))
        resolve("way", options["way"], dict.fromkeys(WAYS))
    _refuse_learner(options.get("learner"), task, photos=is_photos(options))
    _refuse_methods(options.get("methods"), task)
    _refuse_encoders(options)
    if options.get("engine") is not None:
        from whytransfer.scale import engine_of

        engine_of(options["engine"], options["scheduler"])


def refuse_unusable(asked: Mapping[str, Any], task: str | None) -> None:
    """Refuse what an audit could be asked neither of classes nor of a quantity.

    Parameters
    ----------
    asked : mapping
        Options of `whytransfer.audit`; what is none of those that say what is asked is left alone.
    task : str or None
        ``"classification"``, ``"regression"``, or None where the labels will tell.

    Raises
    ------
    InputError
        One line about the first that can't be used.
    """
    from whytransfer.audit import DEFAULTS, options_of
    from whytransfer.metrics import is_loss

    given = {name: value for name, value in asked.items() if name in DEFAULTS}
    about_a_quantity = given.get("loss_cap") is not None or is_loss(str(given.get("metric")))
    kinds = (about_a_quantity, not about_a_quantity) if task is None else (task == "regression",)
    refused = []
    for numeric in kinds:
        try:
            options_of(numeric=numeric, **given)
        except InputError as error:
            refused.append(error)
    if len(refused) == len(kinds):
        raise _either(*map(str, refused)) if len({*map(str, refused)}) > 1 else refused[0]


def _either(first: str, other: str) -> InputError:
    """One line where neither kind of label can use what was given: both, where they are about the same option."""
    subject, _, rest = other.partition(": ")
    if not first.startswith(f"{subject}: "):
        return InputError(first)
    # What was got is said by the first.
    return InputError(f"{first}; where the label is a quantity {rest.partition(', got')[0]}")


def refuse_metric(name: str) -> None:
    """Refuse a metric where only the error of classes and the losses of a quantity are judged.

    Raises
    ------
    InputError
        For one that is none of these.
    """
    from whytransfer.metrics import COST, METRICS, is_loss
    from whytransfer.metrics.loss import NAMES

    if name in METRICS or name.startswith(COST):
        raise InputError(
            f"--metric {name} is judged by `whytransfer audit` only, and here classes are judged by their error: leave it out"
        )
    if name != "error" and not is_loss(name):
        raise UnknownNameError("metric", name, ("error", *NAMES))


def _refuse_learner(given: str | None, task: str | None, *, photos: bool) -> None:
    from whytransfer.models import learners, regressors

    known = {
        "classification": dict(learners.TITLES),
        "regression": dict(regressors.TITLES),
        None: {**learners.TITLES, **regressors.TITLES},
    }[task]
    if given is not None:
        resolve("learner", given, {**known, FINETUNE: ""} if photos else known)


def _refuse_methods(given: Sequence[str] | None, task: str | None) -> None:
    """Names of `adapt`; ``"auto"`` stands for those of the kind of shift."""
    if given is None or given == "auto":
        return
    from whytransfer.methods import METHODS
    from whytransfer.methods.numeric import NUMERIC_METHODS

    classes, numbers = dict.fromkeys(METHODS), dict.fromkeys(NUMERIC_METHODS)
    known = {"classification": classes, "regression": numbers, None: {**classes, **numbers}}[task]
    for name in given:
        resolve("method", name, known)


def _refuse_encoders(options: Mapping[str, Any]) -> None:
    from whytransfer.features.encoders.named import IMAGES, LIBRARIES, TEXT_LIBRARY, TEXTS

    given = options.get("encoder") or ()
    for name in [given] if isinstance(given, str) else given:
        library = name.partition(":")[0]
        if options.get("text") and library not in (TEXTS[0], TEXT_LIBRARY):
            raise UnknownNameError("encoder of texts", name, TEXTS)
        if is_photos(options) and library not in (IMAGES[0], *LIBRARIES):
            raise UnknownNameError("encoder of images", name, IMAGES)
