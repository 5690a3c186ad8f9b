"""The reference class: what happened in other transfers that looked like this one.

The table is fitted by ``python -m benchmarks.calibrate`` on labelled source → target problems, whole data sets
left out, and shipped as a few coefficients; ``whytransfer calibrate`` fits one from the user's own past transfers. For the panel and
each estimator of the target error it says how far the truth strayed to each side of the estimate among transfers that were as hard
(`whytransfer.backtest.limits`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from whytransfer.backtest.limits import Limits, fit_limits, left_out, set_weights, weighted_quantile
from whytransfer.backtest.profile import CENTRE, Profile
from whytransfer.errors import InputError
from whytransfer.io import parse_json, read_document
from whytransfer.overlap.two_samples import Floats, Integers

SCHEMA = "whytransfer/reference/3"

CONFIDENCE = 0.95
"""One-sided, of each limit."""

PANELS = ("panel", "panel_votes")
"""The panel, and the panel of a model that gives no probabilities."""

GUARDS = (CENTRE[0], "disagreement")
"""Estimates whose own lower limits the panel's is never above. Where classes really changed their shares, the panel's other half expects
errors that other models don't see: on 129 tables that the reference had never seen the panel's own lower limit held on 86 %, the least of the three on 95 and 93 % (docs/benchmarks/registry.md)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reference:
    """A calibrated reference class.

    Parameters
    ----------
    limits : mapping of str to Limits
        By estimator; ``"panel"`` is the combination, ``"panel_votes"`` that for models without probabilities.
    positions : ndarray of shape (q, 7)
        `Profile.position` of the reference transfers.
    sets : ndarray of int, shape (q,)
        The data set of each.
    confidence : float
        One-sided confidence of each limit.
    record : mapping
        By estimator, what its limits did on data sets left out.
    name : str
        Whose transfers these are.
    """

    limits: Mapping[str, Limits]
    positions: Floats
    sets: Integers
    confidence: float
    record: Mapping[str, Any]
    name: str

    @classmethod
    def of(cls, data: Mapping[str, Any], what: str = "a reference class") -> Reference:
        """Read the JSON form; `what` names it in errors."""
        if not isinstance(data, Mapping) or data.get("schema") != SCHEMA:
            got = data.get("schema") if isinstance(data, Mapping) else type(data).__name__
            raise InputError(
                f"{what}: expected schema {SCHEMA!r}, got {got!r}; make one with `whytransfer calibrate`"
            )
        try:
            return cls(
                limits={str(name): Limits.of(one) for name, one in data["limits"].items()},
                positions=np.array(data["positions"], dtype=float),
                sets=np.array(data["sets"], dtype=np.int64),
                confidence=float(data["confidence"]),
                record=data["record"],
                name=str(data["name"]),
            )
        except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
            raise InputError(
                f"{what}: {type(error).__name__} in it ({error}); make it again with `whytransfer calibrate`"
            ) from error

    @classmethod
    def read(cls, path: str | Path) -> Reference:
        """Read a file that `whytransfer calibrate` wrote."""
        mend = "give a file that `whytransfer calibrate` wrote"
        what = f"reference {path}"
        return cls.of(parse_json(read_document(path, "reference", mend), what, mend), what)

    @property
    def data_sets(self) -> int:
        """How many data sets it was learned from."""
        return len(np.unique(self.sets))

    def around(self, profile: Profile, name: str) -> tuple[float, float]:
        """Widths of the interval below and above the estimate of `name`, in error units."""
        below, above = self.limits[name].around(profile.signals(name))
        if name == PANELS[0]:
            for guard in GUARDS:
                if guard in self.limits and guard in profile.estimates:
                    own, _ = self.limits[guard].around(profile.signals(guard))
                    below = max(below, profile.centre(name) - profile.centre(guard) + own)
        return below, above

    def distance(self, profile: Profile) -> float:
        """Distance to the nearest reference transfer, columns scaled by their spread over the reference."""
        here = _scaled(profile.position()[None], self.positions)
        return float(_nearest(here, _scaled(self.positions, self.positions)).min())

    def typical_distance(self, level: float = 0.95) -> float:
        """The `level` quantile of the distance of reference transfers to their nearest one of another data set."""
        return weighted_quantile(_apart(self), set_weights(self.sets), level)


def _scaled(positions: Floats, by: Floats) -> Floats:
    spread = by.std(axis=0)
    return np.asarray((positions - by.mean(axis=0)) / np.where(spread > 0, spread, 1.0))


@lru_cache(maxsize=4)
def _apart(reference: Reference) -> Floats:
    """From each transfer to the nearest one of another data set, (q,); asked twice an audit, the same for all audits by one reference."""
    scaled, sets = _scaled(reference.positions, reference.positions), reference.sets
    return np.array([_nearest(scaled[i : i + 1], scaled[sets != sets[i]]).min() for i in range(len(scaled))])


