"""Published and derived bounds: terms in, a Claim out. One file a theorem; an export line here is the registration."""

from __future__ import annotations

import difflib
import inspect
from typing import Any

from whytransfer.claims import Claim
from whytransfer.errors import InputError
from whytransfer.names import registered, resolve
from whytransfer.theorems.alpha_pooling import AlphaPooling
from whytransfer.theorems.ball import Ball, break_even_radius
from whytransfer.theorems.base import Bound, Theorem
from whytransfer.theorems.betting import Betting
from whytransfer.theorems.cells import Cells
from whytransfer.theorems.chernoff import Chernoff
from whytransfer.theorems.clopper_pearson import ClopperPearson
from whytransfer.theorems.cover_hart import CoverHart
from whytransfer.theorems.dis2 import Dis2
from whytransfer.theorems.disagreement import Disagreement
from whytransfer.theorems.disparity import Disparity
from whytransfer.theorems.empirical_bernstein import EmpiricalBernstein
from whytransfer.theorems.hdh import HDH
from whytransfer.theorems.hoeffding import Hoeffding
from whytransfer.theorems.importance_weighting import ImportanceWeighting
from whytransfer.theorems.label_shift_lp import LabelShiftLP
from whytransfer.theorems.labelling_functions import LabellingFunctions
from whytransfer.theorems.lagrangian import Lagrangian
from whytransfer.theorems.localised import Localised, localised_break_even
from whytransfer.theorems.mansour import Mansour
from whytransfer.theorems.margin_disparity import MarginDisparity
from whytransfer.theorems.mmd import MMD
from whytransfer.theorems.odd import ODD
from whytransfer.theorems.pac_bayes_da import PACBayesDA
from whytransfer.theorems.pac_bayes_kl import PACBayesKL
from whytransfer.theorems.pac_bayes_ratio import PACBayesRatio
from whytransfer.theorems.ppi import PPI
from whytransfer.theorems.prevalence import Prevalence
from whytransfer.theorems.rademacher import Rademacher
from whytransfer.theorems.support import Support
from whytransfer.theorems.transport_labels import TransportLabels
from whytransfer.theorems.tv_lower import TVLower
from whytransfer.theorems.vc import VC
from whytransfer.theorems.version_space import VersionSpace, frontier
from whytransfer.theorems.wasserstein import Wasserstein
from whytransfer.theorems.zhao_lower import ZhaoLower

THEOREMS = registered(globals(), Theorem)


def theorem(name: str, /, **terms: Any) -> Claim:
    """What a theorem says about the given terms.

    Parameters
    ----------
    name : str
        One of `theorems()`.
    **terms
        The terms that it needs. A plain number is an exactly known population value and spends no δ; of a
        Claim one limit is used, its δ is added, and its class of hypotheses and loss must agree with those of
        the other terms.

    Returns
    -------
    Claim
        With id, level, confidence and assumptions; its `citation` is a key of the bibliography.

    Raises
    ------
    UnknownNameError
        No such theorem.
    UnitError
        Terms of different units, classes or losses.
    SurrogateError
        An upper limit of a supremum that only a surrogate or a critic stands for.
    InputError
        A term that is missing, unknown or out of range.

    References
    ----------
    docs/theory has a page for each: statement, proof, terms and their ranges, source.

    Examples
    --------
    >>> round(theorem("hdh", source_error=0.156120, discrepancy=0.382925, adaptability=0.15).upper, 6)
    0.689045
    """
    found = _found(name)
    _check_terms(found, terms)
    return found()(**terms)


def theorems() -> dict[str, dict[str, str]]:
    """Every theorem of this version, with the meaning of each of its terms.

    Returns
    -------
    dict of str to dict of str to str
        By name: each term with its meaning and range.

    Examples
    --------
    >>> sorted(theorems()["disagreement"])
    ['disagreement', 'n_classes']
    """
    return {name: dict(kind.needs) for name, kind in THEOREMS.items()}


def break_even(name: str, requirement: float, /, **terms: Any) -> float | None:
    """How large the one term that nobody can measure may be before the bound exceeds the requirement.

    Parameters
    ----------
    name : str
        A bound with such a term: hdh, disparity, lagrangian, localised (λ), version_space (τ), ball (the
        radius), ...
    requirement : float
        The largest target error that is acceptable.
    **terms
        All terms but that one.

    Returns
    -------
    float or None
        Negative: not even 0 suffices. None: the bound is withheld, or no value reaches the requirement.

    >>> round(break_even("hdh", 0.7, source_error=0.1, discrepancy=0.2), 6)
    0.4
    """
    found = _found(name)
    if not issubclass(found, Bound):
        known = ", ".join(sorted(n for n, kind in THEOREMS.items() if issubclass(kind, Bound)))
        raise InputError(
            f"theorem {name!r} has no unknown term to solve for; those that have one are {known}"
        )
    _check_terms(found, terms, without=found.unknown)
    return found().break_even(requirement, **terms)


def _found(name: str) -> type[Theorem]:
    return resolve("theorem", name, THEOREMS)


def _check_terms(found: type[Theorem], terms: dict[str, Any], without: str | None = None) -> None:
    """Unknown and missing terms, said with their meaning."""
    for given in terms:
        if given not in found.needs or given == without:
            close = difflib.get_close_matches(given, found.needs, n=1)
            hint = f"did you mean {close[0]!r}? " if close and close[0] != given else ""
            raise InputError(
                f"theorem {found.name!r} has no term {given!r}: {hint}it takes {', '.join(found.needs)}"
            )
    parameters = inspect.signature(found.__call__).parameters
    for term, meaning in found.needs.items():
        if term not in terms and term != without and parameters[term].default is inspect.Parameter.empty:
            raise InputError(f"theorem {found.name!r} needs {term}: {meaning}")


__all__ = [
    "HDH",
    "MMD",
    "ODD",
    "PPI",
    "THEOREMS",
    "VC",
    "AlphaPooling",
    "Ball",
    "Betting",
    "Bound",
    "Cells",
    "Chernoff",
    "ClopperPearson",
    "CoverHart",
    "Dis2",
    "Disagreement",
    "Disparity",
    "EmpiricalBernstein",
    "Hoeffding",
    "ImportanceWeighting",
    "LabelShiftLP",
    "LabellingFunctions",
    "Lagrangian",
    "Localised",
    "Mansour",
    "MarginDisparity",
    "PACBayesDA",
    "PACBayesKL",
    "PACBayesRatio",
    "Prevalence",
    "Rademacher",
    "Support",
    "TVLower",
    "Theorem",
    "TransportLabels",
    "VersionSpace",
    "Wasserstein",
    "ZhaoLower",
    "break_even",
    "break_even_radius",
    "frontier",
    "localised_break_even",
    "theorem",
    "theorems",
]
