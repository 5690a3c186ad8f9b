"""The panel: the estimators together, with the interval that other transfers have earned them.

Its estimate is err_S plus a rise: by how much more models of half of the columns contradict the model (`subspaces`), drawn towards how much
more it costs to give the rows the source's labels (`cot_gap`) as far as the domains lie apart. The interval
is that of transfers as hard as this one (`whytransfer.backtest.limits`), and its lower limit is never above that of `subspaces` or of `disagreement` alone. The back-test on the user's own source tells which estimators fail
even there and sets no width: pseudo-shifts don't contain the change of meaning that hurts (EVIDENCE 2b).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from whytransfer.backtest import Profile, Reference
from whytransfer.backtest.profile import CENTRE, SIGNALS
from whytransfer.claims import EXCHANGEABLE_WITH_REFERENCE, Assumption, Claim, Level, Unit
from whytransfer.estimators.base import Estimator


def estimator_claim(
    estimator: Estimator, profile: Profile, reference: Reference, k: int, told: Mapping[str, Any]
) -> Claim:
    """The claim of one estimator, its interval calibrated by the same method on its own residuals.

    Without limits where the reference has none for it. `told` is what the estimator itself says.
    """
    stands_on = Assumption(id=f"{estimator.name}_transfers", text=estimator.assumption)
    citation = estimator.reference or None
    if estimator.name in reference.limits:
        made = _claim(
            estimator.name, profile, reference, k, (stands_on, EXCHANGEABLE_WITH_REFERENCE), citation
        )
    else:
        value = profile.estimates[estimator.name]
        made = _bare(
            f"target_error.{estimator.name}",
            k,
            (stands_on, EXCHANGEABLE_WITH_REFERENCE),
            citation,
            float(np.clip(value, 0.0, 1.0)),
        )
        made = made.with_detail(raw=value, reason="no interval: the reference class holds no record of it")
    return made.with_detail(said=dict(told)) if told else made


def panel_claim(
    profile: Profile, reference: Reference, k: int, *, left: Mapping[str, str] | None = None
) -> Claim:
    """The headline estimate.

    Parameters
    ----------
    profile : Profile
        What is known of the problem.
    reference : Reference
        Where the interval comes from.
    k : int
        Number of classes.
    left : mapping of str to str, optional
        Estimators that were left out, and why.
    """
    if profile.kind not in reference.limits:
        reason = "the reference class holds no transfer of a model that gives no probabilities"
        return silent_panel(reason, k)
    made = _claim(profile.kind, profile, reference, k, (EXCHANGEABLE_WITH_REFERENCE,), None)
    limits = reference.limits[profile.kind]
    signals = profile.signals(profile.kind)
    return made.with_detail(
        centre={name: profile.estimates[name] for name in CENTRE if name in profile.estimates},
        source_error=profile.source_error,
        signals=dict(zip(SIGNALS, (float(v) for v in signals), strict=True)),
        hardness=limits.hardness(signals),
        left_out=dict(left or {}),
        profile=profile.to_dict(),
    )


def silent_panel(reason: str, k: int) -> Claim:
    """The panel where nothing can be said; it exists all the same."""
    return _bare("target_error.panel", k, (EXCHANGEABLE_WITH_REFERENCE,), None, None).with_detail(
        reason=reason
    )


def _claim(
    name: str,
    profile: Profile,
    reference: Reference,
    k: int,
    assumptions: tuple[Assumption, ...],
    citation: str | None,
) -> Claim:
    raw = profile.source_error + profile.centre(name)
    below, above = reference.around(profile, name)
    # An error lies in [0, 1]; limits are cut there, which never loses the truth.
    estimate, lower, upper = (float(np.clip(v, 0.0, 1.0)) for v in (raw, raw - below, raw + above))
    detail: dict[str, Any] = {
        "delta": 1.0 - reference.confidence,
        "raw": raw,
        "interval_from": "reference_class",
        "reference": reference.name,
        "reference_sets": reference.data_sets,
        "record": dict(reference.record[name]),
    }
    return Claim(
        id=f"target_error.{'panel' if name == 'panel_votes' else name}",
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


def _bare(
    id_: str, k: int, assumptions: tuple[Assumption, ...], citation: str | None, estimate: float | None
) -> Claim:
    """A claim without limits."""
    return Claim(
        id=id_,
        quantity="target_error",
        unit=Unit.ERROR,
        level=Level.ESTIMATED,
        estimate=estimate,
        citation=citation,
        loss="zero_one",
        assumptions=assumptions,
        guessing_error=1.0 - 1.0 / max(k, 2),
    )
