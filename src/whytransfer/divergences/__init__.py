"""Distances between the two marginals, one file each. An export line here is the registration.

Which one? `half_line`, `interval`, `stump`, `stump_pairs` and `half_planes` are in error units, have proved limits on both
sides and belong to a class of hypotheses; `total_variation`, `jensen_shannon`, `kl` and `chi2` bound what any classifier or any reweighting
could do, from below; `wasserstein1` speaks in the units of a column, `wasserstein` and `sinkhorn` in those of all columns
together; `mmd`, `energy` and `sliced_wasserstein` see any difference of the joint laws; `coral`, `second_moment` and
`central_moments` see moments only; `domain_classifier` sees what a learner would; `label_total_variation` and `dataset_distance`
look at labels.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from whytransfer.claims import Claim
from whytransfer.divergences.base import Divergence, Laws
from whytransfer.divergences.central_moments import CentralMoments
from whytransfer.divergences.chi2 import Chi2
from whytransfer.divergences.coral import Coral
from whytransfer.divergences.dataset_distance import DatasetDistance
from whytransfer.divergences.domain_classifier import DomainClassifierAUC
from whytransfer.divergences.energy import Energy
from whytransfer.divergences.half_line import HalfLine
from whytransfer.divergences.half_planes import HalfPlanes
from whytransfer.divergences.interval import Interval
from whytransfer.divergences.jensen_shannon import JensenShannon
from whytransfer.divergences.kl import KL
from whytransfer.divergences.label_total_variation import LabelTotalVariation
from whytransfer.divergences.mmd import MMD
from whytransfer.divergences.request import Request
from whytransfer.divergences.second_moment import SecondMoment
from whytransfer.divergences.sinkhorn import Sinkhorn
from whytransfer.divergences.sliced_wasserstein import SlicedWasserstein
from whytransfer.divergences.stump import Stump
from whytransfer.divergences.stump_pairs import StumpPairs
from whytransfer.divergences.total_variation import TotalVariation
from whytransfer.divergences.wasserstein import Wasserstein
from whytransfer.divergences.wasserstein1 import Wasserstein1
from whytransfer.errors import InputError
from whytransfer.names import registered, resolve

__all__ = [
    "DIVERGENCES",
    "KL",
    "MMD",
    "CentralMoments",
    "Chi2",
    "Coral",
    "DatasetDistance",
    "Divergence",
    "DomainClassifierAUC",
    "Energy",
    "HalfLine",
    "HalfPlanes",
    "Interval",
    "JensenShannon",
    "LabelTotalVariation",
    "Laws",
    "Request",
    "SecondMoment",
    "Sinkhorn",
    "SlicedWasserstein",
    "Stump",
    "StumpPairs",
    "TotalVariation",
    "Wasserstein",
    "Wasserstein1",
    "divergence",
    "divergences",
]

DIVERGENCES: dict[str, type[Divergence]] = registered(globals(), Divergence)
"""Every divergence of this version by its name."""


def divergences() -> list[str]:
    """The names that `divergence` computes, sorted.

    Returns
    -------
    list of str
        Sorted.

    Examples
    --------
    >>> "half_line" in divergences()
    True
    """
    return sorted(DIVERGENCES)


def divergence(
    name_or_object: str | Divergence,
    Xs: Any,
    Xt: Any,
    *,
    permutations: int = 0,
    delta: float = 0.05,
    seed: int = 0,
    **params: Any,
) -> Claim:
    """What two samples say about the divergence of their laws.

    Parameters
    ----------
    name_or_object : str or Divergence
        A name of `divergences()`, or an object such as ``MMD(bandwidth=1.0)``.
    Xs, Xt : array-like or frame of numbers, (n,) or (n, p) and (m,) or (m, p)
        Source and target rows over the same columns.
    permutations : int
        Relabellings of the permutation test; with 0, ``p_value`` is None.
    delta : float
        Failure probability of each one-sided limit, in (0, 1).
    seed : int
        Fixes splits and relabellings.
    **params
        Parameters of the named divergence, such as ``bandwidth=`` or ``range=``.

    Returns
    -------
    Claim
        With id ``divergence.<name>``; range and units are in ``detail["convention"]``.

    Raises
    ------
    UnknownNameError
        With the nearest name.
    InputError
        On bad rows or parameters.

    References
    ----------
    The claim's `citation` is a key of the bibliography; `cite` gives the entries of an audit.

    Examples
    --------
    >>> claim = divergence("half_line", [0.0, 1.0, 2.0, 3.0], [2.0, 3.0, 4.0, 5.0], permutations=99)
    >>> claim.estimate, claim.p_value >= 1 / 100
    (0.5, True)
    """
    chosen = _chosen(name_or_object, params)
    return chosen.claim(Xs, Xt, permutations=permutations, delta=delta, seed=seed)


def _chosen(name_or_object: str | Divergence, params: dict[str, Any]) -> Divergence:
    """The divergence that was named, with its parameters."""
    if isinstance(name_or_object, Divergence):
        if params:
            raise InputError(
                f"parameters {', '.join(sorted(params))}: a divergence object has its own; "
                f"pass them to {type(name_or_object).__name__}(...)"
            )
        return name_or_object
    kind = resolve("divergence", name_or_object, DIVERGENCES)
    known = [field.name for field in fields(kind)]
    unknown = sorted(set(params) - set(known))
    if unknown:
        takes = f"takes {', '.join(known)}" if known else "takes no parameters"
        raise InputError(f"parameter {unknown[0]!r}: divergence {kind.name!r} {takes}")
    return kind(**params)
