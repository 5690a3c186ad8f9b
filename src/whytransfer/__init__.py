"""whytransfer: will a model trained here work there? If not, why, and what is the cheapest thing that would make it work?

>>> import whytransfer as wt
>>> world = wt.lab.gaussians(mean=1.0)
>>> result = wt.audit(world.sample(200, 200, seed=0), tolerance=0.4)
>>> result.verdict.answer in set(wt.Answer)
True

Several names are both a room and its door: ``wt.hypotheses("stumps")`` makes a class of hypotheses and
``whytransfer.hypotheses`` holds them. The functions are bound here, after their packages were imported.
"""

from __future__ import annotations

from importlib import import_module as _import_module
from importlib.metadata import version as _version
from typing import TYPE_CHECKING
from typing import Any as _Any

from whytransfer import lab
from whytransfer.adapt import Adapted, adapt
from whytransfer.audit import audit
from whytransfer.bibliography import cite
from whytransfer.certify import certify, plan_labels
from whytransfer.claims import Assumption, Claim, Level, Status, Unit
from whytransfer.claims.intervals import interval
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
from whytransfer.later import Baseline
from whytransfer.models.predictions import Predictions
from whytransfer.problem import Problem
from whytransfer.result import Audit
from whytransfer.scorer import make_scorer
from whytransfer.theorems import theorem, theorems
from whytransfer.verdict import Answer, Basis, Verdict

if TYPE_CHECKING:
    from whytransfer.methods import ThreeArrays
    from whytransfer.transfer_classifier import TransferClassifier

__version__ = _version("whytransfer")

_ESTIMATORS = {"ThreeArrays": "methods", "TransferClassifier": "transfer_classifier"}
"""scikit-learn's own: they are imported when they are first asked for, so that this import stays light."""

__all__ = [
    "Adapted",
    "Answer",
    "Assumption",
    "Audit",
    "Baseline",
    "Basis",
    "Claim",
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
    "certify",
    "cite",
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
    if name not in _ESTIMATORS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(_import_module(f"{__name__}.{_ESTIMATORS[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