@cache
def shipped() -> Reference:
    """The reference class that comes with the package."""
    text = resources.files("whytransfer.backtest").joinpath("reference.json").read_text(encoding="utf-8")
    return Reference.of(json.loads(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """A past transfer: what was known of it beforehand, and how it ended.

    Parameters
    ----------
    data_set : str
        What it belongs to: transfers of one data set are no independent evidence.
    profile : Profile
        What was known without target labels.
    target_error : float
        How it ended.
    """

    data_set: str
    profile: Profile
    target_error: float


def calibrate(
    transfers: Sequence[Transfer], *, name: str, confidence: float = CONFIDENCE
) -> tuple[Reference, dict[str, Any]]:
    """A reference class from past transfers, and its JSON form.

    Raises
    ------
    InputError
        Too few data sets for the confidence.
    """
    known = sorted({t.data_set for t in transfers})
    sets = np.array([known.index(t.data_set) for t in transfers], dtype=np.int64)
    found: dict[str, Limits] = {}
    record: dict[str, Any] = {}
    everything = sorted({n for t in transfers for n in t.profile.estimates})
    for one in (*PANELS, *everything):
        rows = [i for i, t in enumerate(transfers) if speaks(t.profile, one)]
        if len(np.unique(sets[rows])) < len(known):
            # An estimator that is missing on some data sets would be calibrated on the easier ones.
            continue
        signals = np.array([transfers[i].profile.signals(one) for i in rows])
        residuals = np.array([residual(transfers[i], one) for i in rows])
        found[one] = fit_limits(signals, residuals, sets[rows], confidence=confidence)
        record[one] = _record([transfers[i] for i in rows], one, sets[rows], confidence)
    data = {
        "schema": SCHEMA,
        "name": name,
        "confidence": confidence,
        "record": record,
        "limits": {one: limits.to_dict() for one, limits in found.items()},
        "positions": [[round(float(v), 4) for v in t.profile.position()] for t in transfers],
        "sets": sets.tolist(),
    }
    return Reference.of(data), data


def speaks(profile: Profile, name: str) -> bool:
    """Whether an estimate is there for the profile."""
    if name in PANELS:
        return name in (profile.kind, "panel_votes")
    return name in profile.estimates


def residual(transfer: Transfer, name: str) -> float:
    """err_T less what `name` expected."""
    return transfer.target_error - transfer.profile.source_error - transfer.profile.centre(name)


def widths_left_out(
    transfers: Sequence[Transfer], name: str, sets: Integers, *, confidence: float = CONFIDENCE
) -> Floats:
    """Widths (below, above) around the estimate of `name` for each transfer, shape (2, q), from limits that never saw its data set.

    Parameters
    ----------
    transfers : sequence of Transfer
        On which `name` has an estimate.
    name : str
        An estimator, or one of `PANELS`.
    sets : ndarray of int, shape (q,)
        The data set of each.
    confidence : float
        One-sided.

    Raises
    ------
    InputError
        When the other data sets are too few for the confidence.
    """
    signals = np.array([t.profile.signals(name) for t in transfers])
    residuals = np.array([residual(t, name) for t in transfers])
    found = left_out(signals, residuals, sets, confidence=confidence)
    if name == PANELS[0]:
        for guard in GUARDS:
            if all(speaks(t.profile, guard) for t in transfers):
                own = widths_left_out(transfers, guard, sets, confidence=confidence)[0]
                apart = np.array([t.profile.centre(name) - t.profile.centre(guard) for t in transfers])
                found[0] = np.maximum(found[0], apart + own)
    return found


def _record(transfers: Sequence[Transfer], name: str, sets: Integers, confidence: float) -> dict[str, float]:
    """What the limits did on each data set by the transfers of all others, each set weighing the same."""
    share = set_weights(sets) / len(np.unique(sets))
    residuals = np.array([residual(t, name) for t in transfers])
    try:
        below, above = widths_left_out(transfers, name, sets, confidence=confidence)
    except InputError:
        # One data set fewer is too few for limits at this confidence: then there is no record, and it is said.
        return {"transfers": len(transfers), "mae": float(share @ np.abs(residuals))}
    return {
        "transfers": len(transfers),
        "upper_holds": float(share @ (residuals <= above + 1e-12)),
        "lower_holds": float(share @ (residuals >= -below - 1e-12)),
        "both_hold": float(share @ ((residuals <= above + 1e-12) & (residuals >= -below - 1e-12))),
        "width": float(share @ (below + above)),
        "mae": float(share @ np.abs(residuals)),
    }


def _nearest(points: Floats, others: Floats) -> Floats:
    return np.asarray(np.sqrt(((points[:, None, :] - others[None, :, :]) ** 2).sum(axis=2)).min(axis=1))
