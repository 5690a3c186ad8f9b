"""What can be said, and how surely."""

from whytransfer.claims.assumption import (
    EXCHANGEABLE_WITH_REFERENCE,
    IID,
    NOT_TRAINED_ON_SOURCE,
    Assumption,
    Status,
    declared,
)
from whytransfer.claims.budget import Budget
from whytransfer.claims.claim import Claim
from whytransfer.claims.level import Level, Unit

__all__ = [
    "EXCHANGEABLE_WITH_REFERENCE",
    "IID",
    "NOT_TRAINED_ON_SOURCE",
    "Assumption",
    "Budget",
    "Claim",
    "Level",
    "Status",
    "Unit",
    "declared",
]
