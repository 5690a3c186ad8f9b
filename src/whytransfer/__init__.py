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

from importlib.metadata import version as _version

from whytransfer import lab
from whytransfer.audit import audit
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
from whytransfer.later import (
    Baseline,
    ThreeArrays,
    TransferClassifier,
    adapt,
    certify,
    cite,
    make_scorer,
    plan_labels,
)
from whytransfer.models.predictions import Predictions
from whytransfer.problem import Problem
from whytransfer.result import Audit
from whytransfer.theorems import theorem, theorems
from whytransfer.verdict import Answer, Basis, Verdict

__version__ = _version("whytransfer")

__all__ = [
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


def __dir__() -> list[str]:
    return sorted(__all__)
