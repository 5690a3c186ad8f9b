"""Classes of hypotheses: one oracle each. The export lines here are the registration."""

from dataclasses import MISSING, fields
from typing import Any

from whytransfer.errors import InputError
from whytransfer.hypotheses.all_functions import AllFunctions
from whytransfer.hypotheses.base import HypothesisClass
from whytransfer.hypotheses.boosted import Boosted
from whytransfer.hypotheses.constants import Constants
from whytransfer.hypotheses.finite import Finite
from whytransfer.hypotheses.half_planes import HalfPlanes
from whytransfer.hypotheses.hypothesis import Behaviours, Hypothesis
from whytransfer.hypotheses.intervals import Intervals
from whytransfer.hypotheses.linear import Linear
from whytransfer.hypotheses.lipschitz import Lipschitz
from whytransfer.hypotheses.margins import margin_disparity, margin_loss_name, margin_losses
from whytransfer.hypotheses.stumps import Stumps
from whytransfer.hypotheses.threshold import Threshold
from whytransfer.hypotheses.thresholds import Thresholds
from whytransfer.hypotheses.tree2 import DepthTwoTrees
from whytransfer.hypotheses.unions import Unions
from whytransfer.names import registered, resolve

HYPOTHESES = registered(globals(), HypothesisClass)


def hypotheses(name: str, **params: Any) -> HypothesisClass:
    """The class of hypotheses called `name`.

    Parameters
    ----------
    name : str
        One of `hypothesis_classes()`.
    **params
        Its parameters: ``j=`` of unions, ``models=`` of finite, ``L=`` of lipschitz, ``complements=`` of intervals, ...

    Returns
    -------
    HypothesisClass
        One oracle for all terms of a bound: ``.adaptability``, ``.discrepancy``, ``.disparity``, ``.lagrangian``, ``.version_space``.

    Raises
    ------
    UnknownNameError
        When there is no such class.
    InputError
        When a parameter is wrong or missing; the right ones are named.

    References
    ----------
    docs/theory/adaptability.md and docs/theory/two-principles.md say what its exact optima certify; each claim names its theorem.

    Examples
    --------
    >>> hypotheses("unions", j=2).label
    'unions(j=2)'
    """
    kind = resolve("class of hypotheses", name, HYPOTHESES)
    known = {field.name: field for field in fields(kind) if not field.name.startswith("_")}  # type: ignore[arg-type]
    wrong = sorted(set(params) - set(known))
    if wrong:
        raise InputError(f"{name}: unknown parameter {', '.join(wrong)}; {_takes(list(known))}")
    needed = {
        key for key, field in known.items() if field.default is MISSING and field.default_factory is MISSING
    }
    missing = sorted(needed - set(params))
    if missing:
        raise InputError(f"{name}: parameter {', '.join(missing)} is missing; {_takes(list(known))}")
    return kind(**params)


def _takes(names: list[str]) -> str:
    return f"it takes {', '.join(names)}" if names else "it takes none"


def hypothesis_classes() -> list[str]:
    """The names of all classes of hypotheses.

    >>> "threshold" in hypothesis_classes()
    True
    """
    return list(HYPOTHESES)


__all__ = [
    "HYPOTHESES",
    "AllFunctions",
    "Behaviours",
    "Boosted",
    "Constants",
    "DepthTwoTrees",
    "Finite",
    "HalfPlanes",
    "Hypothesis",
    "HypothesisClass",
    "Intervals",
    "Linear",
    "Lipschitz",
    "Stumps",
    "Threshold",
    "Thresholds",
    "Unions",
    "hypotheses",
    "hypothesis_classes",
    "margin_disparity",
    "margin_loss_name",
    "margin_losses",
]
