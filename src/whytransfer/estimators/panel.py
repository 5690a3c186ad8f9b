"""The panel: the estimators together, with the interval that other transfers have earned them."""

from __future__ import annotations

from typing import Any

import numpy as np

from whytransfer.backtest import Profile, Reference
from whytransfer.claims import EXCHANGEABLE_WITH_REFERENCE, Assumption, Claim, Level, Unit
from whytransfer.estimators.base import Estimator


def estimator_claim(
    estimator: Estimator, value: float, profile: Profile, reference: Reference, k: int
) -> Claim:
    """The claim of one estimator, its interval from the reference class."""
    stands_on = Assumption(id=f"{estimator.name}_transfers", text=estimator.assumption)
    return _claim(
        estimator.name,
        value,
        profile,
        reference,
        k,
        (stands_on, EXCHANGEABLE_WITH_REFERENCE),
        estimator.reference,
    )


def panel_claim(profile: Profile, reference: Reference, k: int) -> Claim:
    """The headline estimate: `doc` moved to where the truth lay in transfers that looked like this one."""
    return _claim("panel", profile.doc, profile, reference, k, (EXCHANGEABLE_WITH_REFERENCE,), None)


def silent_panel(reason: str, k: int) -> Claim:
    """The panel where nothing can be said; it exists all the same."""
    return Claim(
        id="target_error.panel",
        quantity="target_error",
        unit=Unit.ERROR,
        level=Level.ESTIMATED,
        loss="zero_one",
        assumptions=(EXCHANGEABLE_WITH_REFERENCE,),
        guessing_error=1.0 - 1.0 / max(k, 2),
        detail={"reason": reason},
    )


def _claim(
    name: str,
    raw: float,
    profile: Profile,
    reference: Reference,
    k: int,
    assumptions: tuple[Assumption, ...],
    citation: str | None,
) -> Claim:
    low, middle, high = reference.residuals[name].around(profile.predictors(name))
    # An error lies in [0, 1]; limits are cut there, which never loses the truth.
    estimate, lower, upper = (float(np.clip(raw + r, 0.0, 1.0)) for r in (middle, low, high))
    if name != "panel":
        # An estimator's own claim shows its own value; limits that leave it out would be read as a misprint.
        estimate = float(np.clip(raw, 0.0, 1.0))
        lower, upper = min(lower, estimate), max(upper, estimate)
    detail: dict[str, Any] = {
        "delta": 1.0 - reference.confidence,
        "raw": raw,
        "interval_from": "reference_class",
        "reference_sets": reference.data_sets,
        "record": dict(reference.record[name]),
    }
    return Claim(
        id=f"target_error.{name}",
        quantity="target_error",
        unit=Unit.ERROR,
        level=Level.ESTIMATED,
        estimate=estimate,
        lower=lower,
        upper=upper,
        confidence=reference.confidence,
        citation=citation,
        loss="zero_one",
        assumptions=assumptions,
        guessing_error=1.0 - 1.0 / max(k, 2),
        detail=detail,
    )
