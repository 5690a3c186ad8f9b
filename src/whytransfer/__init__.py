"""whytransfer: will a model trained here work there? If not, why, and what is the cheapest thing that would make it work?

>>> import whytransfer as wt
>>> world = wt.lab.gaussians(mean=1.0)
>>> result = wt.audit(world.sample(200, 200, seed=0), tolerance=0.4)
>>> result.verdict.answer in set(wt.Answer)
True

A name is imported when it is first asked for, so that this import costs next to nothing. Several names are both a room and its
door: ``wt.hypotheses("stumps")`` makes a class of hypotheses and ``whytransfer.hypotheses`` holds them. The door is what
the attribute gives, whatever was imported before.
"""

from __future__ import annotations

import sys as _sys
from importlib import import_module as _import_module
from types import ModuleType as _ModuleType
from typing import TYPE_CHECKING
from typing import Any as _Any

if TYPE_CHECKING:
    from whytransfer import lab
    from whytransfer.adapt import Adapted, adapt
    from whytransfer.audit import audit
    from whytransfer.baseline import Baseline
    from whytransfer.bibliography import cite
    from whytransfer.certify import certify, plan_labels
    from whytransfer.claims import Assumption, Claim, Level, Status, Unit
    from whytransfer.claims.intervals import interval
    from whytransfer.diff import Difference, diff
    from whytransfer.divergences import divergence, divergences
    from whytransfer.errors import (
        InputError,
        NotAvailableError,
        NotCertified,
        SurrogateError,
        UnitError,
        UnknownNameError,
        WhyTransferError,
    )
    from whytransfer.hypotheses import hypotheses
    from whytransfer.methods import ThreeArrays
    from whytransfer.models.predictions import Predictions
    from whytransfer.problem import Problem
    from whytransfer.result import Audit
    from whytransfer.scorer import make_scorer
    from whytransfer.several import Audits, audit_each
    from whytransfer.theorems import theorem, theorems
    from whytransfer.transfer_classifier import TransferClassifier
    from whytransfer.verdict import Answer, Basis, Verdict

    __version__: str

_ROOMS = {
    "adapt": ("Adapted", "adapt"),
    "audit": ("audit",),
    "baseline": ("Baseline",),
    "bibliography": ("cite",),
    "certify": ("certify", "plan_labels"),
    "claims": ("Assumption", "Claim", "Level", "Status", "Unit"),
    "claims.intervals": ("interval",),
    "diff": ("Difference", "diff"),
    "divergences": ("divergence", "divergences"),
    "errors": (
        "InputError",
        "NotAvailableError",
        "NotCertified",
        "SurrogateError",
        "UnitError",
        "UnknownNameError",
        "WhyTransferError",
    ),
    "hypotheses": ("hypotheses",),
    "methods": ("ThreeArrays",),
    "models.predictions": ("Predictions",),
    "problem": ("Problem",),
    "result": ("Audit",),
    "scorer": ("make_scorer",),
    "several": ("Audits", "audit_each"),
    "theorems": ("theorem", "theorems"),
    "transfer_classifier": ("TransferClassifier",),
    "verdict": ("Answer", "Basis", "Verdict"),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}

__all__ = [
    "Adapted",
    "Answer",
    "Assumption",
    "Audit",
    "Audits",
    "Baseline",
    "Basis",
    "Claim",
    "Difference",
    "InputError",
    "Level",
    "NotAvailableError",
    "NotCertified",
    "Predictions",
    "Problem",
    "Status",
    "SurrogateError",
    "ThreeArrays",
    "TransferClassifier",
    "Unit",
    "UnitError",
    "UnknownNameError",
    "Verdict",
    "WhyTransferError",
    "adapt",
    "audit",
    "audit_each",
    "certify",
    "cite",
    "diff",
    "divergence",
    "divergences",
    "hypotheses",
    "interval",
    "lab",
    "make_scorer",
    "plan_labels",
    "theorem",
    "theorems",
]


def __getattr__(name: str) -> _Any:
    if name == "__version__":
        from importlib.metadata import version

        found: _Any = version("whytransfer")
    elif name == "lab":
        found = _import_module(f"{__name__}.lab")
    elif name in _ROOM_OF:
        found = getattr(_import_module(f"{__name__}.{_ROOM_OF[name]}"), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)


class _Door:
    """A name that is a function and a module of this package: the attribute is the function."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, package: _Any, owner: type | None = None) -> _Any:
        return getattr(_import_module(f"{__name__}.{self.name}"), self.name)

    def __set__(self, package: _Any, value: _Any) -> None:
        """Python binds a sub-module to its package when it is imported; here that would hide the function."""


class _Package(_ModuleType):
    """The package itself, with its doors."""

    adapt = _Door("adapt")
    audit = _Door("audit")
    certify = _Door("certify")
    diff = _Door("diff")
    divergences = _Door("divergences")
    hypotheses = _Door("hypotheses")
    theorems = _Door("theorems")


_sys.modules[__name__].__class__ = _Package
